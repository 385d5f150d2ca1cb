// Casts test exactly what can go wrong: one bound, two bounds or none. NaN does not fit.
// RUN: streamc-codegen %s | FileCheck %s
// RUN: streamc-codegen %s --emit=manifest | FileCheck %s --check-prefix=SITES

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {a: i64, u: ui64, x: f64, f: f32, text: string, small: i8} max_record 1024
      step "in" id "in/source" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: i64, %u: i64, %x: f64, %f: f32, %text: !stream.string, %small: i8):
    // CHECK: %[[ABOVE:.*]] = icmp sgt i64 %[[A:.*]], 127
    // CHECK: %[[BELOW:.*]] = icmp slt i64 %[[A]], -128
    // CHECK: or i1 %[[ABOVE]], %[[BELOW]]
    // CHECK: trunc i64 %[[A]] to i8
    %0 = stream.cast %a : i64 -> i8
    // CHECK: %[[NEGATIVE:.*]] = icmp slt i64 %[[A]], 0
    // CHECK-NEXT: br i1 %[[NEGATIVE]]
    %1 = stream.cast %a : i64 -> ui64
    // CHECK: icmp ugt i64 %[[U:.*]], 9223372036854775807
    %2 = stream.cast %u : ui64 -> i64
    // CHECK: icmp ugt i64 %[[U]], 65535
    // CHECK: trunc i64 %[[U]] to i16
    %3 = stream.cast %u : ui64 -> ui16
    // CHECK: fcmp olt double %[[X:.*]], 0x41E0000000000000
    // CHECK: fcmp ogt double %[[X]], 0xC1E0000000200000
    // CHECK: fptosi double %[[X]] to i32
    %4 = stream.cast %x : f64 -> i32
    // The float below the least i64 is the least i64 itself: it is compared with >=.
    // CHECK: fcmp olt double %[[X]], 0x43E0000000000000
    // CHECK: fcmp oge double %[[X]], 0xC3E0000000000000
    %5 = stream.cast %x : f64 -> i64
    // CHECK: fcmp olt float %[[F:.*]], 2.560000e+02
    // CHECK: fcmp ogt float %[[F]], -1.000000e+00
    // CHECK: fptoui float %[[F]] to i8
    %6 = stream.cast %f : f32 -> ui8
    // CHECK-NOT: fcmp
    // CHECK: fptrunc double %[[X]] to float
    %7 = stream.cast %x : f64 -> f32
    // CHECK: call zeroext i8 @stream_text_to_i32(ptr %task, ptr %[[SLOT:.*]], ptr %[[DATA:[0-9]+]], i32 %[[SIZE:[0-9]+]])
    // CHECK: load i32, ptr %[[SLOT]]
    %8 = stream.cast %text : string -> i32
    // CHECK: sext i8 %{{.*}} to i32
    %9 = stream.convert %small : i8 -> i32
    // CHECK: uitofp i64 %[[U]] to double
    %10 = stream.convert %u : ui64 -> f64
    // The text that could not be read is part of the message.
    // CHECK: rejected:
    // CHECK: phi ptr [ null, %row.body ]{{.*}}, [ %[[DATA]], %{{.*}} ]
    // CHECK: phi i32 [ 0, %row.body ]{{.*}}, [ %[[SIZE]], %{{.*}} ]
    // CHECK: call void @stream_core_reject(
  }
}
// SITES-DAG: "cause":"cast","errors":0,"id":0,"message":"the i64 does not fit into i8","place":"casts.mlir:16:10"
// SITES-DAG: "message":"the f64 does not fit into i32"
// SITES-DAG: "message":"the text is no i32"
