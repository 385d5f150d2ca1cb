#include "codegen/layout/cell_layout.h"

namespace streamc::codegen {
namespace {

constexpr uint32_t kBlobRefBytes = 16;

uint32_t roundUp(uint32_t offset, uint32_t align) { return (offset + align - 1) & ~(align - 1); }

}  // namespace

std::optional<uint32_t> fixedKeyBytes(std::span<const ValueShape> key) {
  uint32_t bytes = 0;
  for (const ValueShape& column : key) {
    if (column.optional || column.variable) return std::nullopt;
    bytes += column.bytes;
  }
  if (bytes == 0) return std::nullopt;
  return bytes;
}

CellLayout layoutCell(std::span<const ValueShape> key, std::span<const ValueShape> fields) {
  CellLayout layout;
  std::optional<uint32_t> fixed = fixedKeyBytes(key);
  layout.fixed_key = fixed.has_value();
  layout.key_bytes = fixed.value_or(kBlobRefBytes);
  layout.fields.resize(fields.size());

  uint32_t offset = roundUp(layout.key_bytes, 8);
  for (uint32_t align : {8u, 4u, 2u, 1u}) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].align != align) continue;
      layout.fields[i].value = offset;
      offset += fields[i].bytes;
    }
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].optional) layout.fields[i].validity = offset++;
  }
  layout.size = roundUp(offset, 8);
  return layout;
}

ElementLayout layoutElement(std::span<const ValueShape> leaves) {
  ElementLayout layout;
  uint32_t offset = 0;
  for (const ValueShape& leaf : leaves) {
    offset = roundUp(offset, leaf.align);
    SlotOffset slot{.value = offset, .validity = std::nullopt};
    offset += leaf.bytes;
    if (leaf.optional) slot.validity = offset++;
    layout.leaves.push_back(slot);
  }
  layout.size = roundUp(offset, 8);
  return layout;
}

}  // namespace streamc::codegen
