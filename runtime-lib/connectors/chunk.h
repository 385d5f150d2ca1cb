// Pieces of input on their way from a reader to the worker that decodes them.
//
// A chunk holds whole records, so strings of a batch can point into it. Chunks go round: the reader fills one, the
// worker gives it back once no batch points into it. There are kReaderChunks of a source partition, which bounds its
// memory.
#ifndef RUNTIME_LIB_CONNECTORS_CHUNK_H
#define RUNTIME_LIB_CONNECTORS_CHUNK_H

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "runtime-lib/core/channel.h"

namespace streamrt {

constexpr size_t kChunkBytes = 256 << 10;    // a chunk's usual size
constexpr size_t kChunkBytesKept = 1 << 20;  // a chunk that a large record made larger is not kept
constexpr size_t kOversizeBytes = 64 << 10;  // of a record over max_record, what its error row shows
constexpr uint32_t kReaderChunks = 6;

struct Chunk {
  enum class Kind : uint8_t {
    kRecords,    // whole records
    kOversize,   // the beginning of a record over max_record
    kUnclosed,   // the first line of a record whose quote never closes
    kNextInput,  // the input is read out, and another one follows
    kEnd,        // the input is read out
    kStopped,    // the job is stopping
  };
  // Bytes behind `capacity` that may be read (decoders load whole vectors), never written.
  static constexpr size_t kPadding = 64;
  explicit Chunk(size_t bytes) : data(memory(bytes)), capacity(bytes) {}
  static std::unique_ptr<char[]> memory(size_t bytes) {
    return std::make_unique_for_overwrite<char[]>(bytes + kPadding);
  }

  Kind kind = Kind::kRecords;
  bool pooled = false;  // counts towards kReaderChunks
  std::unique_ptr<char[]> data;
  size_t capacity;
  size_t size = 0;
  int64_t offset = 0;    // of the first byte in the input
  int64_t line = 0;      // line ends before it, when the reader counts them
  int64_t end = 0;       // kOversize, kUnclosed: where the next record begins …
  int64_t end_line = 0;  // … and the line ends before that
};
using ChunkPtr = std::unique_ptr<Chunk>;

class ChunkQueue {
 public:
  // REQUIRES: 3 <= chunks <= kReaderChunks.
  ChunkQueue(Waker& reader, Waker& worker, size_t chunk_bytes = kChunkBytes, uint32_t chunks = kReaderChunks)
      : filled_(8), empty_(8), reader_(reader), worker_(worker), chunk_bytes_(chunk_bytes), chunks_(chunks) {}

  // Reader. An empty chunk, or null: then the reader is woken when there is one.
  ChunkPtr takeEmpty() {
    if (made_ < chunks_) {
      ++made_;
      auto chunk = std::make_unique<Chunk>(chunk_bytes_);
      chunk->pooled = true;
      return chunk;
    }
    if (empty_.front() == nullptr) {
      reader_waits_.store(true, std::memory_order_seq_cst);
      std::atomic_thread_fence(std::memory_order_seq_cst);
      if (empty_.front() == nullptr) return nullptr;
    }
    ChunkPtr chunk = empty_.pop();
    if (chunk->capacity > std::max(chunk_bytes_, kChunkBytesKept)) {
      chunk = std::make_unique<Chunk>(chunk_bytes_);
      chunk->pooled = true;
    }
    chunk->size = 0;
    return chunk;
  }
  bool push(ChunkPtr& chunk) {
    if (!filled_.push(chunk)) {
      reader_waits_.store(true, std::memory_order_seq_cst);
      std::atomic_thread_fence(std::memory_order_seq_cst);
      if (!filled_.push(chunk)) return false;
    }
    worker_.wake();
    return true;
  }

  // Worker. It takes nothing any more.
  void abandon() {
    abandoned_.store(true, std::memory_order_release);
    reader_.wake();
  }
  // Reader.
  bool isAbandoned() const { return abandoned_.load(std::memory_order_acquire); }

  // Worker.
  bool empty() { return filled_.front() == nullptr; }
  ChunkPtr pop() {
    if (filled_.front() == nullptr) return nullptr;
    ChunkPtr chunk = filled_.pop();
    wakeReader();
    return chunk;
  }
  void giveBack(ChunkPtr chunk) {
    if (!chunk->pooled) return;
    bool kept = empty_.push(chunk);
    STREAM_CHECK(kept, "there is room for every chunk of a reader");
    wakeReader();
  }

 private:
  void wakeReader() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (reader_waits_.load(std::memory_order_relaxed) && reader_waits_.exchange(false)) reader_.wake();
  }

  SpscRing<ChunkPtr> filled_;
  SpscRing<ChunkPtr> empty_;
  Waker& reader_;
  Waker& worker_;
  const size_t chunk_bytes_;
  const uint32_t chunks_;
  uint32_t made_ = 0;
  std::atomic<bool> reader_waits_{false};
  std::atomic<bool> abandoned_{false};
};

}  // namespace streamrt

#endif
