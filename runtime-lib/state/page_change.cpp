#include "runtime-lib/state/page_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace streamrt {
namespace {

constexpr uint8_t kShortRunsLog2 = 18;  // offsets and sizes in units of 8 have 16 bits
constexpr uint32_t kLinesOfUnit = 1 << (kPageLog2Min - kLineLog2);

size_t runEntryBytes(uint8_t size_log2) { return size_log2 <= kShortRunsLog2 ? 4 : 8; }

std::unexpected<Error> bad(uint32_t page_id, std::string_view what) {
  return failure(ErrorCode::kBadTablePage, fmt::format("change of page {}: {}", page_id, what));
}

}  // namespace

// Where the first thing lies that begins at `offset` or behind it.
uint32_t PageChangeWriter::firstBehind(uint32_t offset) const {
  const auto size = static_cast<uint32_t>(pageBytes(page_->size_log2));
  if (offset == 0 || page_->kind == PageKind::kBlob) return std::min(offset, size);
  const uint32_t groups = (size - static_cast<uint32_t>(sizeof(PageHeader))) / shape_.group_bytes;
  const uint32_t group = (offset - static_cast<uint32_t>(sizeof(PageHeader))) / shape_.group_bytes;
  if (group >= groups) return static_cast<uint32_t>(sizeof(PageHeader)) + groups * shape_.group_bytes;
  const uint32_t start = static_cast<uint32_t>(sizeof(PageHeader)) + group * shape_.group_bytes;
  const uint32_t inside = offset - start;
  if (inside == 0) return offset;
  if (inside <= kGroupTagBytes) return start + kGroupTagBytes;
  const uint32_t cells = (inside - kGroupTagBytes + shape_.cell_stride - 1) / shape_.cell_stride;
  return start + kGroupTagBytes + cells * shape_.cell_stride;
}

size_t PageChangeWriter::prepare(PageChangeKind kind, uint32_t page_id, const PageHeader* page,
                                 const PageTrack* tracks) {
  page_ = page;
  runs_.clear();
  header_ = {page_id, kind, 0, 0, 0, 0};
  if (kind == PageChangeKind::kRemoved) return sizeof header_;
  header_.size_log2 = page->size_log2;
  const auto size = static_cast<uint32_t>(pageBytes(page->size_log2));
  if (kind != PageChangeKind::kWhole) {
    uint32_t begin = 0, end = 0;  // of the run under way, in lines
    uint64_t content = 0;
    auto finish = [&] {
      if (begin == end) return;
      const Run run{firstBehind(begin << kLineLog2), firstBehind(end << kLineLog2)};
      if (run.begin < run.end) runs_.push_back(run), content += run.end - run.begin;
    };
    for (uint32_t unit = 0; unit < size >> kPageLog2Min; ++unit) {
      for (uint32_t word = 0; word < std::size(tracks->lines); ++word) {
        const uint32_t first = unit * kLinesOfUnit + word * 64;
        for (uint64_t rest = tracks[unit].lines[word]; rest != 0;) {
          const auto bit = static_cast<uint32_t>(std::countr_zero(rest));
          const auto count = static_cast<uint32_t>(std::countr_one(rest >> bit));
          if (first + bit != end) finish(), begin = first + bit;
          end = first + bit + count;
          rest = bit + count == 64 ? 0 : rest >> (bit + count) << (bit + count);
        }
      }
    }
    finish();
    content += runs_.size() * runEntryBytes(page->size_log2);
    if (content <= size / 2) {
      header_.runs = static_cast<uint32_t>(runs_.size());
      header_.bytes = static_cast<uint32_t>(content);
      return sizeof header_ + content;
    }
    runs_.clear();
  }
  header_.kind = PageChangeKind::kWhole;
  header_.bytes = size;
  return sizeof header_ + size;
}

void PageChangeWriter::write(char* to) const {
  auto put = [&](const void* bytes, size_t size) {
    std::memcpy(to, bytes, size);
    to += size;
  };
  put(&header_, sizeof header_);
  const auto* page = reinterpret_cast<const char*>(page_);
  if (header_.kind == PageChangeKind::kWhole) put(page, header_.bytes);
  for (const Run& run : runs_) {
    const uint32_t offset = run.begin / 8, size = (run.end - run.begin) / 8;
    if (header_.size_log2 <= kShortRunsLog2) {
      const uint16_t entry[] = {static_cast<uint16_t>(offset), static_cast<uint16_t>(size)};
      put(entry, sizeof entry);
    } else {
      const uint32_t entry[] = {offset, size};
      put(entry, sizeof entry);
    }
  }
  for (const Run& run : runs_) put(page + run.begin, run.end - run.begin);
}

