// Removing single keys. There are no tombstones: a group with a free slot ends a search, so a hole in a group that was
// full is filled with a cell that lies behind it because the group was full; then the hole is there, and so on. At most
// 7/8 of the slots are used: the next group with a free slot is near.
//   Source: D. Knuth, "The Art of Computer Programming" 3, 6.4, algorithm R, by groups instead of slots.
#include <cstring>

#include "runtime-lib/core/check.h"
#include "runtime-lib/state/table.h"

namespace streamrt {

void Table::freeSlot(PageHeader* segment, uint32_t slot) {
  char* const cell = cellAt(segment, slot);
  char* const tags = cell - uint64_t{slot % kGroupSlots} * cell_stride_ - kGroupTagBytes;
  tags[slot % kGroupSlots] = 0;
  std::memset(cell, 0, cell_stride_);  // as a new cell finds it
  pages_.mark(tags, kGroupTagBytes);
  pages_.mark(cell, 1);
}

// `group` was full and has one free slot now.
void Table::fillHole(PageHeader* segment, uint32_t group) {
  const uint32_t groups = groupsOf(segment);
  auto distance = [&](uint32_t from, uint32_t to) { return to >= from ? to - from : to + groups - from; };
  for (uint32_t other = group;;) {
    other = other + 1 == groups ? 0 : other + 1;
    if (other == group) return;
    bool full = true, moved = false;
    for (uint32_t slot = other * kGroupSlots; slot < (other + 1) * kGroupSlots; ++slot) {
      if (!usedAt(segment, slot)) {
        full = false;
        continue;
      }
      if (moved) continue;
      const char* cell = cellAt(segment, slot);
      const uint64_t hash = hashOfCell(cell);
      const uint32_t home = groupOf(hash, groups);
      if (distance(home, group) >= distance(home, other)) continue;  // a search for it does not come past the hole
      char* to = placeCell(segment, hash);
      std::memcpy(to, cell, cell_stride_);
      --segment->count;  // placeCell counted it again
      freeSlot(segment, slot);
      moved = true;
    }
    if (!full) return;
    if (moved) group = other;
  }
}

void Table::erase(Slice& slice, char* cell) {
  PageHeader* segment = segmentOfCell(cell);
  pages_.change(segment);
  forEachBlob(cell, [&](const StreamBlobRef& ref) { segment->blob_garbage += ref.size; });
  const auto offset = static_cast<uint32_t>(cell - reinterpret_cast<char*>(segment) - sizeof(PageHeader));
  const uint32_t group = offset / group_bytes_;
  const uint32_t in_group = (offset % group_bytes_ - kGroupTagBytes) / cell_stride_;
  bool full = true;
  for (uint32_t slot = 0; slot < kGroupSlots; ++slot) full &= usedAt(segment, group * kGroupSlots + slot);
  STREAM_CHECK(usedAt(segment, group * kGroupSlots + in_group), "a cell that is removed is there");
  freeSlot(segment, group * kGroupSlots + in_group);
  --segment->count;
  --slice.keys_;
  ++slice.version_;
  if (full) fillHole(segment, group);
  if (wantsCompaction(segment)) compactBlobs(segment);
}

uint32_t Table::sweep(Slice& slice, SweepCursor& cursor, uint32_t groups_max,
                      const std::function<bool(const char* cell)>& expired) {
  uint32_t erased = 0;
  for (; groups_max > 0; --groups_max) {
    PageHeader* segment = segmentOf(slice, cursor.prefix);
    // The segment may have been split or moved to a larger page since: what is left of it is looked at from its start.
    if (cursor.group >= groupsOf(segment) || cursor.prefix != segment->hash_prefix) {
      cursor.prefix = segment->hash_prefix;
      cursor.group = 0;
    }
    for (uint32_t slot = 0; slot < kGroupSlots;) {
      const uint32_t at = cursor.group * kGroupSlots + slot;
      if (usedAt(segment, at) && expired(cellAt(segment, at))) {
        erase(slice, cellAt(segment, at));  // and look at what came into its place
        ++erased;
      } else {
        ++slot;
      }
    }
    if (++cursor.group < groupsOf(segment)) continue;
    cursor.group = 0;
    cursor.prefix = segment->depth == 0 ? 0 : segment->hash_prefix + (uint64_t{1} << (64 - segment->depth));
    if (cursor.prefix == 0) ++cursor.rounds;
  }
  return erased;
}

}  // namespace streamrt
