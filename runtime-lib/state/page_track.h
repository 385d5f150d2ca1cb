// What is known of 16 KiB of page memory beside it: which of its 64-byte lines were changed, in which epoch, and who
// may read or write it meanwhile. A record is one line of the cache, records lie densely (state/page_arena.h), so
// telling that a cell was changed costs no look at the page's header.
//
// A line is dirty when something that begins in it was changed: the header, the tags of a group, a cell, bytes of a
// blob page. A page of several units keeps its state in the record of its first unit and its lines in those of all.
//
//   clean (0) ── first change in epoch e ──▶ dirty(e) ── the writer reads it ──▶ reading(e) ──▶ taken(e)
//                                              └── the worker changes it in a later epoch: copied aside ──▶ taken(e)
//
// `state` is the one thing that two threads look at; `lines` belong to the worker, and to the writer while the state is
// reading of an epoch that was sealed.
#ifndef RUNTIME_LIB_STATE_PAGE_TRACK_H
#define RUNTIME_LIB_STATE_PAGE_TRACK_H

#include <cstddef>
#include <cstdint>

namespace streamrt {

inline constexpr uint32_t kTrackLog2 = 6;
inline constexpr uint32_t kLineLog2 = 6;

enum class PageState : uint8_t { kDirty = 1, kReading = 2, kTaken = 3 };

// Of an epoch: never 0, which is the state of a page that no epoch has changed.
constexpr uint64_t stampOf(uint64_t epoch, PageState state) { return epoch << 2 | static_cast<uint64_t>(state); }

struct PageTrack {
  uint64_t lines[4];
  uint64_t state;     // by __atomic operations
  uint32_t change;    // its place in the list of the epoch that it is dirty in
  uint8_t size_log2;  // of the page that the unit belongs to
  uint8_t zero[19];
};
static_assert(sizeof(PageTrack) == size_t{1} << kTrackLog2);

}  // namespace streamrt

#endif
