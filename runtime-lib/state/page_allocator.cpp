#include "runtime-lib/state/page_allocator.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "runtime-lib/core/check.h"

namespace streamrt {

PageAllocator::~PageAllocator() {
  for (const Chunk& chunk : chunks_) ::operator delete(chunk.data, std::align_val_t{chunk.alignment});
}

char* PageAllocator::reserve(size_t bytes, size_t alignment) {
  char* data = static_cast<char*>(::operator new(bytes, std::align_val_t{alignment}));
  chunks_.push_back({data, alignment});
  bytes_reserved_ += bytes;
  return data;
}

// Smallest pages come from chunks that double in size; larger ones are rare and get their own memory.
char* PageAllocator::carve(uint8_t size_log2) {
  const size_t bytes = pageBytes(size_log2);
  if (size_log2 != kPageLog2Min) return reserve(bytes, bytes);
  if (cursor_ == end_) {
    cursor_ = reserve(next_chunk_bytes_, bytes);
    end_ = cursor_ + next_chunk_bytes_;
    next_chunk_bytes_ = std::min(next_chunk_bytes_ * 2, kChunkBytesMax);
  }
  char* page = cursor_;
  cursor_ += bytes;
  return page;
}

char* PageAllocator::allocate(uint8_t size_log2) {
  STREAM_CHECK(size_log2 >= kPageLog2Min && size_log2 <= kPageLog2Max, "a page has a legal size");
  std::vector<char*>& free = free_[size_log2];
  char* page;
  if (free.empty()) {
    page = carve(size_log2);
  } else {
    page = free.back();
    free.pop_back();
  }
  std::memset(page, 0, pageBytes(size_log2));
  bytes_in_use_ += pageBytes(size_log2);
  return page;
}

void PageAllocator::release(char* page, uint8_t size_log2) {
  free_[size_log2].push_back(page);
  bytes_in_use_ -= pageBytes(size_log2);
}

}  // namespace streamrt
