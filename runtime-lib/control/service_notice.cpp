#include "runtime-lib/control/service_notice.h"

#include <charconv>

namespace streamrt {

ServiceNotice::ServiceNotice(Env& env, RunState& state, std::vector<const Worker*> workers,
                             std::function<bool()> finished)
    : Actor(env, "service"),
      env_(env),
      state_(state),
      workers_(std::move(workers)),
      finished_(std::move(finished)),
      steps_(workers_.size(), 0) {
  int64_t watchdog_us = 0;
  const std::string text = env.variable("WATCHDOG_USEC").value_or("");
  std::from_chars(text.data(), text.data() + text.size(), watchdog_us);
  if (watchdog_us > 0) every_us_ = std::max<int64_t>(watchdog_us / 2, 1);
}

bool ServiceNotice::anyStuck() {
  bool stuck = false;
  for (size_t i = 0; i < workers_.size(); ++i) {
    const uint64_t steps = workers_[i]->stepsBegun();
    stuck |= workers_[i]->isInStep() && steps == steps_[i];
    steps_[i] = steps;
  }
  return stuck;
}

Step ServiceNotice::step() {
  const bool ends = finished_() || state_.failed();
  if (!said_ready_ && !ends) env_.notifyService("READY=1");
  said_ready_ = true;
  if ((ends || state_.draining()) && !said_stopping_) {
    env_.notifyService("STOPPING=1");
    said_stopping_ = true;
  }
  if (ends) return Step::done();
  if (every_us_ == 0) return Step::idle(kNever);
  const int64_t now_us = env_.monotonicUs();
  if (now_us >= next_us_) {
    if (!anyStuck()) env_.notifyService("WATCHDOG=1");
    next_us_ = now_us + every_us_;
  }
  return Step::idle(next_us_);
}

}  // namespace streamrt
