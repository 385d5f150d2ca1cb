#include "runtime-lib/time/source_watermarks.h"

#include <algorithm>

namespace streamrt {

SourceWatermarks::SourceWatermarks(size_t partitions, Options options, uint32_t batch_rows)
    : options_(options),
      advances_(options.has_time && options.wait_us.has_value()),
      times_us_(batch_rows),
      partitions_(partitions),
      combiner_(partitions) {
  for (Partition& partition : partitions_) {
    partition.time.wait_us = options_.wait_us.value_or(0);
    partition.time.room_us = times_us_.data();
    partition.time.capacity = batch_rows;
  }
}

void SourceWatermarks::restore(size_t index, int64_t watermark_us) {
  partitions_[index].time.watermark_us = watermark_us;
  if (advances_) combiner_.set(index, {watermark_us, false});
}

StreamPartitionTime* SourceWatermarks::begin(size_t index, int64_t wall_us) {
  Partition& partition = partitions_[index];
  partition.quiet_since_us.reset();
  partition.idle = false;
  combiner_.set(index, {advances_ ? partition.time.watermark_us : kMinTime, false});
  partition.time.others_us = advances_ ? combiner_.leastOfOthers(index) : kMinTime;
  partition.time.floor_us = combiner_.combined().time;
  partition.time.observed = 0;
  partition.time.times_us = partition.time.room_us;
  partition.time.unobserved.clear();
  if (options_.max_ahead_us && __builtin_add_overflow(wall_us, *options_.max_ahead_us, &partition.time.limit_us)) {
    partition.time.limit_us = INT64_MAX;
  }
  return &partition.time;
}

void SourceWatermarks::finish(size_t index) {
  if (advances_) combiner_.set(index, {partitions_[index].time.watermark_us, false});
}

void SourceWatermarks::end(size_t index) {
  partitions_[index].ended = true;
  partitions_[index].idle = false;
  combiner_.set(index, {kMaxTime, false});
}

void SourceWatermarks::quiet(size_t index, int64_t now_us) {
  if (!partitions_[index].quiet_since_us) partitions_[index].quiet_since_us = now_us;
}

int64_t SourceWatermarks::checkIdle(int64_t now_us) {
  int64_t next_us = kMaxTime;
  if (!options_.idle_us) return next_us;
  for (size_t i = 0; i < partitions_.size(); ++i) {
    Partition& partition = partitions_[i];
    if (partition.ended || partition.idle || !partition.quiet_since_us) continue;
    int64_t at_us = *partition.quiet_since_us + *options_.idle_us;
    if (at_us > now_us) {
      next_us = std::min(next_us, at_us);
      continue;
    }
    partition.idle = true;
    combiner_.set(i, {advances_ ? partition.time.watermark_us : kMinTime, true});
  }
  return next_us;
}

std::optional<Watermark> SourceWatermarks::takeAdvance() {
  if (!combiner_.advance()) return std::nullopt;
  return combiner_.combined();
}

}  // namespace streamrt
