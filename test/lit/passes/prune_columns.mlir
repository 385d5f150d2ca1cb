// RUN: stream-opt --prune-columns --split-input-file %s | FileCheck %s

// Down to the decoder: what nobody needs leaves the source's row, nested leaves one by one, and stays demanded.
// CHECK-LABEL: "down"
stream.errors_scope @default stderr
// CHECK-SAME: demand {mag: f64, geo: present, geo.lat: f64, geo.lon: f64, code: string, time: i64, n: i64} max_record 10 time (%{{.*}} = time : i64)
// CHECK: : !stream.stream<{mag: f64, geo.lat: f64, n: i64}>
%in = stream.source "down" connector "stdin" {} format "json" {}
    demand {mag: f64, geo: present, geo.lat: f64, geo.lon: f64, code: string, time: i64, n: i64} max_record 10
    time (%t = time : i64) {
      stream.yield %t : i64
    } step "in" id "in/source" errors @default
    : !stream.stream<{mag: f64, geo: present, geo.lat: f64, geo.lon: f64, code: string, time: i64, n: i64}>
// CHECK: stream.where %{{.*}} (%{{.*}} = mag : f64, %{{.*}} = "$event_time" : i64) {
// CHECK: : !stream.stream<{mag: f64, geo.lat: f64, n: i64}>
%w = stream.where %in (%mag = mag : f64, %time = time : i64, %at = "$event_time" : i64) {
  %unused = arith.addi %time, %time : i64
  %c = arith.sitofp %at : i64 to f64
  %x = arith.cmpf oge, %mag, %c : f64
  stream.yield %x : i1
} step "where" id "a/where" errors @default
    : !stream.stream<{mag: f64, geo: present, geo.lat: f64, geo.lon: f64, code: string, time: i64, n: i64}>
// What may reject is evaluated although nothing needs it: `lower` made it because the program demands it.
// CHECK: stream.project %{{.*}} (%[[LAT:.*]] = geo.lat : f64, %[[N:.*]] = n : i64) {
// CHECK-NEXT: %[[SQUARE:.*]] = arith.mulf %[[LAT]], %[[LAT]]
// CHECK-NEXT: stream.checked_neg %[[N]]
// CHECK-NEXT: stream.yield %[[SQUARE]] : f64
// CHECK-NEXT: } columns {square = yield 0}
// CHECK-SAME: !stream.stream<{mag: f64, geo.lat: f64, n: i64}> -> !stream.stream<{square: f64}>
%p = stream.project %w (%lat = geo.lat : f64, %lon = geo.lon : f64, %n = n : i64) {
  %sum = arith.addf %lat, %lon : f64
  %square = arith.mulf %lat, %lat : f64
  %neg = stream.checked_neg %n : i64
  stream.yield %sum, %square, %neg : f64, f64, i64
} columns {sum = yield 0, code = keep code, square = yield 1, neg = yield 2} step "select" id "b/select" errors @default
    : !stream.stream<{mag: f64, geo: present, geo.lat: f64, geo.lon: f64, code: string, time: i64, n: i64}>
   -> !stream.stream<{sum: f64, code: string, square: f64, neg: i64}>
%q = stream.project %p () {
  stream.yield
} columns {square = keep square} step "drop" id "b/drop" errors @default
    : !stream.stream<{sum: f64, code: string, square: f64, neg: i64}> -> !stream.stream<{square: f64}>
stream.sink %q "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{square: f64}>

