// The cache of compiled jobs: what is found, what is not believed, what goes.
#include "tools/driver/compile_cache.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace streamc::driver {
namespace {

namespace fs = std::filesystem;

class Cache : public testing::Test {
 protected:
  Cache() {
    std::string name = testing::TempDir() + "streamc-cache-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~Cache() override { fs::remove_all(directory_); }

  std::vector<fs::path> entries() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(directory_))
      if (entry.is_regular_file()) paths.push_back(entry.path());
    return paths;
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  static CacheKey key(uint64_t n) { return {n * 0x9E3779B97F4A7C15, n}; }

  std::string directory_;
};

TEST_F(Cache, WhatWasPutIsFound) {
  CompileCache cache(directory_, 1 << 20);
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_FALSE(cache.put(key(1), "machine code"));
  EXPECT_EQ(cache.find(key(1)), "machine code");
  EXPECT_FALSE(cache.find(key(2)));
  EXPECT_EQ(cache.size().entries, 1u);
  EXPECT_EQ(cache.clear(), 1u);
  EXPECT_FALSE(cache.find(key(1)));
}

// Every byte of an entry is covered: whichever one changes, or is missing, the entry is not used and goes away.
TEST_F(Cache, ADamagedEntryIsNotBelieved) {
  CompileCache cache(directory_, 1 << 20);
  ASSERT_FALSE(cache.put(key(1), "machine code"));
  std::string good = read(entries().at(0));
  for (size_t i = 0; i < good.size(); ++i) {
    ASSERT_FALSE(cache.put(key(1), "machine code"));
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    write(entries().at(0), bad);
    EXPECT_FALSE(cache.find(key(1))) << "byte " << i;
    EXPECT_TRUE(entries().empty()) << "byte " << i;
  }
  for (size_t size : {size_t{0}, size_t{7}, good.size() - 1}) {
    ASSERT_FALSE(cache.put(key(1), "machine code"));
    write(entries().at(0), good.substr(0, size));
    EXPECT_FALSE(cache.find(key(1))) << size;
  }
}

TEST_F(Cache, AnEntryUnderAnotherNameIsNotBelieved) {
  CompileCache cache(directory_, 1 << 20);
  ASSERT_FALSE(cache.put({1, 0}, "one"));
  fs::path one = entries().at(0);
  fs::rename(one, one.parent_path() / CacheKey{2, 0}.hex());
  EXPECT_FALSE(cache.find({2, 0}));
}

TEST_F(Cache, TheLeastRecentlyUsedGoes) {
  CompileCache cache(directory_, CompileCache::kShards * 1000);  // a shard holds 1000 bytes: these are all in one
  auto in_shard = [](uint64_t n) { return CacheKey{n, 0}; };
  auto set_age = [&](uint64_t n, int64_t seconds) {
    timespec times[2] = {{1'700'000'000 - seconds, 0}, {1'700'000'000 - seconds, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, (directory_ + "/0/" + in_shard(n).hex()).c_str(), times, 0), 0);
  };
  for (uint64_t n = 1; n <= 3; ++n) {
    ASSERT_FALSE(cache.put(in_shard(n), std::string(250, 'x')));
    set_age(n, static_cast<int64_t>(100 - n));
  }
  EXPECT_TRUE(cache.find(in_shard(1)));  // used now: the oldest is the youngest
  ASSERT_FALSE(cache.put(in_shard(4), std::string(250, 'x')));
  EXPECT_TRUE(cache.find(in_shard(1)));
  EXPECT_FALSE(cache.find(in_shard(2)));
  EXPECT_TRUE(cache.find(in_shard(3)));
  EXPECT_TRUE(cache.find(in_shard(4)));
  EXPECT_LE(cache.size().bytes, 1000u);
}

TEST_F(Cache, AnObjectThatWouldFillAShardIsNotKept) {
  CompileCache cache(directory_, CompileCache::kShards * 1000);
  ASSERT_FALSE(cache.put(key(1), std::string(2000, 'x')));
  EXPECT_FALSE(cache.find(key(1)));
}

// Whoever reads meets a whole entry or none, while others write, damage nothing and clear away.
TEST_F(Cache, ManyAtOnce) {
  std::atomic<int> torn{0}, found{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      CompileCache cache(directory_, CompileCache::kShards * 4000);
      for (uint64_t i = 0; i < 300; ++i) {
        uint64_t n = (i * 7 + static_cast<uint64_t>(t)) % 5;
        std::string expected(500 + n, static_cast<char>('a' + n));
        if (auto object = cache.find(key(n)))
          *object == expected ? ++found : ++torn;
        else if (cache.put(key(n), expected))
          ++torn;
        if (i % 50 == 49) cache.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(found, 0);
}

TEST_F(Cache, ADirectoryThatCannotBeWrittenIsOnlyAProblemToTell) {
  CompileCache cache(directory_ + "/absent", 1 << 20);
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_TRUE(cache.put(key(1), "code").has_value());
}

class Environment : public Cache {
 protected:
  void set(const char* name, const std::string& value) { ASSERT_EQ(setenv(name, value.c_str(), 1), 0); }
};

TEST_F(Environment, SaysWhereTheCacheIs) {
  set("XDG_CACHE_HOME", directory_ + "/x");
  EXPECT_EQ(CompileCache::open().cache->directory(), directory_ + "/x/streamc");
  set("XDG_CACHE_HOME", "relative");
  set("HOME", directory_);
  EXPECT_EQ(CompileCache::open().cache->directory(), directory_ + "/.cache/streamc");
  set("HOME", directory_ + "/nobody");
  auto nowhere = CompileCache::open();
  EXPECT_FALSE(nowhere.cache);
  EXPECT_EQ(nowhere.problem, "");
}

TEST_F(Environment, ADirectoryThatOthersCanWriteIsNotUsed) {
  set("XDG_CACHE_HOME", directory_);
  ASSERT_TRUE(CompileCache::open().cache);
  ASSERT_EQ(chmod((directory_ + "/streamc").c_str(), 0777), 0);
  auto opened = CompileCache::open();
  EXPECT_FALSE(opened.cache);
  EXPECT_NE(opened.problem.find("others can write"), std::string::npos) << opened.problem;
}

TEST(CacheKey, EverythingThatTheCodeDependsOnCounts) {
  SourceFiles files, more, renamed, split;
  files.add("a.stream", "text");
  more.add("a.stream", "text");
  more.add("b.stream", "used");
  renamed.add("b.stream", "text");
  split.add("a.strea", "mtext");
  codegen::TargetSpec jit{.purpose = codegen::Purpose::kJit}, aot{.purpose = codegen::Purpose::kAot},
      old{.purpose = codegen::Purpose::kAot, .cpu = "x86-64"};
  std::vector<CacheKey> keys = {
      cacheKey({files, "a.stream", "/d", "a", jit}), cacheKey({files, "a.stream", "/d", "a", aot}),
      cacheKey({files, "a.stream", "/d", "a", old}), cacheKey({files, "a.stream", "/d", "b", jit}),
      cacheKey({files, "a.stream", "/e", "a", jit}), cacheKey({files, "./a.stream", "/d", "a", jit}),
      cacheKey({more, "a.stream", "/d", "a", jit}),  cacheKey({renamed, "a.stream", "/d", "a", jit}),
      cacheKey({split, "a.stream", "/d", "a", jit}),
  };
  for (size_t i = 0; i < keys.size(); ++i)
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(keys[i] == keys[j]) << i << " and " << j;
  EXPECT_EQ(keys[0], cacheKey({files, "a.stream", "/d", "a", jit}));
}

}  // namespace
}  // namespace streamc::driver
