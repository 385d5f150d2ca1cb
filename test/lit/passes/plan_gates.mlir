// What counts or paces rows continues on one worker, behind an exchange that carries what the steps behind it use.
// RUN: stream-opt %s --stream-plan | FileCheck %s
stream.errors_scope @default skip
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, t: i64} max_record 10
    time (%t = t : i64) {
      stream.yield %t : i64
    } wait 0 step "in" id "in/source" errors @default : !stream.stream<{a: i64}>

// CHECK: job.process @p0 input @in
// CHECK: %[[WM:.*]] = job.observe
// CHECK: %[[PARTITION:.*]], %[[POSITION:.*]] = job.origin
// CHECK: job.write @x0({{.*}}, %{{.*}}, %[[WM]], %[[PARTITION]], %[[POSITION]] : i64, i64, i64, i64, i64)
// The rank is computed behind it, of what the source said.
// CHECK: job.exchange @x0 gather key [] columns {a: i64, "$event_time": event_time, "$watermark": watermark, "$partition": partition, "$position": position} limit 10 : i64
%limited = stream.limit %in 10 : i64 step "limit" id "some/limit" errors @default : !stream.stream<{a: i64}>
%sampled = stream.where %limited (%partition = "$partition" : i64, %position = "$position" : i64) {
  %rank = stream.rank (%partition : i64, %position : i64) salt "some/sample"
  %part = arith.constant 0.5 : f64
  %low = arith.cmpf olt, %rank, %part : f64
  stream.yield %low : i1
} step "sample" id "some/sample" errors @default : !stream.stream<{a: i64}>
stream.sink %sampled "out" connector "stdout" {} format "json" {} key []
    step "out" id "out/sink" errors @default : !stream.stream<{a: i64}>

// CHECK: job.exchange @x1 gather key [] columns {a: i64, "$event_time": event_time, "$watermark": watermark} throttle 2.500000e+00 : f64
%slow = stream.throttle %in 2.5 : f64 step "throttle" id "slow/throttle" errors @default : !stream.stream<{a: i64}>
stream.sink %slow "out" connector "stdout" {} format "json" {} key []
    step "out" id "out/sink" errors @default : !stream.stream<{a: i64}>

// CHECK: job.process @p1 input @x0
// CHECK: stream.rank
// CHECK: scf.if
// CHECK: job.write @out
// CHECK: job.process @p2 input @x1
// CHECK-NEXT: ^bb0
// CHECK-NEXT: job.write @out
