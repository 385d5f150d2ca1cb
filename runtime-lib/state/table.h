// A table: one worker's share of the state of one operator, as pages (state/page.h). Windowed tables have a slice per
// window start, other tables one slice at 0.
//
// A slice is an extendible hash table: a directory, indexed by the top bits of the key's hash, of segments. An insert
// into a full segment splits that segment in two by the next bit of the hash; the others stay as they are, so no insert
// waits for a table to double. The directory holds derived addresses; when it doubles, 8 bytes per entry are copied.
//   Source: R. Fagin et al., "Extendible hashing", TODS 4(3), 1979; tags as in open-addressing tables with byte groups.
//
// Windows resemble each other. While a slice has fewer keys than the one that was dropped last had, a full segment is
// split in up to sixteen at once: keys are hashed and moved a quarter as often. A window that stays small takes little
// more memory than it needs: never more than that last one, nor than sixteen times its own.
//
// Keys whose hashes share so many top bits that splitting does not part them (a flood, which needs the secret seed, or
// a test) are not split beyond 4 bits more than an even directory has: the segment's page doubles instead. So the
// directory stays proportional to the data, every insert ends, and look-ups stay right, if slower.
//
// Memory of pages comes from a PageAllocator and goes back to it when a slice is dropped. One thread.
#ifndef RUNTIME_LIB_STATE_TABLE_H
#define RUNTIME_LIB_STATE_TABLE_H

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/state/blob.h"
#include "runtime-lib/state/change_log.h"
#include "runtime-lib/state/page_map.h"
#include "runtime-lib/state/table_hot.h"

namespace streamrt {

struct TableLayout {
  uint32_t table_id = 0;
  bool blob_key = false;   // the cell begins with a StreamBlobRef to the canonical key bytes
  uint32_t key_bytes = 0;  // otherwise: bytes of the inline key, which are the canonical key bytes
  uint32_t cell_bytes = 0;
  std::vector<uint32_t> blob_offsets;  // where in a cell the StreamBlobRefs of fields lie (not the key's)
  uint64_t hash_seed = 0;
  // The hash that callers of upsert use; needed when a segment splits. Replaced by tests only.
  uint64_t (*hash)(uint64_t seed, const void* key, int64_t size) = nullptr;  // null: XXH3-64, state/key_hash.h
};

class Slice : public StreamSlice {
 public:
  uint64_t keys() const { return keys_; }

 private:
  friend class Table;
  std::vector<uint64_t> entries_;  // the directory
  uint64_t keys_ = 0;
  uint32_t segments_ = 0;
  uint64_t version_ = 0;  // counts inserts and removals, so that a cursor notices them
};

// Where sweep goes on: round and round.
struct SweepCursor {
  uint64_t prefix = 0;  // of the segment
  uint32_t group = 0;   // in it
  uint64_t rounds = 0;  // that are complete
};

// Where gather goes on. Default: at the beginning.
struct SliceCursor {
  uint64_t prefix = 0;  // of the segment
  uint32_t slot = 0;    // in it
  bool done = false;
  uint64_t version = 0;
  bool started = false;
};

class Table : public StreamTable {
 public:
  Table(TableLayout layout, PageAllocator& allocator);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // A table over pages that exist already, in memory of `allocator`. They are used and changed in place. Fails with
  // kBadTablePage, naming page and reason, when the pages are not one whole table of this layout; the pages stay with
  // the allocator.
  static Result<std::unique_ptr<Table>> open(TableLayout layout, PageAllocator& allocator,
                                             std::span<char* const> pages);

  // Adds copies of the cells of another table of the same layout and seed whose keys have a wanted hash. REQUIRES: none
  // of these keys is here yet. on_slice is called.
  void copyFrom(const Table& from, const std::function<bool(uint64_t hash)>& wanted);

  // Compares every cell with its hash, tag and references: what `open` leaves to the checksum of the file.
  Result<void> verify() const;

  Slice& slice(int64_t start);               // made when missing
  Slice* findSlice(int64_t start) const;     // null when missing
  std::vector<int64_t> sliceStarts() const;  // ascending
  bool dropSlice(int64_t start);             // gives its pages back; false when there was none

  // Called once for each new slice, before anything is put into it. Not called by open.
  void (*on_slice)(void* context, int64_t start) = nullptr;
  void* on_slice_context = nullptr;

  // The addresses of up to `max` cells, each cell once over all calls with one cursor; 0 = no more. The order depends
  // on seed, keys and history of inserts only. REQUIRES: no insert into the slice and no erase between the calls.
  uint32_t gather(const Slice& slice, SliceCursor& cursor, void** cells, uint32_t max) const;

  // Removes a cell. Others of its segment may move into its place: addresses of cells of the slice are not valid any
  // more.
  void erase(Slice& slice, char* cell);
  // Looks at the cells of up to `groups_max` groups of sixteen and removes those that `expired` names; returns how
  // many. What moves while it is removed is looked at in the next round at the latest.
  uint32_t sweep(Slice& slice, SweepCursor& cursor, uint32_t groups_max,
                 const std::function<bool(const char* cell)>& expired);

  uint64_t keys() const;                                     // over all slices
  uint64_t bytes() const { return pages_.bytes(); }          // of all pages
  uint64_t bytesMost() const { return pages_.bytesMost(); }  // since this object was made

