#include "runtime-lib/core/batch.h"

#include <cstring>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

constexpr size_t kColumnAlignment = 64;  // a cache line, and the widest vector of the machines we run on

size_t aligned(size_t bytes) { return (bytes + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment; }

}  // namespace

int columnWithRole(const Schema& schema, ColumnRole role) {
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].role == role) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace streamrt

StreamBatch::StreamBatch(const streamrt::Schema& schema, uint32_t capacity, bool copies)
    : capacity(capacity),
      copies(copies ? 1 : 0),
      column_count(static_cast<uint32_t>(schema.size())),
      schema(&schema),
      data_(schema.size()),
      validity_(schema.size()) {
  using streamrt::aligned;
  STREAM_CHECK(capacity > 0, "a batch has room for a row");
  size_t bytes = streamrt::kColumnAlignment;
  for (const streamrt::Column& column : schema) {
    bytes += aligned(size_t{capacity} * streamrt::columnValueBytes(column.type));
    if (column.optional) bytes += aligned(capacity);
  }
  // calloc: a null value's bytes are unspecified but initialised, and pages that no row ever reaches stay untouched.
  memory_.reset(std::calloc(1, bytes));
  STREAM_CHECK(memory_ != nullptr, "memory for a batch");
  char* next = reinterpret_cast<char*>(aligned(reinterpret_cast<uintptr_t>(memory_.get())));
  for (uint32_t i = 0; i < column_count; ++i) {
    data_[i] = next;
    next += aligned(size_t{capacity} * streamrt::columnValueBytes(schema[i].type));
    if (!schema[i].optional) continue;
    validity_[i] = reinterpret_cast<uint8_t*>(next);
    next += aligned(capacity);
  }
  columns = data_.data();
  this->validity = validity_.data();
}

StreamBatch::~StreamBatch() = default;

void StreamBatch::dropFront(uint32_t count) {
  STREAM_CHECK(count <= rows && source == nullptr, "only rows that are there can be dropped");
  for (uint32_t i = 0; i < column_count; ++i) {
    data_[i] = static_cast<char*>(data_[i]) + size_t{count} * streamrt::columnValueBytes((*schema)[i].type);
    if (validity_[i] != nullptr) validity_[i] += count;
  }
  rows -= count;
  dropped_ += count;
}

void StreamBatch::clear() {
  for (uint32_t i = 0; dropped_ != 0 && i < column_count; ++i) {
    data_[i] = static_cast<char*>(data_[i]) - size_t{dropped_} * streamrt::columnValueBytes((*schema)[i].type);
    if (validity_[i] != nullptr) validity_[i] -= dropped_;
  }
  dropped_ = 0;
  rows = 0;
  dense = 0;
  valid_columns = UINT32_MAX;
  arena.reset();
  if (source) source->records.clear();
}

StreamString StreamBatch::keep(std::string_view text) {
  StreamString kept{text.data(), static_cast<uint32_t>(text.size()), 0};
  if (copies == 0 || text.empty()) return kept;
  char* bytes = static_cast<char*>(arena.allocate(text.size()));
  std::memcpy(bytes, text.data(), text.size());
  kept.data = bytes;
  return kept;
}
