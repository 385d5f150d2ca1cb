// The earthquakes of the examples, cut at the exchange of the aggregate and fused on both sides.
// RUN: stream-opt %s --stream-plan | FileCheck %s
stream.errors_scope @default skip
stream.errors_scope @rejected stream
%feed = stream.source "feed" connector "file" {path = "quakes.jsonl"} format "json" {}
    demand {mag: f64, place: string, time: i64, code: string, note: lenient opt<string>, unread: lenient opt<i64>} max_record 16777216
    time (%t = time : i64) {
      %1 = arith.constant 1000 : i64
      %2 = stream.checked_mul %t, %1 : i64
      stream.yield %2 : i64
    } wait 86400000000
    step "feed" id "feed/source" errors @rejected : !stream.stream<{mag: f64, place: string, note: opt<string>}>
%strong = stream.where %feed (%mag = mag : f64) {
  %least = arith.constant 2.0 : f64
  %is = arith.cmpf oge, %mag, %least : f64
  stream.yield %is : i1
} step "where" id "strong/where" errors @default : !stream.stream<{mag: f64, place: string, note: opt<string>}>
%located = stream.project %strong (%place = place : !stream.string) {
  %region = stream.call "trim"(%place) : (string) -> string
  stream.yield %region : !stream.string
} columns {mag = keep mag, region = yield 0, note = keep note} step "select" id "located/select" errors @default
    : !stream.stream<{mag: f64, place: string, note: opt<string>}> -> !stream.stream<{mag: f64, region: string, note: opt<string>}>
%quakes, %late = stream.aggregate %located by ["region"] window <size_us = 21600000000, offset_us = 0> (%mag = mag : f64) {
  stream.yield %mag : f64
} aggregates {n = count, greatest = max(0 : f64), mean = avg(0 : f64)} step "quakes/aggregate" id "quakes/aggregate" errors @default
    : !stream.stream<{mag: f64, region: string, note: opt<string>}> -> !stream.stream<{region: string, n: i64, greatest: f64, mean: f64}>
stream.sink %quakes "out" connector "file" {path = "out.jsonl"} format "json" {} key []
    step "out" id "out/sink" errors @default : !stream.stream<{region: string, n: i64, greatest: f64, mean: f64}>
stream.sink %late "late" connector "file" {path = "late.jsonl"} format "json" {} key []
    step "late" id "late/sink" errors @default : !stream.stream<{mag: f64, region: string, note: opt<string>, late_by: duration}>
%bad = stream.errors @rejected step "bad" id "bad/errors" errors @default : !stream.stream<{cause: string, message: string, step: string, place: string, input: string, event_time: opt<timestamp>, source: opt<string>, partition: opt<i32>, offset: opt<i64>}>
stream.sink %bad "bad" connector "stderr" {} format "json" {} key []
    step "bad" id "bad/sink" errors @default : !stream.stream<{cause: string, message: string, step: string, place: string, input: string, event_time: opt<timestamp>, source: opt<string>, partition: opt<i32>, offset: opt<i64>}>

// A scope that nobody reads counts; one that is read is an input.
// CHECK: job.errors @default skip
// CHECK: job.errors @rejected stream

// What is demanded and not used is validated only; what is lenient rejects nothing, so it is decoded only where it is used.
// CHECK: job.source @feed {{.*}} columns {mag: f64, place: string, time: i64, code: check string, note: lenient opt<string>} time

// Time first, then the fused steps, then the rows leave for the worker that owns the key.
// CHECK: job.process @p0 input @feed step "feed" errors @rejected
// CHECK: stream.checked_mul
// CHECK: job.observe
// CHECK: scf.if
// CHECK-NEXT: stream.call "trim"
// CHECK-NEXT: job.write @x0

// CHECK: job.exchange @x0 hash key ["region"] columns {mag: f64, region: string, note: opt<string>, "$event_time": event_time, "$watermark": watermark}
// CHECK: job.table @t0 {{.*}} cell {1 n : i64, 2 greatest : opt<f64>, 3 mean.sum : f64, 4 mean.n : i64}
// CHECK-SAME: layout <key_fixed = -1, cell_size = 56, offsets = [16, 24, 32, 40], validity = [-1, 48, -1, -1]>

// Late or not is decided before anything else.
// CHECK: job.process @p1 input @x0
// CHECK: %[[LATE:.*]], %[[BY:.*]] = job.lateness @t0
// CHECK: scf.if %[[LATE]]
// CHECK-NEXT: job.write @late({{.*}}, %[[BY]]
// CHECK: } else {
// CHECK: job.update @t0

// CHECK: job.fire @t0
// CHECK: arith.divf
// CHECK: job.process @p2 input @t0
// CHECK-NEXT: ^bb0
// CHECK-NEXT: job.write @out
// CHECK: job.process @p3 input @rejected
// CHECK: job.write @bad
