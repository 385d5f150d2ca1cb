// The loop for a calm batch: no branches, what went wrong is collected; a batch with a failure is run again row by row.
// Rows of a sink that one write feeds keep the places of the input's rows: columns that pass through are shared.
// RUN: streamc-codegen %s | FileCheck %s
// RUN: streamc-codegen %s --emit=asm --cpu x86-64-v3 | FileCheck %s --check-prefix=ASM

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {k: i64, v: i64, s: string, t: timestamp} time max_record 1024
      wait 1000 step "in" id "in/source" errors @default
  job.sink @all "all" connector "null" {} format "json" {} key [] columns {k: i64, s: string, sum: i64}
      step "all" id "all/sink" errors @default
  job.sink @some "some" connector "null" {} format "json" {} key [] columns {v: i64} step "some" id "some/sink" errors @default
  job.sink @twice "twice" connector "null" {} format "json" {} key [] columns {v: i64} step "twice" id "twice/sink" errors @default

  // CHECK-LABEL: define internal void @process_straight
  // CHECK: call void @stream_core_select(ptr %[[ALL:[0-9]+]])
  // CHECK-NEXT: call void @stream_core_forward(ptr %[[ALL]], i32 0, ptr %in, i32 0)
  // CHECK-NEXT: call void @stream_core_forward(ptr %[[ALL]], i32 1, ptr %in, i32 2)
  // CHECK-NOT: stream_core_forward(ptr %[[ALL]], i32 2
  // CHECK: calm:
  // CHECK: load i64, {{.*}} !llvm.access.group
  // CHECK: call i64 @llvm.smax.i64(i64 %
  // CHECK-NOT: with.overflow
  // CHECK: br i1 %{{.*}}, label %calm, label %calm.after, {{.*}} !llvm.loop
  // CHECK: calm.after:
  // CHECK: br i1 %{{.*}}, label %rowwise, label %calm.done
  // CHECK: calm.done:
  // CHECK: call void @stream_time_observe_all(ptr %in
  // CHECK: call void @stream_core_take_all(ptr %[[ALL]]
  // CHECK: call void @stream_core_take_some(
  // CHECK: rowwise:
  // CHECK: with.overflow
  // CHECK: call void @stream_core_reject
  // ASM-LABEL: process_straight:
  // ASM: vpaddq {{.*}}%ymm
  job.process @straight input @in step "in" errors @default {
  ^bb0(%k: i64, %v: i64, %s: !stream.string, %t: i64):
    %wm = job.observe %t
    %sum = stream.checked_add %k, %v : i64
    job.write @all(%k, %s, %sum : i64, !stream.string, i64)
    %zero = arith.constant 0 : i64
    %positive = arith.cmpi sgt, %v, %zero : i64
    scf.if %positive {
      job.write @some(%v : i64)
    }
  }

  // A sink that two writes feed gets its rows one behind another.
  // CHECK-LABEL: define internal void @process_two
  // CHECK-NOT: calm:
  // CHECK: call ptr @stream_core_route(
  // CHECK: call i32 @stream_core_claim_from(
  job.exchange @x0 gather key [] columns {k: i64, v: i64}
  job.process @two input @x0 step "two" errors @default {
  ^bb0(%k: i64, %v: i64):
    job.write @twice(%v : i64)
    job.write @twice(%k : i64)
  }
}
