// The time zones that a job names, read from the system's database when it starts.
#ifndef RUNTIME_LIB_MAIN_ZONES_H
#define RUNTIME_LIB_MAIN_ZONES_H

#include <string>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

// Makes them known to zoneNamed(). The files are below the directory that TZDIR names, else /usr/share/zoneinfo.
// kNoZone: one is not there or is no zone. Call it before any worker runs.
Result<void> loadZones(const std::vector<std::string>& names, Env& env);

}  // namespace streamrt

#endif
