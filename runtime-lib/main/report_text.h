// What a run says at its end: one line for people, one JSON object for machines.
#ifndef RUNTIME_LIB_MAIN_REPORT_TEXT_H
#define RUNTIME_LIB_MAIN_REPORT_TEXT_H

#include <string>
#include <string_view>

#include "runtime-lib/control/runtime.h"

namespace streamrt {

// "earthquakes: 1,707 in, 410 out, 298 late, 3 rejected (2 decode, 1 cast) in 0.02 s"
std::string summaryLine(std::string_view job, const RunReport& report);
// {"job":…,"seconds":…,"workers":…,"in":{…},"out":{…},"rejected":{…},"late":…,…} with '\n'.
std::string statisticsJson(std::string_view job, const RunReport& report);
bool hasLosses(const RunReport& report);  // something was rejected or late

// 1707 as "1,707".
std::string grouped(uint64_t value);

}  // namespace streamrt

#endif
