// State: the window by floor division, canonical key bytes, the cell found or made, only changed fields stored; the fire
// function finishes cells into rows.
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - | FileCheck %s
// RUN: stream-opt --layout-state --mlir-print-debuginfo %s | streamc-codegen - --emit=manifest | FileCheck %s --check-prefix=TABLES

module {
  job.errors @default skip
  job.exchange @x0 hash key ["k", "code"] columns {k: i64, code: i16, v: i64, at: event_time}
  job.exchange @x1 hash key ["region"] columns {region: string, v: opt<string>, at: event_time, wm: watermark}
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {k: i64, code: i16, v: i64, t: timestamp, region: string, name: opt<string>} time max_record 1024
      max_ahead 5000000 step "in" id "in/source" errors @default
  job.table @fixed id "fixed/aggregate" key {k: i64, code: i16} cell {1 n : i64, 2 total : i128, 7 seen : i1}
      window <size_us = 1000, offset_us = 300> fired {k: i64, code: i16, n: i64, total: i64, end: window_end}
  job.table @blob id "blob/aggregate" key {region: string} cell {1 n : i64, 2 last : opt<string>}
      window <size_us = 1000, offset_us = 0> fired {region: string, last: opt<string>}

  // CHECK-LABEL: define internal void @process_p0
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%k: i64, %code: i16, %v: i64, %t: i64, %region: !stream.string, %name: !stream.opt<string>):
    // An event time far ahead is rejected before it counts.
    // CHECK: rowwise:
    // CHECK: %[[AHEAD:.*]] = call zeroext i8 @stream_time_too_far_ahead(ptr %in, i64 %[[T:.*]])
    // CHECK: %[[TOO_FAR:.*]] = icmp ne i8 %[[AHEAD]], 0
    // CHECK: br i1 %[[TOO_FAR]], label %rejected
    // CHECK: %[[WM:.*]] = call i64 @stream_time_observe(ptr %in, i64 %[[T]])
    %wm = job.observe %t
    // A fixed key is put together on the stack, packed.
    // CHECK: store i64 %{{.*}}, ptr %key{{[0-9]*}}, align 8
    // CHECK: %[[BEHIND:.*]] = getelementptr inbounds i8, ptr %key{{[0-9]*}}, i64 8
    // CHECK: store i16 %{{.*}}, ptr %[[BEHIND]], align 1
    // CHECK: %[[HASH:.*]] = call i64 @stream_state_hash(ptr %task, ptr %key{{[0-9]*}}, i64 10)
    // CHECK: call ptr @stream_core_route(ptr %task, i32 0, i64 %[[HASH]])
    // CHECK: call ptr @stream_core_column(ptr %{{.*}}, i32 3)
    job.write @x0(%k, %code, %v, %t : i64, i16, i64, i64)
    // A key that is one string is used where it lies.
    // CHECK: %[[SIZE:[0-9]+]] = zext i32 %{{.*}} to i64, !dbg
    // CHECK-NEXT: %{{.*}} = call i64 @stream_state_hash(ptr %task, ptr %{{[0-9]+}}, i64 %[[SIZE]])
    job.write @x1(%region, %name, %t, %wm : !stream.string, !stream.opt<string>, i64, i64)
  }

  // CHECK-LABEL: define internal void @process_p1
  job.process @p1 input @x0 step "fixed" errors @default {
  ^bb0(%k: i64, %code: i16, %v: i64, %t: i64):
    // The table is found once, before the first row.
    // CHECK: entry:
    // CHECK: %[[TABLE:.*]] = call ptr @stream_core_table(ptr %task, i32 0)
    // The hashes of all keys first, then the rows; memory is asked for the cell of a later row.
    // CHECK: rowwise:
    // CHECK: keys:
    // CHECK: %[[HASH:.*]] = call i64 @stream_state_hash(ptr %task, ptr %key{{[0-9]*}}, i64 10)
    // CHECK: store i64 %[[HASH]], ptr %{{.*}}
    // CHECK: row.head:
    // start = t - ((t mod 1000 - 300) mod 1000)
    // CHECK: %[[INTO:.*]] = srem i64 %[[T:.*]], 1000
    // CHECK: %[[SHIFTED:.*]] = sub i64 %{{.*}}, 300
    // CHECK: %[[LESS:.*]] = icmp slt i64 %[[SHIFTED]], 0
    // CHECK: %[[ADDED:.*]] = add i64 %[[SHIFTED]], 1000
    // CHECK: %[[OFF:.*]] = select i1 %[[LESS]], i64 %[[ADDED]], i64 %[[SHIFTED]]
    // CHECK: %[[EXACT:.*]] = call i64 @llvm.ssub.sat.i64(i64 %[[T]], i64 %[[OFF]])
    // CHECK: %[[NOT_BEFORE:.*]] = call i64 @llvm.smax.i64(i64 %[[EXACT]], i64 -9223372036854775807)
    // CHECK: %[[START:.*]] = call i64 @llvm.smin.i64(i64 %[[NOT_BEFORE]], i64 9223372036854774807)
    // CHECK: %[[SLICE:.*]] = call ptr @stream_state_slice(ptr %[[TABLE]], i64 %[[START]])
    // CHECK: call i64 @llvm.umin.i64(
    // CHECK: %[[LATER:.*]] = load i64, ptr %{{.*}}
    // CHECK: call void @stream_state_ask(ptr %[[SLICE]], i64 %[[LATER]])
    // CHECK: %[[CELL:.*]] = call ptr @stream_state_upsert_fixed(ptr %[[SLICE]], ptr %key{{[0-9]*}}, i64 10, i64 %{{.*}}, ptr null)
    %wide = arith.extsi %v : i64 to i128
    job.update @fixed key(%k, %code : i64, i16) event_time(%t) values(%wide : i128) {
    ^bb0(%n: i64, %total: i128, %seen: i1, %value: i128):
      // CHECK: load i64, ptr %{{.*}}, align 8
      // CHECK: load i128, ptr %{{.*}}, align 8
      // CHECK: load i8
      // CHECK: %[[SUM:.*]] = add i128
      %sum = arith.addi %total, %value : i128
      // Only the sum changes.
      // CHECK-NOT: store i64
      // CHECK-NOT: store i8
      // CHECK: store i128 %[[SUM]], ptr %{{.*}}, align 8
      // CHECK-NEXT: br label %row.next
      job.yield %n, %sum, %seen : i64, i128, i1
    }
  }

  // CHECK-LABEL: define internal void @process_p2
  job.process @p2 input @x1 step "blob" errors @default {
  ^bb0(%region: !stream.string, %v: !stream.opt<string>, %t: i64, %wm: i64):
    // CHECK: rowwise:
    // CHECK: %[[LATE:.*]] = icmp sle i64 %[[END:.*]], %[[WM:[0-9]+]]
    // CHECK: %[[BY:.*]] = call i64 @llvm.ssub.sat.i64(i64 %[[WM]], i64 %[[END]])
    // CHECK: br i1 %[[LATE]], label %then, label %else, {{.*}}!prof
    %late, %late_by = job.lateness @blob event_time(%t) watermark(%wm)
    scf.if %late {
      // CHECK: then:
      // CHECK-NEXT: br label %rejected
      job.reject late "late"
    } else {
      // CHECK: %[[CELL:.*]] = call ptr @stream_state_upsert_blob(
      job.update @blob key(%region : !stream.string) event_time(%t) values(%v : !stream.opt<string>) {
      ^bb0(%n: i64, %last: !stream.opt<string>, %value: !stream.opt<string>):
        // CHECK: call void @stream_state_get_string(ptr %{{.*}}, ptr %[[SLOT:.*]], ptr %[[TEXT:text[0-9]*]])
        // CHECK: %[[OLD:.*]] = load ptr, ptr %[[TEXT]]
        %one = arith.constant 1 : i64
        %n1 = arith.addi %n, %one : i64
        // A text is stored only when it is another one.
        // CHECK: store i64
        // CHECK: icmp ne ptr %{{.*}}, %[[OLD]]
        // CHECK: br i1 %{{.*}}, label %put{{[0-9]*}}, label %stored{{[0-9]*}}
        // CHECK: put{{[0-9]*}}:
        // CHECK: call void @stream_state_put_string(ptr %{{.*}}, ptr %{{.*}}, ptr %{{.*}}, i32 %{{.*}})
        job.yield %n1, %value : i64, !stream.opt<string>
      }
    }
  }

  job.process @p3 input @fixed step "out" errors @default {
  ^bb0(%k: i64, %code: i16, %n: i64, %total: i64, %end: i64):
  }
  job.process @p4 input @blob step "out" errors @default {
  ^bb0(%region: !stream.string, %last: !stream.opt<string>):
  }

  // CHECK-LABEL: define internal void @fire_fixed(ptr %task, ptr %slice, ptr %cells, i32 %count, i64 %window_start, i64 %window_end, ptr %out)
  job.fire @fixed step "fixed" errors @default {
  ^bb0(%k: i64, %code: i16, %n: i64, %total: i128, %seen: i1, %start: i64, %end: i64):
    // CHECK: %[[CELL:.*]] = load ptr
    // CHECK: load i64, ptr %[[CELL]], align 1
    // The row is claimed and gets what is known of it before anything can be rejected.
    // CHECK: call i32 @stream_core_claim(ptr %out)
    // CHECK: store i64
    // CHECK: store i16
    // CHECK: %[[NARROW:.*]] = trunc i128 %[[WIDE:.*]] to i64
    // CHECK: %[[AGAIN:.*]] = sext i64 %[[NARROW]] to i128
    // CHECK: icmp ne i128 %[[WIDE]], %[[AGAIN]]
    // CHECK: store i64 %[[NARROW]]
    // CHECK: store i64 %window_end
    // CHECK: call void @stream_core_reject(ptr %task, ptr %out,
    // CHECK-NEXT: br label %cell.rejected
    // CHECK: cell.rejected:
    // CHECK-NEXT: call void @stream_core_unclaim(ptr %out)
    %narrow = job.narrow %total : i128 to i64
    job.yield %k, %code, %n, %narrow, %end : i64, i16, i64, i64, i64
  }
  // CHECK-LABEL: define internal void @fire_blob
  job.fire @blob step "blob" errors @default {
  ^bb0(%region: !stream.string, %n: i64, %last: !stream.opt<string>, %start: i64, %end: i64):
    // CHECK: call void @stream_state_get_string(ptr %slice, ptr %[[CELL:.*]], ptr %key)
    // CHECK: call void @stream_core_keep_string(ptr %out
    job.yield %region, %last : !stream.string, !stream.opt<string>
  }
}
// TABLES: "cause":"overflow",{{.*}}"message":"the sum does not fit into i64",{{.*}}"process":1,"row_columns":3,"step":"fixed"
// TABLES-SAME: "tables":[{"cell":{"fields":[{"id":1,"name":"n","offset":16,"optional":false,"type":"i64"},{"id":2,"name":"total","offset":24,"optional":false,"type":"i128"},{"id":7,"name":"seen","offset":40,"optional":false,"type":"bool"}],"size":48},"fire":5,
// TABLES-SAME: "key":{"columns":[{{.*}}],"fixed":10},"operator":"fixed/aggregate","process":1,"window":{"kind":"tumble","offset_us":300,"size_us":1000}}
// TABLES-SAME: {"cell":{"fields":[{"id":1,"name":"n","offset":16,"optional":false,"type":"i64"},{"id":2,"name":"last","offset":24,"optional":true,"type":"string","validity_offset":40}],"size":48},"fire":6
// TABLES-SAME: "key":{"columns":[{{.*}}],"fixed":null}
