// Flatten in both dialects, and records in texts.
// RUN: stream-opt %s -split-input-file | stream-opt -split-input-file | FileCheck %s
// RUN: stream-opt %s -split-input-file -mlir-print-op-generic | stream-opt -split-input-file | FileCheck %s

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {}
    demand {id: i64, items: list<{sku: string, n: i64, geo: present, geo.lat: f64}>, text: string} max_record 16777216
    step "in" id "in/source" errors @default
    : !stream.stream<{id: i64, items: list<{sku: string, n: i64, geo: present, geo.lat: f64}>, text: string}>

// CHECK: stream.flatten %{{.*}} "items" as "item" step "flatten" id "flow1/flatten" errors @default
// CHECK-SAME: -> !stream.stream<{id: i64, item.sku: string, item.geo: present, item.geo.lat: f64}>
%flat = stream.flatten %in "items" as "item" step "flatten" id "flow1/flatten" errors @default
    : !stream.stream<{id: i64, items: list<{sku: string, n: i64, geo: present, geo.lat: f64}>, text: string}>
    -> !stream.stream<{id: i64, item.sku: string, item.geo: present, item.geo.lat: f64}>

// CHECK: stream.project %{{.*}} (%[[TEXT:.*]] = text : !stream.string) {
// CHECK: %{{.*}}:2 = stream.decode %[[TEXT]] format "json" {timestamps = "ms"} columns {at: timestamp, note: check string, n: opt<i64>} : i64, !stream.opt<i64>
%decoded = stream.project %in (%text = text : !stream.string) {
  %at, %n = stream.decode %text format "json" {timestamps = "ms"} columns {at: timestamp, note: check string, n: opt<i64>} : i64, !stream.opt<i64>
  stream.yield %at, %n : i64, !stream.opt<i64>
} columns {at = yield 0, n = yield 1} step "decode" id "flow2/decode" errors @default
    : !stream.stream<{id: i64, items: list<{sku: string, n: i64, geo: present, geo.lat: f64}>, text: string}>
    -> !stream.stream<{at: timestamp, n: opt<i64>}>

// -----

job.errors @default skip
// CHECK: job.flatten @f0 columns {id: i64, "$event_time": event_time, "$list": list<{sku: string, n: i64}>} to {id: i64, "$event_time": event_time, item.n: i64} leaves ["n"]
job.flatten @f0 columns {id: i64, "$event_time": event_time, "$list": list<{sku: string, n: i64}>}
    to {id: i64, "$event_time": event_time, item.n: i64} leaves ["n"]
// CHECK: job.process @p0 input @f0
job.process @p0 input @f0 step "flatten" errors @default {
^bb0(%id: i64, %time: i64, %n: i64):
}
