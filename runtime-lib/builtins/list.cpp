// contains(list, value). The element of a list of scalars takes 8 bytes whatever its type, a text 16 (abi/values.h).
#include <cstring>

#include "runtime-lib/builtins/text_arguments.h"

namespace {

template <class T>
uint8_t containsScalar(const void* items, uint32_t count, T value) {
  for (uint32_t i = 0; i < count; ++i) {
    T item;
    std::memcpy(&item, static_cast<const char*>(items) + uint64_t{i} * 8, sizeof item);
    if (item == value) return 1;
  }
  return 0;
}

}  // namespace

uint8_t stream_list_contains_string(void*, void* items, uint32_t items_count, void* value, uint32_t value_size) {
  const auto* texts = static_cast<const StreamString*>(items);
  for (uint32_t i = 0; i < items_count; ++i) {
    if (std::string_view(texts[i].data, texts[i].size) == streamrt::viewOf(value, value_size)) return 1;
  }
  return 0;
}

uint8_t stream_list_contains_bool(void*, void* items, uint32_t items_count, uint8_t value) {
  return containsScalar<uint8_t>(items, items_count, value);
}
uint8_t stream_list_contains_i32(void*, void* items, uint32_t items_count, uint32_t value) {
  return containsScalar<uint32_t>(items, items_count, value);
}
uint8_t stream_list_contains_i64(void*, void* items, uint32_t items_count, int64_t value) {
  return containsScalar<int64_t>(items, items_count, value);
}
uint8_t stream_list_contains_f64(void*, void* items, uint32_t items_count, double value) {
  return containsScalar<double>(items, items_count, value);
}
