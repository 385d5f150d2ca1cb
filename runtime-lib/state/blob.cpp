#include "runtime-lib/state/blob.h"

#include <bit>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

uint32_t roomOf(const PageHeader* page) {
  return static_cast<uint32_t>(pageBytes(page->size_log2) - sizeof(PageHeader)) - page->count;
}

StreamBlobRef takeFrom(PageMap& pages, PageHeader* page, PageHeader* segment, uint32_t size) {
  pages.change(page);
  pages.change(segment);
  StreamBlobRef ref{page->page_id, static_cast<uint32_t>(sizeof(PageHeader)) + page->count, size, 0};
  page->count += size;
  segment->blob_bytes += size;
  pages.mark(reinterpret_cast<char*>(page) + ref.offset, size);
  return ref;
}

PageHeader* addBlobPage(PageMap& pages, PageHeader* segment, uint8_t size_log2) {
  PageHeader* page = pages.add(PageKind::kBlob, size_log2, segment->slice_start);
  page->owner = segment->page_id;
  page->depth = segment->depth;
  page->hash_prefix = segment->hash_prefix;
  return page;
}

}  // namespace

StreamBlobRef allocateBlob(PageMap& pages, PageHeader* segment, uint32_t size) {
  if (size == 0) return {};
  PageHeader* head = segment->next != 0 ? pages.find(segment->next) : nullptr;
  if (head != nullptr && size <= roomOf(head)) return takeFrom(pages, head, segment, size);
  const uint64_t needed = uint64_t{size} + sizeof(PageHeader);
  if (needed > pageBytes(kPageLog2Min)) {
    const auto size_log2 = static_cast<uint8_t>(std::bit_width(needed - 1));
    STREAM_CHECK(size_log2 <= kPageLog2Max, "a value in a table is shorter than 2 GiB");
    PageHeader* own = addBlobPage(pages, segment, size_log2);
    pages.change(head != nullptr ? head : segment);
    own->next = head != nullptr ? head->next : 0;
    (head != nullptr ? head->next : segment->next) = own->page_id;
    return takeFrom(pages, own, segment, size);
  }
  PageHeader* page = addBlobPage(pages, segment, kPageLog2Min);
  page->next = segment->next;
  pages.change(segment);
  segment->next = page->page_id;
  return takeFrom(pages, page, segment, size);
}

void removeBlobChain(PageMap& pages, uint32_t first) {
  while (first != 0) {
    PageHeader* page = pages.find(first);
    first = page->next;
    pages.remove(page);
  }
}

}  // namespace streamrt
