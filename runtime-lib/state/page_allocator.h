// Memory for pages: aligned to their size, zeroed, in powers of two from 16 KiB. Pages that were given back are used
// again first, so a steady turnover of slices faults in no new memory. Memory goes back to the system with the
// allocator. One thread at a time; a worker has one for all its tables.
#ifndef RUNTIME_LIB_STATE_PAGE_ALLOCATOR_H
#define RUNTIME_LIB_STATE_PAGE_ALLOCATOR_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime-lib/state/page.h"

namespace streamrt {

class PageAllocator {
 public:
  PageAllocator() = default;
  PageAllocator(const PageAllocator&) = delete;
  PageAllocator& operator=(const PageAllocator&) = delete;
  ~PageAllocator();

  // All bytes zero. REQUIRES: kPageLog2Min <= size_log2 <= kPageLog2Max.
  char* allocate(uint8_t size_log2);

  // `page` came from allocate, or is memory of the same size and alignment that outlives this allocator.
  void release(char* page, uint8_t size_log2);

  size_t bytesReserved() const { return bytes_reserved_; }  // taken from the system
  size_t bytesInUse() const { return bytes_in_use_; }

 private:
  static constexpr size_t kChunkBytesMin = 256 << 10;
  static constexpr size_t kChunkBytesMax = 4 << 20;
  struct Chunk {
    char* data;
    size_t alignment;
  };

  char* carve(uint8_t size_log2);
  char* reserve(size_t bytes, size_t alignment);

  std::array<std::vector<char*>, kPageLog2Max + 1> free_;
  std::vector<Chunk> chunks_;
  char* cursor_ = nullptr;  // the rest of the chunk in use, in units of the smallest page
  char* end_ = nullptr;
  size_t next_chunk_bytes_ = kChunkBytesMin;
  size_t bytes_reserved_ = 0;
  size_t bytes_in_use_ = 0;
};

}  // namespace streamrt

#endif
