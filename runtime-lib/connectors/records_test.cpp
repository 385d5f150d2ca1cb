#include <gtest/gtest.h>

#include <algorithm>

#include "runtime-lib/connectors/csv_cutter.h"
#include "runtime-lib/connectors/generate_source.h"
#include "runtime-lib/connectors/line_decoder.h"
#include "runtime-lib/connectors/record_assembler.h"
#include "runtime-lib/connectors/record_partition.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

struct NoWaker : Waker {
  void wake() override {}
};

// Keeps the text of each record; refuses those that begin with '!'.
class TextDecoder : public LineDecoder {
 public:
  TextDecoder(std::vector<std::string>& seen, size_t max_record) : LineDecoder(max_record), seen_(seen) {}

 protected:
  bool decodeLine(std::string_view record, Batch&, uint32_t, std::string& detail) override {
    if (record.starts_with('!')) {
      detail = "bad";
      return false;
    }
    seen_.emplace_back(record);
    return true;
  }

 private:
  std::vector<std::string>& seen_;
};

struct Split {
  std::vector<std::string> records;
  std::vector<int64_t> offsets;
  std::vector<std::pair<std::string, int64_t>> failures;
  PollOutcome::Kind end = PollOutcome::Kind::kMore;
};

class Collector : public DecodeFailures {
 public:
  explicit Collector(Split& split) : split_(split) {}
  void undecodable(const RecordView& record, std::string_view) override {
    split_.failures.emplace_back(std::string(record.bytes), record.offset);
  }

 private:
  Split& split_;
};

// Sends `input` through assembler, queue and partition, in pieces of `piece` bytes.
Split split(std::string_view input, size_t piece, size_t max_record, uint32_t batch_rows) {
  NoWaker waker;
  ChunkQueue queue(waker, waker);
  SimEnv env({.seed = 1});
  RunState state;
  RecordAssembler assembler(std::make_unique<LineCutter>(), max_record);
  Split result;
  RecordPartition partition(queue, std::make_unique<TextDecoder>(result.records, max_record), max_record, env, state,
                            "it", {{"input", "input", {}}}, MetaColumns());
  Schema schema;
  Batch batch(schema, batch_rows, false);
  batch.source = std::make_unique<SourceRows>();
  Collector collector(result);
  auto drain = [&] {
    for (;;) {
      batch.clear();
      PollOutcome outcome = partition.poll(batch, collector);
      for (const RecordView& record : batch.source->records) result.offsets.push_back(record.offset);
      if (outcome.kind == PollOutcome::Kind::kMore) continue;
      result.end = outcome.kind;
      batch.clear();
      return;
    }
  };
  auto deliver = [&] {
    while (ChunkPtr chunk = assembler.next()) {
      while (!queue.push(chunk)) drain();
    }
  };
  size_t read = 0;
  while (read < input.size()) {
    while (assembler.wantsChunk()) {
      ChunkPtr chunk = queue.takeEmpty();
      if (chunk == nullptr) {
        drain();
        continue;
      }
      assembler.give(std::move(chunk));
    }
    std::span<char> space = assembler.space();
    size_t bytes = std::min({piece, space.size(), input.size() - read});
    std::copy_n(input.data() + read, bytes, space.data());
    read += bytes;
    assembler.filled(bytes);
    deliver();
  }
  assembler.finish();
  deliver();
  auto last = std::make_unique<Chunk>(1);
  last->kind = Chunk::Kind::kEnd;
  while (!queue.push(last)) drain();
  drain();
  return result;
}

TEST(Records, LinesInAllTheirForms) {
  std::string input =
      "\xEF\xBB\xBF"
      "one\r\n\n  \t\ntwo\n\r\n!three\nfour";
  for (size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    for (uint32_t rows : {1u, 2u, 100u}) {
      Split result = split(input, piece, 1000, rows);
      EXPECT_EQ(result.records, (std::vector<std::string>{"one", "two", "four"}));
      EXPECT_EQ(result.offsets, (std::vector<int64_t>{3, 13, 26}));
      ASSERT_EQ(result.failures.size(), 1u);
      EXPECT_EQ(result.failures[0], std::pair(std::string("!three"), int64_t{19}));
      EXPECT_EQ(result.end, PollOutcome::Kind::kEnd);
    }
  }
}

