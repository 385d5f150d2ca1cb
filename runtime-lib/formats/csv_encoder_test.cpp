#include "runtime-lib/formats/csv_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runtime-lib/formats/csv_decoder.h"
#include "runtime-lib/formats/test_rows.h"

namespace streamrt {
namespace {

std::string encoded(const test::Rows& rows, CsvOptions options = {}) {
  CsvEncoder encoder(rows.schema(), std::move(options));
  ByteBuffer out;
  std::string detail;
  if (!encoder.encode(rows.source(), out, detail)) {
    EXPECT_TRUE(out.empty());
    return "refused: " + detail;
  }
  return std::string(out.view());
}

TEST(CsvEncoder, TextsAreQuotedWhenTheyMustBe) {
  test::Rows rows(test::columns({{"a", "string"}, {"b", "string?"}, {"c", "i64"}}));
  rows.at<int64_t>(2) = -7;
  rows.setPresent(1, true);
  auto row = [&](std::string_view a, std::string_view b, CsvOptions options = {}) {
    rows.setText(0, a);
    rows.setText(1, b);
    return encoded(rows, options);
  };
  EXPECT_EQ(row("x", "y"), "x,y,-7\n");
  EXPECT_EQ(row("x,y", "say \"hi\""), "\"x,y\",\"say \"\"hi\"\"\",-7\n");
  EXPECT_EQ(row("a\nb", "a\rb"), "\"a\nb\",\"a\rb\",-7\n");
  EXPECT_EQ(row("", ""), "\"\",\"\",-7\n");
  EXPECT_EQ(row(" x ", "ä"), " x ,ä,-7\n");
  CsvOptions options;
  options.dialect = {'-', '\''};
  options.null_text = "NA";
  EXPECT_EQ(row("a-b", "NA", options), "'a-b'-'NA'-'-7'\n");
  rows.setPresent(1, false);
  EXPECT_EQ(row("a", "", options), "a-NA-'-7'\n");
  EXPECT_EQ(row("a", ""), "a,,-7\n");
}

TEST(CsvEncoder, OtherValues) {
  test::Rows rows(test::columns(
      {{"t", "timestamp"}, {"d", "duration"}, {"x", "f64"}, {"y", "f32"}, {"b", "bool"}, {"u", "u64"}, {"i", "i8"}}));
  rows.at<int64_t>(0) = 1728345601500000;
  rows.at<int64_t>(1) = 90'000'000;
  rows.at<double>(2) = 4.0;
  rows.at<float>(3) = 0.1f;
  rows.at<uint8_t>(4) = 1;
  rows.at<uint64_t>(5) = UINT64_MAX;
  rows.at<int8_t>(6) = -128;
  EXPECT_EQ(encoded(rows), "2024-10-08T00:00:01.500Z,1m30s,4.0,0.1,true,18446744073709551615,-128\n");
  rows.at<double>(2) = std::nan("");
  EXPECT_EQ(encoded(rows), "refused: column \"x\" is not a finite number: it cannot be written as CSV");
  rows.at<double>(2) = std::numeric_limits<double>::infinity();
  EXPECT_EQ(encoded(rows), "refused: column \"x\" is not a finite number: it cannot be written as CSV");
  rows.at<double>(2) = 1;
  rows.at<int64_t>(0) = INT64_MAX;
  EXPECT_EQ(encoded(rows), "refused: column \"t\" has no year between 0000 and 9999: it cannot be written as CSV");
}

TEST(CsvEncoder, TheHeader) {
  CsvOptions options;
  auto columns = test::columns({{"a", "i64"}, {"b,c", "i64"}, {"p.x", "i64"}});
  EXPECT_EQ(CsvEncoder(columns, options).prologue(), "a,\"b,c\",p.x\n");
  options.header = false;
  EXPECT_EQ(CsvEncoder(columns, options).prologue(), "");
}

TEST(CsvEncoder, ARowThatWouldBeABlankLine) {
  test::Rows rows(test::columns({{"a", "i64?"}}));
  rows.setPresent(0, false);
  EXPECT_EQ(encoded(rows),
            "refused: a null alone in its row would be a blank line, which is no record: give csv(null: …)");
  CsvOptions options;
  options.null_text = "-";
  EXPECT_EQ(encoded(rows, options), "-\n");
}

// What was written reads back as it was.
TEST(CsvEncoder, RoundTrip) {
  uint64_t state = 11;
  auto below = [&](uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  const auto columns = test::columns({{"a", "string?"}, {"b", "string"}, {"x", "f64"}});
  constexpr std::string_view kAlphabet = "ab,;\"'\n\r NA";
  for (int round = 0; round < 3000; ++round) {
    CsvOptions options;
    if (below(2) == 0) options.dialect = {';', '\''};
    if (below(2) == 0) options.null_text = "NA";
    options.header = false;
    options.columns = "a,b,x";
    std::string texts[2];
    for (std::string& text : texts) {
      for (uint64_t i = below(5); i > 0; --i) text += kAlphabet[below(kAlphabet.size())];
    }
    test::Rows rows(columns), back(columns);
    const bool present = below(3) != 0;
    rows.setText(0, texts[0]);
    rows.setPresent(0, present);
    rows.setText(1, texts[1]);
    rows.at<double>(2) = static_cast<double>(below(1'000'000)) / 64;
    const std::string line = encoded(rows, options);
    CsvDecoder decoder(columns, options, 1000);
    CsvDecoder::Decoded decoded;
    decoder.begin(line, true);
    ASSERT_EQ(decoder.decode(back.target(), 10, decoded), 1u) << line;
    ASSERT_EQ(decoded.rows.size(), 1u) << line;
    ASSERT_EQ(back.present(0), present ? 1 : 0) << line;
    if (present) ASSERT_EQ(back.text(0), texts[0]) << line;
    ASSERT_EQ(back.text(1), texts[1]) << line;
    ASSERT_EQ(back.at<double>(2), rows.at<double>(2)) << line;
  }
}

}  // namespace
}  // namespace streamrt
