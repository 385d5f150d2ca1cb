// What the verifiers of steps refuse.
// RUN: stream-opt %s -verify-diagnostics -split-input-file -allow-unregistered-dialect

stream.errors_scope @default stderr
// expected-error @+1 {{has the column "a" which it does not demand}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {} max_record 10  step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{demands column "a" with another type or role}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: f64} max_record 10  step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{demands column "a" with another type or role}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: present} max_record 10  step "x" id "x" errors @default : !stream.stream<{a: i1}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{needs a positive max_record}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: i64} max_record 0  step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{has wait, idle or max_ahead, but no event time}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 wait 5 step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{has a negative wait, idle or max_ahead}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 time (%a = a : i64) { stream.yield %a : i64 } wait -5 step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{uses column "b", which its row has not}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 time (%a = b : i64) { stream.yield %a : i64 } step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{cannot use "$event_time" to compute it}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 time (%a = "$event_time" : i64) { stream.yield %a : i64 } step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{has a region that must yield ('i64') but yields ('f64')}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: f64} max_record 10 time (%a = a : f64) { stream.yield %a : f64 } step "x" id "x" errors @default : !stream.stream<{a: f64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{has option "path" with value [1], which is neither a literal nor known when the job starts}}
%x = stream.source "x" connector "stdin" {path = [1]} format "json" {} demand {a: i64} max_record 10  step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{has option "path" with value unit, which is neither a literal nor known when the job starts}}
%x = stream.source "x" connector "stdin" {path = #stream.concat<["x", unit]>} format "json" {} demand {a: i64} max_record 10  step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{option 'path' occurs twice}}
%x = stream.source "x" connector "stdin" {path = "a", path = "b"} format "json" {} demand {a: i64} max_record 10  step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{expected the braces of options}}
%x = stream.source "x" connector "stdin" format "json" {} demand {} max_record 10 step "x" id "x" errors @default : !stream.stream<{}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{uses columns without a time region}}
%x = "stream.source"() <{name = "x", connector = "stdin", options = {}, format = "json", format_options = {}, demand = #stream.row<{a: i64}>,
    max_record = 10 : i64, uses = ["a"], step = "x", operator_id = "x", errors = @default}> ({}) : () -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{refers to @nowhere, which is no stream.errors_scope}}
%x = stream.source "x" connector "stdin" {} format "json" {} demand {a: i64} max_record 10  step "x" id "x" errors @nowhere : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has key "z", which is no column of its input}}
stream.sink %in "x" connector "stdout" {} format "json" {} key ["z"] step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has option "ts" with value unit}}
stream.sink %in "x" connector "stdout" {} format "json" {ts = unit} key [] step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
stream.sink %in "x" connector "stdout" {} format "json" {} key [] step "x" id "x" errors @q : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{carries @default, whose policy is stderr and not stream}}
%x = stream.errors @default step "x" id "x" errors @default : !stream.stream<{cause: string}>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{carries @nowhere, which is no stream.errors_scope}}
%x = stream.errors @nowhere step "x" id "x" errors @default : !stream.stream<{cause: string}>

// -----

stream.errors_scope @default stderr
stream.errors_scope @bad stream
// expected-error @+1 {{has the column "reason", which rows of errors have not}}
%x = stream.errors @bad step "x" id "x" errors @default : !stream.stream<{reason: string}>

// -----

stream.errors_scope @default stderr
stream.errors_scope @bad stream
// expected-error @+1 {{has the column "cause", which rows of errors have not}}
%x = stream.errors @bad step "x" id "x" errors @default : !stream.stream<{cause: i64}>

// -----

stream.errors_scope @default stderr
stream.errors_scope @bad stream
%w = stream.errors @bad step "x" id "x" errors @default : !stream.stream<{cause: string}>
// expected-error @+1 {{is the second one that carries @bad}}
%x = stream.errors @bad step "x" id "x" errors @default : !stream.stream<{cause: string}>

// -----

