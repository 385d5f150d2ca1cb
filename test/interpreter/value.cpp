#include "test/interpreter/value.h"

#include "test/interpreter/decimals.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ir/stream/types.h"
#include "llvm/Support/raw_ostream.h"

namespace streamc::referee {

namespace stream = ir::stream;

namespace {

[[noreturn]] void wrongKind(const char* wanted, const Value& value) {
  if (value.is<Unspecified>()) throw Stuck(std::string("an unspecified value is used as ") + wanted);
  throw Stuck(std::string("a value of another kind is used as ") + wanted);
}

}  // namespace

Value ofBool(bool value) { return Bits{value ? Word{1} : Word{0}}; }

Value ofInt(Int value, unsigned width) {
  Word word = static_cast<Word>(value);
  return Bits{width >= 128 ? word : word & ((Word{1} << width) - 1)};
}

bool isTrue(const Value& value) {
  if (!value.is<Bits>()) wrongKind("a condition", value);
  return std::get<Bits>(value).word != 0;
}

Int asSigned(const Value& value, unsigned width) {
  if (!value.is<Bits>()) wrongKind("a number", value);
  Word word = std::get<Bits>(value).word;
  if (width >= 128 || (word >> (width - 1) & 1) == 0) return static_cast<Int>(word);
  return static_cast<Int>(word) - (Int{1} << width);
}

Int asUnsigned(const Value& value) {
  if (!value.is<Bits>()) wrongKind("a number", value);
  return static_cast<Int>(std::get<Bits>(value).word);
}

double asFloat(const Value& value) {
  if (!value.is<double>()) wrongKind("a float", value);
  return std::get<double>(value);
}

const std::string& asText(const Value& value) {
  if (!value.is<std::string>()) wrongKind("a text", value);
  return std::get<std::string>(value);
}

const std::vector<Leaves>& asList(const Value& value) {
  if (!value.is<List>()) wrongKind("a list", value);
  return *std::get<List>(value);
}

// ---------------------------------------------------------------- types

mlir::Type unwrapped(mlir::Type type) {
  auto optional = mlir::dyn_cast<stream::OptType>(type);
  return optional ? optional.getElement() : type;
}

unsigned widthOf(mlir::Type type) {
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type)) return integer.getWidth();
  if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) return decimal.storageBits();
  return mlir::isa<stream::DateType>(type) ? 32 : 64;
}
bool isUnsigned(mlir::Type type) {
  auto integer = mlir::dyn_cast<mlir::IntegerType>(type);
  return integer && (integer.isUnsigned() || integer.getWidth() == 1);
}
bool isInteger(mlir::Type type) {
  auto integer = mlir::dyn_cast<mlir::IntegerType>(type);
  return integer && integer.getWidth() > 1;
}
bool isFloat(mlir::Type type) { return mlir::isa<mlir::FloatType>(type); }
bool isText(mlir::Type type) { return mlir::isa<stream::StringType, stream::BytesType>(type); }

Int numberOf(const Value& value, mlir::Type type) {
  return isUnsigned(type) ? asUnsigned(value) : asSigned(value, widthOf(type));
}
Int leastOf(mlir::Type integer) { return isUnsigned(integer) ? Int{0} : -(Int{1} << (widthOf(integer) - 1)); }
Int greatestOf(mlir::Type integer) { return (Int{1} << (widthOf(integer) - (isUnsigned(integer) ? 0 : 1))) - 1; }
double narrowedTo(mlir::Type type, double value) {
  return type.isF32() ? static_cast<double>(static_cast<float>(value)) : value;
}

Int floorDivided(Int value, Int by) {
  Int quotient = value / by;
  return value % by != 0 && (value % by < 0) != (by < 0) ? quotient - 1 : quotient;
}

// ---------------------------------------------------------------- calendar

