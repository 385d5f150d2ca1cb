// A job's facts as text in Prometheus' exposition format 0.0.4: each family once, with HELP and TYPE, its samples
// behind it.
#ifndef RUNTIME_LIB_CONTROL_METRICS_H
#define RUNTIME_LIB_CONTROL_METRICS_H

#include <string>

#include "runtime-lib/control/job_facts.h"

namespace streamrt {

constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

std::string metricsText(const JobFacts& facts);

}  // namespace streamrt

#endif
