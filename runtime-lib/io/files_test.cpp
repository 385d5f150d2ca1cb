// The same promises of files and directories, checked on the real system and on the simulated disk; and what a power
// cut may do, which only the simulated disk can show.
#include <gtest/gtest.h>

#include <filesystem>

#include "runtime-lib/io/posix_env.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

std::string readAll(Env& env, const std::string& path, int64_t offset = 0) {
  auto file = env.openInputAt(path, offset);
  if (!file) return file.error().text;
  std::string text;
  char piece[64];
  for (;;) {
    Result<ReadOutcome> got = (*file)->read(piece, sizeof piece);
    if (!got || got->kind == ReadOutcome::Kind::kEnd) return text;
    if (got->kind == ReadOutcome::Kind::kData) text.append(piece, got->bytes);
  }
}

void writeAll(OutputFile& file, std::string_view text) {
  while (!text.empty()) {
    Result<size_t> written = file.write(text);
    ASSERT_TRUE(written);
    text.remove_prefix(*written);
  }
}

class Files : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      SimOptions options;
      options.read_delay_max_us = 0;
      env_ = std::make_unique<SimEnv>(options);
      root_ = "/root";
    } else {
      env_ = std::make_unique<PosixEnv>();
      root_ = testing::TempDir() + "streamc-files-" + std::to_string(env_->random());
    }
    ASSERT_TRUE(env_->makeDirectories(root_ + "/a/b"));
  }
  void TearDown() override {
    if (!GetParam()) std::filesystem::remove_all(root_);
  }
  std::unique_ptr<Env> env_;
  std::string root_;
};

TEST_P(Files, GoOnWhereTheyWereLeft) {
  std::string path = root_ + "/f";
  auto file = env_->createOutput(path);
  ASSERT_TRUE(file);
  writeAll(**file, "0123456789");
  ASSERT_TRUE((*file)->sync());
  ASSERT_TRUE((*file)->close());
  EXPECT_EQ(readAll(*env_, path, 4), "456789");
  EXPECT_EQ(readAll(*env_, path, 10), "");
  EXPECT_EQ(env_->openInputAt(path, 11).error().code, ErrorCode::kInputTooShort);
  auto more = env_->openOutputAt(path, 3);
  ASSERT_TRUE(more);
  writeAll(**more, "xyz");
  EXPECT_EQ(readAll(*env_, path), "012xyz");
  EXPECT_EQ(env_->openOutputAt(path, 7).error().code, ErrorCode::kOutputTooShort);
  EXPECT_EQ(env_->openOutputAt(root_ + "/none", 0).error().code, ErrorCode::kCannotOpenOutput);
}

TEST_P(Files, HaveNames) {
  for (const char* name : {"/a/y", "/a/x"}) ASSERT_TRUE(env_->createOutput(root_ + name));
  EXPECT_EQ(*env_->listDirectory(root_ + "/a"), (std::vector<std::string>{"b", "x", "y"}));
  ASSERT_TRUE(env_->removeFile(root_ + "/a/x"));
  ASSERT_TRUE(env_->removeFile(root_ + "/a/x")) << "a file that is not there";
  ASSERT_TRUE(env_->rename(root_ + "/a/y", root_ + "/a/b/z"));
  EXPECT_EQ(*env_->listDirectory(root_ + "/a"), std::vector<std::string>{"b"});
  EXPECT_TRUE(env_->exists(root_ + "/a/b/z"));
  EXPECT_FALSE(env_->exists(root_ + "/a/y"));
  EXPECT_FALSE(env_->listDirectory(root_ + "/none"));
}

TEST_P(Files, OneProcessLocksADirectory) {
  auto lock = env_->lockDirectory(root_);
  ASSERT_TRUE(lock);
  EXPECT_EQ(env_->lockDirectory(root_).error().code, ErrorCode::kStateInUse);
  lock->reset();
  EXPECT_TRUE(env_->lockDirectory(root_));
}

INSTANTIATE_TEST_SUITE_P(Envs, Files, testing::Bool(),
                         [](const auto& info) { return info.param ? "Simulated" : "Posix"; });

// What a file and its name may be after a power cut, over many of them.
std::set<std::string> outcomes(const std::function<void(SimDisk&)>& world, const std::string& path) {
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SimOptions options;
    options.seed = seed;
    SimEnv env(options);
    world(env.disk());
    env.disk().powerCut([&](uint64_t n) { return env.random() % n; });
    seen.insert(env.disk().read(path).value_or("none"));
  }
  return seen;
}

using Seen = std::set<std::string>;

TEST(PowerCut, ForgetsWhatWasNotSynced) {
  auto written = [](SimDisk& disk) { disk.append(*disk.create("/d/f"), "ab"); };
  EXPECT_EQ(outcomes(written, "/d/f"),
            (Seen{"none", "", "a", "ab", std::string("\0", 1), std::string("a\0", 2), std::string("\0\0", 2)}));
  auto synced = [](SimDisk& disk) {
    auto file = disk.create("/d/f");
    disk.append(*file, "ab");
    disk.sync(*file);
  };
  EXPECT_EQ(outcomes(synced, "/d/f"), (Seen{"none", "ab"})) << "its name may be lost";
  auto named = [&](SimDisk& disk) {
    synced(disk);
    disk.syncDirectoryOf("/d/f");
  };
  EXPECT_EQ(outcomes(named, "/d/f"), Seen{"ab"});
}

TEST(PowerCut, RenamesAsAWhole) {
  auto renamed = [](SimDisk& disk) {
    disk.put("/d/old", "1");
    disk.put("/d/new", "2");
    disk.rename("/d/old", "/d/new");
  };
  EXPECT_EQ(outcomes(renamed, "/d/new"), (Seen{"1", "2"}));
  EXPECT_EQ(outcomes(renamed, "/d/old"), (Seen{"1", "none"}));
}

TEST(Death, ChangesNothingAnyMore) {
  SimOptions options;
  options.short_writes = false;
  options.die_at_change = 3;
  SimEnv env(options);
  auto file = env.createOutput("/f");
  writeAll(**file, "one");
  writeAll(**file, "two");
  writeAll(**file, "three");
  EXPECT_TRUE(env.died());
  EXPECT_EQ(env.file("/f"), "one");
}

}  // namespace
}  // namespace streamrt
