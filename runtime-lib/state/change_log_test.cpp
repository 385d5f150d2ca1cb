// Checkpoints of tables: whatever happens between and after barriers, the records of all epochs so far make the table
// as it was at the last barrier.
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"

namespace streamrt {
namespace {

constexpr uint64_t kSeed = 4711;
constexpr size_t kNoLimit = SIZE_MAX;

struct Cell {
  uint64_t number = 0;
  std::string text;
  bool operator==(const Cell&) const = default;
};
using Contents = std::map<int64_t, std::map<std::string, Cell>>;

// Slices without keys have no rows, whether they have pages or not.
Contents withoutEmpty(Contents contents) {
  std::erase_if(contents, [](const auto& slice) { return slice.second.empty(); });
  return contents;
}

// A table and what should be in it.
class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {
    layout_.table_id = 3;
    layout_.hash_seed = kSeed;
    layout_.blob_key = below(2) == 0;
    layout_.key_bytes = layout_.blob_key ? 0 : 8;
    number_at_ = layout_.blob_key ? 16 : 8;
    has_text_ = below(2) == 0;
    if (has_text_) layout_.blob_offsets.push_back(number_at_ + 8);
    // From cells of which many begin in a line to segments of several units.
    constexpr uint32_t kMore[] = {0, 8, 24, 40, 100, 600, 3000};
    layout_.cell_bytes = number_at_ + 8 + (has_text_ ? 16 : 0) + kMore[below(std::size(kMore))];
    large_ = below(3) == 0 ? 30 : 3000;
    keys_ = 1 + below(below(3) == 0 ? 10 : 4000);
    table_ = std::make_unique<Table>(layout_, memory_);
  }

  size_t below(size_t n) { return random_() % n; }
  Table& table() { return *table_; }
  const TableLayout& layout() const { return layout_; }
  const Contents& contents() const { return contents_; }

  void step() {
    const int64_t start = static_cast<int64_t>(below(3));
    if (below(3000) == 0) {
      ASSERT_EQ(table_->dropSlice(start), contents_.erase(start) == 1);
      return;
    }
    std::string key = std::to_string(below(keys_) * 7919);
    if (!layout_.blob_key) key.resize(8, '.');
    Slice& slice = table_->slice(start);
    auto [at, is_new] = contents_[start].try_emplace(key);
    uint8_t inserted = 2;
    const auto size = static_cast<int64_t>(key.size());
    const auto hash = static_cast<int64_t>(hashKey(kSeed, key.data(), size));
    auto* cell =
        static_cast<char*>(layout_.blob_key ? stream_state_upsert_blob(&slice, key.data(), size, hash, &inserted)
                                            : stream_state_upsert_fixed(&slice, key.data(), size, hash, &inserted));
    ASSERT_EQ(inserted, is_new ? 1 : 0);
    if (below(4) == 0) {
      table_->erase(slice, cell);
      contents_[start].erase(at);
      return;
    }
    at->second.number = random_();
    std::memcpy(cell + number_at_, &at->second.number, 8);
    // The last bytes of a cell are as much part of it as the first.
    std::memcpy(cell + layout_.cell_bytes - 8, &at->second.number, has_text_ ? 0 : 8);
    if (has_text_ && below(2) == 0) {
      std::string text(below(large_) == 0 ? 16000 + below(30000) : below(60), static_cast<char>('a' + below(26)));
      stream_state_put_string(&slice, cell + number_at_ + 8, text.data(), static_cast<uint32_t>(text.size()));
      at->second.text = std::move(text);
    }
  }

  // Everything in a table of this layout.
  Contents read(Table& table) const {
    Contents all;
    for (int64_t start : table.sliceStarts()) {
      Slice& slice = *table.findSlice(start);
      auto& cells = all[start];
      SliceCursor cursor;
      void* some[100];
      while (uint32_t count = table.gather(slice, cursor, some, 100)) {
        for (uint32_t i = 0; i < count; ++i) {
          auto* cell = static_cast<char*>(some[i]);
          StreamString text;
          std::string key(cell, layout_.key_bytes);
          if (layout_.blob_key) {
            stream_state_get_string(&slice, cell, &text);
            key.assign(text.data, text.size);
          }
          Cell& to = cells[key];
          std::memcpy(&to.number, cell + number_at_, 8);
          uint64_t last = to.number;
          if (!has_text_) std::memcpy(&last, cell + layout_.cell_bytes - 8, 8);
          EXPECT_EQ(last, to.number);
          if (!has_text_) continue;
          stream_state_get_string(&slice, cell + number_at_ + 8, &text);
          to.text.assign(text.data, text.size);
        }
      }
    }
    return all;
  }

