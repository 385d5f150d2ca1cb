#include "runtime-lib/formats/value_text.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

namespace streamrt {
namespace {

template <class T>
std::string text(char* (*write)(char*, T), T value) {
  char buffer[kScalarTextBytes];
  std::memset(buffer, '#', sizeof buffer);
  char* end = write(buffer, value);
  EXPECT_LE(end, buffer + kScalarTextBytes);
  return {buffer, end};
}

TEST(ValueText, F64IsLaidOutWithAPointOrAnExponent) {
  const struct {
    double value;
    const char* text;
  } kCases[] = {{0.0, "0.0"},
                {-0.0, "-0.0"},
                {4.0, "4.0"},
                {-1.5, "-1.5"},
                {0.1, "0.1"},
                {100000.0, "100000.0"},
                {123456.789, "123456.789"},
                {0.0001, "0.0001"},
                {0.00012345, "0.00012345"},
                {0.00001, "1e-05"},
                {1.5e-7, "1.5e-07"},
                {1e15, "1000000000000000.0"},
                {9007199254740993.0, "9007199254740992.0"},
                {1e16, "1e+16"},
                {1.2345678901234568e16, "1.2345678901234568e+16"},
                {1234567890123456.5, "1234567890123456.5"},
                {1e22, "1e+22"},
                {1e100, "1e+100"},
                {1.5e300, "1.5e+300"},
                {5e-324, "5e-324"},
                {1.7976931348623157e308, "1.7976931348623157e+308"},
                {2.2250738585072014e-308, "2.2250738585072014e-308"},
                {0.30000000000000004, "0.30000000000000004"}};
  for (const auto& c : kCases) EXPECT_EQ(text(writeF64, c.value), c.text);
  EXPECT_EQ(text(writeF64, std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(text(writeF64, -std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(ValueText, F32IsShortestAsF32) {
  EXPECT_EQ(text(writeF32, 0.1f), "0.1");
  EXPECT_EQ(text(writeF32, 16777216.0f), "16777216.0");
  EXPECT_EQ(text(writeF32, 33554432.0f), "33554432.0");
  EXPECT_EQ(text(writeF32, 3.4028235e38f), "3.4028235e+38");
  EXPECT_EQ(text(writeF32, 1e-45f), "1e-45");
  EXPECT_EQ(text(writeF32, 1e16f), "1e+16");
}

TEST(ValueText, FloatsReadBackAndAreShortest) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 60000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const std::string written = text(writeF64, value);
    double read;
    ASSERT_EQ(parseF64(written, read), ParseOutcome::kOk) << written;
    ASSERT_EQ(std::bit_cast<uint64_t>(read), std::bit_cast<uint64_t>(value)) << written;
    ASSERT_NE(written.find_first_of(".e"), std::string::npos) << written;
    const auto small = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (!std::isfinite(small)) continue;
    float read_small;
    ASSERT_EQ(parseF32(text(writeF32, small), read_small), ParseOutcome::kOk);
    ASSERT_EQ(std::bit_cast<uint32_t>(read_small), std::bit_cast<uint32_t>(small));
    const double few = static_cast<double>(static_cast<int64_t>(random() % 2000000) - 1000000) / 1000;
    char shortest[40];
    const auto [end, error] = std::to_chars(shortest, shortest + 40, few, std::chars_format::fixed);
    std::string expected(shortest, end);
    if (expected.find('.') == std::string::npos) expected += ".0";
    if (few == 0 || std::abs(few) >= 1e-4) ASSERT_EQ(text(writeF64, few), expected);
  }
}

TEST(ValueText, Timestamps) {
  EXPECT_EQ(text(writeTimestamp, int64_t{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{1}), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{1000}), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{500000}), "1970-01-01T00:00:00.500Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{-86'400'000'000}), "1969-12-31T00:00:00Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{253'402'300'799'999'999}), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{253'402'300'800'000'000}), "+10000-01-01T00:00:00Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{-62'167'219'200'000'000}), "0000-01-01T00:00:00Z");
  EXPECT_EQ(text(writeTimestamp, int64_t{-62'167'219'200'000'001}), "-00001-12-31T23:59:59.999999Z");
  EXPECT_EQ(text(writeTimestamp, INT64_MAX), "+294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(text(writeTimestamp, INT64_MIN), "-290308-12-21T19:59:05.224192Z");
  EXPECT_TRUE(timestampHasPlainYear(253'402'300'799'999'999));
  EXPECT_FALSE(timestampHasPlainYear(253'402'300'800'000'000));
  EXPECT_TRUE(timestampHasPlainYear(-62'167'219'200'000'000));
  EXPECT_FALSE(timestampHasPlainYear(-62'167'219'200'000'001));
}

TEST(ValueText, TheCalendarReadsBack) {
  int64_t micros = -62'167'219'200'000'000;
  int year = 0;
  int month = 1;
  int day = 1;
  auto days_of = [](int y, int m) {
    const bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    return m == 2 ? (leap ? 29 : 28) : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
  };
  char expected[32];
  while (year <= 9999) {
    const bool near = year > 1890 && year < 2110;
    if (near || day == 1 || day >= 28) {
      snprintf(expected, sizeof expected, "%04d-%02d-%02dT00:00:00Z", year, month, day);
      ASSERT_EQ(text(writeTimestamp, micros), expected);
      int64_t read;
      ASSERT_EQ(parseTimestamp(expected, read), ParseOutcome::kOk);
      ASSERT_EQ(read, micros);
    }
    micros += 86'400'000'000;
    if (++day > days_of(year, month)) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
}

TEST(ValueText, Durations) {
  const struct {
    int64_t micros;
    const char* text;
  } kCases[] = {{0, "0s"},
                {1, "1us"},
                {1000, "1ms"},
                {1'000'000, "1s"},
                {90'000'000, "1m30s"},
                {129'600'000'000, "1d12h"},
                {1'001'001, "1s1ms1us"},
                {86'400'000'000, "1d"},
                {-90'000'000, "-1m30s"},
                {INT64_MAX, "106751991d4h54s775ms807us"},
                {INT64_MIN, "-106751991d4h54s775ms808us"}};
  for (const auto& c : kCases) {
    EXPECT_EQ(text(writeDuration, c.micros), c.text);
    int64_t read;
    ASSERT_EQ(parseDuration(c.text, read), ParseOutcome::kOk) << c.text;
    EXPECT_EQ(read, c.micros);
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 30000; ++i) {
    const auto micros = static_cast<int64_t>(random()) >> (random() % 64);
    int64_t read;
    ASSERT_EQ(parseDuration(text(writeDuration, micros), read), ParseOutcome::kOk);
    ASSERT_EQ(read, micros);
  }
}

TEST(ValueText, IntegersFromText) {
  int64_t value;
  uint64_t unsigned_value;
  EXPECT_EQ(parseI64("9223372036854775807", value), ParseOutcome::kOk);
  EXPECT_EQ(value, INT64_MAX);
  EXPECT_EQ(parseI64("-9223372036854775808", value), ParseOutcome::kOk);
  EXPECT_EQ(value, INT64_MIN);
  EXPECT_EQ(parseI64("9223372036854775808", value), ParseOutcome::kOutOfRange);
  EXPECT_EQ(parseI64("+007", value), ParseOutcome::kOk);
  EXPECT_EQ(value, 7);
  EXPECT_EQ(parseU64("18446744073709551615", unsigned_value), ParseOutcome::kOk);
  EXPECT_EQ(parseU64("-1", unsigned_value), ParseOutcome::kOutOfRange);
  EXPECT_EQ(parseU64("-0", unsigned_value), ParseOutcome::kOk);
  for (const char* bad : {"", "-", "+", " 1", "1 ", "1.0", "1e3", "0x10", "--1", "1_000"}) {
    EXPECT_EQ(parseI64(bad, value), ParseOutcome::kMalformed) << bad;
  }
}

TEST(ValueText, FloatsFromText) {
  double value;
  EXPECT_EQ(parseF64("+1.5", value), ParseOutcome::kOk);
  EXPECT_EQ(value, 1.5);
  EXPECT_EQ(parseF64("1e-400", value), ParseOutcome::kOk);
  EXPECT_EQ(value, 0.0);
  EXPECT_EQ(parseF64("1e400", value), ParseOutcome::kOutOfRange);
  EXPECT_EQ(parseF64("0e400", value), ParseOutcome::kOk);
  for (const char* bad : {"", ".", "1.", ".5", "1e", "nan", "inf", "Infinity", "1,5", " 1", "0x1p3"}) {
    EXPECT_EQ(parseF64(bad, value), ParseOutcome::kMalformed) << bad;
  }
}

}  // namespace
}  // namespace streamrt
