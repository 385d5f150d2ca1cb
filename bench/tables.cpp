// What tables cost, beside a table written by hand (open addressing, made large enough in advance, huge pages): a
// window is filled with new keys, updated, read out and dropped, again and again; both run by turns on the same keys.
//
//     bench_tables [rounds] [keys]...          1,000, 100,000 and 16,000,000 keys unless given; 0 rounds: only the last
//
// Thread CPU time in ns a row, medians over rounds; then the longest single insert, and text keys without a
// counterpart.
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"

namespace {

// Other programs on the machine do not count as slow.
double nanosNow() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;
constexpr uint64_t kBatch = 1024;
constexpr uint64_t kAhead = 12;

uint64_t mixed(uint64_t i) {
  i *= 0xbf58476d1ce4e5b9;
  return i ^ (i >> 31);
}

// Key, count, sum of 24 bytes; as generated code uses a table: hashes of a batch first, cells asked for ahead.
class Engine {
 public:
  explicit Engine(bool noted = false) : table_(layout(), memory_) {
    if (noted) table_.beginChanges(1, true);
  }
  static streamrt::TableLayout layout() {
    streamrt::TableLayout layout;
    layout.key_bytes = 8;
    layout.cell_bytes = 24;
    layout.hash_seed = kSeed;
    return layout;
  }
  void begin(uint64_t) { slice_ = &table_.slice(++start_); }
  void add(const uint64_t* keys, uint64_t rows) {
    int64_t hashes[kBatch];
    for (uint64_t i = 0; i < rows; ++i) hashes[i] = static_cast<int64_t>(streamrt::hashKey(kSeed, &keys[i], 8));
    for (uint64_t i = 0; i < rows; ++i) {
      stream_state_ask(slice_, hashes[std::min(i + kAhead, rows - 1)]);
      uint64_t key = keys[i];
      uint8_t inserted;
      auto* cell = static_cast<uint64_t*>(stream_state_upsert_fixed(slice_, &key, 8, hashes[i], &inserted));
      cell[1] += 1;
      cell[2] += key;
    }
  }
  uint64_t fire() {
    void* cells[kBatch];
    streamrt::SliceCursor cursor;
    uint64_t sum = 0;
    while (uint32_t count = table_.gather(*slice_, cursor, cells, kBatch)) {
      for (uint32_t i = 0; i < count; ++i) {
        auto* cell = static_cast<uint64_t*>(cells[i]);
        sum += cell[0] * 3 + cell[1] * 5 + cell[2] * 7;
      }
    }
    return sum;
  }
  void drop() { table_.dropSlice(start_); }
  uint64_t bytes() const { return table_.bytes(); }

