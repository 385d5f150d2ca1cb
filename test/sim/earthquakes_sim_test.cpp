// The example of the README, as native code, under the simulator: whatever the order in which readers, workers and
// writers take their turns, the rows are those of the golden files; and one seed is one run, decision by decision.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "codegen/jit/jit.h"
#include "runtime-lib/hot/abi_symbols.h"
#include "runtime-lib/io/sim_env.h"
#include "runtime-lib/main/stream_main.h"
#include "tools/driver/compile.h"

namespace streamc {
namespace {

constexpr const char* kExample = "examples/earthquakes/";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> sortedLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

class EarthquakesUnderSimulation : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    compilation_ = new driver::Compilation(
        {.path = std::string(kExample) + "earthquakes.stream", .target = {.purpose = codegen::Purpose::kJit}});
    ASSERT_EQ(driver::compile(*compilation_, driver::Border::kObject), driver::Outcome::kReached);
    std::vector<codegen::JitSymbol> symbols;
    for (const auto& symbol : streamrt::abiSymbols()) symbols.push_back({symbol.name, symbol.address});
    auto job = codegen::JitJob::load(compilation_->object, symbols);
    ASSERT_TRUE(job.has_value());
    job_ = new codegen::JitJob(std::move(*job));
    input_ = new std::string(contents(std::string(kExample) + "earthquakes.jsonl"));
  }
  static void TearDownTestSuite() {
    delete job_;
    delete compilation_;
    delete input_;
  }

  struct Run {
    int exit_code;
    std::vector<std::string> regions, late;
    std::string rejected;
    std::vector<std::string> trace;
  };
  static Run run(uint64_t seed) {
    streamrt::SimEnv env({.seed = seed, .read_max = 1 + seed * 977 % 60'000});
    env.putFile("/quakes/earthquakes.jsonl", *input_);
    std::string workers = std::to_string(1 + seed % 4), batch = std::to_string(seed % 3 == 0 ? 7 : 64 << seed % 5);
    std::vector<std::string> words = {"earthquakes", "--base",  "/quakes", "--workers",
                                      workers,       "--batch", batch,     "--quiet"};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    int code = streamrt::streamMain(*job_->image(), static_cast<int>(argv.size()), argv.data(), &env);
    return {code, sortedLines(env.file("/quakes/regions.jsonl").value_or("")),
            sortedLines(env.file("/quakes/late.jsonl").value_or("")),
            env.file("/quakes/rejected.jsonl").value_or("missing"), env.trace()};
  }

  static inline driver::Compilation* compilation_ = nullptr;
  static inline codegen::JitJob* job_ = nullptr;
  static inline std::string* input_ = nullptr;
};

TEST_F(EarthquakesUnderSimulation, HundredSeedsGiveTheGoldenRows) {
  auto regions = sortedLines(contents(std::string(kExample) + "expected/regions.jsonl.unordered"));
  auto late = sortedLines(contents(std::string(kExample) + "expected/late.jsonl.unordered"));
  ASSERT_EQ(late.size(), 298u);
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Run result = run(seed);
    ASSERT_EQ(result.exit_code, 0) << "seed " << seed;
    ASSERT_EQ(result.regions, regions) << "seed " << seed;
    ASSERT_EQ(result.late, late) << "seed " << seed;
    ASSERT_EQ(result.rejected, "") << "seed " << seed;
  }
}

// One life of the job on a machine whose disk outlives it.
struct Life {
  bool died;
  int exit_code;
  uint64_t steps, changes;
};

class EarthquakesWithCheckpoints : public EarthquakesUnderSimulation {
 protected:
  static Life live(const std::shared_ptr<streamrt::SimDisk>& disk, streamrt::SimOptions options, uint64_t workers) {
    streamrt::SimEnv env(options, disk);
    std::vector<std::string> words = {"earthquakes",  "--base", "/quakes", "--workers", std::to_string(workers),
                                      "--batch",      "32",     "--quiet", "--state",   "/state",
                                      "--checkpoint", "3ms"};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    int code = streamrt::streamMain(*job_->image(), static_cast<int>(argv.size()), argv.data(), &env);
    return {env.died(), code, env.steps(), env.changes()};
  }

  // Kills the job at random moments, half of the time with a power cut, until it comes to its end.
  static std::shared_ptr<streamrt::SimDisk> liveThroughDeaths(uint64_t seed, uint64_t& deaths) {
    std::mt19937_64 random(seed);
    auto below = [&](uint64_t n) { return random() % n; };
    auto disk = std::make_shared<streamrt::SimDisk>();
    disk->put("/quakes/earthquakes.jsonl", *input_);
    for (uint64_t life = 1;; ++life) {
      streamrt::SimOptions options;
      options.seed = random();
      options.read_max = 1 + below(60'000);
      if (life < 16) (below(3) == 0 ? options.die_at_step : options.die_at_change) = 1 + below(40 + 40 * life);
      Life result = live(disk, options, 1 + below(4));
      if (result.died) {
        ++deaths;
        if (below(2) == 0) disk->powerCut(below);
        continue;
      }
      EXPECT_EQ(result.exit_code, 0) << "seed " << seed << ", life " << life << ": "
                                     << disk->read("<stderr>").value_or("");
      return disk;
    }
  }
};

TEST_F(EarthquakesWithCheckpoints, DeathsChangeNothing) {
  auto regions = sortedLines(contents(std::string(kExample) + "expected/regions.jsonl.unordered"));
  auto late = sortedLines(contents(std::string(kExample) + "expected/late.jsonl.unordered"));
  uint64_t deaths = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    auto disk = liveThroughDeaths(seed, deaths);
    ASSERT_EQ(sortedLines(disk->read("/quakes/regions.jsonl").value_or("")), regions) << "seed " << seed;
    ASSERT_EQ(sortedLines(disk->read("/quakes/late.jsonl").value_or("")), late) << "seed " << seed;
    ASSERT_EQ(disk->read("/quakes/rejected.jsonl").value_or("missing"), "") << "seed " << seed;
    ASSERT_TRUE(disk->isDurable("/quakes/regions.jsonl")) << "seed " << seed;
  }
  EXPECT_GT(deaths, 1000u) << "the job was killed often enough";
}

TEST_F(EarthquakesUnderSimulation, OneSeedIsOneRun) {
  Run first = run(17), second = run(17), other = run(18);
  ASSERT_FALSE(first.trace.empty());
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_NE(first.trace, other.trace);
}

}  // namespace
}  // namespace streamc
