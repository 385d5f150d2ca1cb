// Checked arithmetic and division: what is tested, and that nothing is promised to LLVM that the language does not.
// RUN: streamc-codegen %s | FileCheck %s --implicit-check-not=nsw --implicit-check-not=fast --implicit-check-not=exact

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {a: i32, b: i32, u: ui16, x: f64, y: f64} max_record 1024
      step "in" id "in/source" errors @default
  job.sink @out "out" connector "null" {} format "json" {} key [] columns {a: i32, u: ui16, x: f64}
      step "out" id "out/sink" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: i32, %b: i32, %u: i16, %x: f64, %y: f64):
    // CHECK: %[[SUM:.*]] = call { i32, i1 } @llvm.sadd.with.overflow.i32
    // CHECK: %[[OVER:.*]] = extractvalue { i32, i1 } %[[SUM]], 1
    // CHECK: br i1 %[[OVER]], label %rejected, label %ok, {{.*}}!prof ![[UNLIKELY:[0-9]+]]
    %sum = stream.checked_add %a, %b : i32
    // CHECK: llvm.usub.with.overflow.i16
    %less = stream.checked_sub %u, %u unsigned : i16
    // CHECK: llvm.umul.with.overflow.i16
    %product = stream.checked_mul %less, %u unsigned : i16
    // CHECK: icmp eq i32 %{{.*}}, -2147483648
    // CHECK: sub i32 0,
    %negated = stream.checked_neg %sum : i32

    // Signed division: by zero, and the least number by -1.
    // CHECK: icmp eq i32 %[[B:.*]], 0
    // CHECK: %[[LAST:.*]] = icmp eq i32 %[[B]], -1
    // CHECK: %[[FIRST:.*]] = icmp eq i32 %[[A:.*]], -2147483648
    // CHECK: %[[BOTH:.*]] = and i1 %[[LAST]], %[[FIRST]]
    // CHECK: br i1 %[[BOTH]]
    // CHECK: sdiv i32 %[[A]], %[[B]]
    %quotient = stream.div %negated, %b : i32
    // The remainder by -1 is 0 and rejects nothing.
    // CHECK: icmp eq i32 %[[B]], 0
    // CHECK: %[[MINUS:.*]] = icmp eq i32 %[[B]], -1
    // CHECK: %[[SAFE:.*]] = select i1 %[[MINUS]], i32 1, i32 %[[B]]
    // CHECK: srem i32 %{{.*}}, %[[SAFE]]
    %remainder = stream.mod %quotient, %b : i32
    // CHECK: icmp eq i16 %{{.*}}, 0
    // CHECK-NOT: icmp eq i16 %{{.*}}, -1
    // CHECK: udiv i16
    %part = stream.div %product, %u unsigned : i16
    // CHECK: fcmp oeq double %[[Y:.*]], 0.0
    // CHECK: fdiv double %{{.*}}, %[[Y]]
    %ratio = stream.div_float %x, %y : f64
    // CHECK: fadd double
    %more = arith.addf %ratio, %y : f64
    // All rejections meet in one call; what differs is the site.
    // CHECK: rejected:
    // CHECK: phi i32 [ 0, %row.body ], [ 1, %ok ]
    // CHECK: call void @stream_core_reject
    // CHECK-NOT: call void @stream_core_reject
    job.write @out(%remainder, %part, %more : i32, i16, f64)
  }
}
// CHECK: ![[UNLIKELY]] = !{!"branch_weights", i32 1, i32 {{[0-9]+}}}
