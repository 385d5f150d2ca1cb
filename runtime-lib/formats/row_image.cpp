#include "runtime-lib/formats/row_image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

namespace streamrt {
namespace {

struct Bytes16 {
  uint64_t low, high;
};

// `place` gives the number of the i-th row.
template <class Value, class Place>
void move(const char* from, uint32_t row_bytes, Place place, uint32_t count, void* to) {
  auto* values = static_cast<Value*>(to);
  for (uint32_t i = 0; i < count; ++i) std::memcpy(values + i, from + uint64_t{place(i)} * row_bytes, sizeof(Value));
}

template <class Place>
void moveField(const RowImageField& field, const char* rows, uint32_t row_bytes, Place place, uint32_t count,
               void* to) {
  const char* from = rows + field.offset;
  switch (field.bytes) {
    case 1:
      return move<uint8_t>(from, row_bytes, place, count, to);
    case 2:
      return move<uint16_t>(from, row_bytes, place, count, to);
    case 4:
      return move<uint32_t>(from, row_bytes, place, count, to);
    case 8:
      return move<uint64_t>(from, row_bytes, place, count, to);
    default:
      return move<Bytes16>(from, row_bytes, place, count, to);
  }
}

// Zero where the row is of another variant. Without a branch: variants alternate as they like.
void clear(uint64_t* words, uint32_t words_each, const int32_t* variants, int32_t variant, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t keep = -static_cast<uint64_t>(variants[i] == variant);
    for (uint32_t word = 0; word < words_each; ++word) words[i * words_each + word] &= keep;
  }
}

void clearOthers(const RowImageField& field, const int32_t* variants, uint32_t count, char* values) {
  const uint32_t bytes = field.bytes;
  if (bytes >= 8) return clear(reinterpret_cast<uint64_t*>(values), bytes / 8, variants, *field.variant, count);
  for (uint32_t i = 0; i < count; ++i)
    if (variants[i] != *field.variant) std::memset(values + uint64_t{i} * bytes, 0, bytes);
}

}  // namespace

RowImageReader::RowImageReader(std::vector<RowImageField> fields, uint32_t row_bytes, RowImageVariants variants)
    : fields_(std::move(fields)), variants_(std::move(variants)), row_bytes_(row_bytes) {
  std::set<uint32_t> lines;
  if (!variants_.numbers.empty()) lines.insert(variants_.offset / 64 * 64);
  for (const RowImageField& field : fields_) lines.insert(field.offset / 64 * 64);
  lines_.assign(lines.begin(), lines.end());
}

template <class Place>
void RowImageReader::appendTile(const char* rows, Place place, uint32_t count, Batch& batch) const {
  std::array<int32_t, kTileRows> variants;
  const bool has_variants = !variants_.numbers.empty();
  if (has_variants) move<int32_t>(rows + variants_.offset, row_bytes_, place, count, variants.data());
  if (variants_.column) {
    int16_t* numbers = batch.column<int16_t>(*variants_.column) + batch.rows;
    for (uint32_t i = 0; i < count; ++i) numbers[i] = variants_.numbers[static_cast<size_t>(variants[i])];
  }
  for (const RowImageField& field : fields_) {
    // A column may be optional, though no row here lacks a value.
    if (uint8_t* there = batch.validity[field.column]) std::memset(there + batch.rows, 1, count);
    char* to = static_cast<char*>(batch.columns[field.column]) + uint64_t{batch.rows} * field.bytes;
    moveField(field, rows, row_bytes_, place, count, to);
    if (field.variant) clearOthers(field, variants.data(), count, to);
  }
  batch.rows += count;
}

void RowImageReader::expect(const char* next, Batch& batch) const {
  if (lines_.empty()) return;
  batch.ahead = next + lines_.front();
  batch.ahead_bytes = row_bytes_;
  batch.ahead_second = lines_.size() > 1 ? lines_[1] - lines_[0] : 0;
}

void RowImageReader::append(const char* rows, uint32_t count, Batch& batch) const {
  for (uint32_t done = 0; done < count; done += kTileRows) {
    const uint32_t tile = std::min(kTileRows, count - done);
    const char* first = rows + uint64_t{done} * row_bytes_;
    for (uint32_t row = 0; row < tile; ++row) ask(first + uint64_t{row} * row_bytes_);
    appendTile(first, [](uint32_t i) { return i; }, tile, batch);
  }
}

void RowImageReader::append(const char* rows, const uint32_t* places, uint32_t count, Batch& batch) const {
  for (uint32_t done = 0; done < count; done += kTileRows) {
    const uint32_t tile = std::min(kTileRows, count - done);
    appendTile(rows, [&](uint32_t i) { return places[done + i]; }, tile, batch);
  }
}

}  // namespace streamrt
