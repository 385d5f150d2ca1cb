// The stages of a job: which processes run together on a worker, and in which order the stages depend on each other.
//
// A process that reads a source or an exchange roots a stage, unless it runs inside of another
// (JobPlan::takeOneWorker). With it run, by direct call, the processes that its tables fire into, and one instance of
// every errors process that its rejects can reach. So watermarks and End of a stage's outputs have one owner, errors
// included.
#ifndef RUNTIME_LIB_CONTROL_TOPOLOGY_H
#define RUNTIME_LIB_CONTROL_TOPOLOGY_H

#include <cstdint>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/core/job_plan.h"

namespace streamrt {

struct StageTopology {
  uint32_t root = 0;  // process
  // The root, fired ones (a table's owner before what it fires into), those behind a flatten (after its writer), errors
  // processes.
  std::vector<uint32_t> processes;
  std::vector<uint32_t> tables;    // in the order in which they fire
  std::vector<uint32_t> flattens;  // one behind another's process stands behind that
  std::vector<uint32_t> errors;    // the `errors` that have an instance here
  std::vector<uint32_t> inside;    // processes behind exchanges that run as parts of these
};

// Upstream stages first. Fails when rejects of a stage feed a stage before it.
Result<std::vector<StageTopology>> stagesOf(const JobPlan& plan);

}  // namespace streamrt

#endif
