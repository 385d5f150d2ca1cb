// Making a table of pages that exist already, and proving that they are whole.
#include <algorithm>
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "runtime-lib/core/check.h"
#include "runtime-lib/state/table.h"

namespace streamrt {
namespace {

std::unexpected<Error> badPage(const PageHeader* page, std::string_view reason) {
  return failure(ErrorCode::kBadTablePage, fmt::format("table {}, page {}: {}", page->table_id, page->page_id, reason));
}

}  // namespace

Result<void> Table::adoptPages(std::span<char* const> pages) {
  for (char* memory : pages) {
    auto* page = reinterpret_cast<PageHeader*>(memory);
    if (page->magic != kPageMagic) return badPage(page, "not a table page");
    if (page->version != kPageVersion) return badPage(page, fmt::format("format version {}", page->version));
    if (page->table_id != layout_.table_id) return badPage(page, "belongs to another table");
    if (page->size_log2 < kPageLog2Min || page->size_log2 > kPageLog2Max) return badPage(page, "impossible size");
    STREAM_CHECK(allocator_.owns(memory), "pages are in memory of the table's allocator");
    if (page->size_log2 != allocator_.trackOf(memory).size_log2) return badPage(page, "not of the size of its memory");
    if (page->kind != PageKind::kSegment && page->kind != PageKind::kBlob) return badPage(page, "unknown kind");
    if (page->page_id > kPageIdMax) return badPage(page, "impossible id");
    if (!pages_.adopt(page)) return badPage(page, "id used twice");
  }
  pages_.adoptionDone();
  return {};
}

Result<void> Table::checkSegment(const PageHeader* segment) const {
  if (segment->size_log2 < base_log2_) return badPage(segment, "too small for the cells of the table");
  if (segment->depth > kDepthMax) return badPage(segment, "hash prefix too long");
  const uint64_t below = segment->depth == 0 ? UINT64_MAX : (uint64_t{1} << (64 - segment->depth)) - 1;
  if ((segment->hash_prefix & below) != 0) return badPage(segment, "hash prefix longer than its depth");
  if (segment->count > limitOf(segment)) return badPage(segment, "more cells than a segment may hold");
  uint32_t used = 0;
  for (uint32_t slot = 0; slot < groupsOf(segment) * kGroupSlots; ++slot) {
    const auto tag = static_cast<uint8_t>(reinterpret_cast<const char*>(
        segment)[sizeof(PageHeader) + uint64_t{slot / kGroupSlots} * group_bytes_ + slot % kGroupSlots]);
    if (tag != 0 && tag < 0x80) return badPage(segment, "unknown tag");
    if (tag != 0) ++used;
  }
  if (used != segment->count) return badPage(segment, "number of cells differs from the header's");
  return {};
}

// Adds the number of pages of the chain to `chained`.
Result<void> Table::checkBlobChain(const PageHeader* segment, uint64_t& chained) const {
  uint64_t bytes = 0;
  for (uint32_t id = segment->next; id != 0;) {
    const PageHeader* page = pages_.find(id);
    if (page == nullptr || page->kind != PageKind::kBlob) return badPage(segment, "a blob page is missing");
    if (page->owner != segment->page_id || page->slice_start != segment->slice_start) {
      return badPage(page, "belongs to another segment");
    }
    if (page->count > pageBytes(page->size_log2) - sizeof(PageHeader)) return badPage(page, "more bytes than fit");
    bytes += page->count;
    if (++chained > pages_.idEnd()) return badPage(segment, "the chain of blob pages is a circle");
    id = page->next;
  }
  if (bytes != segment->blob_bytes) return badPage(segment, "blob bytes differ from the header's");
  if (segment->blob_garbage > segment->blob_bytes) return badPage(segment, "more garbage than blob bytes");
  return {};
}

Result<std::unique_ptr<Table>> Table::open(TableLayout layout, PageAllocator& allocator, std::span<char* const> pages) {
  auto table = std::make_unique<Table>(std::move(layout), allocator);
  if (auto adopted = table->adoptPages(pages); !adopted) return std::unexpected(adopted.error());
  std::map<int64_t, std::vector<PageHeader*>> segments_of_start;
  uint64_t blob_pages = 0;
  uint64_t chained = 0;
  for (char* memory : pages) {
    auto* page = reinterpret_cast<PageHeader*>(memory);
    if (page->kind == PageKind::kBlob) {
      ++blob_pages;
      continue;
    }
    if (page->slice_start == kNoStart) return badPage(page, "impossible slice");
    if (auto ok = table->checkSegment(page); !ok) return std::unexpected(ok.error());
    if (auto ok = table->checkBlobChain(page, chained); !ok) return std::unexpected(ok.error());
    segments_of_start[page->slice_start].push_back(page);
  }
  if (chained != blob_pages) {
    return failure(ErrorCode::kBadTablePage,
                   fmt::format("table {}: a blob page belongs to no segment", table->layout_.table_id));
  }
  for (auto& [start, segments] : segments_of_start) {
    std::ranges::sort(segments, {}, &PageHeader::hash_prefix);
    uint64_t next = 0;
    uint32_t depth = 1;
    bool whole = false;
    for (const PageHeader* segment : segments) {
      if (whole || segment->hash_prefix != next) return badPage(segment, "hash prefixes overlap or leave a gap");
      next = segment->depth == 0 ? 0 : next + (uint64_t{1} << (64 - segment->depth));
      whole = next == 0;
      depth = std::max<uint32_t>(depth, segment->depth);
    }
    if (!whole) return badPage(segments.back(), "the segments behind it are missing");
    Slice& slice = table->makeSlice(start);
    table->setDepth(slice, depth);
    slice.segments_ = static_cast<uint32_t>(segments.size());
    for (const PageHeader* segment : segments) {
      table->setEntries(slice, segment);
      slice.keys_ += segment->count;
    }
  }
  return table;
}

Result<void> Table::checkCell(const PageHeader* segment, const char* cell, uint8_t tag) const {
  for (uint32_t offset : all_blob_offsets_) {
    StreamBlobRef ref;
    std::memcpy(&ref, cell + offset, sizeof ref);
    if (ref.page == 0 && ref.size == 0) continue;
    const PageHeader* page = pages_.find(ref.page);
    if (page == nullptr || page->kind != PageKind::kBlob || page->owner != segment->page_id) {
      return badPage(segment, "a cell refers to a page that is not its segment's");
    }
    if (ref.offset < sizeof(PageHeader) || uint64_t{ref.offset} + ref.size > sizeof(PageHeader) + page->count) {
      return badPage(segment, "a cell refers to bytes that are not in use");
    }
  }
  const uint64_t hash = hashOfCell(cell);
  if (segment->depth != 0 && ((hash ^ segment->hash_prefix) >> (64 - segment->depth)) != 0) {
    return badPage(segment, "a key does not belong to the segment");
  }
  if (tagOf(hash) != tag) return badPage(segment, "a tag is not that of its key");
  return {};
}

Result<void> Table::verify() const {
  for (uint32_t id = 1; id < pages_.idEnd(); ++id) {
    const PageHeader* segment = pages_.find(id);
    if (segment == nullptr || segment->kind != PageKind::kSegment) continue;
    const uint32_t groups = groupsOf(segment);
    auto tagsOf = [&](uint32_t group) {
      return reinterpret_cast<const char*>(segment) + sizeof(PageHeader) + uint64_t{group} * group_bytes_;
    };
    for (uint32_t slot = 0; slot < groups * kGroupSlots; ++slot) {
      if (!usedAt(segment, slot)) continue;
      const char* cell = cellAt(segment, slot);
      const auto tag = static_cast<uint8_t>(tagsOf(slot / kGroupSlots)[slot % kGroupSlots]);
      if (auto ok = checkCell(segment, cell, tag); !ok) return ok;
      // Groups between the home of the key and the cell are full, else a search would end before the cell.
      const uint64_t hash = hashOfCell(cell);
      for (uint32_t group = groupOf(hash, groups); group != slot / kGroupSlots;
           group = group + 1 == groups ? 0 : group + 1) {
        if (std::memchr(tagsOf(group), 0, kGroupTagBytes) != nullptr)
          return badPage(segment, "a cell cannot be reached");
      }
    }
  }
  return {};
}

}  // namespace streamrt
