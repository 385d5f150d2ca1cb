#include "runtime-lib/core/decimal.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace streamrt {
namespace {

// A second opinion: long numbers as decimal digits, divided by hand, digit by digit.
std::string digitsOf(Uint128 value) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return text;
}

// Quotient as digits without leading zeros, and the remainder. `divisor` < 10^38.
std::string divideByHand(const std::string& dividend, Uint128 divisor, Uint128& remainder) {
  std::string quotient;
  Uint128 rest = 0;  // < divisor, so ten times it may need more than 128 bits: in two steps
  for (char c : dividend) {
    int digit = 0;
    Uint128 next = 0;
    for (int i = 0; i < 10; ++i) {  // next = rest × 10, reduced on the way
      if (next >= divisor - rest && rest != 0) {
        next -= divisor - rest;
        ++digit;
      } else {
        next += rest;
      }
    }
    next += static_cast<Uint128>(c - '0');
    while (next >= divisor) {
      next -= divisor;
      ++digit;
    }
    rest = next;
    if (digit != 0 || !quotient.empty()) quotient.push_back(static_cast<char>('0' + digit));
  }
  remainder = rest;
  return quotient.empty() ? "0" : quotient;
}

Uint128 randomNumber(std::mt19937_64& random) {
  const auto digits = static_cast<uint32_t>(random() % (kDecimalDigitsMax + 1));
  const Uint128 any = (static_cast<Uint128>(random()) << 64) | random();
  switch (random() % 4) {
    case 0:
      return kPowersOfTen[digits] - (digits != 0 ? random() % 2 : 0);
    case 1:  // bits in blocks
      return ((Uint128{1} << (random() % 126)) - random() % 2) % kPowersOfTen[kDecimalDigitsMax];
    default:
      return any % kPowersOfTen[digits];
  }
}

TEST(Decimal, QuotientsAgreeWithDivisionByHand) {
  std::mt19937_64 random(20241008);
  for (int i = 0; i < 200'000; ++i) {
    const Uint128 dividend = randomNumber(random);
    const Uint128 divisor = std::max<Uint128>(randomNumber(random), 1);
    const auto shift = static_cast<int32_t>(random() % 77);
    Uint128 rest = 0;
    std::string expected =
        divideByHand(digitsOf(dividend) + std::string(static_cast<size_t>(shift), '0'), divisor, rest);
    Int128 quotient = 0;
    const bool fits = divideRounded(static_cast<Int128>(dividend), static_cast<Int128>(divisor), shift, 38,
                                    STREAM_ROUND_TRUNC, quotient);
    ASSERT_EQ(fits, expected.size() <= 38) << digitsOf(dividend) << " / " << digitsOf(divisor) << " shift " << shift;
    if (fits) ASSERT_EQ(digitsOf(static_cast<Uint128>(quotient)), expected);
  }
}

TEST(Decimal, EveryModeRoundsHalves) {
  struct Case {
    int value;
    StreamRounding rounding;
    int expected;
  };
  const Case cases[] = {
      {25, STREAM_ROUND_HALF_AWAY, 3}, {-25, STREAM_ROUND_HALF_AWAY, -3}, {24, STREAM_ROUND_HALF_AWAY, 2},
      {25, STREAM_ROUND_HALF_EVEN, 2}, {35, STREAM_ROUND_HALF_EVEN, 4},   {-25, STREAM_ROUND_HALF_EVEN, -2},
      {26, STREAM_ROUND_HALF_EVEN, 3}, {-29, STREAM_ROUND_CEIL, -2},      {21, STREAM_ROUND_CEIL, 3},
      {29, STREAM_ROUND_FLOOR, 2},     {-21, STREAM_ROUND_FLOOR, -3},     {-29, STREAM_ROUND_TRUNC, -2},
      {20, STREAM_ROUND_CEIL, 2},      {-20, STREAM_ROUND_FLOOR, -2},     {0, STREAM_ROUND_CEIL, 0},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(static_cast<int>(roundedOff(c.value, 1, c.rounding)), c.expected) << c.value << " " << c.rounding;
    Int128 quotient = 0;
    ASSERT_TRUE(divideRounded(c.value, 10, 0, 38, c.rounding, quotient));
    EXPECT_EQ(static_cast<int>(quotient), c.expected) << c.value << " " << c.rounding;
    ASSERT_TRUE(divideRounded(c.value, 1, -1, 38, c.rounding, quotient));
    EXPECT_EQ(static_cast<int>(quotient), c.expected) << c.value << " " << c.rounding;
  }
}

TEST(Decimal, WhatIsCutOffWholeStillRounds) {
  const auto most = static_cast<Int128>(kPowersOfTen[38] - 1);
  EXPECT_EQ(roundedOff(most, 38, STREAM_ROUND_HALF_AWAY), 1);
  EXPECT_EQ(roundedOff(most, 39, STREAM_ROUND_HALF_AWAY), 0);
  EXPECT_EQ(roundedOff(most, 70, STREAM_ROUND_CEIL), 1);
  EXPECT_EQ(roundedOff(-most, 70, STREAM_ROUND_FLOOR), -1);
  Int128 quotient = 7;
  ASSERT_TRUE(divideRounded(most, most, -38, 38, STREAM_ROUND_HALF_EVEN, quotient));
  EXPECT_EQ(quotient, 0);
  ASSERT_TRUE(divideRounded(-1, most, -38, 38, STREAM_ROUND_FLOOR, quotient));
  EXPECT_EQ(quotient, -1);
}

TEST(Decimal, OverflowIsDecidedAfterRounding) {
  Int128 quotient = 0;
  EXPECT_TRUE(divideRounded(9994, 10, 0, 3, STREAM_ROUND_HALF_AWAY, quotient));
  EXPECT_FALSE(divideRounded(9995, 10, 0, 3, STREAM_ROUND_HALF_AWAY, quotient));
  EXPECT_FALSE(divideRounded(1, 1, 38, 38, STREAM_ROUND_HALF_AWAY, quotient));
  EXPECT_TRUE(divideRounded(1, 1, 37, 38, STREAM_ROUND_HALF_AWAY, quotient));
  EXPECT_FALSE(divideRounded(static_cast<Int128>(kPowersOfTen[38] - 1), 1, 76, 38, STREAM_ROUND_HALF_AWAY, quotient));
}

TEST(Decimal, TotalsLeave128BitsAndComeBack) {
  // 4 × (10^38 - 1) = 2^128 + a rest; its mean is 10^38 - 1 again, its sum does not fit.
  const Uint128 most = kPowersOfTen[38] - 1;
  const Uint128 low = most * 4;  // modulo 2^128
  Int128 total = 0;
  EXPECT_TRUE(decimalTotal(static_cast<Int128>(low), 1, 4, 0, total));
  EXPECT_EQ(static_cast<Uint128>(total), most);
  EXPECT_FALSE(decimalTotal(static_cast<Int128>(low), 1, 1, 0, total));
  EXPECT_FALSE(decimalTotal(static_cast<Int128>(low), 1, 4, 6, total));
  EXPECT_TRUE(decimalTotal(static_cast<Int128>(~low + 1), -2, 4, 0, total));  // the opposite
  EXPECT_EQ(total, -static_cast<Int128>(most));
  EXPECT_TRUE(decimalTotal(-7, -1, 2, 0, total));
  EXPECT_EQ(total, -4);  // -3.5, half away from zero
}

}  // namespace
}  // namespace streamrt
