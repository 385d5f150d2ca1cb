// Tables against maps of the standard library, over random operations; and pages with random damage.
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <unordered_map>

#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"

namespace streamrt {
namespace {

constexpr uint64_t kSeed = 77;

char* upsert(Slice& slice, bool blob, std::string& key, uint8_t& inserted) {
  const auto size = static_cast<int64_t>(key.size());
  const auto hash = static_cast<int64_t>(hashKey(kSeed, key.data(), size));
  return static_cast<char*>(blob ? stream_state_upsert_blob(&slice, key.data(), size, hash, &inserted)
                                 : stream_state_upsert_fixed(&slice, key.data(), size, hash, &inserted));
}

TEST(TableProperty, AMillionKeys) {
  PageAllocator memory;
  TableLayout layout;
  layout.key_bytes = 8;
  layout.cell_bytes = 16;
  layout.hash_seed = kSeed;
  Table table(layout, memory);
  Slice& slice = table.slice(0);
  constexpr int64_t kKeys = 1'000'000;
  for (int round = 0; round < 2; ++round) {
    for (int64_t i = 0; i < kKeys; ++i) {
      int64_t key = i * 0x100000001b3;
      uint8_t inserted;
      auto* cell = static_cast<int64_t*>(
          stream_state_upsert_fixed(&slice, &key, 8, static_cast<int64_t>(hashKey(kSeed, &key, 8)), &inserted));
      ASSERT_EQ(inserted, round == 0 ? 1 : 0);
      ASSERT_EQ(cell[0], key);
      ASSERT_EQ(cell[1], round == 0 ? 0 : i);
      cell[1] = i;
    }
  }
  EXPECT_EQ(table.keys(), static_cast<uint64_t>(kKeys));
  EXPECT_TRUE(table.verify().has_value());
  // 17 bytes a cell, at least 7/16 of the slots used.
  EXPECT_LT(table.bytes(), kKeys * 17u * 16 / 7 * 11 / 10);
  EXPECT_GE(slice.shift, 64u - 14) << "a directory of a million evenly spread keys is small";
}

struct ExpectedCell {
  int64_t number = 0;
  std::map<uint32_t, std::string> texts;  // by offset
};

class RandomTable {
 public:
  explicit RandomTable(uint64_t seed) : random_(seed) {
    layout_.table_id = static_cast<uint32_t>(seed + 1);
    layout_.hash_seed = kSeed;
    layout_.blob_key = below(2) == 0;
    layout_.key_bytes = layout_.blob_key ? 0 : static_cast<uint32_t>(below(40));
    uint32_t offset = layout_.blob_key ? 16 : (layout_.key_bytes + 7) & ~7u;
    number_at_ = offset;
    erased_in_hundred_ = below(3) == 0 ? 0 : below(60);
    offset += 8;
    for (size_t n = below(4); n > 0; --n, offset += 16) layout_.blob_offsets.push_back(offset);
    layout_.cell_bytes = offset + static_cast<uint32_t>(below(3) == 0 ? below(500) : 0);
    table_ = std::make_unique<Table>(layout_, memory_);
  }

  void run(int steps) {
    const size_t keys = 1 + below(below(3) == 0 ? 10 : 3000);
    for (int i = 0; i < steps; ++i) {
      const int64_t start = static_cast<int64_t>(below(4)) - 2;
      if (below(4000) == 0) {
        ASSERT_EQ(table_->dropSlice(start), expected_.erase(start) == 1);
      } else {
        step(start, keys);
      }
    }
    compare();
    reopen();
  }

 private:
  size_t below(size_t n) { return random_() % n; }

  std::string randomKey(size_t keys) {
    const std::string number = std::to_string(below(keys) * 7919);
    if (layout_.blob_key) return number.size() % 3 == 0 ? number + std::string(number.size() * 11, 'k') : number;
    std::string key(layout_.key_bytes, '.');
    number.copy(key.data(), key.size());
    return key;
  }

  void step(int64_t start, size_t keys) {
    std::string key = randomKey(keys);
    Slice& slice = table_->slice(start);
    auto [at, is_new] = expected_[start].try_emplace(key);
    uint8_t inserted = 2;
    char* cell = upsert(slice, layout_.blob_key, key, inserted);
    ASSERT_EQ(inserted, is_new ? 1 : 0);
    ASSERT_EQ(*reinterpret_cast<int64_t*>(cell + number_at_), at->second.number);
    if (below(100) < erased_in_hundred_) {
      table_->erase(slice, cell);
      expected_[start].erase(at);
      return;
    }
    *reinterpret_cast<int64_t*>(cell + number_at_) = at->second.number = static_cast<int64_t>(random_());
    for (uint32_t offset : layout_.blob_offsets) {
      StreamString text;
      stream_state_get_string(&slice, cell + offset, &text);
      ASSERT_EQ(std::string_view(text.data, text.size), at->second.texts[offset]);
      if (below(2) == 0) continue;
      std::string fresh(below(2000) == 0 ? 16000 + below(40000) : below(50), static_cast<char>('a' + below(26)));
      stream_state_put_string(&slice, cell + offset, fresh.data(), static_cast<uint32_t>(fresh.size()));
      at->second.texts[offset] = std::move(fresh);
    }
  }

