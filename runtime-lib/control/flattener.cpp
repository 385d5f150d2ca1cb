#include "runtime-lib/control/flattener.h"

#include <algorithm>
#include <cstring>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

// The same value `count` times.
void fill(char* to, const char* from, uint32_t bytes, uint32_t count) {
  if (bytes == 1) {
    std::memset(to, *from, count);
    return;
  }
  for (uint32_t i = 0; i < count; ++i, to += bytes) std::memcpy(to, from, bytes);
}

// A leaf of `count` elements that lie `stride` bytes apart.
template <uint32_t kBytes>
void gather(char* to, const char* from, uint32_t stride, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i, to += kBytes, from += stride) std::memcpy(to, from, kBytes);
}

void gatherLeaf(char* to, const char* from, uint32_t bytes, uint32_t stride, uint32_t count) {
  switch (bytes) {
    case 1:
      return gather<1>(to, from, stride, count);
    case 2:
      return gather<2>(to, from, stride, count);
    case 4:
      return gather<4>(to, from, stride, count);
    case 8:
      return gather<8>(to, from, stride, count);
    case 16:
      return gather<16>(to, from, stride, count);
    default:
      STREAM_CHECK(false, "values have 1, 2, 4, 8 or 16 bytes");
  }
}

}  // namespace

Flattener::Waiting::Waiting(const Schema& schema, uint32_t capacity)
    : rows(schema, capacity, false), origins(capacity) {
  rows.origins = origins.data();
}

Flattener::Flattener(const FlattenPlan& plan, uint32_t capacity)
    : plan_(plan),
      list_column_(static_cast<uint32_t>(plan.columns.size() - 1)),
      layout_(elementLayout(plan.columns.back().element)),
      out_(plan.flattened, capacity, false),
      made_of_rows_(capacity) {
  waiting_.push_back(std::make_unique<Waiting>(plan.columns, capacity));
  target_ = &waiting_.back()->rows;
}

void Flattener::begin(const Batch& input) {
  STREAM_CHECK(!pending(), "the rows before are flattened before more are written");
  waiting_.resize(1);
  target_ = &waiting_.front()->rows;
  target_->clear();
  batch_ = row_ = element_ = 0;
  input_ = &input;
}

Batch* Flattener::roll(uint32_t) {
  waiting_.push_back(std::make_unique<Waiting>(plan_.columns, target_->capacity));
  return target_ = &waiting_.back()->rows;
}

const StreamList& Flattener::list(const Waiting& waiting) const {
  return waiting.rows.column<StreamList>(list_column_)[row_];
}

bool Flattener::pending() {
  for (; batch_ < waiting_.size(); ++batch_, row_ = element_ = 0) {
    const Waiting& waiting = *waiting_[batch_];
    for (; row_ < waiting.rows.rows; ++row_, element_ = 0) {
      if (element_ < list(waiting).count) return true;
    }
    if (batch_ + 1 == waiting_.size()) return false;  // there may be more rows in it later
  }
  return false;
}

Batch& Flattener::next() {
  out_.clear();
  out_.made_of = input_;
  out_.made_of_rows = made_of_rows_.data();
  while (out_.rows < out_.capacity && pending()) {
    const Waiting& waiting = *waiting_[batch_];
    const StreamList& elements = list(waiting);
    const uint32_t count = std::min(elements.count - element_, out_.capacity - out_.rows);
    take(waiting, elements, element_, count);
    element_ += count;
  }
  return out_;
}

void Flattener::take(const Waiting& waiting, const StreamList& list, uint32_t first, uint32_t count) {
  const uint32_t at = out_.rows;
  for (uint32_t column = 0; column < list_column_; ++column) {
    const uint32_t bytes = columnValueBytes(plan_.columns[column].type);
    const auto* from = static_cast<const char*>(waiting.rows.columns[column]) + size_t{row_} * bytes;
    fill(static_cast<char*>(out_.columns[column]) + size_t{at} * bytes, from, bytes, count);
    if (out_.validity[column] != nullptr)
      std::memset(out_.validity[column] + at, waiting.rows.validity[column][row_], count);
  }
  const auto* elements = static_cast<const char*>(list.data) + size_t{first} * layout_.element_bytes;
  for (uint32_t i = 0; i < plan_.leaves.size(); ++i) {
    const uint32_t column = list_column_ + i;
    const ElementLayout::Leaf& leaf = layout_.leaves[plan_.leaves[i]];
    const uint32_t bytes = columnValueBytes(plan_.flattened[column].type);
    gatherLeaf(static_cast<char*>(out_.columns[column]) + size_t{at} * bytes, elements + leaf.offset, bytes,
               layout_.element_bytes, count);
    if (out_.validity[column] != nullptr) {
      gatherLeaf(reinterpret_cast<char*>(out_.validity[column]) + at, elements + leaf.validity_offset, 1,
                 layout_.element_bytes, count);
    }
  }
  std::fill_n(made_of_rows_.begin() + at, count, waiting.origins[row_]);
  out_.rows += count;
}

}  // namespace streamrt
