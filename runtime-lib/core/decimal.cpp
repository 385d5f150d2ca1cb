#include "runtime-lib/core/decimal.h"

namespace streamrt {
namespace {

constexpr Uint128 kLow64 = ~uint64_t{0};

// a × b of 128 bits each, from four products of 64 bits.
Uint256 product(Uint128 a, Uint128 b) {
  const Uint128 a0 = a & kLow64, a1 = a >> 64, b0 = b & kLow64, b1 = b >> 64;
  const Uint128 p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  const Uint128 middle = (p00 >> 64) + (p01 & kLow64) + (p10 & kLow64);
  return {p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64), (p00 & kLow64) | (middle << 64)};
}

// One digit of the quotient: the 192 bits {high, next} by a divisor whose upper bit is set. REQUIRES: high < divisor.
uint64_t quotientDigit(Uint128 high, uint64_t next, Uint128 divisor, Uint128& remainder) {
  const auto leading = static_cast<uint64_t>(divisor >> 64), trailing = static_cast<uint64_t>(divisor);
  Uint128 digit = high / leading;
  Uint128 rest = high % leading;
  // The estimate is at most two too large.
  while (digit > kLow64 || digit * trailing > ((rest << 64) | next)) {
    --digit;
    rest += leading;
    if (rest > kLow64) break;
  }
  remainder = ((high << 64) | next) - digit * divisor;  // modulo 2^128, which is enough: it is less than the divisor
  return static_cast<uint64_t>(digit);
}

bool roundsAway(Uint128 quotient, Uint128 remainder, Uint128 divisor, bool negative, StreamRounding rounding) {
  if (remainder == 0) return false;
  const Uint128 rest = divisor - remainder;  // compares twice the remainder without leaving 128 bits
  switch (rounding) {
    case STREAM_ROUND_HALF_AWAY:
      return remainder >= rest;
    case STREAM_ROUND_HALF_EVEN:
      return remainder > rest || (remainder == rest && (quotient & 1) != 0);
    case STREAM_ROUND_FLOOR:
      return negative;
    case STREAM_ROUND_CEIL:
      return !negative;
    case STREAM_ROUND_TRUNC:
      return false;
  }
  return false;
}

}  // namespace

Uint256 multiply(Uint256 a, Uint128 b, bool& overflow) {
  Uint256 result = product(a.low, b);
  const Uint256 upper = product(a.high, b);
  if (upper.high != 0 || __builtin_add_overflow(result.high, upper.low, &result.high)) overflow = true;
  return result;
}

Uint128 divide(Uint256 a, Uint128 b, Uint128& remainder) {
  if (a.high == 0) {
    if ((a.low >> 64) == 0 && (b >> 64) == 0) {  // the usual case, without a call
      const auto dividend = static_cast<uint64_t>(a.low), divisor = static_cast<uint64_t>(b);
      remainder = dividend % divisor;
      return dividend / divisor;
    }
    remainder = a.low % b;
    return a.low / b;
  }
  if ((b >> 64) == 0) {  // by one digit; a.high < b, so it is one digit too
    const Uint128 first = (a.high << 64) | (a.low >> 64);
    const Uint128 second = ((first % b) << 64) | (a.low & kLow64);
    remainder = second % b;
    return ((first / b) << 64) | (second / b);
  }
  const int shift = __builtin_clzll(static_cast<uint64_t>(b >> 64));
  const Uint128 divisor = b << shift;
  if (shift != 0) {
    a.high = (a.high << shift) | (a.low >> (128 - shift));
    a.low <<= shift;
  }
  Uint128 rest = 0;
  const uint64_t first = quotientDigit(a.high, static_cast<uint64_t>(a.low >> 64), divisor, rest);
  const uint64_t second = quotientDigit(rest, static_cast<uint64_t>(a.low), divisor, rest);
  remainder = rest >> shift;
  return (Uint128{first} << 64) | second;
}

Int128 roundedOff(Int128 value, uint32_t digits, StreamRounding rounding) {
  const bool negative = value < 0;
  const Uint128 magnitude = magnitudeOf(value);
  if (digits > kDecimalDigitsMax) {  // all of it is cut off, and it is less than half
    return withSign(roundsAway(0, magnitude, ~Uint128{0}, negative, rounding) ? 1 : 0, negative);
  }
  Uint128 remainder = 0;
  const Uint128 quotient = divide({0, magnitude}, kPowersOfTen[digits], remainder);
  const bool away = roundsAway(quotient, remainder, kPowersOfTen[digits], negative, rounding);
  return withSign(quotient + (away ? 1 : 0), negative);
}

bool divideRounded(Int128 dividend, Int128 divisor, int32_t shift, uint32_t digits, StreamRounding rounding,
                   Int128& quotient) {
  const bool negative = (dividend < 0) != (divisor < 0);
  Uint256 numerator{0, magnitudeOf(dividend)};
  Uint128 denominator = magnitudeOf(divisor);
  bool overflow = false;
  for (auto up = static_cast<uint32_t>(shift > 0 ? shift : 0); up > 0 && !overflow;) {
    const uint32_t step = up < kDecimalDigitsMax ? up : kDecimalDigitsMax;
    numerator = multiply(numerator, kPowersOfTen[step], overflow);
    up -= step;
  }
  // More than 256 bits, or a quotient of more than 128: it has more than 38 digits.
  if (overflow || numerator.high >= denominator) return false;
  if (shift < 0) {
    const auto down = static_cast<uint32_t>(-shift);
    if (down > kDecimalDigitsMax || __builtin_mul_overflow(denominator, kPowersOfTen[down], &denominator)) {
      denominator = ~Uint128{0};  // more than twice any dividend: what is left is how it rounds
    }
  }
  Uint128 remainder = 0;
  Uint128 magnitude = divide(numerator, denominator, remainder);
  if (roundsAway(magnitude, remainder, denominator, negative, rounding)) ++magnitude;
  if (magnitude >= kPowersOfTen[digits]) return false;
  quotient = withSign(magnitude, negative);
  return true;
}

bool decimalTotal(Int128 low, int64_t high, int64_t count, uint32_t shift, Int128& total) {
  Uint256 sum{static_cast<Uint128>(static_cast<Int128>(high)), static_cast<Uint128>(low)};
  const bool negative = high < 0;
  if (negative) {
    sum.low = ~sum.low + 1;
    sum.high = ~sum.high + (sum.low == 0 ? 1 : 0);
  }
  bool overflow = false;
  sum = multiply(sum, kPowersOfTen[shift], overflow);
  const auto divisor = static_cast<Uint128>(count);
  if (overflow || sum.high >= divisor) return false;
  Uint128 remainder = 0;
  Uint128 magnitude = divide(sum, divisor, remainder);
  if (roundsAway(magnitude, remainder, divisor, negative, STREAM_ROUND_HALF_AWAY)) ++magnitude;
  if (magnitude >= kPowersOfTen[kDecimalDigitsMax]) return false;
  total = withSign(magnitude, negative);
  return true;
}

}  // namespace streamrt
