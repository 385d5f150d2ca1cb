#include "bench/nexmark/keyed.h"

#include <sys/mman.h>
#include <xmmintrin.h>

#include <barrier>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "bench/nexmark/programs.h"

namespace bench {
namespace {

constexpr uint64_t weight(unsigned field) { return 2 * field + 3; }
constexpr uint64_t kRowsAhead = 32;   // of rows that are read
constexpr uint64_t kSlotsAhead = 12;  // of slots that are updated

// The most windows that are open at once: times jump back by less than the watermark waits.
constexpr unsigned kWindows = 4;

// Key → count and sum: open addressing with linear probing, made large enough in advance, on huge pages, used again
// for later windows.
template <bool with_sum>
class Groups {
 public:
  struct Slot {
    int64_t key;
    uint32_t n;
    int64_t sum;
  };
  struct SlotOfCount {
    int64_t key;
    uint64_t n;
  };
  using Entry = std::conditional_t<with_sum, Slot, SlotOfCount>;

  explicit Groups(uint64_t keys) {
    uint64_t slots = 64;
    while (slots < keys * 2) slots *= 2;
    shift_ = 64 - __builtin_ctzll(slots);
    mask_ = slots - 1;
    bytes_ = std::max<uint64_t>(slots * sizeof(Entry), 2 << 20);
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    madvise(memory, bytes_, MADV_HUGEPAGE);
    entries_ = static_cast<Entry*>(memory);
  }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;
  ~Groups() { munmap(entries_, bytes_); }

  uint64_t slotOf(int64_t key) const { return (static_cast<uint64_t>(key) * 0x9e3779b97f4a7c15u) >> shift_; }
  void ask(uint64_t slot) const { _mm_prefetch(reinterpret_cast<const char*>(entries_ + slot), _MM_HINT_T0); }
  void add(int64_t key, uint64_t slot, int64_t price) {
    for (;; slot = (slot + 1) & mask_) {
      Entry& entry = entries_[slot];
      if (entry.n != 0 && entry.key != key) [[unlikely]]
        continue;
      entry.key = key;
      ++entry.n;
      if constexpr (with_sum) entry.sum += price;
      return;
    }
  }
  // Folds what is there and forgets it.
  void close(int64_t start, Result& result) {
    for (uint64_t i = 0; i <= mask_; ++i) {
      const Entry& entry = entries_[i];
      if (entry.n == 0) continue;
      ++result.rows;
      result.sum +=
          static_cast<uint64_t>(start) * weight(0) + static_cast<uint64_t>(entry.key) * weight(1) + entry.n * weight(2);
      if constexpr (with_sum) result.sum += static_cast<uint64_t>(entry.sum) * weight(3);
    }
    std::memset(static_cast<void*>(entries_), 0, (mask_ + 1) * sizeof(Entry));
  }

 private:
  Entry* entries_;
  uint64_t bytes_, mask_;
  unsigned shift_;
};

// The open windows of one thread, and its watermark.
template <bool with_sum>
class Windows {
 public:
  explicit Windows(uint64_t keys) {
    for (Open& open : open_) open.groups = std::make_unique<Groups<with_sum>>(keys);
    current_ = open_[0].groups.get();
  }

  // The groups of the window that holds this time. Most rows are in the window of the row before.
  Groups<with_sum>& at(int64_t time) {
    if (static_cast<uint64_t>(time - start_) >= static_cast<uint64_t>(kWindowUs)) [[unlikely]]
      change(time);
    return *current_;
  }
  bool holds(int64_t time) const { return static_cast<uint64_t>(time - start_) < static_cast<uint64_t>(kWindowUs); }
  Groups<with_sum>* current() { return current_; }

  void advance(int64_t watermark) {
    for (Open& open : open_) {
      if (open.start == kNone || open.start + kWindowUs > watermark) continue;
      open.groups->close(open.start, result_);
      if (open.start == start_) start_ = kNone;
      open.start = kNone;
    }
  }
  Result finish() {
    advance(INT64_MAX);
    return result_;
  }

