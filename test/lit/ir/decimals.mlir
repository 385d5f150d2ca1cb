// Decimals, dates and bytes: types, ops, what is refused, and what is known without running.
// RUN: stream-opt %s -allow-unregistered-dialect -verify-diagnostics -split-input-file | stream-opt -allow-unregistered-dialect -split-input-file | FileCheck %s
// RUN: stream-opt %s -allow-unregistered-dialect -verify-diagnostics -split-input-file --canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: "test.types"
// CHECK-SAME: a = !stream.stream<{price: decimal<12, 2>, most: opt<decimal<38, 0>>, day: date, raw: list<bytes>}>
"test.types"() {a = !stream.stream<{price: decimal<12, 2>, most: opt<decimal<38, 0>>, day: date, raw: list<bytes>}>} : () -> ()

// CHECK: %[[V:.*]]:4 = "test.values"() : () -> (i64, i128, i32, !stream.string)
%price, %most, %day, %raw = "test.values"() : () -> (i64, i128, i32, !stream.string)
// CHECK: stream.convert %[[V]]#0 : decimal<12, 2> -> decimal<22, 4>
%wide = stream.convert %price : decimal<12, 2> -> decimal<22, 4>
// CHECK: stream.cast %[[V]]#1 : decimal<38, 0> -> decimal<10, 2>
%narrow = stream.cast %most : decimal<38, 0> -> decimal<10, 2>
// CHECK: stream.cast %[[V]]#3 : bytes -> string
%text = stream.cast %raw : bytes -> string
// CHECK: stream.cast %[[V]]#2 : date -> timestamp
%at = stream.cast %day : date -> timestamp
// CHECK: stream.round_decimal half_even %[[V]]#0 : decimal<12, 2> -> decimal<12, 1>
%round = stream.round_decimal half_even %price : decimal<12, 2> -> decimal<12, 1>
// CHECK: stream.divide_decimal floor %[[V]]#0, %[[V]]#1 : decimal<12, 2>, decimal<38, 0> -> decimal<38, 4>
%quotient = stream.divide_decimal floor %price, %most : decimal<12, 2>, decimal<38, 0> -> decimal<38, 4>
"test.use"(%wide, %narrow, %text, %at, %round, %quotient) : (i128, i64, !stream.string, i64, i64, i128) -> ()

// -----

// 2.50, -0.125 and 10 / -4: exact where it is exact, half away from zero, half to even.
// FOLD-LABEL: "test.constants"
"test.constants"() : () -> ()
%250 = arith.constant 250 : i64
%eighth = arith.constant -125 : i64
%ten = arith.constant 10 : i64
%three = arith.constant -3 : i64
%zero = arith.constant 0 : i64
%a = stream.convert %250 : decimal<3, 2> -> decimal<20, 4>
%b = stream.round_decimal half_away %eighth : decimal<3, 3> -> decimal<3, 2>
%c = stream.round_decimal half_even %eighth : decimal<3, 3> -> decimal<3, 2>
%d = stream.divide_decimal half_away %ten, %three : decimal<2, 0>, decimal<1, 0> -> decimal<8, 3>
%e = stream.cast %250 : decimal<3, 2> -> decimal<3, 1>
// What would fail is left to fail: digits that would be lost, a quotient that does not fit, division by zero.
%f = stream.cast %eighth : decimal<3, 3> -> decimal<3, 2>
%g = stream.divide_decimal trunc %ten, %three : decimal<2, 0>, decimal<1, 0> -> decimal<3, 3>
%h = stream.divide_decimal trunc %ten, %zero : decimal<2, 0>, decimal<1, 0> -> decimal<8, 3>
// FOLD: %[[F:.*]] = stream.cast
// FOLD: %[[G:.*]] = stream.divide_decimal
// FOLD: %[[H:.*]] = stream.divide_decimal
// FOLD: "test.use"(%c25000_i128, %c-13_i64, %c-12_i64, %c-3333_i64, %c25_i64, %[[F]], %[[G]], %[[H]])
"test.use"(%a, %b, %c, %d, %e, %f, %g, %h) : (i128, i64, i64, i64, i64, i64, i64, i64) -> ()

// -----

// expected-error @+1 {{a decimal has 1 to 38 digits, not more of them behind the point than in all}}
"test.types"() {a = !stream.decimal<39, 2>} : () -> ()

// -----

// expected-error @+1 {{a decimal has 1 to 38 digits, not more of them behind the point than in all}}
"test.types"() {a = !stream.decimal<4, 5>} : () -> ()

// -----

%x = "test.values"() : () -> i64
// expected-error @+1 {{from '!stream.decimal<12, 2>' to '!stream.decimal<12, 4>' may fail: use stream.cast}}
%y = stream.convert %x : decimal<12, 2> -> decimal<12, 4>

// -----

%x = "test.values"() : () -> i64
// expected-error @+1 {{does not take digits away, or leaves no room for a carry}}
%y = stream.round_decimal trunc %x : decimal<12, 2> -> decimal<11, 1>

// -----

%x = "test.values"() : () -> i64
// expected-error @+1 {{works on decimals, not on 'i64'}}
%y = stream.divide_decimal trunc %x, %x : i64, decimal<12, 2> -> decimal<12, 1>
