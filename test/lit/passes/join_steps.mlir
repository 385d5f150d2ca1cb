// Neighbouring steps become one where no rejection changes its step or its scope of errors.
// RUN: stream-opt --canonicalize --split-input-file %s | FileCheck %s

// CHECK-LABEL: "wheres"
stream.errors_scope @default stderr
%in = stream.source "wheres" connector "stdin" {} format "json" {} demand {a: i64, b: i64, s: string} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: i64, s: string}>
// CHECK: %[[W:.*]] = stream.where %{{.*}} (%[[A:.*]] = a : i64, %[[B:.*]] = b : i64, %[[S:.*]] = s : !stream.string) {
// CHECK: %[[X:.*]] = arith.cmpi sgt, %[[A]],
// CHECK: %[[Y:.*]] = arith.cmpi slt, %[[A]], %[[B]]
// A cheap condition needs no branch; one that looks at text is only evaluated where the first ones hold.
// CHECK: %[[XY:.*]] = arith.andi %[[X]], %[[Y]] : i1
// CHECK: %[[XYZ:.*]] = scf.if %[[XY]] -> (i1) {
// CHECK:   stream.compare_string eq %[[S]],
// CHECK: } else {
// CHECK: stream.yield %[[XYZ]] : i1
// CHECK: } step "where" id "c/where"
// CHECK-NEXT: stream.sink %[[W]]
%w1 = stream.where %in (%a = a : i64) {
  %c = arith.constant 5 : i64
  %x = arith.cmpi sgt, %a, %c : i64
  stream.yield %x : i1
} step "where" id "a/where" errors @default : !stream.stream<{a: i64, b: i64, s: string}>
%w2 = stream.where %w1 (%b = b : i64, %a = a : i64) {
  %x = arith.cmpi slt, %a, %b : i64
  stream.yield %x : i1
} step "where" id "b/where" errors @default : !stream.stream<{a: i64, b: i64, s: string}>
%w3 = stream.where %w2 (%s = s : !stream.string) {
  %c = stream.string_constant "x"
  %x = stream.compare_string eq %s, %c
  stream.yield %x : i1
} step "where" id "c/where" errors @default : !stream.stream<{a: i64, b: i64, s: string}>
// where true
%w4 = stream.where %w3 () {
  %x = arith.constant true
  stream.yield %x : i1
} step "where" id "d/where" errors @default : !stream.stream<{a: i64, b: i64, s: string}>
stream.sink %w4 "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{a: i64, b: i64, s: string}>

// -----
// The step that may reject gives its name; two that may and differ stay two.
// CHECK-LABEL: "rejecting"
stream.errors_scope @default stderr
stream.errors_scope @mine skip
%in = stream.source "rejecting" connector "stdin" {} format "json" {} demand {a: i64, b: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: i64}>
// CHECK: stream.where
// CHECK: stream.div
// CHECK: scf.if
// CHECK: } step "first" id "a/where" errors @mine
// CHECK: stream.where
// CHECK: stream.mod
// CHECK: } step "third" id "c/where" errors @default
// CHECK-NEXT: stream.sink
%w1 = stream.where %in (%a = a : i64, %b = b : i64) {
  %d = stream.div %a, %b : i64
  %x = arith.cmpi sgt, %d, %a : i64
  stream.yield %x : i1
} step "first" id "a/where" errors @mine : !stream.stream<{a: i64, b: i64}>
%w2 = stream.where %w1 (%b = b : i64) {
  %t = stream.format ["", ""] (%b : i64)
  %c = stream.string_constant "7"
  %x = stream.compare_string ne %t, %c
  stream.yield %x : i1
} step "second" id "b/where" errors @default : !stream.stream<{a: i64, b: i64}>
%w3 = stream.where %w2 (%a = a : i64, %b = b : i64) {
  %d = stream.mod %a, %b : i64
  %x = arith.cmpi sgt, %d, %a : i64
  stream.yield %x : i1
} step "third" id "c/where" errors @default : !stream.stream<{a: i64, b: i64}>
stream.sink %w3 "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{a: i64, b: i64}>

