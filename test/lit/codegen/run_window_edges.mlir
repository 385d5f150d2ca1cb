// Windows at both ends of time and around 0: every time has a window, none is lost, none crashes.
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - --emit=exe -o %t
// RUN: printf '{"t":%%s}\n' -9223372036854775808 -9223372036854775807 -9223372036854775000 -1000001 -1000000 -1 0 999999 1000000 9223372036854775000 9223372036854775806 9223372036854775807 > %t.in
// RUN: %t --quiet < %t.in | sort | FileCheck %s --implicit-check-not={{.}}
// CHECK: {"start":-1000000,"end":0,"n":2}
// CHECK-NEXT: {"start":-2000000,"end":-1000000,"n":1}
// CHECK-NEXT: {"start":-9223372036854775807,"end":-9223372036853775807,"n":3}
// CHECK-NEXT: {"start":0,"end":1000000,"n":2}
// CHECK-NEXT: {"start":1000000,"end":2000000,"n":1}
// CHECK-NEXT: {"start":9223372036853775807,"end":9223372036854775807,"n":3}

module {
  job.errors @default fail
  job.source @in "in" connector "stdin" {} format "json" {} columns {t: i64} time max_record 1024 step "in" id "in/source" errors @default
  job.exchange @x0 gather key [] columns {"$event_time": event_time, "$watermark": watermark}
  job.table @t0 id "all/aggregate" key {} cell {1 n : i64}
      window <size_us = 1000000, offset_us = 0> fired {n: i64, "$window_start": window_start, "$window_end": window_end}
  job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {start: i64, end: i64, n: i64}
      step "out" id "out/sink" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%t: i64):
    %wm = job.observe %t
    job.write @x0(%t, %wm : i64, i64)
  }
  job.process @p1 input @x0 step "all" errors @default {
  ^bb0(%t: i64, %wm: i64):
    %late, %late_by = job.lateness @t0 event_time(%t) watermark(%wm)
    scf.if %late {
      job.reject late "late"
    } else {
      job.update @t0 key() event_time(%t) values() {
      ^bb0(%n: i64):
        %one = arith.constant 1 : i64
        %n1 = arith.addi %n, %one : i64
        job.yield %n1 : i64
      }
    }
  }
  job.fire @t0 step "all" errors @default {
  ^bb0(%n: i64, %ws: i64, %we: i64):
    job.yield %n, %ws, %we : i64, i64, i64
  }
  job.process @p2 input @t0 step "out" errors @default {
  ^bb0(%n: i64, %ws: i64, %we: i64):
    job.write @out(%ws, %we, %n : i64, i64, i64)
  }
}