PageAssembly::~PageAssembly() {
  for (const Page& page : pages_) {
    if (page.bytes != nullptr) allocator_.release(page.bytes, page.size_log2);
  }
}

void PageAssembly::remove(uint32_t page_id) {
  Page& page = pages_[page_id];
  if (page.bytes != nullptr) allocator_.release(page.bytes, page.size_log2);
  page = {};
}

Result<void> PageAssembly::apply(std::string_view records) {
  while (!records.empty()) {
    PageChangeHeader header;
    if (records.size() < sizeof header) return bad(0, "cut off");
    std::memcpy(&header, records.data(), sizeof header);
    records.remove_prefix(sizeof header);
    if (header.bytes > records.size()) return bad(header.page_id, "cut off");
    if (auto applied = applyOne(header, records.substr(0, header.bytes)); !applied) return applied;
    records.remove_prefix(header.bytes);
  }
  return {};
}

Result<void> PageAssembly::applyOne(const PageChangeHeader& header, std::string_view content) {
  const uint32_t id = header.page_id;
  if (id == 0 || id > kPageIdMax) return bad(id, "impossible number");
  if (id >= pages_.size()) pages_.resize(std::max<size_t>(id + 1, pages_.size() * 3 / 2));
  Page& page = pages_[id];
  if (header.kind == PageChangeKind::kRemoved) {
    if (header.bytes != 0) return bad(id, "a removed page has no content");
    remove(id);
    return {};
  }
  if (header.size_log2 < kPageLog2Min || header.size_log2 > kPageLog2Max) return bad(id, "impossible size");
  const size_t size = pageBytes(header.size_log2);
  if (header.kind == PageChangeKind::kLines) {
    if (page.bytes == nullptr) {
      page.without_beginning = true;
      return {};
    }
    if (page.size_log2 != header.size_log2) return bad(id, "it has another size");
  } else if (header.kind == PageChangeKind::kWhole || header.kind == PageChangeKind::kFresh) {
    if (page.bytes != nullptr && page.size_log2 != header.size_log2) remove(id);
    const bool used = page.bytes != nullptr;
    if (!used) page = {allocator_.allocate(header.size_log2), header.size_log2, false};
    if (used && header.kind == PageChangeKind::kFresh) std::memset(page.bytes, 0, size);
  } else {
    return bad(id, "unknown kind");
  }
  if (header.kind == PageChangeKind::kWhole) {
    if (content.size() != size) return bad(id, "a page of another size");
    std::memcpy(page.bytes, content.data(), size);
    return {};
  }
  const size_t entry_bytes = runEntryBytes(header.size_log2);
  if (uint64_t{header.runs} * entry_bytes > content.size()) return bad(id, "cut off");
  const char* entry = content.data();
  content.remove_prefix(header.runs * entry_bytes);
  for (uint32_t run = 0; run < header.runs; ++run, entry += entry_bytes) {
    uint64_t at, bytes;
    if (entry_bytes == 4) {
      uint16_t numbers[2];
      std::memcpy(numbers, entry, sizeof numbers);
      at = numbers[0], bytes = numbers[1];
    } else {
      uint32_t numbers[2];
      std::memcpy(numbers, entry, sizeof numbers);
      at = numbers[0], bytes = numbers[1];
    }
    at *= 8, bytes *= 8;
    if (at > size || bytes > size - at || bytes > content.size()) return bad(id, "a run that does not fit");
    std::memcpy(page.bytes + at, content.data(), bytes);
    content.remove_prefix(bytes);
  }
  if (!content.empty()) return bad(id, "more bytes than runs");
  return {};
}

Result<std::vector<char*>> PageAssembly::take() {
  for (size_t id = 0; id < pages_.size(); ++id) {
    if (pages_[id].without_beginning) return bad(static_cast<uint32_t>(id), "its beginning is missing");
  }
  std::vector<char*> taken;
  for (Page& page : pages_) {
    if (page.bytes != nullptr) taken.push_back(page.bytes);
  }
  pages_.clear();
  return taken;
}

}  // namespace streamrt
