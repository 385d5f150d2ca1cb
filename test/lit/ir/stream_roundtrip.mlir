// Every op, type and attribute of the stream dialect: printed, parsed again and printed, both ways of writing.
// RUN: stream-opt %s | stream-opt | FileCheck %s
// RUN: stream-opt %s -mlir-print-op-generic | stream-opt | FileCheck %s
// RUN: stream-opt %s -mlir-print-debuginfo > %t.once
// RUN: stream-opt %t.once -mlir-print-debuginfo > %t.twice
// RUN: diff %t.once %t.twice

// CHECK: module attributes {stream.job = "quakes", stream.params = [#stream.param<"since", duration env "SINCE" default 3600000000 : i64>, #stream.param<"limit", ui64>], stream.settings = {delivery = "at_least_once"}}
module attributes {
  stream.job = "quakes", stream.settings = {delivery = "at_least_once"},
  stream.params = [#stream.param<"since", duration env "SINCE" default 3600000000 : i64>, #stream.param<"limit", ui64>]
} {
  // CHECK: stream.errors_scope @default stderr
  stream.errors_scope @default stderr
  // CHECK: stream.errors_scope @quakes stream
  stream.errors_scope @quakes stream

  // CHECK: %[[SOURCE:.*]] = stream.source "quakes" connector "file"
  // CHECK-SAME: {gzip = true, path = #stream.concat<["in/", #stream.env<"DIR" default "d">, #stream.param_ref<0>]>, "strange name" = 1.500000e+00 : f64}
  // CHECK-SAME: format "json" {timestamps = "ms"} demand {mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8, "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>, time: i64, at: timestamp} max_record 16777216
  // CHECK-SAME: time (%[[TIME:.*]] = time : i64) {
  // CHECK: stream.checked_mul
  // CHECK: } wait 86400000000 idle 60000000 max_ahead 5 step "quakes" id "quakes/source" errors @quakes
  // CHECK-SAME: !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8, "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>
  %quakes = stream.source "quakes" connector "file"
      {path = #stream.concat<["in/", #stream.env<"DIR" default "d">, #stream.param_ref<0>]>, gzip = true, "strange name" = 1.5 : f64}
      format "json" {timestamps = "ms"}
      demand {mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
              "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>, time: i64, at: timestamp} max_record 16777216
      time (%t = time : i64) {
        %1 = arith.constant 1000 : i64
        %2 = stream.checked_mul %t, %1 : i64
        stream.yield %2 : i64
      } wait 86400000000 idle 60000000 max_ahead 5
      step "quakes" id "quakes/source" errors @quakes
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>
  // CHECK: stream.source "lines" connector "stdin" {} format "json" {} demand {geo: lenient present, note: lenient opt<string>} max_record 10 step "lines" id "lines/source" errors @default : !stream.stream<{note: opt<string>}>
  %lines = stream.source "lines" connector "stdin" {} format "json" {} demand {geo: lenient present, note: lenient opt<string>} max_record 10
      step "lines" id "lines/source" errors @default : !stream.stream<{note: opt<string>}>

  // CHECK: %[[WHERE:.*]] = stream.where %[[SOURCE]] (%[[MAG:.*]] = mag : f64, %[[AT:.*]] = "$event_time" : i64) {
  // CHECK: stream.yield %{{.*}} : i1
  // CHECK: } step "where" id "strong/where" errors @default : !stream.stream<
  %strong = stream.where %quakes (%mag = mag : f64, %at = "$event_time" : i64) {
    %limit = arith.constant 5.0 : f64
    %strong = arith.cmpf oge, %mag, %limit : f64
    stream.yield %strong : i1
  } step "where" id "strong/where" errors @default
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>

  // CHECK: %[[ARMS:.*]]:2 = stream.route %[[WHERE]] (%[[LAT:.*]] = geo.lat : f64) {
  // CHECK: stream.yield %{{.*}} : i64
  // CHECK: } step "route" id "strong/route" errors @quakes : !stream.stream<{mag: f64, {{.*}}}> arms 2
  %arms:2 = stream.route %strong (%lat = geo.lat : f64) {
    %arm = arith.constant 1 : i64
    stream.yield %arm : i64
  } step "route" id "strong/route" errors @quakes
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}> arms 2
  // CHECK: stream.limit %[[ARMS]]#1 10 : i64 step "limit" id "strong/limit" errors @quakes : !stream.stream<
  %limited = stream.limit %arms#1 10 : i64 step "limit" id "strong/limit" errors @quakes
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>
  // CHECK: stream.throttle %{{.*}} 2.500000e+00 : f64 step "throttle" id "strong/throttle" errors @quakes : !stream.stream<
  %slow = stream.throttle %limited 2.5 : f64 step "throttle" id "strong/throttle" errors @quakes
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>
  // CHECK: stream.where %{{.*}} (%[[PARTITION:.*]] = "$partition" : i64, %[[NAME:.*]] = place : !stream.opt<string>) {
  // CHECK-NEXT: %[[RANK:.*]] = stream.rank (%[[PARTITION]] : i64, %[[NAME]] : opt<string>) salt "strong/sample"
  %sampled = stream.where %slow (%partition = "$partition" : i64, %name = place : !stream.opt<string>) {
    %rank = stream.rank (%partition : i64, %name : opt<string>) salt "strong/sample"
    %part = arith.constant 0.5 : f64
    %low = arith.cmpf olt, %rank, %part : f64
    stream.yield %low : i1
  } step "sample" id "strong/sample" errors @quakes
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>

  // CHECK: stream.assert %[[WHERE]] (%{{.*}} = geo : i1, %{{.*}} = geo.lat : f64) {
  // CHECK: } message "no \22place\22" step "assert" id "strong/assert" errors @quakes
  %checked = stream.assert %strong (%geo = geo : i1, %lat = geo.lat : f64) {
    stream.yield %geo : i1
  } message "no \"place\"" step "assert" id "strong/assert" errors @quakes
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>

  // CHECK: stream.project %{{.*}} (%{{.*}} = place : !stream.opt<string>, %{{.*}} = mag : f64, %{{.*}} = "" : i8, %{{.*}} = "a\\.b" : !stream.list<{sku: string, price: opt<f64>}>, %{{.*}} = tags : !stream.list<string>)
  %clean = stream.project %checked (%place = place : !stream.opt<string>, %mag = mag : f64, %byte = "" : i8,
                                    %items = "a\\.b" : !stream.list<{sku: string, price: opt<f64>}>, %tags = tags : !stream.list<string>) {
    // CHECK: stream.string_constant "nowhere"
    %nowhere = stream.string_constant "nowhere"
    // CHECK: stream.is_some %{{.*}} : !stream.opt<string>
    %there = stream.is_some %place : !stream.opt<string>
    // CHECK: stream.get %{{.*}} : !stream.opt<string>
    %text = stream.get %place : !stream.opt<string>
    // CHECK: stream.assert_present %{{.*}} : !stream.opt<string>
    %must = stream.assert_present %place : !stream.opt<string>
    // CHECK: stream.none : !stream.opt<f64>
    %none = stream.none : !stream.opt<f64>
    // CHECK: stream.some %{{.*}} : f64
    %some = stream.some %mag : f64
    // CHECK: stream.call "trim"(%{{.*}}) : (string) -> string
    %trim = stream.call "trim"(%must) : (string) -> string
    // CHECK: stream.call "matches"(%{{.*}}, %{{.*}}) : (string, string) -> i1 fails [function, cast]
    %matches = stream.call "matches"(%trim, %nowhere) : (string, string) -> i1 fails [function, cast]
    // CHECK: stream.compare_string lt %{{.*}}, %{{.*}}
    %less = stream.compare_string lt %trim, %nowhere
    // CHECK: stream.format ["M", " at ", ""] (%{{.*}} : f64, %{{.*}} : ui8)
    %label = stream.format ["M", " at ", ""] (%mag : f64, %byte : ui8)
    // CHECK: stream.format ["just text"] ()
    %only = stream.format ["just text"] ()
    // CHECK: stream.list_size %{{.*}} : !stream.list<string>
    %size = stream.list_size %tags : !stream.list<string>
    // CHECK: stream.index_check %{{.*}}, %{{.*}} : !stream.list<{sku: string, price: opt<f64>}>
    stream.index_check %items, %size : !stream.list<{sku: string, price: opt<f64>}>
    // CHECK: stream.list_get %{{.*}}[%{{.*}}] "price" : !stream.list<{sku: string, price: opt<f64>}>
    %price = stream.list_get %items[%size] "price" : !stream.list<{sku: string, price: opt<f64>}>
    // CHECK: stream.list_get %{{.*}}[%{{.*}}] "" : !stream.list<string>
    %tag = stream.list_get %tags[%size] "" : !stream.list<string>
    // CHECK: stream.list(%{{.*}}, %{{.*}} : !stream.string, !stream.string) : !stream.list<string>
    %pair = stream.list(%tag, %only : !stream.string, !stream.string) : !stream.list<string>
    // CHECK: stream.list() : !stream.list<ui8>
    %empty = stream.list() : !stream.list<ui8>
    // CHECK: stream.convert %{{.*}} : ui8 -> i64
    %wide = stream.convert %byte : ui8 -> i64
    // CHECK: stream.cast %{{.*}} : i64 -> ui16
    %narrow = stream.cast %wide : i64 -> ui16
    // CHECK: stream.cast %{{.*}} : string -> timestamp
    %when = stream.cast %label : string -> timestamp
    // CHECK: stream.checked_add %{{.*}}, %{{.*}} unsigned : i16
    %add = stream.checked_add %narrow, %narrow unsigned : i16
    // CHECK: stream.checked_sub %{{.*}}, %{{.*}} : i16
    %sub = stream.checked_sub %add, %narrow : i16
    // CHECK: stream.checked_neg %{{.*}} : i16
    %neg = stream.checked_neg %sub : i16
    // CHECK: stream.div %{{.*}}, %{{.*}} : i16
    %div = stream.div %neg, %add : i16
    // CHECK: stream.mod %{{.*}}, %{{.*}} unsigned : i16
    %mod = stream.mod %neg, %add unsigned : i16
    // CHECK: stream.div_float %{{.*}}, %{{.*}} : f64
    %half = stream.div_float %mag, %mag : f64
    // CHECK: stream.param 0 : i64
    %since = stream.param 0 : i64
    // CHECK: stream.catch : i64 {
    // CHECK: } else {
    // CHECK: }
    %caught = stream.catch : i64 {
      %number = stream.cast %label : string -> i64
      stream.yield %number : i64
    } else {
      stream.yield %since : i64
    }
    // CHECK: } columns {region = yield 0, mag = keep mag, n = yield 1, lat = keep geo.lat, since = yield 2} step "select" id "clean/select" errors @default
    stream.yield %trim, %caught, %since : !stream.string, i64, i64
  } columns {region = yield 0, mag = keep mag, n = yield 1, lat = keep geo.lat, since = yield 2}
      step "select" id "clean/select" errors @default
      : !stream.stream<{mag: f64, place: opt<string>, geo: present, geo.lat: f64, "": ui8,
                        "a\\.b": list<{sku: string, price: opt<f64>}>, tags: list<string>}>
     -> !stream.stream<{region: string, mag: f64, n: i64, lat: f64, since: duration}>

  // CHECK: %[[AGG:.*]], %[[LATE:.*]] = stream.aggregate %{{.*}} by ["region"] window <size_us = 100, offset_us = 5> late_drop (%{{.*}} = mag : f64, %{{.*}} = n : i64) {
  // CHECK: } aggregates {count = count, strong = count(2 : i1) where, mean = avg(0 : f64), sum = sum(1 : i64), top = max(3 : f64) where} step "by_region/aggregate"
  // CHECK-SAME: {{.*}} -> !stream.stream<{region: string, count: i64, strong: i64, mean: f64, sum: i64, top: opt<f64>}>
  %stats, %late = stream.aggregate %clean by ["region"] window <size_us = 100, offset_us = 5> late_drop (%mag = mag : f64, %n = n : i64) {
    %true = arith.constant true
    %top = stream.some %mag : f64
    stream.yield %mag, %n, %true, %top : f64, i64, i1, !stream.opt<f64>
  } aggregates {count = count, strong = count(2 : i1) where, mean = avg(0 : f64), sum = sum(1 : i64), top = max(3 : f64) where}
      step "by_region/aggregate" id "by_region/aggregate" errors @default
      : !stream.stream<{region: string, mag: f64, n: i64, lat: f64, since: duration}>
     -> !stream.stream<{region: string, count: i64, strong: i64, mean: f64, sum: i64, top: opt<f64>}>
  // CHECK: stream.aggregate %{{.*}} by ["region"] () {
  // CHECK: !stream.table<{region: string, count: i64}, key ["region"]>
  %table, %never = stream.aggregate %clean by ["region"] () {
    stream.yield
  } aggregates {count = count} step "totals/aggregate" id "totals/aggregate" errors @default
      : !stream.stream<{region: string, mag: f64, n: i64, lat: f64, since: duration}>
     -> !stream.table<{region: string, count: i64}, key ["region"]>

  // CHECK: stream.union %[[AGG]], %[[AGG]] step "union" id "u/union" errors @default : !stream.stream<
  %union = stream.union %stats, %stats step "union" id "u/union" errors @default
      : !stream.stream<{region: string, count: i64, strong: i64, mean: f64, sum: i64, top: opt<f64>}>
  // CHECK: stream.errors @quakes step "bad" id "bad/errors" errors @default : !stream.stream<{cause: string, offset: opt<i64>}>
  %bad = stream.errors @quakes step "bad" id "bad/errors" errors @default : !stream.stream<{cause: string, offset: opt<i64>}>

  // CHECK: stream.sink %[[LATE]] "late" connector "stdout" {} format "json" {} key [] step "late" id "late/sink" errors @default : !stream.stream<{region: string, mag: f64, n: i64, lat: f64, since: duration, late_by: duration}>
  stream.sink %late "late" connector "stdout" {} format "json" {} key [] step "late" id "late/sink" errors @default
      : !stream.stream<{region: string, mag: f64, n: i64, lat: f64, since: duration, late_by: duration}>
  // CHECK: key ["region"] step "out"
  stream.sink %table "out" connector "file" {path = "out.jsonl"} format "json" {} key ["region"] step "out" id "out/sink" errors @default
      : !stream.table<{region: string, count: i64}, key ["region"]>
}
