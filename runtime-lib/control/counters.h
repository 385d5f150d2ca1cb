// What a worker counts for the progress line, the summary and the final statistics. Each counter has one writer, the
// worker; anyone may read. The numbers are those of the plan: sources, sinks, sites.
#ifndef RUNTIME_LIB_CONTROL_COUNTERS_H
#define RUNTIME_LIB_CONTROL_COUNTERS_H

#include <atomic>
#include <cstdint>
#include <vector>

#include "runtime-lib/core/event.h"

namespace streamrt {

class Counter {
 public:
  void add(uint64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct WorkerCounters {
  WorkerCounters(size_t sources, size_t sinks, size_t sites)
      : records_in(sources), records_out(sinks), rejected(sites) {}

  std::vector<Counter> records_in;   // decoded or not, by source
  std::vector<Counter> records_out;  // encoded, by sink
  std::vector<Counter> rejected;     // by site
  Counter late;
  Counter windows_fired;
  Counter windows_open;  // still open when the job drained
  Counter errors_lost;   // rejects of errors that had nowhere to go
  bool has_partitions = false;
  std::atomic<int64_t> watermark_us{kMinTime};  // the least that left this worker's sources
};

}  // namespace streamrt

#endif
