// Chains of files of changes: what they hold, what they cost, what a restore makes of them.
#include "runtime-lib/checkpoint/change_chain.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

#include "runtime-lib/checkpoint/manifest.h"
#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"

namespace streamrt {
namespace {

constexpr uint64_t kSeed = 99;

TableLayout countersOf(uint32_t cell_bytes) {
  TableLayout layout;
  layout.key_bytes = 8;
  layout.cell_bytes = cell_bytes;
  layout.hash_seed = kSeed;
  return layout;
}

// A table of counters, its files, and what should be in it.
class Job {
 public:
  explicit Job(uint32_t cell_bytes = 16) : layout_(countersOf(cell_bytes)) {
    memory_ = std::make_unique<PageAllocator>();
    table_ = std::make_unique<Table>(layout_, *memory_);
    table_->beginChanges(++epoch_, true);
  }

  void add(int64_t start, uint64_t key) {
    uint8_t inserted;
    auto* cell = static_cast<uint64_t*>(stream_state_upsert_fixed(
        &table_->slice(start), &key, 8, static_cast<int64_t>(hashKey(kSeed, &key, 8)), &inserted));
    cell[1] += 1;
    counts_[start][key] += 1;
  }
  void drop(int64_t start) {
    table_->dropSlice(start);
    counts_.erase(start);
  }

  // Bytes that were written.
  uint64_t checkpoint() {
    auto changes = table_->seal(++epoch_, wanted_);
    ChangeFileWriter file(changes);
    const size_t folded = chain_.toFold();
    for (size_t i = chain_.files().size() - folded; i < chain_.files().size(); ++i) {
      const std::string& name = chain_.files()[i].name;
      EXPECT_TRUE(file.fold(files_.at(name), name).has_value());
    }
    std::string bytes, part;
    while (file.next(part)) bytes += part;
    EXPECT_EQ(bytes.size(), file.bytes());
    EXPECT_EQ(contentHash(bytes), file.hash());
    const std::string name = std::to_string(epoch_ - 1);
    chain_.add(name, bytes.size(), file.hash(), file.records(), folded);
    files_[name] = std::move(bytes);
    std::erase_if(files_, [&](const auto& known) {
      return std::ranges::none_of(chain_.files(), [&](const auto& file) { return file.name == known.first; });
    });
    EXPECT_EQ(files_.size(), chain_.files().size());
    wanted_ = chain_.wantWhole();
    kept_ = counts_;
    return file.bytes();
  }

  // Everything since the last checkpoint is lost, and everything that is not in a file.
  void crash() {
    std::vector<ChangeChain::File> files(chain_.files().begin(), chain_.files().end());
    table_.reset();
    memory_ = std::make_unique<PageAllocator>();
    chain_ = {};
    wanted_.clear();
    PageAssembly pages(*memory_);
    uint64_t keys = 0;
    for (const auto& file : files) {
      auto info = readChangeFile(files_.at(file.name), file.name, &pages);
      ASSERT_TRUE(info.has_value()) << info.error().text;
      chain_.add(file.name, file.bytes, file.hash, info->records, 0);
      keys = info->keys;
    }
    auto taken = pages.take();
    ASSERT_TRUE(taken.has_value()) << taken.error().text;
    auto opened = Table::open(layout_, *memory_, *taken);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    table_ = std::move(*opened);
    ASSERT_TRUE(table_->verify().has_value()) << table_->verify().error().text;
    ASSERT_EQ(table_->keys(), keys);
    ASSERT_EQ(chain_.pageBytes(), table_->bytes());
    counts_ = kept_;
    table_->beginChanges(++epoch_, false);
    std::erase_if(counts_, [](const auto& slice) { return slice.second.empty(); });
    ASSERT_EQ(table_->sliceStarts().size(), counts_.size());
    for (const auto& [start, counts] : counts_) {
      ASSERT_EQ(table_->slice(start).keys(), counts.size());
      for (uint64_t key : {counts.begin()->first, counts.rbegin()->first, counts.begin()->first}) check(start, key);
      for (const auto& [key, count] : counts) {
        if (key % 7 == 0) check(start, key);
      }
    }
  }

  const ChangeChain& chain() const { return chain_; }
  Table& table() { return *table_; }
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  void check(int64_t start, uint64_t key) {
    uint8_t inserted;
    auto* cell = static_cast<uint64_t*>(stream_state_upsert_fixed(
        &table_->slice(start), &key, 8, static_cast<int64_t>(hashKey(kSeed, &key, 8)), &inserted));
    ASSERT_EQ(inserted, 0);
    ASSERT_EQ(cell[1], counts_[start][key]);
  }

