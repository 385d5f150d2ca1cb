#include "bench/nexmark/image.h"

#include <sys/mman.h>

#include <stdexcept>

namespace bench {

Image::Image(uint64_t events, int64_t events_per_second)
    : events_(42, {.events = events_per_second, .per_us = 1'000'000}), size_(events) {
  // Some rows more, so that whoever reads ahead reads memory that is there.
  size_t bytes = (events + kChunkRows) * sizeof(NexmarkRow);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory for the events");
  madvise(memory, bytes, MADV_HUGEPAGE);
  rows_ = static_cast<NexmarkRow*>(memory);
  for (uint64_t n = 0; n < events; ++n) events_.make(static_cast<int64_t>(n), rows_[n]);
}

Image::~Image() { munmap(rows_, (size_ + kChunkRows) * sizeof(NexmarkRow)); }

void Image::setBidders(uint64_t keys) {
  if (keys == keys_) return;
  keys_ = keys;
  for (uint64_t n = 0; n < size_; ++n) {
    if (rows_[n].kind != NexmarkKind::kBid) continue;
    if (keys == 0) {
      events_.make(static_cast<int64_t>(n), rows_[n]);
      continue;
    }
    uint64_t random = (n + 1) * 0x9e3779b97f4a7c15u;
    random = (random ^ (random >> 29)) * 0xbf58476d1ce4e5b9u;
    random ^= random >> 31;
    rows_[n].bid.bidder = static_cast<int64_t>((random >> 32) * keys >> 32);
  }
}

}  // namespace bench
