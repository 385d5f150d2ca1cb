#include "runtime-lib/formats/csv_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace streamrt {
namespace {

// The automaton of the header, as plainly as it can be written.
struct Plain {
  std::vector<uint32_t> separators, records, malformed;
  bool ascii = true;
};

Plain plainScan(const CsvDialect& dialect, const std::string& text) {
  Plain found;
  CsvPlace place = CsvPlace::kCellStart;
  for (uint32_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) > 127) found.ascii = false;
    if (place == CsvPlace::kQuoted) {
      if (c == dialect.quote) place = CsvPlace::kBehindQuote;
    } else if (c == dialect.delimiter || c == '\n') {
      found.separators.push_back(i);
      if (c == '\n') found.records.push_back(static_cast<uint32_t>(found.separators.size()));
      place = CsvPlace::kCellStart;
    } else if (c == dialect.quote) {
      if (place == CsvPlace::kInCell)
        found.malformed.push_back(i);
      else
        place = CsvPlace::kQuoted;
    } else {
      const bool line_end = c == '\r' && (i + 1 == text.size() || text[i + 1] == '\n');
      if (place == CsvPlace::kBehindQuote && !line_end) found.malformed.push_back(i);
      place = CsvPlace::kInCell;
    }
  }
  return found;
}

class Scan : public ::testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override { useCsvScanVariant(GetParam()); }
  void TearDown() override { useCsvScanVariant(""); }

  static void expectEqual(const CsvDialect& dialect, const std::string& text, size_t piece) {
    CsvIndex index;
    CsvPlace place = CsvPlace::kCellStart;
    for (size_t from = 0; from < text.size(); from += piece) {
      place = scanCsv(dialect, text.data(), from, std::min(text.size(), from + piece), text.size(), place, index);
    }
    const Plain wanted = plainScan(dialect, text);
    index.separators.resize(index.cells);
    ASSERT_EQ(index.separators, wanted.separators) << text;
    ASSERT_EQ(index.records, wanted.records) << text;
    ASSERT_EQ(index.malformed, wanted.malformed) << text;
    ASSERT_EQ(index.ascii, wanted.ascii) << text;
  }
};

TEST_P(Scan, IsTheAutomatonForEveryText) {
  uint64_t state = 7;
  auto below = [&](uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  // Mostly plain, mostly quoted, nothing but structure.
  const std::string alphabets[] = {"abcdefgh1234567890,,\n", "ab,\"\"\"\n\r", ",\n\"",
                                   "aaaaaaaaaaaaaaaaaaaaaaaaaaa\",\n", "a\xc3\xa4\x80,;|\t\"'\n\r"};
  for (int round = 0; round < 20'000; ++round) {
    const std::string& alphabet = alphabets[below(std::size(alphabets))];
    std::string text;
    for (uint64_t i = 0, size = below(300); i < size; ++i) text += alphabet[below(alphabet.size())];
    const CsvDialect dialect = below(4) == 0 ? CsvDialect{';', '\''} : CsvDialect();
    expectEqual(dialect, text, below(3) == 0 ? 1 + below(200) : 64 * (1 + below(4)));
  }
}

TEST_P(Scan, WellFormedQuotesAcrossBlocks) {
  for (size_t shift = 0; shift < 130; ++shift) {
    for (const char* cell : {"\"\"", "\"a\"", "\"a,\nb\"", "\"a\"\"b\"", "\"\"\"\"", "\"a\"\r"}) {
      const std::string text = std::string(shift, 'x') + "," + cell + "\n" + std::string(70, 'y') + ",z\n";
      expectEqual({}, text, 64);
      EXPECT_TRUE(plainScan({}, text).malformed.empty()) << text;
    }
  }
}

TEST_P(Scan, RecordEndsWithoutAnIndex) {
  const std::string text = "a,\"x\ny\"\nb\n\"open\n" + std::string(100, 'z');
  for (size_t piece : {1u, 3u, 64u, 1000u}) {
    CsvPlace place = CsvPlace::kCellStart;
    size_t last = 0;
    for (size_t from = 0; from < text.size(); from += piece) {
      size_t end = lastCsvRecordEnd({}, text.data(), from, std::min(text.size(), from + piece), place);
      if (end != 0) last = end;
    }
    EXPECT_EQ(last, 10u);
    EXPECT_EQ(place, CsvPlace::kQuoted);
  }
  CsvPlace place = CsvPlace::kCellStart;
  EXPECT_EQ(firstCsvRecordEnd({}, text.data(), 0, text.size(), place), 8u);
  EXPECT_EQ(place, CsvPlace::kCellStart);
}

INSTANTIATE_TEST_SUITE_P(Csv, Scan, ::testing::ValuesIn(csvScanVariants()),
                         [](const auto& info) { return std::string(info.param); });

TEST(CsvScan, APortableVariantIsAlwaysThere) {
  ASSERT_FALSE(csvScanVariants().empty());
  EXPECT_EQ(csvScanVariants().back(), "portable");
}

}  // namespace
}  // namespace streamrt
