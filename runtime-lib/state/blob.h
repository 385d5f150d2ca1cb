// Variable-length bytes of one segment, in the chain of blob pages that belongs to it. The head of the chain is filled
// bytewise; a value that does not fit into a page of the smallest size gets a page of its own size behind the head.
// Bytes that are no longer referred to are counted as garbage; the table rewrites the chain when they are more than
// half.
#ifndef RUNTIME_LIB_STATE_BLOB_H
#define RUNTIME_LIB_STATE_BLOB_H

#include <cstdint>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/state/page.h"
#include "runtime-lib/state/page_map.h"

namespace streamrt {

// Where a new value of `size` bytes of the segment lies from now on; the caller fills it. Size 0 is the empty
// reference.
StreamBlobRef allocateBlob(PageMap& pages, PageHeader* segment, uint32_t size);

// The bytes of a reference. REQUIRES: the page exists.
inline char* blobBytes(const PageMap& pages, const StreamBlobRef& ref) {
  return reinterpret_cast<char*>(pages.find(ref.page)) + ref.offset;
}

// Removes a chain that begins at page `first`.
void removeBlobChain(PageMap& pages, uint32_t first);

// Whether the chain of the segment is worth rewriting.
inline bool wantsCompaction(const PageHeader* segment) {
  return segment->blob_garbage * 2 > segment->blob_bytes && segment->blob_bytes > pageBytes(kPageLog2Min) / 2;
}

}  // namespace streamrt

#endif
