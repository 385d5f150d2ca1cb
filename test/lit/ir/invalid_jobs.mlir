// What the verifiers of the job dialect refuse.
// RUN: stream-opt %s -verify-diagnostics -split-input-file -allow-unregistered-dialect

job.errors @default stderr
// expected-error @+1 {{needs a positive max_record}}
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 0 step "in" id "in" errors @default

// -----

job.errors @default stderr
// expected-error @+1 {{has wait, idle or max_ahead, but no event time}}
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} max_record 10 wait 5 step "in" id "in" errors @default

// -----

job.errors @default stderr
// expected-error @+1 {{has the column "$e" of a role that stays inside a job}}
job.source @in "in" connector "stdin" {} format "json" {} columns {"$e": event_time, c: check string} time max_record 10 step "in" id "in" errors @default

// -----

job.errors @default stderr
// expected-error @+1 {{refers to @q, which is no job.errors}}
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @q

// -----

job.errors @default stderr
// expected-error @+1 {{has a key exactly when it hashes}}
job.exchange @x hash key [] columns {a: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{counts or paces rows of several workers}}
job.exchange @x hash key ["a"] columns {a: i64} limit 1 : i64

// -----

job.errors @default stderr
// expected-error @+1 {{has a key exactly when it hashes}}
job.exchange @x gather key ["a"] columns {a: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has key "z", which is none of its columns}}
job.exchange @x hash key ["z"] columns {a: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has key "a" of type 'f64', which cannot be a key}}
job.exchange @x hash key ["a"] columns {a: f64}

// -----

job.errors @default stderr
// expected-error @+1 {{has the check column "b"}}
job.exchange @x hash key ["a"] columns {a: i64, b: check i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has two fields with id 1}}
job.table @t id "t" key {a: i64} cell {1 n : i64, 1 m : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has two fields "n"}}
job.table @t id "t" key {a: i64} cell {1 n : i64, 2 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has a layout of 0 fields for 1}}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64} layout <key_fixed = 8, cell_size = 8, offsets = [], validity = []>

// -----

job.errors @default stderr
// expected-error @+1 {{has key "a" of type 'f64', which cannot be a key}}
job.table @t id "t" key {a: f64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has the check column "a"}}
job.table @t id "t" key {a: check i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has the column "a" of a role that stays inside a job}}
job.table @t id "t" key {a: window_start} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has the check column "a"}}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: check i64, n: i64}

// -----

job.errors @default stderr
// expected-error @+1 {{has key "z", which is none of its columns}}
job.sink @out "out" connector "stdout" {} format "json" {} key ["z"] columns {a: i64, n: i64} step "out" id "out" errors @default

// -----

job.errors @default stderr
// expected-error @+1 {{has the check column "a"}}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: check i64, n: i64} step "out" id "out" errors @default

// -----

job.errors @default stderr
// expected-error @+1 {{has the column "a" of a role that stays inside a job}}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: watermark, n: i64} step "out" id "out" errors @default

// -----

job.errors @default stderr
// expected-error @+1 {{refers to @q, which is no job.errors}}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @q

// -----

job.errors @default stderr
// expected-error @+1 {{has input @nowhere, which gives no rows}}
job.process @p input @nowhere step "p" errors @default {
^bb0(%a: i64):

}

// -----

job.errors @default stderr
// expected-error @+1 {{has input @default, whose policy is not stream}}
job.process @p input @default step "p" errors @default {
^bb0(%a: i64):

}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
// expected-error @+1 {{arguments must have types ('i64') but have ('f64')}}
job.process @p input @in step "p" errors @default {
^bb0(%a: f64):

}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
// expected-error @+1 {{refers to @q, which is no job.errors}}
job.process @p input @in step "p" errors @q {
^bb0(%a: i64):

}

// -----

job.errors @default stderr
// expected-error @+1 {{refers to @t, which is no job.table}}
job.fire @t step "t" errors @default {
^bb0(%a: i64, %n: i64, %s: i64, %e: i64):
  job.yield %a, %n : i64, i64
}

// -----

job.errors @default stderr
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
// expected-error @+1 {{arguments must have types ('i64', 'i64', 'i64', 'i64') but have ('i64', 'i64')}}
job.fire @t step "t" errors @default {
^bb0(%a: i64, %n: i64):
  job.yield %a, %n : i64, i64
}

