// plan: where the sources had a row travels to an aggregate with first, last or any, where rows of several partitions meet.
// RUN: stream-opt %s --split-input-file --stream-plan | FileCheck %s

// CHECK: job.process @p0
// CHECK: %[[PARTITION:.*]], %[[POSITION:.*]] = job.origin
// CHECK: job.write @x0(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[PARTITION]], %[[POSITION]] :
// CHECK: job.exchange @x0 hash key ["k"] columns {k: i64, v: i64, "$event_time": event_time, "$watermark": watermark, "$partition": partition, "$position": position}
// CHECK: job.table @t0 {{.*}} cell {1 l.at : i64, 2 l.partition : i64, 3 l.position : i64, 4 l.any : i1, 5 l : i64, 6 n : i64}
stream.errors_scope @default skip
%s = stream.source "s" connector "generate" {partitions = 4 : i64} format "" {}
    demand {k: i64, v: i64} max_record 16 time (%t = v : i64) { stream.yield %t : i64 } wait 0
    step "s" id "s/source" errors @default : !stream.stream<{k: i64, v: i64}>
%r, %late = stream.aggregate %s by ["k"] window <size_us = 10, offset_us = 0> (%v = v : i64) {
  stream.yield %v : i64
} aggregates {l = last(0 : i64), n = count} step "r" id "r" errors @default
    : !stream.stream<{k: i64, v: i64}> -> !stream.stream<{k: i64, l: i64, n: i64}>
stream.sink %r "out" connector "null" {} format "json" {} key [] step "out" id "out" errors @default : !stream.stream<{k: i64, l: i64, n: i64}>

// -----

// One partition: arrival is the same. Without first and last nobody asks.
// CHECK-NOT: job.origin
// CHECK: job.exchange @x0 hash key ["k"] columns {k: i64, v: i64, "$event_time": event_time, "$watermark": watermark}
// CHECK: job.table @t0 {{.*}} cell {1 l.at : i64, 2 l.any : i1, 3 l : i64}
stream.errors_scope @default skip
%s = stream.source "s" connector "file" {path = "-"} format "json" {}
    demand {k: i64, v: i64} max_record 16 time (%t = v : i64) { stream.yield %t : i64 } wait 0
    step "s" id "s/source" errors @default : !stream.stream<{k: i64, v: i64}>
%r, %late = stream.aggregate %s by ["k"] window <size_us = 10, offset_us = 0> (%v = v : i64) {
  stream.yield %v : i64
} aggregates {l = last(0 : i64)} step "r" id "r" errors @default
    : !stream.stream<{k: i64, v: i64}> -> !stream.stream<{k: i64, l: i64}>
stream.sink %r "out" connector "null" {} format "json" {} key [] step "out" id "out" errors @default : !stream.stream<{k: i64, l: i64}>

// -----

// Two files meet: their rows need an order. Behind the first aggregate arrival is the rule.
// CHECK: job.process @p0
// CHECK: job.origin
// CHECK: job.exchange @x0 {{.*}} position}
// CHECK: job.process @p1
// CHECK: job.origin
// CHECK: job.exchange @x1 {{.*}} "$watermark": watermark}
stream.errors_scope @default skip
%a = stream.source "a" connector "file" {path = "a"} format "json" {}
    demand {k: i64, v: i64} max_record 16 time (%t = v : i64) { stream.yield %t : i64 } wait 0
    step "a" id "a/source" errors @default : !stream.stream<{k: i64, v: i64}>
%b = stream.source "b" connector "file" {path = "b"} format "json" {}
    demand {k: i64, v: i64} max_record 16 time (%t = v : i64) { stream.yield %t : i64 } wait 0
    step "b" id "b/source" errors @default : !stream.stream<{k: i64, v: i64}>
%u = stream.union %a, %b step "u" id "u" errors @default : !stream.stream<{k: i64, v: i64}>
%r, %late = stream.aggregate %u by ["k"] window <size_us = 10, offset_us = 0> (%v = v : i64) {
  stream.yield %v : i64
} aggregates {l = any(0 : i64)} step "r" id "r" errors @default
    : !stream.stream<{k: i64, v: i64}> -> !stream.stream<{k: i64, l: i64}>
%q, %late_q = stream.aggregate %r by [] window <size_us = 20, offset_us = 0> (%v = l : i64) {
  stream.yield %v : i64
} aggregates {l = first(0 : i64)} step "q" id "q" errors @default
    : !stream.stream<{k: i64, l: i64}> -> !stream.stream<{l: i64}>
stream.sink %q "out" connector "null" {} format "json" {} key [] step "out" id "out" errors @default : !stream.stream<{l: i64}>
