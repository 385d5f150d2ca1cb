// Lists, parameters, optionals, and builtins that are emitted in place.
// RUN: streamc-codegen %s | FileCheck %s

module attributes {stream.params = [#stream.param<"limit", i64 default 5 : i64>, #stream.param<"name", opt<string> env "NAME">]} {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {items: list<{sku: string, price: opt<f64>}>, tags: list<i32>, i: i64, x: f64, u: ui8} max_record 1024
      step "in" id "in/source" errors @default
  job.sink @out "out" connector "null" {} format "json" {} key [] columns {a: list<i32>, p: opt<f64>, n: opt<string>, s: i64}
      step "out" id "out/sink" errors @default
  // CHECK-LABEL: define internal void @process_p0
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%items: !stream.list<{sku: string, price: opt<f64>}>, %tags: !stream.list<i32>, %i: i64, %x: f64, %u: i8):
    // Parameters are read before the first row.
    // CHECK: %[[SLOT:.*]] = call ptr @stream_core_param(ptr %task, i32 0)
    // CHECK: %[[LIMIT:.*]] = load i64, ptr %[[SLOT]]
    // CHECK: %[[NAME:.*]] = call ptr @stream_core_param(ptr %task, i32 1)
    // CHECK: %[[VALID:.*]] = getelementptr inbounds i8, ptr %[[NAME]], i64 16
    // CHECK: load i8, ptr %[[VALID]]
    // CHECK: row.head:
    %limit = stream.param 0 : i64
    %name = stream.param 1 : !stream.opt<string>
    // CHECK: %[[COUNT:.*]] = zext i32 %{{.*}} to i64
    // CHECK: icmp uge i64 %[[I:.*]], %[[COUNT]]
    stream.index_check %items, %i : !stream.list<{sku: string, price: opt<f64>}>
    // An element: 16 bytes of text, 8 of price, its validity byte, padding to 32.
    // CHECK: mul i64 %[[I]], 32
    // CHECK: load double
    // CHECK: load i8
    %price = stream.list_get %items[%i] "price" : !stream.list<{sku: string, price: opt<f64>}>
    // CHECK: call ptr @stream_core_scratch(ptr %task, i64 16)
    // CHECK: store i32 7
    %seven = arith.constant 7 : i32
    %made = stream.list (%seven, %seven : i32, i32) : !stream.list<i32>
    // CHECK: %[[LOW:.*]] = call i64 @llvm.smax.i64(i64 %[[I]], i64 %[[LIMIT]])
    // CHECK: call i64 @llvm.smin.i64(i64 %[[LOW]], i64 %[[I]])
    %clamped = stream.call "clamp"(%i, %limit, %i) : (i64, i64, i64) -> i64
    // CHECK: call double @llvm.minimum.f64
    %least = stream.call "min"(%x, %x) : (f64, f64) -> f64
    // CHECK: call i8 @llvm.uadd.sat.i8
    %sat = stream.call "saturating_add"(%u, %u) : (ui8, ui8) -> ui8
    // CHECK: icmp eq i64 %{{.*}}, -9223372036854775808
    // CHECK: call i64 @llvm.abs.i64
    %abs = stream.call "abs"(%clamped) : (i64) -> i64 fails [overflow]
    // CHECK: %[[ANY:.*]] = icmp ne i64 %{{.*}}, 0
    // CHECK: br i1 %[[ANY]], label %list.any, label %list.end
    %last = stream.call "last"(%tags) : (list<i32>) -> opt<i32>
    // CHECK: fcmp ogt double %[[X:.*]], 0.0
    // CHECK: fcmp olt double %[[X]], 0.0
    %sign = stream.call "sign"(%x) : (f64) -> i64
    // CHECK: call void @stream_core_keep_list(ptr %{{.*}}, i32 0, ptr %{{.*}}, ptr %{{.*}}, i32 2)
    job.write @out(%made, %price, %name, %sign : !stream.list<i32>, !stream.opt<f64>, !stream.opt<string>, i64)
  }
}