  // Every page in order of ids.
  template <class Visit>
  void forEachPage(Visit visit) const {
    for (uint32_t id = 1; id < pages_.idEnd(); ++id) {
      const PageHeader* page = pages_.find(id);
      if (page != nullptr) visit(*page, reinterpret_cast<const char*>(page), pageBytes(page->size_log2));
    }
  }

  // ---- checkpoints (state/change_log.h) ----

  // From now on changes are noted, as those of `epoch`. What is there already is in no checkpoint when `all` is set;
  // else a checkpoint has it exactly.
  void beginChanges(uint64_t epoch, bool all);
  // The barrier: the changes since the last one, for another thread to read; what follows is of `next_epoch`. Pages
  // whose ids are in `whole` are among the changes as wholes. Takes no time that depends on the state. REQUIRES:
  // beginChanges, maySeal.
  std::shared_ptr<SealedChanges> seal(uint64_t next_epoch, std::span<const uint32_t> whole = {});
  // The epoch under way; 0 before beginChanges.
  uint64_t epoch() const { return changes_.epoch(); }
  // False while two epochs are sealed and not read out, or more than `held_bytes_max` are held for one.
  bool maySeal(size_t held_bytes_max) { return changes_.maySeal(held_bytes_max); }
  // Memory that is kept only for checkpoints that are being written.
  size_t heldBytes() { return changes_.heldBytes(); }

  // The slow paths of the hot functions.
  StreamSlice* sliceSlow(int64_t start);
  char* insertFixed(Slice& slice, const char* key, int64_t size, uint64_t hash);
  char* insertBlob(Slice& slice, const char* key, int64_t size, uint64_t hash);
  void putString(StreamBlobRef* slot, const char* data, uint32_t size);
  void touch(PageHeader* segment) { changes_.touch(segment); }

 private:
  static constexpr uint32_t kDepthMax = 28;   // of a directory; the bits below choose group and tag
  static constexpr uint32_t kDepthSlack = 4;  // how much deeper than an even directory a segment may be
  static constexpr uint32_t kSplitBitsMax = 4;

  // state/segment.cpp: one segment at a time
  uint8_t classOf(const PageHeader* segment) const { return segment->size_log2 - base_log2_; }
  uint32_t groupsOf(const PageHeader* segment) const { return groups_of_class_[classOf(segment)]; }
  uint32_t limitOf(const PageHeader* segment) const { return groupsOf(segment) * kGroupSlots / 8 * 7; }
  char* cellAt(const PageHeader* segment, uint32_t slot) const;
  bool usedAt(const PageHeader* segment, uint32_t slot) const;
  char* placeCell(PageHeader* segment, uint64_t hash) const;  // zeroed, counted
  uint64_t hashOfCell(const char* cell) const;
  PageHeader* segmentOfCell(const void* inside) const;
  void markCellOf(const PageHeader* segment, const void* inside) const;
  template <class Visit>
  void forEachBlob(char* cell, Visit visit) const {  // that refers to bytes; `visit` may change the reference
    for (uint32_t offset : all_blob_offsets_) {
      StreamBlobRef ref;
      std::memcpy(&ref, cell + offset, sizeof ref);
      if (ref.page == 0) continue;
      visit(ref);
      std::memcpy(cell + offset, &ref, sizeof ref);
    }
  }
  void moveCell(const char* from, PageHeader* to, uint64_t hash);
  void compactBlobs(PageHeader* segment);
  void freeSlot(PageHeader* segment, uint32_t slot);
  void fillHole(PageHeader* segment, uint32_t group);

  // state/table.cpp: slices and their directories
  Slice& makeSlice(int64_t start);
  PageHeader* addSegment(uint8_t size_class, int64_t start, uint64_t prefix, uint32_t depth);
  PageHeader* segmentOf(const Slice& slice, uint64_t hash) const;
  char* makeCell(Slice& slice, uint64_t hash);
  void grow(Slice& slice, PageHeader* segment);
  void split(Slice& slice, PageHeader* segment, uint32_t bits);
  void enlarge(Slice& slice, PageHeader* segment);
  uint8_t classFor(uint32_t cells) const;
  void removeSegment(PageHeader* segment);
  void setEntries(Slice& slice, const PageHeader* segment);
  void setDepth(Slice& slice, uint32_t depth);
  Result<void> adoptPages(std::span<char* const> pages);
  Result<void> checkSegment(const PageHeader* segment) const;
  Result<void> checkBlobChain(const PageHeader* segment, uint64_t& chained) const;
  Result<void> checkCell(const PageHeader* segment, const char* cell, uint8_t tag) const;

  const TableLayout layout_;
  uint8_t base_log2_;  // log2 of the smallest segment page
  const uint32_t cell_stride_;
  const uint32_t group_bytes_;
  std::array<uint32_t, 32> groups_of_class_{};
  std::vector<uint32_t> all_blob_offsets_;  // the key's included
  PageAllocator& allocator_;
  ChangeLog changes_;
  PageMap pages_;
  std::vector<std::unique_ptr<Slice>> slices_;  // ascending by start
  uint64_t keys_of_last_ = 0;                   // of the slice that was dropped last
  std::vector<uint64_t> hashes_;                // scratch of split
};

}  // namespace streamrt

#endif
