#include "runtime-lib/control/worker.h"

#include <algorithm>

namespace streamrt {

Step Worker::finish() {
  if (on_done_) on_done_();
  return Step::done();
}

Step Worker::step() {
  if (state_.failed()) return finish();
  int64_t deadline_us = kNever;
  bool blocked = false;
  bool all_done = true;
  for (size_t i = stages_.size(); i-- > 0;) {
    if (stages_[i].done) continue;
    Step step = stages_[i].stage->step();
    switch (step.kind) {
      case Step::Kind::kRan:
        return step;
      case Step::Kind::kDone:
        stages_[i].done = true;
        continue;
      case Step::Kind::kBlocked:
        blocked = true;
        break;
      case Step::Kind::kIdle:
        break;
    }
    all_done = false;
    deadline_us = std::min(deadline_us, step.deadline_us);
  }
  if (all_done) return finish();
  return blocked ? Step::blocked(deadline_us) : Step::idle(deadline_us);
}

}  // namespace streamrt
