// Event time of the partitions of one source on one worker: what stream_time_observe works on, the watermark that
// leaves the worker, idleness by processing time, and the limit of max_ahead. Used by the source's stage between
// batches.
#ifndef RUNTIME_LIB_TIME_SOURCE_WATERMARKS_H
#define RUNTIME_LIB_TIME_SOURCE_WATERMARKS_H

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime-lib/time/partition_time.h"
#include "runtime-lib/time/watermark_combiner.h"

namespace streamrt {

class SourceWatermarks {
 public:
  struct Options {
    int64_t wait_us = 0;
    std::optional<int64_t> idle_us;
    std::optional<int64_t> max_ahead_us;
    bool has_time = false;  // the process observes event times; otherwise only the end advances the watermark
  };

  SourceWatermarks(size_t partitions, Options options, int64_t now_us);

  // Before the process runs over records of a partition. Times: monotonic clock, wall clock.
  StreamPartitionTime* begin(size_t partition, int64_t now_us, int64_t wall_us);
  // After it.
  void finish(size_t partition);
  // The partition was read out: nothing more comes from it.
  void end(size_t partition);
  // Marks the partitions idle that have been silent for too long; returns when the next one will be (kMaxTime: never).
  int64_t checkIdle(int64_t now_us);

  // The watermark to send when it has changed since the last call.
  std::optional<Watermark> takeAdvance();
  int64_t current() const { return combiner_.combined().time; }

 private:
  struct Partition {
    StreamPartitionTime time;
    int64_t last_record_us = 0;
    bool idle = false;
    bool ended = false;
  };

  Options options_;
  std::vector<Partition> partitions_;
  WatermarkCombiner combiner_;
};

}  // namespace streamrt

#endif
