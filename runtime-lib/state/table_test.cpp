#include "runtime-lib/state/table.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime-lib/state/key_hash.h"

namespace streamrt {
namespace {

constexpr uint64_t kSeed = 0x5eed;

TableLayout fixedLayout(uint32_t key_bytes, uint32_t cell_bytes) {
  TableLayout layout;
  layout.table_id = 7;
  layout.key_bytes = key_bytes;
  layout.cell_bytes = cell_bytes;
  layout.hash_seed = kSeed;
  return layout;
}

// Key reference, i64 counter, string field.
TableLayout blobLayout() {
  TableLayout layout;
  layout.table_id = 8;
  layout.blob_key = true;
  layout.cell_bytes = 16 + 8 + 16;
  layout.blob_offsets = {24};
  layout.hash_seed = kSeed;
  return layout;
}

char* upsertFixed(Slice& slice, const void* key, int64_t size, bool& inserted, uint64_t hash) {
  uint8_t made = 2;
  void* cell = stream_state_upsert_fixed(&slice, const_cast<void*>(key), size, static_cast<int64_t>(hash), &made);
  EXPECT_LE(made, 1);
  inserted = made == 1;
  return static_cast<char*>(cell);
}

char* upsertFixed(Slice& slice, const void* key, int64_t size, bool& inserted) {
  return upsertFixed(slice, key, size, inserted, hashKey(kSeed, key, size));
}

char* upsertBlob(Slice& slice, std::string_view key, bool& inserted) {
  uint8_t made = 2;
  const auto size = static_cast<int64_t>(key.size());
  void* cell = stream_state_upsert_blob(&slice, const_cast<char*>(key.data()), size,
                                        static_cast<int64_t>(hashKey(kSeed, key.data(), size)), &made);
  inserted = made == 1;
  return static_cast<char*>(cell);
}

std::string_view stringAt(Slice& slice, char* slot) {
  StreamString text;
  stream_state_get_string(&slice, slot, &text);
  return {text.data, text.size};
}

void putString(Slice& slice, char* slot, std::string_view text) {
  stream_state_put_string(&slice, slot, const_cast<char*>(text.data()), static_cast<uint32_t>(text.size()));
}

int64_t& counterAt(char* cell, size_t offset) { return *reinterpret_cast<int64_t*>(cell + offset); }

std::vector<void*> gatherAll(const Table& table, const Slice& slice, uint32_t step) {
  std::vector<void*> all;
  std::vector<void*> some(step);
  SliceCursor cursor;
  while (uint32_t count = table.gather(slice, cursor, some.data(), step)) {
    EXPECT_LE(count, step);
    all.insert(all.end(), some.begin(), some.begin() + count);
  }
  EXPECT_EQ(table.gather(slice, cursor, some.data(), step), 0u) << "an ended cursor stays ended";
  return all;
}

TEST(Table, CountsLikeAMap) {
  for (uint32_t key_bytes : {4u, 8u, 12u, 16u, 17u, 40u}) {
    SCOPED_TRACE(key_bytes);
    PageAllocator memory;
    const uint32_t counter = (key_bytes + 7) & ~7u;
    Table table(fixedLayout(key_bytes, counter + 8), memory);
    Slice& slice = table.slice(0);
    std::unordered_map<std::string, int64_t> expected;
    std::mt19937_64 random(key_bytes);
    for (int i = 0; i < 60000; ++i) {
      std::string key(key_bytes, 'k');
      const uint64_t number = random() % 20000;
      std::memcpy(key.data(), &number, std::min<size_t>(key_bytes, 8));
      bool inserted;
      char* cell = upsertFixed(slice, key.data(), key_bytes, inserted);
      int64_t& known = expected[key];
      ASSERT_EQ(inserted, known == 0);
      ASSERT_EQ(std::string_view(cell, key_bytes), key);
      ASSERT_EQ(counterAt(cell, counter), known) << "a new cell is zero, an old one keeps its value";
      ++known;
      ++counterAt(cell, counter);
    }
    EXPECT_EQ(slice.keys(), expected.size());
    ASSERT_TRUE(table.verify().has_value());
    std::vector<void*> cells = gatherAll(table, slice, 100);
    ASSERT_EQ(cells.size(), expected.size());
    for (void* cell : cells) {
      auto* bytes = static_cast<char*>(cell);
      auto found = expected.find(std::string(bytes, key_bytes));
      ASSERT_NE(found, expected.end());
      ASSERT_EQ(counterAt(bytes, counter), found->second);
      expected.erase(found);
    }
  }
}

TEST(Table, AKeyOfNoBytesIsOneCell) {
  PageAllocator memory;
  Table table(fixedLayout(0, 8), memory);
  bool inserted;
  for (int i = 0; i < 3; ++i) {
    ++counterAt(upsertFixed(table.slice(0), "", 0, inserted), 0);
    EXPECT_EQ(inserted, i == 0);
  }
  EXPECT_EQ(table.keys(), 1u);
  EXPECT_EQ(counterAt(upsertFixed(table.slice(0), "", 0, inserted), 0), 3);
}

TEST(Table, BlobKeysAndStringsLikeAMap) {
  PageAllocator memory;
  Table table(blobLayout(), memory);
  Slice& slice = table.slice(0);
  std::unordered_map<std::string, std::pair<int64_t, std::string>> expected;
  std::mt19937_64 random(42);
  for (int i = 0; i < 200000; ++i) {
    std::string key = std::to_string(random() % 5000);
    if (key.size() == 1) key.clear();
    if (key.size() == 3) key.append(200, 'x');
    std::string text(random() % 60, static_cast<char>('a' + random() % 26));
    if (random() % 20000 == 0) text.assign(40000, 'L');
    bool inserted;
    char* cell = upsertBlob(slice, key, inserted);
    auto [at, is_new] = expected.try_emplace(key);
    ASSERT_EQ(inserted, is_new);
    ASSERT_EQ(stringAt(slice, cell), key);
    ASSERT_EQ(counterAt(cell, 16), at->second.first);
    ASSERT_EQ(stringAt(slice, cell + 24), at->second.second);
    at->second = {at->second.first + 1, text};
    ++counterAt(cell, 16);
    putString(slice, cell + 24, text);
    ASSERT_EQ(stringAt(slice, cell + 24), text);
  }
  ASSERT_TRUE(table.verify().has_value());
  EXPECT_EQ(slice.keys(), expected.size());
  EXPECT_EQ(gatherAll(table, slice, 7).size(), expected.size());
  // 200,000 texts of 30 bytes were written, and 5,000 of them live: dead ones must not pile up.
  EXPECT_LT(table.bytes(), 8u << 20);
}

TEST(Table, APutMayCopyFromItsOwnSegment) {
  PageAllocator memory;
  Table table(blobLayout(), memory);
  Slice& slice = table.slice(0);
  bool inserted;
  std::string text(3000, 'a');
  putString(slice, upsertBlob(slice, "source", inserted) + 24, text);
  for (int i = 0; i < 200; ++i) {  // each put makes the previous text garbage, so compactions happen in between
    char* from = upsertBlob(slice, "source", inserted) + 24;
    char* to = upsertBlob(slice, "target", inserted) + 24;
    putString(slice, to, "");
    putString(slice, to, stringAt(slice, from));
    ASSERT_EQ(stringAt(slice, to), text);
    std::string longer = text + static_cast<char>('b' + i % 20);
    putString(slice, from, longer);
    putString(slice, from, text);
    putString(slice, from, stringAt(slice, from));  // onto itself
    ASSERT_EQ(stringAt(slice, from), text);
  }
  ASSERT_TRUE(table.verify().has_value());
  EXPECT_LT(table.bytes(), 200u << 10);
}

TEST(Table, SlicesAreSeparateOrderedAndDroppedWhole) {
  PageAllocator memory;
  Table table(fixedLayout(8, 16), memory);
  std::vector<int64_t> made;
  table.on_slice_context = &made;
  table.on_slice = [](void* context, int64_t start) { static_cast<std::vector<int64_t>*>(context)->push_back(start); };
  bool inserted;
  for (int64_t round = 0; round < 3; ++round) {
    for (int64_t start = 300; start >= -300; start -= 3) {
      for (int64_t key = 0; key < 5; ++key) counterAt(upsertFixed(table.slice(start), &key, 8, inserted), 8) += start;
    }
  }
  std::vector<int64_t> starts = table.sliceStarts();
  ASSERT_EQ(starts.size(), 201u);
  EXPECT_TRUE(std::ranges::is_sorted(starts));
  EXPECT_EQ(made.size(), 201u) << "the hook is called once a slice";
  EXPECT_EQ(table.keys(), 201u * 5);
  int64_t key = 4;
  EXPECT_EQ(counterAt(upsertFixed(*table.findSlice(-27), &key, 8, inserted), 8), -81);
  EXPECT_EQ(table.findSlice(1), nullptr);
  EXPECT_TRUE(table.dropSlice(-27));
  EXPECT_FALSE(table.dropSlice(-27));
  EXPECT_EQ(table.findSlice(-27), nullptr);
  EXPECT_EQ(table.keys(), 200u * 5);
  EXPECT_EQ(counterAt(upsertFixed(table.slice(-27), &key, 8, inserted), 8), 0) << "a dropped slice comes back empty";
  EXPECT_EQ(made.size(), 202u);
}

TEST(Table, MemoryOfDroppedSlicesIsUsedAgain) {
  PageAllocator memory;
  Table table(blobLayout(), memory);
  size_t after_first = 0;
  for (int64_t start = 0; start < 50; ++start) {
    Slice& slice = table.slice(start);
    bool inserted;
    for (int i = 0; i < 5000; ++i) {
      char* cell = upsertBlob(slice, "key number " + std::to_string(i), inserted);
      putString(slice, cell + 24, "some text that is stored");
    }
    ASSERT_TRUE(table.dropSlice(start));
    EXPECT_EQ(table.bytes(), 0u);
    EXPECT_EQ(memory.bytesInUse(), 0u);
    if (start == 0) after_first = memory.bytesReserved();
  }
  EXPECT_EQ(memory.bytesReserved(), after_first);
}

TEST(Table, GatherIsResumableAndStable) {
  PageAllocator memory;
  Table table(fixedLayout(8, 16), memory);
  Slice& slice = table.slice(0);
  bool inserted;
  for (int64_t key = 0; key < 10000; ++key) upsertFixed(slice, &key, 8, inserted);
  std::vector<void*> at_once = gatherAll(table, slice, 100000);
  ASSERT_EQ(at_once.size(), 10000u);
  EXPECT_EQ(gatherAll(table, slice, 1), at_once);
  EXPECT_EQ(gatherAll(table, slice, 333), at_once);
  EXPECT_EQ(std::set<void*>(at_once.begin(), at_once.end()).size(), 10000u);
  auto keysOf = [](const std::vector<void*>& cells) {
    std::vector<int64_t> keys;
    for (void* cell : cells) keys.push_back(counterAt(static_cast<char*>(cell), 0));
    return keys;
  };
  PageAllocator other_memory;
  other_memory.allocate(kPageLog2Min);
  Table again(fixedLayout(8, 16), other_memory);
  for (int64_t key = 0; key < 10000; ++key) upsertFixed(again.slice(0), &key, 8, inserted);
  EXPECT_EQ(keysOf(gatherAll(again, again.slice(0), 64)), keysOf(at_once)) << "the order depends on no address";
}

TEST(TableDeath, InsertsDuringAGatherAreNoticed) {
  PageAllocator memory;
  Table table(fixedLayout(8, 16), memory);
  bool inserted;
  for (int64_t key = 0; key < 10; ++key) upsertFixed(table.slice(0), &key, 8, inserted);
  SliceCursor cursor;
  void* cells[4];
  EXPECT_EQ(table.gather(table.slice(0), cursor, cells, 4), 4u);
  int64_t key = 10;
  upsertFixed(table.slice(0), &key, 8, inserted);
  EXPECT_DEATH(table.gather(table.slice(0), cursor, cells, 4), "nothing is inserted");
}

TEST(Table, LargeCellsGetLargerPages) {
  for (uint32_t cell_bytes : {500u, 1000u, 5000u, 70000u}) {
    SCOPED_TRACE(cell_bytes);
    PageAllocator memory;
    Table table(fixedLayout(8, cell_bytes), memory);
    bool inserted;
    for (int64_t key = 0; key < 300; ++key) {
      char* cell = upsertFixed(table.slice(0), &key, 8, inserted);
      ASSERT_TRUE(inserted);
      std::memset(cell + 8, static_cast<char>(key), cell_bytes - 8);
    }
    ASSERT_TRUE(table.verify().has_value());
    for (int64_t key = 0; key < 300; ++key) {
      char* cell = upsertFixed(table.slice(0), &key, 8, inserted);
      ASSERT_FALSE(inserted);
      ASSERT_EQ(cell[8], static_cast<char>(key));
      ASSERT_EQ(cell[cell_bytes - 1], static_cast<char>(key));
    }
  }
}

// ---- keys that splitting cannot part ----

uint64_t hashIsKey(uint64_t, const void* key, int64_t) {
  uint64_t hash;
  std::memcpy(&hash, key, 8);
  return hash;
}
uint64_t hashIsOne(uint64_t, const void*, int64_t) { return 0x0123456789abcdef; }

TEST(Table, EqualPrefixesEnlargeTheSegmentInsteadOfTheDirectory) {
  PageAllocator memory;
  TableLayout layout = fixedLayout(8, 16);
  layout.hash = hashIsKey;
  Table table(layout, memory);
  Slice& slice = table.slice(0);
  bool inserted;
  constexpr uint64_t kCommon = 0xabcdef0123400000;  // 44 bits in common
  std::mt19937_64 random(3);
  std::set<uint64_t> keys;
  for (int i = 0; i < 30000; ++i) {
    uint64_t key = kCommon | (random() & 0xfffff);
    if (i % 10 == 0) key = random();  // and ordinary keys among them
    keys.insert(key);
    upsertFixed(slice, &key, 8, inserted, key);
  }
  EXPECT_EQ(slice.keys(), keys.size());
  EXPECT_GE(slice.shift, 64u - 20) << "the directory stays small";
  ASSERT_TRUE(table.verify().has_value());
  for (uint64_t key : keys) {
    upsertFixed(slice, &key, 8, inserted, key);
    ASSERT_FALSE(inserted);
  }
  EXPECT_EQ(gatherAll(table, slice, 1000).size(), keys.size());
  EXPECT_LT(table.bytes(), 8u << 20);
}

TEST(Table, OneHashForAllKeysStillWorks) {
  PageAllocator memory;
  TableLayout layout = blobLayout();
  layout.hash = hashIsOne;
  Table table(layout, memory);
  Slice& slice = table.slice(0);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3000; ++i) {
      const std::string key = "key" + std::to_string(i);
      uint8_t made;
      void* cell = stream_state_upsert_blob(&slice, const_cast<char*>(key.data()), static_cast<int64_t>(key.size()),
                                            0x0123456789abcdef, &made);
      ASSERT_EQ(made, round == 0 ? 1 : 0);
      putString(slice, static_cast<char*>(cell) + 24, key);
    }
  }
  EXPECT_EQ(slice.keys(), 3000u);
  ASSERT_TRUE(table.verify().has_value());
}

