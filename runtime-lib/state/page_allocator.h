// Memory for pages: aligned to their size, zeroed, in powers of two from 16 KiB, from an arena of its own. Pages that
// were given back are used again first, the last one before the others, so a steady turnover of slices stays in memory
// that the cache may still hold and faults in none. Memory goes back to the system with the allocator. One thread at a
// time; a worker has one for all its tables.
#ifndef RUNTIME_LIB_STATE_PAGE_ALLOCATOR_H
#define RUNTIME_LIB_STATE_PAGE_ALLOCATOR_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime-lib/state/page.h"
#include "runtime-lib/state/page_arena.h"
#include "runtime-lib/state/page_track.h"

namespace streamrt {

class PageAllocator {
 public:
  PageAllocator() = default;
  PageAllocator(const PageAllocator&) = delete;
  PageAllocator& operator=(const PageAllocator&) = delete;

  // All bytes zero. REQUIRES: kPageLog2Min <= size_log2 <= kPageLog2Max.
  char* allocate(uint8_t size_log2);

  // REQUIRES: `page` came from allocate of this allocator.
  void release(char* page, uint8_t size_log2);

  bool owns(const void* page) const { return arena_.contains(page); }
  char* trackBase() const { return arena_.trackBase(); }
  PageTrack& trackOf(const void* address) const {
    return *reinterpret_cast<PageTrack*>(arena_.trackBase() +
                                         (reinterpret_cast<uintptr_t>(address) >> kPageLog2Min << kTrackLog2));
  }

  size_t bytesReserved() const { return arena_.bytesCommitted(); }  // taken from the system
  size_t bytesInUse() const { return bytes_in_use_; }

 private:
  char* carve(uint8_t size_log2);

  PageArena arena_;
  std::array<std::vector<char*>, kPageLog2Max + 1> free_;
  size_t bytes_in_use_ = 0;
};

}  // namespace streamrt

#endif
