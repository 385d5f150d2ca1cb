// What a calm batch does row by row: behind the test that nothing goes wrong, the rows that pass a filter are listed, their keys
// hashed, and only then tables are updated; values that were computed on the way are read from arrays.
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - | FileCheck %s

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {k: i64, v: i64, t: timestamp} time max_record 1024
      wait 1000 step "in" id "in/source" errors @default
  job.table @t0 id "by/aggregate" key {k: i64} cell {1 n : i64} window <size_us = 1000, offset_us = 0> fired {k: i64}
  job.exchange @x0 gather key [] columns {v: i64, "$watermark": watermark}

  // CHECK-LABEL: define internal void @process_update
  // CHECK: calm:
  // The earliest row that comes to the table must not be late for the latest watermark.
  // CHECK: select i1 %{{.*}}, i64 %{{.*}}, i64 9223372036854775807
  // CHECK: call i64 @llvm.smin.i64(
  // CHECK: calm.after:
  // CHECK: call i64 @llvm.smin.i64(i64 %{{.*}}, i64 9223372036854774807)
  // CHECK-NEXT: %[[END:.*]] = add i64 %{{.*}}, 1000
  // CHECK: %[[WM:.*]] = call i64 @stream_time_bound(ptr %in
  // CHECK: icmp sle i64 %[[END]], %[[WM]]
  // CHECK: br i1 %{{.*}}, label %rowwise, label %calm.done
  // CHECK: calm.done:
  // CHECK: call void @stream_time_observe_all(
  // CHECK: call void @stream_state_count_all(
  // CHECK: %[[COUNT:.*]] = call i64 @stream_core_pick(
  // CHECK: hashes:
  // CHECK: icmp ult i64 %{{.*}}, %[[COUNT]]
  // CHECK: call i64 @stream_state_hash(
  // CHECK: deferred:
  // CHECK: br i1 %{{.*}}, label %slice.other, label %slice.known, {{.*}}!prof
  // CHECK: slice.known:
  // CHECK: call void @stream_state_ask(
  // CHECK: call ptr @stream_state_upsert_fixed(
  // CHECK: rowwise:
  job.process @update input @in step "in" errors @default {
  ^bb0(%k: i64, %v: i64, %t: i64):
    %wm = job.observe %t
    %zero = arith.constant 0 : i64
    %some = arith.cmpi sgt, %v, %zero : i64
    %key = stream.checked_add %k, %v : i64
    scf.if %some {
      %late, %by = job.lateness @t0 event_time(%t) watermark(%wm)
      scf.if %late {
        job.reject late "late"
      } else {
        job.update @t0 key(%key : i64) event_time(%t) values() {
        ^bb0(%n: i64):
          %one = arith.constant 1 : i64
          %n1 = arith.addi %n, %one : i64
          job.yield %n1 : i64
        }
      }
    }
  }
  // Who needs the watermark just before each row makes all rows tell their times one by one.
  // CHECK-LABEL: define internal void @process_send
  // CHECK: calm.done:
  // CHECK: observe:
  // CHECK: call i64 @stream_time_observe(
  // CHECK: deferred:
  // CHECK: call ptr @stream_core_route(
  // CHECK: rowwise:
  job.process @send instead_of @update input @in step "in" errors @default {
  ^bb0(%k: i64, %v: i64, %t: i64):
    %wm = job.observe %t
    job.write @x0(%v, %wm : i64, i64)
  }
  job.process @out input @x0 step "out" errors @default {
  ^bb0(%v: i64, %wm: i64):
  }
}
