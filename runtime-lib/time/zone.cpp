#include "runtime-lib/time/zone.h"

#include <algorithm>
#include <map>

#include "runtime-lib/core/civil.h"

namespace streamrt {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;

// Big-endian numbers and texts of a file, one behind the other; `ok` turns false at its end.
struct Bytes {
  std::string_view rest;
  bool ok = true;

  std::string_view take(size_t count) {
    if (rest.size() < count) {
      ok = false;
      return {};
    }
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  int64_t number(size_t count) {
    const std::string_view bytes = take(count);
    if (bytes.empty()) return 0;
    uint64_t value = (bytes[0] & 0x80) != 0 ? ~uint64_t{0} : 0;
    for (char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
    return static_cast<int64_t>(value);
  }
};

struct Header {
  char version = 0;
  int64_t utc_flags = 0, standard_flags = 0, leaps = 0, transitions = 0, types = 0, name_bytes = 0;
  // Bytes of the data behind it, with times of so many bytes.
  size_t dataBytes(size_t time_bytes) const {
    return static_cast<size_t>(transitions) * (time_bytes + 1) + static_cast<size_t>(types) * 6 +
           static_cast<size_t>(name_bytes) + static_cast<size_t>(leaps) * (time_bytes + 4) +
           static_cast<size_t>(standard_flags + utc_flags);
  }
};

std::optional<Header> readHeader(Bytes& bytes) {
  constexpr size_t kReserved = 15;
  if (bytes.take(4) != "TZif") return std::nullopt;
  const std::string_view version = bytes.take(1);
  bytes.take(kReserved);
  Header header;
  for (int64_t* count : {&header.utc_flags, &header.standard_flags, &header.leaps, &header.transitions, &header.types,
                         &header.name_bytes}) {
    *count = bytes.number(4);
    if (*count < 0) return std::nullopt;
  }
  if (!bytes.ok || header.types == 0 || header.types > 256) return std::nullopt;
  header.version = version[0];
  return header;
}

// ---- the rule: a POSIX TZ text ----

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool accept(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

bool readNumber(std::string_view& text, int64_t& value) {
  if (text.empty() || !isDigit(text[0])) return false;
  value = 0;
  for (; !text.empty() && isDigit(text[0]) && value < 100'000; text.remove_prefix(1))
    value = value * 10 + (text[0] - '0');
  return true;
}

// EST, <+0530>
bool readName(std::string_view& text, std::string& name) {
  const bool quoted = accept(text, '<');
  size_t size = 0;
  while (size < text.size() &&
         (quoted ? text[size] != '>' : (text[size] | 0x20) >= 'a' && (text[size] | 0x20) <= 'z')) {
    ++size;
  }
  name = text.substr(0, size);
  text.remove_prefix(size);
  return !name.empty() && (!quoted || accept(text, '>'));
}

// [+-]h[h[h]][:mm[:ss]]
bool readTime(std::string_view& text, int64_t& seconds) {
  const bool negative = !accept(text, '+') && accept(text, '-');
  int64_t part = 0;
  if (!readNumber(text, part)) return false;
  seconds = part * 3600;
  for (int64_t unit : {60, 1}) {
    if (!accept(text, ':')) break;
    if (!readNumber(text, part)) return false;
    seconds += part * unit;
  }
  if (negative) seconds = -seconds;
  return true;
}

}  // namespace

// ---------------------------------------------------------------- rules

int64_t Zone::YearDay::inYear(int64_t year) const {
  int64_t days = 0;
  switch (kind) {
    case Kind::kJulian:  // 1 to 365, the 29th of February is never counted
      days = daysFromCivil(year, 1, 1) + day - 1 + (isLeapYear(year) && day >= 60 ? 1 : 0);
      break;
    case Kind::kDayOfYear:  // 0 to 365
      days = daysFromCivil(year, 1, 1) + day;
      break;
    case Kind::kMonthWeekDay: {  // the week-th such day of the month, the fifth is the last; 0 is Sunday
      const auto month_number = static_cast<uint32_t>(month);
      const int64_t first = daysFromCivil(year, month_number, 1);
      const int64_t first_weekday = floorMod(first + 4, 7);  // 1970-01-01 was a Thursday
      days = first + floorMod(day - first_weekday, 7) + (week - 1) * 7;
      while (days >= first + daysOfMonth(year, month_number)) days -= 7;
      break;
    }
  }
  return days * kSecondsPerDay + time_s;
}

bool Zone::parseRule(std::string_view text) {
  Rule rule;
  int64_t west = 0;
  if (!readName(text, rule.standard.name) || !readTime(text, west)) return false;
  rule.standard.offset_s = static_cast<int32_t>(-west);
  if (!text.empty()) {
    rule.has_daylight = true;
    if (!readName(text, rule.daylight.name)) return false;
    rule.daylight.offset_s = rule.standard.offset_s + 3600;
    if (!text.empty() && text[0] != ',') {
      if (!readTime(text, west)) return false;
      rule.daylight.offset_s = static_cast<int32_t>(-west);
    }
    for (YearDay* day : {&rule.begins, &rule.ends}) {
      int64_t number = 0;
      if (!accept(text, ',')) return false;
      day->time_s = 7200;
      if (accept(text, 'M')) {
        day->kind = YearDay::Kind::kMonthWeekDay;
        int64_t month = 0, week = 0;
        if (!readNumber(text, month) || !accept(text, '.') || !readNumber(text, week) || !accept(text, '.'))
          return false;
        if (month < 1 || month > 12 || week < 1 || week > 5) return false;
        day->month = static_cast<int32_t>(month);
        day->week = static_cast<int32_t>(week);
      } else {
        day->kind = accept(text, 'J') ? YearDay::Kind::kJulian : YearDay::Kind::kDayOfYear;
      }
      if (!readNumber(text, number) || number > 365) return false;
      day->day = static_cast<int32_t>(number);
      if (accept(text, '/') && !readTime(text, day->time_s)) return false;
    }
  }
  if (!text.empty()) return false;
  rule_ = std::move(rule);
  return true;
}

Zone::Clock Zone::byRule(int64_t utc_s) const {
  auto clock = [](const Type& type) { return Clock{type.offset_s, type.name}; };
  if (!rule_->has_daylight) return clock(rule_->standard);
  const int64_t year = civilFromDays(floorDiv(utc_s + rule_->standard.offset_s, kSecondsPerDay)).year;
  // The last change before the instant says: of this year's, or of a year's beside it.
  bool daylight = false;
  int64_t latest = INT64_MIN;
  for (int64_t near = year - 1; near <= year + 1; ++near) {
    const int64_t begins = rule_->begins.inYear(near) - rule_->standard.offset_s;
    const int64_t ends = rule_->ends.inYear(near) - rule_->daylight.offset_s;
    if (begins <= utc_s && begins >= latest) {
      latest = begins;
      daylight = true;
    }
    if (ends <= utc_s && ends > latest) {
      latest = ends;
      daylight = false;
    }
  }
  return clock(daylight ? rule_->daylight : rule_->standard);
}

// ---------------------------------------------------------------- files

std::optional<Zone> Zone::parse(std::string_view tzif) {
  Bytes bytes{tzif};
  std::optional<Header> header = readHeader(bytes);
  if (!header || header->version < '2') return std::nullopt;
  bytes.take(header->dataBytes(4));  // the same with times of 32 bits
  header = readHeader(bytes);
  if (!header || !bytes.ok || bytes.rest.size() < header->dataBytes(8)) return std::nullopt;

  Zone zone;
  for (int64_t i = 0; i < header->transitions; ++i) zone.transitions_.push_back(bytes.number(8));
  for (int64_t i = 0; i < header->transitions; ++i) zone.type_of_.push_back(static_cast<uint8_t>(bytes.number(1)));
  std::vector<uint8_t> name_at;
  for (int64_t i = 0; i < header->types; ++i) {
    const auto offset = static_cast<int32_t>(bytes.number(4));
    const bool is_dst = bytes.number(1) != 0;
    name_at.push_back(static_cast<uint8_t>(bytes.number(1)));
    zone.types_.push_back({offset, is_dst, {}});
  }
  const std::string_view names = bytes.take(static_cast<size_t>(header->name_bytes));
  for (size_t i = 0; i < zone.types_.size(); ++i) {
    if (name_at[i] >= names.size()) return std::nullopt;
    zone.types_[i].name = names.substr(name_at[i], names.find('\0', name_at[i]) - name_at[i]);
  }
  const bool types_exist =
      std::all_of(zone.type_of_.begin(), zone.type_of_.end(), [&](uint8_t type) { return type < zone.types_.size(); });
  if (!bytes.ok || !types_exist || !std::is_sorted(zone.transitions_.begin(), zone.transitions_.end()))
    return std::nullopt;

  bytes.take(header->dataBytes(8) - static_cast<size_t>(header->transitions) * 9 - zone.types_.size() * 6 -
             names.size());
  if (bytes.take(1) == "\n") {
    const size_t end = bytes.rest.find('\n');
    if (end != std::string_view::npos && end > 0 && !zone.parseRule(bytes.rest.substr(0, end))) return std::nullopt;
  }
  return zone;
}

Zone::Clock Zone::at(int64_t utc_s) const {
  if (types_.empty()) return {};
  auto clock = [&](size_t type) { return Clock{types_[type].offset_s, types_[type].name}; };
  const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), utc_s);
  if (next == transitions_.end() && rule_) return byRule(utc_s);
  if (next == transitions_.begin()) return clock(0);
  return clock(type_of_[static_cast<size_t>(next - transitions_.begin()) - 1]);
}

// Between two changes of the clocks lies more than this; the greatest change is a day (across the date line).
Zone::Instants Zone::whenShown(int64_t local_s) const {
  constexpr int64_t kFarS = 26 * 3600;
  Instants found;
  const int32_t offsets[] = {at(local_s - kFarS).offset_s, at(local_s + kFarS).offset_s};
  for (int32_t offset : offsets) {
    const int64_t utc_s = local_s - offset;
    if (at(utc_s).offset_s != offset || (found.count == 1 && found.utc_s[0] == utc_s)) continue;
    found.utc_s[found.count++] = utc_s;
  }
  if (found.count == 2 && found.utc_s[0] > found.utc_s[1]) std::swap(found.utc_s[0], found.utc_s[1]);
  return found;
}

// ---------------------------------------------------------------- the zones of the process

namespace {

std::map<std::string, Zone, std::less<>>& zones() {
  static std::map<std::string, Zone, std::less<>> zones = {{"UTC", Zone()}};
  return zones;
}

}  // namespace

void addZone(std::string name, Zone zone) { zones().insert_or_assign(std::move(name), std::move(zone)); }

const Zone* zoneNamed(std::string_view name) {
  const auto found = zones().find(name);
  return found == zones().end() ? nullptr : &found->second;
}

}  // namespace streamrt
