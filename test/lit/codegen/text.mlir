// Texts: constants, comparison (equality without a call where a constant is short), f-strings, builtins.
// RUN: streamc-codegen %s | FileCheck %s
// RUN: streamc-codegen %s --emit=asm | FileCheck %s --check-prefix=ASM

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {side: string, x: f64, n: ui32, o: opt<string>} max_record 1024
      step "in" id "in/source" errors @default
  job.exchange @x gather key [] columns {side: string, x: f64, n: ui32, o: opt<string>}
  job.sink @out "out" connector "null" {} format "json" {} key [] columns {a: string, o: opt<string>, i: opt<i64>}
      step "out" id "out/sink" errors @default

  // CHECK: @[[$BUY:.*]] = private unnamed_addr constant [3 x i8] c"buy"
  // CHECK-LABEL: define internal void @process_p0
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%side: !stream.string, %x: f64, %n: i32, %o: !stream.opt<string>):
    %buy = stream.string_constant "buy"
    // CHECK: %[[SAME:.*]] = icmp eq i32 %[[SIZE:.*]], 3
    // CHECK: br i1 %[[SAME]], label %same.size, label %compared
    // CHECK: call i32 @memcmp(ptr %[[DATA:.*]], ptr @[[$BUY]], i64 3)
    // CHECK: phi i1 [ false,
    %is_buy = stream.compare_string eq %side, %buy
    scf.if %is_buy {
      // CHECK: %[[LEAST:.*]] = call i32 @llvm.umin.i32
      // CHECK: call i32 @memcmp
      %less = stream.compare_string lt %side, %side
      // CHECK: call void @stream_text_of_f64(ptr %task, ptr %{{.*}}, double
      // CHECK: %[[WIDE:.*]] = zext i32 %{{.*}} to i64
      // CHECK: call void @stream_text_of_u64(ptr %task, ptr %{{.*}}, i64 %[[WIDE]])
      // CHECK: call ptr @stream_core_scratch(ptr %task, i64
      // CHECK-COUNT-4: llvm.memcpy
      %f = stream.format ["M", " of ", ""] (%x : f64, %n : ui32)
      // CHECK: call void @stream_text_trim(ptr %task, ptr %[[OUT:.*]], ptr %{{.*}}, i32 %{{.*}})
      %trimmed = stream.call "trim"(%f) : (string) -> string
      // CHECK: %[[FOUND:.*]] = call zeroext i8 @stream_text_index_of(ptr %task
      // CHECK: icmp ne i8 %[[FOUND]], 0
      %at = stream.call "index_of"(%trimmed, %buy) : (string, string) -> opt<i64>
      // CHECK: %[[OK:.*]] = call zeroext i8 @stream_text_replace(
      // CHECK: br i1 %{{.*}}, label %rejected
      %r = stream.call "replace"(%trimmed, %buy, %side) : (string, string, string) -> string fails [overflow]
      // What the row computes is copied to the sink; a column of the input is only referred to.
      // CHECK: call void @stream_core_keep_string(
      // CHECK-NOT: call void @stream_core_keep_string(
      job.write @out(%r, %o, %at : !stream.string, !stream.opt<string>, !stream.opt<i64>)
    }
  }
  // ASM-LABEL: process_p1:
  job.process @p1 input @x step "in" errors @default {
  ^bb0(%side: !stream.string, %x: f64, %n: i32, %o: !stream.opt<string>):
    // ASM-NOT: memcmp
    %sell = stream.string_constant "sell"
    %is_sell = stream.compare_string ne %side, %sell
    scf.if %is_sell {
      %null = stream.none : !stream.opt<i64>
      job.write @out(%side, %o, %null : !stream.string, !stream.opt<string>, !stream.opt<i64>)
    }
    // ASM: .Lfunc_end
  }
}
