#include "test/interpreter/decimals.h"

#include <charconv>
#include <cmath>

namespace streamc::referee {

using ir::stream::DecimalType;
using ir::stream::Rounding;
using llvm::APInt;

namespace {

constexpr unsigned kBits = 8192;

APInt wide(Int value) {
  const auto word = static_cast<Word>(value);
  return APInt(128, {static_cast<uint64_t>(word), static_cast<uint64_t>(word >> 64)}).sext(kBits);
}

APInt tenTo(unsigned digits) {
  APInt power(kBits, 1);
  for (unsigned i = 0; i < digits; ++i) power *= 10;
  return power;
}

std::optional<Int> fitted(const APInt& units, DecimalType type) {
  if (units.abs().uge(tenTo(type.getPrecision()))) return std::nullopt;
  const uint64_t* words = units.getRawData();
  return static_cast<Int>(Word{words[1]} << 64 | words[0]);
}

// numerator / denominator as a whole number: the one below, or the one above it.
APInt rounded(APInt numerator, APInt denominator, Rounding rounding) {
  if (denominator.isNegative()) {
    numerator.negate();
    denominator.negate();
  }
  APInt below = numerator.sdiv(denominator);
  if (numerator.isNegative() && below * denominator != numerator) --below;
  const APInt rest = numerator - below * denominator;
  if (rest.isZero()) return below;
  const bool is_half = rest * 2 == denominator, is_more = (rest * 2).ugt(denominator),
             negative = numerator.isNegative();
  bool up = false;
  switch (rounding) {
    case Rounding::kHalfAway:
      up = is_more || (is_half && !negative);
      break;
    case Rounding::kHalfEven:
      up = is_more || (is_half && below[0]);
      break;
    case Rounding::kFloor:
      up = false;
      break;
    case Rounding::kCeil:
      up = true;
      break;
    case Rounding::kTrunc:
      up = negative;
      break;
  }
  return up ? below + 1 : below;
}

unsigned scaleOf(mlir::Type type) {
  auto decimal = mlir::dyn_cast<DecimalType>(type);
  return decimal ? decimal.getScale() : 0;
}

}  // namespace

std::string decimalText(Int units, unsigned scale) {
  std::string digits = textOf(units < 0 ? -units : units);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return (units < 0 ? "-" : "") + digits;
}

std::optional<Int> parseDecimal(std::string_view text, DecimalType type) {
  // A float's syntax, and none of its limits.
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::string digits;
  long power = 0;
  auto take = [&] {
    size_t count = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++count) digits += text[0];
    return count;
  };
  if (take() == 0) return std::nullopt;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    size_t behind = take();
    if (behind == 0) return std::nullopt;
    power = -static_cast<long>(behind);
  }
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    bool down = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    long exponent = 1'000'000;  // what does not fit a long is as far
    std::from_chars(text.data(), text.data() + text.size(), exponent);
    power += (down ? -1 : 1) * std::min(exponent, 1'000'000L);
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  power += type.getScale();
  digits.erase(0, digits.find_first_not_of('0'));
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++power;
  }
  if (digits.empty()) return Int{0};
  if (power < 0 || static_cast<long>(digits.size()) + power > static_cast<long>(type.getPrecision()))
    return std::nullopt;
  APInt units = APInt(kBits, digits, 10) * tenTo(static_cast<unsigned>(power));
  return fitted(negative ? -units : units, type);
}

std::optional<Int> decimalOf(Int units, mlir::Type from, DecimalType to) {
  APInt number = wide(units) * tenTo(to.getScale());
  const APInt power = tenTo(scaleOf(from));
  if (!number.srem(power).isZero()) return std::nullopt;
  return fitted(number.sdiv(power), to);
}

std::optional<Int> decimalOf(double value, DecimalType to) {
  if (!std::isfinite(value)) return std::nullopt;
  int exponent = 0;
  const auto mantissa = static_cast<int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
  exponent -= 53;
  APInt numerator = wide(mantissa) * tenTo(to.getScale()), denominator(kBits, 1);
  (exponent >= 0 ? numerator : denominator) <<= static_cast<unsigned>(std::abs(exponent));
  return fitted(rounded(numerator, denominator, Rounding::kHalfAway), to);
}

std::optional<Int> decimalQuotient(Int a, unsigned a_scale, Int b, unsigned b_scale, DecimalType to,
                                   Rounding rounding) {
  return fitted(rounded(wide(a) * tenTo(b_scale + to.getScale()), wide(b) * tenTo(a_scale), rounding), to);
}

std::optional<Int> decimalTotal(const std::vector<Int>& numbers, unsigned scale, bool is_mean, DecimalType to) {
  APInt sum(kBits, 0);
  for (Int number : numbers) sum += wide(number);
  APInt count = is_mean ? wide(static_cast<Int>(numbers.size())) : APInt(kBits, 1);
  return fitted(rounded(sum * tenTo(to.getScale()), count * tenTo(scale), Rounding::kHalfAway), to);
}

}  // namespace streamc::referee
