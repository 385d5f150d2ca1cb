#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <tuple>

#include "runtime-lib/connectors/divided_output.h"
#include "runtime-lib/connectors/glob.h"
#include "runtime-lib/connectors/merged_partition.h"
#include "runtime-lib/connectors/partition_path.h"
#include "runtime-lib/formats/test_rows.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

TEST(Glob, MatchesNames) {
  EXPECT_TRUE(matchesGlob("*.csv", "a.csv"));
  EXPECT_FALSE(matchesGlob("*.csv", "a.csv.gz"));
  EXPECT_TRUE(matchesGlob("2024-1?-*", "2024-10-08"));
  EXPECT_TRUE(matchesGlob("[a-c]x[!0-9]", "bxy"));
  EXPECT_FALSE(matchesGlob("[a-c]x[!0-9]", "bx7"));
  EXPECT_TRUE(matchesGlob("[]a]", "]"));
  EXPECT_TRUE(matchesGlob("\\*", "*"));
  EXPECT_FALSE(matchesGlob("\\*", "x"));
  EXPECT_TRUE(matchesGlob("[", "["));
  EXPECT_TRUE(matchesGlob("", ""));
  EXPECT_FALSE(matchesGlob("", "a"));
  EXPECT_TRUE(matchesGlob("**", "anything"));
  // No pattern takes long.
  EXPECT_FALSE(matchesGlob("a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

class Divided : public ::testing::Test {
 protected:
  DividedOutput::Settings settings(bool at_end) {
    DividedOutput::Settings settings;
    settings.directory = "out";
    settings.extension = "csv";
    settings.at_end = at_end;
    return settings;
  }
  Result<size_t> write(DividedOutput& output, const std::string& directory, const std::string& records) {
    ByteBuffer frame;
    appendFrame(directory, records, frame);
    return output.write(frame.view());
  }
  std::vector<std::string> names(const std::string& directory) {
    auto names = env_.listDirectory(directory);
    return names ? *names : std::vector<std::string>();
  }
  // All bytes of the files of a directory that have their names, in the order of the names.
  std::string published(const std::string& directory) {
    std::string all;
    for (const std::string& name : names(directory)) {
      if (!name.starts_with('.')) all += env_.file(directory + "/" + name).value_or("");
    }
    return all;
  }

  SimEnv env_{SimOptions{}};
};

TEST_F(Divided, FilesAppearTogetherAtTheEnd) {
  DividedOutput output(env_, settings(true));
  output.setPrologue("n\n");
  ASSERT_TRUE(write(output, "a=1", "1\n"));
  ASSERT_TRUE(write(output, "a=2/b=x", "2\n"));
  ASSERT_TRUE(write(output, "a=1", "3\n"));
  ASSERT_TRUE(output.close());
  EXPECT_EQ(published("out/a=1"), "");
  EXPECT_EQ(output.unfinished().substr(0, 8), "out/…/");
  ASSERT_TRUE(output.commit());
  EXPECT_EQ(published("out/a=1"), "n\n1\n3\n");
  EXPECT_EQ(published("out/a=2/b=x"), "n\n2\n");
  EXPECT_EQ(names("out/a=1").size(), 1u);
  EXPECT_EQ(output.unfinished(), "");
}

TEST_F(Divided, ManyDirectoriesWithFewDescriptors) {
  DividedOutput output(env_, settings(true));
  constexpr int kDirectories = 300;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kDirectories; ++i) {
      ASSERT_TRUE(write(output, fmt::format("k={}", i), fmt::format("{}-{}\n", i, round)));
    }
  }
  ASSERT_TRUE(output.close());
  ASSERT_TRUE(output.commit());
  for (int i = 0; i < kDirectories; ++i) {
    EXPECT_EQ(published(fmt::format("out/k={}", i)), fmt::format("{0}-0\n{0}-1\n{0}-2\n", i));
    EXPECT_EQ(names(fmt::format("out/k={}", i)).size(), 1u);
  }
}

TEST_F(Divided, AFullFileIsPublishedAndAnotherOneBegins) {
  DividedOutput::Settings small = settings(false);
  small.roll_bytes = 4;
  DividedOutput output(env_, small);
  for (const char* record : {"1\n", "2\n", "3\n"}) ASSERT_TRUE(write(output, "", record));
  EXPECT_EQ(published("out"), "1\n2\n");
  EXPECT_EQ(names("out").size(), 2u);
  ASSERT_TRUE(output.close());
  EXPECT_EQ(published("out"), "1\n2\n3\n");
  for (const std::string& name : names("out")) EXPECT_TRUE(env_.isDurable("out/" + name)) << name;
}

TEST_F(Divided, AnOldFileIsPublished) {
  DividedOutput::Settings old = settings(false);
  old.roll_us = 1'000'000;
  DividedOutput output(env_, old);
  ASSERT_TRUE(write(output, "", "1\n"));
  auto next = output.tick();
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, env_.monotonicUs() + 1'000'000);
  EXPECT_EQ(published("out"), "");
  old.roll_us = 0;
  DividedOutput at_once(env_, old);
  ASSERT_TRUE(write(at_once, "x", "1\n"));
  ASSERT_TRUE(at_once.tick());
  EXPECT_EQ(published("out/x"), "1\n");
}

