// A stand-in for the runtime, for tests of codegen alone: batches of i64 columns, one output, no tables.
#ifndef CODEGEN_TESTING_TEST_BATCH_H
#define CODEGEN_TESTING_TEST_BATCH_H

#include <stdint.h>

struct StreamBatch {
  uint32_t rows;
  void* columns[4];
};
struct StreamTask {
  struct StreamBatch* output;
};

#endif
