#include "runtime-lib/formats/value_text.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "runtime-lib/core/civil.h"

namespace streamrt {
namespace {

char* append(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* writeDigits(char* out, uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + digits;
}

char* writeDay(char* out, int64_t days) {
  const CivilDate date = civilFromDays(days);
  if (date.year >= 0 && date.year <= 9999) {
    out = writeDigits(out, static_cast<uint64_t>(date.year), 4);
  } else {
    *out++ = date.year < 0 ? '-' : '+';
    const auto year = static_cast<uint64_t>(date.year < 0 ? -date.year : date.year);
    out = year > 99999 ? writeU64(out, year) : writeDigits(out, year, 5);
  }
  *out++ = '-';
  out = writeDigits(out, date.month, 2);
  *out++ = '-';
  return writeDigits(out, date.day, 2);
}

// Lays out digits d₁d₂… × 10^exponent (d₁ before the point).
char* layOut(char* out, std::string_view digits, int exponent) {
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent > 15) {
    *out++ = digits[0];
    if (count > 1) {
      *out++ = '.';
      out = append(out, digits.substr(1));
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    const auto size = static_cast<uint64_t>(exponent < 0 ? -exponent : exponent);
    return writeDigits(out, size, size >= 100 ? 3 : 2);
  }
  if (exponent < 0) {
    out = append(out, "0.");
    for (int i = -1; i > exponent; --i) *out++ = '0';
    return append(out, digits);
  }
  for (int i = 0; i <= exponent; ++i) *out++ = i < count ? digits[static_cast<size_t>(i)] : '0';
  *out++ = '.';
  if (count <= exponent + 1) {
    *out++ = '0';
    return out;
  }
  return append(out, digits.substr(static_cast<size_t>(exponent) + 1));
}

template <class Float>
char* writeFloat(char* out, Float value) {
  if (std::isnan(value)) return append(out, "NaN");
  if (std::signbit(value)) {
    *out++ = '-';
    value = -value;
  }
  if (std::isinf(value)) return append(out, "Infinity");
  constexpr Float kExactIntegers = sizeof(Float) == 8 ? Float(1e15) : Float(1 << 24);
  if (value < kExactIntegers && value == std::trunc(value)) {
    return append(writeU64(out, static_cast<uint64_t>(value)), ".0");
  }
  char shortest[40];  // d.ddde±dd
  const auto [end, error] = std::to_chars(shortest, shortest + sizeof shortest, value, std::chars_format::scientific);
  const char* e = static_cast<const char*>(std::memchr(shortest, 'e', static_cast<size_t>(end - shortest)));
  char digits[32];
  size_t count = 0;
  for (const char* p = shortest; p != e; ++p) {
    if (*p != '.') digits[count++] = *p;
  }
  int exponent = 0;
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
  return layOut(out, {digits, count}, exponent);
}

bool digitsOf(std::string_view text, size_t at, size_t count, uint32_t& value) {
  value = 0;
  for (size_t i = at; i < at + count; ++i) {
    const auto digit = static_cast<uint32_t>(static_cast<unsigned char>(text[i])) - '0';
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  return true;
}

// The fraction digits from `at` on, as microseconds; `at` moves behind them.
ParseOutcome parseFraction(std::string_view text, size_t& at, uint32_t& micros) {
  micros = 0;
  uint32_t unit = 100'000;
  const size_t first = at;
  bool too_fine = false;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    const auto digit = static_cast<uint32_t>(text[at] - '0');
    if (unit == 0 && digit != 0) too_fine = true;
    micros += digit * unit;
    unit /= 10;
  }
  if (at == first) return ParseOutcome::kMalformed;
  return too_fine ? ParseOutcome::kTooFine : ParseOutcome::kOk;
}

// "Z", "+01:30": minutes east of UTC.
bool parseOffset(std::string_view text, int32_t& minutes) {
  if (text == "Z" || text == "z") {
    minutes = 0;
    return true;
  }
  uint32_t hour;
  uint32_t minute;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  if (!digitsOf(text, 1, 2, hour) || !digitsOf(text, 4, 2, minute) || hour > 23 || minute > 59) return false;
  minutes = static_cast<int32_t>(hour * 60 + minute);
  if (text[0] == '-') minutes = -minutes;
  return true;
}

struct Unit {
  std::string_view name;
  __int128 nanos;
};
constexpr Unit kUnits[] = {{"d", 86'400'000'000'000},
                           {"h", 3'600'000'000'000},
                           {"ms", 1'000'000},
                           {"m", 60'000'000'000},
                           {"us", 1'000},
                           {"ns", 1},
                           {"s", 1'000'000'000}};

constexpr __int128 kNanosMax = static_cast<__int128>(INT64_MAX) * 1000 + 1000;

// One "12.5ms" of a duration: adds it to `nanos`, moves `at` behind it. Sub-nanosecond parts are `too_fine`.
ParseOutcome parseDurationPart(std::string_view text, size_t& at, __int128& nanos, bool& too_fine) {
  const size_t first = at;
  unsigned __int128 mantissa = 0;
  uint32_t decimals = 0;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point && at > first) {
      point = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') break;
    if (point && mantissa > static_cast<unsigned __int128>(kNanosMax) * 1000) {  // digits that can only be too fine
      too_fine = too_fine || text[at] != '0';
      continue;
    }
    mantissa = mantissa * 10 + static_cast<uint32_t>(text[at] - '0');
    if (mantissa > static_cast<unsigned __int128>(1) << 120) return ParseOutcome::kOutOfRange;
    if (point) ++decimals;
  }
  if (at == first || text[at - 1] == '.') return ParseOutcome::kMalformed;
  for (const Unit& unit : kUnits) {
    if (!text.substr(at).starts_with(unit.name)) continue;
    at += unit.name.size();
    // mantissa × nanos / 10^decimals, in parts so that 128 bits are enough
    unsigned __int128 scale = 1;
    auto unit_nanos = static_cast<unsigned __int128>(unit.nanos);
    for (; decimals > 0; --decimals) {
      if (unit_nanos % 10 == 0) {
        unit_nanos /= 10;
      } else if (mantissa % 10 == 0) {
        mantissa /= 10;
      } else if (scale < 1'000'000'000'000'000) {
        scale *= 10;
      } else {  // so many digits cannot be whole microseconds
        too_fine = true;
        mantissa /= 10;
      }
    }
    if (mantissa > static_cast<unsigned __int128>(kNanosMax) * scale / unit_nanos + scale)
      return ParseOutcome::kOutOfRange;
    const unsigned __int128 product = mantissa * unit_nanos;
    if (product % scale != 0) too_fine = true;
    nanos += static_cast<__int128>(product / scale);
    return nanos > kNanosMax ? ParseOutcome::kOutOfRange : ParseOutcome::kOk;
  }
  return ParseOutcome::kMalformed;
}

// Sign, digits, point, exponent as parseF64 promises.
bool isDecimalNumber(std::string_view text) {
  size_t at = 0;
  auto digits = [&] {
    const size_t first = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > first;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (!digits()) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

// Whether a number that from_chars found out of range is too large rather than too small.
bool isTooLarge(std::string_view text) {
  int64_t exponent = 0;
  const size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  if (e != std::string_view::npos) {
    std::string_view tail = text.substr(e + 1);
    const bool negative = tail[0] == '-';
    if (tail[0] == '-' || tail[0] == '+') tail.remove_prefix(1);
    for (char c : tail) exponent = std::min<int64_t>(exponent * 10 + (c - '0'), 1'000'000'000'000);
    if (negative) exponent = -exponent;
  }
  int64_t before_point = 0;  // position of the first digit that is not 0, relative to the point
  bool seen_point = false;
  for (char c : mantissa) {
    if (c == '.') {
      seen_point = true;
    } else if (c >= '1' && c <= '9') {
      size_t point = mantissa.find('.');
      if (point == std::string_view::npos) point = mantissa.size();
      return (seen_point ? exponent - before_point : exponent + static_cast<int64_t>(point)) > 0;
    } else if (c == '0' && seen_point) {
      ++before_point;
    }
  }
  return false;
}

template <class Float>
ParseOutcome parseFloat(std::string_view text, Float& value) {
  if (!isDecimalNumber(text)) return ParseOutcome::kMalformed;
  if (text[0] == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (isTooLarge(text)) return ParseOutcome::kOutOfRange;
    value = text[0] == '-' ? Float(-0.0) : Float(0.0);
    return ParseOutcome::kOk;
  }
  return std::isinf(value) ? ParseOutcome::kOutOfRange : ParseOutcome::kOk;
}

// The general case of parseDecimal: from the first to the last digit that is not 0.
ParseOutcome parseLongDecimal(std::string_view text, uint32_t precision, uint32_t scale, Int128& value) {
  if (!isDecimalNumber(text)) return ParseOutcome::kMalformed;
  const bool negative = text[0] == '-';
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  int64_t exponent = 0;  // of the last digit
  if (e != text.size()) {
    std::string_view tail = text.substr(e + 1);
    const bool down = tail[0] == '-';
    if (tail[0] == '-' || tail[0] == '+') tail.remove_prefix(1);
    for (char c : tail) exponent = std::min<int64_t>(exponent * 10 + (c - '0'), int64_t{1} << 40);
    if (down) exponent = -exponent;
  }
  const size_t first = mantissa.find_first_of("123456789");
  value = 0;
  if (first == std::string_view::npos) return ParseOutcome::kOk;
  const size_t last = mantissa.find_last_of("123456789");
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  exponent += static_cast<int64_t>(point) - static_cast<int64_t>(last) - (last < point ? 1 : 0);
  exponent += scale;
  Uint128 magnitude = 0;
  int64_t count = 0;
  for (size_t i = first; i <= last; ++i) {
    if (mantissa[i] == '.') continue;
    if (++count <= kDecimalDigitsMax) magnitude = magnitude * 10 + static_cast<uint32_t>(mantissa[i] - '0');
  }
  // What has too many digits in front is too large, whatever it has behind.
  if (count + exponent > static_cast<int64_t>(precision)) return ParseOutcome::kOutOfRange;
  if (exponent < 0) return ParseOutcome::kTooFine;
  value = withSign(magnitude * kPowersOfTen[static_cast<size_t>(exponent)], negative);
  return ParseOutcome::kOk;
}

template <class Integer>
ParseOutcome parseInteger(std::string_view text, Integer& value) {
  std::string_view digits = text;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return ParseOutcome::kMalformed;
  unsigned __int128 magnitude = 0;
  for (char c : digits) {
    magnitude = magnitude * 10 + static_cast<uint32_t>(c - '0');
    if (magnitude > UINT64_MAX) return ParseOutcome::kOutOfRange;
  }
  const auto wide = text[0] == '-' ? -static_cast<__int128>(magnitude) : static_cast<__int128>(magnitude);
  if (wide < std::numeric_limits<Integer>::min() || wide > std::numeric_limits<Integer>::max()) {
    return ParseOutcome::kOutOfRange;
  }
  value = static_cast<Integer>(wide);
  return ParseOutcome::kOk;
}

}  // namespace

char* writeF64(char* out, double value) { return writeFloat(out, value); }
char* writeF32(char* out, float value) { return writeFloat(out, value); }

bool timestampHasPlainYear(int64_t micros) {
  constexpr int64_t kFirst = daysFromCivil(0, 1, 1) * kMicrosPerDay;
  constexpr int64_t kEnd = daysFromCivil(10000, 1, 1) * kMicrosPerDay;
  return micros >= kFirst && micros < kEnd;
}

bool dateHasPlainYear(int32_t days) { return days >= daysFromCivil(0, 1, 1) && days < daysFromCivil(10000, 1, 1); }

char* writeDate(char* out, int32_t days) { return writeDay(out, days); }

char* writeTimestamp(char* out, int64_t micros) {
  const int64_t days = floorDiv(micros, kMicrosPerDay);
  const auto rest = static_cast<uint64_t>(floorMod(micros, kMicrosPerDay));
  out = writeDay(out, days);
  *out++ = 'T';
  return writeTimeOfDay(out, rest);
}

char* writeTimeOfDay(char* out, uint64_t micros) {
  const auto fraction = static_cast<uint32_t>(micros % 1'000'000);
  const auto seconds = static_cast<uint32_t>(micros / 1'000'000);
  out = writeTwo(out, seconds / 3600);
  *out++ = ':';
  out = writeTwo(out, seconds / 60 % 60);
  *out++ = ':';
  out = writeTwo(out, seconds % 60);
  if (fraction != 0) {
    const uint64_t digits = (eightDigits(fraction) | kZeroDigits) >> 16;
    *out++ = '.';
    std::memcpy(out, &digits, 8);
    out += fraction % 1000 == 0 ? 3 : 6;
  }
  *out++ = 'Z';
  return out;
}

char* writeDuration(char* out, int64_t micros) {
  uint64_t rest = micros < 0 ? ~static_cast<uint64_t>(micros) + 1 : static_cast<uint64_t>(micros);
  if (rest == 0) return append(out, "0s");
  if (micros < 0) *out++ = '-';
  constexpr struct {
    std::string_view name;
    uint64_t micros;
  } kParts[] = {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
                {"s", 1'000'000},      {"ms", 1'000},        {"us", 1}};
  for (const auto& part : kParts) {
    if (rest < part.micros) continue;
    out = append(writeU64(out, rest / part.micros), part.name);
    rest %= part.micros;
  }
  return out;
}

ParseOutcome parseTimestamp(std::string_view text, int64_t& micros) {
  uint32_t year;
  uint32_t month;
  uint32_t day;
  uint32_t hour;
  uint32_t minute;
  uint32_t second;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':' || !digitsOf(text, 0, 4, year) || !digitsOf(text, 5, 2, month) || !digitsOf(text, 8, 2, day) ||
      !digitsOf(text, 11, 2, hour) || !digitsOf(text, 14, 2, minute) || !digitsOf(text, 17, 2, second)) {
    return ParseOutcome::kMalformed;
  }
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month) || hour > 23 || minute > 59 || second > 59) {
    return ParseOutcome::kMalformed;
  }
  size_t at = 19;
  uint32_t fraction = 0;
  ParseOutcome outcome = ParseOutcome::kOk;
  if (text[at] == '.') {
    ++at;
    outcome = parseFraction(text, at, fraction);
    if (outcome == ParseOutcome::kMalformed) return outcome;
  }
  int32_t offset_minutes;
  if (!parseOffset(text.substr(at), offset_minutes)) return ParseOutcome::kMalformed;
  const int64_t seconds =
      daysFromCivil(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second - int64_t{offset_minutes} * 60;
  micros = seconds * kMicrosPerSecond + fraction;
  return outcome;
}

ParseOutcome parseDuration(std::string_view text, int64_t& micros) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return ParseOutcome::kMalformed;
  __int128 nanos = 0;
  bool too_fine = false;
  for (size_t at = 0; at < text.size();) {
    const ParseOutcome outcome = parseDurationPart(text, at, nanos, too_fine);
    if (outcome != ParseOutcome::kOk) return outcome;
  }
  if (too_fine || nanos % 1000 != 0) return ParseOutcome::kTooFine;
  const __int128 wide = negative ? -(nanos / 1000) : nanos / 1000;
  if (wide > INT64_MAX || wide < INT64_MIN) return ParseOutcome::kOutOfRange;
  micros = static_cast<int64_t>(wide);
  return ParseOutcome::kOk;
}

// Up to 38 digits: two halves of 19, each in 64 bits.
char* writeDecimal(char* out, Int128 value, uint32_t scale) {
  if (value < 0) *out++ = '-';
  const Uint128 magnitude = magnitudeOf(value);
  char digits[40];
  char* const begin = digits + 1;  // room for the zero before the point
  char* end;
  if ((magnitude >> 64) == 0) {
    end = writeU64(begin, static_cast<uint64_t>(magnitude));
  } else {
    constexpr Uint128 kHalf = kPowersOfTen[19];
    end = writeU64(begin, static_cast<uint64_t>(magnitude / kHalf));
    end = writeDigits(end, static_cast<uint64_t>(magnitude % kHalf), 19);
  }
  const auto count = static_cast<uint32_t>(end - begin);
  if (count <= scale) {  // 0.05
    out = append(out, "0.");
    std::memset(out, '0', scale - count);
    return append(out + (scale - count), {begin, count});
  }
  out = append(out, {begin, count - scale});
  if (scale == 0) return out;
  *out++ = '.';
  return append(out, {end - scale, scale});
}

ParseOutcome parseDecimal(std::string_view text, uint32_t precision, uint32_t scale, Int128& value) {
  const bool negative = text.starts_with('-');
  const bool has_sign = negative || text.starts_with('+');
  uint64_t mantissa = 0;
  size_t at = has_sign ? 1 : 0;
  const size_t first = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    mantissa = mantissa * 10 + static_cast<uint64_t>(text[at++] - '0');
  }
  size_t count = at - first;
  size_t behind = 0;
  bool plain = count > 0;
  if (plain && at < text.size() && text[at] == '.') {
    const size_t point = ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      mantissa = mantissa * 10 + static_cast<uint64_t>(text[at++] - '0');
    }
    behind = at - point;
    plain = behind > 0;
    count += behind;
  }
  if (!plain || at != text.size() || count > 18 || behind > scale)
    return parseLongDecimal(text, precision, scale, value);
  const Uint128 magnitude = mantissa * kPowersOfTen[scale - behind];
  // 18 digits and as many zeros as the scale has may be more than 38, but not more than 128 bits hold.
  if (count + (scale - behind) > kDecimalDigitsMax) return parseLongDecimal(text, precision, scale, value);
  if (magnitude >= kPowersOfTen[precision]) return ParseOutcome::kOutOfRange;
  value = withSign(magnitude, negative);
  return ParseOutcome::kOk;
}

ParseOutcome parseDate(std::string_view text, int32_t& days) {
  uint32_t year;
  uint32_t month;
  uint32_t day;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digitsOf(text, 0, 4, year) ||
      !digitsOf(text, 5, 2, month) || !digitsOf(text, 8, 2, day)) {
    return ParseOutcome::kMalformed;
  }
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return ParseOutcome::kMalformed;
  days = static_cast<int32_t>(daysFromCivil(year, month, day));
  return ParseOutcome::kOk;
}

ParseOutcome parseI64(std::string_view text, int64_t& value) { return parseInteger(text, value); }
ParseOutcome parseU64(std::string_view text, uint64_t& value) { return parseInteger(text, value); }
ParseOutcome parseF64(std::string_view text, double& value) { return parseFloat(text, value); }
ParseOutcome parseF32(std::string_view text, float& value) { return parseFloat(text, value); }

}  // namespace streamrt
