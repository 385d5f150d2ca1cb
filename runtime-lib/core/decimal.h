// Decimals as numbers without their point: 150.00 of decimal(12, 2) is 15000. Powers of ten, digits, and division with
// rounding, exact for all values of up to 38 digits. Pure; no allocation.
//
// Quotients may need 256 bits on the way. Division of long numbers is algorithm D of D. E. Knuth, "The Art of Computer
// Programming", volume 2, section 4.3.1, with digits of 64 bits.
#ifndef RUNTIME_LIB_CORE_DECIMAL_H
#define RUNTIME_LIB_CORE_DECIMAL_H

#include <array>
#include <cstdint>

namespace streamrt {

// How a decimal is rounded. The numbers are those of the stream dialect's enum, which generated code passes.
enum StreamRounding : uint32_t {
  STREAM_ROUND_HALF_AWAY,  // half away from zero
  STREAM_ROUND_HALF_EVEN,
  STREAM_ROUND_FLOOR,
  STREAM_ROUND_CEIL,
  STREAM_ROUND_TRUNC
};

using Int128 = __int128;
using Uint128 = unsigned __int128;

inline constexpr uint32_t kDecimalDigitsMax = 38;

inline constexpr std::array<Uint128, kDecimalDigitsMax + 1> kPowersOfTen = [] {
  std::array<Uint128, kDecimalDigitsMax + 1> powers{};
  Uint128 power = 1;
  for (Uint128& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();

constexpr Uint128 magnitudeOf(Int128 value) {
  return value < 0 ? ~static_cast<Uint128>(value) + 1 : static_cast<Uint128>(value);
}
constexpr Int128 withSign(Uint128 magnitude, bool negative) {
  return static_cast<Int128>(negative ? ~magnitude + 1 : magnitude);
}

// Whether a number without its point has at most so many digits. REQUIRES: digits <= 38.
constexpr bool fitsDigits(Int128 value, uint32_t digits) { return magnitudeOf(value) < kPowersOfTen[digits]; }

// A number of 256 bits without sign.
struct Uint256 {
  Uint128 high = 0;
  Uint128 low = 0;
};

// a × b. `overflow` is set when it needs more than 256 bits, and otherwise left as it is.
Uint256 multiply(Uint256 a, Uint128 b, bool& overflow);

// a / b where the quotient fits 128 bits. REQUIRES: a.high < b.
Uint128 divide(Uint256 a, Uint128 b, Uint128& remainder);

// value / 10^digits, rounded. digits may be more than 38.
Int128 roundedOff(Int128 value, uint32_t digits, StreamRounding rounding);

// dividend × 10^shift / divisor, rounded; shift may be negative. False: the quotient has more than `digits` digits.
// REQUIRES: divisor != 0; both have at most 38 digits.
bool divideRounded(Int128 dividend, Int128 divisor, int32_t shift, uint32_t digits, StreamRounding rounding,
                   Int128& quotient);

// A sum that may have left 128 bits: high × 2^128 + low, in two's complement; × 10^shift / count, rounded half away
// from zero. False: more than 38 digits. REQUIRES: count > 0; shift <= 6.
bool decimalTotal(Int128 low, int64_t high, int64_t count, uint32_t shift, Int128& total);

}  // namespace streamrt

#endif
