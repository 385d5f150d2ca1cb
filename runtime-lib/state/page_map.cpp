#include "runtime-lib/state/page_map.h"

#include <algorithm>
#include <functional>

#include "runtime-lib/core/check.h"

namespace streamrt {

PageMap::PageMap(uint32_t table_id, PageAllocator& allocator, ChangeLog& changes, char* const** published)
    : table_id_(table_id), allocator_(allocator), changes_(changes), published_(published), addresses_(1, nullptr) {
  publish();
}

PageMap::~PageMap() {
  for (char* page : addresses_) {
    if (page != nullptr) allocator_.release(page, reinterpret_cast<PageHeader*>(page)->size_log2);
  }
}

PageHeader* PageMap::add(PageKind kind, uint8_t size_log2, int64_t slice_start) {
  uint32_t id;
  if (free_ids_.empty()) {
    STREAM_CHECK(addresses_.size() <= kPageIdMax, "a table has no more pages than there are ids");
    id = static_cast<uint32_t>(addresses_.size());
    addresses_.push_back(nullptr);
    publish();
  } else {
    std::ranges::pop_heap(free_ids_, std::greater<>());
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  char* memory = allocator_.allocate(size_log2);
  addresses_[id] = memory;
  bytes_ += pageBytes(size_log2);
  bytes_most_ = std::max(bytes_most_, bytes_);
  auto* page = reinterpret_cast<PageHeader*>(memory);
  page->magic = kPageMagic;
  page->version = kPageVersion;
  page->kind = kind;
  page->size_log2 = size_log2;
  page->table_id = table_id_;
  page->page_id = id;
  page->slice_start = slice_start;
  changes_.added(page, PageChangeKind::kFresh);
  return page;
}

void PageMap::remove(PageHeader* page) {
  STREAM_CHECK(find(page->page_id) == page, "a removed page is in the map");
  addresses_[page->page_id] = nullptr;
  free_ids_.push_back(page->page_id);
  std::ranges::push_heap(free_ids_, std::greater<>());
  bytes_ -= pageBytes(page->size_log2);
  changes_.remove(page);
}

bool PageMap::adopt(PageHeader* page) {
  const uint32_t id = page->page_id;
  if (id == 0 || id > kPageIdMax || find(id) != nullptr) return false;
  if (id >= addresses_.size()) addresses_.resize(size_t{id} + 1, nullptr);
  publish();
  addresses_[id] = reinterpret_cast<char*>(page);
  bytes_ += pageBytes(page->size_log2);
  bytes_most_ = std::max(bytes_most_, bytes_);
  changes_.added(page, PageChangeKind::kWhole);
  return true;
}

void PageMap::adoptionDone() {
  free_ids_.clear();
  for (uint32_t id = 1; id < idEnd(); ++id) {
    if (addresses_[id] == nullptr) free_ids_.push_back(id);  // ascending is a heap
  }
}

}  // namespace streamrt
