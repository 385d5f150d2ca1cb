// The pages of one table of one worker in a file: the pages as they lie in memory, largest first, so that each lies at
// a multiple of its size and the file could be mapped; then an index with a hash for each page, then a trailer. Drawn
// in docs/formats/checkpoints.md.
#ifndef RUNTIME_LIB_CHECKPOINT_PAGE_FILE_H
#define RUNTIME_LIB_CHECKPOINT_PAGE_FILE_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/state/table.h"

namespace streamrt {

// A copy of the pages of a table, made by the worker that owns it at a barrier and written by somebody else.
class PageCopies {
 public:
  explicit PageCopies(const Table& table);

  bool empty() const { return index_.empty(); }
  uint64_t keys() const { return keys_; }
  // The whole file.
  std::string fileBytes() const;

 private:
  struct Entry {
    uint32_t page_id;
    uint8_t size_log2;
  };
  std::vector<Entry> index_;
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  uint64_t keys_ = 0;
};

// Copies the pages of a file into memory of `allocator`, each compared with its hash. kBadCheckpoint. On failure the
// memory stays with the allocator.
Result<std::vector<char*>> readPages(std::string_view file, const std::string& name, PageAllocator& allocator);

}  // namespace streamrt

#endif
