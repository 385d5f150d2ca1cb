// Decimals of generated code (the section of stream_abi.def): what is more than an instruction or two.
#include "runtime-lib/core/decimal.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "runtime-lib/builtins/text_arguments.h"
#include "runtime-lib/formats/value_text.h"

using namespace streamrt;

namespace {

// Generated code keeps 128 bits on addresses that are only 8-aligned.
void giveNumber(void* out, Int128 value) { std::memcpy(out, &value, sizeof value); }

// Both factors exact: the quotient is then rounded once. Else the text is read.
template <class Float>
Float toFloat(Int128 value, uint32_t scale) {
  constexpr Uint128 kExactMax = Uint128{1} << (sizeof(Float) == 8 ? 53 : 24);
  constexpr uint32_t kExactPower = sizeof(Float) == 8 ? 22 : 10;
  if (magnitudeOf(value) <= kExactMax && scale <= kExactPower) {
    return static_cast<Float>(static_cast<int64_t>(value)) / static_cast<Float>(kPowersOfTen[scale]);
  }
  char text[kScalarTextBytes];
  const char* const end = writeDecimal(text, value, scale);
  Float result = 0;
  std::from_chars(text, end, result);  // at most 38 digits: neither too large nor too small for either type
  return result;
}

}  // namespace

Int128 stream_decimal_round(Int128 value, uint32_t digits, uint32_t rounding) {
  return roundedOff(value, digits, static_cast<StreamRounding>(rounding));
}

uint8_t stream_decimal_divide(void* out, Int128 a, Int128 b, uint32_t shift, uint32_t digits, uint32_t rounding) {
  Int128 quotient = 0;
  if (!divideRounded(a, b, static_cast<int32_t>(shift), digits, static_cast<StreamRounding>(rounding), quotient))
    return 0;
  giveNumber(out, quotient);
  return 1;
}

uint8_t stream_decimal_total(void* out, Int128 low, int64_t high, int64_t count, uint32_t shift) {
  Int128 total = 0;
  if (!decimalTotal(low, high, count, shift, total)) return 0;
  giveNumber(out, total);
  return 1;
}

double stream_decimal_to_f64(Int128 value, uint32_t scale) { return toFloat<double>(value, scale); }
float stream_decimal_to_f32(Int128 value, uint32_t scale) { return toFloat<float>(value, scale); }

// x = mantissa × 2^exponent exactly, so x × 10^scale is mantissa × 10^scale × 2^exponent: 91 + 127 bits at most.
uint8_t stream_decimal_from_f64(void* out, double x, uint32_t precision, uint32_t scale) {
  if (!std::isfinite(x) || std::fabs(x) >= 1e38) return 0;
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(x), &exponent);
  const auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  bool overflow = false;
  Uint256 number = multiply({0, mantissa}, kPowersOfTen[scale], overflow);
  Uint128 magnitude = 0;
  if (exponent >= 0) {
    if (exponent >= 128 || number.high != 0 || (exponent > 0 && (number.low >> (128 - exponent)) != 0)) return 0;
    magnitude = number.low << exponent;
  } else if (exponent > -256) {
    const int down = -exponent;
    const int half = down - 1;  // the bit that decides
    const bool away = half < 128 ? ((number.low >> half) & 1) != 0 : ((number.high >> (half - 128)) & 1) != 0;
    if (down < 128) {
      if ((number.high >> down) != 0) return 0;
      magnitude = (number.low >> down) | (number.high << (128 - down));
    } else {
      magnitude = down < 256 ? number.high >> (down - 128) : 0;
    }
    if (away) ++magnitude;
  }
  if (magnitude >= kPowersOfTen[precision]) return 0;
  giveNumber(out, withSign(magnitude, std::signbit(x)));
  return 1;
}

uint8_t stream_decimal_from_text(void* out, void* text, uint32_t size, uint32_t precision, uint32_t scale) {
  Int128 value = 0;
  if (parseDecimal(viewOf(text, size), precision, scale, value) != ParseOutcome::kOk) return 0;
  giveNumber(out, value);
  return 1;
}

void stream_text_of_decimal(void* task, void* out, Int128 value, uint32_t scale) {
  char* const begin = scratch(task, kScalarTextBytes);
  give(out, begin, writeDecimal(begin, value, scale));
}
