// A debugger stops on a line of the source: here on the line of an aggregate, in a built job.
// REQUIRES: gdb
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - --emit=exe -o %t
// RUN: echo '{"k":1,"t":"2024-01-01T00:00:00Z"}' > %t.in && cat %t.in %t.in %t.in > %t.3
// RUN: gdb -nx -batch -ex "set breakpoint pending on" -ex "break counts.stream:7" -ex "run --quiet < %t.3" -ex "bt 1" %t 2>&1 | FileCheck %s
// CHECK: hit Breakpoint 1, {{.*}}process_count {{.*}}counts.stream:7

module attributes {stream.job = "count"} {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {k: i64, t: timestamp} time max_record 1024
      step "in" id "in/source" errors @default
  job.exchange @x0 hash key ["k"] columns {k: i64, "$event_time": event_time}
  job.table @t0 id "by/aggregate" key {k: i64} cell {1 n : i64}
      window <size_us = 60000000, offset_us = 0> fired {k: i64, n: i64}
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%k: i64, %t: i64):
    %wm = job.observe %t
    job.write @x0(%k, %t : i64, i64)
  }
  job.process @count input @x0 step "by" errors @default {
  ^bb0(%k: i64, %t: i64):
    job.update @t0 key(%k : i64) event_time(%t) values() {
    ^bb0(%n: i64):
      %one = arith.constant 1 : i64
      %n1 = arith.addi %n, %one : i64 loc("counts.stream":7:3)
      job.yield %n1 : i64
    } loc("counts.stream":6:1)
  } loc("counts.stream":5:1)
  job.fire @t0 step "by" errors @default {
  ^bb0(%k: i64, %n: i64, %ws: i64, %we: i64):
    job.yield %k, %n : i64, i64
  }
  job.process @done input @t0 step "out" errors @default {
  ^bb0(%k: i64, %n: i64):
  }
}
