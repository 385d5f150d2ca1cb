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
    chunk->line = first_line_;
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

void RecordAssembler::pass(Chunk& chunk, const char* data, size_t size) const {
  chunk.offset += static_cast<int64_t>(size);
  if (counts_lines_) chunk.line += std::count(data, data + size, '\n');
}

// Bytes from `from` on are new. Everything up to the last record end goes out, the rest begins the next chunk.
void RecordAssembler::split(size_t from) {
  size_t end = cutter_->lastEnd(filling_->data.get(), from, filling_->size);
  if (end != 0) cutAt(end);
  if (filling_->size > max_record_ + 1) tooLong();
}

void RecordAssembler::cutAt(size_t end) {
  Chunk& chunk = *filling_;
  size_t rest = chunk.size - end;
  ChunkPtr next = std::move(spare_);
  if (next == nullptr)
    next = std::make_unique<Chunk>(kChunkBytes);  // a second cut in one piece: quotes that never close
  if (rest > next->capacity) {
    next->data = Chunk::memory(chunk.capacity);
    next->capacity = chunk.capacity;
  }
  std::memcpy(next->data.get(), chunk.data.get() + end, rest);
  next->size = rest;
  next->offset = chunk.offset;
  next->line = chunk.line;
  pass(*next, chunk.data.get(), end);
  chunk.size = end;
  ready_.push_back(std::move(filling_));
  filling_ = std::move(next);
}

// The record in filling_, whose end was not seen yet, is over max_record.
void RecordAssembler::tooLong() {
  if (!cutter_->isQuoted()) return startSkipping();
  if (!emitFirstLine()) {
    startSkipping();
    return cutter_->restart(/*plain=*/true);
  }
  // All quotes behind the one that does not close are doubled, so none of them stays open now: this does not happen
  // twice over the same bytes.
  size_t end = cutter_->lastEnd(filling_->data.get(), 0, filling_->size);
  if (end != 0) cutAt(end);
  if (filling_->size > max_record_ + 1) startSkipping();
}

ChunkPtr RecordAssembler::copyOf(Chunk::Kind kind, size_t bytes) const {
  size_t kept = std::min(bytes, kOversizeBytes);
  auto copy = std::make_unique<Chunk>(std::max<size_t>(kept, 1));
  copy->kind = kind;
  std::memcpy(copy->data.get(), filling_->data.get(), kept);
  copy->size = kept;
  copy->offset = filling_->offset;
  copy->line = filling_->line;
  return copy;
}

// A record that failed, all of which has left filling_.
void RecordAssembler::emit(ChunkPtr failed) {
  failed->end = filling_->offset;
  failed->end_line = filling_->line;
  ready_.push_back(std::move(failed));
}

// The first line in filling_ leaves as a record whose quote never closes. False: there is no line end.
bool RecordAssembler::emitFirstLine() {
  Chunk& chunk = *filling_;
  char* data = chunk.data.get();
  auto* newline = static_cast<char*>(std::memchr(data, '\n', chunk.size));
  if (newline == nullptr) return false;
  auto line = static_cast<size_t>(newline + 1 - data);
  ChunkPtr copy = copyOf(Chunk::Kind::kUnclosed, line - 1);
  pass(chunk, data, line);
  emit(std::move(copy));
  std::memmove(data, data + line, chunk.size - line);
  chunk.size -= line;
  cutter_->restart(/*plain=*/false);
  return true;
}

// The record in filling_ is too long: its beginning is kept aside, the rest of it will be dropped.
void RecordAssembler::startSkipping() {
  Chunk& chunk = *filling_;
  oversize_ = copyOf(Chunk::Kind::kOversize, chunk.size);
  skipping_ = true;
  pass(chunk, chunk.data.get(), chunk.size);
  chunk.size = 0;
}

void RecordAssembler::skip(size_t from) {
  Chunk& chunk = *filling_;
  char* data = chunk.data.get();
  size_t end = cutter_->firstEnd(data, from, chunk.size);
  size_t dropped = end == 0 ? chunk.size : end;
  size_t rest = chunk.size - dropped;
  pass(chunk, data, dropped);
  std::memmove(data, data + dropped, rest);
  chunk.size = rest;
  if (end == 0) return;
  emitOversize();
  if (rest > 0) split(0);
}

void RecordAssembler::emitOversize() {
  skipping_ = false;
  emit(std::move(oversize_));
}

void RecordAssembler::finish() {
  if (skipping_) emitOversize();
  while (filling_ != nullptr && filling_->size > 0) {
    if (!cutter_->isQuoted()) {
      ready_.push_back(std::move(filling_));
      break;
    }
    if (!emitFirstLine()) {
      ChunkPtr copy = copyOf(Chunk::Kind::kUnclosed, filling_->size);
      pass(*filling_, filling_->data.get(), filling_->size);
      emit(std::move(copy));
      filling_->size = 0;
      break;
    }
    split(0);
  }
}

void RecordAssembler::restart(std::unique_ptr<RecordCutter> cutter, int64_t offset, int64_t line) {
  STREAM_CHECK(!skipping_ && (filling_ == nullptr || filling_->size == 0), "the input before was finished");
  cutter_ = std::move(cutter);
  if (offset > 0) cutter_->restart(/*plain=*/false);
  seen_ = offset;
  first_line_ = line;
  if (filling_ == nullptr) return;
  filling_->offset = offset;
  filling_->line = line;
}

ChunkPtr RecordAssembler::next() {
  if (ready_.empty()) return nullptr;
  ChunkPtr chunk = std::move(ready_.front());
  ready_.pop_front();
  return chunk;
}

}  // namespace streamrt
