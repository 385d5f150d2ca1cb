#include "frontend/lex/number.h"

#include <gtest/gtest.h>

#include <string_view>

namespace streamc::lex {
namespace {

NumberValue valueOf(TokenKind kind, std::string_view text, ValueError expected = ValueError::kNone) {
  NumberValue out;
  const ScannedNumber scanned = scanNumber(text);
  EXPECT_EQ(scanned.kind, kind) << text;
  EXPECT_EQ(scanned.length, text.size()) << text;
  EXPECT_EQ(numberValue(kind, text, out), expected) << text;
  return out;
}

std::int64_t microseconds(std::string_view text, ValueError expected = ValueError::kNone) {
  return valueOf(TokenKind::kDuration, text, expected).us;
}

std::uint64_t bytes(std::string_view text, ValueError expected = ValueError::kNone) {
  return static_cast<std::uint64_t>(valueOf(TokenKind::kSize, text, expected).value);
}

std::int64_t instant(std::string_view text, ValueError expected = ValueError::kNone) {
  NumberValue out;
  EXPECT_EQ(scanTimestamp(text), text.size()) << text;
  EXPECT_EQ(timestampValue(text, out), expected) << text;
  return out.us;
}

TEST(Number, Integers) {
  EXPECT_EQ(valueOf(TokenKind::kInt, "1_000").value, 1000u);
  EXPECT_EQ(valueOf(TokenKind::kInt, "50k").value, 50'000u);
  EXPECT_EQ(valueOf(TokenKind::kInt, "2G").value, 2'000'000'000u);
  const unsigned __int128 greatest = ~static_cast<unsigned __int128>(0);
  EXPECT_TRUE(valueOf(TokenKind::kInt, "340282366920938463463374607431768211455").value == greatest);
  EXPECT_TRUE(valueOf(TokenKind::kInt, "340282366920938463463374607431768211456", ValueError::kTooLarge).value ==
              greatest);
  EXPECT_TRUE(valueOf(TokenKind::kInt, "340282366920938463463374607431768211455k", ValueError::kTooLarge).value ==
              greatest);
}

TEST(Number, Durations) {
  EXPECT_EQ(microseconds("500ms"), 500'000);
  EXPECT_EQ(microseconds("1h30m"), 5'400'000'000);
  EXPECT_EQ(microseconds("1.5d"), 129'600'000'000);
  EXPECT_EQ(microseconds("0.000001s"), 1);
  EXPECT_EQ(microseconds("1.50000000000000000000000000000000000000000000000s"), 1'500'000);
  EXPECT_EQ(microseconds("0.1ns", ValueError::kNotWhole), 0);
  EXPECT_EQ(microseconds("9223372036854775807us"), INT64_MAX);
  microseconds("9223372036854775808us", ValueError::kTooLarge);
  microseconds("99999999999999999999999999999999999999999d", ValueError::kTooLarge);
  EXPECT_EQ(valueOf(TokenKind::kDuration, "1500ns").ns_rest, 500u);
  EXPECT_EQ(valueOf(TokenKind::kDuration, "1500ns").us, 1);
}

TEST(Number, Sizes) {
  EXPECT_EQ(bytes("64KB"), 64'000u);
  EXPECT_EQ(bytes("4GiB"), 4ull << 30);
  EXPECT_EQ(bytes("1.5TiB"), 3ull << 39);
  EXPECT_EQ(bytes("10B"), 10u);
  bytes("1.5B", ValueError::kNotWhole);
  bytes("9999999999TB", ValueError::kTooLarge);
}

TEST(Number, Rates) {
  const NumberValue rate = valueOf(TokenKind::kRate, "1.5k/h");
  EXPECT_EQ(rate.value, 1u);
  EXPECT_EQ(rate.per_us, 2'400'000u);
  EXPECT_EQ(valueOf(TokenKind::kRate, "0/s").value, 0u);
  EXPECT_EQ(valueOf(TokenKind::kRate, "2000/s").per_us, 500u);
  valueOf(TokenKind::kRate, "0.00000000000000000000000000000000001/s", ValueError::kTooLarge);
}

TEST(Number, Instants) {
  EXPECT_EQ(instant("@1970-01-01"), 0);
  EXPECT_EQ(instant("@2024-10-08T00:00:01Z"), 1'728'345'601'000'000);
  EXPECT_EQ(instant("@2024-10-08T05:30+05:30"), 1'728'345'600'000'000);
  EXPECT_EQ(instant("@1969-12-31T23:59:59.999999"), -1);
  EXPECT_EQ(instant("@0000-01-01"), -62'167'219'200'000'000);
  EXPECT_EQ(instant("@9999-12-31T23:59:59.999999Z"), 253'402'300'799'999'999);
  EXPECT_EQ(instant("@2024-02-29"), 1'709'164'800'000'000);
  instant("@2023-02-29", ValueError::kNoSuchDate);
  instant("@1900-02-29", ValueError::kNoSuchDate);
  instant("@2000-00-01", ValueError::kNoSuchDate);
  instant("@2024-10-08T24:00", ValueError::kNoSuchTime);
  instant("@2024-10-08T00:00:60", ValueError::kNoSuchTime);
  instant("@2024-10-08T00:00+24:00", ValueError::kNoSuchZone);
  instant("@2024-10-08T00:00:00.0000001", ValueError::kNotWhole);
  EXPECT_EQ(instant("@2024-10-08T00:00:00.1000000"), 1'728'345'600'100'000);
}

}  // namespace
}  // namespace streamc::lex
