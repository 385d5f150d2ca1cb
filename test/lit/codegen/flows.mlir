// Rejections: inside stream.catch the fallback, inside a flow its exit, else the next row. Sites carry step and scope of
// the innermost flow.
// RUN: streamc-codegen %s | FileCheck %s
// RUN: streamc-codegen %s --emit=manifest | FileCheck %s --check-prefix=SITES

module {
  job.errors @default fail
  job.errors @mine skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, text: string} max_record 1024
      step "in" id "in/source" errors @default
  job.sink @out "out" connector "null" {} format "json" {} key [] columns {a: i64}
      step "out" id "out/sink" errors @default
  // CHECK-LABEL: define internal void @process_p0
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: i64, %text: !stream.string):
    // CHECK: br i1 %{{.*}}, label %fallback, label %[[READ:ok[0-9]*]]
    // CHECK: br label %caught
    // CHECK: fallback:
    // CHECK: br label %caught
    // CHECK: caught:
    // CHECK: %[[VALUE:.*]] = phi i64 [ %{{.*}}, %[[READ]] ], [ -1, %fallback ]
    %value = stream.catch : i64 {
      %0 = stream.cast %text : string -> i64
      stream.yield %0 : i64
    } else {
      %minus = arith.constant -1 : i64
      stream.yield %minus : i64
    }
    job.flow step "first" errors @mine {
      // CHECK: br i1 %{{.*}}, label %[[FIRST:rejected[0-9]*]], label
      // CHECK: [[FIRST]]:
      // CHECK: call void @stream_core_reject
      // CHECK-NEXT: br label %flow.exit
      %1 = stream.checked_add %value, %a : i64
      job.write @out(%1 : i64)
    }
    // CHECK: br i1 %{{.*}}, label %[[SECOND:rejected[0-9]*]], label
    // CHECK: [[SECOND]]:
    // CHECK: call void @stream_core_reject
    // CHECK-NEXT: br label %row.next
    %2 = stream.checked_mul %value, %a : i64
    job.write @out(%2 : i64)
  }
}
// A catch leaves no site.
// SITES: "sites":[{"cause":"overflow","errors":1,"id":0,{{.*}}"process":0,"source":"in","step":"first"}
// SITES-SAME: {"cause":"overflow","errors":0,"id":1,{{.*}}"process":0,"source":"in","step":"in"}
// SITES-SAME: {"cause":"decode",
