// The events of the NEXMark benchmark, one by one: what `nexmark(…)` hands out and what the benchmarks keep in memory.
//
// Schema, proportions and distributions are those of the generator of Flink's NEXMark suite: of 50 events one is a
// person, three are auctions, 46 are bids; half of the bids go to the hottest auction of the moment, three quarters
// come from the hottest bidder. (P. Tucker et al., "NEXMark: a benchmark for queries over data streams", 2002;
// nexmark-flink.) The texts are our own: views into pools that are made once from the seed.
//
// Event n depends on the seed, the rate and n alone, so any number of partitions and workers makes the same events.
// Read-only after construction: threads may share one.
#ifndef RUNTIME_LIB_CONNECTORS_NEXMARK_EVENTS_H
#define RUNTIME_LIB_CONNECTORS_NEXMARK_EVENTS_H

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/formats/row_image.h"

namespace streamrt {

enum class NexmarkKind : int32_t { kPerson, kAuction, kBid };

// One event: 128 bytes, two cache lines, as fixed-size records lie in many systems.
struct NexmarkRow {
  NexmarkKind kind;
  int32_t zero;
  int64_t at_us;
  union {
    struct {
      int64_t id;
      StreamString name, email, card, city, state, extra;
    } person;
    struct {
      int64_t id, initial_bid, reserve, expires_us, seller, category;
      StreamString item, description, extra;
    } auction;
    struct {
      int64_t auction, bidder, price;
      StreamString channel, url, extra;
    } bid;
    char bytes[112];
  };
};
static_assert(sizeof(NexmarkRow) == 128);

// A row of the events' schema: a field of one kind of event and where it lies. Names are those of the language's types.
struct NexmarkField {
  NexmarkKind kind;
  std::string_view name;
  ColumnType type;
  uint16_t offset;
};
std::span<const NexmarkField> nexmarkFields();

class NexmarkEvents {
 public:
  struct Rate {
    int64_t events = 1'000'000;  // so many events …
    int64_t per_us = 1'000'000;  // … in so many µs of event time
  };
  NexmarkEvents(uint64_t seed, Rate rate);

  // Event n, n >= 0. Its texts live as long as this.
  void make(int64_t n, NexmarkRow& row) const;
  int64_t timeOf(int64_t n) const;

 private:
  class Draw;
  StreamString cut(const std::string& pool, uint64_t at, uint32_t size) const;
  StreamString extra(Draw& draw, int64_t used, int64_t average) const;

  uint64_t seed_;
  Rate rate_;
  std::string letters_, words_;
  std::vector<std::string> names_, emails_, cards_, channels_, urls_;
  std::array<std::string, 4> hot_urls_;
};

}  // namespace streamrt

#endif
