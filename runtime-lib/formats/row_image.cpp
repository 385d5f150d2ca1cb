#include "runtime-lib/formats/row_image.h"

#include <algorithm>
#include <cstring>

namespace streamrt {
namespace {

struct Bytes16 {
  uint64_t low, high;
};

template <class Value>
void move(const char* from, uint32_t row_bytes, uint32_t count, void* to) {
  auto* values = static_cast<Value*>(to);
  for (uint32_t i = 0; i < count; ++i) std::memcpy(values + i, from + uint64_t{i} * row_bytes, sizeof(Value));
}

template <class Value>
void move(const char* from, uint32_t row_bytes, const uint32_t* places, uint32_t count, void* to) {
  auto* values = static_cast<Value*>(to);
  for (uint32_t i = 0; i < count; ++i) std::memcpy(values + i, from + uint64_t{places[i]} * row_bytes, sizeof(Value));
}

uint32_t countOf(uint32_t, uint32_t count) { return count; }
uint32_t countOf(uint32_t, const uint32_t*, uint32_t count) { return count; }

template <class... Where>
void moveField(const RowImageField& field, const char* rows, Batch& batch, Where... where) {
  // A column may be optional, though no row here lacks a value.
  if (uint8_t* there = batch.validity[field.column]) std::memset(there + batch.rows, 1, countOf(where...));
  char* to = static_cast<char*>(batch.columns[field.column]) + uint64_t{batch.rows} * field.bytes;
  const char* from = rows + field.offset;
  switch (field.bytes) {
    case 1:
      return move<uint8_t>(from, where..., to);
    case 2:
      return move<uint16_t>(from, where..., to);
    case 4:
      return move<uint32_t>(from, where..., to);
    case 8:
      return move<uint64_t>(from, where..., to);
    default:
      return move<Bytes16>(from, where..., to);
  }
}

}  // namespace

void RowImageReader::append(const char* rows, uint32_t count, Batch& batch) const {
  for (uint32_t done = 0; done < count; done += kTileRows) {
    const uint32_t tile = std::min(kTileRows, count - done);
    const char* first = rows + uint64_t{done} * row_bytes_;
    for (uint32_t row = 0; row < tile; ++row) ask(first + uint64_t{row} * row_bytes_);
    for (const RowImageField& field : fields_) moveField(field, first, batch, row_bytes_, tile);
    batch.rows += tile;
  }
}

void RowImageReader::append(const char* rows, const uint32_t* places, uint32_t count, Batch& batch) const {
  for (uint32_t done = 0; done < count; done += kTileRows) {
    const uint32_t tile = std::min(kTileRows, count - done);
    for (const RowImageField& field : fields_) moveField(field, rows, batch, row_bytes_, places + done, tile);
    batch.rows += tile;
  }
}

}  // namespace streamrt
