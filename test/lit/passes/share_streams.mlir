// Equal sources that make their rows are read once, with the columns of both; equal steps are computed once.
// RUN: stream-opt --share-streams --split-input-file %s | FileCheck %s

// CHECK-LABEL: "shared"
// CHECK-SAME: demand {n: i64, at: timestamp}
// CHECK: : !stream.stream<{n: i64, at: timestamp}>
// CHECK-NOT: stream.source
// CHECK: %[[A:.*]] = stream.project
// CHECK: columns {n = keep n}
// CHECK: %[[B:.*]] = stream.project
// CHECK: columns {at = keep at}
// CHECK: %[[W:.*]] = stream.where %[[A]]
// CHECK: step "where" id "a/where"
// CHECK: stream.sink %[[W]] "out"
// CHECK: stream.sink %[[W]] "too"
// CHECK: stream.sink %[[B]] "times"
stream.errors_scope @default stderr
%a = stream.source "shared" connector "generate" {count = 9} format "" {} demand {n: i64} max_record 10
    step "a" id "a/source" errors @default : !stream.stream<{n: i64}>
%b = stream.source "again" connector "generate" {count = 9} format "" {} demand {at: timestamp} max_record 10
    step "b" id "b/source" errors @default : !stream.stream<{at: timestamp}>
%c = stream.source "third" connector "generate" {count = 9} format "" {} demand {n: i64} max_record 10
    step "c" id "c/source" errors @default : !stream.stream<{n: i64}>
%wa = stream.where %a (%n = n : i64) {
  %five = arith.constant 5 : i64
  %g = arith.cmpi sgt, %n, %five : i64
  stream.yield %g : i1
} step "where" id "a/where" errors @default : !stream.stream<{n: i64}>
stream.sink %wa "out" connector "stdout" {} format "json" {} key [] step "o" id "o1" errors @default : !stream.stream<{n: i64}>
%wc = stream.where %c (%n = n : i64) {
  %five = arith.constant 5 : i64
  %g = arith.cmpi sgt, %n, %five : i64
  stream.yield %g : i1
} step "only" id "c/where" errors @default : !stream.stream<{n: i64}>
stream.sink %wc "too" connector "stdout" {} format "json" {} key [] step "o" id "o2" errors @default : !stream.stream<{n: i64}>
stream.sink %b "times" connector "stdout" {} format "json" {} key [] step "o" id "o3" errors @default : !stream.stream<{at: timestamp}>

// -----
// What decodes may fail, once for each name; other options are other rows.
// CHECK-LABEL: "decoded"
// CHECK: stream.source "decoded_too"
// CHECK: stream.source "nine"
// CHECK: stream.source "ten"
stream.errors_scope @default stderr
%a = stream.source "decoded" connector "file" {path = "x"} format "json" {} demand {n: i64} max_record 10
    step "a" id "a/source" errors @default : !stream.stream<{n: i64}>
%b = stream.source "decoded_too" connector "file" {path = "x"} format "json" {} demand {n: i64} max_record 10
    step "b" id "b/source" errors @default : !stream.stream<{n: i64}>
%c = stream.source "nine" connector "generate" {count = 9} format "" {} demand {n: i64} max_record 10
    step "c" id "c/source" errors @default : !stream.stream<{n: i64}>
%d = stream.source "ten" connector "generate" {count = 10} format "" {} demand {n: i64} max_record 10
    step "d" id "d/source" errors @default : !stream.stream<{n: i64}>
%u = stream.union %a, %b, %c, %d step "union" id "u/union" errors @default : !stream.stream<{n: i64}>
stream.sink %u "out" connector "stdout" {} format "json" {} key [] step "o" id "o1" errors @default : !stream.stream<{n: i64}>

// -----
// A rejected row says which step it was; ties of `first` go by source; a table belongs to its step.
// CHECK-LABEL: "told_apart"
// CHECK: stream.source "other"
// CHECK: stream.project
// CHECK: id "a/select"
// CHECK: stream.project
// CHECK: id "b/select"
// CHECK: stream.aggregate
// CHECK: stream.aggregate
stream.errors_scope @default stderr
%a = stream.source "told_apart" connector "generate" {count = 9} format "" {} demand {n: i64} max_record 10
    step "a" id "a/source" errors @default : !stream.stream<{n: i64}>
%b = stream.source "other" connector "generate" {count = 9} format "" {} demand {n: i64} max_record 10
    step "b" id "b/source" errors @default : !stream.stream<{n: i64}>
%pa = stream.project %a (%n = n : i64) {
  %q = stream.div %n, %n : i64
  stream.yield %q : i64
} columns {n = yield 0} step "select" id "a/select" errors @default : !stream.stream<{n: i64}> -> !stream.stream<{n: i64}>
%pb = stream.project %a (%n = n : i64) {
  %q = stream.div %n, %n : i64
  stream.yield %q : i64
} columns {n = yield 0} step "select" id "b/select" errors @default : !stream.stream<{n: i64}> -> !stream.stream<{n: i64}>
%u = stream.union %pa, %pb, %b step "union" id "u/union" errors @default : !stream.stream<{n: i64}>
%f, %late = stream.aggregate %u by ["n"] window <size_us = 10, offset_us = 0> (%n = n : i64) {
  stream.yield %n : i64
} aggregates {f = first(0 : i64)} step "f" id "f/aggregate" errors @default : !stream.stream<{n: i64}> -> !stream.stream<{n: i64, f: i64}>
%g, %late_too = stream.aggregate %u by ["n"] window <size_us = 10, offset_us = 0> (%n = n : i64) {
  stream.yield %n : i64
} aggregates {f = first(0 : i64)} step "g" id "g/aggregate" errors @default : !stream.stream<{n: i64}> -> !stream.stream<{n: i64, f: i64}>
stream.sink %f "out" connector "stdout" {} format "json" {} key [] step "o" id "o1" errors @default : !stream.stream<{n: i64, f: i64}>
stream.sink %g "too" connector "stdout" {} format "json" {} key [] step "o" id "o2" errors @default : !stream.stream<{n: i64, f: i64}>
