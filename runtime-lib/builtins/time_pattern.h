// Instants by strftime patterns, in English and without a locale. Pure; the zone tells what clocks show.
//
//   %Y %y %m %d %e %j %H %I %M %S %p    numbers, as in C; %f microseconds, six digits
//   %b %h %B %a %A %u %w %G %V          names of months and days, numbers of weekdays, ISO 8601 week and its year
//   %z %:z %Z %s                        offset +0130, +01:30, name of the zone's time, seconds since 1970
//   %F %T %R %D %n %t %%                %Y-%m-%d, %H:%M:%S, %H:%M, %m/%d/%y, line end, tab, a percent sign
//
// Reading: numbers may have fewer digits than are written (but %f, whose digits are a fraction's), names any case, a
// blank of the pattern stands for any number of blanks, and the whole text must be read. There must be a year; month
// and day are 1, and the time is 0, when the pattern does not say. %u %w %G %V %Z cannot be read.
#ifndef RUNTIME_LIB_BUILTINS_TIME_PATTERN_H
#define RUNTIME_LIB_BUILTINS_TIME_PATTERN_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime-lib/time/zone.h"

namespace streamrt {

// Nothing: the pattern has a conversion that is not in the list.
std::optional<std::string> formatInstant(int64_t micros, std::string_view pattern, const Zone& zone);

// Nothing: the text does not follow the pattern, is no time of the zone (clocks skip it), or is out of range. Of a time
// that happens twice the earlier, or the `later`.
std::optional<int64_t> readInstant(std::string_view text, std::string_view pattern, const Zone& zone, bool later);

}  // namespace streamrt

#endif
