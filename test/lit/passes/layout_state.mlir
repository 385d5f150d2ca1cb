// layout-state: keys of one size stay inline, packed; fields go by alignment without holes, bytes of validity come last.
// RUN: stream-opt %s --layout-state | FileCheck %s

module {
  // A null takes fewer bytes than a value, no columns take none, a text has any size: such keys are references.
  // CHECK: job.table @text {{.*}} layout <key_fixed = -1, cell_size = 16, offsets = [], validity = []>
  job.table @text id "t" key {k: string} cell {} window <size_us = 1, offset_us = 0> fired {k: string}
  // CHECK: job.table @nullable {{.*}} layout <key_fixed = -1, cell_size = 16, offsets = [], validity = []>
  job.table @nullable id "t" key {k: i64, l: opt<i32>} cell {} window <size_us = 1, offset_us = 0> fired {k: i64}
  // CHECK: job.table @none {{.*}} layout <key_fixed = -1, cell_size = 24, offsets = [16], validity = [-1]>
  job.table @none id "t" key {} cell {1 n : i64} window <size_us = 1, offset_us = 0> fired {n: i64}
  // CHECK: job.table @packed {{.*}} layout <key_fixed = 11, cell_size = 16, offsets = [], validity = []>
  job.table @packed id "t" key {a: i8, b: i64, c: i16} cell {} window <size_us = 1, offset_us = 0> fired {a: i8}

  // CHECK: job.table @fields {{.*}} layout <key_fixed = 4, cell_size = 56, offsets = [54, 8, 52, 48, 16, 32], validity = [-1, -1, -1, -1, -1, -1]>
  job.table @fields id "t" key {k: i32}
      cell {1 a : i8, 2 b : i64, 3 c : i16, 4 d : i32, 5 e : i128, 6 f : string}
      window <size_us = 1, offset_us = 0> fired {k: i32}
  // CHECK: job.table @validity {{.*}} layout <key_fixed = 8, cell_size = 24, offsets = [8, 16, 20], validity = [21, -1, 22]>
  job.table @validity id "t" key {k: i64} cell {1 a : opt<i64>, 2 b : i32, 3 c : opt<i8>}
      window <size_us = 1, offset_us = 0> fired {k: i64}
}
