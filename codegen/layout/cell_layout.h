// Where the parts of a state cell and of an element of a list lie. The layout of cells is decided by the plan
// (layout-state, which draws it) and read from the IR into CellLayout; used by codegen/lower (loads and stores) and
// codegen/manifest (it is part of the manifest, so that a later binary can read the cells of this one). Pure
// arithmetic.
//
// The key part of a cell is the canonical key bytes when their size is the same for all keys (a fixed key), else a
// StreamBlobRef. The canonical bytes of a key are its columns in order, little endian and packed: an optional one is a
// presence byte, then the value if present; a string is its bytes, after an u32 with their number unless it is the last
// column. A key that is one string is therefore the string.
#ifndef CODEGEN_LAYOUT_CELL_LAYOUT_H
#define CODEGEN_LAYOUT_CELL_LAYOUT_H

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace streamc::codegen {

// One value in memory (runtime-lib/abi/values.h).
struct ValueShape {
  uint32_t bytes = 0;
  uint32_t align = 1;     // a power of two, at most 8
  bool optional = false;  // followed somewhere by a validity byte
  bool variable = false;  // a string or list: what lies here refers to bytes elsewhere

  friend bool operator==(const ValueShape&, const ValueShape&) = default;
};

struct SlotOffset {
  uint32_t value = 0;
  std::optional<uint32_t> validity;

  friend bool operator==(const SlotOffset&, const SlotOffset&) = default;
};

inline constexpr uint32_t kBlobRefBytes = 16;  // of a StreamBlobRef

struct CellLayout {
  bool fixed_key = false;
  uint32_t key_bytes = 0;          // of the key part: the canonical bytes of a fixed key (rounded up below), or 16
  std::vector<SlotOffset> fields;  // in the order given
  uint32_t size = 0;               // a multiple of 8
};

// Size of the canonical key bytes if it is the same for all keys of these types and not zero.
std::optional<uint32_t> fixedKeyBytes(std::span<const ValueShape> key);

// The elements of a list: leaves in order, each at its alignment, a validity byte right behind an optional one.
struct ElementLayout {
  std::vector<SlotOffset> leaves;
  uint32_t size = 0;  // a multiple of 8
};
ElementLayout layoutElement(std::span<const ValueShape> leaves);

}  // namespace streamc::codegen

#endif
