// A process is a loop over the rows of its input: addresses of used columns are taken once, before it; unused columns are
// not touched. A filter is a branch, a rejection one that goes on with the next row, a written row is claimed and stored.
// RUN: streamc-codegen %s | FileCheck %s

module attributes {stream.job = "strong"} {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {place: string, mag: f64, n: opt<i32>, gone: check string, unused: i64} max_record 1024
      step "in" id "in/source" errors @default
  job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {place: string, n: opt<i32>, loud: i1}
      step "out" id "out/sink" errors @default

  // CHECK-LABEL: define internal void @process_p0(ptr %task, ptr %in)
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%place: !stream.string, %mag: f64, %n: !stream.opt<i32>, %unused: i64):
    // CHECK: %[[ROWS32:.*]] = call i32 @stream_core_rows(ptr %in)
    // CHECK: %[[ROWS:.*]] = zext i32 %[[ROWS32]] to i64
    // CHECK: %[[PLACES:.*]] = call ptr @stream_core_column(ptr %in, i32 0)
    // CHECK: %[[MAGS:.*]] = call ptr @stream_core_column(ptr %in, i32 1)
    // CHECK: %[[NS:.*]] = call ptr @stream_core_column(ptr %in, i32 2)
    // CHECK: %[[VALID:.*]] = call ptr @stream_core_validity(ptr %in, i32 2)
    // CHECK-NOT: i32 3
    // CHECK: row.head:
    // CHECK: %[[ROW:.*]] = phi i64
    // CHECK: icmp ult i64 %[[ROW]], %[[ROWS]]
    // CHECK: getelementptr inbounds [16 x i8], ptr %{{.*}}, i64 %[[ROW]]
    // CHECK: %[[DATA:.*]] = load ptr, ptr %{{.*}}, align 8, {{.*}}!invariant.load
    // CHECK: %[[SIZE:.*]] = load i32, ptr %{{.*}}, align 8, {{.*}}!invariant.load
    // CHECK: %[[MAG:.*]] = load double
    // CHECK: %[[N:.*]] = load i32, ptr %{{.*}}, align 4
    // CHECK: %[[BYTE:.*]] = load i8
    // CHECK: %[[PRESENT:.*]] = icmp ne i8 %[[BYTE]], 0
    job.flow step "where" errors @default {
      %five = arith.constant 5.0 : f64
      // CHECK: %[[STRONG:.*]] = fcmp oge double %[[MAG]], 5.0
      %strong = arith.cmpf oge, %mag, %five : f64
      // CHECK: br i1 %[[STRONG]], label %then, label %endif
      scf.if %strong {
        // CHECK: %[[MISSING:.*]] = xor i1 %[[PRESENT]], true
        // CHECK: br i1 %[[MISSING]], label %rejected, label %ok, {{.*}}!prof
        %value = stream.assert_present %n : !stream.opt<i32>
        %hundred = arith.constant 100 : i32
        %loud = arith.cmpi sgt, %value, %hundred : i32
        // CHECK: ok:
        // CHECK: %[[LOUD:.*]] = icmp sgt i32 %[[N]], 100
        // The rows of a sink keep their places: what is computed is stored, the input's columns are referred to.
        // CHECK-NOT: call void @stream_core_keep_string(
        // CHECK: %[[TRUTHS:.*]] = call ptr @stream_core_column(ptr %{{.*}}, i32 2)
        // CHECK: %[[TRUTH:.*]] = zext i1 %[[LOUD]] to i8
        // CHECK: store i8 %[[TRUTH]]
        // CHECK: call i32 @stream_core_claim_from(
        job.write @out(%place, %n, %loud : !stream.string, !stream.opt<i32>, i1)
      }
    }
    // The rejection ends the flow, not the row.
    // CHECK: rejected:
    // CHECK: %[[SITE:.*]] = phi i32 [ 0, %then ]
    // CHECK: %[[ROW32:.*]] = trunc i64 %[[ROW]] to i32
    // CHECK: call void @stream_core_reject(ptr %task, ptr %in, i32 %[[ROW32]], i32 %[[SITE]], ptr %{{.*}}, i32 %{{.*}})
    // CHECK-NEXT: br label %flow.exit
  }
}
// CHECK: declare void @stream_core_reject(ptr, ptr, i32, i32, ptr, i32) #[[COLD:.*]]
// CHECK: attributes #[[COLD]] = { cold nounwind }
