// A whole job, written by hand against the ABI, under both environments: equal results whatever the number of workers,
// the size of batches and the order in which actors run.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "runtime-lib/control/testing_job.h"
#include "runtime-lib/io/posix_env.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt::testing {
namespace {

constexpr int64_t kWaitUs = 5'000'000;

struct Outputs {
  std::vector<std::string> out, late, errors;
};

std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Directory {
 public:
  Directory() {
    std::string pattern = ::testing::TempDir() + "/engineXXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& base() const { return path_; }
  void put(const std::string& name, const std::string& bytes) const { std::ofstream(path(name)) << bytes; }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }
  Outputs outputs() const {
    return {sortedLines(readFile(path("out.jsonl"))), sortedLines(readFile(path("late.jsonl"))),
            sortedLines(readFile(path("errors.jsonl")))};
  }

 private:
  std::string path_;
};

Outputs simOutputs(const SimEnv& env) {
  return {sortedLines(env.file("/d/out.jsonl").value_or("missing")),
          sortedLines(env.file("/d/late.jsonl").value_or("missing")),
          sortedLines(env.file("/d/errors.jsonl").value_or("missing"))};
}

TEST(Engine, SameResultsForAnyWorkersAndBatches) {
  std::vector<TestRecord> records = testRecords(7, 5000);
  Expected expected = evaluate(records, kWaitUs);
  ASSERT_GT(expected.late.size(), 20u);
  ASSERT_GT(expected.rejected, 20u);
  Directory directory;
  directory.put("in.jsonl", jsonLines(records));
  TestJob job;
  for (uint32_t workers : {1u, 2u, 3u}) {
    for (uint32_t batch : {1u, 7u, 4096u}) {
      PosixEnv env;
      RunReport report = runTestJob(job, env, directory.base(), workers, batch);
      SCOPED_TRACE(fmt::format("{} workers, batch {}", workers, batch));
      ASSERT_FALSE(report.error) << report.error->text;
      Outputs outputs = directory.outputs();
      EXPECT_EQ(outputs.out, expected.out);
      EXPECT_EQ(outputs.late, expected.late);
      EXPECT_EQ(outputs.errors.size(), expected.rejected);
      EXPECT_EQ(report.late, expected.late.size());
      EXPECT_EQ(report.sources[0].records, records.size());
      EXPECT_FALSE(directory.has("out.jsonl.part"));
    }
  }
}

TEST(Engine, SameResultsForAHundredSchedules) {
  std::vector<TestRecord> records = testRecords(11, 400);
  Expected expected = evaluate(records, kWaitUs);
  ASSERT_GT(expected.late.size(), 2u);
  TestJob job;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SimOptions options;
    options.seed = seed;
    options.read_max = 1 + seed * 37 % 3000;
    SimEnv env(options);
    env.putFile("/d/in.jsonl", jsonLines(records));
    RunReport report = runTestJob(job, env, "/d", 1 + seed % 4, seed % 3 == 0 ? 1 : seed % 3 == 1 ? 7 : 256);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ASSERT_FALSE(report.error) << report.error->text;
    Outputs outputs = simOutputs(env);
    ASSERT_EQ(outputs.out, expected.out);
    ASSERT_EQ(outputs.late, expected.late);
    ASSERT_EQ(outputs.errors.size(), expected.rejected);
    EXPECT_TRUE(env.isDurable("/d/out.jsonl"));
  }
}

TEST(Engine, OneSeedGivesOneTrace) {
  std::vector<TestRecord> records = testRecords(3, 300);
  TestJob job;
  auto run = [&](uint64_t seed) {
    SimOptions options;
    options.seed = seed;
    SimEnv env(options);
    env.putFile("/d/in.jsonl", jsonLines(records));
    runTestJob(job, env, "/d", 3, 16);
    std::string output = *env.file("/d/out.jsonl");
    return std::pair(env.trace(), output);
  };
  auto first = run(5);
  auto again = run(5);
  auto other = run(6);
  EXPECT_EQ(first.first, again.first);
  EXPECT_EQ(first.second, again.second);
  EXPECT_NE(first.first, other.first);
}

