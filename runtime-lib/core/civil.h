// The proleptic Gregorian calendar in UTC, on days since 1970-01-01. Pure and constexpr; also part of the hot bitcode.
//
// Years are shifted to begin in March, so that the leap day is the last day of a year; a cycle of 400 such years has
// 146,097 days. Source of the method: E. G. Richards, "Mapping Time", Oxford 1998, chapter 25.
#ifndef RUNTIME_LIB_CORE_CIVIL_H
#define RUNTIME_LIB_CORE_CIVIL_H

#include <cstdint>

namespace streamrt {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

// Quotient rounded down; remainder from 0. REQUIRES: b > 0.
constexpr int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
constexpr int64_t floorMod(int64_t a, int64_t b) { return a % b + (a % b < 0 ? b : 0); }

struct CivilDate {
  int64_t year;
  uint32_t month;  // 1…12
  uint32_t day;    // 1…31
};

inline constexpr int64_t kDaysPerCycle = 146'097;
inline constexpr int64_t kDaysToMarchOfYear0 = 719'468;  // from 0000-03-01 to 1970-01-01

constexpr CivilDate civilFromDays(int64_t days) {
  const int64_t shifted = days + kDaysToMarchOfYear0;
  const int64_t cycle = floorDiv(shifted, kDaysPerCycle);
  const auto day_of_cycle = static_cast<uint32_t>(shifted - cycle * kDaysPerCycle);
  // Of the days before, leap days are taken out: one in 1,461 days, none in 36,524, one in 146,097.
  const uint32_t year_of_cycle =
      (day_of_cycle - day_of_cycle / 1'460 + day_of_cycle / 36'524 - day_of_cycle / 146'096) / 365;
  const uint32_t day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  const uint32_t month_from_march = (5 * day_of_year + 2) / 153;  // five months have 153 days
  const uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int64_t>(year_of_cycle) + cycle * 400 + (month <= 2 ? 1 : 0), month, day};
}

// REQUIRES: a date that exists.
constexpr int64_t daysFromCivil(int64_t year, uint32_t month, uint32_t day) {
  const int64_t shifted_year = year - (month <= 2 ? 1 : 0);
  const int64_t cycle = floorDiv(shifted_year, 400);
  const auto year_of_cycle = static_cast<uint32_t>(shifted_year - cycle * 400);
  const uint32_t month_from_march = month > 2 ? month - 3 : month + 9;
  const uint32_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const uint32_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
  return cycle * kDaysPerCycle + day_of_cycle - kDaysToMarchOfYear0;
}

constexpr bool isLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr uint32_t daysOfMonth(int64_t year, uint32_t month) {
  constexpr uint8_t kDays[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && isLeapYear(year) ? 1u : 0u);
}

}  // namespace streamrt

#endif
