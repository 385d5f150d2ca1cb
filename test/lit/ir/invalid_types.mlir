// What types, attributes and the attributes of the module refuse.
// RUN: stream-opt %s -verify-diagnostics -split-input-file -allow-unregistered-dialect

// expected-error @+1 {{column "a" occurs twice}}
"test.holder"() {a = !stream.stream<{a: i64, a: f64}>} : () -> ()

// -----

// expected-error @+1 {{symbol "added" occurs twice}}
"test.holder"() {a = !stream.enum<added, added>} : () -> ()

// -----

// expected-error @+1 {{there is no symbol}}
"test.holder"() {a = !stream.variant<>} : () -> ()

// -----

// expected-error @+1 {{which no column may have}}
"test.holder"() {a = !stream.stream<{a: tensor<2xf32>}>} : () -> ()

// -----

// expected-error @+1 {{column "a" has type 'i128', which no column may have}}
"test.holder"() {a = !stream.stream<{a: i128}>} : () -> ()

// -----

// expected-error @+1 {{column "a" has type 'si8', which no column may have}}
"test.holder"() {a = !stream.stream<{a: si8}>} : () -> ()

// -----

// expected-error @+1 {{column "a" is marked check, which only job sources have}}
"test.holder"() {a = !stream.stream<{a: check i64}>} : () -> ()

// -----

// expected-error @+1 {{column "a" is lenient, which only sources have}}
"test.holder"() {a = !stream.stream<{a: lenient opt<i64>}>} : () -> ()

// -----

// expected-error @+1 {{column "a" is lenient, but cannot be null}}
"test.holder"() {a = #stream.row<{a: lenient i64}>} : () -> ()

// -----

// expected-error @+1 {{column "a" is marked check, which only job sources have}}
"test.holder"() {a = !stream.list<{a: check i64}>} : () -> ()

// -----

// expected-error @+1 {{column "a" is marked check, which only job sources have}}
"test.holder"() {a = !stream.table<{a: check i64}, key []>} : () -> ()

// -----

// expected-error @+1 {{key "b" is not a column of the table}}
"test.holder"() {a = !stream.table<{a: i64}, key ["b"]>} : () -> ()

// -----

// expected-error @+1 {{the key of a table is a list of names, not 1 : i64}}
"test.holder"() {a = !stream.table<{a: i64}, key [1]>} : () -> ()

// -----

// expected-error @+1 {{an optional of an optional is the same optional: do not nest}}
"test.holder"() {a = !stream.opt<opt<f64>>} : () -> ()

// -----

// expected-error @+1 {{no optional may hold type 'index'}}
"test.holder"() {a = !stream.opt<index>} : () -> ()

// -----

// expected-error @+1 {{a window must be longer than nothing, not 0 us}}
"test.holder"() {a = #stream.tumble<size_us = 0, offset_us = 0>} : () -> ()

// -----

// expected-error @+1 {{the offset of a window lies in [0, size), but is 5 us}}
"test.holder"() {a = #stream.tumble<size_us = 5, offset_us = 5>} : () -> ()

// -----

// expected-error @+1 {{the offset of a window lies in [0, size), but is -1 us}}
"test.holder"() {a = #stream.tumble<size_us = 5, offset_us = -1>} : () -> ()

// -----

// expected-error @+1 {{column "a" must be either kept or computed}}
"test.holder"() {a = #stream.projected<a = yield -1>} : () -> ()

// -----

// expected-error @+1 {{there is no aggregate function median}}
"test.holder"() {a = #stream.aggregate<a = median(0 : f64)>} : () -> ()

// -----

// expected-error @+1 {{aggregate "a" needs an argument}}
"test.holder"() {a = #stream.aggregate<a = sum>} : () -> ()

// -----

// expected-error @+1 {{aggregate "a" has the argument -2}}
"test.holder"() {a = #stream.aggregate<a = sum(-2 : f64)>} : () -> ()

// -----

// expected-error @+1 {{aggregate "a" needs the type of its argument}}
"test.holder"() {a = #stream.aggregate<a = sum(-1 : f64)>} : () -> ()

// -----

// expected-error @+1 {{count "a" has an argument exactly when it is conditional}}
"test.holder"() {a = #stream.aggregate<a = count(0 : i1)>} : () -> ()

// -----

// expected-error @+1 {{count "a" has an argument exactly when it is conditional}}
"test.holder"() {a = #stream.aggregate<a = count where>} : () -> ()

// -----

// expected-error @+1 {{parameter "p" has type 'index', which no parameter may have}}
"test.holder"() {a = #stream.param<"p", index>} : () -> ()

// -----

// expected-error @+1 {{field "n" needs a positive id, not 0}}
"test.holder"() {a = #job.field<0 n : i64>} : () -> ()

// -----

// expected-error @+1 {{field "n" has type 'index', which no field may have}}
"test.holder"() {a = #job.field<1 n : index>} : () -> ()

// -----

// expected-error @+1 {{an inline key cannot have -2 bytes}}
"test.holder"() {a = #job.layout<key_fixed = -2, cell_size = 8, offsets = [0], validity = [-1]>} : () -> ()

// -----

// expected-error @+1 {{a cell cannot have -8 bytes}}
"test.holder"() {a = #job.layout<key_fixed = 8, cell_size = -8, offsets = [], validity = []>} : () -> ()

// -----

// expected-error @+1 {{offsets and validity are lists of the same fields}}
"test.holder"() {a = #job.layout<key_fixed = 8, cell_size = 8, offsets = [0], validity = []>} : () -> ()

// -----

// expected-error @+1 {{offsets 8 and -1 do not both lie in a cell of 8 bytes}}
"test.holder"() {a = #job.layout<key_fixed = 8, cell_size = 8, offsets = [8], validity = [-1]>} : () -> ()

// -----

// expected-error @+1 {{offsets 0 and 8 do not both lie in a cell of 8 bytes}}
"test.holder"() {a = #job.layout<key_fixed = 8, cell_size = 8, offsets = [0], validity = [8]>} : () -> ()

// -----

// expected-error @+1 {{'builtin.module' op attribute stream.job must be a string}}
module attributes {stream.job = 1} {}

// -----

// expected-error @+1 {{attribute stream.settings must be a dictionary}}
module attributes {stream.settings = 1} {}

// -----

// expected-error @+1 {{attribute stream.params must be an array}}
module attributes {stream.params = 1} {}

// -----

// expected-error @+1 {{attribute stream.params has the element 1 : i64}}
module attributes {stream.params = [1]} {}

// -----

// expected-error @+1 {{unknown attribute stream.colour}}
module attributes {stream.colour = 1} {}

// -----

// expected-error @+1 {{attribute stream.job belongs on the module}}
"test.holder"() {stream.job = "x"} : () -> ()
