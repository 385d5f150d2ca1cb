#include "runtime-lib/connectors/record_assembler.h"

#include <algorithm>
#include <cstring>

namespace streamrt {
namespace {

constexpr size_t kReadBytesMin = 16 << 10;  // less room than this and the chunk grows

}  // namespace

void RecordAssembler::give(ChunkPtr chunk) {
  STREAM_CHECK(wantsChunk(), "a chunk that was asked for");
  chunk->kind = Chunk::Kind::kRecords;
  chunk->size = 0;
  if (filling_ == nullptr) {
    chunk->offset = seen_;
    filling_ = std::move(chunk);
  } else {
    spare_ = std::move(chunk);
  }
}

std::span<char> RecordAssembler::space() {
  Chunk& chunk = *filling_;
  if (chunk.capacity - chunk.size < kReadBytesMin) {
    size_t capacity = chunk.capacity * 2;
    auto data = Chunk::memory(capacity);
    std::memcpy(data.get(), chunk.data.get(), chunk.size);
    chunk.data = std::move(data);
    chunk.capacity = capacity;
  }
  return {chunk.data.get() + chunk.size, chunk.capacity - chunk.size};
}

void RecordAssembler::filled(size_t bytes) {
  size_t from = filling_->size;
  filling_->size += bytes;
  seen_ += static_cast<int64_t>(bytes);
  if (skipping_) {
    skip(from);
  } else {
    split(from);
  }
}

// Bytes from `from` on are new. Everything up to the last line end goes out, the rest begins the next chunk.
void RecordAssembler::split(size_t from) {
  Chunk& chunk = *filling_;
  const char* data = chunk.data.get();
  const char* newline = static_cast<const char*>(memrchr(data + from, '\n', chunk.size - from));
  if (newline == nullptr) {
    if (chunk.size > max_record_ + 1) startSkipping();
    return;
  }
  size_t whole = static_cast<size_t>(newline + 1 - data);
  size_t rest = chunk.size - whole;
  ChunkPtr next = std::move(spare_);
  if (rest > next->capacity) {
    next->data = Chunk::memory(chunk.capacity);
    next->capacity = chunk.capacity;
  }
  std::memcpy(next->data.get(), data + whole, rest);
  next->size = rest;
  next->offset = chunk.offset + static_cast<int64_t>(whole);
  chunk.size = whole;
  ready_.push_back(std::move(filling_));
  filling_ = std::move(next);
  if (rest > max_record_ + 1) startSkipping();
}

// The line in filling_ is too long: its beginning is kept aside, the rest of it will be dropped.
void RecordAssembler::startSkipping() {
  Chunk& chunk = *filling_;
  size_t kept = std::min(chunk.size, kOversizeBytes);
  oversize_ = std::make_unique<Chunk>(std::max<size_t>(kept, 1));
  oversize_->kind = Chunk::Kind::kOversize;
  std::memcpy(oversize_->data.get(), chunk.data.get(), kept);
  oversize_->size = kept;
  oversize_->offset = chunk.offset;
  skipping_ = true;
  chunk.offset += static_cast<int64_t>(chunk.size);
  chunk.size = 0;
}

void RecordAssembler::skip(size_t from) {
  Chunk& chunk = *filling_;
  char* data = chunk.data.get();
  auto* newline = static_cast<char*>(std::memchr(data + from, '\n', chunk.size - from));
  size_t dropped = newline == nullptr ? chunk.size : static_cast<size_t>(newline + 1 - data);
  size_t rest = chunk.size - dropped;
  std::memmove(data, data + dropped, rest);
  chunk.size = rest;
  chunk.offset += static_cast<int64_t>(dropped);
  if (newline == nullptr) return;
  emitOversize();
  if (rest > 0) split(0);
}

void RecordAssembler::emitOversize() {
  skipping_ = false;
  ready_.push_back(std::move(oversize_));
}

void RecordAssembler::finish() {
  if (skipping_) emitOversize();
  if (filling_ != nullptr && filling_->size > 0) ready_.push_back(std::move(filling_));
}

ChunkPtr RecordAssembler::next() {
  if (ready_.empty()) return nullptr;
  ChunkPtr chunk = std::move(ready_.front());
  ready_.pop_front();
  return chunk;
}

}  // namespace streamrt
