#include "runtime-lib/builtins/time_pattern.h"

#include <array>

#include "runtime-lib/core/civil.h"

namespace streamrt {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
constexpr size_t kShortName = 3;

// What a conversion stands for, when it stands for others.
std::string_view expansionOf(char conversion) {
  switch (conversion) {
    case 'F':
      return "%Y-%m-%d";
    case 'T':
      return "%H:%M:%S";
    case 'R':
      return "%H:%M";
    case 'D':
      return "%m/%d/%y";
    default:
      return {};
  }
}

// ---------------------------------------------------------------- writing

class Writer {
 public:
  Writer(int64_t micros, const Zone& zone) {
    utc_s_ = floorDiv(micros, kMicrosPerSecond);
    fraction_ = floorMod(micros, kMicrosPerSecond);
    clock_ = zone.at(utc_s_);
    const int64_t local_s = utc_s_ + clock_.offset_s;
    days_ = floorDiv(local_s, kSecondsPerDay);
    second_ = floorMod(local_s, kSecondsPerDay);
    date_ = civilFromDays(days_);
    weekday_ = floorMod(days_ + 3, 7);
    day_of_year_ = days_ - daysFromCivil(date_.year, 1, 1);
  }

  bool write(std::string_view pattern) {
    for (size_t at = 0; at < pattern.size(); ++at) {
      if (pattern[at] != '%') {
        text.push_back(pattern[at]);
        continue;
      }
      if (++at == pattern.size()) return false;
      const bool with_colon = pattern[at] == ':';
      if (with_colon && ++at == pattern.size()) return false;
      if (with_colon && pattern[at] != 'z') return false;
      if (!convert(pattern[at], with_colon)) return false;
    }
    return true;
  }

  std::string text;

 private:
  void number(int64_t value, size_t digits, char fill = '0') {
    std::string number = std::to_string(value < 0 ? -value : value);
    if (value < 0) text.push_back('-');
    if (number.size() < digits) text.append(digits - number.size(), fill);
    text += number;
  }

  bool convert(char conversion, bool with_colon) {
    if (std::string_view expansion = expansionOf(conversion); !expansion.empty()) return write(expansion);
    switch (conversion) {
      case 'Y':
        number(date_.year, 4);
        return true;
      case 'y':
        number(floorMod(date_.year, 100), 2);
        return true;
      case 'm':
        number(date_.month, 2);
        return true;
      case 'd':
        number(date_.day, 2);
        return true;
      case 'e':
        number(date_.day, 2, ' ');
        return true;
      case 'j':
        number(day_of_year_ + 1, 3);
        return true;
      case 'H':
        number(second_ / 3600, 2);
        return true;
      case 'I':
        number((second_ / 3600 + 11) % 12 + 1, 2);
        return true;
      case 'M':
        number(second_ / 60 % 60, 2);
        return true;
      case 'S':
        number(second_ % 60, 2);
        return true;
      case 'f':
        number(fraction_, 6);
        return true;
      case 'p':
        text += second_ < kSecondsPerDay / 2 ? "AM" : "PM";
        return true;
      case 'b':
      case 'h':
        text += kMonths[date_.month - 1].substr(0, kShortName);
        return true;
      case 'B':
        text += kMonths[date_.month - 1];
        return true;
      case 'a':
        text += kDays[static_cast<size_t>(weekday_)].substr(0, kShortName);
        return true;
      case 'A':
        text += kDays[static_cast<size_t>(weekday_)];
        return true;
      case 'u':
        number(weekday_ + 1, 1);
        return true;
      case 'w':
        number((weekday_ + 1) % 7, 1);
        return true;
      case 'G':
      case 'V':
        week(conversion == 'G');
        return true;
      case 'z':
        offset(with_colon);
        return true;
      case 'Z':
        text += clock_.name;
        return true;
      case 's':
        number(utc_s_, 1);
        return true;
      case 'n':
        text.push_back('\n');
        return true;
      case 't':
        text.push_back('\t');
        return true;
      case '%':
        text.push_back('%');
        return true;
      default:
        return false;
    }
  }

