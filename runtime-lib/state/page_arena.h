// The addresses of an allocator's pages, and beside them one record for each 16 KiB (state/page_track.h). Both are
// reserved at once, far more than there is memory, and backed as they are used; so the record of an address is found by
// a shift and an addition, without reading the page, and pages need not know where their records are.
//
// Beyond the first 2 MiB memory is asked for in huge pages: look-ups in large tables miss the translation cache less. A
// small table stays small. One thread; a worker has one.
#ifndef RUNTIME_LIB_STATE_PAGE_ARENA_H
#define RUNTIME_LIB_STATE_PAGE_ARENA_H

#include <cstddef>
#include <cstdint>

#include "runtime-lib/state/page.h"

namespace streamrt {

class PageArena {
 public:
  // Reserves up to `bytes` of addresses, less where the system does not grant so many. Throws std::bad_alloc where it
  // does not grant any worth having.
  explicit PageArena(size_t bytes = kReserveBytes);
  PageArena(const PageArena&) = delete;
  PageArena& operator=(const PageArena&) = delete;
  ~PageArena();

  // The next addresses, aligned to `alignment`, all bytes zero. What is skipped for the sake of alignment begins at
  // `skipped`, before the result. Throws std::bad_alloc when the system has no more.
  char* extend(size_t bytes, size_t alignment, char** skipped);

  // What a hot function adds to an address >> kPageLog2Min << kTrackLog2 to get at its record.
  char* trackBase() const { return track_base_; }
  bool contains(const void* address) const { return address >= base_ && address < cursor_; }
  size_t bytesCommitted() const { return static_cast<size_t>(committed_ - base_); }

 private:
  static constexpr size_t kReserveBytes = size_t{1} << 40;
  static constexpr size_t kReserveBytesMin = size_t{1} << 28;
  static constexpr size_t kHugeBytes = size_t{2} << 20;
  static constexpr size_t kCommitBytesMin = 256 << 10;
  static constexpr size_t kCommitBytesMax = 32 << 20;

  void commit(char* until);

  char* mapped_ = nullptr;  // what was reserved
  size_t mapped_bytes_ = 0;
  char* base_ = nullptr;  // of pages
  char* end_ = nullptr;
  char* cursor_ = nullptr;
  char* committed_ = nullptr;
  char* tracks_ = nullptr;
  char* tracks_committed_ = nullptr;
  char* track_base_ = nullptr;
};

}  // namespace streamrt

#endif
