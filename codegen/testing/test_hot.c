// The stand-in's hot functions, compiled to bitcode like the real ones (test_batch.h).
#include "codegen/testing/test_batch.h"

typedef struct StreamBatch StreamBatch;
typedef struct StreamTask StreamTask;

uint32_t stream_core_rows(StreamBatch* batch) { return batch->rows; }
void* stream_core_column(StreamBatch* batch, uint32_t column) { return batch->columns[column]; }
StreamBatch* stream_core_route(StreamTask* task, uint32_t output, int64_t hash) { return task->output; }
uint32_t stream_core_claim(StreamBatch* batch) { return batch->rows++; }
uint32_t stream_core_claim_from(StreamBatch* batch, uint32_t row) { return batch->rows++; }
