// Every op and attribute of the job dialect: printed, parsed again and printed, both ways of writing.
// RUN: stream-opt %s | stream-opt | FileCheck %s
// RUN: stream-opt %s -mlir-print-op-generic | stream-opt | FileCheck %s
// RUN: stream-opt %s -mlir-print-debuginfo > %t.once
// RUN: stream-opt %t.once -mlir-print-debuginfo > %t.twice
// RUN: diff %t.once %t.twice

module attributes {stream.job = "quakes"} {
  // CHECK: job.errors @default stderr
  job.errors @default stderr
  // CHECK: job.errors @quakes_errors stream
  job.errors @quakes_errors stream
  // CHECK: job.source @quakes "quakes" connector "file" {path = "quakes.jsonl"} format "json" {} columns {mag: f64, place: string, time: i64, geo: check present, code: check opt<string>} time max_record 16777216 wait 86400000000 step "quakes" id "quakes/source" errors @quakes_errors
  job.source @quakes "quakes" connector "file" {path = "quakes.jsonl"} format "json" {}
      columns {mag: f64, place: string, time: i64, geo: check present, code: check opt<string>} time max_record 16777216
      wait 86400000000 step "quakes" id "quakes/source" errors @quakes_errors
  // CHECK: job.exchange @x0 hash key ["region"] columns {region: string, mag: f64, "$event_time": event_time, "$watermark": watermark}
  job.exchange @x0 hash key ["region"] columns {region: string, mag: f64, "$event_time": event_time, "$watermark": watermark}
  // CHECK: job.exchange @x1 gather key [] columns {n: i64}
  job.exchange @x1 gather key [] columns {n: i64}
  // CHECK: job.table @t0 id "by_region/aggregate" key {region: string} cell {1 n : i64, 2 sum : i128, 3 last : opt<timestamp>} window <size_us = 21600000000, offset_us = 0> fired {region: string, n: i64, last: opt<timestamp>, "$window_end": window_end} layout <key_fixed = -1, cell_size = 64, offsets = [16, 32, 48], validity = [-1, -1, 56]>
  job.table @t0 id "by_region/aggregate" key {region: string} cell {1 n : i64, 2 sum : i128, 3 last : opt<timestamp>}
      window <size_us = 21600000000, offset_us = 0>
      fired {region: string, n: i64, last: opt<timestamp>, "$window_end": window_end}
      layout <key_fixed = -1, cell_size = 64, offsets = [16, 32, 48], validity = [-1, -1, 56]>
  // CHECK: job.sink @out "out" connector "file" {path = "out.jsonl"} format "json" {} key ["region"] columns {region: string, n: i64} step "out" id "out/sink" errors @default
  job.sink @out "out" connector "file" {path = "out.jsonl"} format "json" {} key ["region"] columns {region: string, n: i64}
      step "out" id "out/sink" errors @default

  // CHECK: job.process @p0 input @quakes step "quakes" errors @default {
  // CHECK-NEXT: ^bb0(%[[MAG:.*]]: f64, %[[PLACE:.*]]: !stream.string, %[[TIME:.*]]: i64):
  job.process @p0 input @quakes step "quakes" errors @default {
  ^bb0(%mag: f64, %place: !stream.string, %time: i64):
    // CHECK: %[[WM:.*]] = job.observe %[[TIME]]
    %wm = job.observe %time
    // CHECK: job.flow step "where" errors @quakes_errors {
    job.flow step "where" errors @quakes_errors {
      %limit = arith.constant 5.0 : f64
      %strong = arith.cmpf oge, %mag, %limit : f64
      scf.if %strong {
        // CHECK: job.write @x0(%[[PLACE]], %[[MAG]], %[[TIME]], %[[WM]] : !stream.string, f64, i64, i64)
        job.write @x0(%place, %mag, %time, %wm : !stream.string, f64, i64, i64)
      } else {
        // CHECK: job.reject assert "not \22strong\22"
        job.reject assert "not \"strong\""
      }
    }
  }
  // CHECK: job.process @p1 input @x0 step "by_region/aggregate" errors @default {
  job.process @p1 input @x0 step "by_region/aggregate" errors @default {
  ^bb0(%region: !stream.string, %mag: f64, %time: i64, %wm: i64):
    // CHECK: %[[LATE:.*]], %[[BY:.*]] = job.lateness @t0 event_time(%{{.*}}) watermark(%{{.*}})
    %late, %late_by = job.lateness @t0 event_time(%time) watermark(%wm)
    scf.if %late {
      job.reject late "late"
    } else {
      // CHECK: job.update @t0 key(%{{.*}} : !stream.string) event_time(%{{.*}}) values(%{{.*}} : f64) {
      job.update @t0 key(%region : !stream.string) event_time(%time) values(%mag : f64) {
      ^bb0(%n: i64, %sum: i128, %last: !stream.opt<i64>, %value: f64):
        %one = arith.constant 1 : i64
        %n1 = arith.addi %n, %one : i64
        // CHECK: job.yield %{{.*}}, %{{.*}}, %{{.*}} : i64, i128, !stream.opt<i64>
        job.yield %n1, %sum, %last : i64, i128, !stream.opt<i64>
      }
    }
  }
  // CHECK: job.fire @t0 step "by_region/aggregate" errors @default {
  // CHECK-NEXT: ^bb0(%{{.*}}: !stream.string, %{{.*}}: i64, %{{.*}}: i128, %{{.*}}: !stream.opt<i64>, %{{.*}}: i64, %{{.*}}: i64):
  job.fire @t0 step "by_region/aggregate" errors @default {
  ^bb0(%region: !stream.string, %n: i64, %sum: i128, %last: !stream.opt<i64>, %start: i64, %end: i64):
    // CHECK: job.narrow %{{.*}} : i128 to i64
    %total = job.narrow %sum : i128 to i64
    // CHECK: job.narrow %{{.*}} unsigned : i128 to i32
    %less = job.narrow %sum unsigned : i128 to i32
    job.yield %region, %total, %last, %end : !stream.string, i64, !stream.opt<i64>, i64
  }
  // CHECK: job.process @p2 input @t0
  job.process @p2 input @t0 step "out" errors @default {
  ^bb0(%region: !stream.string, %n: i64, %last: !stream.opt<i64>, %end: i64):
    job.write @out(%region, %n : !stream.string, i64)
  }
  // CHECK: job.process @p3 input @quakes_errors
  job.process @p3 input @quakes_errors step "bad" errors @default {
  ^bb0(%cause: !stream.string, %message: !stream.string, %step: !stream.string, %place: !stream.string,
       %input: !stream.string, %event_time: !stream.opt<i64>, %source: !stream.opt<string>,
       %partition: !stream.opt<i32>, %offset: !stream.opt<i64>):
  }
}
