// Look-ups in tables, inlined into generated code: slice of a window start, cell of a key, string of a cell.
//
// A cell that upsert returns may be changed until the batch ends; where checkpoints are taken, that is noted here.
//
// The hot functions only find. Whatever is missing (a slice, a cell) is made by a call of a slow path
// (state/table.cpp). With a constant key size the comparison and the hash fold to a few instructions and no call is
// left on the hit path. Tables belong to one thread. A cell's address is valid until the next upsert in its slice (a
// split moves cells), a string's bytes until the next upsert or put_string in its slice.
//
// Included by hot/hot.cpp (as definitions of the ABI) and by tests (as inline functions).
#ifndef RUNTIME_LIB_STATE_TABLE_HOT_H
#define RUNTIME_LIB_STATE_TABLE_HOT_H

#include <emmintrin.h>

#include <cstdint>

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/state/page.h"
#include "runtime-lib/state/page_track.h"

#ifndef STREAM_HOT
#define STREAM_HOT extern "C" inline __attribute__((always_inline))
#endif

// What the hot functions read of a slice; streamrt::Slice derives from it.
struct StreamSlice {
  // Entry of a hash prefix: the address of its segment, and in the low bits its size class (log2 of its size in units
  // of the table's smallest page). Derived data, rebuilt from page headers.
  uint64_t* directory = nullptr;
  const uint32_t* groups_of_class = nullptr;
  uint32_t shift = 63;  // hash >> shift is the index in the directory
  uint32_t cell_stride = 0;
  uint64_t group_bytes = 0;
  StreamTable* table = nullptr;
  int64_t start = 0;
};

// Whose changes are noted, and where: state/change_log.h. Stamp 0: nobody's.
struct StreamTracking {
  uint64_t stamp = 0;  // the state of a page that was changed in the epoch under way
  char* tracks = nullptr;
};

// What the hot functions read of a table; streamrt::Table derives from it.
struct StreamTable {
  static constexpr uint32_t kCacheBits = 4;
  static constexpr int64_t kNoStart = INT64_MIN;  // −∞ is the start of no window
  struct CachedSlice {
    int64_t start = kNoStart;
    StreamSlice* slice = nullptr;
  };
  // The slices used last, direct-mapped by start: records that alternate between neighbouring windows still hit.
  CachedSlice cache[1 << kCacheBits];
  char* const* pages = nullptr;  // address of each page id
  StreamTracking tracking;
  uint64_t rows = 0, late_rows = 0;  // that came, since somebody asked
};

namespace streamrt {

inline constexpr uint64_t kSizeClassMask = (uint64_t{1} << kPageLog2Min) - 1;

constexpr uint32_t sliceCacheIndex(int64_t start) {
  return static_cast<uint32_t>((static_cast<uint64_t>(start) * 0x9e3779b97f4a7c15u) >> (64 - StreamTable::kCacheBits));
}

// The cell of a key for which `equals(cell)` holds, or null.
template <class Equals>
__attribute__((always_inline)) inline char* findCell(const StreamSlice* slice, uint64_t hash, Equals equals) {
  const uint64_t entry = slice->directory[hash >> slice->shift];
  const uint32_t groups = slice->groups_of_class[entry & kSizeClassMask];
  char* const first = reinterpret_cast<char*>(entry & ~kSizeClassMask) + sizeof(PageHeader);
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(tagOf(hash)));
  uint32_t group = groupOf(hash, groups);
  for (;;) {
    char* const tags = first + group * slice->group_bytes;
    const __m128i found = _mm_load_si128(reinterpret_cast<const __m128i*>(tags));
    uint32_t matches = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(found, wanted)));
    while (matches != 0) {
      char* const cell = tags + kGroupTagBytes + static_cast<uint64_t>(__builtin_ctz(matches)) * slice->cell_stride;
      if (__builtin_expect(equals(cell), 1)) return cell;
      matches &= matches - 1;
    }
    if (_mm_movemask_epi8(found) != 0xffff) return nullptr;  // a free slot: the key would have been put here
    if (++group == groups) group = 0;
  }
}

// Notes that a cell that was found is going to be changed: one bit of its line, and once in an epoch a call for its
// segment.
__attribute__((always_inline)) inline void noteChange(StreamSlice* slice, uint64_t hash, const char* cell) {
  const StreamTracking& tracking = slice->table->tracking;
  if (tracking.stamp == 0) return;
  const uint64_t segment = slice->directory[hash >> slice->shift] & ~kSizeClassMask;
  const auto* first = reinterpret_cast<PageTrack*>(tracking.tracks + (segment >> kPageLog2Min << kTrackLog2));
  if (__builtin_expect(__atomic_load_n(&first->state, __ATOMIC_RELAXED) != tracking.stamp, 0)) {
    stream_state_touch(slice, reinterpret_cast<void*>(segment));
  }
  const auto at = reinterpret_cast<uint64_t>(cell);
  auto* unit = reinterpret_cast<PageTrack*>(tracking.tracks + (at >> kPageLog2Min << kTrackLog2));
  unit->lines[at >> (kLineLog2 + 6) & 3] |= uint64_t{1} << (at >> kLineLog2 & 63);
}