TEST(Records, NothingIsNoRecord) {
  EXPECT_TRUE(split("", 10, 100, 10).records.empty());
  EXPECT_TRUE(split("\xEF\xBB\xBF", 10, 100, 10).records.empty());
  EXPECT_TRUE(split("\n\n\n", 1, 100, 10).records.empty());
}

TEST(Records, AByteOrderMarkCountsOnlyAtTheBeginning) {
  EXPECT_EQ(split("a\n\xEF\xBB\xBF"
                  "b\n",
                  100, 100, 10)
                .records[1],
            "\xEF\xBB\xBF"
            "b");
}

TEST(Records, TheLimitIsExact) {
  for (size_t piece : {1u, 5u, 1000u}) {
    std::string fits(20, 'f'), longer(21, 'l');
    Split result = split(fits + "\r\n" + longer + "\n" + fits + "\n" + longer, piece, 20, 10);
    EXPECT_EQ(result.records, (std::vector<std::string>{fits, fits}));
    ASSERT_EQ(result.failures.size(), 2u);
    EXPECT_EQ(result.failures[0].second, 22);
    EXPECT_EQ(result.failures[1].second, 65);
  }
}

TEST(Records, AnEndlessLineIsNotKept) {
  std::string input = "a\n" + std::string(5 << 20, 'x') + "\nb\n";
  Split result = split(input, 100'000, 300'000, 10);
  EXPECT_EQ(result.records, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_LE(result.failures[0].first.size(), kOversizeBytes);
  EXPECT_EQ(result.failures[0].second, 2);
  EXPECT_EQ(result.offsets.back(), static_cast<int64_t>(input.size() - 2));
}

// Whatever the cut, the records and their positions are those of the text as a whole.
TEST(Records, CutsDoNotMatter) {
  uint64_t state = 42;
  auto below = [&](uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  for (int round = 0; round < 300; ++round) {
    std::string input;
    std::vector<std::string> expected;
    std::vector<int64_t> offsets;
    size_t failures = 0;
    for (uint64_t i = 0, lines = below(40); i < lines; ++i) {
      std::string record(1 + below(60) * (below(9) == 0 ? 12 : 1), static_cast<char>('a' + below(26)));
      if (record.size() > 200) {
        ++failures;
      } else {
        expected.push_back(record);
        offsets.push_back(static_cast<int64_t>(input.size()));
      }
      input += record + (below(2) == 0 ? "\r\n" : "\n");
      if (below(5) == 0) input += "\n";
    }
    Split result = split(input, 1 + below(300), 200, static_cast<uint32_t>(1 + below(9)));
    ASSERT_EQ(result.records, expected);
    ASSERT_EQ(result.offsets, offsets);
    ASSERT_EQ(result.failures.size(), failures);
  }
}

class Generate : public ::testing::Test {
 protected:
  std::unique_ptr<Source> open(std::vector<std::pair<std::string, Literal>> options) {
    OptionMap map;
    for (auto& [name, value] : options) map[name].literal = value;
    plan_.name = "g";
    for (const char* name : {"n", "at"}) {
      Column column;
      column.name = name;
      column.type = name[0] == 'n' ? ColumnType::kI64 : ColumnType::kTimestamp;
      plan_.columns.push_back(column);
    }
    auto resolved = Options::resolve(map, {}, [](const std::string&) { return std::nullopt; }, "source g");
    auto source = makeGenerateSource({plan_, *resolved, {}, "", env_, state_});
    if (!source) {
      error_ = source.error().text;
      return nullptr;
    }
    return std::move(*source);
  }
  struct NoFailures : DecodeFailures {
    void undecodable(const RecordView&, std::string_view) override {}
  };

  SimEnv env_{SimOptions{}};
  RunState state_;
  SourcePlan plan_;
  NoWaker waker_;
  NoFailures failures_;
  std::string error_;
};

TEST_F(Generate, CountsAndDividesTime) {
  auto source = open({{"rate", int64_t{3}}, {"count", int64_t{5}}});
  ASSERT_NE(source, nullptr) << error_;
  EXPECT_TRUE(source->isBounded());
  auto partition = std::move(*source->open(0, waker_, ""));
  Batch batch(plan_.columns, 4, false);
  batch.source = std::make_unique<SourceRows>();
  EXPECT_EQ(partition->poll(batch, failures_).kind, PollOutcome::Kind::kMore);
  EXPECT_EQ(batch.rows, 4u);
  EXPECT_EQ(batch.column<int64_t>(1)[1], 333'333);
  EXPECT_EQ(batch.column<int64_t>(1)[3], 1'000'000);
  batch.clear();
  EXPECT_EQ(partition->poll(batch, failures_).kind, PollOutcome::Kind::kEnd);
  EXPECT_EQ(batch.rows, 1u);
  EXPECT_EQ(batch.source->offsetOf(0), 4);
}

TEST_F(Generate, RatesOfLongerUnitsAreExact) {
  auto times = [&](double per_second) {
    plan_.columns.clear();
    auto source = open({{"rate", per_second}, {"count", int64_t{4}}});
    auto partition = std::move(*source->open(0, waker_, ""));
    Batch batch(plan_.columns, 10, false);
    batch.source = std::make_unique<SourceRows>();
    partition->poll(batch, failures_);
    const int64_t* at = batch.column<int64_t>(1);
    return std::vector<int64_t>(at, at + batch.rows);
  };
  EXPECT_EQ(times(1.0 / 3600), (std::vector<int64_t>{0, 3'600'000'000, 7'200'000'000, 10'800'000'000}));
  EXPECT_EQ(times(7.0 / 60), (std::vector<int64_t>{0, 8'571'428, 17'142'857, 25'714'285}));
  EXPECT_EQ(times(1.5), (std::vector<int64_t>{0, 666'666, 1'333'333, 2'000'000}));
}

TEST_F(Generate, PartitionsShareTheNumbers) {
  auto source = open({{"rate", int64_t{10}}, {"count", int64_t{7}}, {"partitions", int64_t{2}}});
  auto second = std::move(*source->open(1, waker_, ""));
  Batch batch(plan_.columns, 10, false);
  batch.source = std::make_unique<SourceRows>();
  second->poll(batch, failures_);
  EXPECT_EQ(batch.rows, 3u);
  EXPECT_EQ(batch.column<int64_t>(0)[2], 5);
  EXPECT_EQ(batch.source->offsetOf(2), 5);
}

TEST_F(Generate, PacedWaitsForTheClock) {
  auto source = open({{"rate", int64_t{10}}, {"paced", true}});
  EXPECT_FALSE(source->isBounded());
  auto partition = std::move(*source->open(0, waker_, ""));
  Batch batch(plan_.columns, 10, false);
  batch.source = std::make_unique<SourceRows>();
  PollOutcome outcome = partition->poll(batch, failures_);
  EXPECT_EQ(batch.rows, 1u);
  EXPECT_EQ(outcome.kind, PollOutcome::Kind::kPaused);
  EXPECT_EQ(outcome.deadline_us, 100'000);
}

TEST_F(Generate, RefusesWhatMakesNoSense) {
  EXPECT_EQ(open({{"rate", int64_t{0}}}), nullptr);
  EXPECT_EQ(error_, "option rate of source g is not between 1 row a day and 10^12 rows a second");
  EXPECT_EQ(open({{"count", int64_t{-1}}}), nullptr);
  EXPECT_EQ(open({{"partitions", int64_t{0}}}), nullptr);
  EXPECT_EQ(open({{"rate", std::string("fast")}}), nullptr);
  EXPECT_EQ(error_, "option rate of source g is not a number");
}

}  // namespace
}  // namespace streamrt