 private:
  static constexpr int64_t kNone = INT64_MIN / 2;
  struct Open {
    int64_t start = kNone;
    std::unique_ptr<Groups<with_sum>> groups;
  };

  void change(int64_t time) {
    start_ = time / kWindowUs * kWindowUs;
    Open* place = nullptr;
    for (Open& open : open_) {
      if (open.start == start_) place = &open;
      if (place == nullptr && open.start == kNone) place = &open;
    }
    for (Open& open : open_)
      if (open.start == start_) place = &open;
    if (place == nullptr) std::abort();
    place->start = start_;
    current_ = place->groups.get();
  }

  Open open_[kWindows];
  int64_t start_ = kNone;
  Groups<with_sum>* current_;
  Result result_;
};

void ask(const NexmarkRow* row) {
  _mm_prefetch(reinterpret_cast<const char*>(row), _MM_HINT_T0);
  _mm_prefetch(reinterpret_cast<const char*>(row) + 64, _MM_HINT_T0);
}

// What crosses from the thread that reads a row to the one that owns its key.
struct Routed {
  int64_t key, price, at;
};

}  // namespace

template <bool with_sum>
Result groupRows(const Image& image, uint64_t expected_keys) {
  Windows<with_sum> windows(expected_keys);
  int64_t greatest = INT64_MIN;
  for (uint64_t chunk = 0; chunk < image.chunks(); ++chunk) {
    const NexmarkRow* rows = image.rows() + chunk * kChunkRows;
    const uint64_t count = image.chunkRows(chunk);
    for (uint64_t i = 0; i < count; ++i) {
      ask(rows + i + kRowsAhead);
      const NexmarkRow& later = rows[i + kSlotsAhead];
      Groups<with_sum>* groups = windows.current();
      groups->ask(groups->slotOf(later.bid.bidder));
      const NexmarkRow& row = rows[i];
      if (row.kind != NexmarkKind::kBid) continue;
      greatest = std::max(greatest, row.at_us);
      Groups<with_sum>& into = windows.at(row.at_us);
      into.add(row.bid.bidder, into.slotOf(row.bid.bidder), row.bid.price);
    }
    windows.advance(greatest - kWaitUs);
  }
  return windows.finish();
}

template <bool with_sum>
Result groupColumns(const Image& image, uint64_t expected_keys) {
  constexpr uint32_t kGroup = 128;
  alignas(64) int64_t keys[kGroup], prices[kGroup], times[kGroup];
  alignas(64) uint64_t slots[kGroup];
  Windows<with_sum> windows(expected_keys);
  int64_t greatest = INT64_MIN;
  for (uint64_t chunk = 0; chunk < image.chunks(); ++chunk) {
    const NexmarkRow* rows = image.rows() + chunk * kChunkRows;
    const uint64_t count = image.chunkRows(chunk);
    for (uint64_t done = 0; done < count; done += kGroup) {
      const uint64_t end = std::min<uint64_t>(done + kGroup, count);
      uint32_t bids = 0;
      for (uint64_t i = done; i < end; ++i) {
        ask(rows + i + kRowsAhead);
        keys[bids] = rows[i].bid.bidder;
        prices[bids] = rows[i].bid.price;
        times[bids] = rows[i].at_us;
        bids += rows[i].kind == NexmarkKind::kBid ? 1 : 0;
      }
      int64_t least = INT64_MAX, most = INT64_MIN;
      for (uint32_t i = 0; i < bids; ++i) {
        least = std::min(least, times[i]);
        most = std::max(most, times[i]);
      }
      greatest = std::max(greatest, most);
      if (bids != 0 && windows.holds(least) && windows.holds(most)) {
        Groups<with_sum>& into = *windows.current();
        for (uint32_t i = 0; i < bids; ++i) slots[i] = into.slotOf(keys[i]);
        for (uint32_t i = 0; i < bids; ++i) into.ask(slots[i]);
        for (uint32_t i = 0; i < bids; ++i) into.add(keys[i], slots[i], prices[i]);
      } else {
        for (uint32_t i = 0; i < bids; ++i) {
          Groups<with_sum>& into = windows.at(times[i]);
          into.add(keys[i], into.slotOf(keys[i]), prices[i]);
        }
      }
    }
    windows.advance(greatest - kWaitUs);
  }
  return windows.finish();
}

template <bool with_sum>
Result groupTwoThreads(const Image& image, uint64_t expected_keys, double* cpu_s) {
  constexpr uint64_t kRound = 8;  // chunks; each thread routes half of them
  struct Lists {
    std::vector<Routed> rows[kRound][2];
    uint32_t count[kRound][2];
    int64_t greatest[kRound];
  };
  std::vector<Lists> halves(2);  // one is filled while the other may still be read
  for (Lists& half : halves)
    for (auto& chunk : half.rows)
      for (auto& list : chunk) list.resize(kChunkRows + 1);
  std::barrier<> meet(2);
  Result results[2];
  auto run = [&](unsigned self) {
    const double start = threadSeconds();
    {
      Windows<with_sum> windows(expected_keys);
      int64_t greatest = INT64_MIN;
      unsigned half = 0;
      for (uint64_t first = 0; first < image.chunks(); first += kRound, half ^= 1) {
        const uint64_t chunks = std::min(kRound, image.chunks() - first);
        Lists& lists = halves[half];
        for (uint64_t c = self; c < chunks; c += 2) {
          const NexmarkRow* rows = image.rows() + (first + c) * kChunkRows;
          const uint64_t count = image.chunkRows(first + c);
          Routed* to[2] = {lists.rows[c][0].data(), lists.rows[c][1].data()};
          uint32_t used[2] = {0, 0};
          int64_t most = INT64_MIN;
          for (uint64_t i = 0; i < count; ++i) {
            ask(rows + i + kRowsAhead);
            const NexmarkRow& row = rows[i];
            if (row.kind != NexmarkKind::kBid) continue;
            most = std::max(most, row.at_us);
            const unsigned owner = (static_cast<uint64_t>(row.bid.bidder) * 0xd6e8feb86659fd93u) >> 63;
            to[owner][used[owner]++] = {row.bid.bidder, row.bid.price, row.at_us};
          }
          lists.count[c][0] = used[0];
          lists.count[c][1] = used[1];
          lists.greatest[c] = most;
        }
        meet.arrive_and_wait();
        for (uint64_t c = 0; c < chunks; ++c) {
          const Routed* rows = lists.rows[c][self].data();
          const uint32_t count = lists.count[c][self];
          for (uint32_t i = 0; i < count; ++i) {
            Groups<with_sum>* groups = windows.current();
            groups->ask(groups->slotOf(rows[std::min<uint64_t>(i + kSlotsAhead, count)].key));
            Groups<with_sum>& into = windows.at(rows[i].at);
            into.add(rows[i].key, into.slotOf(rows[i].key), rows[i].price);
          }
          greatest = std::max(greatest, lists.greatest[c]);
          windows.advance(greatest - kWaitUs);
        }
      }
      results[self] = windows.finish();
    }
    cpu_s[self] += threadSeconds() - start;
  };
  std::thread other(run, 1);
  run(0);
  other.join();
  return {results[0].rows + results[1].rows, results[0].sum + results[1].sum};
}

template Result groupRows<false>(const Image&, uint64_t);
template Result groupRows<true>(const Image&, uint64_t);
template Result groupColumns<false>(const Image&, uint64_t);
template Result groupColumns<true>(const Image&, uint64_t);
template Result groupTwoThreads<false>(const Image&, uint64_t, double*);
template Result groupTwoThreads<true>(const Image&, uint64_t, double*);

}  // namespace bench
