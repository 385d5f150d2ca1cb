// The cold functions of stream_abi.def that belong to core.
#include <cstring>

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/core/outbox.h"
#include "runtime-lib/core/task.h"

namespace streamrt {
namespace {

// Copies the elements of a list and what they point to into the arena. The layout is elementLayout's.
const void* copyElements(Arena& arena, const std::vector<Column>& element, const void* data, uint32_t count) {
  ElementLayout layout = elementLayout(element);
  size_t bytes = size_t{layout.element_bytes} * count;
  auto* copy = static_cast<char*>(arena.allocate(bytes));
  std::memcpy(copy, data, bytes);
  for (size_t leaf = 0; leaf < element.size(); ++leaf) {
    ColumnType type = element[leaf].type;
    if (type != ColumnType::kString && type != ColumnType::kBytes && type != ColumnType::kList) continue;
    const ElementLayout::Leaf& place = layout.leaves[leaf];
    for (uint32_t i = 0; i < count; ++i) {
      char* item = copy + size_t{layout.element_bytes} * i;
      if (place.validity_offset != ElementLayout::kNoValidity && item[place.validity_offset] == 0) continue;
      if (type != ColumnType::kList) {
        auto& text = *reinterpret_cast<StreamString*>(item + place.offset);
        if (text.size == 0) continue;
        void* bytes_copy = arena.allocate(text.size);
        std::memcpy(bytes_copy, text.data, text.size);
        text.data = static_cast<const char*>(bytes_copy);
      } else {
        auto& list = *reinterpret_cast<StreamList*>(item + place.offset);
        if (list.count != 0) list.data = copyElements(arena, element[leaf].element, list.data, list.count);
      }
    }
  }
  return copy;
}

}  // namespace
}  // namespace streamrt

int64_t stream_core_text_word(void* data, int64_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int64_t i = 0; i < size; ++i) hash = (hash ^ static_cast<const uint8_t*>(data)[i]) * 0x100000001b3;
  return static_cast<int64_t>(hash);
}

void stream_core_keep_list(void* batch, uint32_t column, void* slot, void* data, uint32_t count) {
  auto& target = *static_cast<StreamBatch*>(batch);
  const void* elements = data;
  if (target.copies != 0 && count != 0) {
    elements = streamrt::copyElements(target.arena, (*target.schema)[column].element, data, count);
  }
  *static_cast<StreamList*>(slot) = {elements, count, 0};
}

uint8_t stream_core_decode(void* task, uint32_t decoder, void* data, uint32_t size, void* result) {
  struct Result {
    StreamString detail;
    StreamBatch* row;
  };
  std::string_view detail;
  StreamBatch* row =
      static_cast<StreamTask*>(task)->decoders[decoder]->decode({static_cast<const char*>(data), size}, detail);
  *static_cast<Result*>(result) = {{detail.data(), static_cast<uint32_t>(detail.size()), 0}, row};
  return row != nullptr ? 1 : 0;
}

void* stream_core_route_full(void* task, uint32_t output, uint32_t target) {
  return static_cast<StreamTask*>(task)->outputs[output].outbox->roll(target);
}

void stream_core_reject(void* task, void* batch, uint32_t row, uint32_t site, void* detail, uint32_t size) {
  auto& self = *static_cast<StreamTask*>(task);
  self.rejecter->reject(self, *static_cast<StreamBatch*>(batch), row, site, {static_cast<const char*>(detail), size});
}