TEST_F(Divided, TwoRunsDoNotMeet) {
  for (int run = 0; run < 2; ++run) {
    DividedOutput output(env_, settings(true));
    ASSERT_TRUE(write(output, "a=1", fmt::format("{}\n", run)));
    ASSERT_TRUE(output.close());
    ASSERT_TRUE(output.commit());
  }
  EXPECT_EQ(names("out/a=1").size(), 2u);
}

TEST(PartitionPaths, NamesAndValues) {
  Schema columns = test::columns({{"country", "string?"}, {"n", "i32"}, {"$by_day", "timestamp"}});
  OptionMap map;
  map["partition"].literal = std::string("\"country\",\"n\",\"$by_day\"");
  auto options = Options::resolve(map, {}, [](const std::string&) { return std::nullopt; }, "sink s");
  ASSERT_TRUE(options);
  auto path = PartitionPath::make(columns, *options);
  ASSERT_TRUE(path);
  EXPECT_EQ(PartitionPath::writtenColumns(columns, *options).size(), 2u);
  Batch batch(columns, 4, false);
  auto pathOf = [&](std::optional<std::string> country, int32_t n, int64_t day) {
    const std::string text = country.value_or("");
    batch.column<StreamString>(0)[0] = {text.data(), static_cast<uint32_t>(text.size()), 0};
    batch.validity[0][0] = country ? 1 : 0;
    batch.column<int32_t>(1)[0] = n;
    batch.column<int64_t>(2)[0] = day;
    std::string found, detail;
    return path->pathOf(batch, 0, found, detail) ? found : "refused: " + detail;
  };
  EXPECT_EQ(pathOf("DE", -1, 0), "country=DE/n=-1/day=1970-01-01T00%3A00%3A00Z");
  EXPECT_EQ(pathOf(std::nullopt, 0, 0).substr(0, 35), "country=__HIVE_DEFAULT_PARTITION__/");
  EXPECT_EQ(pathOf("", 0, 0).substr(0, 9), "country=/");
  EXPECT_EQ(pathOf("../a b", 0, 0).substr(0, 21), "country=..%2Fa%20b/n=");
  EXPECT_EQ(pathOf(std::string("\0\xc3\xa4", 3), 0, 0).substr(0, 14), "country=%00ä/");
  EXPECT_EQ(pathOf(std::string(300, 'x'), 0, 0),
            "refused: column \"country\" names a directory and is longer than 255 bytes there");
  EXPECT_EQ(pathOf("DE", 0, INT64_MAX),
            "refused: column \"day\" names a directory and has no year between 0000 and 9999");
}

// Rows of key and text from memory; pauses now and then, and refuses what begins with '!'.
class MemoryFile : public SourcePartition {
 public:
  MemoryFile(std::vector<std::pair<int64_t, std::string>> rows, uint64_t seed) : rows_(std::move(rows)), state_(seed) {}