// -----
// Aggregates nobody needs go, with their arguments; a sum of integers may overflow and stays. Keys always stay.
// CHECK-LABEL: "aggregates"
stream.errors_scope @default stderr
// CHECK: : !stream.stream<{region: string, mag: f64, n: i64}>
%in = stream.source "aggregates" connector "stdin" {} format "json" {} demand {region: string, mag: f64, depth: f64, n: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{region: string, mag: f64, depth: f64, n: i64}>
// CHECK: %{{.*}}, %{{.*}} = stream.aggregate %{{.*}} by ["region"] window <size_us = 10, offset_us = 0> (%{{.*}} = mag : f64, %{{.*}} = n : i64) {
// CHECK-NEXT: stream.yield %{{.*}}, %{{.*}} : i64, f64
// CHECK-NEXT: } aggregates {total = sum(0 : i64), top = max(1 : f64)}
// CHECK-SAME: -> !stream.stream<{region: string, total: i64, top: f64}>
%a, %late = stream.aggregate %in by ["region"] window <size_us = 10, offset_us = 0> (%mag = mag : f64, %depth = depth : f64, %n = n : i64) {
  %twice = arith.addf %depth, %depth : f64
  stream.yield %twice, %n, %mag : f64, i64, f64
} aggregates {mean = avg(0 : f64), total = sum(1 : i64), top = max(2 : f64), count = count} step "a" id "a/aggregate" errors @default
    : !stream.stream<{region: string, mag: f64, depth: f64, n: i64}>
   -> !stream.stream<{region: string, mean: f64, total: i64, top: f64, count: i64}>
%p = stream.project %a () {
  stream.yield
} columns {top = keep top} step "select" id "a/select" errors @default
    : !stream.stream<{region: string, mean: f64, total: i64, top: f64, count: i64}> -> !stream.stream<{top: f64}>
stream.sink %p "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{top: f64}>

// -----
// Late rows keep what the program reads of them.
// CHECK-LABEL: "late"
stream.errors_scope @default stderr
// CHECK: : !stream.stream<{region: string, name: string}>
%in = stream.source "late" connector "stdin" {} format "json" {} demand {region: string, name: string, other: string} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{region: string, name: string, other: string}>
%a, %late = stream.aggregate %in by ["region"] window <size_us = 10, offset_us = 0> () {
  stream.yield
} aggregates {count = count} step "a" id "a/aggregate" errors @default
    : !stream.stream<{region: string, name: string, other: string}> -> !stream.stream<{region: string, count: i64}>
// CHECK: !stream.stream<{region: string, name: string, late_by: duration}> -> !stream.stream<{name: string, late_by: duration}>
%p = stream.project %late () {
  stream.yield
} columns {name = keep name, late_by = keep late_by} step "select" id "l/select" errors @default
    : !stream.stream<{region: string, name: string, other: string, late_by: duration}> -> !stream.stream<{name: string, late_by: duration}>
stream.sink %p "late" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{name: string, late_by: duration}>
stream.sink %a "out" connector "stdout" {} format "json" {} key [] step "p" id "p" errors @default : !stream.stream<{region: string, count: i64}>

// -----
// A union's inputs get exactly its row: where a step above needs more, a project takes it away. So do rows of errors.
// CHECK-LABEL: "left"
stream.errors_scope @default stream
%a = stream.source "left" connector "stdin" {} format "json" {} demand {n: i64, keep: i64, extra: string} max_record 10
    step "a" id "a/source" errors @default : !stream.stream<{n: i64, keep: i64, extra: string}>
%b = stream.source "right" connector "stdin" {} format "json" {} demand {n: i64, keep: i64, extra: string} max_record 10
    step "b" id "b/source" errors @default : !stream.stream<{n: i64, keep: i64, extra: string}>
%w = stream.where %a (%n = n : i64) {
  %x = arith.cmpi sgt, %n, %n : i64
  stream.yield %x : i1
} step "where" id "a/where" errors @default : !stream.stream<{n: i64, keep: i64, extra: string}>
// CHECK: %[[EXACT:.*]] = stream.project %{{.*}} () {
// CHECK: } columns {keep = keep keep} step "union" id "u/union"
// CHECK: stream.union %[[EXACT]], %{{.*}} step "union" id "u/union" errors @default : !stream.stream<{keep: i64}>
%u = stream.union %w, %b step "union" id "u/union" errors @default : !stream.stream<{n: i64, keep: i64, extra: string}>
%p = stream.project %u () {
  stream.yield
} columns {keep = keep keep} step "select" id "u/select" errors @default
    : !stream.stream<{n: i64, keep: i64, extra: string}> -> !stream.stream<{keep: i64}>
stream.sink %p "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{keep: i64}>
// CHECK: stream.errors @default {{.*}} : !stream.stream<{cause: string, message: string}>
%e = stream.errors @default step "e" id "e/errors" errors @default : !stream.stream<{cause: string, message: string, step: string}>
%f = stream.where %e (%c = cause : !stream.string) {
  %x = stream.compare_string ne %c, %c
  stream.yield %x : i1
} step "where" id "e/where" errors @default : !stream.stream<{cause: string, message: string, step: string}>
// CHECK: } columns {message = keep message} step "select" id "e/select"
%g = stream.project %f () {
  stream.yield
} columns {message = keep message} step "select" id "e/select" errors @default
    : !stream.stream<{cause: string, message: string, step: string}> -> !stream.stream<{message: string}>
stream.sink %g "bad" connector "stdout" {} format "json" {} key [] step "p" id "p" errors @default : !stream.stream<{message: string}>
