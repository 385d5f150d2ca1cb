#include "runtime-lib/control/gate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace streamrt {

Result<std::optional<Gate>> Gate::make(const Options& options) {
  if (!options.has("limit") && !options.has("throttle")) return std::optional<Gate>();
  Gate gate;
  if (options.has("limit")) {
    Result<int64_t> count = options.integer("limit");
    if (!count) return std::unexpected(count.error());
    if (*count < 0)
      return failure(ErrorCode::kBadOption, fmt::format("{} of {} rows is no number", options.owner(), *count));
    gate.limit_ = *count;
    return gate;
  }
  Result<double> rate = options.number("throttle");
  if (!rate) return std::unexpected(rate.error());
  if (!(*rate >= 1e-6 && *rate <= 1e12)) {
    return failure(ErrorCode::kBadOption,
                   fmt::format("{}: {} rows a second is not between 1e-6 and 1e12", options.owner(), *rate));
  }
  gate.period_us_ = 1e6 / *rate;
  return gate;
}

int64_t Gate::dueAt(int64_t n) const {
  double after_us = std::ceil(static_cast<double>(n) * period_us_);
  return after_us < 9e18 - static_cast<double>(state.start_us) ? state.start_us + static_cast<int64_t>(after_us)
                                                               : INT64_MAX;
}

void Gate::arrive(int64_t now_us) {
  if (limit_) return;
  if (state.rows_passed > 0 && now_us <= dueAt(state.rows_passed) + kSlackUs) return;
  state = {0, now_us};
}

uint32_t Gate::admit(uint32_t waiting, int64_t now_us, bool draining) {
  uint32_t count = waiting;
  if (limit_) {
    count = static_cast<uint32_t>(std::min<int64_t>(waiting, *limit_ - state.rows_passed));
  } else if (!draining) {
    if (now_us < dueAt(state.rows_passed)) return 0;
    double due = std::floor(static_cast<double>(now_us - state.start_us) / period_us_) + 1;
    count = static_cast<uint32_t>(std::clamp(due - static_cast<double>(state.rows_passed), 1.0, double{UINT32_MAX}));
    count = std::min(count, waiting);
  }
  state.rows_passed += count;
  return count;
}

int64_t Gate::wakeAt(int64_t now_us) const { return std::max(dueAt(state.rows_passed), now_us + kWakeUs); }

}  // namespace streamrt
