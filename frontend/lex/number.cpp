#include "frontend/lex/number.h"

#include <array>
#include <utility>

namespace streamc::lex {

namespace {

using U128 = unsigned __int128;
constexpr U128 kGreatest = ~static_cast<U128>(0);

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordChar(char c) { return isDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A cursor over the text; every take… moves on only if it fits.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool take(char c) { return at < text.size() && text[at] == c ? (++at, true) : false; }
  bool take(std::string_view word) { return text.substr(at).starts_with(word) ? (at += word.size(), true) : false; }
  bool takeAny(std::string_view chars) {
    return at < text.size() && chars.find(text[at]) != std::string_view::npos ? (++at, true) : false;
  }
  bool takeDigits() {
    const std::size_t begin = at;
    while (isDigit(peek())) ++at;
    return at != begin;
  }
  bool takeDigits(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!isDigit(peek(i))) return false;
    }
    at += count;
    return true;
  }
  // \d[\d_]*
  bool takeGroupedDigits() {
    if (!isDigit(peek())) return false;
    while (isDigit(peek()) || peek() == '_') ++at;
    return true;
  }
  // \.\d+
  bool takeFraction() {
    if (peek() != '.' || !isDigit(peek(1))) return false;
    ++at;
    return takeDigits();
  }
  bool atWordEnd() const { return !isWordChar(peek()); }
};

struct Unit {
  std::string_view name;
  std::uint64_t ns;
};
// Two-letter names first: "ms" is not "m" and a stray "s".
constexpr std::array<Unit, 7> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"d", 86'400'000'000'000}}};

const Unit* takeUnit(Cursor& cursor) {
  for (const Unit& unit : kUnits) {
    if (cursor.take(unit.name)) return &unit;
  }
  return nullptr;
}

std::size_t rateLength(std::string_view text) {
  Cursor c{text};
  c.takeGroupedDigits();
  c.takeFraction();
  c.takeAny("kMG");
  return c.take('/') && c.takeAny("smhd") && c.atWordEnd() ? c.at : 0;
}

std::size_t durationLength(std::string_view text) {
  Cursor c{text};
  do {
    c.takeDigits();
    c.takeFraction();
    if (takeUnit(c) == nullptr) return 0;
  } while (isDigit(c.peek()));
  return c.atWordEnd() ? c.at : 0;
}

std::size_t sizeLength(std::string_view text) {
  Cursor c{text};
  c.takeDigits();
  c.takeFraction();
  if (c.takeAny("KMGT")) c.take('i');
  return c.take('B') && c.atWordEnd() ? c.at : 0;
}

std::size_t fractionLength(std::string_view text) {
  Cursor c{text};
  c.takeGroupedDigits();
  if (!c.take('.') || !c.takeGroupedDigits()) return 0;
  Cursor exponent = c;
  if (exponent.takeAny("eE")) {
    exponent.takeAny("+-");
    if (exponent.takeDigits()) return exponent.at;
  }
  return c.at;
}

std::size_t integerLength(std::string_view text) {
  Cursor c{text};
  c.takeGroupedDigits();
  c.takeAny("kMG");
  return c.atWordEnd() ? c.at : 0;
}

// An exact decimal number: digits × 10^-scale. The value saturates; `too_large` remembers it.
struct Decimal {
  U128 digits = 0;
  unsigned scale = 0;
  bool too_large = false;

  void push(unsigned digit) {
    if (__builtin_mul_overflow(digits, U128{10}, &digits) || __builtin_add_overflow(digits, U128{digit}, &digits)) {
      too_large = true;
    }
    if (too_large) digits = kGreatest;
  }
};

bool multiply(U128& value, U128 factor) {
  if (!__builtin_mul_overflow(value, factor, &value)) return true;
  value = kGreatest;
  return false;
}

// Reads \d[\d_]*(\.\d+)?
Decimal takeDecimal(Cursor& c) {
  Decimal out;
  bool fraction = false;
  std::size_t zeros = 0;  // held back, so that trailing zeros of a fraction do not count
  for (;; ++c.at) {
    const char ch = c.peek();
    if (ch == '_') continue;
    if (ch == '.' && !fraction && isDigit(c.peek(1))) {
      fraction = true;
      continue;
    }
    if (!isDigit(ch)) return out;
    if (fraction && ch == '0') {
      ++zeros;
      continue;
    }
    for (; zeros != 0 && !out.too_large; --zeros, ++out.scale) out.push(0);
    zeros = 0;
    out.push(static_cast<unsigned>(ch - '0'));
    if (fraction) ++out.scale;
  }
}