  // The table that the records make is `expected`.
  void expectRestored(const std::string& records, const Contents& expected) {
    PageAllocator memory;
    PageAssembly assembly(memory);
    auto applied = assembly.apply(records);
    ASSERT_TRUE(applied.has_value()) << applied.error().text;
    auto pages = assembly.take();
    ASSERT_TRUE(pages.has_value()) << pages.error().text;
    auto opened = Table::open(layout_, memory, *pages);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    ASSERT_TRUE((*opened)->verify().has_value()) << (*opened)->verify().error().text;
    ASSERT_EQ(withoutEmpty(read(**opened)), expected);
  }

 private:
  std::mt19937_64 random_;
  TableLayout layout_;
  uint32_t number_at_;
  bool has_text_;
  size_t large_;  // one in so many texts has a page of its own
  size_t keys_;
  PageAllocator memory_;
  std::unique_ptr<Table> table_;
  Contents contents_;
};

TEST(ChangeLog, RecordsOfAllEpochsMakeTheTableAtTheBarrier) {
  for (uint64_t seed = 0; seed < 40 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    const bool from_the_start = model.below(2) == 0;
    if (!from_the_start) {
      for (int i = 0; i < 500; ++i) model.step();
    }
    model.table().beginChanges(1, true);
    std::string records;
    struct Sealed {
      std::shared_ptr<SealedChanges> changes;
      Contents expected;
    };
    std::deque<Sealed> sealed;
    const size_t reads = 1 + model.below(400);  // how fast the writer is
    std::vector<uint32_t> whole;
    for (uint64_t epoch = 2; epoch < 14 && !testing::Test::HasFailure(); ++epoch) {
      const size_t steps = model.below(2500);
      for (size_t i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
        model.step();
        if (sealed.empty() || i % reads != 0) continue;
        if (sealed.front().changes->next(records, records.size() + 1 + model.below(20000))) continue;
        model.expectRestored(records, sealed.front().expected);
        sealed.pop_front();
      }
      while (!model.table().maySeal(kNoLimit)) {
        ASSERT_FALSE(sealed.empty());
        while (sealed.front().changes->next(records, records.size() + 100000)) {
        }
        model.expectRestored(records, sealed.front().expected);
        sealed.pop_front();
      }
      whole.clear();
      for (size_t n = model.below(5); n > 0; --n) whole.push_back(static_cast<uint32_t>(1 + model.below(40)));
      sealed.push_back({model.table().seal(epoch, whole), withoutEmpty(model.contents())});
      ASSERT_EQ(sealed.back().changes->epoch(), epoch - 1);
    }
    for (; !sealed.empty() && !testing::Test::HasFailure(); sealed.pop_front()) {
      while (sealed.front().changes->next(records, records.size() + 1)) {
      }
      model.expectRestored(records, sealed.front().expected);
    }
    EXPECT_TRUE(model.table().maySeal(0));
    EXPECT_EQ(model.table().heldBytes(), 0u);
  }
}

// The same with the writer as a thread: under ThreadSanitizer this is the proof that nothing is raced for.
TEST(ChangeLog, AnotherThreadReadsWhatTheWorkerChanges) {
  for (uint64_t seed = 100; seed < 106 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    model.table().beginChanges(1, true);
    struct Sealed {
      std::shared_ptr<SealedChanges> changes;
      Contents expected;
    };
    std::mutex mutex;
    std::condition_variable some;
    std::deque<Sealed> sealed;  // null changes: no more
    std::thread writer([&] {
      std::string records;
      for (;;) {
        Sealed next;
        {
          std::unique_lock lock(mutex);
          some.wait(lock, [&] { return !sealed.empty(); });
          next = std::move(sealed.front());
          sealed.pop_front();
        }
        if (next.changes == nullptr) return;
        while (next.changes->next(records, records.size() + 1)) std::this_thread::yield();
        model.expectRestored(records, next.expected);
      }
    });
    auto hand = [&](Sealed value) {
      std::lock_guard lock(mutex);
      sealed.push_back(std::move(value));
      some.notify_one();
    };
    uint64_t epoch = 1;
    for (int i = 0; i < 40000 && !testing::Test::HasFailure(); ++i) {
      model.step();
      if (i % 300 == 0 && model.table().maySeal(kNoLimit)) {
        hand({model.table().seal(++epoch), withoutEmpty(model.contents())});
      }
    }
    hand({});
    writer.join();
    EXPECT_GT(epoch, 2u);
  }
}

TableLayout counters(uint32_t cell_bytes) {
  TableLayout layout;
  layout.key_bytes = 8;
  layout.cell_bytes = cell_bytes;
  layout.hash_seed = kSeed;
  return layout;
}

void count(Table& table, int64_t start, uint64_t key) {
  uint8_t inserted;
  auto* cell = static_cast<uint64_t*>(stream_state_upsert_fixed(
      &table.slice(start), &key, 8, static_cast<int64_t>(hashKey(kSeed, &key, 8)), &inserted));
  ++cell[1];
}

std::string readOut(SealedChanges& changes) {
  std::string records;
  while (changes.next(records, SIZE_MAX)) {
  }
  return records;
}

// What a checkpoint writes is what changed, for cells of every size.
TEST(ChangeLog, ACheckpointCostsWhatChanged) {
  for (uint32_t cell_bytes : {16, 24, 32, 40, 48, 56, 64, 72, 104, 200, 504}) {
    SCOPED_TRACE(cell_bytes);
    PageAllocator memory;
    Table table(counters(cell_bytes), memory);
    table.beginChanges(1, true);
    constexpr uint64_t kKeys = 60000;
    for (uint64_t key = 0; key < kKeys; ++key) count(table, 0, key);
    EXPECT_GT(readOut(*table.seal(2)).size(), kKeys * cell_bytes);
    EXPECT_EQ(readOut(*table.seal(3)).size(), 0u) << "nothing changed";
    for (uint64_t key = 0; key < kKeys; key += 100) count(table, 0, key);
    const size_t bytes = readOut(*table.seal(4)).size();
    EXPECT_LT(static_cast<double>(bytes), 1.5 * kKeys / 100 * std::max(cell_bytes, 64u));
    EXPECT_GE(bytes, kKeys / 100 * cell_bytes);
    EXPECT_EQ(table.heldBytes(), 0u) << "what was read before it changed was not copied";
  }
}

TEST(ChangeLog, OneKeyIsAFewBytes) {
  PageAllocator memory;
  Table table(counters(16), memory);
  table.beginChanges(1, true);
  count(table, 0, 1);
  EXPECT_LT(readOut(*table.seal(2)).size(), 200u);
}

TEST(ChangeLog, WhatIsChangedBeforeItWasReadIsCopiedOnceAndCounted) {
  PageAllocator memory;
  Table table(counters(16), memory);
  table.beginChanges(1, true);
  for (uint64_t key = 0; key < 50000; ++key) count(table, 0, key);
  readOut(*table.seal(2));
  for (uint64_t key = 0; key < 50000; key += 100) count(table, 0, key);
  auto sealed = table.seal(3);
  for (int round = 0; round < 3; ++round) {
    for (uint64_t key = 0; key < 50000; ++key) count(table, 0, key);
  }
  EXPECT_GT(table.heldBytes(), 500u * 16);
  EXPECT_LT(table.heldBytes(), table.bytes() / 4) << "lines, not pages";
  EXPECT_FALSE(table.maySeal(1000)) << "beyond the limit";
  EXPECT_TRUE(table.maySeal(kNoLimit));
  auto second = table.seal(4);
  EXPECT_FALSE(table.maySeal(kNoLimit)) << "two are not read out";
  readOut(*sealed);
  EXPECT_TRUE(table.maySeal(kNoLimit));
  readOut(*second);
  EXPECT_TRUE(table.maySeal(0));
  EXPECT_EQ(table.heldBytes(), 0u);
}

TEST(ChangeLog, PagesOfADroppedSliceStayUntilTheyAreRead) {
  PageAllocator memory;
  Table table(counters(16), memory);
  table.beginChanges(1, true);
  for (uint64_t key = 0; key < 50000; ++key) count(table, 0, key);
  auto sealed = table.seal(2);
  ASSERT_TRUE(table.dropSlice(0));
  EXPECT_EQ(table.bytes(), 0u);
  EXPECT_GT(table.heldBytes(), 50000u * 16);
  const size_t in_use = memory.bytesInUse();
  EXPECT_GE(in_use, table.heldBytes());
  EXPECT_GT(readOut(*sealed).size(), 50000u * 16);
  EXPECT_TRUE(table.maySeal(0));
  EXPECT_EQ(memory.bytesInUse(), 0u);
  // Windows that come and go within an epoch leave nothing.
  for (int64_t start = 1; start < 200; ++start) {
    for (uint64_t key = 0; key < 20000; key += start) count(table, start, key);
    table.dropSlice(start);
  }
  const std::string records = readOut(*table.seal(3));
  EXPECT_LT(records.size(), 200u * 1024);
}

TEST(PageAssembly, WhatDoesNotFitIsRefused) {
  PageAllocator memory;
  Table table(counters(16), memory);
  table.beginChanges(1, true);
  for (uint64_t key = 0; key < 3000; ++key) count(table, 0, key);
  std::string records = readOut(*table.seal(2));
  for (uint64_t key = 0; key < 3000; key += 300) count(table, 0, key);
  records += readOut(*table.seal(3));
  std::mt19937_64 random(8);
  size_t refused = 0;
  for (int round = 0; round < 800; ++round) {
    std::string damaged = records;
    if (round % 2 == 0) {
      damaged.resize(random() % damaged.size());
    } else {
      const size_t at = random() % 3 == 0 ? random() % 24 : random() % damaged.size();
      damaged[at] = static_cast<char>(random());
    }
    PageAllocator other;
    PageAssembly assembly(other);
    if (!assembly.apply(damaged).has_value() || !assembly.take().has_value()) ++refused;
  }
  EXPECT_GT(refused, 400u);
}

}  // namespace
}  // namespace streamrt
