// Slices and their directories: making, splitting, dropping; the slow paths of the hot functions.
#include "runtime-lib/state/table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime-lib/core/check.h"
#include "runtime-lib/state/key_hash.h"

namespace streamrt {
namespace {

uint64_t defaultHash(uint64_t seed, const void* key, int64_t size) { return hashKey(seed, key, size); }

TableLayout completed(TableLayout layout) {
  if (layout.hash == nullptr) layout.hash = defaultHash;
  STREAM_CHECK(layout.cell_bytes >= (layout.blob_key ? sizeof(StreamBlobRef) : layout.key_bytes),
               "the key part fits into the cell");
  return layout;
}

}  // namespace

Table::Table(TableLayout layout, PageAllocator& allocator)
    : layout_(completed(std::move(layout))),
      base_log2_(kPageLog2Min),
      cell_stride_(std::max(8u, (layout_.cell_bytes + 7) & ~7u)),
      group_bytes_(kGroupTagBytes + kGroupSlots * cell_stride_),
      allocator_(allocator),
      changes_(allocator, this->StreamTable::tracking, {cell_stride_, group_bytes_}),
      pages_(layout_.table_id, allocator, changes_, &this->StreamTable::pages) {
  while ((pageBytes(base_log2_) - sizeof(PageHeader)) / group_bytes_ < 2) ++base_log2_;
  STREAM_CHECK(base_log2_ <= kPageLog2Max, "a cell fits into a page");
  for (uint8_t size_log2 = base_log2_; size_log2 <= kPageLog2Max; ++size_log2) {
    groups_of_class_[size_log2 - base_log2_] =
        static_cast<uint32_t>((pageBytes(size_log2) - sizeof(PageHeader)) / group_bytes_);
  }
  if (layout_.blob_key) all_blob_offsets_.push_back(0);
  all_blob_offsets_.insert(all_blob_offsets_.end(), layout_.blob_offsets.begin(), layout_.blob_offsets.end());
}

// ---- slices ----

Slice* Table::findSlice(int64_t start) const {
  auto at = std::lower_bound(slices_.begin(), slices_.end(), start,
                             [](const std::unique_ptr<Slice>& slice, int64_t value) { return slice->start < value; });
  return at != slices_.end() && (*at)->start == start ? at->get() : nullptr;
}

Slice& Table::slice(int64_t start) { return *static_cast<Slice*>(stream_state_slice(this, start)); }

Slice& Table::makeSlice(int64_t start) {
  STREAM_CHECK(start != kNoStart, "a window has a start");
  auto made = std::make_unique<Slice>();
  made->table = this;
  made->start = start;
  made->groups_of_class = groups_of_class_.data();
  made->cell_stride = cell_stride_;
  made->group_bytes = group_bytes_;
  auto at = std::lower_bound(slices_.begin(), slices_.end(), start,
                             [](const std::unique_ptr<Slice>& slice, int64_t value) { return slice->start < value; });
  return **slices_.insert(at, std::move(made));
}

StreamSlice* Table::sliceSlow(int64_t start) {
  Slice* found = findSlice(start);
  if (found == nullptr) {
    found = &makeSlice(start);
    PageHeader* segment = addSegment(0, start, 0, 0);
    found->segments_ = 1;
    setDepth(*found, 1);
    setEntries(*found, segment);
    if (on_slice != nullptr) on_slice(on_slice_context, start);
  }
  cache[sliceCacheIndex(start)] = {start, found};
  return found;
}

std::vector<int64_t> Table::sliceStarts() const {
  std::vector<int64_t> starts;
  starts.reserve(slices_.size());
  for (const auto& slice : slices_) starts.push_back(slice->start);
  return starts;
}

bool Table::dropSlice(int64_t start) {
  auto at = std::find_if(slices_.begin(), slices_.end(), [&](const auto& slice) { return slice->start == start; });
  if (at == slices_.end()) return false;
  changes_.reclaim();
  const Slice& slice = **at;
  keys_of_last_ = slice.keys_;
  const PageHeader* last = nullptr;
  // The entries of a segment are neighbours. The last pages first: the next slice will be given them in ascending
  // order.
  for (auto entry = slice.entries_.rbegin(); entry != slice.entries_.rend(); ++entry) {
    auto* segment = reinterpret_cast<PageHeader*>(*entry & ~kSizeClassMask);
    if (segment == last) continue;
    last = segment;
    removeSegment(segment);
  }
  CachedSlice& cached = cache[sliceCacheIndex(start)];
  if (cached.start == start) cached = {};
  slices_.erase(at);
  return true;
}

void Table::beginChanges(uint64_t epoch, bool all) {
  changes_.begin(epoch);
  if (!all) return;
  for (uint32_t id = 1; id < pages_.idEnd(); ++id) {
    if (PageHeader* page = pages_.find(id)) changes_.added(page, PageChangeKind::kWhole);
  }
}

std::shared_ptr<SealedChanges> Table::seal(uint64_t next_epoch, std::span<const uint32_t> whole) {
  for (uint32_t id : whole) {
    if (PageHeader* page = pages_.find(id)) changes_.wantWhole(page);
  }
  return changes_.seal(next_epoch, keys());
}

uint64_t Table::keys() const {
  uint64_t sum = 0;
  for (const auto& slice : slices_) sum += slice->keys_;
  return sum;
}

// ---- directory ----

PageHeader* Table::addSegment(uint8_t size_class, int64_t start, uint64_t prefix, uint32_t depth) {
  PageHeader* segment = pages_.add(PageKind::kSegment, static_cast<uint8_t>(base_log2_ + size_class), start);
  segment->hash_prefix = prefix;
  segment->depth = static_cast<uint8_t>(depth);
  return segment;
}

void Table::removeSegment(PageHeader* segment) {
  removeBlobChain(pages_, segment->next);
  pages_.remove(segment);
}

PageHeader* Table::segmentOf(const Slice& slice, uint64_t hash) const {
  return reinterpret_cast<PageHeader*>(slice.directory[hash >> slice.shift] & ~kSizeClassMask);
}

// Points all entries of the segment's prefix at it.
void Table::setEntries(Slice& slice, const PageHeader* segment) {
  const uint64_t first = segment->hash_prefix >> slice.shift;
  const uint64_t count = uint64_t{1} << (64 - slice.shift - segment->depth);
  const uint64_t entry = reinterpret_cast<uintptr_t>(segment) | classOf(segment);
  std::fill_n(slice.entries_.begin() + static_cast<ptrdiff_t>(first), count, entry);
}

void Table::setDepth(Slice& slice, uint32_t depth) {
  const uint32_t old_depth = slice.entries_.empty() ? depth : 64 - slice.shift;
  std::vector<uint64_t> grown(size_t{1} << depth);
  if (!slice.entries_.empty()) {
    for (size_t i = 0; i < grown.size(); ++i) grown[i] = slice.entries_[i >> (depth - old_depth)];
  }
  slice.entries_ = std::move(grown);
  slice.directory = slice.entries_.data();
  slice.shift = 64 - depth;
}

uint8_t Table::classFor(uint32_t cells) const {
  uint8_t size_class = 0;
  while (groups_of_class_[size_class] * kGroupSlots / 8 * 7 <= cells) ++size_class;
  return size_class;
}

void Table::grow(Slice& slice, PageHeader* segment) {
  const uint32_t depth = segment->depth;
  const uint32_t even_depth = static_cast<uint32_t>(std::bit_width(slice.segments_)) - 1;
  const uint32_t deepest = std::min(kDepthMax, even_depth + kDepthSlack);
  if (depth >= deepest) {
    enlarge(slice, segment);
    return;
  }
  // As deep as the segments of the last slice would be if they were as full as they may be without some being fuller.
  const uint64_t full = uint64_t{groups_of_class_[0]} * kGroupSlots / 8 * 7 / 10 * 9;
  uint32_t bits = 1;
  while (bits < kSplitBitsMax && depth + bits < deepest && keys_of_last_ >> (depth + bits) > full) ++bits;
  split(slice, segment, bits);
}

// Into 2^bits segments, by the next bits of the hash.
void Table::split(Slice& slice, PageHeader* segment, uint32_t bits) {
  const uint32_t depth = segment->depth;
  const uint32_t shift = 64 - depth - bits;
  const uint32_t slots = groupsOf(segment) * kGroupSlots;
  hashes_.resize(slots);
  std::array<uint32_t, 1 << kSplitBitsMax> cells{};
  auto part = [&](uint64_t hash) { return (hash >> shift) & ((1u << bits) - 1); };
  for (uint32_t slot = 0; slot < slots; ++slot) {
    if (!usedAt(segment, slot)) continue;
    hashes_[slot] = hashOfCell(cellAt(segment, slot));
    STREAM_CHECK(depth == 0 || ((hashes_[slot] ^ segment->hash_prefix) >> (64 - depth)) == 0,
                 "the hash of a key is that of its canonical bytes");
    ++cells[part(hashes_[slot])];
  }
  std::array<PageHeader*, 1 << kSplitBitsMax> parts;
  for (uint32_t i = 0; i < 1u << bits; ++i) {
    parts[i] = addSegment(classFor(cells[i]), slice.start, segment->hash_prefix | (uint64_t{i} << shift), depth + bits);
  }
  for (uint32_t slot = 0; slot < slots; ++slot) {
    if (usedAt(segment, slot)) moveCell(cellAt(segment, slot), parts[part(hashes_[slot])], hashes_[slot]);
  }
  if (64 - slice.shift < depth + bits) setDepth(slice, depth + bits);
  for (uint32_t i = 0; i < 1u << bits; ++i) setEntries(slice, parts[i]);
  slice.segments_ += (1u << bits) - 1;
  removeSegment(segment);
}

void Table::enlarge(Slice& slice, PageHeader* segment) {
  const auto size_class = static_cast<uint8_t>(classOf(segment) + 1);
  STREAM_CHECK(base_log2_ + size_class <= kPageLog2Max, "a segment is smaller than 2 GiB");
  PageHeader* larger = addSegment(size_class, slice.start, segment->hash_prefix, segment->depth);
  const uint32_t slots = groupsOf(segment) * kGroupSlots;
  for (uint32_t slot = 0; slot < slots; ++slot) {
    if (!usedAt(segment, slot)) continue;
    const char* cell = cellAt(segment, slot);
    moveCell(cell, larger, hashOfCell(cell));
  }
  setEntries(slice, larger);
  removeSegment(segment);
}

// ---- cells ----

char* Table::makeCell(Slice& slice, uint64_t hash) {
  for (;;) {
    PageHeader* segment = segmentOf(slice, hash);
    if (segment->count < limitOf(segment)) {
      ++slice.keys_;
      ++slice.version_;
      return placeCell(segment, hash);
    }
    grow(slice, segment);
  }
}

char* Table::insertFixed(Slice& slice, const char* key, int64_t size, uint64_t hash) {
  STREAM_CHECK(static_cast<uint64_t>(size) == layout_.key_bytes && !layout_.blob_key,
               "generated code and manifest agree about the key");
  char* cell = makeCell(slice, hash);
  std::memcpy(cell, key, static_cast<size_t>(size));
  return cell;
}

char* Table::insertBlob(Slice& slice, const char* key, int64_t size, uint64_t hash) {
  STREAM_CHECK(layout_.blob_key && size <= INT32_MAX, "generated code and manifest agree about the key");
  char* cell = makeCell(slice, hash);
  PageHeader* segment = segmentOf(slice, hash);
  const StreamBlobRef ref = allocateBlob(pages_, segment, static_cast<uint32_t>(size));
  if (size != 0) std::memcpy(blobBytes(pages_, ref), key, static_cast<size_t>(size));
  std::memcpy(cell, &ref, sizeof ref);
  return cell;
}

}  // namespace streamrt