 private:
  streamrt::PageAllocator memory_;
  streamrt::Table table_;
  streamrt::Slice* slice_ = nullptr;
  int64_t start_ = 0;
};

class ByHand {
 public:
  ~ByHand() {
    if (entries_ != nullptr) munmap(entries_, bytes_);
  }
  void begin(uint64_t keys) {
    if (entries_ != nullptr) return;
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
  void add(const uint64_t* keys, uint64_t rows) {
    uint64_t slots[kBatch];
    for (uint64_t i = 0; i < rows; ++i) slots[i] = (keys[i] * kSeed) >> shift_;
    for (uint64_t i = 0; i < rows; ++i) {
      __builtin_prefetch(entries_ + slots[std::min(i + kAhead, rows - 1)], 1);
      for (uint64_t slot = slots[i];; slot = (slot + 1) & mask_) {
        Entry& entry = entries_[slot];
        if (entry.n != 0 && entry.key != keys[i]) continue;
        entry.key = keys[i];
        entry.n += 1;
        entry.sum += keys[i];
        break;
      }
    }
  }
  uint64_t fire() {
    uint64_t sum = 0;
    for (uint64_t i = 0; i <= mask_; ++i) sum += entries_[i].key * 3 + entries_[i].n * 5 + entries_[i].sum * 7;
    return sum;
  }
  void drop() { std::memset(static_cast<void*>(entries_), 0, (mask_ + 1) * sizeof(Entry)); }
  uint64_t bytes() const { return (mask_ + 1) * sizeof(Entry); }

 private:
  struct Entry {
    uint64_t key, n, sum;
  };
  Entry* entries_ = nullptr;
  uint64_t bytes_ = 0, mask_ = 0;
  int shift_ = 0;
};

enum Phase { kInsert, kUpdate, kFire, kDrop, kPhases };
constexpr const char* kPhaseNames[] = {"insert", "update", "fire", "drop"};

struct Times {
  std::vector<double> of[kPhases];
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

template <class Side>
uint64_t window(Side& side, uint64_t keys, uint64_t updates, Times& times) {
  uint64_t batch[kBatch];
  auto feed = [&](uint64_t count, auto key_of) {
    for (uint64_t at = 0; at < count; at += kBatch) {
      const uint64_t rows = std::min(kBatch, count - at);
      for (uint64_t i = 0; i < rows; ++i) batch[i] = key_of(at + i);
      side.add(batch, rows);
    }
  };
  double last = nanosNow();
  auto done = [&](Phase phase, uint64_t rows) {
    const double now = nanosNow();
    times.of[phase].push_back((now - last) / static_cast<double>(rows));
    last = nanosNow();
  };
  side.begin(keys);
  feed(keys, [](uint64_t i) { return mixed(i + 1); });
  done(kInsert, keys);
  feed(updates, [&](uint64_t i) { return mixed(((mixed(i + 7) >> 20) * keys >> 44) + 1); });
  done(kUpdate, updates);
  const uint64_t sum = side.fire();
  done(kFire, keys);
  side.drop();
  done(kDrop, keys);
  return sum;
}

void compare(uint64_t keys, int rounds) {
  Engine engine;
  Engine noted(true);  // as where checkpoints are taken
  ByHand by_hand;
  Times first[3], later[3];  // fresh memory, memory used again
  const uint64_t updates = std::max<uint64_t>(keys, 2'000'000);
  uint64_t bytes = 0;
  for (int round = 0; round <= rounds; ++round) {
    Times* times = round == 0 ? first : later;
    const uint64_t a = window(engine, keys, updates, times[0]);
    const uint64_t b = window(by_hand, keys, updates, times[1]);
    const uint64_t c = window(noted, keys, updates, times[2]);
    if (a != b || b != c) std::abort();
  }
  {
    Engine filled;
    Times ignored;
    uint64_t key;
    filled.begin(keys);
    for (uint64_t i = 0; i < keys; ++i) key = mixed(i + 1), filled.add(&key, 1);
    bytes = filled.bytes();
  }
  std::printf("%llu keys: %.1f bytes a key (by hand %.1f)\n", static_cast<unsigned long long>(keys),
              static_cast<double>(bytes) / static_cast<double>(keys),
              static_cast<double>(by_hand.bytes()) / static_cast<double>(keys));
  for (int phase = 0; phase < kPhases; ++phase) {
    std::printf(
        "  %-8s %7.2f ns   by hand %7.2f ns   %5.2f   changes noted %7.2f   first window %7.2f, by hand %7.2f\n",
        kPhaseNames[phase], median(later[0].of[phase]), median(later[1].of[phase]),
        median(later[1].of[phase]) / median(later[0].of[phase]), median(later[2].of[phase]), first[0].of[phase][0],
        first[1].of[phase][0]);
  }
}

// Every insert with a clock of its own.
void longestInsert(uint64_t keys) {
  streamrt::PageAllocator memory;
  streamrt::Table table(Engine::layout(), memory);
  streamrt::Slice& slice = table.slice(0);
  std::vector<double> longest(5);
  double before = nanosNow();
  for (uint64_t i = 0; i < keys; ++i) {
    uint64_t key = mixed(i + 1);
    uint8_t inserted;
    stream_state_upsert_fixed(&slice, &key, 8, static_cast<int64_t>(streamrt::hashKey(kSeed, &key, 8)), &inserted);
    const double after = nanosNow();
    if (after - before > longest.front()) {
      longest.front() = after - before;
      std::ranges::sort(longest);
    }
    before = after;
  }
  std::printf("longest of %llu inserts: %.0f us, the fifth %.0f us\n", static_cast<unsigned long long>(keys),
              longest.back() / 1000, longest.front() / 1000);
}

void textKeys(uint64_t keys) {
  streamrt::PageAllocator memory;
  streamrt::TableLayout layout = Engine::layout();
  layout.blob_key = true;
  layout.cell_bytes = 24;
  streamrt::Table table(layout, memory);
  streamrt::Slice& slice = table.slice(0);
  std::vector<std::string> names;
  for (uint64_t i = 0; i < keys; ++i) names.push_back("user-" + std::to_string(mixed(i) % 1'000'000'000'000));
  auto count = [&](std::string& name) {
    uint8_t inserted;
    const auto size = static_cast<int64_t>(name.size());
    auto* cell = static_cast<int64_t*>(stream_state_upsert_blob(
        &slice, name.data(), size, static_cast<int64_t>(streamrt::hashKey(kSeed, name.data(), size)), &inserted));
    ++cell[2];
  };
  double start = nanosNow();
  for (std::string& name : names) count(name);
  std::printf("text keys, %llu: insert %.1f ns", static_cast<unsigned long long>(keys),
              (nanosNow() - start) / static_cast<double>(keys));
  start = nanosNow();
  for (uint64_t i = 0; i < keys * 4; ++i) count(names[mixed(i) % keys]);
  std::printf(", update %.1f ns\n", (nanosNow() - start) / static_cast<double>(keys * 4));
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 5;
  std::vector<uint64_t> sizes;
  for (int i = 2; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {1000, 100'000, 16'000'000};
  if (rounds > 0) {
    for (uint64_t keys : sizes) compare(keys, rounds);
  }
  longestInsert(sizes.back());
  textKeys(std::min<uint64_t>(sizes.back(), 500'000));
  return 0;
}
