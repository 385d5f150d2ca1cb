// How fast CSV becomes columns, beside a loop written by hand for the same file and, where it is installed, the header
// library fast-cpp-csv-parser (Debian: libfccp-dev), which split lines and cells and convert numbers one row after
// another.
//
//     bench_csv_lines [rounds] [FILE.csv]
//
// Bids of NEXMark as CSV (about 190 bytes, 7 columns), ticks (numbers and a time, 6 columns), quoted people (every text
// in quotes), each with several sets of demanded columns; and, when a file is given, airports.csv with name and place.
// All ways run one after another in every round, in batches into arrays that stay in cache; thread CPU time. Prints
// JSON: for each measurement the median, least and greatest GB a second; ratios are medians of the rounds'. The
// reader's part, to find where the last record of a piece ends, is measured too.
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#if __has_include(<libfccp/csv.h>)
#define STREAM_FCCP 1
#define CSV_IO_NO_THREAD
#include <libfccp/csv.h>
#endif

#include "runtime-lib/formats/csv_decoder.h"
#include "runtime-lib/formats/csv_encoder.h"
#include "runtime-lib/formats/test_rows.h"
#include "runtime-lib/formats/value_text.h"

namespace {

using streamrt::test::columns;
using streamrt::test::ColumnText;
using streamrt::test::Rows;

constexpr uint32_t kBatchRows = 2048;
constexpr size_t kChunkBytes = 256 << 10;

double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class Random {
 public:
  uint64_t below(uint64_t n) { return random_() % n; }
  std::string word(size_t letters) {
    std::string out;
    for (size_t i = 0; i < letters; ++i) out += static_cast<char>('a' + below(26));
    return out;
  }

 private:
  std::mt19937_64 random_{42};
};

std::string timeText(uint64_t i) {
  char text[48];
  const int64_t micros = 1'700'000'000'000'000 + static_cast<int64_t>(i) * 137'000;
  return std::string(text, static_cast<size_t>(streamrt::writeTimestamp(text, micros) - text));
}

std::string bids(size_t count) {
  Random random;
  std::string out = "auction,bidder,price,channel,url,dateTime,extra\n";
  for (size_t i = 0; i < count; ++i) {
    out += std::to_string(1000 + i / 15 + random.below(100)) + "," + std::to_string(1000 + random.below(i + 1000)) +
           "," + std::to_string(100 + random.below(1u << (3 + random.below(24)))) + ",channel-" +
           std::to_string(random.below(10'000)) + ",https://www.nexmark.com/" + random.word(5) + "/" + random.word(5) +
           "/item.htm?query=1&channel_id=" + std::to_string(random.below(1u << 31)) + "," + timeText(i) + "," +
           random.word(32 + random.below(16)) + "\n";
  }
  return out;
}

std::string ticks(size_t count) {
  Random random;
  std::string out = "id,symbol,bid,ask,size,at\n";
  for (size_t i = 0; i < count; ++i) {
    const std::string price = std::to_string(10 + random.below(900)) + "." + std::to_string(1000 + random.below(9000));
    out += std::to_string(i) + "," + random.word(3) + "," + price + "," + price + "," +
           std::to_string(random.below(10'000)) + "," + timeText(i) + "\n";
  }
  return out;
}

std::string people(size_t count) {
  Random random;
  std::string out = "\"id\",\"name\",\"note\",\"city\",\"age\"\n";
  for (size_t i = 0; i < count; ++i) {
    out += "\"" + std::to_string(i) + "\",\"" + random.word(6) + ", " + random.word(9) + "\",\"" + random.word(20) +
           (i % 16 == 0 ? " \"\"" + random.word(4) + "\"\"" : "") + "\",\"" + random.word(8) + "\",\"" +
           std::to_string(random.below(100)) + "\"\n";
  }
  return out;
}

struct Way {
  std::string name;
  std::function<void()> run;
};

void measure(const std::string& what, const std::string& text, int rounds, const std::vector<Way>& ways, bool last) {
  std::map<std::string, std::vector<double>> taken;
  for (const Way& way : ways) way.run();
  for (int round = 0; round < rounds; ++round) {
    for (const Way& way : ways) {
      const double start = cpuSeconds();
      way.run();
      taken[way.name].push_back(cpuSeconds() - start);
    }
  }
  auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  const auto bytes = static_cast<double>(text.size());
  const auto records = static_cast<double>(std::count(text.begin(), text.end(), '\n'));
  std::printf("  \"%s\": {\n    \"record_bytes\": %.1f", what.c_str(), bytes / records);
  for (const Way& way : ways) {
    const std::vector<double>& times = taken[way.name];
    std::printf(",\n    \"%s\": {\"gb_per_s\": %.2f, \"min\": %.2f, \"max\": %.2f, \"m_records_per_s\": %.2f}",
                way.name.c_str(), bytes / median(times) / 1e9,
                bytes / *std::max_element(times.begin(), times.end()) / 1e9,
                bytes / *std::min_element(times.begin(), times.end()) / 1e9, records / median(times) / 1e6);
  }
  for (const char* other : {"by hand", "fccp"}) {
    if (!taken.contains(other)) continue;
    std::vector<double> ratios;
    for (size_t i = 0; i < taken[other].size(); ++i) ratios.push_back(taken[other][i] / taken[ways[0].name][i]);
    std::printf(",\n    \"ratio to %s\": {\"median\": %.2f, \"min\": %.2f, \"max\": %.2f}", other, median(ratios),
                *std::min_element(ratios.begin(), ratios.end()), *std::max_element(ratios.begin(), ratios.end()));
  }
  std::printf("\n  }%s\n", last ? "" : ",");
}

// Our decoder over pieces of the file as the sources read them.
class Ours {
 public:
  Ours(const std::string& text, const std::vector<ColumnText>& fields)
      : text_(text), rows_(columns(fields), kBatchRows), decoder_(rows_.schema(), {}, 1 << 24) {}

  void run() {
    decoder_.restart();
    streamrt::CsvPlace place = streamrt::CsvPlace::kCellStart;
    for (size_t at = 0; at < text_.size();) {
      const size_t to = std::min(at + kChunkBytes, text_.size());
      const size_t end = streamrt::lastCsvRecordEnd({}, text_.data(), at, to, place);
      place = streamrt::CsvPlace::kCellStart;
      decoder_.begin(std::string_view(text_).substr(at, end - at), at == 0);
      uint32_t row = 0;
      for (;;) {
        if (row == kBatchRows) {
          row = 0;
          rows_.arena().reset();
        }
        if (decoder_.decode(rows_.target(row), kBatchRows - row, decoded_) == 0) break;
        row += static_cast<uint32_t>(decoded_.rows.size());
        refused_ += decoded_.refused.size();
      }
      at = end;
    }
    if (refused_ > 0 || !decoded_.fatal.empty())
      std::fprintf(stderr, "refused: %zu %s\n", refused_, decoded_.fatal.c_str());
  }

 private:
  const std::string& text_;
  Rows rows_;
  streamrt::CsvDecoder decoder_;
  streamrt::CsvDecoder::Decoded decoded_;
  size_t refused_ = 0;
};

// What somebody writes for one file without quotes: cells by memchr, numbers by from_chars, a switch over the column.
class ByHand {
 public:
  ByHand(const std::string& text, size_t count, std::vector<std::pair<size_t, char>> fields)
      : text_(text), count_(count), kinds_(count, ' ') {
    for (auto [column, kind] : fields) kinds_[column] = kind;
    numbers_.resize(count * kBatchRows);
    reals_.resize(count * kBatchRows);
    texts_.resize(count * kBatchRows);
  }

  void run() {
    const char* at = text_.data();
    const char* const end = at + text_.size();
    at = static_cast<const char*>(std::memchr(at, '\n', text_.size())) + 1;
    for (size_t row = 0; at < end; row = (row + 1) % kBatchRows) {
      for (size_t column = 0; column < count_; ++column) {
        const char stop = column + 1 < count_ ? ',' : '\n';
        const char* cell = at;
        at = static_cast<const char*>(std::memchr(at, stop, static_cast<size_t>(end - at)));
        const size_t slot = column * kBatchRows + row;
        switch (kinds_[column]) {
          case 'i':
            std::from_chars(cell, at, numbers_[slot]);
            break;
          case 'f':
            std::from_chars(cell, at, reals_[slot]);
            break;
          case 't':
            streamrt::parseTimestamp({cell, static_cast<size_t>(at - cell)}, numbers_[slot]);
            break;
          case 's':
            texts_[slot] = {cell, static_cast<size_t>(at - cell)};
            break;
          default:
            break;
        }
        ++at;
      }
    }
  }

 private:
  const std::string& text_;
  size_t count_;
  std::string kinds_;
  std::vector<int64_t> numbers_;
  std::vector<double> reals_;
  std::vector<std::string_view> texts_;
};

#ifdef STREAM_FCCP
// Three and six columns by name; times stay texts: less work than ours.
void fccpBids(const std::string& text, bool few) {
  int64_t auction = 0, bidder = 0, price = 0;
  char *channel = nullptr, *url = nullptr, *at = nullptr, *extra = nullptr;
  uint64_t sum = 0;
  if (few) {
    io::CSVReader<3> reader("bids", text.data(), text.data() + text.size());
    reader.read_header(io::ignore_extra_column, "auction", "price", "dateTime");
    while (reader.read_row(auction, price, at)) sum += static_cast<uint64_t>(price);
  } else {
    io::CSVReader<7> reader("bids", text.data(), text.data() + text.size());
    reader.read_header(io::ignore_no_column, "auction", "bidder", "price", "channel", "url", "dateTime", "extra");
    while (reader.read_row(auction, bidder, price, channel, url, at, extra)) sum += static_cast<uint64_t>(price);
  }
  if (sum == 1) std::fprintf(stderr, "never\n");
}
#endif

void measureBids(int rounds) {
  const std::string text = bids(40'000);
  const std::vector<ColumnText> one = {{"price", "i64"}};
  const std::vector<ColumnText> three = {{"auction", "i64"}, {"price", "i64"}, {"dateTime", "timestamp"}};
  const std::vector<ColumnText> all = {{"auction", "i64"},    {"bidder", "i64"}, {"price", "i64"},
                                       {"channel", "string"}, {"url", "string"}, {"dateTime", "timestamp"},
                                       {"extra", "string"}};
  Ours first(text, one), second(text, three), third(text, all);
  ByHand first_hand(text, 7, {{2, 'i'}}), second_hand(text, 7, {{0, 'i'}, {2, 'i'}, {5, 't'}}),
      third_hand(text, 7, {{0, 'i'}, {1, 'i'}, {2, 'i'}, {3, 's'}, {4, 's'}, {5, 't'}, {6, 's'}});
  measure("bids, 1 of 7 columns", text, rounds,
          {{"decoder", [&] { first.run(); }}, {"by hand", [&] { first_hand.run(); }}}, false);
  measure("bids, 3 of 7 columns", text, rounds,
          {
              {"decoder", [&] { second.run(); }},
              {"by hand", [&] { second_hand.run(); }},
#ifdef STREAM_FCCP
              {"fccp", [&] { fccpBids(text, true); }},
#endif
          },
          false);
  measure("bids, all columns", text, rounds,
          {
              {"decoder", [&] { third.run(); }},
              {"by hand", [&] { third_hand.run(); }},
#ifdef STREAM_FCCP
              {"fccp", [&] { fccpBids(text, false); }},
#endif
          },
          false);
  auto scanWith = [&](std::string_view variant) {
    return [&text, variant] {
      streamrt::useCsvScanVariant(variant);
      static streamrt::CsvIndex index;
      streamrt::CsvPlace place = streamrt::CsvPlace::kCellStart;
      for (size_t at = 0; at < text.size(); at += streamrt::CsvDecoder::kPieceBytes) {
        index.clear();
        const size_t to = std::min(text.size(), at + streamrt::CsvDecoder::kPieceBytes);
        place = streamrt::scanCsv({}, text.data(), at, to, text.size(), place, index);
      }
      streamrt::useCsvScanVariant("");
    };
  };
  std::vector<Way> ways;
  for (std::string_view variant : streamrt::csvScanVariants())
    ways.push_back({std::string(variant), scanWith(variant)});
  ways.push_back({"record ends only", [&] {
                    streamrt::CsvPlace place = streamrt::CsvPlace::kCellStart;
                    streamrt::lastCsvRecordEnd({}, text.data(), 0, text.size(), place);
                  }});
  measure("bids, scan for cells alone", text, rounds, ways, false);
}

void measureTicks(int rounds) {
  const std::string text = ticks(80'000);
  Ours few(text, {{"symbol", "string"}, {"bid", "f64"}}),
      all(text,
          {{"id", "i64"}, {"symbol", "string"}, {"bid", "f64"}, {"ask", "f64"}, {"size", "i32"}, {"at", "timestamp"}});
  ByHand few_hand(text, 6, {{1, 's'}, {2, 'f'}}),
      all_hand(text, 6, {{0, 'i'}, {1, 's'}, {2, 'f'}, {3, 'f'}, {4, 'i'}, {5, 't'}});
  measure("ticks, 2 of 6 columns", text, rounds,
          {{"decoder", [&] { few.run(); }}, {"by hand", [&] { few_hand.run(); }}}, false);
  measure("ticks, all columns", text, rounds, {{"decoder", [&] { all.run(); }}, {"by hand", [&] { all_hand.run(); }}},
          false);
}

void measurePeople(int rounds) {
  const std::string text = people(60'000);
  Ours all(text, {{"id", "i64"}, {"name", "string"}, {"note", "string"}, {"city", "string"}, {"age", "u8"}});
  measure("people in quotes, all columns", text, rounds, {{"decoder", [&] { all.run(); }}}, false);
}

void measureFile(const char* path, int rounds) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  std::string text;
  while (text.size() < 4 << 20) text += text.empty() ? all.str() : all.str().substr(all.str().find('\n') + 1);
  Ours ours(text, {{"iata", "string"}, {"name", "string"}, {"latitude", "f64"}, {"longitude", "f64"}});
  measure("airports, 4 of 7 columns", text, rounds, {{"decoder", [&] { ours.run(); }}}, false);
}

void measureEncoder(int rounds) {
  const std::string text = ticks(kBatchRows);
  Rows rows(columns({{"id", "i64"}, {"symbol", "string"}, {"bid", "f64"}, {"size", "i32"}, {"at", "timestamp"}}),
            kBatchRows);
  streamrt::CsvDecoder decoder(rows.schema(), {}, 1 << 24);
  streamrt::CsvDecoder::Decoded decoded;
  decoder.begin(text, true);
  uint32_t row = 0;
  while (row < kBatchRows && decoder.decode(rows.target(row), kBatchRows - row, decoded) > 0) {
    row += static_cast<uint32_t>(decoded.rows.size());
  }
  streamrt::CsvEncoder encoder(rows.schema(), {});
  streamrt::ByteBuffer out;
  std::string detail;
  measure("encode ticks, 5 columns", text, rounds * 10,
          {{"encoder",
            [&] {
              out.clear();
              for (uint32_t i = 0; i < row; ++i) encoder.encode(rows.source(i), out, detail);
            }}},
          true);
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 11;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), rounds);
  std::printf("{\n");
  measureBids(rounds);
  measureTicks(rounds);
  measurePeople(rounds);
  if (argc > 2) measureFile(argv[2], rounds);
  measureEncoder(rounds);
  std::printf("}\n");
  return 0;
}
