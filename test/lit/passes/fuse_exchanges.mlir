// fuse-exchanges: for one worker a process goes on with the code behind its exchange; the others stay for several workers.
// RUN: stream-opt %s --fuse-exchanges | FileCheck %s

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {k: i64, t: timestamp} time max_record 1024
      wait 1000 step "in" id "in/source" errors @default
  job.exchange @x0 hash key ["k"] columns {k: i64, "$event_time": event_time, "$watermark": watermark}
  job.exchange @x1 gather key [] columns {k: i64}
  job.exchange @x2 gather key [] columns {k: i64} limit 3 : i64
  job.exchange @both gather key [] columns {k: i64}
  job.table @t0 id "by/aggregate" key {k: i64} cell {1 n : i64} window <size_us = 1000, offset_us = 0> fired {k: i64}
  job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {k: i64} step "out" id "out/sink" errors @default

  // CHECK: job.process @p0 input @in
  // CHECK: job.write @x0(
  // CHECK: job.process @p0_fused instead_of @p0 input @in step "in"
  // CHECK: %[[WM:.*]] = job.observe
  // CHECK-NEXT: job.flow step "by" errors @default {
  // CHECK-NEXT: job.lateness @t0 event_time(%{{.*}}) watermark(%[[WM]])
  // CHECK: job.update @t0
  // What comes in writes to the next exchange, which is fused too.
  // CHECK: job.flow step "next" errors @default {
  // CHECK-NEXT: job.write @x2(
  // CHECK-NEXT: job.write @both(
  // CHECK-NOT: @x1(
  // CHECK: job.process @p1 input @x0
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%k: i64, %t: i64):
    %wm = job.observe %t
    job.write @x0(%k, %t, %wm : i64, i64, i64)
  }
  // CHECK-NOT: @p1_fused
  job.process @p1 input @x0 step "by" errors @default {
  ^bb0(%k: i64, %t: i64, %wm: i64):
    %late, %by = job.lateness @t0 event_time(%t) watermark(%wm)
    scf.if %late {
    } else {
      job.update @t0 key(%k : i64) event_time(%t) values() {
      ^bb0(%n: i64):
        job.yield %n : i64
      }
    }
    job.write @x1(%k : i64)
  }
  job.process @p2 input @x1 step "next" errors @default {
  ^bb0(%k: i64):
    // A limit counts the rows of its exchange; where two write, order would not be that of one.
    job.write @x2(%k : i64)
    job.write @both(%k : i64)
  }
  // CHECK: job.process @p3 input @x2
  // CHECK-NOT: instead_of
  job.process @p3 input @x2 step "limited" errors @default {
  ^bb0(%k: i64):
    job.write @both(%k : i64)
  }
  job.process @p4 input @both step "out" errors @default {
  ^bb0(%k: i64):
    job.write @out(%k : i64)
  }
}
