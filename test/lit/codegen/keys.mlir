// Canonical key bytes of keys that differ in size: presence bytes, sizes before all strings but the last. Read back by the fire function.
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - | FileCheck %s

module {
  job.errors @default skip
  job.exchange @x0 hash key ["a", "b", "c", "x"] columns {a: string, b: opt<i32>, x: i16, c: opt<string>, at: event_time}
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {a: string, b: opt<i32>, x: i16, c: opt<string>, t: timestamp} time max_record 1024
      step "in" id "in/source" errors @default
  job.table @t0 id "t/aggregate" key {a: string, b: opt<i32>, x: i16, c: opt<string>} cell {1 n : i64}
      window <size_us = 1000, offset_us = 0> fired {a: string, b: opt<i32>, x: i16, c: opt<string>, n: i64}
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %x: i16, %c: !stream.opt<string>, %t: i64):
    job.write @x0(%a, %b, %x, %c, %t : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>, i64)
  }
  // CHECK-LABEL: define internal void @process_p1
  job.process @p1 input @x0 step "t" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %x: i16, %c: !stream.opt<string>, %t: i64):
    // CHECK: rowwise:
    // CHECK: %[[A_SIZE:[0-9]+]] = zext i32 %[[A:[0-9]+]] to i64
    // CHECK: add i64 %[[A_SIZE]], 4
    // CHECK: %[[B_SIZE:.*]] = select i1 %[[B_THERE:[0-9]+]], i64 4, i64 0
    // CHECK: add i64 1, %[[B_SIZE]]
    // CHECK: %[[KEY:.*]] = call ptr @stream_core_scratch(ptr %task, i64 %[[TOTAL:[0-9]+]])
    // CHECK: store i32 %[[A]], ptr %[[KEY]], align 1
    // CHECK: llvm.memcpy
    // CHECK: br i1 %[[B_THERE]], label %key.present{{[0-9]*}}, label %key.next{{[0-9]*}}
    // CHECK: key.present{{[0-9]*}}:
    // CHECK: store i32
    // CHECK: key.next{{[0-9]*}}:
    // CHECK: store i16 %{{.*}}, ptr %{{.*}}, align 1
    // CHECK: call i64 @stream_state_hash(ptr %task, ptr %[[KEY]], i64 %[[TOTAL]])
    job.update @t0 key(%a, %b, %x, %c : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>) event_time(%t) values() {
    ^bb0(%n: i64):
      %one = arith.constant 1 : i64
      %n1 = arith.addi %n, %one : i64
      job.yield %n1 : i64
    }
  }
  job.process @p2 input @t0 step "out" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %x: i16, %c: !stream.opt<string>, %n: i64):
  }
  // CHECK-LABEL: define internal void @fire_t0
  job.fire @t0 step "t" errors @default {
  ^bb0(%a: !stream.string, %b: !stream.opt<i32>, %x: i16, %c: !stream.opt<string>, %n: i64, %start: i64, %end: i64):
    // CHECK: %[[SIZE:.*]] = load i32, ptr %[[BYTES:[0-9]+]], align 1
    // CHECK: getelementptr inbounds i8, ptr %[[BYTES]], i64 4
    // CHECK: %[[THERE:.*]] = icmp ne i8 %{{.*}}, 0
    // CHECK: br i1 %[[THERE]], label %key.present{{[0-9]*}}, label %key.next{{[0-9]*}}
    // CHECK: load i32, ptr %{{.*}}, align 1
    // CHECK: key.next{{[0-9]*}}:
    // CHECK: phi i32
    // CHECK: phi ptr
    // CHECK: load i16, ptr %{{.*}}, align 1
    // The last text has the bytes that are left.
    // CHECK: ptrtoint
    // CHECK: sub i64
    job.yield %a, %b, %x, %c, %n : !stream.string, !stream.opt<i32>, i16, !stream.opt<string>, i64
  }
}
