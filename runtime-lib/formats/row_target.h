// Where a decoder writes a row and an encoder reads one: the arrays of a batch (core/batch.h), without the batch.
#ifndef RUNTIME_LIB_FORMATS_ROW_TARGET_H
#define RUNTIME_LIB_FORMATS_ROW_TARGET_H

#include <cstdint>

#include "runtime-lib/core/arena.h"

namespace streamrt {

// `columns` and `validity` are indexed by the columns that are stored (those without `check`), in order. `validity`
// holds null for columns that are not optional.
struct RowTarget {
  void* const* columns = nullptr;
  uint8_t* const* validity = nullptr;
  uint32_t row = 0;
  Arena* arena = nullptr;  // for texts that cannot be views of the record, and for lists
};

struct RowSource {
  const void* const* columns = nullptr;
  const uint8_t* const* validity = nullptr;
  uint32_t row = 0;
};

}  // namespace streamrt

#endif