// Whether two texts of the same size are equal; up to 16 bytes without a call.
__attribute__((always_inline)) inline bool sameBytes(const char* a, const char* b, uint64_t size) {
  auto load64 = [](const char* p) {
    uint64_t v;
    __builtin_memcpy(&v, p, 8);
    return v;
  };
  auto load32 = [](const char* p) {
    uint32_t v;
    __builtin_memcpy(&v, p, 4);
    return v;
  };
  if (size > 16) return __builtin_memcmp(a, b, size) == 0;
  if (size >= 8) return ((load64(a) ^ load64(b)) | (load64(a + size - 8) ^ load64(b + size - 8))) == 0;
  if (size >= 4) return ((load32(a) ^ load32(b)) | (load32(a + size - 4) ^ load32(b + size - 4))) == 0;
  if (size == 0) return true;
  return ((a[0] ^ b[0]) | (a[size / 2] ^ b[size / 2]) | (a[size - 1] ^ b[size - 1])) == 0;
}

}  // namespace streamrt

STREAM_HOT void* stream_state_slice(void* table, int64_t start) {
  const StreamTable::CachedSlice& cached = static_cast<StreamTable*>(table)->cache[streamrt::sliceCacheIndex(start)];
  if (__builtin_expect(cached.start == start, 1)) return cached.slice;
  return stream_state_slice_slow(table, start);
}

STREAM_HOT void stream_state_count(void* table, uint8_t late) {
  auto* counted = static_cast<StreamTable*>(table);
  ++counted->rows;
  counted->late_rows += late;
}

STREAM_HOT void stream_state_count_all(void* table, int64_t rows) {
  static_cast<StreamTable*>(table)->rows += static_cast<uint64_t>(rows);
}

STREAM_HOT void stream_state_ask(void* slice, int64_t hash) {
  const auto* in = static_cast<StreamSlice*>(slice);
  if (in->shift == 63) return;  // two segments at most: they are in the cache
  const uint64_t entry = in->directory[static_cast<uint64_t>(hash) >> in->shift];
  const uint32_t groups = in->groups_of_class[entry & streamrt::kSizeClassMask];
  const char* first = reinterpret_cast<const char*>(entry & ~streamrt::kSizeClassMask) + sizeof(streamrt::PageHeader);
  const char* tags = first + streamrt::groupOf(static_cast<uint64_t>(hash), groups) * in->group_bytes;
  // The cell is somewhere in the group. All of its lines are asked for: the one that is missing costs more than the
  // others that were asked for in vain. Of large cells only the first ones.
  for (uint64_t byte = 0; byte < in->group_bytes && byte < 448; byte += 64) __builtin_prefetch(tags + byte, 1);
}

STREAM_HOT void* stream_state_upsert_fixed(void* slice, void* key, int64_t size, int64_t hash, void* inserted) {
  char* cell = streamrt::findCell(
      static_cast<StreamSlice*>(slice), static_cast<uint64_t>(hash),
      [&](const char* found) { return __builtin_memcmp(found, key, static_cast<uint64_t>(size)) == 0; });
  if (inserted != nullptr) *static_cast<uint8_t*>(inserted) = 0;
  if (__builtin_expect(cell != nullptr, 1)) {
    streamrt::noteChange(static_cast<StreamSlice*>(slice), static_cast<uint64_t>(hash), cell);
    return cell;
  }
  return stream_state_insert_fixed(slice, key, size, hash, inserted);
}

STREAM_HOT void* stream_state_upsert_blob(void* slice, void* key, int64_t size, int64_t hash, void* inserted) {
  char* const* pages = static_cast<StreamSlice*>(slice)->table->pages;
  char* cell =
      streamrt::findCell(static_cast<StreamSlice*>(slice), static_cast<uint64_t>(hash), [&](const char* found) {
        const auto* ref = reinterpret_cast<const StreamBlobRef*>(found);
        return ref->size == static_cast<uint64_t>(size) &&
               streamrt::sameBytes(pages[ref->page] + ref->offset, static_cast<const char*>(key), ref->size);
      });
  if (inserted != nullptr) *static_cast<uint8_t*>(inserted) = 0;
  if (__builtin_expect(cell != nullptr, 1)) {
    streamrt::noteChange(static_cast<StreamSlice*>(slice), static_cast<uint64_t>(hash), cell);
    return cell;
  }
  return stream_state_insert_blob(slice, key, size, hash, inserted);
}

STREAM_HOT void stream_state_get_string(void* slice, void* slot, void* out_string) {
  const auto* ref = static_cast<const StreamBlobRef*>(slot);
  const char* data = "";
  if (ref->page != 0) data = static_cast<StreamSlice*>(slice)->table->pages[ref->page] + ref->offset;
  *static_cast<StreamString*>(out_string) = {data, ref->size, 0};
}

#endif
