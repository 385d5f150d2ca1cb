// Decimals are integers: exact arithmetic is a multiplication, small numbers are rounded without a call, checks are one
// comparison. Only what needs more than 64 bits goes through the runtime.
// RUN: streamc-codegen %s | FileCheck %s
// RUN: streamc-codegen %s --emit=manifest | FileCheck %s --check-prefix=MANIFEST

// MANIFEST-DAG: "precision":12,"role":"field","scale":2,"type":"decimal64"
// MANIFEST-DAG: "precision":38,"role":"field","scale":2,"type":"decimal128"
module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {}
      columns {price: decimal<12, 2>, most: decimal<38, 2>, n: i32, at: timestamp, text: string} max_record 1024
      step "in" id "in/source" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%price: i64, %most: i128, %n: i32, %at: i64, %text: !stream.string):
    // CHECK: %[[WIDE:.*]] = sext i64 %[[PRICE:.*]] to i128
    // CHECK-NEXT: mul i128 %[[WIDE]], 100
    %0 = stream.convert %price : decimal<12, 2> -> decimal<22, 4>
    // CHECK: sext i32 %{{.*}} to i64
    // CHECK-NEXT: mul i64 %{{.*}}, 100
    %1 = stream.convert %n : i32 -> decimal<12, 2>
    // CHECK: sdiv i64 %[[PRICE]], 10
    // CHECK-NOT: call {{.*}}stream_
    // CHECK: select i1
    %2 = stream.round_decimal half_away %price : decimal<12, 2> -> decimal<12, 1>
    // CHECK: call i128 @stream_decimal_round(i128 %{{.*}}, i32 2, i32 1)
    %3 = stream.round_decimal half_even %most : decimal<38, 2> -> decimal<37, 0>
    // A number of at most 5 digits: |n| < 100000 in one comparison.
    // CHECK: add i64 %{{.*}}, 99999
    // CHECK-NEXT: icmp ugt i64 %{{.*}}, 199998
    %4 = stream.cast %n : i32 -> decimal<7, 2>
    // CHECK: call zeroext i8 @stream_decimal_from_text(ptr %{{.*}}, ptr %{{.*}}, i32 %{{.*}}, i32 12, i32 2)
    %5 = stream.cast %text : string -> decimal<12, 2>
    // CHECK: icmp eq i128 %{{.*}}, 0
    // CHECK: call zeroext i8 @stream_decimal_divide(ptr %{{.*}}, i128 %{{.*}}, i128 %{{.*}}, i32 4, i32 38, i32 0)
    %6 = stream.divide_decimal half_away %price, %most : decimal<12, 2>, decimal<38, 2> -> decimal<38, 4>
    // CHECK: sdiv i64 %{{.*}}, 86400000000
    %7 = stream.convert %at : timestamp -> date
  }
}