  // The ISO 8601 week is that of its Thursday.
  void week(bool year_of_it) {
    const int64_t thursday = days_ - weekday_ + 3;
    const int64_t year = civilFromDays(thursday).year;
    if (year_of_it) return number(year, 4);
    number((thursday - daysFromCivil(year, 1, 1)) / 7 + 1, 2);
  }

  void offset(bool with_colon) {
    const int32_t minutes = (clock_.offset_s < 0 ? -clock_.offset_s : clock_.offset_s) / 60;
    text.push_back(clock_.offset_s < 0 ? '-' : '+');
    number(minutes / 60, 2);
    if (with_colon) text.push_back(':');
    number(minutes % 60, 2);
  }

  int64_t utc_s_ = 0, fraction_ = 0, days_ = 0, second_ = 0, weekday_ = 0, day_of_year_ = 0;
  Zone::Clock clock_;
  CivilDate date_{};
};

// ---------------------------------------------------------------- reading

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool read(std::string_view pattern) {
    for (size_t at = 0; at < pattern.size(); ++at) {
      if (isBlank(pattern[at])) {
        skipBlanks();
      } else if (pattern[at] != '%') {
        if (!accept(pattern[at])) return false;
      } else {
        if (++at == pattern.size()) return false;
        if (pattern[at] == ':' && (++at == pattern.size() || pattern[at] != 'z')) return false;
        if (!convert(pattern[at])) return false;
      }
    }
    return true;
  }
  bool atEnd() const { return rest_.empty(); }

  // The local time in seconds; or the instant, when the text says the offset.
  std::optional<int64_t> seconds() const {
    if (unix_s_) return unix_s_;
    if (!year_) return std::nullopt;
    int64_t hour = hour_;
    if (half_day_) {
      if (hour < 1 || hour > 12) return std::nullopt;
      hour = hour % 12 + (*half_day_ ? 12 : 0);
    }
    int64_t days = 0;
    if (day_of_year_) {
      if (*day_of_year_ > (isLeapYear(*year_) ? 366 : 365)) return std::nullopt;
      days = daysFromCivil(*year_, 1, 1) + *day_of_year_ - 1;
    } else {
      if (day_ > daysOfMonth(*year_, month_)) return std::nullopt;
      days = daysFromCivil(*year_, month_, day_);
    }
    return days * kSecondsPerDay + hour * 3600 + minute_ * 60 + second_ - offset_s_.value_or(0);
  }
  bool isInstant() const { return unix_s_ || offset_s_; }
  int64_t fraction() const { return fraction_; }

