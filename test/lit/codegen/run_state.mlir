// State executed: composite keys with nulls, texts in cells, windows before 1970 and with an offset, late rows, a sum that does
// not fit when its window fires; the same with one and three workers and with batches of one row.
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - --emit=exe -o %t
// RUN: %t --quiet --workers 1 < %S/Inputs/state.jsonl | sort > %t.out
// RUN: FileCheck %s --input-file=%t.out --implicit-check-not={{.}}
// RUN: %t --quiet --workers 3 --batch 1 < %S/Inputs/state.jsonl | sort > %t.out3
// RUN: diff %t.out %t.out3

// CHECK: {"a":"","b":-1,"c":-2,"d":"tail","n":2,"last":null,"greatest":"zz","total":4,"start":"1969-12-31T23:59:50.500Z"}
// CHECK-NEXT: {"a":"","b":-1,"c":-2,"d":null,"n":1,"last":"only","greatest":"only","total":1,"start":"1970-01-01T00:00:00.500Z"}
// CHECK-NEXT: {"a":"","b":null,"c":-2,"d":"","n":1,"last":"e","greatest":"e","total":7,"start":"1970-01-01T00:00:00.500Z"}
// CHECK-NEXT: {"a":"a longer key than sixteen bytes","b":5,"c":1,"d":"and the rest","n":3,"last":"c","greatest":"c","total":6,"start":"1970-01-01T00:00:10.500Z"}
// CHECK-NEXT: {"cause":"late","message":"late","step":"by","place":"state.stream:4:1","input":"{{.*}}later{{.*}}","at":"1970-01-01T00:00:00.400Z"}
// CHECK-NEXT: {"cause":"overflow","message":"the sum does not fit into i64","step":"by","place":"state.stream:9:9","input":"{\"a\":\"big\",\"b\":null,\"c\":3,\"d\":null,\"n\":2,\"last\":\"x\",\"greatest\":\"y\"}","at":"1970-01-01T00:00:20.499999Z"}

module {
  job.errors @default stream
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {a: string, b: opt<i32>, c: i16, d: opt<string>, v: i64, s: opt<string>, t: timestamp} time max_record 4096
      wait 19000000 step "in" id "in/source" errors @default
  job.exchange @x0 hash key ["a", "b", "c", "d"]
      columns {a: string, b: opt<i32>, c: i16, d: opt<string>, v: i64, s: opt<string>, "$event_time": event_time, "$watermark": watermark}
  job.table @t0 id "by/aggregate" key {a: string, b: opt<i32>, c: i16, d: opt<string>}
      cell {1 n : i64, 2 total : i128, 3 last : opt<string>, 4 greatest : string}
      window <size_us = 10000000, offset_us = 500000>
      fired {a: string, b: opt<i32>, c: i16, d: opt<string>, n: i64, last: opt<string>, greatest: string, total: i64, "$window_start": window_start}
  job.sink @out "out" connector "stdout" {} format "json" {} key []
      columns {a: string, b: opt<i32>, c: i16, d: opt<string>, n: i64, last: opt<string>, greatest: string, total: i64, start: timestamp}
      step "out" id "out/sink" errors @default
  job.sink @bad "bad" connector "stdout" {} format "json" {} key []
      columns {cause: string, message: string, step: string, place: string, input: string, at: opt<timestamp>} step "bad" id "bad/sink" errors @default

  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %c: i16, %d: !stream.opt<string>, %v: i64, %s: !stream.opt<string>, %t: i64):
    %wm = job.observe %t
    job.write @x0(%a, %b, %c, %d, %v, %s, %t, %wm
        : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>, i64, !stream.opt<string>, i64, i64)
  }
  job.process @p1 input @x0 step "by" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %c: i16, %d: !stream.opt<string>, %v: i64, %s: !stream.opt<string>, %t: i64, %wm: i64):
    %late, %late_by = job.lateness @t0 event_time(%t) watermark(%wm)
    scf.if %late {
      job.reject late "late" loc("state.stream":4:1)
    } else {
      %wide = arith.extsi %v : i64 to i128
      job.update @t0 key(%a, %b, %c, %d : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>) event_time(%t)
          values(%wide, %s : i128, !stream.opt<string>) {
      ^bb0(%n: i64, %total: i128, %last: !stream.opt<string>, %greatest: !stream.string, %value: i128, %text: !stream.opt<string>):
        %one = arith.constant 1 : i64
        %n1 = arith.addi %n, %one : i64
        %sum = arith.addi %total, %value : i128
        %there = stream.is_some %text : !stream.opt<string>
        %kept = scf.if %there -> !stream.string {
          %candidate = stream.get %text : !stream.opt<string>
          %more = stream.compare_string gt %candidate, %greatest
          %chosen = arith.select %more, %candidate, %greatest : !stream.string
          scf.yield %chosen : !stream.string
        } else {
          scf.yield %greatest : !stream.string
        }
        job.yield %n1, %sum, %text, %kept : i64, i128, !stream.opt<string>, !stream.string
      }
    }
  }
  job.fire @t0 step "by" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %c: i16, %d: !stream.opt<string>, %n: i64, %total: i128, %last: !stream.opt<string>, %greatest: !stream.string, %ws: i64, %we: i64):
    %narrow = job.narrow %total : i128 to i64 loc("state.stream":9:9)
    job.yield %a, %b, %c, %d, %n, %last, %greatest, %narrow, %ws
        : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>, i64, !stream.opt<string>, !stream.string, i64, i64
  }
  job.process @p2 input @t0 step "out" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %c: i16, %d: !stream.opt<string>, %n: i64, %last: !stream.opt<string>, %greatest: !stream.string, %total: i64, %ws: i64):
    job.write @out(%a, %b, %c, %d, %n, %last, %greatest, %total, %ws
        : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>, i64, !stream.opt<string>, !stream.string, i64, i64)
  }
  job.process @p3 input @default step "bad" errors @default {
  ^bb0(%cause: !stream.string, %message: !stream.string, %step: !stream.string, %place: !stream.string,
       %input: !stream.string, %event_time: !stream.opt<i64>, %source: !stream.opt<string>,
       %partition: !stream.opt<i32>, %offset: !stream.opt<i64>):
    job.write @bad(%cause, %message, %step, %place, %input, %event_time
        : !stream.string, !stream.string, !stream.string, !stream.string, !stream.string, !stream.opt<i64>)
  }
}
