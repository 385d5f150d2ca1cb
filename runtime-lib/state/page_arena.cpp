#include "runtime-lib/state/page_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "runtime-lib/state/page_track.h"

namespace streamrt {
namespace {

constexpr size_t kSmallPage = 4096;

char* roundedUp(char* address, size_t alignment) {
  return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(address) + alignment - 1) & ~(alignment - 1));
}

size_t trackBytes(size_t bytes) { return bytes >> (kPageLog2Min - kTrackLog2); }

void makeUsable(char* from, char* until) {
  if (mprotect(from, static_cast<size_t>(until - from), PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
}

}  // namespace

PageArena::PageArena(size_t bytes) {
  for (;; bytes /= 2) {
    mapped_bytes_ = bytes + trackBytes(bytes) + 2 * kHugeBytes;
    void* mapped =
        mmap(nullptr, mapped_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, /*no file*/ -1, 0);
    if (mapped != MAP_FAILED) {
      mapped_ = static_cast<char*>(mapped);
      break;
    }
    if (bytes / 2 < kReserveBytesMin) throw std::bad_alloc();
  }
  base_ = cursor_ = committed_ = roundedUp(mapped_, kHugeBytes);
  end_ = base_ + bytes;
  tracks_ = tracks_committed_ = roundedUp(end_, kHugeBytes);
  track_base_ = tracks_ - trackBytes(reinterpret_cast<uintptr_t>(base_));
}

PageArena::~PageArena() { munmap(mapped_, mapped_bytes_); }

void PageArena::commit(char* until) {
  const size_t step = std::clamp(bytesCommitted(), kCommitBytesMin, kCommitBytesMax);
  char* const target = std::min(std::max(roundedUp(until, kCommitBytesMin), committed_ + step), end_);
  makeUsable(committed_, target);
  char* const huge = std::max(committed_, base_ + kHugeBytes);
  if (huge < target) {
    // Refused where the kernel has no huge pages: then it is as it is.
    madvise(huge, static_cast<size_t>(target - huge), MADV_HUGEPAGE);
  }
  committed_ = target;
  char* const tracks = roundedUp(tracks_ + trackBytes(bytesCommitted()), kSmallPage);
  if (tracks > tracks_committed_) {
    makeUsable(tracks_committed_, tracks);
    tracks_committed_ = tracks;
  }
}

char* PageArena::extend(size_t bytes, size_t alignment, char** skipped) {
  char* const at = roundedUp(cursor_, alignment);
  if (at > end_ || bytes > static_cast<size_t>(end_ - at)) throw std::bad_alloc();
  if (at + bytes > committed_) commit(at + bytes);
  *skipped = cursor_;
  cursor_ = at + bytes;
  return at;
}

}  // namespace streamrt