  void compare() {
    ASSERT_TRUE(table_->verify().has_value()) << table_->verify().error().text;
    ASSERT_EQ(table_->sliceStarts().size(), expected_.size());
    for (auto& [start, cells] : expected_) {
      Slice* slice = table_->findSlice(start);
      ASSERT_NE(slice, nullptr);
      ASSERT_EQ(slice->keys(), cells.size());
      SliceCursor cursor;
      void* some[37];
      size_t seen = 0;
      while (uint32_t count = table_->gather(*slice, cursor, some, 37)) {
        seen += count;
        for (uint32_t i = 0; i < count; ++i) compareCell(*slice, static_cast<char*>(some[i]), cells);
      }
      ASSERT_EQ(seen, cells.size());
    }
  }

  void compareCell(Slice& slice, char* cell, const std::unordered_map<std::string, ExpectedCell>& cells) {
    std::string key(cell, layout_.key_bytes);
    StreamString text;
    if (layout_.blob_key) {
      stream_state_get_string(&slice, cell, &text);
      key.assign(text.data, text.size);
    }
    const auto found = cells.find(key);
    ASSERT_NE(found, cells.end());
    ASSERT_EQ(*reinterpret_cast<int64_t*>(cell + number_at_), found->second.number);
    for (const auto& [offset, expected] : found->second.texts) {
      stream_state_get_string(&slice, cell + offset, &text);
      ASSERT_EQ(std::string_view(text.data, text.size), expected);
    }
  }

  // The same table over its own pages, elsewhere.
  void reopen() {
    std::vector<char*> pages;
    table_->forEachPage([&](const PageHeader& header, const char* bytes, size_t size) {
      char* copy = other_memory_.allocate(header.size_log2);
      std::memcpy(copy, bytes, size);
      pages.push_back(copy);
    });
    auto opened = Table::open(layout_, other_memory_, pages);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    table_ = std::move(*opened);
    compare();
  }

  std::mt19937_64 random_;
  TableLayout layout_;
  uint32_t number_at_;
  size_t erased_in_hundred_;
  PageAllocator memory_;
  PageAllocator other_memory_;
  std::unique_ptr<Table> table_;
  std::map<int64_t, std::unordered_map<std::string, ExpectedCell>> expected_;
};

TEST(TableProperty, RandomTablesAgreeWithMaps) {
  for (uint64_t seed = 0; seed < 40 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomTable(seed).run(8000);
  }
}

// Damage is refused or harmless: whatever `open` and `verify` accept can be read without touching other memory.
TEST(TableProperty, DamagedPagesNeverLeadAstray) {
  PageAllocator memory;
  TableLayout layout;
  layout.table_id = 3;
  layout.blob_key = true;
  layout.cell_bytes = 40;
  layout.blob_offsets = {24};
  layout.hash_seed = kSeed;
  Table table(layout, memory);
  for (int64_t start : {0, 10}) {
    for (int i = 0; i < 900; ++i) {
      std::string key = "k" + std::to_string(i);
      uint8_t inserted;
      char* cell = upsert(table.slice(start), true, key, inserted);
      stream_state_put_string(&table.slice(start), cell + 24, key.data(), static_cast<uint32_t>(key.size()));
    }
  }
  std::mt19937_64 random(99);
  size_t refused = 0;
  size_t accepted = 0;
  for (int round = 0; round < 1500; ++round) {
    PageAllocator other;
    std::vector<char*> pages;
    table.forEachPage([&](const PageHeader& header, const char* bytes, size_t size) {
      char* copy = other.allocate(header.size_log2);
      std::memcpy(copy, bytes, size);
      pages.push_back(copy);
    });
    std::vector<char*> given = pages;
    for (int damage = 0; damage < 1 + round % 2; ++damage) {
      char* page = given[random() % given.size()];
      // Most damage goes into the header, where it can do most harm; sizes stay, or the copy would be read beyond its
      // end.
      const size_t at = random() % 4 != 0 ? random() % sizeof(PageHeader) : random() % pageBytes(kPageLog2Min);
      if (at == offsetof(PageHeader, size_log2)) continue;
      page[at] = static_cast<char>(random());
    }
    if (random() % 50 == 0) given.push_back(given[0]);
    auto opened = Table::open(layout, other, given);
    if (!opened.has_value()) {
      ++refused;
    } else if ((*opened)->verify().has_value()) {
      ++accepted;
      std::string key = "k" + std::to_string(random() % 900);
      uint8_t inserted;
      for (int64_t start : (*opened)->sliceStarts()) upsert((*opened)->slice(start), true, key, inserted);
    }
  }
  EXPECT_GT(refused, 500u);
  EXPECT_GT(accepted, 50u);
}

}  // namespace
}  // namespace streamrt
