// JSON lines on their whole way from bytes to rows: however the reader cuts them into pieces and the batches into
// polls, the rows, their positions and the failures are those of the general decoder, line by line.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime-lib/connectors/record_assembler.h"
#include "runtime-lib/connectors/record_partition.h"
#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/test_rows.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

constexpr size_t kRecordBytesMax = 2 << 20;

struct NoWaker : Waker {
  void wake() override {}
};

// What came of a record: its position, then its row as JSON or why there is none.
using Outcomes = std::vector<std::pair<int64_t, std::string>>;

const std::vector<test::ColumnText> kColumns = {{"id", "i64"}, {"name", "string"}, {"at", "timestamp?"}};

std::string rowText(const Batch& batch, uint32_t row) {
  JsonEncoder encoder(test::columns(kColumns), {});
  ByteBuffer out;
  EncodeError error;
  EXPECT_TRUE(encoder.encode({batch.columns, batch.validity, row}, out, error));
  return std::string(out.view());
}

class Collector : public DecodeFailures {
 public:
  explicit Collector(Outcomes& outcomes) : outcomes_(outcomes) {}
  void undecodable(const RecordView& record, std::string_view detail) override {
    outcomes_.emplace_back(record.offset, std::string(detail));
  }

 private:
  Outcomes& outcomes_;
};

Outcomes inPieces(std::string_view input, size_t piece_max, uint32_t batch_rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  NoWaker waker;
  ChunkQueue queue(waker, waker);
  RecordAssembler assembler(std::make_unique<LineCutter>(), kRecordBytesMax);
  const Schema schema = test::columns(kColumns);
  const Options options;
  SimEnv env({.seed = 1});
  RunState state;
  RecordPartition partition(queue, *makeDecoder({"json", schema, options, kRecordBytesMax}), kRecordBytesMax, env,
                            state, "source s", {{"input", "input", {}}}, MetaColumns());
  Batch batch(schema, batch_rows, false);
  batch.source = std::make_unique<SourceRows>();
  Outcomes outcomes;
  Collector collector(outcomes);
  auto drain = [&] {
    for (PollOutcome outcome; outcome.kind != PollOutcome::Kind::kEnd;) {
      batch.clear();
      outcome = partition.poll(batch, collector);
      EXPECT_EQ(batch.source->records.size(), batch.rows);
      for (uint32_t row = 0; row < batch.rows; ++row)
        outcomes.emplace_back(batch.source->records[row].offset, rowText(batch, row));
      if (outcome.kind == PollOutcome::Kind::kPaused) break;
    }
    batch.clear();
  };
  auto deliver = [&] {
    while (ChunkPtr chunk = assembler.next()) {
      while (!queue.push(chunk)) drain();
    }
  };
  for (size_t read = 0; read < input.size();) {
    while (assembler.wantsChunk()) {
      ChunkPtr chunk = queue.takeEmpty();
      if (chunk == nullptr) {
        drain();
        continue;
      }
      assembler.give(std::move(chunk));
    }
    const std::span<char> space = assembler.space();
    const size_t bytes = std::min({1 + random() % piece_max, space.size(), input.size() - read});
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
  // Failures are told before the rows of the same poll.
  std::sort(outcomes.begin(), outcomes.end());
  return outcomes;
}

Outcomes lineByLine(std::string_view input) {
  const Schema schema = test::columns(kColumns);
  JsonDecoder decoder(schema, {});
  decoder.usePath(JsonDecoder::Path::kGeneral);
  Batch batch(schema, 1, false);
  Outcomes outcomes;
  for (size_t at = 0; at < input.size();) {
    const size_t end = std::min(input.find('\n', at), input.size());
    std::string_view line = input.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kRecordBytesMax) {
      outcomes.emplace_back(at, "the record is longer than max_record (2097152 bytes)");
    } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      batch.clear();
      DecodeError error;
      const bool ok = decoder.decode(line, {batch.columns, batch.validity, 0, &batch.arena}, error);
      outcomes.emplace_back(at, ok ? rowText(batch, 0) : error.detail);
    }
    at = end + 1;
  }
  return outcomes;
}

std::string lines() {
  std::mt19937_64 random(5);
  std::string text;
  for (int i = 0; i < 6000; ++i) {
    std::string line =
        "{\"id\":" + std::to_string(static_cast<int64_t>(random() >> (1 + random() % 60))) + ",\"name\":\"";
    const size_t size = i == 1000 ? 1'500'000 : i == 3000 ? kRecordBytesMax + 100 : random() % 200;
    for (size_t k = 0; k < size; ++k) line += static_cast<char>('a' + k % 26);
    line += random() % 20 == 0 ? "\\n\\u00e9" : "";
    line += "\",\"at\":";
    line += random() % 3 == 0 ? "null}" : "\"2024-05-06T07:08:09.010Z\"}";
    if (random() % 50 == 0) line[random() % std::min<size_t>(line.size(), 60)] = "\"x{}\\5"[random() % 6];
    if (random() % 100 == 0) line = " \t";
    text += line + (random() % 10 == 0 ? "\r\n" : "\n");
  }
  text.pop_back();
  return text;
}

TEST(JsonRecords, HoweverTheyAreCut) {
  const std::string text = lines();
  const Outcomes expected = lineByLine(text);
  ASSERT_GT(expected.size(), 5000u);
  const struct {
    size_t piece_max;
    uint32_t batch_rows;
  } kCuts[] = {{1 << 22, 4096}, {100'000, 100}, {3'000, 7}, {64, 1024}};
  for (const auto& cut : kCuts) {
    const Outcomes outcomes = inPieces(text, cut.piece_max, cut.batch_rows, cut.batch_rows);
    ASSERT_EQ(outcomes.size(), expected.size()) << cut.piece_max;
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(outcomes[i], expected[i]) << cut.piece_max << " " << i;
  }
}

}  // namespace
}  // namespace streamrt