  const TableLayout layout_;
  std::unique_ptr<PageAllocator> memory_;
  std::unique_ptr<Table> table_;
  ChangeChain chain_;
  std::map<std::string, std::string> files_;
  std::vector<uint32_t> wanted_;
  uint64_t epoch_ = 0;
  std::map<int64_t, std::map<uint64_t, uint64_t>> counts_;
  std::map<int64_t, std::map<uint64_t, uint64_t>> kept_;
};

TEST(ChangeChain, ACrashGoesBackToTheLastCheckpoint) {
  for (uint64_t seed = 0; seed < 20 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Job job(seed % 3 == 0 ? 700 : 16);
    const uint64_t keys = 1 + random() % 6000;
    const uint64_t changes = 1 + random() % (seed % 2 == 0 ? 50 : 3000);
    job.checkpoint();
    for (int epoch = 0; epoch < 60 && !testing::Test::HasFailure(); ++epoch) {
      const int64_t start = static_cast<int64_t>(random() % 3);
      for (uint64_t i = random() % changes; i > 0; --i) job.add(start, random() % keys);
      if (random() % 9 == 0) job.drop(static_cast<int64_t>(random() % 3));
      if (random() % 4 != 0) job.checkpoint();
      if (random() % 6 == 0) job.crash();
    }
  }
}

TEST(ChangeChain, UniformChangesCostAThirdMoreAndFilesStayInProportion) {
  Job job;
  constexpr uint64_t kKeys = 60'000;
  for (uint64_t key = 0; key < kKeys; ++key) job.add(0, key);
  job.checkpoint();
  const uint64_t state = job.table().bytes();
  std::mt19937_64 random(1);
  uint64_t written = 0, most = 0;
  size_t files = 0;
  constexpr int kEpochs = 400;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (uint64_t i = 0; i < kKeys / 100; ++i) job.add(0, random() % kKeys);
    written += job.checkpoint();
    most = std::max(most, job.chain().fileBytes());
    files = std::max(files, job.chain().files().size());
  }
  // Small files that are put together cost more than wholes: both are in the bar, which allows a megabyte a checkpoint.
  EXPECT_LT(static_cast<double>(written) / kEpochs, 1.5 * kKeys / 100 * 64 + (1 << 20));
  EXPECT_LT(most, state * 11 / 2);
  EXPECT_LT(files, 128u);
  job.crash();
}

TEST(ChangeChain, FewChangesMakeFewFiles) {
  Job job;
  for (uint64_t key = 0; key < 20'000; ++key) job.add(0, key);
  job.checkpoint();
  size_t files = 0;
  uint64_t written = 0;
  for (uint64_t epoch = 0; epoch < 600; ++epoch) {
    job.add(0, epoch * 17 % 20'000);
    written += job.checkpoint();
    files = std::max(files, job.chain().files().size());
  }
  EXPECT_LE(files, 24u);
  EXPECT_LT(written / 600, 200u << 10);
  job.crash();
  for (int epoch = 0; epoch < 10; ++epoch) job.checkpoint();  // until no page is asked for any more
  const std::string newest = job.chain().files().back().name;
  for (int epoch = 0; epoch < 10; ++epoch) job.checkpoint();
  EXPECT_EQ(job.chain().files().back().name, newest) << "nothing changed";
}

TEST(ChangeChain, WindowsThatAreGoneLeaveNoFiles) {
  Job job;
  for (int64_t start = 0; start < 40; ++start) {
    for (uint64_t key = 0; key < 20'000; ++key) job.add(start, key * 3 + static_cast<uint64_t>(start));
    job.checkpoint();
    if (start >= 2) job.drop(start - 2);
    EXPECT_LE(job.chain().files().size(), 10u);
    EXPECT_LT(job.chain().fileBytes(), 12u << 20);
  }
  job.crash();
}

TEST(ChangeFile, DamageIsNoticed) {
  Job job;
  for (uint64_t key = 0; key < 5000; ++key) job.add(0, key);
  job.checkpoint();
  const std::string whole = job.files().begin()->second;
  ASSERT_TRUE(readChangeFile(whole, "it", nullptr).has_value());
  std::mt19937_64 random(2);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = whole;
    switch (round % 3) {
      case 0:
        damaged.resize(random() % damaged.size());
        break;
      case 1:
        damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
        break;
      default:
        damaged.append(1 + random() % 40, '\0');
    }
    auto read = readChangeFile(damaged, "it", nullptr);
    // The epoch and the number of keys are not part of a block: the hash of the whole file, in the manifest, covers
    // them.
    const bool head_only = damaged.size() == whole.size() && damaged.substr(32) == whole.substr(32);
    ASSERT_TRUE(!read.has_value() || head_only);
  }
}

}  // namespace
}  // namespace streamrt
