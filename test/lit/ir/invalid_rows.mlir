// What the verifiers of row ops refuse.
// RUN: stream-opt %s -verify-diagnostics -split-input-file -allow-unregistered-dialect

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{operand has type 'f64', but 'i64' is stored as 'i64'}}
%x = "stream.cast"(%f) <{from = i64, to = i32}> : (f64) -> i32

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{result has type 'i64', but 'i32' is stored as 'i32'}}
%x = "stream.cast"(%i) <{from = i64, to = i32}> : (i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{result has type 'index', which no column may have}}
%x = "stream.cast"(%i) <{from = i64, to = index}> : (i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{from 'i64' to 'i32' may fail: use stream.cast}}
%x = stream.convert %i : i64 -> i32

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{from 'i64' to 'ui64' may fail: use stream.cast}}
%x = stream.convert %i : i64 -> ui64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{from 'f64' to 'i64' may fail: use stream.cast}}
%x = stream.convert %f : f64 -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{to 'i64' may fail: use stream.cast}}
%x = stream.convert %s : string -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{operand has type 'f64', but 'i64' is stored as 'i64'}}
%x = "stream.convert"(%f) <{from = i64, to = f64}> : (f64) -> f64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{result has type 'f32', but 'f64' is stored as 'f64'}}
%x = "stream.convert"(%i) <{from = i64, to = f64}> : (i64) -> f32

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{makes '!stream.opt<f64>' of 'i64'}}
%x = "stream.some"(%i) : (i64) -> !stream.opt<f64>

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{an optional of an optional is the same optional: do not nest}}
%x = stream.some %o : !stream.opt<f64>

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{takes 'i64' out of '!stream.opt<f64>'}}
%x = "stream.get"(%o) : (!stream.opt<f64>) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{takes 'i64' out of '!stream.opt<f64>'}}
%x = "stream.assert_present"(%o) : (!stream.opt<f64>) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{expected an optional}}
%x = stream.get %i : i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{has 1 texts around 1 values}}
%x = stream.format ["a"] (%i : i64)

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{needs a type for each value}}
%x = "stream.format"(%i) <{parts = ["", ""], types = []}> : (i64) -> !stream.string

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{value has type 'i64', but 'f64' is stored as 'f64'}}
%x = "stream.format"(%i) <{parts = ["", ""], types = [f64]}> : (i64) -> !stream.string

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{cannot print '!stream.opt<f64>'}}
%x = stream.format ["", ""] (%o : opt<f64>)

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{needs a type for each argument}}
%x = "stream.call"(%i) <{callee = "f", arg_types = [], result_type = i64, fails = []}> : (i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{argument has type 'i64', but 'f64' is stored as 'f64'}}
%x = "stream.call"(%i) <{callee = "f", arg_types = [f64], result_type = i64, fails = []}> : (i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{result has type 'i64', but 'f64' is stored as 'f64'}}
%x = "stream.call"(%i) <{callee = "f", arg_types = [i64], result_type = f64, fails = []}> : (i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{there is no cause boredom}}
%x = stream.call "f"(%i) : (i64) -> i64 fails [boredom]

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{reads slot 0, which the module's stream.params has not}}
%x = stream.param 0 : i64

// -----

module attributes {stream.params = [#stream.param<"p", f64>]} {
  // expected-error @+1 {{parameter has type 'i64', but 'f64' is stored as 'f64'}}
  %x = stream.param 0 : i64
}

// -----

module attributes {stream.params = [#stream.param<"p", f64>]} {
  // expected-error @+1 {{reads slot 1, which the module's stream.params has not}}
  %x = stream.param 1 : f64
}

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{the elements of the list have no leaf "z"}}
%x = stream.list_get %l[%i] "z" : !stream.list<{k: string, v: i64}>

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{expected a list}}
%x = stream.list_get %l[%i] "z" : i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{reads leaf "z", which the elements have not}}
%x = "stream.list_get"(%l, %i) <{leaf = "z"}> : (!stream.list<{k: string, v: i64}>, i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{leaf has type 'i64', but '!stream.string' is stored as '!stream.string'}}
%x = "stream.list_get"(%l, %i) <{leaf = "k"}> : (!stream.list<{k: string, v: i64}>, i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{has 1 leaves for elements of 2}}
%x = stream.list(%s : !stream.string) : !stream.list<{k: string, v: i64}>

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{has leaf 1 of type 'f64' instead of 'i64'}}
%x = stream.list(%s, %f : !stream.string, f64) : !stream.list<{k: string, v: i64}>

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{needs regions that end with stream.yield}}
%x = stream.catch : i64 {
  "test.end"() : () -> ()
} else {
  stream.yield %i : i64
}

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{has a region that does not yield its results}}
%x = stream.catch : i64 {
  stream.yield %f : f64
} else {
  stream.yield %i : i64
}

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{has a region with arguments}}
%x = "stream.catch"() ({
^bb0(%a: i64):
  stream.yield %a : i64
}, {
  stream.yield %i : i64
}) : () -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{operand #1 must be signless integer, but got 'f64'}}
%x = "stream.checked_add"(%i, %f) : (i64, f64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{operand #0 must be signless integer, but got 'f64'}}
%x = "stream.checked_neg"(%f) : (f64) -> f64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{operand #0 must be floating-point, but got 'i64'}}
%x = "stream.div_float"(%i, %i) : (i64, i64) -> i64

// -----

%i, %f, %s, %o, %l = "test.values"() : () -> (i64, f64, !stream.string, !stream.opt<f64>, !stream.list<{k: string, v: i64}>)
// expected-error @+1 {{invalid string comparison specification: like}}
%x = stream.compare_string like %s, %s
