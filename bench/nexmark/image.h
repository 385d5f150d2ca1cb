// The events that engine and hand-written programs read: the same rows of 128 bytes in memory, made once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime-lib/connectors/nexmark_events.h"

namespace bench {

using streamrt::NexmarkKind;
using streamrt::NexmarkRow;

constexpr uint64_t kChunkRows = 4096;  // the unit that partitions and threads take in turn
constexpr int64_t kWindowUs = 10'000'000, kWaitUs = 4'000'000;

class Image {
 public:
  Image(uint64_t events, int64_t events_per_second);
  ~Image();
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  const NexmarkRow* rows() const { return rows_; }
  uint64_t size() const { return size_; }
  uint64_t chunks() const { return (size_ + kChunkRows - 1) / kChunkRows; }
  uint64_t chunkRows(uint64_t chunk) const { return std::min(kChunkRows, size_ - chunk * kChunkRows); }

  // Gives every bid a bidder drawn evenly from `keys`; 0: the generator's own.
  void setBidders(uint64_t keys);

 private:
  streamrt::NexmarkEvents events_;
  uint64_t size_;
  uint64_t keys_ = 0;
  NexmarkRow* rows_;
};

// What came out, folded: every field of every row counts, in any order of rows.
struct Result {
  uint64_t rows = 0;
  uint64_t sum = 0;
  friend bool operator==(const Result&, const Result&) = default;
};

}  // namespace bench