  PollOutcome poll(Batch& batch, DecodeFailures& failures) override {
    // What the last poll pointed into is gone.
    for (std::string& text : lent_) std::fill(text.begin(), text.end(), '#');
    lent_.clear();
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    if ((state_ >> 33) % 3 == 0) return {PollOutcome::Kind::kPaused};
    for (uint32_t n = static_cast<uint32_t>((state_ >> 40) % 5); n > 0 && next_ < rows_.size(); --n, ++next_) {
      std::string& text = lent_.emplace_back(rows_[next_].second);
      const RecordView record{text, static_cast<int64_t>(next_)};
      if (text.starts_with('!')) {
        failures.undecodable(record, "bad");
        continue;
      }
      batch.column<int64_t>(0)[batch.rows] = rows_[next_].first;
      const bool apart = n % 2 == 0;  // a text that is no view of the record
      auto* copy = static_cast<char*>(batch.arena.allocate(text.size()));
      std::copy(text.begin(), text.end(), copy);
      batch.column<StreamString>(1)[batch.rows] = {apart ? copy : text.data(), static_cast<uint32_t>(text.size()), 0};
      batch.validity[1][batch.rows] = text.empty() ? 0 : 1;
      batch.source->records.push_back(record);
      ++batch.rows;
    }
    return {next_ == rows_.size() ? PollOutcome::Kind::kEnd : PollOutcome::Kind::kMore};
  }

 private:
  std::vector<std::pair<int64_t, std::string>> rows_;
  uint64_t state_;
  size_t next_ = 0;
  std::deque<std::string> lent_;
};

struct CountFailures : DecodeFailures {
  void undecodable(const RecordView&, std::string_view) override { ++count; }
  size_t count = 0;
};

TEST(Merge, GivesTheRowsOfAllFilesInOrder) {
  uint64_t state = 5;
  auto below = [&](uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  for (int round = 0; round < 200; ++round) {
    const bool stored = below(2) == 0;
    const auto columns = test::columns({{"at", stored ? "i64" : "i64 check"}, {"text", "string?"}});
    auto plan = MergePlan::make(columns, "at");
    ASSERT_TRUE(plan);
    std::vector<std::unique_ptr<SourcePartition>> files;
    std::vector<std::tuple<int64_t, size_t, std::string>> wanted;
    size_t refused = 0;
    for (size_t file = 0, count = below(9); file < count; ++file) {
      std::vector<std::pair<int64_t, std::string>> rows;
      int64_t at = 0;
      for (uint64_t i = below(40); i > 0; --i) {
        at += static_cast<int64_t>(below(3));
        std::string text = below(5) == 0 ? "" : fmt::format("{}-{}-{}", file, i, std::string(below(60), 'x'));
        if (below(9) == 0) {
          text = "!" + text;
          ++refused;
        } else {
          wanted.emplace_back(at, file, text);
        }
        rows.emplace_back(at, text);
      }
      files.push_back(std::make_unique<MemoryFile>(std::move(rows), below(1000)));
    }
    std::stable_sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
      return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    MergedPartition merged(*plan, std::move(files));
    Schema schema;
    for (const Column& column : columns) {
      if (!column.check) schema.push_back(column);
    }
    Batch batch(schema, static_cast<uint32_t>(1 + below(20)), false);
    batch.source = std::make_unique<SourceRows>();
    CountFailures failures;
    size_t found = 0;
    for (PollOutcome outcome; outcome.kind != PollOutcome::Kind::kEnd;) {
      batch.clear();
      outcome = merged.poll(batch, failures);
      const uint32_t text_column = stored ? 1 : 0;
      for (uint32_t row = 0; row < batch.rows; ++row, ++found) {
        ASSERT_LT(found, wanted.size());
        const auto& [at, file, text] = wanted[found];
        if (stored) ASSERT_EQ(batch.column<int64_t>(0)[row], at);
        ASSERT_EQ(batch.present(text_column, row), !text.empty());
        const StreamString& value = batch.column<StreamString>(text_column)[row];
        if (!text.empty()) ASSERT_EQ(std::string_view(value.data, value.size), text);
        ASSERT_EQ(batch.source->records[row].bytes, text);
        ASSERT_EQ(batch.source->offsetOf(row), static_cast<int64_t>(found));
      }
    }
    EXPECT_EQ(found, wanted.size());
    EXPECT_EQ(failures.count, refused);
  }
}

TEST(Merge, NeedsAFieldWithAnOrder) {
  EXPECT_FALSE(MergePlan::make(test::columns({{"a", "f64"}}), "a"));
  EXPECT_FALSE(MergePlan::make(test::columns({{"a", "i64?"}}), "a"));
  EXPECT_FALSE(MergePlan::make(test::columns({{"a", "i64"}}), "b"));
  EXPECT_TRUE(MergePlan::make(test::columns({{"a", "string"}}), "a"));
}

}  // namespace
}  // namespace streamrt
