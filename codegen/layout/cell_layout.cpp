#include "codegen/layout/cell_layout.h"

namespace streamc::codegen {
namespace {

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