// -----

job.errors @default stderr
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
// expected-error @+1 {{yielded values must have types ('i64', 'i64') but have ('i64')}}
job.fire @t step "t" errors @default {
^bb0(%a: i64, %n: i64, %s: i64, %e: i64):
  job.yield %a : i64
}

// -----

job.errors @default stderr
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.fire @t step "t" errors @default {
^bb0(%a: i64, %n: i64, %s: i64, %e: i64):
  job.yield %a, %n : i64, i64
}
// expected-error @+1 {{is the second one of @t}}
job.fire @t step "t" errors @default {
^bb0(%a: i64, %n: i64, %s: i64, %e: i64):
  job.yield %a, %n : i64, i64
}

// -----

job.errors @default stderr
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
// expected-error @+1 {{refers to @q, which is no job.errors}}
job.fire @t step "t" errors @q {
^bb0(%a: i64, %n: i64, %s: i64, %e: i64):
  job.yield %a, %n : i64, i64
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{refers to @q, which is no job.errors}}
  job.flow step "x" errors @q {
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} max_record 10 step "in" id "in" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{belongs into the process of a source with event time}}
  %wm = job.observe %a
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{writes to @nowhere, which is no exchange, flatten or sink}}
  job.write @nowhere(%a : i64)
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{writes to @in, which is no exchange, flatten or sink}}
  job.write @in(%a : i64)
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{values must have types ('i64', 'i64') but have ('i64')}}
  job.write @out(%a : i64)
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{refers to @x, which is no job.table}}
  %late, %by = job.lateness @x event_time(%a) watermark(%a)
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{refers to @x, which is no job.table}}
  job.update @x key(%a : i64) event_time(%a) values() {
  ^bb0(%n: i64):
    job.yield %n : i64
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{keys must have types ('i64') but have ()}}
  job.update @t key() event_time(%a) values() {
  ^bb0(%n: i64):
    job.yield %n : i64
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{yielded values must have types ('i64') but have ()}}
  job.update @t key(%a : i64) event_time(%a) values() {
  ^bb0(%n: i64):
    job.yield
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{arguments must have types ('i64', 'i64') but have ('i64')}}
  job.update @t key(%a : i64) event_time(%a) values(%a : i64) {
  ^bb0(%n: i64):
    job.yield %n : i64
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{needs a region that ends with job.yield}}
  job.update @t key(%a : i64) event_time(%a) values() {
  ^bb0(%n: i64):
    "test.end"() : () -> ()
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{may not reject while it changes a cell}}
  job.update @t key(%a : i64) event_time(%a) values() {
  ^bb0(%n: i64):
    %m = stream.checked_add %n, %n : i64
    job.yield %m : i64
  }
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{ends the row, so job.write cannot follow it}}
  job.reject assert "no"
  job.write @out(%a, %a : i64, i64)
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{expects parent op to be one of 'job.fire, job.update'}}
  job.yield %a : i64
}

// -----

job.errors @default stderr
job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, c: check string} time max_record 10 step "in" id "in" errors @default
job.exchange @x hash key ["a"] columns {a: i64, "$event_time": event_time}
job.table @t id "t" key {a: i64} cell {1 n : i64} window <size_us = 10, offset_us = 0> fired {a: i64, n: i64}
job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, n: i64} step "out" id "out" errors @default
job.process @p input @in step "p" errors @default {
^bb0(%a: i64):
  // expected-error @+1 {{invalid cause of a rejection specification: boredom}}
  job.reject boredom "no"
}

// -----

// expected-error @+1 {{needs a list as its last column}}
job.flatten @f0 columns {l: list<i64>, id: i64} to {id: i64, x: i64} leaves [""]

// -----

// expected-error @+1 {{gives the kept columns and a column for each leaf}}
job.flatten @f0 columns {id: i64, l: list<i64>} to {x: i64} leaves [""]

// -----

// expected-error @+1 {{takes leaf "n", which its elements have not}}
job.flatten @f0 columns {id: i64, l: list<i64>} to {id: i64, x: i64} leaves ["n"]
