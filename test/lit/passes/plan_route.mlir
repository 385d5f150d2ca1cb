// The arm is chosen once, in the flow of the step; what an arm rejects is rejected in a flow of its own inside it.
// RUN: stream-opt %s --stream-plan | FileCheck %s
stream.errors_scope @default skip
// CHECK: job.process @p0 input @in
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64}>
// CHECK: job.flow step "route"
// CHECK: %[[QUOTIENT:.*]] = stream.div
// CHECK: %[[ARM:.*]] = arith.select
// CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[ARM]]
// CHECK-NEXT: scf.if %[[FIRST]] {
// CHECK-NEXT: job.write @first
// CHECK-NEXT: }
// CHECK: %[[THIRD:.*]] = arith.cmpi eq, %[[ARM]], %c2
// CHECK-NEXT: scf.if %[[THIRD]] {
// CHECK: job.flow step "assert"
// CHECK: job.reject assert "no"
// The second arm has no step, and what stands beside the route sees every row.
// CHECK: job.write @all
%arms:3 = stream.route %in (%a = a : i64) {
  %c0 = arith.constant 0 : i64
  %c2 = arith.constant 2 : i64
  %c10 = arith.constant 10 : i64
  %q = stream.div %c10, %a : i64
  %large = arith.cmpi sgt, %q, %c2 : i64
  %arm = arith.select %large, %c0, %c2 : i64
  stream.yield %arm : i64
} step "route" id "flow1/route" errors @default : !stream.stream<{a: i64}> arms 3
stream.sink %arms#0 "first" connector "stdout" {} format "json" {} key []
    step "first" id "first/sink" errors @default : !stream.stream<{a: i64}>
%checked = stream.assert %arms#2 (%a = a : i64) {
  %c0 = arith.constant 0 : i64
  %positive = arith.cmpi sgt, %a, %c0 : i64
  stream.yield %positive : i1
} message "no" step "assert" id "flow1/assert" errors @default : !stream.stream<{a: i64}>
stream.sink %checked "third" connector "stdout" {} format "json" {} key []
    step "third" id "third/sink" errors @default : !stream.stream<{a: i64}>
stream.sink %in "all" connector "stdout" {} format "json" {} key []
    step "all" id "all/sink" errors @default : !stream.stream<{a: i64}>
