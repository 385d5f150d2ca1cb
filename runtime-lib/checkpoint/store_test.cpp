// The state directory: what is written comes back or is refused; whoever damages a file is noticed.
#include "runtime-lib/checkpoint/store.h"

#include <gtest/gtest.h>

#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

CheckpointManifest someManifest(uint64_t epoch) {
  CheckpointManifest m;
  m.job = "job";
  m.plan_hash = "abc";
  m.compiler = "streamc";
  m.epoch = epoch;
  m.parent = 3;
  m.created_us = -5;
  m.hash_seed = UINT64_MAX;
  m.workers = 2;
  m.partitions = {{"s", 0, "", "{\"offset\":7}", INT64_MIN, false}, {"s", 1, "a.csv", "", INT64_MAX, true}};
  m.stages = {{"p", 1, 42, 7}};
  m.tables = {{"t", 0, {"file", "another"}, 9}};
  m.sinks = {{"o", "/out", 100, true}};
  return m;
}

class Store : public testing::Test {
 protected:
  Store() : env_({.seed = 5}) {}
  std::unique_ptr<CheckpointStore> open() {
    auto store = CheckpointStore::open(env_, "/state");
    EXPECT_TRUE(store) << (store ? "" : store.error().text);
    return store ? std::move(*store) : nullptr;
  }
  Result<CheckpointManifest::File> write(CheckpointStore& store, uint64_t epoch, std::string_view name,
                                         const std::string& bytes) {
    auto file = store.begin(epoch, name);
    if (!file) return std::unexpected(file.error());
    for (char byte : bytes) EXPECT_TRUE(file->append({&byte, 1}));
    return file->finish(contentHash(bytes));
  }
  SimEnv env_;
};

TEST_F(Store, ManifestsComeBackWhole) {
  std::string bytes = checkpointBytes(someManifest(4));
  auto back = parseCheckpoint(bytes, "m");
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(checkpointBytes(*back), bytes);
  EXPECT_EQ(back->hash_seed, UINT64_MAX);
  EXPECT_EQ(back->partitions[1].watermark_us, INT64_MAX);
}

TEST_F(Store, EveryFlippedBitAndEveryCutOfAManifestIsNoticed) {
  const std::string bytes = checkpointBytes(someManifest(4));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(parseCheckpoint(damaged, "m")) << "bit " << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(parseCheckpoint(bytes.substr(0, size), "m")) << size;
  ASSERT_FALSE(parseCheckpoint(bytes + "x", "m"));
}

TEST_F(Store, ANewerFormatIsNamed) {
  std::string bytes = checkpointBytes(someManifest(4));
  bytes[8] = 9;
  auto back = parseCheckpoint(bytes, "m");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kForeignCheckpoint);
  EXPECT_NE(back.error().text.find("version 9"), std::string::npos);
}

TEST_F(Store, TheNewestCounts) {
  auto store = open();
  ASSERT_FALSE(store->newest()->has_value());
  for (uint64_t epoch : {9, 10}) ASSERT_TRUE(store->publish(someManifest(epoch)));
  EXPECT_EQ((*store->newest())->epoch, 10u) << "by number, not by name";
  EXPECT_EQ(*store->epochs(), (std::vector<uint64_t>{9, 10}));
  EXPECT_EQ(CheckpointStore::open(env_, "/state").error().code, ErrorCode::kStateInUse);
}

TEST_F(Store, ADamagedNewestIsNoReasonForAnOlder) {
  auto store = open();
  for (uint64_t epoch : {1, 2}) ASSERT_TRUE(store->publish(someManifest(epoch)));
  for (const std::string& path : env_.disk().paths()) {
    if (path.find("/manifests/2-") != std::string::npos) env_.disk().put(path, "STRMCKPT");
  }
  auto newest = store->newest();
  ASSERT_FALSE(newest);
  EXPECT_EQ(newest.error().code, ErrorCode::kBadCheckpoint);
  EXPECT_NE(newest.error().text.find("--restore 1"), std::string::npos) << newest.error().text;
}

TEST_F(Store, CollectsWhatNobodyNeeds) {
  auto store = open();
  for (uint64_t epoch = 1; epoch <= 4; ++epoch) {
    CheckpointManifest manifest = someManifest(epoch);
    auto file = write(*store, epoch, "t0-w0", std::string(100, static_cast<char>('a' + epoch)));
    ASSERT_TRUE(file);
    ASSERT_TRUE(write(*store, epoch, "rubbish", "of an attempt that died"));
    manifest.files = {*file};
    ASSERT_TRUE(store->publish(manifest));
  }
  ASSERT_TRUE(store->collect(2));
  EXPECT_EQ(*store->epochs(), (std::vector<uint64_t>{3, 4}));
  EXPECT_EQ(env_.listDirectory("/state/data")->size(), 2u);
  auto newest = store->newest();
  EXPECT_EQ(*store->read(**newest, (*newest)->files[0].name), std::string(100, 'e'));
}

// A process that died may have left a checkpoint that only the page cache knows. Whoever goes on from it must not lose
// it.
TEST(StoreOfTheDead, WhatIsGoneOnFromIsDurable) {
  auto disk = std::make_shared<SimDisk>();
  SimEnv dies({.seed = 1, .die_at_text = "sync directory of /state/manifests/"}, disk);
  {
    auto store = CheckpointStore::open(dies, "/state");
    ASSERT_TRUE(store);
    (void)(*store)->publish(someManifest(1));
  }
  ASSERT_TRUE(dies.died());
  SimEnv lives({.seed = 2}, disk);
  auto store = CheckpointStore::open(lives, "/state");
  ASSERT_TRUE(store) << store.error().text;
  const std::string path = "/state/manifests/" + lives.listDirectory("/state/manifests")->front();
  ASSERT_EQ((*(*store)->newest())->epoch, 1u);
  EXPECT_FALSE(disk->isDurable(path));
  ASSERT_TRUE((*store)->makeDurable(1));
  EXPECT_TRUE(disk->isDurable(path));
}

TEST_F(Store, FilesAreComparedWithTheirHash) {
  auto store = open();
  CheckpointManifest manifest = someManifest(1);
  manifest.files = {*write(*store, 1, "t0-w0", "content")};
  ASSERT_TRUE(store->publish(manifest));
  std::string path = "/state/data/" + manifest.files[0].name;
  for (const char* wrong : {"Content", "conten", "contents", ""}) {
    env_.disk().put(path, wrong);
    EXPECT_EQ(store->read(manifest, manifest.files[0].name).error().code, ErrorCode::kBadCheckpoint) << wrong;
  }
  env_.disk().remove(path);
  EXPECT_EQ(store->read(manifest, manifest.files[0].name).error().code, ErrorCode::kBadCheckpoint);
}

}  // namespace
}  // namespace streamrt