TEST(Engine, ErrorRowsSayWhatWhereAndWhen) {
  SimEnv env({.seed = 1});
  env.putFile("/d/in.jsonl",
              "\xEF\xBB\xBF{\"k\":\"a\",\"v\":1,\"t\":\"2024-01-01T00:00:00Z\"}\r\n"
              "\n"
              "{\"k\":\"a\",\"v\":-5,\"t\":\"2024-01-01T00:00:01Z\"}\n"
              "{\"k\":\"a\",\"v\":\n"
              "\xff\xfe\n"
              "{\"k\":\"b\",\"v\":2,\"t\":\"2024-01-01T00:00:02Z\"}");
  TestJob job;
  RunReport report = runTestJob(job, env, "/d", 1, 64);
  ASSERT_FALSE(report.error) << report.error->text;
  Outputs outputs = simOutputs(env);
  EXPECT_EQ(outputs.out.size(), 2u);
  ASSERT_EQ(outputs.errors.size(), 3u);
  EXPECT_EQ(
      outputs.errors[0],
      R"({"cause":"assert","message":"v is negative","input":"{\"k\":\"a\",\"v\":-5,\"t\":\"2024-01-01T00:00:01Z\"}",)"
      R"("event_time":"2024-01-01T00:00:01Z","offset":48})");
  EXPECT_NE(outputs.errors[1].find(R"("input":"//4=","event_time":null,"offset":106})"), std::string::npos)
      << outputs.errors[1];
  EXPECT_NE(outputs.errors[2].find(R"("input":"{\"k\":\"a\",\"v\":")"), std::string::npos) << outputs.errors[2];
}

TEST(Engine, ARecordOverTheLimitIsRejectedAndTheNextOneCounts) {
  TestJobOptions job_options;
  job_options.max_record = 100;
  TestJob job(job_options);
  for (size_t size : {101u, 5000u, 3'000'000u}) {
    SimEnv env({.seed = size, .read_max = 100'000});
    std::string good = "{\"k\":\"a\",\"v\":1,\"t\":\"2024-01-01T00:00:00Z\"}\n";
    env.putFile("/d/in.jsonl", good + std::string(size, 'x') + "\n" + good);
    RunReport report = runTestJob(job, env, "/d", 1, 64);
    ASSERT_FALSE(report.error) << report.error->text;
    EXPECT_EQ(simOutputs(env).out,
              std::vector<std::string>{R"({"k":"a","n":2,"sum":2,"start":"2024-01-01T00:00:00Z"})"});
    ASSERT_EQ(simOutputs(env).errors.size(), 1u);
    EXPECT_LT(simOutputs(env).errors[0].size(), size_t{70'000});
    EXPECT_EQ(report.rejected.size(), 1u);
    EXPECT_EQ(report.rejected[0].name, "decode");
  }
}

TEST(Engine, PolicyFailStopsTheJobAndRenamesNothing) {
  TestJobOptions job_options;
  job_options.errors_policy = "fail";
  TestJob job(job_options);
  SimEnv env({.seed = 4});
  env.putFile(
      "/d/in.jsonl",
      "{\"k\":\"a\",\"v\":1,\"t\":\"2024-01-01T00:00:00Z\"}\n{\"k\":\"a\",\"v\":-1,\"t\":\"2024-01-01T00:00:00Z\"}\n");
  RunReport report = runTestJob(job, env, "/d", 2, 1);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(exitCodeOf(report.error->code), 65);
  EXPECT_NE(report.error->text.find("counts.stream:3:3"), std::string::npos) << report.error->text;
  EXPECT_FALSE(env.file("/d/out.jsonl"));
  EXPECT_TRUE(env.file("/d/out.jsonl.part"));
  EXPECT_EQ(report.unfinished.size(), 3u);
}

TEST(Engine, PolicySkipCounts) {
  TestJobOptions job_options;
  job_options.errors_policy = "skip";
  TestJob job(job_options);
  SimEnv env({.seed = 4});
  env.putFile("/d/in.jsonl", "{\"k\":\"a\",\"v\":1,\"t\":\"2024-01-01T00:00:00Z\"}\nnonsense\n");
  RunReport report = runTestJob(job, env, "/d", 2, 1);
  ASSERT_FALSE(report.error);
  ASSERT_EQ(report.rejected.size(), 1u);
  EXPECT_EQ(report.rejected[0].records, 1u);
  EXPECT_EQ(simOutputs(env).out.size(), 1u);
}

TEST(Engine, WriteFaultsEndTheJobWithTheirReason) {
  std::vector<TestRecord> records = testRecords(2, 2000);
  for (SimFault::Kind kind : {SimFault::Kind::kNoSpace, SimFault::Kind::kIo, SimFault::Kind::kSync}) {
    TestJob job;
    SimEnv env({.seed = 9});
    env.putFile("/d/in.jsonl", jsonLines(records));
    env.putFault("/d/out.jsonl.part", {kind, 200});
    RunReport report = runTestJob(job, env, "/d", 2, 16);
    ASSERT_TRUE(report.error);
    EXPECT_EQ(exitCodeOf(report.error->code), 75);
    EXPECT_FALSE(env.file("/d/out.jsonl"));
  }
}

TEST(Engine, AClosedPipeEndsTheJobQuietly) {
  TestJobOptions job_options;
  SimEnv env({.seed = 9});
  std::vector<TestRecord> records = testRecords(2, 3000);
  job_options.out = R"({"connector": "stdout", "options": {}})";
  TestJob job(job_options);
  env.putFile("/d/in.jsonl", jsonLines(records));
  env.putFault("<stdout>", {SimFault::Kind::kBrokenPipe, 300});
  RunReport report = runTestJob(job, env, "/d", 2, 16);
  EXPECT_FALSE(report.error);
  EXPECT_TRUE(report.stopped);
}

TEST(Engine, StoppingFinishesWhatIsInFlightAndLeavesWindowsOpen) {
  TestJobOptions job_options;
  job_options.wait_us = 1'000'000'000;  // no window closes before the end
  TestJob job(job_options);
  std::vector<TestRecord> records = testRecords(2, 3000);
  uint64_t stopped = 0;
  for (uint64_t step = 1; step < 200; step += 20) {
    SimEnv env({.seed = step, .stop_at_step = step});
    env.putFile("/d/in.jsonl", jsonLines(records));
    RunReport report = runTestJob(job, env, "/d", 2, 16);
    ASSERT_FALSE(report.error);
    if (!report.stopped) continue;
    ++stopped;
    EXPECT_EQ(env.file("/d/out.jsonl.part").value_or("?"), "");
    EXPECT_EQ(report.unfinished.size(), 3u);
    // Every record that was taken in before the stop is in a window, rejected or filtered away.
    if (report.sources[0].records > 100) EXPECT_GT(report.windows_open, 0u);
  }
  EXPECT_GT(stopped, 5u);
}

TEST(Engine, APipeIsFollowedAndItsSinkWrittenAtOnce) {
  TestJobOptions job_options;
  job_options.wait_us = 0;
  TestJob job(job_options);
  SimEnv env({.seed = 1});
  auto line = [](int second) {
    return fmt::format("{{\"k\":\"a\",\"v\":1,\"t\":\"2024-01-01T00:00:{:02}Z\"}}\n", second);
  };
  env.putPipe("/d/in.jsonl", {{1'000'000, line(1)}, {2'000'000, line(15)}, {9'000'000, line(16)}});
  RunReport report = runTestJob(job, env, "/d", 2, 4096);
  ASSERT_FALSE(report.error);
  EXPECT_FALSE(env.file("/d/out.jsonl.part"));
  EXPECT_EQ(simOutputs(env).out.size(), 2u);
  EXPECT_GE(env.monotonicUs(), 9'000'000);
}

// Several partitions on several workers: each is in order, so by the least watermark nothing is late, whoever runs
// when.
TEST(Engine, PartitionsInOrderGiveNoLateRows) {
  TestJobOptions job_options;
  job_options.generated = true;
  job_options.source = R"({"connector": "generate", "options": {"rate": 10, "count": 3000, "partitions": 3}})";
  job_options.wait_us = 0;
  TestJob job(job_options);
  std::vector<TestRecord> records;
  for (int64_t n = 0; n < 3000; ++n) records.push_back({fmt::format("key-{}", n % 10), 3 * n + 1, n * 100'000});
  Expected expected = evaluate(records, 0);
  ASSERT_TRUE(expected.late.empty());
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SimEnv env({.seed = seed});
    RunReport report = runTestJob(job, env, "/d", 1 + seed % 4, seed % 2 == 0 ? 5 : 64);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ASSERT_FALSE(report.error) << report.error->text;
    ASSERT_EQ(simOutputs(env).out, expected.out);
    ASSERT_EQ(report.late, 0u);
  }
}

TEST(Engine, PacedRowsComeWithTheClock) {
  TestJobOptions job_options;
  job_options.generated = true;
  job_options.source = R"({"connector": "generate", "options": {"rate": 10, "count": 250, "paced": true}})";
  job_options.wait_us = 0;
  SimEnv env({.seed = 3});
  RunReport report = runTestJob(TestJob(job_options), env, "/d", 2, 64);
  ASSERT_FALSE(report.error);
  EXPECT_GE(env.monotonicUs(), 24'900'000);
  EXPECT_LT(env.monotonicUs(), 25'100'000);
  EXPECT_EQ(simOutputs(env).out.size(), 30u);
}

// In virtual time: the last row leaves (rows − 1) / rate after the first, whoever runs when, and nothing else changes.
TEST(Engine, ThrottledRowsTakeTheirTimeAndAreTheSame) {
  std::vector<TestRecord> records = testRecords(23, 600);
  Expected expected = evaluate(records, kWaitUs);
  ASSERT_GT(expected.late.size(), 2u);
  auto passed = static_cast<int64_t>(std::count_if(records.begin(), records.end(), [](const TestRecord& record) {
    return record.value >= 0 && record.value % 3 != 0;
  }));
  TestJobOptions job_options;
  job_options.exchange = R"("kind": "gather", "gate": {"throttle": 20.0})";
  TestJob job(job_options);
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SimEnv env({.seed = seed});
    env.putFile("/d/in.jsonl", jsonLines(records));
    int64_t start_us = env.monotonicUs();
    RunReport report = runTestJob(job, env, "/d", 1 + seed % 4, seed % 3 == 0 ? 1 : seed % 3 == 1 ? 7 : 256);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ASSERT_FALSE(report.error) << report.error->text;
    int64_t took_us = env.monotonicUs() - start_us;
    EXPECT_GE(took_us, (passed - 1) * 50'000);
    EXPECT_LT(took_us, (passed - 1) * 50'000 + 1'000'000);
    ASSERT_EQ(simOutputs(env).out, expected.out);
    ASSERT_EQ(simOutputs(env).late, expected.late);
    ASSERT_EQ(simOutputs(env).errors.size(), expected.rejected);
  }
}

// A source that ends is read out behind a full limit: what it rejects is all reported.
TEST(Engine, ALimitLetsTheFirstRowsThrough) {
  std::vector<TestRecord> records = testRecords(29, 500);
  std::vector<TestRecord> first;
  uint64_t rejected = 0;
  for (const TestRecord& record : records) {
    rejected += record.value < 0;
    if (record.value >= 0 && record.value % 3 != 0 && first.size() < 100) first.push_back(record);
  }
  TestJobOptions job_options;
  job_options.exchange = R"("kind": "gather", "gate": {"limit": 100})";
  TestJob job(job_options);
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SimEnv env({.seed = seed});
    env.putFile("/d/in.jsonl", jsonLines(records));
    RunReport report = runTestJob(job, env, "/d", 1 + seed % 4, seed % 3 == 0 ? 1 : seed % 3 == 1 ? 7 : 256);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ASSERT_FALSE(report.error) << report.error->text;
    uint64_t counted = simOutputs(env).late.size();
    for (const std::string& line : simOutputs(env).out) {
      uint64_t rows = 0;
      size_t at = line.find("\"n\":") + 4;
      std::from_chars(line.data() + at, line.data() + line.size(), rows);
      counted += rows;
    }
    EXPECT_EQ(counted, 100u);
    EXPECT_EQ(simOutputs(env).errors.size(), rejected);
    EXPECT_EQ(report.sources[0].records, records.size());
  }
}

// An endless source of which nobody wants more rows stops; one that ends does not (above).
TEST(Engine, AnEndlessSourceEndsBehindAFullLimit) {
  TestJobOptions job_options;
  job_options.generated = true;
  job_options.source = R"({"connector": "generate", "options": {"rate": 10, "partitions": 3}})";
  job_options.exchange = R"("kind": "gather", "gate": {"limit": 250})";
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SimEnv env({.seed = seed});
    RunReport report = runTestJob(TestJob(job_options), env, "/d", 1 + seed % 4, 16);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ASSERT_FALSE(report.error) << report.error->text;
    EXPECT_FALSE(report.stopped);
    EXPECT_EQ(report.windows_open, 0u) << "time is over behind a full limit";
  }
}

TEST(Engine, AMissingInputIsSaidBeforeAnythingIsWritten) {
  TestJob job;
  SimEnv env({.seed = 1});
  RunReport report = runTestJob(job, env, "/d", 1, 16);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(exitCodeOf(report.error->code), 78);
  EXPECT_NE(report.error->text.find("source events: cannot open /d/in.jsonl"), std::string::npos);
  EXPECT_FALSE(env.file("/d/out.jsonl.part"));
}

TEST(Engine, AnEmptyInputMakesEmptyOutputs) {
  TestJob job;
  SimEnv env({.seed = 1});
  env.putFile("/d/in.jsonl", "");
  RunReport report = runTestJob(job, env, "/d", 3, 16);
  ASSERT_FALSE(report.error);
  EXPECT_EQ(env.file("/d/out.jsonl").value_or("?"), "");
  EXPECT_EQ(env.file("/d/late.jsonl").value_or("?"), "");
  EXPECT_EQ(env.file("/d/errors.jsonl").value_or("?"), "");
}

}  // namespace
}  // namespace streamrt::testing
