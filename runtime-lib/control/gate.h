// What a `limit` or a `throttle` lets through. It stands in front of the one stage that reads a gather exchange, so it
// sees all rows in the order in which they arrive: rows of one partition in theirs.
//
//  * limit n: the first n rows. Then it is shut: the stage tells time that it is over, throws away what still comes,
//  and
//    sources without an end that nobody else reads stop.
//  * throttle r: row k leaves at the earliest at max(its arrival, the earliest time of row k − 1 + 1/r). What has to
//  wait
//    is not taken out of the channel, so channels fill up and sources wait; nothing is dropped. A worker that wakes up
//    a little late makes up for it, so the rate is kept and not only bounded; after a pause of more than kSlackUs it
//    starts anew, so there are no bursts. A job that drains does not wait any more.
//
// One worker's; not thread safe. `state` is all that changes.
#ifndef RUNTIME_LIB_CONTROL_GATE_H
#define RUNTIME_LIB_CONTROL_GATE_H

#include <cstdint>
#include <optional>

#include "runtime-lib/core/error.h"
#include "runtime-lib/core/options.h"

namespace streamrt {

struct GateState {
  int64_t rows_passed = 0;  // limit: ever; throttle: since start_us
  int64_t start_us = 0;     // throttle: when the row 0 of rows_passed was due; 0 = none has come
};

class Gate {
 public:
  static constexpr int64_t kSlackUs = 10'000;
  static constexpr int64_t kWakeUs = 1'000;  // wakes at most that often

  // `options` are those of an exchange's `gate`; none: std::nullopt.
  static Result<std::optional<Gate>> make(const Options& options);

  // New rows have come, and none was waiting.
  void arrive(int64_t now_us);
  // How many of the waiting rows may leave now; they are counted as gone.
  uint32_t admit(uint32_t waiting, int64_t now_us, bool draining);
  // When the next one may.
  int64_t wakeAt(int64_t now_us) const;
  // Nothing will ever leave again.
  bool isShut() const { return limit_ && state.rows_passed >= *limit_; }

  // What a checkpoint keeps: how many rows a limit has let through. The pace of a throttle begins anew.
  int64_t rowsToKeep() const { return limit_ ? state.rows_passed : 0; }
  void restore(int64_t rows) {
    if (limit_) state.rows_passed = rows;
  }

  GateState state;

 private:
  // When row n of the current run is due.
  int64_t dueAt(int64_t n) const;

  std::optional<int64_t> limit_;
  double period_us_ = 0;  // throttle: between two rows
};

}  // namespace streamrt

#endif
