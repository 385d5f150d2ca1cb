// A job's facts as JSON for people and scripts: what it does, and which partition everything waits for.
#ifndef RUNTIME_LIB_CONTROL_STATUS_H
#define RUNTIME_LIB_CONTROL_STATUS_H

#include <string>

#include "runtime-lib/control/job_facts.h"

namespace streamrt {

// One object, ending in a line end (docs/reference/control.md).
std::string statusJson(const JobFacts& facts);

}  // namespace streamrt

#endif
