// The hot functions of stream_abi.def that belong to time. Included by hot/hot.cpp alone.
#ifndef RUNTIME_LIB_TIME_HOT_FUNCTIONS_H
#define RUNTIME_LIB_TIME_HOT_FUNCTIONS_H

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/hot_functions.h"
#include "runtime-lib/core/task.h"
#include "runtime-lib/time/partition_time.h"

STREAM_HOT int64_t stream_time_observe(void* batch, int64_t event_time_us) {
  return static_cast<StreamBatch*>(batch)->partition->observe(event_time_us);
}

STREAM_HOT void stream_time_observe_all(void* batch, int64_t greatest_us, void* times_us, uint32_t rows) {
  static_cast<StreamBatch*>(batch)->partition->observeAll(greatest_us, static_cast<int64_t*>(times_us), rows);
}

STREAM_HOT void* stream_time_room(void* batch) { return static_cast<StreamBatch*>(batch)->partition->room_us; }

STREAM_HOT uint8_t stream_time_too_far_ahead(void* batch, int64_t event_time_us) {
  return event_time_us > static_cast<StreamBatch*>(batch)->partition->limit_us ? 1 : 0;
}

STREAM_HOT int64_t stream_time_bound(void* batch, int64_t greatest_us) {
  return static_cast<StreamBatch*>(batch)->partition->boundAfter(greatest_us);
}

#endif