// -----
// What two steps read is computed once, in front of both.
// CHECK-LABEL: "shared"
stream.errors_scope @default stderr
%in = stream.source "shared" connector "stdin" {} format "json" {} demand {a: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64}>
// CHECK: %[[W:.*]] = stream.where
// CHECK: stream.where %[[W]]
// CHECK: stream.sink %[[W]]
%w1 = stream.where %in (%a = a : i64) {
  %x = arith.cmpi sgt, %a, %a : i64
  stream.yield %x : i1
} step "where" id "a/where" errors @default : !stream.stream<{a: i64}>
%w2 = stream.where %w1 (%a = a : i64) {
  %x = arith.cmpi slt, %a, %a : i64
  %c = stream.format ["", ""] (%a : i64)
  %d = stream.string_constant "7"
  %y = stream.compare_string ne %c, %d
  stream.yield %y : i1
} step "where" id "b/where" errors @default : !stream.stream<{a: i64}>
stream.sink %w2 "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{a: i64}>
stream.sink %w1 "all" connector "stdout" {} format "json" {} key [] step "p" id "p" errors @default : !stream.stream<{a: i64}>

// -----
// CHECK-LABEL: "projects"
stream.errors_scope @default stderr
%in = stream.source "projects" connector "stdin" {} format "json" {} demand {a: i64, b: i64, c: string} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: i64, c: string}>
// CHECK: stream.project %{{.*}} (%[[A:.*]] = a : i64, %[[B:.*]] = b : i64, %[[AT:.*]] = "$event_time" : i64) {
// CHECK: %[[SUM:.*]] = stream.checked_add %[[A]], %[[B]] : i64
// CHECK: %[[MORE:.*]] = arith.cmpi sgt, %[[SUM]], %[[AT]] : i64
// CHECK: stream.yield %[[MORE]], %[[SUM]] : i1, i64
// CHECK: } columns {more = yield 0, total = yield 1, name = keep c} step "first" id "a/select" errors @default
// CHECK-NEXT: stream.sink
%p1 = stream.project %in (%a = a : i64, %b = b : i64) {
  %sum = stream.checked_add %a, %b : i64
  stream.yield %sum : i64
} columns {sum = yield 0, c = keep c, b = keep b} step "first" id "a/select" errors @default
  : !stream.stream<{a: i64, b: i64, c: string}> -> !stream.stream<{sum: i64, c: string, b: i64}>
%p2 = stream.project %p1 (%sum = sum : i64, %at = "$event_time" : i64) {
  %more = arith.cmpi sgt, %sum, %at : i64
  stream.yield %more : i1
} columns {more = yield 0, total = keep sum, name = keep c} step "second" id "b/select" errors @default
  : !stream.stream<{sum: i64, c: string, b: i64}> -> !stream.stream<{more: i1, total: i64, name: string}>
// A project that keeps everything.
%p3 = stream.project %p2 () {
  stream.yield
} columns {more = keep more, total = keep total, name = keep name} step "third" id "c/select" errors @default
  : !stream.stream<{more: i1, total: i64, name: string}> -> !stream.stream<{more: i1, total: i64, name: string}>
stream.sink %p3 "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{more: i1, total: i64, name: string}>

// -----
// An assert that holds is gone; a yield that no column takes too; equal yields are one.
// CHECK-LABEL: "tidy"
stream.errors_scope @default stderr
%in = stream.source "tidy" connector "stdin" {} format "json" {} demand {a: i64, b: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: i64}>
// CHECK-NOT: stream.assert
%c = stream.assert %in (%a = a : i64) {
  %x = arith.cmpi eq, %a, %a : i64
  stream.yield %x : i1
} message "impossible" step "assert" id "a/assert" errors @default : !stream.stream<{a: i64, b: i64}>
// CHECK: stream.project %{{.*}} (%{{.*}} = a : i64) {
// CHECK: stream.yield %[[N:[^,]*]] : i64
// CHECK: columns {x = yield 0, y = yield 0, a = keep a}
%p = stream.project %c (%a = a : i64, %b = b : i64) {
  %n = stream.checked_neg %a : i64
  stream.yield %b, %n, %a, %n : i64, i64, i64, i64
} columns {x = yield 1, y = yield 3, a = yield 2} step "select" id "b/select" errors @default
  : !stream.stream<{a: i64, b: i64}> -> !stream.stream<{x: i64, y: i64, a: i64}>
stream.sink %p "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{x: i64, y: i64, a: i64}>