 private:
  void skipBlanks() {
    while (!rest_.empty() && isBlank(rest_[0])) rest_.remove_prefix(1);
  }
  bool accept(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Up to so many digits, at least one.
  bool number(size_t digits_max, int64_t least, int64_t most, int64_t& value) {
    size_t count = 0;
    value = 0;
    for (; count < digits_max && !rest_.empty() && isDigit(rest_[0]); ++count) {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return count > 0 && value >= least && value <= most;
  }

  // A name, or its first three letters; its index.
  template <size_t size>
  bool name(const std::array<std::string_view, size>& names, int64_t& index) {
    for (size_t i = 0; i < size; ++i) {
      for (std::string_view candidate : {names[i], names[i].substr(0, kShortName)}) {
        if (rest_.size() < candidate.size()) continue;
        bool same = true;
        for (size_t c = 0; c < candidate.size(); ++c) same &= lowered(rest_[c]) == lowered(candidate[c]);
        if (!same) continue;
        rest_.remove_prefix(candidate.size());
        index = static_cast<int64_t>(i);
        return true;
      }
    }
    return false;
  }

  bool offset() {
    if (accept('Z') || accept('z')) {
      offset_s_ = 0;
      return true;
    }
    const bool west = !rest_.empty() && rest_[0] == '-';
    int64_t hours = 0, minutes = 0;
    if (!accept('+') && !accept('-')) return false;
    if (!number(2, 0, 23, hours)) return false;
    accept(':');
    if (!rest_.empty() && isDigit(rest_[0]) && !number(2, 0, 59, minutes)) return false;
    offset_s_ = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
  }

  bool fractionDigits() {
    int64_t unit = 100'000;
    size_t count = 0;
    fraction_ = 0;
    for (; !rest_.empty() && isDigit(rest_[0]); ++count, unit /= 10) {
      if (count >= 6 && rest_[0] != '0') return false;
      fraction_ += (rest_[0] - '0') * unit;
      rest_.remove_prefix(1);
    }
    return count > 0;
  }

  bool convert(char conversion) {
    if (std::string_view expansion = expansionOf(conversion); !expansion.empty()) return read(expansion);
    int64_t value = 0;
    switch (conversion) {
      case 'Y':
        if (!number(4, 0, 9999, value)) return false;
        year_ = value;
        return true;
      case 'y':
        if (!number(2, 0, 99, value)) return false;
        year_ = value + (value < 69 ? 2000 : 1900);
        return true;
      case 'm':
        if (!number(2, 1, 12, value)) return false;
        month_ = static_cast<uint32_t>(value);
        return true;
      case 'b':
      case 'h':
      case 'B':
        if (!name(kMonths, value)) return false;
        month_ = static_cast<uint32_t>(value + 1);
        return true;
      case 'e':
        skipBlanks();
        [[fallthrough]];
      case 'd':
        if (!number(2, 1, 31, value)) return false;
        day_ = static_cast<uint32_t>(value);
        return true;
      case 'j':
        if (!number(3, 1, 366, value)) return false;
        day_of_year_ = value;
        return true;
      case 'a':
      case 'A':
        return name(kDays, value);
      case 'H':
        return number(2, 0, 23, hour_);
      case 'I':
        return number(2, 1, 12, hour_);
      case 'M':
        return number(2, 0, 59, minute_);
      case 'S':
        return number(2, 0, 59, second_);
      case 'f':
        return fractionDigits();
      case 'p': {
        const std::string_view half = rest_.substr(0, 2);
        if (half.size() < 2 || lowered(half[1]) != 'm' || (lowered(half[0]) != 'a' && lowered(half[0]) != 'p'))
          return false;
        half_day_ = lowered(half[0]) == 'p';
        rest_.remove_prefix(2);
        return true;
      }
      case 'z':
        return offset();
      case 's': {
        const bool negative = accept('-');
        if (!number(12, 0, 999'999'999'999, value)) return false;
        unix_s_ = negative ? -value : value;
        return true;
      }
      case 'n':
      case 't':
        skipBlanks();
        return true;
      case '%':
        return accept('%');
      default:
        return false;
    }
  }

  std::string_view rest_;
  std::optional<int64_t> year_, day_of_year_, unix_s_, offset_s_;
  std::optional<bool> half_day_;
  uint32_t month_ = 1, day_ = 1;
  int64_t hour_ = 0, minute_ = 0, second_ = 0, fraction_ = 0;
};

}  // namespace

std::optional<std::string> formatInstant(int64_t micros, std::string_view pattern, const Zone& zone) {
  Writer writer(micros, zone);
  if (!writer.write(pattern)) return std::nullopt;
  return std::move(writer.text);
}

std::optional<int64_t> readInstant(std::string_view text, std::string_view pattern, const Zone& zone, bool later) {
  Reader reader(text);
  if (!reader.read(pattern) || !reader.atEnd()) return std::nullopt;
  std::optional<int64_t> seconds = reader.seconds();
  if (!seconds) return std::nullopt;
  if (!reader.isInstant()) {
    const Zone::Instants instants = zone.whenShown(*seconds);
    if (instants.count == 0) return std::nullopt;
    seconds = instants.utc_s[later ? instants.count - 1 : 0];
  }
  return *seconds * kMicrosPerSecond + reader.fraction();
}

}  // namespace streamrt
