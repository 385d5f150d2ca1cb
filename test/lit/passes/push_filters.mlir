// Filters move before the steps that they do not depend on, and stay where a move could be seen.
// RUN: stream-opt --push-filters --split-input-file %s | FileCheck %s

// Past projections whose columns it only renames; of two uses of one column one is left.
// CHECK-LABEL: "renamed"
// CHECK-NEXT: %[[W:.*]] = stream.where %{{.*}} (%[[X:.*]] = x : i64, %[[Y:.*]] = y : i64) {
// CHECK-NEXT:   %[[B:.*]] = arith.cmpi sgt, %[[X]], %[[X]] : i64
// CHECK:      } step "where" id "a/where"
// CHECK:      %[[P:.*]] = stream.project %[[W]]
// CHECK:      step "select" id "a/select"
// CHECK:      stream.sink %[[P]]
stream.errors_scope @default stderr
%in = stream.source "renamed" connector "stdin" {} format "json" {} demand {x: i64, y: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{x: i64, y: i64}>
%p = stream.project %in (%x = x : i64) {
  %s = arith.addi %x, %x : i64
  stream.yield %s : i64
} columns {a = keep x, b = keep y, c = keep x, sum = yield 0} step "select" id "a/select" errors @default
    : !stream.stream<{x: i64, y: i64}> -> !stream.stream<{a: i64, b: i64, c: i64, sum: i64}>
%w = stream.where %p (%a = a : i64, %b = b : i64, %c = c : i64) {
  %g = arith.cmpi sgt, %a, %c : i64
  %h = arith.cmpi sgt, %b, %c : i64
  %i = arith.andi %g, %h : i1
  stream.yield %i : i1
} step "where" id "a/where" errors @default : !stream.stream<{a: i64, b: i64, c: i64, sum: i64}>
stream.sink %w "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default
    : !stream.stream<{a: i64, b: i64, c: i64, sum: i64}>

// -----
// What the projection computes is computed first.
// CHECK-LABEL: "computed"
// CHECK: stream.project
// CHECK: stream.where
stream.errors_scope @default stderr
%in = stream.source "computed" connector "stdin" {} format "json" {} demand {x: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{x: i64}>
%p = stream.project %in (%x = x : i64) {
  %s = arith.addi %x, %x : i64
  stream.yield %s : i64
} columns {sum = yield 0} step "select" id "a/select" errors @default : !stream.stream<{x: i64}> -> !stream.stream<{sum: i64}>
%w = stream.where %p (%a = sum : i64) {
  %g = arith.cmpi sgt, %a, %a : i64
  stream.yield %g : i1
} step "where" id "a/where" errors @default : !stream.stream<{sum: i64}>
stream.sink %w "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{sum: i64}>

// -----
// A projection that may reject sees every row: else the filter would hide what it rejects.
// CHECK-LABEL: "rejecting"
// CHECK: stream.project
// CHECK: stream.where
stream.errors_scope @default stderr
%in = stream.source "rejecting" connector "stdin" {} format "json" {} demand {x: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{x: i64}>
%p = stream.project %in (%x = x : i64) {
  %s = stream.div %x, %x : i64
  stream.yield %s : i64
} columns {x = keep x, q = yield 0} step "select" id "a/select" errors @default : !stream.stream<{x: i64}> -> !stream.stream<{x: i64, q: i64}>
%w = stream.where %p (%a = x : i64) {
  %g = arith.cmpi sgt, %a, %a : i64
  stream.yield %g : i1
} step "where" id "a/where" errors @default : !stream.stream<{x: i64, q: i64}>
stream.sink %w "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{x: i64, q: i64}>

// -----
// A filter that may reject moves past a projection, and keeps its name.
// CHECK-LABEL: "may_reject"
// CHECK: stream.where
// CHECK: stream.div
// CHECK: step "mine" id "a/where"
// CHECK: stream.project
stream.errors_scope @default stderr
%in = stream.source "may_reject" connector "stdin" {} format "json" {} demand {x: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{x: i64}>
%p = stream.project %in () {
  stream.yield
} columns {a = keep x} step "select" id "a/select" errors @default : !stream.stream<{x: i64}> -> !stream.stream<{a: i64}>
%w = stream.where %p (%a = a : i64) {
  %s = stream.div %a, %a : i64
  %g = arith.cmpi sgt, %a, %s : i64
  stream.yield %g : i1
} step "mine" id "a/where" errors @default : !stream.stream<{a: i64}>
stream.sink %w "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{a: i64}>

// -----
// Into each input of a union and on from there; before a flatten of whose elements it asks nothing.
// CHECK-LABEL: "union"
// CHECK: stream.source "other"
// CHECK: %[[W1:.*]] = stream.where
// CHECK: %[[F:.*]] = stream.flatten %[[W1]]
// CHECK: %[[W2:.*]] = stream.where
// CHECK: %[[P:.*]] = stream.project %[[W2]]
// CHECK: %[[U:.*]] = stream.union %[[F]], %[[P]]
// CHECK: stream.sink %[[U]]
stream.errors_scope @default stderr
%in = stream.source "union" connector "stdin" {} format "json" {} demand {x: i64, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{x: i64, l: list<i64>}>
%other = stream.source "other" connector "stdin" {} format "json" {} demand {x: i64} max_record 10
    step "in" id "other/source" errors @default : !stream.stream<{x: i64}>
%f = stream.flatten %in "l" as "e" step "flatten" id "a/flatten" errors @default
    : !stream.stream<{x: i64, l: list<i64>}> -> !stream.stream<{x: i64, e: i64}>
%p = stream.project %other () {
  stream.yield
} columns {x = keep x, e = keep x} step "select" id "b/select" errors @default : !stream.stream<{x: i64}> -> !stream.stream<{x: i64, e: i64}>
%u = stream.union %f, %p step "union" id "u/union" errors @default : !stream.stream<{x: i64, e: i64}>
%w = stream.where %u (%a = x : i64) {
  %g = arith.cmpi sgt, %a, %a : i64
  stream.yield %g : i1
} step "where" id "u/where" errors @default : !stream.stream<{x: i64, e: i64}>
stream.sink %w "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{x: i64, e: i64}>

// -----
// Behind what counts or asserts, asked for an element, or where others read the rows: it stays.
// CHECK-LABEL: "stays"
// CHECK: stream.limit
// CHECK: stream.where
// CHECK: step "w1"
// CHECK: stream.assert
// CHECK: stream.where
// CHECK: step "w2"
// CHECK: stream.flatten
// CHECK: stream.where
// CHECK: step "w3"
// CHECK: stream.project
// CHECK: stream.where
// CHECK: step "w4"
stream.errors_scope @default stderr
%in = stream.source "stays" connector "stdin" {} format "json" {} demand {x: i64, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{x: i64, l: list<i64>}>
%l = stream.limit %in 10 : i64 step "limit" id "a/limit" errors @default : !stream.stream<{x: i64, l: list<i64>}>
%w1 = stream.where %l (%a = x : i64) {
  %g = arith.cmpi sgt, %a, %a : i64
  stream.yield %g : i1
} step "w1" id "w1" errors @default : !stream.stream<{x: i64, l: list<i64>}>
%a1 = stream.assert %w1 (%a = x : i64) {
  %g = arith.cmpi sgt, %a, %a : i64
  stream.yield %g : i1
} message "no" step "assert" id "a/assert" errors @default : !stream.stream<{x: i64, l: list<i64>}>
%w2 = stream.where %a1 (%a = x : i64) {
  %g = arith.cmpi slt, %a, %a : i64
  stream.yield %g : i1
} step "w2" id "w2" errors @default : !stream.stream<{x: i64, l: list<i64>}>
%f = stream.flatten %w2 "l" as "e" step "flatten" id "a/flatten" errors @default
    : !stream.stream<{x: i64, l: list<i64>}> -> !stream.stream<{x: i64, e: i64}>
%w3 = stream.where %f (%a = e : i64) {
  %g = arith.cmpi slt, %a, %a : i64
  stream.yield %g : i1
} step "w3" id "w3" errors @default : !stream.stream<{x: i64, e: i64}>
%p = stream.project %w3 () {
  stream.yield
} columns {y = keep x} step "select" id "a/select" errors @default : !stream.stream<{x: i64, e: i64}> -> !stream.stream<{y: i64}>
%w4 = stream.where %p (%a = y : i64) {
  %g = arith.cmpi slt, %a, %a : i64
  stream.yield %g : i1
} step "w4" id "w4" errors @default : !stream.stream<{y: i64}>
stream.sink %w4 "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{y: i64}>
stream.sink %p "all" connector "stderr" {} format "json" {} key [] step "o" id "o2" errors @default : !stream.stream<{y: i64}>
