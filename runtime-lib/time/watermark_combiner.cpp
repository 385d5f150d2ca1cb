#include "runtime-lib/time/watermark_combiner.h"

#include <algorithm>

namespace streamrt {

void WatermarkCombiner::set(size_t input, Watermark watermark) {
  inputs_[input].time = std::max(inputs_[input].time, watermark.time);
  inputs_[input].idle = watermark.idle;
}

bool WatermarkCombiner::advance() {
  int64_t least = kMaxTime;
  int64_t greatest = kMinTime;
  bool any_active = false;
  for (const Watermark& input : inputs_) {
    greatest = std::max(greatest, input.time);
    if (input.idle) continue;
    any_active = true;
    least = std::min(least, input.time);
  }
  bool any_idle = std::any_of(inputs_.begin(), inputs_.end(), [](const Watermark& input) { return input.idle; });
  Watermark next;
  if (any_active && (least != kMaxTime || !any_idle)) {
    next = {std::max(combined_.time, least), false};
  } else if (any_idle) {
    // The active ones, if any, are at their end: what is left is idle. Its greatest watermark counts, not the end.
    greatest = kMinTime;
    for (const Watermark& input : inputs_) {
      if (input.idle) greatest = std::max(greatest, input.time);
    }
    next = {std::max(combined_.time, greatest), true};
  } else {
    next = {kMaxTime, false};  // no inputs at all
  }
  bool changed = next.time != combined_.time || next.idle != combined_.idle;
  combined_ = next;
  return changed;
}

int64_t WatermarkCombiner::leastOfOthers(size_t input) const {
  int64_t least = kMaxTime;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (i != input && !inputs_[i].idle) least = std::min(least, inputs_[i].time);
  }
  return least;
}

}  // namespace streamrt
