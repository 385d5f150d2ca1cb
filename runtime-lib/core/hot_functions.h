// The hot functions of stream_abi.def that belong to core. Included by hot/hot.cpp alone, which is compiled twice: to
// the bitcode that is inlined into generated code, and into the archive.
#ifndef RUNTIME_LIB_CORE_HOT_FUNCTIONS_H
#define RUNTIME_LIB_CORE_HOT_FUNCTIONS_H

#include <cstring>

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/task.h"

#ifndef STREAM_HOT
#define STREAM_HOT extern "C" inline __attribute__((always_inline))
#endif

STREAM_HOT uint32_t stream_core_rows(void* batch) { return static_cast<StreamBatch*>(batch)->rows; }

STREAM_HOT void stream_core_ask_ahead(void* batch, int64_t row) {
  const auto* of = static_cast<StreamBatch*>(batch);
  const char* later = of->ahead + static_cast<uint64_t>(row) * of->ahead_bytes;
  __builtin_prefetch(later, 0, 2);  // there will be many of them: not the nearest cache
  __builtin_prefetch(later + of->ahead_second, 0, 2);
}

STREAM_HOT void* stream_core_column(void* batch, uint32_t column) {
  return static_cast<StreamBatch*>(batch)->columns[column];
}

STREAM_HOT void* stream_core_validity(void* batch, uint32_t column) {
  return static_cast<StreamBatch*>(batch)->validity[column];
}

STREAM_HOT void* stream_core_route(void* task, uint32_t output, int64_t hash) {
  const streamrt::Output& out = static_cast<StreamTask*>(task)->outputs[output];
  const uint32_t target = out.target_of_group[static_cast<uint64_t>(hash) >> 56];
  StreamBatch* batch = out.targets[target];
  if (__builtin_expect(batch->rows == batch->capacity, 0)) return stream_core_route_full(task, output, target);
  return batch;
}

STREAM_HOT uint32_t stream_core_claim(void* batch) { return static_cast<StreamBatch*>(batch)->rows++; }

STREAM_HOT uint32_t stream_core_claim_from(void* batch, uint32_t row) {
  auto* target = static_cast<StreamBatch*>(batch);
  if (target->origins != nullptr) target->origins[target->rows] = row;
  return target->rows++;
}

STREAM_HOT void* stream_core_sink(void* task, uint32_t output) {
  return static_cast<StreamTask*>(task)->outputs[output].targets[0];
}

STREAM_HOT void stream_core_select(void* batch) { static_cast<StreamBatch*>(batch)->positional = 1; }

STREAM_HOT void stream_core_forward(void* batch, uint32_t column, void* input, uint32_t input_column) {
  auto* to = static_cast<StreamBatch*>(batch);
  auto* from = static_cast<StreamBatch*>(input);
  const_cast<void**>(to->columns)[column] = from->columns[input_column];
  const_cast<uint8_t**>(to->validity)[column] = from->validity[input_column];
}

STREAM_HOT void stream_core_take_all(void* batch, uint32_t rows) {
  auto* to = static_cast<StreamBatch*>(batch);
  to->dense = 1;
  to->rows = rows;
}

STREAM_HOT int64_t stream_core_pick(void* flags, int64_t rows, void* places) {
  const auto* taken = static_cast<const uint8_t*>(flags);
  auto* picked = static_cast<uint32_t*>(places);
  const auto end = static_cast<uint32_t>(rows);
  uint32_t count = 0;
  uint32_t row = 0;
  for (; row + 8 <= end; row += 8) {
    uint64_t eight;
    __builtin_memcpy(&eight, taken + row, 8);
    if (eight == 0) continue;  // most filters that drop anything drop most
    for (uint32_t i = 0; i < 8; ++i) {
      picked[count] = row + i;
      count += taken[row + i];
    }
  }
  for (; row < end; ++row) {
    picked[count] = row;
    count += taken[row];
  }
  return count;
}

STREAM_HOT void stream_core_take_some(void* batch, uint32_t rows, void* taken) {
  auto* to = static_cast<StreamBatch*>(batch);
  to->rows = static_cast<uint32_t>(stream_core_pick(taken, rows, to->origins));
}

STREAM_HOT void stream_core_unclaim(void* batch) { --static_cast<StreamBatch*>(batch)->rows; }

STREAM_HOT void stream_core_keep_string(void* batch, void* slot, void* data, uint32_t size) {
  auto* target = static_cast<StreamBatch*>(batch);
  if (target->copies != 0 && size != 0) {
    void* copy = target->arena.allocate(size);
    __builtin_memcpy(copy, data, size);
    data = copy;
  }
  *static_cast<StreamString*>(slot) = {static_cast<const char*>(data), size, 0};
}

STREAM_HOT uint32_t stream_core_partition(void* batch) {
  return static_cast<uint32_t>(static_cast<StreamBatch*>(batch)->source->partition);
}

STREAM_HOT int64_t stream_core_position(void* batch, uint32_t row) {
  return static_cast<StreamBatch*>(batch)->source->offsetOf(row);
}

STREAM_HOT void* stream_core_scratch(void* task, int64_t bytes) {
  return static_cast<StreamTask*>(task)->scratch.allocate(static_cast<size_t>(bytes));
}

STREAM_HOT void* stream_core_param(void* task, uint32_t slot) { return &static_cast<StreamTask*>(task)->params[slot]; }

STREAM_HOT void* stream_core_table(void* task, uint32_t table) { return static_cast<StreamTask*>(task)->tables[table]; }

#endif
