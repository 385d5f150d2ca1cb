#include "runtime-lib/state/page_allocator.h"

#include <cstring>

#include "runtime-lib/core/check.h"

namespace streamrt {

// New memory is zero already. What alignment skips becomes small pages.
char* PageAllocator::carve(uint8_t size_log2) {
  char* skipped;
  char* page = arena_.extend(pageBytes(size_log2), pageBytes(size_log2), &skipped);
  for (; skipped < page; skipped += pageBytes(kPageLog2Min)) {
    trackOf(skipped).size_log2 = kPageLog2Min;
    free_[kPageLog2Min].push_back(skipped);
  }
  for (char* unit = page; unit < page + pageBytes(size_log2); unit += pageBytes(kPageLog2Min)) {
    trackOf(unit).size_log2 = size_log2;
  }
  return page;
}

char* PageAllocator::allocate(uint8_t size_log2) {
  STREAM_CHECK(size_log2 >= kPageLog2Min && size_log2 <= kPageLog2Max, "a page has a legal size");
  std::vector<char*>& free = free_[size_log2];
  bytes_in_use_ += pageBytes(size_log2);
  if (free.empty()) return carve(size_log2);
  char* page = free.back();
  free.pop_back();
  std::memset(page, 0, pageBytes(size_log2));
  return page;
}

void PageAllocator::release(char* page, uint8_t size_log2) {
  free_[size_log2].push_back(page);
  bytes_in_use_ -= pageBytes(size_log2);
}

}  // namespace streamrt
