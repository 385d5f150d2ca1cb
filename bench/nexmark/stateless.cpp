#include "bench/nexmark/stateless.h"

#include <xmmintrin.h>

namespace bench {
namespace {

constexpr uint64_t kAhead = 32;  // rows; measured: 16 to 64 are alike, without it a tenth slower

void ask(const NexmarkRow* row) {
  _mm_prefetch(reinterpret_cast<const char*>(row), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(row) + 64, _MM_HINT_T0);
}

// The weights with which the fields of a row are folded; fold.h of the engine's side uses the same.
constexpr uint64_t weight(unsigned field) { return 2 * field + 3; }

struct PassRow {
  int64_t auction, bidder, price, at;
  StreamString extra;
  uint64_t fold() const {
    return static_cast<uint64_t>(auction) * weight(0) + static_cast<uint64_t>(bidder) * weight(1) +
           static_cast<uint64_t>(price) * weight(2) + static_cast<uint64_t>(at) * weight(3) + extra.size * weight(4);
  }
};
struct FilterRow {
  int64_t auction, price;
  uint64_t fold() const {
    return static_cast<uint64_t>(auction) * weight(0) + static_cast<uint64_t>(price) * weight(1);
  }
};

// Rows of output stand in a buffer that is used again and again; a full one is folded.
template <class Row>
struct RowSink {
  static constexpr uint32_t kRows = 1024;
  Row rows[kRows];
  uint32_t used = 0;
  Result result;

  void room(uint32_t wanted) {
    if (used + wanted > kRows) flush();
  }
  void flush() {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < used; ++i) sum += rows[i].fold();
    result.sum += sum;
    result.rows += used;
    used = 0;
  }
};

// Chunks of the image that belong to a thread, in groups of rows for which the sink has room.
template <class Group>
void forGroups(const Image& image, uint64_t first_chunk, uint64_t step, Group group) {
  constexpr uint64_t kGroup = 256;
  for (uint64_t chunk = first_chunk; chunk < image.chunks(); chunk += step) {
    const NexmarkRow* rows = image.rows() + chunk * kChunkRows;
    const uint64_t count = image.chunkRows(chunk);
    for (uint64_t done = 0; done < count; done += kGroup) group(rows + done, std::min(kGroup, count - done));
  }
}

template <class Row, class Make>
Result byRow(const Image& image, uint64_t first_chunk, uint64_t step, Make make) {
  RowSink<Row> sink;
  forGroups(image, first_chunk, step, [&](const NexmarkRow* rows, uint64_t count) {
    sink.room(static_cast<uint32_t>(count));
    uint32_t used = sink.used;
    for (uint64_t i = 0; i < count; ++i) {
      ask(rows + i + kAhead);
      used += make(rows[i], sink.rows[used]) ? 1 : 0;
    }
    sink.used = used;
  });
  sink.flush();
  return sink.result;
}

// ---- by column: a group's fields into arrays, then a loop over arrays

struct Columns {
  static constexpr uint32_t kRows = 256;
  alignas(64) int64_t auction[kRows], bidder[kRows], price[kRows], at[kRows];
  alignas(64) uint32_t extra[kRows];
  alignas(64) StreamString text[kRows];
  alignas(64) uint32_t place[kRows];
  uint32_t count = 0;

