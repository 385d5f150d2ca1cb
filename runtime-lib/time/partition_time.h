// Event time of one source partition, as the hot functions see it. The rule ("Late, exactly"): the watermark just
// before a record is the greatest event time of the partition's earlier records minus `wait`, −∞ before the first. With
// several partitions on a worker the least of the active ones counts, as far as it has been seen; and a watermark that
// the worker has told others never comes back lower.
//
// Owned by time/source_watermarks.h, which refreshes `others`, `floor` and `limit` between batches. One thread.
#ifndef RUNTIME_LIB_TIME_PARTITION_TIME_H
#define RUNTIME_LIB_TIME_PARTITION_TIME_H

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

struct StreamPartitionTime {
  int64_t watermark_us = INT64_MIN;  // greatest event time − wait
  int64_t others_us = INT64_MAX;     // the least watermark of the worker's other active partitions; +∞ without any
  int64_t floor_us = INT64_MIN;      // the last watermark that left this worker
  int64_t wait_us = 0;
  int64_t limit_us = INT64_MAX;  // the greatest event time that max_ahead allows now
  // The event times observed in this batch, in order, for error rows: in `room_us`, or in a column of the batch.
  int64_t* times_us = nullptr;
  int64_t* room_us = nullptr;
  uint32_t observed = 0;
  uint32_t capacity = 0;             // of times_us
  std::vector<uint32_t> unobserved;  // rows of this batch that were rejected before they were observed, ascending

  // Tells about a record; returns the watermark just before it.
  __attribute__((always_inline)) int64_t observe(int64_t event_time_us) {
    if (observed < capacity) times_us[observed] = event_time_us;
    ++observed;
    int64_t before = watermark_us;
    int64_t reached;
    if (__builtin_sub_overflow(event_time_us, wait_us, &reached)) reached = INT64_MIN;
    watermark_us = reached > before ? reached : before;
    before = before < others_us ? before : others_us;
    return before > floor_us ? before : floor_us;
  }

  // At least the watermark just before each record of a batch whose greatest event time is this.
  __attribute__((always_inline)) int64_t boundAfter(int64_t greatest_us) const {
    int64_t reached;
    if (__builtin_sub_overflow(greatest_us, wait_us, &reached)) reached = INT64_MIN;
    const int64_t before = std::min(std::max(reached, watermark_us), others_us);
    return std::max(before, floor_us);
  }

  // Tells about all records of a batch.
  __attribute__((always_inline)) void observeAll(int64_t greatest_us, int64_t* all_us, uint32_t rows) {
    times_us = all_us;
    observed = rows;
    int64_t reached;
    if (__builtin_sub_overflow(greatest_us, wait_us, &reached)) reached = INT64_MIN;
    if (reached > watermark_us) watermark_us = reached;
  }

  // The event time of a row that is rejected, when it was observed. Every row is observed once, in order, but for those
  // that were rejected before: so a row's place among the observed is known. Cold.
  std::optional<int64_t> eventTimeOf(uint32_t row) {
    auto at = std::lower_bound(unobserved.begin(), unobserved.end(), row);
    if (at != unobserved.end() && *at == row) return std::nullopt;
    auto place = row - static_cast<uint32_t>(at - unobserved.begin());
    if (place < observed && place < capacity) return times_us[place];
    unobserved.insert(at, row);
    return std::nullopt;
  }
};

#endif
