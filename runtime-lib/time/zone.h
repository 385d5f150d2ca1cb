// Time zones: what the clocks of a place show at an instant, and which instant a time of theirs names. Read from the
// system's time zone database: TZif files as of RFC 9636, with the rule at their end for the years behind their table.
//
// Zones are loaded by name when a job starts and stay for the life of the process; looking one up takes no lock.
// Parsing is pure; reading the file is the caller's.
#ifndef RUNTIME_LIB_TIME_ZONE_H
#define RUNTIME_LIB_TIME_ZONE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamrt {

class Zone {
 public:
  Zone() = default;  // UTC

  // Nothing: the bytes are no TZif file of version 2 or above.
  static std::optional<Zone> parse(std::string_view tzif);

  struct Clock {
    int32_t offset_s = 0;  // east of UTC
    std::string_view name = "UTC";
  };
  Clock at(int64_t utc_s) const;

  // The instants, at most two and in order, at which the clocks show that time (seconds since 1970 as the clocks
  // count).
  struct Instants {
    int count = 0;
    int64_t utc_s[2] = {};
  };
  Instants whenShown(int64_t local_s) const;

 private:
  struct Type {
    int32_t offset_s;
    bool is_dst;
    std::string name;
  };
  // A day and time of the year at which a rule changes the clocks.
  struct YearDay {
    enum class Kind : uint8_t { kJulian, kDayOfYear, kMonthWeekDay } kind = Kind::kJulian;
    int32_t month = 0, week = 0, day = 0;
    int64_t time_s = 0;
    int64_t inYear(int64_t year) const;  // local seconds since 1970
  };
  struct Rule {
    Type standard, daylight;
    bool has_daylight = false;
    YearDay begins, ends;  // of daylight saving time
  };

  bool parseRule(std::string_view text);
  Clock byRule(int64_t utc_s) const;

  std::vector<int64_t> transitions_;  // ascending
  std::vector<uint8_t> type_of_;      // from that transition on
  std::vector<Type> types_;
  std::optional<Rule> rule_;
};

// Makes a zone known under its name, when the job starts, before any worker runs.
void addZone(std::string name, Zone zone);
// Null when it is not known. "UTC" always is.
const Zone* zoneNamed(std::string_view name);

}  // namespace streamrt

#endif
