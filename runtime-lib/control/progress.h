// The live line on a terminal: records in and out, rate, how far the watermark is behind the clock, rejected and late
// records. An actor of its own that looks at the counters a few times a second; it sleeps on a deadline in between.
#ifndef RUNTIME_LIB_CONTROL_PROGRESS_H
#define RUNTIME_LIB_CONTROL_PROGRESS_H

#include <atomic>
#include <functional>
#include <string>

#include "runtime-lib/core/run_state.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

struct ProgressNumbers {
  uint64_t records_in = 0;
  uint64_t records_out = 0;
  uint64_t rejected = 0;
  uint64_t late = 0;
  int64_t watermark_us = INT64_MIN;
  bool finished = false;  // every worker is done
};

class ProgressLine : public Actor {
 public:
  ProgressLine(Env& env, RunState& state, std::string job, std::function<ProgressNumbers()> read);

  Step step() override;

 private:
  std::string line(const ProgressNumbers& numbers, int64_t now_us) const;

  Env& env_;
  RunState& state_;
  std::string job_;
  std::function<ProgressNumbers()> read_;
  int64_t next_us_ = 0;
  int64_t last_us_ = 0;
  uint64_t last_in_ = 0;
  bool shown_ = false;
};

// 12,345,678 as "12.3 M", 950 as "950": for people.
std::string shortCount(double value);
// 93 s as "1m33s".
std::string shortDuration(int64_t us);

}  // namespace streamrt

#endif
