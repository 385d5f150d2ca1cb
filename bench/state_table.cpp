// What tables cost: inserts of random i64 keys with the worst single one, updates of random and of few keys, and the
// same with text keys.
//
//     bench_state_table [keys]
//
// One line a measurement: ns an operation, and for inserts the longest single insert, which is a split of one segment.
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

// Time of this thread on the CPU: other programs on the machine do not count as slow inserts.
double nanosNow() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;

uint64_t mixed(uint64_t i) {
  i *= 0xbf58476d1ce4e5b9;
  return i ^ (i >> 31);
}

void countKey(streamrt::Slice& slice, uint64_t key) {
  uint8_t inserted;
  auto* cell = static_cast<int64_t*>(
      stream_state_upsert_fixed(&slice, &key, 8, static_cast<int64_t>(streamrt::hashKey(kSeed, &key, 8)), &inserted));
  ++cell[1];
}

void countText(streamrt::Slice& slice, std::string_view key) {
  uint8_t inserted;
  const auto size = static_cast<int64_t>(key.size());
  auto* cell = static_cast<int64_t*>(
      stream_state_upsert_blob(&slice, const_cast<char*>(key.data()), size,
                               static_cast<int64_t>(streamrt::hashKey(kSeed, key.data(), size)), &inserted));
  ++cell[2];
}

template <class Step>
void measure(const char* what, uint64_t count, Step step) {
  const double start = nanosNow();
  for (uint64_t i = 0; i < count; ++i) step(i);
  std::printf("%-36s %8.1f ns\n", what, (nanosNow() - start) / static_cast<double>(count));
}

template <class Step>
void measureWorst(const char* what, uint64_t count, Step step) {
  double worst = 0;
  const double start = nanosNow();
  double before = start;
  for (uint64_t i = 0; i < count; ++i) {
    step(i);
    const double after = nanosNow();
    worst = std::max(worst, after - before);
    before = after;
  }
  std::printf("%-36s %8.1f ns   worst %.0f us\n", what, (nanosNow() - start) / static_cast<double>(count),
              worst / 1000);
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t keys = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4'000'000;
  streamrt::PageAllocator memory;
  streamrt::TableLayout layout;
  layout.key_bytes = 8;
  layout.cell_bytes = 16;
  layout.hash_seed = kSeed;
  {
    streamrt::Table table(layout, memory);
    streamrt::Slice& slice = table.slice(0);
    std::printf("%llu keys\n", static_cast<unsigned long long>(keys));
    measureWorst("insert, i64 key (with the clock)", keys, [&](uint64_t i) { countKey(slice, mixed(i)); });
    measure("update, any of all keys", keys, [&](uint64_t i) { countKey(slice, mixed(mixed(i) % keys)); });
    measure("update, one of 1,000 keys", keys * 4, [&](uint64_t i) { countKey(slice, mixed(mixed(i) % 1000)); });
    std::printf("%-36s %8.1f\n", "bytes a key", static_cast<double>(table.bytes()) / static_cast<double>(keys));
    table.dropSlice(0);
    measure("insert again, memory reused", keys, [&](uint64_t i) { countKey(table.slice(1), mixed(i)); });
  }
  layout.blob_key = true;
  layout.cell_bytes = 24;
  streamrt::Table texts(layout, memory);
  streamrt::Slice& slice = texts.slice(0);
  std::vector<std::string> names;
  for (uint64_t i = 0; i < keys / 8; ++i) names.push_back("user-" + std::to_string(mixed(i) % 1'000'000'000'000));
  measureWorst("insert, text key (with the clock)", names.size(), [&](uint64_t i) { countText(slice, names[i]); });
  measure("update, text key", names.size() * 4, [&](uint64_t i) { countText(slice, names[mixed(i) % names.size()]); });
  return 0;
}
