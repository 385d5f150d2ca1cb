// The bar of the hot loop: filter + map + count per key. In the loops over rows no call is left but on cold paths (a
// rejection, a full batch, a new slice, an insert), for the JIT and for executables.
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - --emit=asm > %t.s
// RUN: %python %root/codegen/testing/loop_calls.py process_filter --cold stream_core_reject --cold stream_core_route_full < %t.s | FileCheck %s
// RUN: %python %root/codegen/testing/loop_calls.py process_count --cold stream_core_reject --cold stream_state_slice_slow --cold stream_state_insert_fixed --cold stream_state_touch < %t.s | FileCheck %s
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - --emit=asm --jit > %t.jit.s
// RUN: %python %root/codegen/testing/loop_calls.py process_filter --cold stream_core_reject --cold stream_core_route_full < %t.jit.s | FileCheck %s
// RUN: %python %root/codegen/testing/loop_calls.py process_count --cold stream_core_reject --cold stream_state_slice_slow --cold stream_state_insert_fixed --cold stream_state_touch < %t.jit.s | FileCheck %s
// The checker does find calls: those on the cold paths, when they are not allowed, and one that every row makes.
// RUN: not %python %root/codegen/testing/loop_calls.py process_count < %t.s 2>&1 | FileCheck %s --check-prefix=FOUND
// RUN: not %python %root/codegen/testing/loop_calls.py process_upper --cold stream_text_upper --cold memcpy --cold stream_core_arena_more --cold stream_core_route_full < %t.s 2>&1 | FileCheck %s --check-prefix=EVERY

// CHECK: instructions without a call
// FOUND: the loop of process_count calls {{.*}}stream_state_insert_fixed
// EVERY: every way around the loop of process_upper calls something

module attributes {stream.job = "count"} {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {k: i64, v: i64, t: timestamp} time max_record 16777216
      wait 1000000 step "in" id "in/source" errors @default
  job.exchange @x0 hash key ["k"] columns {k: i64, v: i64, "$event_time": event_time, "$watermark": watermark}
  job.source @words "words" connector "stdin" {} format "json" {} columns {word: string} max_record 1024
      step "words" id "words/source" errors @default
  job.table @t0 id "by/aggregate" key {k: i64} cell {1 n : i64}
      window <size_us = 60000000, offset_us = 0> fired {k: i64, n: i64}
  job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {k: i64, n: i64}
      step "out" id "out/sink" errors @default
  job.sink @loud "loud" connector "stdout" {} format "json" {} key [] columns {word: string}
      step "loud" id "loud/sink" errors @default

  job.process @filter input @in step "in" errors @default {
  ^bb0(%k: i64, %v: i64, %t: i64):
    %wm = job.observe %t
    job.flow step "where" errors @default {
      %ten = arith.constant 10 : i64
      %big = arith.cmpi sgt, %v, %ten : i64
      scf.if %big {
        %w = stream.checked_mul %v, %ten : i64
        job.write @x0(%k, %w, %t, %wm : i64, i64, i64, i64)
      }
    }
  }
  job.process @count input @x0 step "by" errors @default {
  ^bb0(%k: i64, %v: i64, %t: i64, %wm: i64):
    %late, %late_by = job.lateness @t0 event_time(%t) watermark(%wm)
    scf.if %late {
      job.reject late "late"
    } else {
      job.update @t0 key(%k : i64) event_time(%t) values() {
      ^bb0(%n: i64):
        %one = arith.constant 1 : i64
        %n1 = arith.addi %n, %one : i64
        job.yield %n1 : i64
      }
    }
  }
  job.fire @t0 step "by" errors @default {
  ^bb0(%k: i64, %n: i64, %ws: i64, %we: i64):
    job.yield %k, %n : i64, i64
  }
  job.process @done input @t0 step "out" errors @default {
  ^bb0(%k: i64, %n: i64):
    job.write @out(%k, %n : i64, i64)
  }
  job.process @upper input @words step "words" errors @default {
  ^bb0(%word: !stream.string):
    %upper = stream.call "upper"(%word) : (string) -> string
    job.write @loud(%upper : !stream.string)
  }
}
