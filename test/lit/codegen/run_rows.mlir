// Row ops executed: what is computed, what rejects, with which cause, message and place, and that flows are apart.
// RUN: streamc-codegen %s --emit=exe -o %t && %t --quiet < %S/Inputs/rows.jsonl > %t.out
// RUN: grep what %t.out | FileCheck %s --implicit-check-not={{.}}
// RUN: grep cause %t.out | FileCheck %s --check-prefix=BAD --implicit-check-not={{.}}
// CHECK: {"what":"sum","i":8,"o":4,"x":2.5,"l":[]}
// CHECK-NEXT: {"what":"7 rest 0 of 2.5","i":7,"o":4,"x":2.5,"l":["7 rest 0 of 2.5"]}
// CHECK-NEXT: {"what":"cast","i":-1,"o":4,"x":2.5,"l":[]}
// CHECK-NEXT: {"what":"caught","i":-2,"o":4,"x":2.5,"l":[]}
// CHECK-NEXT: {"what":"two","i":-2,"o":null,"x":2.5,"l":["two","-3"]}
// CHECK-NEXT: {"what":"sum","i":-7,"o":null,"x":-0.0,"l":[]}
// CHECK-NEXT: {"what":"caught","i":0,"o":null,"x":-0.0,"l":[]}
// CHECK-NEXT: {"what":"caught","i":-768614336404564650,"o":null,"x":1e+300,"l":[]}
// BAD: {"cause":"divide_by_zero","message":"division by zero","step":"quotient","place":"rows.stream:11:1","offset":80}
// BAD-NEXT: {"cause":"cast","message":"the i64 does not fit into i8","step":"cast","place":"rows.stream:12:2","offset":80}
// BAD-NEXT: {"cause":"null","message":"the value is null","step":"element","place":"rows.stream:14:2","offset":80}
// BAD-NEXT: {"cause":"overflow","message":"the sum does not fit into i64","step":"sum","place":"rows.stream:10:1","offset":128}
// BAD-NEXT: {"cause":"overflow","message":"the quotient does not fit into i64","step":"quotient","place":"rows.stream:11:1","offset":128}
// BAD-NEXT: {"cause":"cast","message":"the f64 does not fit into i64","step":"cast","place":"rows.stream:12:3","offset":128}
// BAD-NEXT: {"cause":"missing","message":"the index lies outside of the list","step":"element","place":"rows.stream:14:1","offset":128}

module {
  job.errors @default stream
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {a: i64, b: i64, x: f64, s: string, o: opt<i32>, l: list<{n: i8, t: opt<string>}>} max_record 4096
      step "in" id "in/source" errors @default
  job.sink @out "out" connector "stdout" {} format "json" {} key []
      columns {what: string, i: i64, o: opt<i32>, x: f64, l: list<string>} step "out" id "out/sink" errors @default
  job.sink @bad "bad" connector "stdout" {} format "json" {} key [] columns {cause: string, message: string, step: string, place: string, offset: opt<i64>}
      step "bad" id "bad/sink" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: i64, %b: i64, %x: f64, %s: !stream.string, %o: !stream.opt<i32>, %l: !stream.list<{n: i8, t: opt<string>}>):
    %empty = stream.list () : !stream.list<string>
    job.flow step "sum" errors @default {
      %sum = stream.checked_add %a, %b : i64 loc("rows.stream":10:1)
      %what = stream.string_constant "sum"
      job.write @out(%what, %sum, %o, %x, %empty : !stream.string, i64, !stream.opt<i32>, f64, !stream.list<string>)
    }
    job.flow step "quotient" errors @default {
      %q = stream.div %a, %b : i64 loc("rows.stream":11:1)
      %m = stream.mod %a, %b : i64 loc("rows.stream":11:2)
      %f = stream.format ["", " rest ", " of ", ""] (%q : i64, %m : i64, %x : f64)
      %parts0 = stream.call "split"(%f, %s) : (string, string) -> list<string>
      job.write @out(%f, %q, %o, %x, %parts0 : !stream.string, i64, !stream.opt<i32>, f64, !stream.list<string>)
    }
    job.flow step "cast" errors @default {
      %n = stream.cast %s : string -> i64 loc("rows.stream":12:1)
      %small = stream.cast %n : i64 -> i8 loc("rows.stream":12:2)
      %whole = stream.cast %x : f64 -> i64 loc("rows.stream":12:3)
      %wide = stream.convert %small : i8 -> i64
      %t = arith.addi %wide, %whole : i64
      %what = stream.string_constant "cast"
      job.write @out(%what, %t, %o, %x, %empty : !stream.string, i64, !stream.opt<i32>, f64, !stream.list<string>)
    }
    job.flow step "caught" errors @default {
      %n = stream.catch : i64 {
        %n = stream.cast %s : string -> i64
        %q = stream.div %a, %n : i64
        stream.yield %q : i64
      } else {
        %minus = arith.constant -1 : i64
        stream.yield %minus : i64
      }
      %what = stream.string_constant "caught"
      job.write @out(%what, %n, %o, %x, %empty : !stream.string, i64, !stream.opt<i32>, f64, !stream.list<string>)
    }
    job.flow step "element" errors @default {
      stream.index_check %l, %b : !stream.list<{n: i8, t: opt<string>}> loc("rows.stream":14:1)
      %n = stream.list_get %l[%b] "n" : !stream.list<{n: i8, t: opt<string>}>
      %t = stream.list_get %l[%b] "t" : !stream.list<{n: i8, t: opt<string>}>
      %text = stream.assert_present %t : !stream.opt<string> loc("rows.stream":14:2)
      %wide = arith.extsi %n : i8 to i64
      %two = stream.list (%text, %s : !stream.string, !stream.string) : !stream.list<string>
      %none = stream.none : !stream.opt<i32>
      job.write @out(%text, %wide, %none, %x, %two : !stream.string, i64, !stream.opt<i32>, f64, !stream.list<string>)
    }
  }
  job.process @p1 input @default step "bad" errors @default {
  ^bb0(%cause: !stream.string, %message: !stream.string, %step: !stream.string, %place: !stream.string,
       %input: !stream.string, %event_time: !stream.opt<i64>, %source: !stream.opt<string>,
       %partition: !stream.opt<i32>, %offset: !stream.opt<i64>):
    job.write @bad(%cause, %message, %step, %place, %offset : !stream.string, !stream.string, !stream.string, !stream.string, !stream.opt<i64>)
  }
}
