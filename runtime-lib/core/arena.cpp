#include "runtime-lib/core/arena.h"

#include <algorithm>

namespace streamrt {

void* Arena::more(size_t bytes) {
  if (bytes > kChunkBytesMax / 4) {
    oversized_.push_back({std::make_unique_for_overwrite<char[]>(bytes), bytes});
    bytes_reserved_ += bytes;
    return oversized_.back().data.get();
  }
  while (chunk_ < chunks_.size() && chunks_[chunk_].bytes < bytes) ++chunk_;
  if (chunk_ == chunks_.size()) {
    size_t size = chunks_.empty() ? kFirstChunkBytes : std::min(chunks_.back().bytes * 2, kChunkBytesMax);
    while (size < bytes) size *= 2;
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    bytes_reserved_ += size;
  }
  Chunk& chunk = chunks_[chunk_++];
  cursor_ = chunk.data.get() + bytes;
  end_ = chunk.data.get() + chunk.bytes;
  return chunk.data.get();
}

void Arena::reset() {
  for (const Chunk& chunk : oversized_) bytes_reserved_ -= chunk.bytes;
  oversized_.clear();
  chunk_ = 0;
  cursor_ = end_ = empty_;
  if (!chunks_.empty()) {
    cursor_ = chunks_[0].data.get();
    end_ = cursor_ + chunks_[0].bytes;
    chunk_ = 1;
  }
}

}  // namespace streamrt

void* stream_core_arena_more(void* arena, int64_t bytes) {
  return static_cast<streamrt::Arena*>(arena)->more(static_cast<size_t>(bytes));
}
