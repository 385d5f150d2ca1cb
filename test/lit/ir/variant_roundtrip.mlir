// Enums and variants in rows, lists and operations.
// RUN: stream-opt %s | stream-opt | FileCheck %s
// RUN: stream-opt %s -mlir-print-op-generic | stream-opt | FileCheck %s

stream.errors_scope @default stderr

// CHECK: demand {"": variant<person, "very odd", tick()>, person.kind: enum<added, "not added">, person.was: opt<enum<added, "not added">>, "very odd": list<{"": variant<x>, x: i64}>} max_record 16777216
%events = stream.source "events" connector "file" {path = "in.jsonl"} format "json" {}
    demand {"": variant<person, "very odd", tick()>, person.kind: enum<added, "not added">,
            person.was: opt<enum<added, "not added">>, "very odd": list<{"": variant<x>, x: i64}>} max_record 16777216
    step "events" id "events/source" errors @default
    : !stream.stream<{"": variant<person, "very odd", tick()>, person.kind: enum<added, "not added">,
                      person.was: opt<enum<added, "not added">>, "very odd": list<{"": variant<x>, x: i64}>}>

// CHECK: stream.where %{{.*}} (%[[VARIANT:.*]] = "" : i16) {
// CHECK: arith.cmpi eq, %[[VARIANT]]
%persons = stream.where %events (%variant = "" : i16) {
  %person = arith.constant 0 : i16
  %is = arith.cmpi eq, %variant, %person : i16
  stream.yield %is : i1
} step "only" id "flow/only" errors @default
    : !stream.stream<{"": variant<person, "very odd", tick()>, person.kind: enum<added, "not added">,
                      person.was: opt<enum<added, "not added">>, "very odd": list<{"": variant<x>, x: i64}>}>