TEST(Table, KeysMoveToTheirNewOwners) {
  PageAllocator memory, others;
  Table table(blobLayout(), memory);
  bool inserted;
  for (int i = 0; i < 20000; ++i) {
    Slice& slice = table.slice(i % 3);
    const std::string key = "key" + std::to_string(i);
    putString(slice, upsertBlob(slice, key, inserted) + 24, key);
  }
  uint64_t keys = 0;
  for (uint64_t third = 0; third < 3; ++third) {
    Table share(blobLayout(), others);
    share.copyFrom(table, [&](uint64_t hash) { return (hash >> 56) % 3 == third; });
    EXPECT_TRUE(share.verify().has_value());
    EXPECT_GT(share.keys(), 5'000u);
    keys += share.keys();
  }
  EXPECT_EQ(keys, 20'000u);
}

// Cells lie in groups after their home where that was full: removing one must not hide those behind it. Keys of one
// hash fill groups one after another, cyclically.
TEST(Table, RemovedKeysHideNobody) {
  for (bool one_hash : {true, false}) {
    PageAllocator memory;
    TableLayout layout = fixedLayout(8, 16);
    if (one_hash) layout.hash = hashIsOne;
    Table table(layout, memory);
    Slice& slice = table.slice(0);
    std::set<uint64_t> keys;
    std::mt19937_64 random(11);
    bool inserted;
    for (int i = 0; i < 6000; ++i) {
      uint64_t key = random() % 700;
      const uint64_t hash = one_hash ? hashIsOne(0, nullptr, 0) : hashKey(kSeed, &key, 8);
      char* cell = upsertFixed(slice, &key, 8, inserted, hash);
      ASSERT_EQ(inserted, keys.insert(key).second);
      ASSERT_EQ(counterAt(cell, 8), inserted ? 0 : static_cast<int64_t>(key + 1));
      counterAt(cell, 8) = static_cast<int64_t>(key + 1);
      if (i % 2 == 0 || i > 5000) {
        table.erase(slice, cell);
        keys.erase(key);
      }
    }
    ASSERT_TRUE(table.verify().has_value()) << table.verify().error().text;
    EXPECT_EQ(slice.keys(), keys.size());
    EXPECT_EQ(gatherAll(table, slice, 10).size(), keys.size());
  }
}

TEST(Table, ASweepLooksAtAFewGroupsAndComesRound) {
  PageAllocator memory;
  Table table(blobLayout(), memory);
  Slice& slice = table.slice(0);
  bool inserted;
  constexpr int kKeys = 20000;
  for (int i = 0; i < kKeys; ++i) {
    char* cell = upsertBlob(slice, "key" + std::to_string(i), inserted);
    counterAt(cell, 16) = i % 3;
    putString(slice, cell + 24, std::string(40, 'x'));
  }
  SweepCursor cursor;
  uint32_t looked = 0, erased = 0, calls = 0;
  while (cursor.rounds < 2) {
    looked = 0;
    erased += table.sweep(slice, cursor, 4, [&](const char* cell) {
      ++looked;
      return *reinterpret_cast<const int64_t*>(cell + 16) == 0;
    });
    ASSERT_LE(looked, 4u * 16 * 2) << "bounded: each removal lets it look at one more";
    if (++calls % 50 == 0) upsertBlob(slice, "more" + std::to_string(calls), inserted)[16] = 1;
  }
  EXPECT_EQ(erased, (kKeys + 2u) / 3);
  ASSERT_TRUE(table.verify().has_value()) << table.verify().error().text;
  for (int i = 0; i < kKeys; ++i) {
    upsertBlob(slice, "key" + std::to_string(i), inserted);
    ASSERT_EQ(inserted, i % 3 == 0);
  }
}

// A window after a window of as many keys is split in more than two at once, and lies in the pages of the first.
TEST(Table, AWindowLikeTheLastOneTakesItsMemory) {
  PageAllocator memory;
  Table table(blobLayout(), memory);
  bool inserted;
  size_t reserved = 0;
  for (int64_t start = 0; start < 6; ++start) {
    // The last two windows are small ones: what was expected of them does not make them large.
    const int keys = start < 4 ? 40000 : 300;
    for (int i = 0; i < keys; ++i) {
      const std::string key = "key" + std::to_string(i * 7 + start);
      putString(table.slice(start), upsertBlob(table.slice(start), key, inserted) + 24, key);
      ASSERT_TRUE(inserted);
    }
    ASSERT_TRUE(table.verify().has_value()) << table.verify().error().text;
    ASSERT_EQ(gatherAll(table, table.slice(start), 100).size(), static_cast<size_t>(keys));
    if (start == 4) {
      EXPECT_LT(table.bytes(), 64u << 14) << "a small window takes little memory";
    }
    if (start == 1) reserved = memory.bytesReserved();
    if (start >= 1 && start < 4) {
      EXPECT_EQ(memory.bytesReserved(), reserved);
    }
    ASSERT_TRUE(table.dropSlice(start));
  }
  EXPECT_EQ(table.bytes(), 0u);
  EXPECT_GT(table.bytesMost(), 40000u * 40);
  EXPECT_LE(table.bytesMost(), reserved);
}

TEST(PageAllocator, PagesAreAlignedZeroAndUsedAgain) {
  PageAllocator memory;
  std::mt19937_64 random(5);
  std::vector<std::pair<char*, uint8_t>> pages;
  for (int i = 0; i < 400; ++i) {
    const auto size_log2 = static_cast<uint8_t>(random() % 10 != 0 ? kPageLog2Min : kPageLog2Min + random() % 9);
    char* page = memory.allocate(size_log2);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(page) % pageBytes(size_log2), 0u);
    for (size_t at = 0; at < pageBytes(size_log2); at += 64) ASSERT_EQ(page[at], 0);
    for (size_t at = 0; at < pageBytes(size_log2); at += pageBytes(kPageLog2Min)) {
      ASSERT_EQ(memory.trackOf(page + at).size_log2, size_log2);
      std::memset(page + at, 0x55, 100);
    }
    pages.emplace_back(page, size_log2);
    if (random() % 3 == 0) {
      std::swap(pages[random() % pages.size()], pages.back());
      memory.release(pages.back().first, pages.back().second);
      pages.pop_back();
    }
  }
  for (const auto& [page, size_log2] : pages) memory.release(page, size_log2);
  EXPECT_EQ(memory.bytesInUse(), 0u);
  const size_t reserved = memory.bytesReserved();
  for (int i = 0; i < 100; ++i) memory.allocate(kPageLog2Min);
  EXPECT_EQ(memory.bytesReserved(), reserved);
}

// ---- pages at another address ----

std::vector<char*> copyPages(const Table& table, PageAllocator& memory) {
  std::vector<char*> pages;
  table.forEachPage([&](const PageHeader& header, const char* bytes, size_t size) {
    pages.push_back(memory.allocate(header.size_log2));
    std::memcpy(pages.back(), bytes, size);
  });
  return pages;
}

TEST(TableOpen, PagesAreReadAtAnotherAddressAndGrowOn) {
  auto original_memory = std::make_unique<PageAllocator>();
  auto original = std::make_unique<Table>(blobLayout(), *original_memory);
  bool inserted;
  for (int64_t start : {-100, 0, 100}) {
    for (int i = 0; i < 3000; ++i) {
      Slice& slice = original->slice(start);
      char* cell = upsertBlob(slice, "k" + std::to_string(i), inserted);
      counterAt(cell, 16) = i + start;
      putString(slice, cell + 24, std::string(static_cast<size_t>(i % 50), 't'));
    }
  }
  PageAllocator memory;
  std::vector<char*> pages = copyPages(*original, memory);
  std::ranges::reverse(pages);  // the order of pages means nothing
  original.reset();
  original_memory.reset();

  auto opened = Table::open(blobLayout(), memory, pages);
  ASSERT_TRUE(opened.has_value()) << opened.error().text;
  Table& table = **opened;
  ASSERT_TRUE(table.verify().has_value());
  EXPECT_EQ(table.keys(), 9000u);
  EXPECT_EQ(table.sliceStarts(), (std::vector<int64_t>{-100, 0, 100}));
  for (int64_t start : {-100, 0, 100}) {
    Slice& slice = table.slice(start);
    EXPECT_EQ(slice.keys(), 3000u);
    for (int i = 0; i < 6000; ++i) {
      char* cell = upsertBlob(slice, "k" + std::to_string(i), inserted);
      ASSERT_EQ(inserted, i >= 3000);
      ASSERT_EQ(counterAt(cell, 16), i < 3000 ? i + start : 0);
      ASSERT_EQ(stringAt(slice, cell + 24).size(), i < 3000 ? static_cast<size_t>(i % 50) : 0u);
      putString(slice, cell + 24, "new");
    }
  }
  ASSERT_TRUE(table.verify().has_value());
  EXPECT_TRUE(table.dropSlice(0));
  opened->reset();
}

TEST(TableOpen, DamagedPagesAreRefused) {
  PageAllocator memory;
  Table original(blobLayout(), memory);
  bool inserted;
  for (int i = 0; i < 2000; ++i) {
    putString(original.slice(0), upsertBlob(original.slice(0), "k" + std::to_string(i), inserted) + 24, "text");
  }
  auto openWith = [&](auto damage) {
    PageAllocator other;
    std::vector<char*> pages = copyPages(original, other);
    damage(pages);
    auto opened = Table::open(blobLayout(), other, pages);
    return opened.has_value() ? std::string("whole") : opened.error().text;
  };
  using Pages = std::vector<char*>;
  auto header = [](char* page) { return reinterpret_cast<PageHeader*>(page); };
  auto firstOf = [&](Pages& pages, PageKind kind) {
    return header(*std::ranges::find_if(pages, [&](char* page) { return header(page)->kind == kind; }));
  };
  EXPECT_EQ(openWith([](Pages&) {}), "whole");
  EXPECT_NE(openWith([&](Pages& pages) { header(pages[0])->magic = 1; }).find("not a table page"), std::string::npos);
  EXPECT_NE(openWith([&](Pages& pages) { header(pages[1])->version = 9; }).find("version 9"), std::string::npos);
  EXPECT_NE(openWith([&](Pages& pages) { header(pages[1])->table_id = 9; }).find("another table"), std::string::npos);
  EXPECT_NE(openWith([&](Pages& pages) { header(pages[1])->page_id = header(pages[0])->page_id; }).find("twice"),
            std::string::npos);
  EXPECT_NE(openWith([&](Pages& pages) { header(pages[1])->page_id = 4000000000; }).find("impossible id"),
            std::string::npos);
  EXPECT_NE(openWith([&](Pages& pages) { header(pages[1])->size_log2 = 40; }).find("size"), std::string::npos);
  EXPECT_NE(openWith([&](Pages& pages) { firstOf(pages, PageKind::kSegment)->depth += 1; }), "whole");
  EXPECT_NE(openWith([&](Pages& pages) { firstOf(pages, PageKind::kSegment)->count += 1; }), "whole");
  EXPECT_NE(openWith([&](Pages& pages) { firstOf(pages, PageKind::kSegment)->next = 0; }), "whole");
  EXPECT_NE(openWith([&](Pages& pages) { firstOf(pages, PageKind::kBlob)->owner += 1; }), "whole");
  EXPECT_NE(openWith([&](Pages& pages) {
              auto* blob = firstOf(pages, PageKind::kBlob);
              blob->next = blob->page_id;
            }),
            "whole");
  PageAllocator counted;
  const size_t pages_count = copyPages(original, counted).size();
  for (size_t missing = 0; missing < pages_count; ++missing) {
    EXPECT_NE(openWith([&](Pages& pages) { pages.erase(pages.begin() + static_cast<ptrdiff_t>(missing)); }), "whole");
  }
}

}  // namespace
}  // namespace streamrt
