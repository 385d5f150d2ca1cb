// Line tables: code knows the lines of the source, nothing more; a rejection has the line of the op that rejects.
// RUN: streamc-codegen %s --emit=obj -o %t.o
// RUN: llvm-dwarfdump --debug-line %t.o | FileCheck %s
// RUN: llvm-dwarfdump --debug-info %t.o | FileCheck %s --check-prefix=INFO

module {
  job.errors @default skip
  job.source @in "in" connector "stdin" {} format "json" {} columns {a: i64, b: i64} max_record 1024
      step "in" id "in/source" errors @default
  job.sink @out "out" connector "null" {} format "json" {} key [] columns {a: i64}
      step "out" id "out/sink" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: i64, %b: i64):
    %sum = stream.checked_add %a, %b : i64 loc("adds.stream":7:11)
    job.write @out(%sum : i64) loc("adds.stream":9:1)
  } loc("adds.stream":3:1)
}
// CHECK: version: 4
// CHECK: name: "adds.stream"
// CHECK-DAG: 0x{{[0-9a-f]+}} 3 1 {{.*}}is_stmt
// CHECK-DAG: 0x{{[0-9a-f]+}} 7 11
// CHECK-DAG: 0x{{[0-9a-f]+}} 9 1
// INFO: DW_AT_producer ("streamc")
// INFO-NOT: DW_TAG_variable
