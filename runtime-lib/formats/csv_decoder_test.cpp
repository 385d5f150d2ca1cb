#include "runtime-lib/formats/csv_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime-lib/formats/test_rows.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

using test::ColumnText;
using ::testing::HasSubstr;

class Csv : public ::testing::Test {
 protected:
  // Decodes all of `text` as one file, `step` records at a time.
  void decode(const std::vector<ColumnText>& columns, std::string text, CsvOptions options = {}, uint32_t step = 1000) {
    text_ = std::move(text);
    all_ = test::columns(columns);
    rows_ = std::make_unique<test::Rows>(all_, 1000);
    CsvDecoder decoder(all_, std::move(options), 1 << 20);
    decoder.begin(text_, true);
    count_ = 0;
    texts_.clear();
    refused_.clear();
    CsvDecoder::Decoded decoded;
    while (decoder.decode(rows_->target(count_), step, decoded) > 0) {
      for (auto row : decoded.rows) texts_.emplace_back(row);
      for (auto& refused : decoded.refused) refused_.emplace_back(std::string(refused.text), refused.detail);
      count_ += static_cast<uint32_t>(decoded.rows.size());
    }
    fatal_ = decoded.fatal;
  }
  std::vector<std::string> texts(size_t column) {
    std::vector<std::string> found;
    for (uint32_t row = 0; row < count_; ++row) {
      found.emplace_back(rows_->present(column, row) == 0 ? "<null>" : rows_->text(column, row));
    }
    return found;
  }
  template <class T>
  std::vector<T> values(size_t column) {
    std::vector<T> found;
    for (uint32_t row = 0; row < count_; ++row) found.push_back(rows_->at<T>(column, row));
    return found;
  }
  std::string problem(size_t i = 0) { return i < refused_.size() ? refused_[i].second : "nothing was refused"; }

  std::string text_;
  std::vector<Column> all_;
  std::unique_ptr<test::Rows> rows_;
  uint32_t count_ = 0;
  std::vector<std::string> texts_;
  std::vector<std::pair<std::string, std::string>> refused_;
  std::string fatal_;
};

using Strings = std::vector<std::string>;

TEST_F(Csv, CellsByName) {
  decode({{"b", "string"}, {"d", "i32"}}, "a,b,c,d\n1,two,3,4\n5,six,7,8\n");
  EXPECT_EQ(texts(0), (Strings{"two", "six"}));
  EXPECT_EQ(values<int32_t>(1), (std::vector<int32_t>{4, 8}));
  EXPECT_EQ(texts_, (Strings{"1,two,3,4", "5,six,7,8"}));
}

TEST_F(Csv, LineEndsMarksAndBlankLines) {
  for (uint32_t step : {1u, 2u, 100u}) {
    decode({{"a", "string"}, {"b", "string"}}, "\xEF\xBB\xBF\"a\",b\r\n\r\n1,2\r\n\n3,\"4\"\r\n5,6\n7,8", {}, step);
    EXPECT_EQ(fatal_, "");
    EXPECT_EQ(texts(0), (Strings{"1", "3", "5", "7"}));
    EXPECT_EQ(texts(1), (Strings{"2", "4", "6", "8"}));
    EXPECT_EQ(texts_, (Strings{"1,2", "3,\"4\"", "5,6", "7,8"}));
  }
}

TEST_F(Csv, Quotes) {
  decode({{"a", "string"}, {"b", "string"}}, "a,b\n\"x,y\",\"line\nbreak\"\n\"say \"\"hi\"\"\",\"\"\n\"\"\"\",z\n");
  EXPECT_EQ(texts(0), (Strings{"x,y", "say \"hi\"", "\""}));
  EXPECT_EQ(texts(1), (Strings{"line\nbreak", "", "z"}));
  EXPECT_TRUE(refused_.empty());
}

TEST_F(Csv, MalformedQuotesCostOneRecord) {
  decode({{"a", "string"}}, "a,b\n1,\"x\"y\"\n2,a\"b,\n3,4\n\"5\"z,6\n7,\"8\"\n");
  EXPECT_EQ(texts(0), (Strings{"3", "7"}));
  ASSERT_EQ(refused_.size(), 3u);
  EXPECT_EQ(refused_[0].first, "1,\"x\"y\"");
  EXPECT_EQ(problem(0), "something stands behind the closing quote of cell 2");
  EXPECT_EQ(problem(1), "cell 2 has a quote inside but does not begin with one");
  EXPECT_EQ(problem(2), "something stands behind the closing quote of cell 1");
}

