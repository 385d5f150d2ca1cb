// A page of a table, as it lies in memory and in files (drawn in docs/formats/table-pages.md). Little-endian, explicit
// offsets, no pointers: a link is a page id, a place is page id + offset. Changing anything here raises kPageVersion.
//
// A *segment* holds the cells of one hash prefix:
//
//     PageHeader │ group 0 │ group 1 │ …        group = 16 tags of one byte │ 16 cells
//
// tag 0 = free, 0x80 | 7 bits of the hash = used. A cell lies in the first group with a free slot at or after its home
// group, cyclically; so a group with a free slot ends a search. Tags and cells of a group are neighbours so that a
// look-up touches one or two lines of one small page of the MMU instead of a tag array here and a cell array there; 16
// tags are compared by one SSE2 instruction, which every x86-64 has, so that the layout does not depend on the CPU.
//
// A *blob* page holds bytes of variable-length keys and fields of one segment, one after another behind the header.
#ifndef RUNTIME_LIB_STATE_PAGE_H
#define RUNTIME_LIB_STATE_PAGE_H

#include <cstddef>
#include <cstdint>

namespace streamrt {

inline constexpr uint32_t kPageMagic = 0x47505453;  // "STPG"
inline constexpr uint16_t kPageVersion = 1;
inline constexpr uint8_t kPageLog2Min = 14;  // 16 KiB
inline constexpr uint8_t kPageLog2Max = 31;  // offsets have 32 bits

enum class PageKind : uint8_t { kSegment = 1, kBlob = 2 };

struct PageHeader {
  uint32_t magic;
  uint16_t version;
  PageKind kind;
  uint8_t size_log2;
  uint32_t table_id;
  uint32_t page_id;      // unique within the table, from 1
  int64_t slice_start;   // µs; 0 for a table without window
  uint64_t hash_prefix;  // the top `depth` bits that all keys of the segment share, the rest 0
  uint8_t depth;
  uint8_t zero[3];
  uint32_t count;         // segment: cells · blob: bytes in use behind the header, dead ones included
  uint32_t next;          // segment: its first blob page · blob: the next blob page of the segment (0 = none)
  uint32_t owner;         // blob: the page id of its segment
  uint64_t blob_bytes;    // segment: bytes in its blob pages, dead ones included
  uint64_t blob_garbage;  // segment: the dead ones among them
};
static_assert(sizeof(PageHeader) == 64 && offsetof(PageHeader, slice_start) == 16 &&
              offsetof(PageHeader, hash_prefix) == 24 && offsetof(PageHeader, depth) == 32 &&
              offsetof(PageHeader, count) == 36 && offsetof(PageHeader, blob_garbage) == 56);

inline constexpr uint32_t kGroupSlots = 16;
inline constexpr uint32_t kGroupTagBytes = 16;

constexpr uint8_t tagOf(uint64_t hash) { return static_cast<uint8_t>(0x80 | (hash & 0x7f)); }

// The home group of a hash among `groups` groups: taken from the low 32 bits, which no directory uses.
constexpr uint32_t groupOf(uint64_t hash, uint32_t groups) {
  return static_cast<uint32_t>(((hash & 0xffffffffu) * groups) >> 32);
}

constexpr size_t pageBytes(uint8_t size_log2) { return size_t{1} << size_log2; }

}  // namespace streamrt

#endif