U128 powerOfTen(unsigned exponent) {
  U128 out = 1;
  while (exponent-- != 0 && multiply(out, 10)) {
  }
  return out;
}

U128 suffixFactor(char suffix) {
  switch (suffix) {
    case 'k':
    case 'K':
      return 1'000;
    case 'M':
      return 1'000'000;
    case 'G':
      return 1'000'000'000;
    case 'T':
      return 1'000'000'000'000;
    default:
      return 1;
  }
}

// value × factor ÷ 10^scale, which must come out whole.
ValueError scaled(const Decimal& number, U128 factor, U128& out) {
  out = kGreatest;
  if (number.too_large) return ValueError::kTooLarge;
  U128 product = number.digits;
  if (!multiply(product, factor)) return ValueError::kTooLarge;
  const U128 divisor = powerOfTen(number.scale);
  out = product / divisor;
  return product % divisor == 0 ? ValueError::kNone : ValueError::kNotWhole;
}

ValueError durationValue(std::string_view text, NumberValue& out) {
  Cursor c{text};
  U128 total_ns = 0;
  bool whole = true;
  while (c.at < text.size()) {
    const Decimal number = takeDecimal(c);
    const Unit* unit = takeUnit(c);
    U128 ns = 0;
    const ValueError error = scaled(number, unit->ns, ns);
    if (error == ValueError::kTooLarge || __builtin_add_overflow(total_ns, ns, &total_ns)) return ValueError::kTooLarge;
    whole = whole && error == ValueError::kNone;
  }
  const U128 us = total_ns / 1'000;
  if (us > static_cast<U128>(INT64_MAX)) return ValueError::kTooLarge;
  out.us = static_cast<std::int64_t>(us);
  out.ns_rest = static_cast<std::uint32_t>(total_ns % 1'000);
  return whole ? ValueError::kNone : ValueError::kNotWhole;
}

ValueError sizeValue(std::string_view text, NumberValue& out) {
  Cursor c{text};
  const Decimal number = takeDecimal(c);
  const char suffix = c.peek();
  U128 factor = suffixFactor(suffix);
  if (c.peek(1) == 'i') {
    const unsigned shift = suffix == 'K' ? 10 : suffix == 'M' ? 20 : suffix == 'G' ? 30 : 40;
    factor = static_cast<U128>(1) << shift;
  }
  const ValueError error = scaled(number, factor, out.value);
  if (out.value <= INT64_MAX) return error;
  out.value = INT64_MAX;
  return ValueError::kTooLarge;
}

ValueError rateValue(std::string_view text, NumberValue& out) {
  Cursor c{text};
  const Decimal number = takeDecimal(c);
  const U128 factor = suffixFactor(c.peek());
  c.takeAny("kMG");
  c.take('/');
  const Unit* unit = takeUnit(c);
  U128 count = number.digits;
  U128 per_us = unit->ns / 1'000;
  if (number.too_large || !multiply(count, factor) || !multiply(per_us, powerOfTen(number.scale))) {
    return ValueError::kTooLarge;
  }
  U128 a = count;
  for (U128 b = per_us; b != 0;) a = std::exchange(b, a % b);
  if (count / a > UINT64_MAX || per_us / a > UINT64_MAX) return ValueError::kTooLarge;
  out.value = count / a;
  out.per_us = static_cast<std::uint64_t>(per_us / a);
  return ValueError::kNone;
}

unsigned twoDigits(std::string_view text, std::size_t at) {
  return static_cast<unsigned>(text[at] - '0') * 10 + static_cast<unsigned>(text[at + 1] - '0');
}

unsigned daysInMonth(unsigned year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

constexpr std::int64_t kSecondUs = 1'000'000;

// Reads .d+ into microseconds. False if there are finer digits.
bool takeMicroseconds(Cursor& c, std::int64_t& us) {
  bool whole = true;
  std::int64_t scale = kSecondUs;
  for (; isDigit(c.peek()); ++c.at) {
    scale /= 10;
    if (scale == 0 && c.peek() != '0') whole = false;
    us += scale * (c.peek() - '0');
  }
  return whole;
}

}  // namespace

ScannedNumber scanNumber(std::string_view text) {
  using Form = std::pair<TokenKind, std::size_t (*)(std::string_view)>;
  constexpr std::array<Form, 5> kForms = {{{TokenKind::kRate, rateLength},
                                           {TokenKind::kDuration, durationLength},
                                           {TokenKind::kSize, sizeLength},
                                           {TokenKind::kFloat, fractionLength},
                                           {TokenKind::kInt, integerLength}}};
  for (const auto& [kind, length_of] : kForms) {
    if (const std::size_t length = length_of(text); length != 0) return {kind, length};
  }
  Cursor c{text};
  while (isWordChar(c.peek()) || (c.peek() == '.' && isDigit(c.peek(1)))) ++c.at;
  return {TokenKind::kError, c.at};
}

ValueError numberValue(TokenKind kind, std::string_view text, NumberValue& out) {
  switch (kind) {
    case TokenKind::kDuration:
      return durationValue(text, out);
    case TokenKind::kSize:
      return sizeValue(text, out);
    case TokenKind::kRate:
      return rateValue(text, out);
    default: {
      Cursor c{text};
      const Decimal number = takeDecimal(c);
      return scaled(number, suffixFactor(c.peek()), out.value);
    }
  }
}

std::size_t scanTimestamp(std::string_view text) {
  Cursor c{text};
  if (!c.take('@') || !c.takeDigits(4) || !c.take('-') || !c.takeDigits(2) || !c.take('-') || !c.takeDigits(2))
    return 0;
  // Each optional part is taken whole or not at all.
  Cursor time = c;
  if (!time.take('T') || !time.takeDigits(2) || !time.take(':') || !time.takeDigits(2)) return c.at;
  Cursor seconds = time;
  if (seconds.take(':') && seconds.takeDigits(2)) {
    seconds.takeFraction();
    time = seconds;
  }
  Cursor zone = time;
  if (zone.take('Z')) return zone.at;
  if (zone.takeAny("+-") && zone.takeDigits(2) && zone.take(':') && zone.takeDigits(2)) return zone.at;
  return time.at;
}

std::int64_t daysFromCivil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

ValueError timestampValue(std::string_view text, NumberValue& out) {
  // @yyyy-mm-ddThh:mm[:ss[.f]][zone]
  // 0123456789012345678
  const unsigned year = twoDigits(text, 1) * 100 + twoDigits(text, 3);
  const unsigned month = twoDigits(text, 6);
  const unsigned day = twoDigits(text, 9);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return ValueError::kNoSuchDate;
  out.us = daysFromCivil(year, month, day) * 86'400 * kSecondUs;
  if (text.size() == 11) return ValueError::kNone;

  const unsigned hour = twoDigits(text, 12);
  const unsigned minute = twoDigits(text, 15);
  Cursor c{text, 17};
  unsigned second = 0;
  bool whole = true;
  if (c.take(':')) {
    second = twoDigits(text, c.at);
    c.at += 2;
    if (c.take('.')) whole = takeMicroseconds(c, out.us);
  }
  if (hour > 23 || minute > 59 || second > 59) return ValueError::kNoSuchTime;
  out.us += (static_cast<std::int64_t>(hour) * 3600 + minute * 60 + second) * kSecondUs;
  if (c.at < text.size() && c.peek() != 'Z') {
    const unsigned zone_hour = twoDigits(text, c.at + 1);
    const unsigned zone_minute = twoDigits(text, c.at + 4);
    if (zone_hour > 23 || zone_minute > 59) return ValueError::kNoSuchZone;
    const std::int64_t offset = (static_cast<std::int64_t>(zone_hour) * 3600 + zone_minute * 60) * kSecondUs;
    out.us += c.peek() == '-' ? offset : -offset;
  }
  return whole ? ValueError::kNone : ValueError::kNotWhole;
}

}  // namespace streamc::lex
