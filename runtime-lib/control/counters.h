// What a worker counts for the progress line, the summary and the final statistics. Each counter has one writer, the
// worker; anyone may read. The numbers are those of the plan: sources, sinks, sites.
#ifndef RUNTIME_LIB_CONTROL_COUNTERS_H
#define RUNTIME_LIB_CONTROL_COUNTERS_H

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "runtime-lib/core/counter.h"
#include "runtime-lib/core/event.h"
#include "runtime-lib/core/job_plan.h"

namespace streamrt {

// What of a table others may see. Kept only for a job that somebody watches (WorkerContext::watched).
struct TableCounters {
  std::atomic<uint64_t> bytes{0}, bytes_most{0}, bytes_held{0}, keys{0}, windows{0};
};

// The same of a partition.
struct PartitionCounters {
  enum State : uint8_t { kActive, kIdle, kEnded };
  uint32_t source = 0;
  int32_t number = 0;
  std::atomic<int64_t> watermark_us{kMinTime};
  std::atomic<uint8_t> state{kActive};
};

struct WorkerCounters {
  explicit WorkerCounters(const JobPlan& plan)
      : records_in(plan.sources.size()),
        undecodable(plan.sources.size()),
        records_out(plan.sinks.size()),
        rejected(plan.sites.size()),
        rows_in(plan.processes.size()),
        rows_out(plan.processes.size()),
        late(plan.processes.size()),
        tables(plan.tables.size()) {}

  std::vector<Counter> records_in;   // decoded or not, by source
  std::vector<Counter> undecodable;  // of these, by source
  std::vector<Counter> records_out;  // encoded, by sink
  std::vector<Counter> rejected;     // by site
  std::vector<Counter> rows_in;      // by process
  std::vector<Counter> rows_out;     // by process: sent to other workers and encoded
  std::vector<Counter> late;         // by process
  std::vector<TableCounters> tables;
  std::deque<PartitionCounters> partitions;  // those of this worker
  Counter windows_fired;
  Counter windows_open;  // still open when the job drained
  Counter errors_lost;   // rejects of errors that had nowhere to go
  bool has_partitions = false;
  std::atomic<int64_t> watermark_us{kMinTime};  // the least that left this worker's sources
};

}  // namespace streamrt

#endif