// ---- slow paths of the ABI ----

void* stream_state_slice_slow(void* table, int64_t start) {
  return static_cast<streamrt::Table*>(static_cast<StreamTable*>(table))->sliceSlow(start);
}

namespace {
streamrt::Slice& sliceOf(void* slice) { return *static_cast<streamrt::Slice*>(static_cast<StreamSlice*>(slice)); }
streamrt::Table& tableOf(void* slice) { return *static_cast<streamrt::Table*>(sliceOf(slice).table); }
}  // namespace

void* stream_state_insert_fixed(void* slice, void* key, int64_t size, int64_t hash, void* inserted) {
  if (inserted != nullptr) *static_cast<uint8_t*>(inserted) = 1;
  return tableOf(slice).insertFixed(sliceOf(slice), static_cast<const char*>(key), size, static_cast<uint64_t>(hash));
}

void* stream_state_insert_blob(void* slice, void* key, int64_t size, int64_t hash, void* inserted) {
  if (inserted != nullptr) *static_cast<uint8_t*>(inserted) = 1;
  return tableOf(slice).insertBlob(sliceOf(slice), static_cast<const char*>(key), size, static_cast<uint64_t>(hash));
}

void stream_state_touch(void* slice, void* segment) {
  tableOf(slice).touch(static_cast<streamrt::PageHeader*>(segment));
}

void stream_state_put_string(void* slice, void* slot, void* data, uint32_t size) {
  tableOf(slice).putString(static_cast<StreamBlobRef*>(slot), static_cast<const char*>(data), size);
}
