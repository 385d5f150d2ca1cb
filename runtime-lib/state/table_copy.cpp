// Moving keys between tables, for a restore with another number of workers.
#include <cstring>

#include "runtime-lib/core/check.h"
#include "runtime-lib/state/table.h"

namespace streamrt {

void Table::copyFrom(const Table& from, const std::function<bool(uint64_t hash)>& wanted) {
  STREAM_CHECK(from.cell_stride_ == cell_stride_ && from.layout_.hash_seed == layout_.hash_seed,
               "keys move between tables of one layout");
  void* cells[256];
  for (const auto& source : from.slices_) {
    SliceCursor cursor;
    while (uint32_t count = from.gather(*source, cursor, cells, std::size(cells))) {
      for (uint32_t i = 0; i < count; ++i) {
        const char* cell = static_cast<const char*>(cells[i]);
        const uint64_t hash = from.hashOfCell(cell);
        if (!wanted(hash)) continue;
        Slice& to = slice(source->start);
        char* copy = makeCell(to, hash);
        std::memcpy(copy, cell, cell_stride_);
        for (uint32_t offset : all_blob_offsets_) {
          StreamBlobRef ref;
          std::memcpy(&ref, cell + offset, sizeof ref);
          if (ref.page == 0) continue;
          const StreamBlobRef moved = allocateBlob(pages_, segmentOf(to, hash), ref.size);
          std::memcpy(blobBytes(pages_, moved), blobBytes(from.pages_, ref), ref.size);
          std::memcpy(copy + offset, &moved, sizeof moved);
        }
      }
    }
  }
}

}  // namespace streamrt
