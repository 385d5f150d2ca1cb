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
    std::optional<int64_t> wait_us;  // none: the watermark stays at −∞ until the end of the input
    std::optional<int64_t> idle_us;
    std::optional<int64_t> max_ahead_us;
    bool has_time = false;  // the process observes event times; otherwise too only the end advances the watermark
  };

  // At most batch_rows records are observed between begin and finish.
  SourceWatermarks(size_t partitions, Options options, uint32_t batch_rows);

  // Goes on where a checkpoint left the partition.
  void restore(size_t partition, int64_t watermark_us);
  int64_t watermark(size_t partition) const { return partitions_[partition].time.watermark_us; }

  // Before the process runs over records of a partition.
  StreamPartitionTime* begin(size_t partition, int64_t wall_us);
  // After it.
  void finish(size_t partition);
  // The partition was read out: nothing more comes from it.
  void end(size_t partition);
  // The partition was asked and had nothing (more). It is idle after idle_us of this, by the monotonic clock: a
  // partition that has records which nobody took yet is not.
  void quiet(size_t partition, int64_t now_us);
  // Marks the partitions idle that have been silent for too long; returns when the next one will be (kMaxTime: never).
  int64_t checkIdle(int64_t now_us);

  // The watermark to send when it has changed since the last call.
  std::optional<Watermark> takeAdvance();
  // How a partition stands, for those who look at the job.
  struct View {
    int64_t watermark_us;
    bool idle, ended;
  };
  View view(size_t partition) const {
    return {combiner_.input(partition).time, partitions_[partition].idle, partitions_[partition].ended};
  }
  int64_t current() const { return combiner_.combined().time; }

 private:
  struct Partition {
    StreamPartitionTime time;
    std::optional<int64_t> quiet_since_us;
    bool idle = false;
    bool ended = false;
  };

  Options options_;
  bool advances_;
  std::vector<int64_t> times_us_;  // of the batch that is being processed
  std::vector<Partition> partitions_;
  WatermarkCombiner combiner_;
};

}  // namespace streamrt

#endif