stream.errors_scope @default stderr
stream.errors_scope @bad stream
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
%x = stream.errors @bad step "x" id "x" errors @q : !stream.stream<{cause: string}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{uses column "z", which its row has not}}
%x = stream.where %in (%z = z : i64) {
  %c = arith.constant true
  stream.yield %c : i1
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{uses column "a" as 'f64', but its storage type is 'i64'}}
%x = stream.where %in (%z = a : f64) {
  %c = arith.constant true
  stream.yield %c : i1
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{uses column "a" twice}}
%x = stream.where %in (%z = a : i64, %y = a : i64) {
  %c = arith.constant true
  stream.yield %c : i1
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has a region that must yield ('i1') but yields ('i64')}}
%x = stream.where %in (%z = a : i64) {
  stream.yield %z : i64
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{needs a region that ends with stream.yield}}
%x = stream.where %in (%z = a : i64) {
  "test.end"() : () -> ()
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{uses 0 columns, but its region has 1 arguments}}
%x = "stream.where"(%in) <{uses = [], step = "x", operator_id = "x", errors = @default}> ({
^bb0(%a: i64):
  %c = arith.constant true
  stream.yield %c : i1
}) : (!stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>) -> !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
%x = stream.where %in () {
  // expected-error @+1 {{use of undeclared SSA value name}}
  "test.use"(%in) : (!stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>) -> ()
  %c = arith.constant true
  stream.yield %c : i1
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{failed to verify that all of {input, result} have same type}}
%x = "stream.where"(%in) <{uses = [], step = "x", operator_id = "x", errors = @default}> ({
  %c = arith.constant true
  stream.yield %c : i1
}) : (!stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>) -> !stream.stream<{}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
%x = stream.where %in (%a = a : i64) {
  %c = arith.constant true
  stream.yield %c : i1
} step "x" id "x" errors @q : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has a region that must yield ('i1') but yields ('i64')}}
%x = stream.assert %in (%z = a : i64) {
  stream.yield %z : i64
} message "m" step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
%x = stream.assert %in (%a = a : i64) {
  %c = arith.constant true
  stream.yield %c : i1
} message "m" step "x" id "x" errors @q : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
"test.scope"() ({
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  %x = stream.where %in (%a = a : i64) {
  %c = arith.constant true
  stream.yield %c : i1
} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
}) : () -> ()

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{projects 1 columns, but its result has 2}}
%x = stream.project %in () { stream.yield } columns {a = keep a} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64, b: f64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{projects "b" where its result has column "a"}}
%x = stream.project %in () { stream.yield } columns {b = keep a} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{keeps column "z", which its input has not}}
%x = stream.project %in () { stream.yield } columns {a = keep z} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{keeps column "b" of type 'f64' as 'i64'}}
%x = stream.project %in () { stream.yield } columns {a = keep b} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{projects yield 0, but its region yields 0 values}}
%x = stream.project %in () { stream.yield } columns {a = yield 0} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{yields 'f64' for column "a" of type 'i64'}}
%x = stream.project %in (%b = b : f64) { stream.yield %b : f64 } columns {a = yield 0} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{makes a stream of a table or a table of a stream}}
%x = stream.project %in () { stream.yield } columns {a = keep a} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.table<{a: i64}, key ["a"]>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
%x = stream.project %in () { stream.yield } columns {a = keep a} step "x" id "x" errors @q : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has 1 keys and 1 aggregates, but its result has 1 columns}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has key "z", which is no column of its input}}
%x, %late = stream.aggregate %in by ["z"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{z: string, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has key "b" of type 'f64', which cannot be a key}}
%x, %late = stream.aggregate %in by ["b"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{b: f64, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has key "l" of type '!stream.list<i64>', which cannot be a key}}
%x, %late = stream.aggregate %in by ["l"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{l: list<i64>, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{must have key "s" of type '!stream.string' as column 0 of its result, which is "k" of type 'i64'}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{k: i64, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{computes "m" where its result has column "n"}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {m = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{aggregates yield 7, but its region yields 3 values}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = max(7 : f64)} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: f64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{yields 'i64' for aggregate "n", whose argument is a 'f64'}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = max(0 : f64)} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: f64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{yields 'f64' for aggregate "n", whose conditional argument is a 'f64'}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = max(1 : f64) where} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: opt<f64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{yields '!stream.opt<f64>' for aggregate "n", whose conditional argument is a 'i64'}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = max(2 : i64) where} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: opt<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has column "n" of type 'f64', which cannot be the max}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = max(2 : f64) where} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: f64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has column "n" of type 'f64', which cannot be the sum}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = sum(0 : i64)} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: f64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has column "n" of type 'i64', which cannot be the avg}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = avg(0 : i64)} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has column "n" of type 'f64', which cannot be the count}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: f64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{results in a stream exactly when it has a window}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.table<{s: string, n: i64}, key ["s"]>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{results in a stream exactly when it has a window}}
%x, %late = stream.aggregate %in by ["s"]   (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{results in a table with another key than its own}}
%x, %late = stream.aggregate %in by ["s"]   (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.table<{s: string, n: i64}, key ["n"]>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{drops late rows without a window}}
%x, %late = stream.aggregate %in by ["s"]  late_drop (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.table<{s: string, n: i64}, key ["s"]>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{has late rows that are not its input and late_by}}
%x, %late = "stream.aggregate"(%in) <{keys = [], window = #stream.tumble<size_us = 1, offset_us = 0>, uses = [], aggregates = [],
    step = "x", operator_id = "x", errors = @default}> ({
  stream.yield
}) : (!stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>) -> (!stream.stream<{}>, !stream.stream<{}>)

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
%x, %late = stream.aggregate %in by ["s"] window <size_us = 10, offset_us = 0>  (%a = a : i64, %b = b : f64, %o = o : !stream.opt<f64>) {
  stream.yield %a, %b, %o : i64, f64, !stream.opt<f64>
} aggregates {n = count} step "x" id "x" errors @q : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}> -> !stream.stream<{s: string, n: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {late_by: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{late_by: i64}>
%x, %late = stream.aggregate %in by [] () { stream.yield } aggregates {} step "x" id "x" errors @default :
    // expected-error @+1 {{the input of an aggregate may not have a column late_by}}
    !stream.stream<{late_by: i64}> -> !stream.table<{}, key []>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
%x, %late = stream.aggregate %in by [] () { stream.yield } aggregates {} step "x" id "x" errors @default :
    // expected-error @+1 {{expected a stream or table}}
    i64 -> !stream.table<{}, key []>

// -----

stream.errors_scope @default stderr
// expected-error @+1 {{expected 1 or more operands, but found 0}}
%x = "stream.union"() <{step = "x", operator_id = "x", errors = @default}> : () -> !stream.stream<{}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
// expected-error @+1 {{refers to @q, which is no stream.errors_scope}}
%x = stream.union %in step "x" id "x" errors @q : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>
%y = stream.source "y" connector "stdin" {} format "json" {} demand {} max_record 10 step "y" id "y" errors @default : !stream.stream<{}>
// expected-error @+1 {{requires the same type for all operands and results}}
%x = "stream.union"(%in, %y) <{step = "x", operator_id = "x", errors = @default}> : (!stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>, !stream.stream<{}>) -> !stream.stream<{a: i64, b: f64, s: string, o: opt<f64>, l: list<i64>}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 step "in" id "in/source" errors @default : !stream.stream<{a: i64}>
// expected-error @+1 {{has a region that must yield ('i64') but yields ('i1')}}
%x = stream.route %in () { %t = arith.constant true stream.yield %t : i1 } step "x" id "x" errors @default : !stream.stream<{a: i64}> arms 1

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 step "in" id "in/source" errors @default : !stream.stream<{a: i64}>
// expected-error @+1 {{has an arm of type}}
%x = "stream.route"(%in) <{uses = [], step = "x", operator_id = "x", errors = @default}> ({
  %c = arith.constant 0 : i64
  stream.yield %c : i64
}) : (!stream.stream<{a: i64}>) -> !stream.stream<{}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 step "in" id "in/source" errors @default : !stream.stream<{a: i64}>
// expected-error @+1 {{lets -1 : i64 rows through, which is no number of rows}}
%x = stream.limit %in -1 : i64 step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {a: i64} max_record 10 step "in" id "in/source" errors @default : !stream.stream<{a: i64}>
// expected-error @+1 {{rows a second through, which is no rate}}
%x = stream.throttle %in 0.0 : f64 step "x" id "x" errors @default : !stream.stream<{a: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {id: i64, l: list<i64>} max_record 1
    step "in" id "in/source" errors @default : !stream.stream<{id: i64, l: list<i64>}>
// expected-error @+1 {{flattens "id", which is no list of its input}}
%out = stream.flatten %in "id" as "x" step "flatten" id "flatten" errors @default
    : !stream.stream<{id: i64, l: list<i64>}> -> !stream.stream<{id: i64, x: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {id: i64, l: list<i64>} max_record 1
    step "in" id "in/source" errors @default : !stream.stream<{id: i64, l: list<i64>}>
// expected-error @+1 {{has column "y", which is neither kept nor of the element}}
%out = stream.flatten %in "l" as "x" step "flatten" id "flatten" errors @default
    : !stream.stream<{id: i64, l: list<i64>}> -> !stream.stream<{id: i64, y: i64}>

// -----

stream.errors_scope @default stderr
%in = stream.source "in" connector "stdin" {} format "json" {} demand {id: i64, l: list<i64>} max_record 1
    step "in" id "in/source" errors @default : !stream.stream<{id: i64, l: list<i64>}>
// expected-error @+1 {{has column "x" with another type or role than where it comes from}}
%out = stream.flatten %in "l" as "x" step "flatten" id "flatten" errors @default
    : !stream.stream<{id: i64, l: list<i64>}> -> !stream.stream<{id: i64, x: f64}>