  // The places of the bids first, without a branch.
  void find(const NexmarkRow* rows, uint64_t rows_count) {
    count = 0;
    for (uint32_t i = 0; i < rows_count; ++i) {
      ask(rows + i + kAhead);
      place[count] = i;
      count += rows[i].kind == NexmarkKind::kBid ? 1 : 0;
    }
  }
};

template <class Fold>
Result byColumn(const Image& image, uint64_t first_chunk, uint64_t step, Fold fold) {
  Result result;
  Columns columns;
  forGroups(image, first_chunk, step, [&](const NexmarkRow* rows, uint64_t count) {
    columns.find(rows, count);
    fold(rows, columns, result);
  });
  return result;
}

void loadPass(const NexmarkRow* rows, Columns& c) {
  for (uint32_t i = 0; i < c.count; ++i) {
    const NexmarkRow& row = rows[c.place[i]];
    c.auction[i] = row.bid.auction;
    c.bidder[i] = row.bid.bidder;
    c.price[i] = row.bid.price;
    c.at[i] = row.at_us;
    c.text[i] = row.bid.extra;
  }
}

void foldPass(const Columns& c, Result& result) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < c.count; ++i) {
    sum += static_cast<uint64_t>(c.auction[i]) * weight(0) + static_cast<uint64_t>(c.bidder[i]) * weight(1) +
           static_cast<uint64_t>(c.price[i]) * weight(2) + static_cast<uint64_t>(c.at[i]) * weight(3) +
           c.text[i].size * weight(4);
  }
  result.sum += sum;
  result.rows += c.count;
}

}  // namespace

Result passRows(const Image& image, uint64_t first_chunk, uint64_t step) {
  return byRow<PassRow>(image, first_chunk, step, [](const NexmarkRow& row, PassRow& out) {
    if (row.kind != NexmarkKind::kBid) return false;
    out = {row.bid.auction, row.bid.bidder, row.bid.price, row.at_us, row.bid.extra};
    return true;
  });
}

Result passColumns(const Image& image, uint64_t first_chunk, uint64_t step) {
  return byColumn(image, first_chunk, step, [](const NexmarkRow* rows, Columns& c, Result& result) {
    loadPass(rows, c);
    foldPass(c, result);
  });
}

Result currencyRows(const Image& image, uint64_t first_chunk, uint64_t step) {
  return byRow<PassRow>(image, first_chunk, step, [](const NexmarkRow& row, PassRow& out) {
    if (row.kind != NexmarkKind::kBid) return false;
    out = {row.bid.auction, row.bid.bidder, row.bid.price * 908, row.at_us, row.bid.extra};
    return true;
  });
}

Result currencyColumns(const Image& image, uint64_t first_chunk, uint64_t step) {
  return byColumn(image, first_chunk, step, [](const NexmarkRow* rows, Columns& c, Result& result) {
    loadPass(rows, c);
    for (uint32_t i = 0; i < c.count; ++i) c.price[i] *= 908;
    foldPass(c, result);
  });
}

Result filterRows(const Image& image, uint64_t first_chunk, uint64_t step) {
  return byRow<FilterRow>(image, first_chunk, step, [](const NexmarkRow& row, FilterRow& out) {
    if (row.kind != NexmarkKind::kBid || row.bid.auction % 123 != 0) return false;
    out = {row.bid.auction, row.bid.price};
    return true;
  });
}

Result filterColumns(const Image& image, uint64_t first_chunk, uint64_t step) {
  return byColumn(image, first_chunk, step, [](const NexmarkRow* rows, Columns& c, Result& result) {
    for (uint32_t i = 0; i < c.count; ++i) {
      c.auction[i] = rows[c.place[i]].bid.auction;
      c.price[i] = rows[c.place[i]].bid.price;
    }
    // A number is a multiple of 123 when it times the inverse of 123 is small (H. Warren, Hacker's Delight, 10-17).
    constexpr uint64_t kInverse = 0x2fdeb2fdeb2fdeb3u, kMost = UINT64_MAX / 123;
    static_assert(kInverse * 123 == 1);
    uint64_t sum = 0, found = 0;
    for (uint32_t i = 0; i < c.count; ++i) {
      const uint64_t hit = static_cast<uint64_t>(c.auction[i]) * kInverse <= kMost ? ~uint64_t{0} : 0;
      sum += hit & (static_cast<uint64_t>(c.auction[i]) * weight(0) + static_cast<uint64_t>(c.price[i]) * weight(1));
      found += hit & 1;
    }
    result.sum += sum;
    result.rows += found;
  });
}

}  // namespace bench