TEST_F(Csv, NumberOfCells) {
  decode({{"a", "i64"}}, "a,b\n1\n1,2,3\n1,2\n1,\n,\n");
  EXPECT_EQ(values<int64_t>(0), (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(problem(0), "expected 2 cells, found 1");
  EXPECT_EQ(problem(1), "expected 2 cells, found 3");
  EXPECT_EQ(problem(2), "column \"a\": expected i64, found an empty cell");
}

TEST_F(Csv, Nulls) {
  CsvOptions options;
  options.null_text = "NA";
  decode({{"s", "string?"}, {"n", "i32?"}, {"r", "string"}}, "s,n,r\n,,\n\"\",1,NA\nNA,NA,\"NA\"\n\"NA\",2,x\n",
         options);
  EXPECT_EQ(texts(0), (Strings{"<null>", "", "<null>", "NA"}));
  EXPECT_EQ(texts(2), (Strings{"", "NA", "NA", "x"}));
  EXPECT_EQ(rows_->present(1, 0), 0);
  EXPECT_EQ(rows_->at<int32_t>(1, 1), 1);
  EXPECT_EQ(rows_->present(1, 2), 0);
  decode({{"n", "i32?"}}, "n,m\n\"\",1\n");
  EXPECT_EQ(problem(), "column \"n\": expected i32, found an empty cell");  // quoted: not null
}

TEST_F(Csv, IntegersAreExactAndInRange) {
  decode({{"n", "i64"}},
         "n\n0\n-1\n9223372036854775807\n-9223372036854775808\n007\n12345678\n123456789\n"
         "1234567890123456\n12345678901234567\n+5\n-0\n");
  EXPECT_EQ(values<int64_t>(0), (std::vector<int64_t>{0, -1, INT64_MAX, INT64_MIN, 7, 12345678, 123456789,
                                                      1234567890123456, 12345678901234567, 5, 0}));
  decode({{"n", "i8"}}, "n,x\n127,\n128,\n-128,\n-129,\n1.0,\n 1,\n1e2,\n--1,\n-,\n1_0,\n");
  EXPECT_EQ(values<int8_t>(0), (std::vector<int8_t>{127, -128}));
  EXPECT_EQ(refused_.size(), 8u);
  EXPECT_EQ(problem(), "column \"n\": expected i8, found \"128\"");
  decode({{"n", "u64"}, {"m", "u8"}}, "n,m\n18446744073709551615,255\n1,256\n-1,1\n-0,0\n18446744073709551616,1\n");
  EXPECT_EQ(values<uint64_t>(0), (std::vector<uint64_t>{UINT64_MAX, 0}));
  EXPECT_EQ(refused_.size(), 3u);
}

TEST_F(Csv, FloatsAreNearest) {
  decode({{"x", "f64"}},
         "pad,x\n0000000000000000,31.95376472\n0,-89.23450472\n0,0.1\n0,123456789.123456789\n0,1e-5\n"
         "0,4\n0,9007199254740993\n0,0.30000000000000004\n0,.5\n0,5.\n0,-0.0\n");
  std::vector<double> wanted = {31.95376472,      -89.23450472,       0.1, 123456789.123456789, 1e-5, 4,
                                9007199254740992, 0.30000000000000004};
  auto found = values<double>(0);
  ASSERT_GE(found.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(found[i], wanted[i]) << i;
  decode({{"x", "f64"}, {"y", "f32"}}, "x,y\n1,0.1\nnan,1\ninf,1\n1e999,1\n1.2.3,1\n1,1e39\n,1\n");
  EXPECT_EQ(values<float>(1), (std::vector<float>{0.1f}));
  EXPECT_EQ(refused_.size(), 6u);
}

TEST_F(Csv, TheFastWaysAgreeWithTheSlowOnes) {
  uint64_t state = 3;
  auto below = [&](uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  };
  std::string text = "x,n\n";
  Strings numbers;
  for (int i = 0; i < 900; ++i) {
    std::string number = below(2) == 0 ? "-" : "";
    for (uint64_t d = 1 + below(12); d > 0; --d) number += static_cast<char>('0' + below(10));
    if (below(4) != 0) {
      number += '.';
      for (uint64_t d = 1 + below(12); d > 0; --d) number += static_cast<char>('0' + below(10));
    }
    numbers.push_back(number);
    text += number + "," + number.substr(0, number.find('.')) + "\n";
  }
  decode({{"x", "f64"}, {"n", "i64"}}, text);
  ASSERT_EQ(count_, numbers.size());
  for (uint32_t i = 0; i < count_; ++i) {
    double slow = 0;
    int64_t whole = 0;
    ASSERT_EQ(parseF64(numbers[i], slow), ParseOutcome::kOk);
    ASSERT_EQ(parseI64(numbers[i].substr(0, numbers[i].find('.')), whole), ParseOutcome::kOk);
    EXPECT_EQ(rows_->at<double>(0, i), slow) << numbers[i];
    EXPECT_EQ(rows_->at<int64_t>(1, i), whole) << numbers[i];
  }
}

// Zero bytes in front of a time are no day, whatever the reader of instants remembers.
TEST_F(Csv, ZeroBytesAreNoDate) {
  decode({{"t", "timestamp"}}, "t\n" + std::string(11, '\0') + "11:59:59Z\n1970-01-01T00:00:01Z\n");
  ASSERT_EQ(count_, 1u);
  EXPECT_EQ(rows_->at<int64_t>(0, 0), 1'000'000);
  EXPECT_EQ(refused_.size(), 1u);
}

// Cells whose doubled quotes are taken out are copied, to where nothing of the text stands before them.
TEST_F(Csv, NumbersWithDoubledQuotesAreNone) {
  decode({{"n", "i64"}, {"x", "f64?"}, {"l", "u8? lenient"}},
         "n,x,l\n\"1\"\"\",1,1\n1,\"\"\"2\",1\n7,\"\",\"5\"\"\"\n8,1.5,\"\"\"\"\n");
  EXPECT_EQ(count_, 1u);
  EXPECT_EQ(refused_.size(), 3u);
}

TEST_F(Csv, OtherScalars) {
  decode({{"t", "timestamp"}, {"d", "duration"}, {"b", "bool"}},
         "t,d,b\n2024-10-08T00:00:01Z,1m30s,true\n2024-10-08T02:00:01.5+02:00,-2h,false\n2024-10-08,1s,true\n"
         "1970-01-01T00:00:00Z,1,true\n1970-01-01T00:00:00Z,1s,True\n");
  EXPECT_EQ(values<int64_t>(0), (std::vector<int64_t>{1728345601000000, 1728345601500000}));
  EXPECT_EQ(values<int64_t>(1), (std::vector<int64_t>{90'000'000, -7'200'000'000}));
  EXPECT_EQ(values<uint8_t>(2), (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ(refused_.size(), 3u);
}

TEST_F(Csv, OnlyDemandedTextsAreUtf8) {
  decode({{"a", "string"}}, "a,b\nä,\xff\n\xff,x\n\xc3,x\nz,x\n");
  EXPECT_EQ(texts(0), (Strings{"ä", "z"}));
  EXPECT_EQ(problem(), "column \"a\" is not valid UTF-8: \"\\xff\"");
}

TEST_F(Csv, BytesOfAnyValueInCells) {
  decode({{"a", "string"}}, std::string("a,b\nx\0y,1\nq\rr,2\n", 17));
  EXPECT_EQ(texts(0), (Strings{std::string("x\0y", 3), "q\rr"}));
}

TEST_F(Csv, ChecksWhatIsNotStored) {
  decode({{"a", "i64 check"}, {"b", "string"}}, "a,b\n1,x\ny,z\n3,w\n");
  EXPECT_EQ(texts(0), (Strings{"x", "w"}));
  EXPECT_EQ(problem(), "column \"a\": expected i64, found \"y\"");
}

TEST_F(Csv, LenientColumnsRejectNothing) {
  decode({{"a", "i64? lenient"}, {"b", "i64"}, {"c", "string? lenient"}}, "a,b\nx,1\n2,2\n,y\n");
  ASSERT_EQ(count_, 2u);
  EXPECT_EQ(rows_->present(0, 0), 0);
  EXPECT_EQ(rows_->at<int64_t>(0, 1), 2);
  EXPECT_EQ(rows_->present(2, 0), 0);
  EXPECT_EQ(refused_.size(), 1u);
}

TEST_F(Csv, TheFirstBadCellIsTold) {
  decode({{"a", "i64"}, {"b", "i64"}}, "a,b\nx,y\n1,z\n2,3\n");
  EXPECT_EQ(refused_.size(), 2u);
  EXPECT_THAT(problem(0), HasSubstr("\"a\""));
  EXPECT_THAT(problem(1), HasSubstr("\"b\""));
  EXPECT_EQ(values<int64_t>(1), (std::vector<int64_t>{3}));
}

TEST_F(Csv, HeadersThatLackSomething) {
  decode({{"code", "string"}}, "iata,name\nx,y\n");
  EXPECT_EQ(fatal_, "the header has no column \"code\"; it has iata, name");
  EXPECT_EQ(count_, 0u);
  decode({{"a", "string"}}, "a,b,a\n1,2,3\n");
  EXPECT_EQ(fatal_, "the header has the column \"a\" 2 times: a, b, a");
  decode({{"b", "string"}}, "a,b,a\n1,2,3\n");
  EXPECT_EQ(texts(0), (Strings{"2"}));
  decode({{"a", "string"}}, "a;b\n1;2\n");
  EXPECT_EQ(fatal_, "the header has no column \"a\"; it has a;b (is the delimiter \";\"?)");
  decode({{"z", "i64?"}, {"a", "i64"}}, "a\n1\n");
  EXPECT_EQ(fatal_, "");
  EXPECT_EQ(rows_->present(0, 0), 0);
  decode({{"A", "string"}}, "a\n1\n");
  EXPECT_THAT(fatal_, HasSubstr("no column \"A\""));
}

TEST_F(Csv, NamesThatNeedQuotes) {
  decode({{"a b", "string"}, {"c,d", "string"}, {"say \"x\"", "string"}}, "a b,\"c,d\",\"say \"\"x\"\"\"\n1,2,3\n");
  EXPECT_EQ(texts(1), (Strings{"2"}));
  EXPECT_EQ(texts(2), (Strings{"3"}));
  decode({{"p.x", "i64"}, {"p.y", "i64"}}, "p.y,p.x\n1,2\n");
  EXPECT_EQ(values<int64_t>(0), (std::vector<int64_t>{2}));
}

TEST_F(Csv, WithoutHeaderByPosition) {
  CsvOptions options;
  options.header = false;
  options.columns = "\"a\",\"b\",\"c\"";
  decode({{"c", "i64"}, {"a", "string"}}, "x,y,3\nz,w\nu,v,5", options);
  EXPECT_EQ(values<int64_t>(0), (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(texts(1), (Strings{"x", "u"}));
  EXPECT_EQ(problem(), "expected 3 cells, found 2");
}

TEST_F(Csv, OtherDialects) {
  CsvOptions options;
  options.dialect = {';', '\''};
  decode({{"a", "string"}, {"b", "string"}}, "a;b\n'x;y';\"z\n'it''s';1,5\n", options);
  EXPECT_EQ(texts(0), (Strings{"x;y", "it's"}));
  EXPECT_EQ(texts(1), (Strings{"\"z", "1,5"}));
}

TEST_F(Csv, NothingIsNoRecord) {
  for (const char* text : {"", "\xEF\xBB\xBF", "a,b\n", "a,b", "\n\n\r\n"}) {
    decode({{"a", "i64?"}}, text);
    EXPECT_EQ(count_, 0u) << text;
    EXPECT_EQ(fatal_, "") << text;
    EXPECT_TRUE(refused_.empty());
  }
}

TEST_F(Csv, ManyPieces) {
  std::string text = "id,text\n";
  for (int i = 0; i < 900; ++i) {
    text += std::to_string(i) + ",\"" + std::string(static_cast<size_t>(i % 211), i % 2 == 0 ? ',' : '\n') + "\"\n";
  }
  for (uint32_t step : {1u, 7u, 1000u}) {
    decode({{"id", "i32"}, {"text", "string"}}, text, {}, step);
    ASSERT_EQ(count_, 900u);
    for (int i = 0; i < 900; ++i) {
      ASSERT_EQ(rows_->at<int32_t>(0, static_cast<uint32_t>(i)), i);
      ASSERT_EQ(rows_->text(1, static_cast<uint32_t>(i)).size(), static_cast<size_t>(i % 211));
    }
  }
}

}  // namespace
}  // namespace streamrt
