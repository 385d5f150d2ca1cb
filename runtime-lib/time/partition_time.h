// Event time of one source partition, as the hot functions see it. The rule ("Late, exactly"): the watermark just
// before a record is the greatest event time of the partition's earlier records minus `wait`, −∞ before the first. With
// several partitions on a worker the least of the active ones counts, as far as it has been seen; and a watermark that
// the worker has told others never comes back lower.
//
// Owned by time/source_watermarks.h, which refreshes `others`, `floor` and `limit` between batches. One thread.
#ifndef RUNTIME_LIB_TIME_PARTITION_TIME_H
#define RUNTIME_LIB_TIME_PARTITION_TIME_H

#include <cstdint>
#include <optional>

struct StreamPartitionTime {
  int64_t watermark_us = INT64_MIN;  // greatest event time − wait
  int64_t others_us = INT64_MAX;     // the least watermark of the worker's other active partitions; +∞ without any
  int64_t floor_us = INT64_MIN;      // the last watermark that left this worker
  int64_t wait_us = 0;
  int64_t limit_us = INT64_MAX;          // the greatest event time that max_ahead allows now
  int64_t last_us = 0;                   // the event time observed last
  uint32_t observed = 0;                 // how many were observed in this batch
  uint32_t unobserved = 0;               // how many rows of this batch were rejected before they were observed
  uint32_t unobserved_row = UINT32_MAX;  // the last of them

  // Tells about a record; returns the watermark just before it.
  __attribute__((always_inline)) int64_t observe(int64_t event_time_us) {
    last_us = event_time_us;
    ++observed;
    int64_t before = watermark_us;
    int64_t reached;
    if (__builtin_sub_overflow(event_time_us, wait_us, &reached)) reached = INT64_MIN;
    watermark_us = reached > before ? reached : before;
    before = before < others_us ? before : others_us;
    return before > floor_us ? before : floor_us;
  }

  // The event time of the row that is being rejected, when it was observed. Rows are observed in their order, so the
  // count tells whether last_us is this row's. Cold.
  std::optional<int64_t> eventTimeOfRejected(uint32_t row) {
    if (row == unobserved_row) return std::nullopt;
    if (observed == row - unobserved + 1) return last_us;
    if (observed == row - unobserved) {
      ++unobserved;
      unobserved_row = row;
    }
    return std::nullopt;
  }
};

#endif
