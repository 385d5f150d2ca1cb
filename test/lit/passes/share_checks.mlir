// An expression that may reject is evaluated once where both stand one after the other, never out of a branch.
// RUN: stream-opt --share-checks %s | FileCheck %s

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {s: string, n: i64, p: i1, items: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{s: string, n: i64, p: i1, items: list<i64>}>
// CHECK: stream.project %{{.*}} (%[[S:.*]] = s : !stream.string, %[[N:.*]] = n : i64, %[[P:.*]] = p : i1, %[[ITEMS:.*]] = items : !stream.list<i64>) {
%out = stream.project %in (%s = s : !stream.string, %n = n : i64, %p = p : i1, %items = items : !stream.list<i64>) {
  // CHECK-NEXT: %[[A:.*]] = stream.cast %[[S]] : string -> i64
  %a = stream.cast %s : string -> i64
  %b = stream.cast %s : string -> i64
  // CHECK-NEXT: %[[SUM:.*]] = stream.checked_add %[[A]], %[[A]] : i64
  %sum = stream.checked_add %a, %b : i64
  // The sign is part of the operation.
  // CHECK-NEXT: %[[USUM:.*]] = stream.checked_add %[[A]], %[[A]] unsigned : i64
  %usum = stream.checked_add %a, %b unsigned : i64
  // CHECK-NEXT: stream.index_check %[[ITEMS]], %[[N]]
  // CHECK-NOT: stream.index_check
  stream.index_check %items, %n : !stream.list<i64>
  stream.index_check %items, %n : !stream.list<i64>
  // CHECK: %[[IF:.*]] = scf.if %[[P]]
  %if = scf.if %p -> (i64) {
    // CHECK-NEXT: %[[D:.*]] = stream.div %[[A]], %[[N]] : i64
    // CHECK-NEXT: scf.yield %[[D]]
    %c = stream.cast %s : string -> i64
    %d = stream.div %c, %n : i64
    scf.yield %d : i64
  } else {
    // CHECK: %[[D2:.*]] = stream.div %[[A]], %[[N]] : i64
    // CHECK-NEXT: scf.yield %[[D2]]
    %d = stream.div %a, %n : i64
    scf.yield %d : i64
  }
  // CHECK: stream.catch
  %caught = stream.catch : i64 {
    // CHECK: %[[D3:.*]] = stream.div %[[A]], %[[N]] : i64
    %d = stream.div %a, %n : i64
    stream.yield %d : i64
  } else {
    stream.yield %n : i64
  }
  // CHECK: %[[D4:.*]] = stream.div %[[A]], %[[N]] : i64
  %last = stream.div %a, %n : i64
  // CHECK-NEXT: stream.yield %[[SUM]], %[[USUM]], %[[IF]], %{{.*}}, %[[D4]]
  stream.yield %sum, %usum, %if, %caught, %last : i64, i64, i64, i64, i64
} columns {a = yield 0, b = yield 1, c = yield 2, d = yield 3, e = yield 4} step "s" id "s/select" errors @default
    : !stream.stream<{s: string, n: i64, p: i1, items: list<i64>}> -> !stream.stream<{a: i64, b: i64, c: i64, d: i64, e: i64}>
stream.sink %out "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default
    : !stream.stream<{a: i64, b: i64, c: i64, d: i64, e: i64}>
