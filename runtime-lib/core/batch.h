// A batch: up to `capacity` rows in columns, and the memory its values point into.
//
// Who owns what. Strings and lists in a batch are views. On a source batch they point into the raw records (kept by the
// source's partition until the batch is polled again) or into the batch's arena; on a batch that crosses an exchange
// (`copies` = 1) keep_string copied them into its own arena; on a batch of a sink, of fired rows or of errors they
// point into memory that lives until that batch was processed, which happens in the same step.
//
// The first part of StreamBatch is read by generated code through inlined functions (core/hot_functions.h); its layout
// is private to the runtime and its bitcode, which are always built together. One thread at a time; a batch crosses
// threads only through a Channel.
#ifndef RUNTIME_LIB_CORE_BATCH_H
#define RUNTIME_LIB_CORE_BATCH_H

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime-lib/abi/job_image.h"
#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/arena.h"
#include "runtime-lib/core/column.h"

struct StreamPartitionTime;  // time/partition_time.h

namespace streamrt {

using Schema = std::vector<Column>;  // of a batch: no `check` columns

// A record as it came from outside, and its position (for files: the byte offset of its first byte).
struct RecordView {
  std::string_view bytes;
  int64_t offset = 0;
};

// What only the batch of a source has: where its rows came from. records[row] belongs to row `row`; empty for a source
// that makes rows without bytes (generate), whose positions are then first_offset + row * offset_step.
struct SourceRows {
  std::string_view source;  // the source's name
  int32_t partition = 0;
  int64_t first_offset = 0;
  int64_t offset_step = 1;
  std::vector<RecordView> records;

  int64_t offsetOf(uint32_t row) const {
    return records.empty() ? first_offset + row * offset_step : records[row].offset;
  }
};

}  // namespace streamrt

struct StreamBatch {
  // Read by hot functions.
  uint32_t rows = 0;
  uint32_t capacity = 0;
  void* const* columns = nullptr;            // the values of each column
  uint8_t* const* validity = nullptr;        // 1 = present; null for a column that is not optional
  StreamPartitionTime* partition = nullptr;  // source batches only
  uint32_t* origins = nullptr;  // batches of sinks only: the row of the process's input each row is made of
  // Batches of sinks only. 1: the values of row r lie at place `at(r)` of the columns, that of the input's row it is
  // made of, and columns may be the input's own. 0: rows lie one behind another.
  uint8_t positional = 0;
  uint8_t dense = 0;  // positional, and every row of the input is a row: `origins` is not filled
  // Source batches only: where the source will read next, row by row, when it knows; `ahead_second` is the distance to
  // another line of the cache that it reads of a row. Loops that compute ask memory for it, which has nothing to do
  // then.
  const char* ahead = reinterpret_cast<const char*>(this);
  uint32_t ahead_bytes = 0, ahead_second = 0;
  streamrt::Arena arena;
  uint8_t copies = 0;  // 1: the batch outlives its producer's input, so strings are copied

  // Cold.
  uint32_t column_count = 0;
  uint32_t valid_columns = UINT32_MAX;  // of a fired row that was rejected while it was finished: the leading ones
  const streamrt::Schema* schema = nullptr;
  std::unique_ptr<streamrt::SourceRows> source;  // source batches only
  // Batches of a flatten only: the batch its rows are made of, and which row of it each.
  const StreamBatch* made_of = nullptr;
  const uint32_t* made_of_rows = nullptr;

  // Takes memory for all columns at once. `schema` must outlive the batch and has no `check` columns.
  StreamBatch(const streamrt::Schema& schema, uint32_t capacity, bool copies);
  StreamBatch(const StreamBatch&) = delete;
  StreamBatch& operator=(const StreamBatch&) = delete;
  ~StreamBatch();

  // No rows, no arena, no records; the memory stays.
  void clear();
  // Takes away the first `count` rows: the others stay where they are, and row 0 is the first of them until `clear`.
  // REQUIRES: no batch of a source.
  void dropFront(uint32_t count);

  template <class T>
  T* column(uint32_t index) {
    return static_cast<T*>(columns[index]);
  }
  template <class T>
  const T* column(uint32_t index) const {
    return static_cast<const T*>(columns[index]);
  }
  // Where the values of row r of a sink's batch lie in its columns.
  uint32_t at(uint32_t row) const { return positional != 0 && dense == 0 ? origins[row] : row; }
  bool present(uint32_t index, uint32_t row) const { return validity[index] == nullptr || validity[index][row] != 0; }

  // Copies a string into this batch's arena, or keeps the view when the batch does not outlive its producer's input.
  StreamString keep(std::string_view text);

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::vector<void*> data_;
  std::vector<uint8_t*> validity_;
  uint32_t dropped_ = 0;  // rows in front of the first one
  std::unique_ptr<void, Free> memory_;
};

namespace streamrt {

using Batch = ::StreamBatch;

// The index of the first column with this role, or -1.
int columnWithRole(const Schema& schema, ColumnRole role);

}  // namespace streamrt

#endif