namespace {

constexpr int kDaysBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
bool isLeap(Int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int daysIn(Int year, int month) {
  return kDaysBefore[month] - kDaysBefore[month - 1] + (month == 2 && isLeap(year) ? 1 : 0);
}

}  // namespace

Int daysOf(Int year, int month, int day) {
  Int before = year - 1;
  Int leaps = floorDivided(before, 4) - floorDivided(before, 100) + floorDivided(before, 400);
  constexpr Int kLeapsBefore1970 = 1969 / 4 - 1969 / 100 + 1969 / 400;
  return (year - 1970) * 365 + leaps - kLeapsBefore1970 + kDaysBefore[month - 1] + (month > 2 && isLeap(year) ? 1 : 0) +
         day - 1;
}

Civil civilOf(Int days) {
  Int year = 1970 + floorDivided(days, 366) - 1;
  if (days < 0) year = 1970 + floorDivided(days, 365) - 1;
  // An estimate that is too early by at most a year in 1460: step by centuries first.
  while (daysOf(year + 100, 1, 1) <= days) year += 100;
  while (daysOf(year + 1, 1, 1) <= days) ++year;
  Int rest = days - daysOf(year, 1, 1);
  int month = 1;
  while (rest >= daysIn(year, month)) rest -= daysIn(year, month++);
  return {year, month, static_cast<int>(rest) + 1};
}

bool hasPlainYear(Int micros) {
  return micros >= daysOf(0, 1, 1) * kMicrosPerDay && micros < daysOf(10000, 1, 1) * kMicrosPerDay;
}

// ---------------------------------------------------------------- values as text

std::string textOf(Int value) {
  if (value == 0) return "0";
  std::string digits;
  for (Word rest = value < 0 ? -static_cast<Word>(value) : static_cast<Word>(value); rest != 0; rest /= 10)
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
  if (value < 0) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

namespace {

std::string padded(Int value, size_t width) {
  std::string digits = textOf(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::string floatText(double value, bool is_f32) {
  if (std::isnan(value)) return "NaN";
  std::string sign = std::signbit(value) ? "-" : "";
  value = std::fabs(value);
  if (std::isinf(value)) return sign + "Infinity";
  if (value == 0) return sign + "0.0";
  char shortest[64];
  auto end = is_f32 ? std::to_chars(shortest, shortest + 64, static_cast<float>(value), std::chars_format::scientific)
                    : std::to_chars(shortest, shortest + 64, value, std::chars_format::scientific);
  std::string text(shortest, end.ptr);  // d.ddde±xx
  size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(), exponent);
  std::string digits = text.substr(0, e);
  std::erase(digits, '.');
  if (exponent < -4 || exponent >= 16) {
    std::string mantissa = digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "");
    return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + padded(std::abs(exponent), 2);
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  auto whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  std::string fraction = digits.substr(whole);
  return sign + digits.substr(0, whole) + "." + (fraction.empty() ? "0" : fraction);
}

std::string timestampText(Int micros) {
  Int days = floorDivided(micros, kMicrosPerDay);
  Int rest = micros - days * kMicrosPerDay;
  Int second = rest / 1'000'000, fraction = rest % 1'000'000;
  Civil date = civilOf(days);
  bool plain = date.year >= 0 && date.year <= 9999;
  std::string text = plain ? "" : date.year < 0 ? "-" : "+";
  text += padded(date.year < 0 ? -date.year : date.year, plain ? 4 : 5);
  text += "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T";
  text += padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2);
  if (fraction % 1000 != 0) {
    text += "." + padded(fraction, 6);
  } else if (fraction != 0) {
    text += "." + padded(fraction / 1000, 3);
  }
  return text + "Z";
}

namespace {

struct Unit {
  std::string_view name;
  Int size;
};
constexpr Unit kUnits[] = {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
                           {"s", 1'000'000},      {"ms", 1'000},        {"us", 1}};

}  // namespace

std::string durationText(Int micros) {
  if (micros == 0) return "0s";
  std::string text = micros < 0 ? "-" : "";
  Int rest = micros < 0 ? -micros : micros;
  for (const Unit& unit : kUnits) {
    if (rest / unit.size != 0) text += textOf(rest / unit.size) + std::string(unit.name);
    rest %= unit.size;
  }
  return text;
}

std::string textOf(const Value& value, mlir::Type type) {
  if (value.is<Null>()) return "null";
  type = unwrapped(type);
  if (isText(type)) return asText(value);
  if (isFloat(type)) return floatText(asFloat(value), type.isF32());
  if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
    return decimalText(numberOf(value, type), decimal.getScale());
  }
  if (mlir::isa<stream::DateType>(type)) {
    std::string text = timestampText(numberOf(value, type) * kMicrosPerDay);
    return text.substr(0, text.find('T'));
  }
  if (mlir::isa<stream::TimestampType>(type)) return timestampText(numberOf(value, type));
  if (mlir::isa<stream::DurationType>(type)) return durationText(numberOf(value, type));
  if (type.isInteger(1)) return isTrue(value) ? "true" : "false";
  if (auto symbols = mlir::dyn_cast<stream::EnumType>(type))
    return symbols.getSymbols()[static_cast<size_t>(asUnsigned(value))].str();
  if (isInteger(type)) return textOf(numberOf(value, type));
  std::string name;
  llvm::raw_string_ostream(name) << type;
  throw Stuck("the referee has no text for " + name);
}

// ---------------------------------------------------------------- text as values

namespace {

constexpr Int kTooLarge = Int{1} << 100;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// The number that digits from `at` on make, which moves behind them; nothing without digits. Saturates.
std::optional<Int> digitsAt(std::string_view text, size_t& at) {
  size_t first = at;
  Int value = 0;
  for (; at < text.size() && isDigit(text[at]); ++at)
    value = value > kTooLarge ? kTooLarge : value * 10 + (text[at] - '0');
  return at == first ? std::nullopt : std::optional(value);
}

std::optional<int> fixedDigits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (char c : text.substr(at, count)) {
    if (!isDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool isI64(Int value) { return value >= INT64_MIN && value <= INT64_MAX; }

}  // namespace

std::optional<Int> parseInteger(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  size_t at = 0;
  std::optional<Int> value = digitsAt(text, at);
  if (!value || at != text.size()) return std::nullopt;
  return negative ? -*value : *value;
}

std::optional<double> parseFloat(std::string_view text, bool is_f32) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string_view rest = text;
  bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  size_t at = 0;
  Int exponent = 0;
  bool all_zero = true;
  Int leading = 0;  // decimal position of the first digit that is not 0, relative to the point
  size_t whole_begin = at;
  if (!digitsAt(rest, at)) return std::nullopt;
  for (size_t i = whole_begin; i < at && all_zero; ++i) {
    if (rest[i] != '0') all_zero = false, leading = static_cast<Int>(at - i);
  }
  if (at < rest.size() && rest[at] == '.') {
    size_t fraction_begin = ++at;
    if (!digitsAt(rest, at)) return std::nullopt;
    for (size_t i = fraction_begin; i < at && all_zero; ++i) {
      if (rest[i] != '0') all_zero = false, leading = -static_cast<Int>(i - fraction_begin);
    }
  }
  if (at < rest.size() && (rest[at] == 'e' || rest[at] == 'E')) {
    ++at;
    bool down = at < rest.size() && rest[at] == '-';
    if (at < rest.size() && (rest[at] == '-' || rest[at] == '+')) ++at;
    std::optional<Int> digits = digitsAt(rest, at);
    if (!digits) return std::nullopt;
    exponent = down ? -*digits : *digits;
  }
  if (at != rest.size()) return std::nullopt;
  if (all_zero) return negative ? -0.0 : 0.0;
  if (leading + exponent > 400) return std::nullopt;
  if (leading + exponent < -400) return negative ? -0.0 : 0.0;
  double value = 0;
  std::from_chars_result result{};
  if (is_f32) {
    float narrow = 0;
    result = std::from_chars(rest.data(), rest.data() + rest.size(), narrow);
    value = static_cast<double>(narrow);
  } else {
    result = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  }
  if (result.ec == std::errc::result_out_of_range) {
    if (leading + exponent > 0) return std::nullopt;
    value = 0;
  }
  return negative ? -value : value;
}

std::optional<Int> parseTimestamp(std::string_view text) {
  auto year = fixedDigits(text, 0, 4), month = fixedDigits(text, 5, 2), day = fixedDigits(text, 8, 2);
  auto hour = fixedDigits(text, 11, 2), minute = fixedDigits(text, 14, 2), second = fixedDigits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second || text.size() < 20) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] | 32) != 't' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  if (*month < 1 || *month > 12 || *day < 1 || *day > daysIn(*year, *month)) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  size_t at = 19;
  Int fraction = 0;
  if (text[at] == '.') {
    size_t first = ++at;
    for (Int unit = 100'000; at < text.size() && isDigit(text[at]); ++at, unit /= 10) {
      if (unit == 0 && text[at] != '0') return std::nullopt;
      fraction += unit * (text[at] - '0');
    }
    if (at == first) return std::nullopt;
  }
  std::string_view zone = text.substr(at);
  Int east = 0;
  if (zone != "Z" && zone != "z") {
    auto hours = fixedDigits(zone, 1, 2), minutes = fixedDigits(zone, 4, 2);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || !hours || !minutes)
      return std::nullopt;
    if (*hours > 23 || *minutes > 59) return std::nullopt;
    east = (*hours * 60 + *minutes) * (zone[0] == '-' ? -1 : 1);
  }
  Int seconds = daysOf(*year, *month, *day) * 86'400 + *hour * 3600 + *minute * 60 + *second - east * 60;
  return seconds * 1'000'000 + fraction;
}

std::optional<Int> parseDate(std::string_view text) {
  if (text.size() != 10) return std::nullopt;
  std::optional<Int> midnight = parseTimestamp(std::string(text) + "T00:00:00Z");
  return midnight ? std::optional<Int>(floorDivided(*midnight, kMicrosPerDay)) : std::nullopt;
}

std::optional<Int> parseDuration(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Int sum = 0;  // nanoseconds
  size_t at = 0;
  while (at < text.size()) {
    std::optional<Int> whole = digitsAt(text, at);
    if (!whole || *whole > kTooLarge / 86'400'000'000) return std::nullopt;
    std::string fraction;
    if (at < text.size() && text[at] == '.') {
      size_t first = ++at;
      while (at < text.size() && isDigit(text[at])) ++at;
      if (at == first) return std::nullopt;
      fraction = text.substr(first, at - first);
      while (fraction.ends_with('0')) fraction.pop_back();
    }
    constexpr Unit kWithNanos[] = {
        {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1},           {"d", 86'400'000'000'000},
        {"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}};
    auto unit = std::find_if(std::begin(kWithNanos), std::end(kWithNanos),
                             [&](const Unit& one) { return text.substr(at).starts_with(one.name); });
    if (unit == std::end(kWithNanos)) return std::nullopt;
    at += unit->name.size();
    // whole.fraction × unit in nanoseconds; more digits than these cannot be whole microseconds.
    if (fraction.size() > 20) return std::nullopt;
    Int numerator = 0, denominator = 1;
    for (char c : fraction) {
      numerator = numerator * 10 + (c - '0');
      denominator *= 10;
    }
    if (numerator * unit->size % denominator != 0) return std::nullopt;
    Int nanos = *whole * unit->size + numerator * unit->size / denominator;
    sum += nanos;
  }
  if (sum % 1000 != 0) return std::nullopt;
  Int micros = negative ? -(sum / 1000) : sum / 1000;
  return isI64(micros) ? std::optional(micros) : std::nullopt;
}

}  // namespace streamc::referee
