// What is known about one row without running: constants, checks that cannot fail, optionals that are there.
// RUN: stream-opt --canonicalize --split-input-file %s | FileCheck %s

// CHECK-LABEL: "constants"
stream.errors_scope @default stderr
%in = stream.source "constants" connector "stdin" {} format "json" {} demand {n: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{n: i64}>
// CHECK: stream.project %{{.*}} () {
// CHECK-DAG: %[[A:.*]] = arith.constant 7 : i8
// CHECK-DAG: %[[B:.*]] = arith.constant -7 : i8
// CHECK-DAG: %[[MOD:.*]] = arith.constant -1 : i8
// CHECK-DAG: %[[WIDE:.*]] = arith.constant 200 : i64
// CHECK-DAG: %[[SMALL:.*]] = arith.constant -56 : i8
// CHECK-DAG: %[[F:.*]] = arith.constant 2.500000e+00 : f64
// CHECK-DAG: %[[I:.*]] = arith.constant 2 : i64
// CHECK-DAG: %[[T:.*]] = stream.string_constant "M7 at -1 true!"
// CHECK-DAG: %[[YES:.*]] = arith.constant true
// CHECK: stream.yield %[[A]], %[[B]], %[[MOD]], %[[WIDE]], %[[SMALL]], %[[F]], %[[I]], %[[T]], %[[YES]]
%out = stream.project %in () {
  %3 = arith.constant 3 : i8
  %4 = arith.constant 4 : i8
  %sum = stream.checked_add %3, %4 : i8
  %neg = stream.checked_neg %sum : i8
  %div = stream.div %neg, %4 : i8
  %rem = stream.mod %neg, %3 : i8
  %200 = arith.constant -56 : i8
  %wide = stream.convert %200 : ui8 -> i64
  %back = stream.cast %wide : i64 -> ui8
  %5 = arith.constant 5.0 : f64
  %2 = arith.constant 2.0 : f64
  %f = stream.div_float %5, %2 : f64
  %i = stream.cast %f : f64 -> i64
  %true = arith.constant true
  %name = stream.string_constant "M"
  %t = stream.format ["", "", " at ", " ", "!"] (%name : string, %sum : i8, %div : i8, %true : i1)
  %greater = stream.compare_string gt %t, %name
  stream.yield %sum, %neg, %rem, %wide, %back, %f, %i, %t, %greater : i8, i8, i8, i64, i8, f64, i64, !stream.string, i1
} columns {a = yield 0, b = yield 1, c = yield 2, d = yield 3, e = yield 4, f = yield 5, g = yield 6, h = yield 7, i = yield 8}
  step "s" id "s/select" errors @default
  : !stream.stream<{n: i64}> -> !stream.stream<{a: i8, b: i8, c: i8, d: i64, e: ui8, f: f64, g: i64, h: string, i: i1}>
stream.sink %out "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default
  : !stream.stream<{a: i8, b: i8, c: i8, d: i64, e: ui8, f: f64, g: i64, h: string, i: i1}>

// -----
// A check that fails stays: it rejects every row, as the program says.
// CHECK-LABEL: "failures"
stream.errors_scope @default stderr
%in = stream.source "failures" connector "stdin" {} format "json" {} demand {n: i64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{n: i64}>
%out = stream.project %in (%n = n : i64) {
  %max = arith.constant 127 : i8
  %min = arith.constant -128 : i8
  %one = arith.constant 1 : i8
  %minus = arith.constant -1 : i8
  %zero = arith.constant 0 : i8
  // CHECK: %[[ADD:.*]] = stream.checked_add %{{.*}}, %{{.*}} : i8
  %add = stream.checked_add %max, %one : i8
  // CHECK: %[[NEG:.*]] = stream.checked_neg %{{.*}} : i8
  %neg = stream.checked_neg %min : i8
  // CHECK: %[[SUB:.*]] = stream.checked_sub %{{.*}}, %{{.*}} unsigned : i8
  %sub = stream.checked_sub %zero, %one unsigned : i8
  // CHECK: %[[DIV:.*]] = stream.div %{{.*}}, %{{.*}} : i8
  %div = stream.div %min, %minus : i8
  // CHECK: %[[MOD:.*]] = stream.mod %{{.*}}, %{{.*}} : i8
  %mod = stream.mod %one, %zero : i8
  // CHECK: stream.div %{{.*}}, %{{.*}} : i8
  %unused = stream.div %one, %zero : i8
  // CHECK: %[[CAST:.*]] = stream.cast %{{.*}} : i8 -> ui8
  %cast = stream.cast %min : i8 -> ui8
  // CHECK: stream.div %{{.*}}, %{{.*}} : i64
  %minus64 = arith.constant -1 : i64
  %q = stream.div %n, %minus64 : i64
  stream.yield %add, %neg, %sub, %div, %mod, %cast, %q : i8, i8, i8, i8, i8, i8, i64
} columns {a = yield 0, b = yield 1, c = yield 2, d = yield 3, e = yield 4, f = yield 5, g = yield 6} step "s" id "s/select" errors @default
  : !stream.stream<{n: i64}> -> !stream.stream<{a: i8, b: i8, c: ui8, d: i8, e: i8, f: ui8, g: i64}>
stream.sink %out "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default
  : !stream.stream<{a: i8, b: i8, c: ui8, d: i8, e: i8, f: ui8, g: i64}>

// -----
// CHECK-LABEL: "checks"
stream.errors_scope @default stderr
%in = stream.source "checks" connector "stdin" {} format "json" {} demand {n: i32, u: ui32, m: i64, f: f64} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{n: i32, u: ui32, m: i64, f: f64}>
// CHECK: stream.project %{{.*}} (%[[N:.*]] = n : i32, %[[U:.*]] = u : i32, %[[M:.*]] = m : i64, %[[FL:.*]] = f : f64) {
%out = stream.project %in (%n = n : i32, %u = u : i32, %m = m : i64, %f = f : f64) {
  // CHECK-DAG: %[[HUNDRED:.*]] = arith.constant 100 : i64
  // CHECK-DAG: %[[TEN:.*]] = arith.constant 1.000000e+01 : f64
  %hundred = arith.constant 100 : i64
  // CHECK: %[[WN:.*]] = stream.convert %[[N]] : i32 -> i64
  %wn = stream.convert %n : i32 -> i64
  // CHECK: %[[WU:.*]] = stream.convert %[[U]] : ui32 -> i64
  %wu = stream.convert %u : ui32 -> i64
  // The product of two 32-bit numbers fits 64 bits, and so does the sum of two such products.
  // CHECK: %[[P:.*]] = arith.muli %[[WN]], %[[WU]] : i64
  %p = stream.checked_mul %wn, %wu : i64
  // CHECK: %[[Q:.*]] = arith.addi %[[P]], %[[WU]] : i64
  %q = stream.checked_add %p, %wu : i64
  // It does not once more.
  // CHECK: %[[R:.*]] = stream.checked_mul %[[Q]], %[[HUNDRED]] : i64
  %r = stream.checked_mul %hundred, %q : i64
  // CHECK: %[[D:.*]] = arith.divsi %[[M]], %[[HUNDRED]] : i64
  %d = stream.div %m, %hundred : i64
  // CHECK: %[[E:.*]] = arith.remsi %[[M]], %[[HUNDRED]] : i64
  %e = stream.mod %m, %hundred : i64
  // A remainder by 100 fits 8 bits.
  // CHECK: %[[S:.*]] = arith.trunci %[[E]] : i64 to i8
  %s = stream.cast %e : i64 -> i8
  // CHECK: %[[G:.*]] = arith.divf %[[FL]], %[[TEN]] : f64
  %ten = arith.constant 10.0 : f64
  %g = stream.div_float %f, %ten : f64
  %back = stream.cast %wn : i64 -> i32
  // CHECK: stream.yield %[[R]], %[[D]], %[[S]], %[[G]] : i64, i64, i8, f64
  stream.yield %r, %d, %s, %g, %back : i64, i64, i8, f64, i32
// CHECK: columns {r = yield 0, d = yield 1, s = yield 2, g = yield 3, back = keep n}
} columns {r = yield 0, d = yield 1, s = yield 2, g = yield 3, back = yield 4} step "s" id "s/select" errors @default
  : !stream.stream<{n: i32, u: ui32, m: i64, f: f64}> -> !stream.stream<{r: i64, d: i64, s: i8, g: f64, back: i32}>
stream.sink %out "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default
  : !stream.stream<{r: i64, d: i64, s: i8, g: f64, back: i32}>

// -----
// CHECK-LABEL: "optionals"
stream.errors_scope @default stderr
%in = stream.source "optionals" connector "stdin" {} format "json" {} demand {p: present, p.n: i64, s: string} max_record 10
    step "in" id "in/source" errors @default : !stream.stream<{p: present, p.n: i64, s: string}>
// CHECK: stream.project %{{.*}} (%[[P:.*]] = p : i1, %[[N:.*]] = p.n : i64) {
%out = stream.project %in (%p = p : i1, %n = p.n : i64, %s = s : !stream.string) {
  %some = stream.some %n : i64
  %none = stream.none : !stream.opt<i64>
  %optional = arith.select %p, %some, %none : !stream.opt<i64>
  %there = stream.is_some %optional : !stream.opt<i64>
  %value = stream.get %optional : !stream.opt<i64>
  // CHECK: %[[ZERO:.*]] = arith.constant 0 : i64
  %zero = arith.constant 0 : i64
  // CHECK: %[[V:.*]] = arith.select %[[P]], %[[N]], %[[ZERO]] : i64
  %v = arith.select %there, %value, %zero : i64
  %sure = stream.assert_present %some : !stream.opt<i64>
  %same = stream.format ["", ""] (%s : string)
  %caught = stream.catch : i64 {
    stream.yield %sure : i64
  } else {
    stream.yield %zero : i64
  }
  // CHECK-NEXT: stream.yield %[[V]] : i64
  stream.yield %v, %caught, %same : i64, i64, !stream.string
// CHECK: columns {v = yield 0, c = keep p.n, s = keep s}
} columns {v = yield 0, c = yield 1, s = yield 2} step "s" id "s/select" errors @default
  : !stream.stream<{p: present, p.n: i64, s: string}> -> !stream.stream<{v: i64, c: i64, s: string}>
stream.sink %out "out" connector "stdout" {} format "json" {} key [] step "o" id "o" errors @default : !stream.stream<{v: i64, c: i64, s: string}>
