// One segment at a time: its slots, its cells, the blobs of its cells.
#include <cstring>

#include "runtime-lib/core/check.h"
#include "runtime-lib/state/table.h"

namespace streamrt {
namespace {

constexpr uint32_t kGroupsAhead = 2;  // between asking memory for a group and reading it

const char* groupAt(const PageHeader* segment, uint32_t group, uint32_t group_bytes) {
  return reinterpret_cast<const char*>(segment) + sizeof(PageHeader) + uint64_t{group} * group_bytes;
}

}  // namespace

char* Table::cellAt(const PageHeader* segment, uint32_t slot) const {
  const char* group = groupAt(segment, slot / kGroupSlots, group_bytes_);
  return const_cast<char*>(group) + kGroupTagBytes + uint64_t{slot % kGroupSlots} * cell_stride_;
}

bool Table::usedAt(const PageHeader* segment, uint32_t slot) const {
  return groupAt(segment, slot / kGroupSlots, group_bytes_)[slot % kGroupSlots] != 0;
}

char* Table::placeCell(PageHeader* segment, uint64_t hash) const {
  pages_.change(segment);
  const uint32_t groups = groupsOf(segment);
  for (uint32_t group = groupOf(hash, groups);; group = group + 1 == groups ? 0 : group + 1) {
    char* tags = const_cast<char*>(groupAt(segment, group, group_bytes_));
    const __m128i found = _mm_load_si128(reinterpret_cast<const __m128i*>(tags));
    const uint32_t free = ~static_cast<uint32_t>(_mm_movemask_epi8(found)) & 0xffff;
    if (free == 0) continue;
    const auto slot = static_cast<uint32_t>(__builtin_ctz(free));
    char* const cell = tags + kGroupTagBytes + uint64_t{slot} * cell_stride_;
    pages_.mark(tags, kGroupTagBytes);
    pages_.mark(cell, 1);
    tags[slot] = static_cast<char>(tagOf(hash));
    ++segment->count;
    return cell;
  }
}

uint64_t Table::hashOfCell(const char* cell) const {
  if (!layout_.blob_key) return layout_.hash(layout_.hash_seed, cell, layout_.key_bytes);
  StreamBlobRef ref;
  std::memcpy(&ref, cell, sizeof ref);
  return layout_.hash(layout_.hash_seed, ref.page != 0 ? blobBytes(pages_, ref) : "", ref.size);
}

// A page begins at an address inside it rounded down to its size.
PageHeader* Table::segmentOfCell(const void* inside) const {
  const size_t size = pageBytes(allocator_.trackOf(inside).size_log2);
  auto* segment = reinterpret_cast<PageHeader*>(reinterpret_cast<uintptr_t>(inside) & ~(size - 1));
  STREAM_CHECK(pages_.find(segment->page_id) == segment, "a cell lies in a segment of its table");
  return segment;
}

// `inside` is a place in a cell of a touched segment.
void Table::markCellOf(const PageHeader* segment, const void* inside) const {
  const auto offset = static_cast<uint32_t>(static_cast<const char*>(inside) - reinterpret_cast<const char*>(segment) -
                                            static_cast<ptrdiff_t>(sizeof(PageHeader)));
  const uint32_t into = offset % group_bytes_ - kGroupTagBytes;
  pages_.mark(static_cast<const char*>(inside) - into % cell_stride_, 1);
}

void Table::moveCell(const char* from, PageHeader* to, uint64_t hash) {
  char* cell = placeCell(to, hash);
  std::memcpy(cell, from, cell_stride_);
  forEachBlob(cell, [&](StreamBlobRef& ref) {
    const StreamBlobRef moved = allocateBlob(pages_, to, ref.size);
    std::memcpy(blobBytes(pages_, moved), blobBytes(pages_, ref), ref.size);
    ref = moved;
  });
}

void Table::compactBlobs(PageHeader* segment) {
  pages_.change(segment);
  const uint32_t old_chain = segment->next;
  segment->next = 0;
  segment->blob_bytes = 0;
  segment->blob_garbage = 0;
  const uint32_t slots = groupsOf(segment) * kGroupSlots;
  for (uint32_t slot = 0; slot < slots; ++slot) {
    if (!usedAt(segment, slot)) continue;
    pages_.mark(cellAt(segment, slot), 1);
    forEachBlob(cellAt(segment, slot), [&](StreamBlobRef& ref) {
      const StreamBlobRef moved = allocateBlob(pages_, segment, ref.size);
      std::memcpy(blobBytes(pages_, moved), blobBytes(pages_, ref), ref.size);
      ref = moved;
    });
  }
  removeBlobChain(pages_, old_chain);
}

// `data` may lie in the same chain: it is copied before anything is given back.
void Table::putString(StreamBlobRef* slot, const char* data, uint32_t size) {
  PageHeader* segment = segmentOfCell(slot);
  pages_.change(segment);
  markCellOf(segment, slot);
  const StreamBlobRef old = *slot;
  if (old.page != 0 && size != 0 && size <= old.size) {
    pages_.touch(pages_.find(old.page));
    pages_.mark(blobBytes(pages_, old), size);
    std::memmove(blobBytes(pages_, old), data, size);
    slot->size = size;
    segment->blob_garbage += old.size - size;
  } else {
    const StreamBlobRef fresh = allocateBlob(pages_, segment, size);
    if (size != 0) std::memcpy(blobBytes(pages_, fresh), data, size);
    *slot = fresh;
    segment->blob_garbage += old.size;
  }
  if (wantsCompaction(segment)) compactBlobs(segment);
}

uint32_t Table::gather(const Slice& slice, SliceCursor& cursor, void** cells, uint32_t max) const {
  if (!cursor.started) {
    cursor.started = true;
    cursor.version = slice.version_;
  }
  STREAM_CHECK(cursor.version == slice.version_, "nothing is inserted into a slice while it is read with a cursor");
  uint32_t count = 0;
  while (!cursor.done) {
    const PageHeader* segment = segmentOf(slice, cursor.prefix);
    const uint32_t groups = groupsOf(segment);
    for (uint32_t group = cursor.slot / kGroupSlots; group < groups; ++group) {
      const char* const tags = groupAt(segment, group, group_bytes_);
      for (uint32_t byte = 0; byte < group_bytes_; byte += 64)
        __builtin_prefetch(tags + kGroupsAhead * group_bytes_ + byte);
      const __m128i found = _mm_load_si128(reinterpret_cast<const __m128i*>(tags));
      auto used = static_cast<uint32_t>(_mm_movemask_epi8(found)) >> cursor.slot % kGroupSlots
                                                                         << cursor.slot % kGroupSlots;
      for (; used != 0; used &= used - 1) {
        const auto slot = static_cast<uint32_t>(__builtin_ctz(used));
        if (count == max) {
          cursor.slot = group * kGroupSlots + slot;
          return count;
        }
        cells[count++] = const_cast<char*>(tags) + kGroupTagBytes + uint64_t{slot} * cell_stride_;
      }
      cursor.slot = 0;
    }
    cursor.slot = 0;
    cursor.prefix = segment->depth == 0 ? 0 : segment->hash_prefix + (uint64_t{1} << (64 - segment->depth));
    cursor.done = cursor.prefix == 0;
  }
  return count;
}

}  // namespace streamrt
