#include "runtime-lib/control/worker.h"

#include <algorithm>

namespace streamrt {

Step Worker::finish() {
  if (on_done_) on_done_();
  return Step::done();
}

// Whether the stage did something.
bool Worker::stepOne(Entry& entry, Round& round) {
  if (entry.done) return false;
  Step step = entry.stage->step();
  switch (step.kind) {
    case Step::Kind::kRan:
      return true;
    case Step::Kind::kDone:
      entry.done = true;
      return false;
    case Step::Kind::kBlocked:
      round.blocked = true;
      break;
    case Step::Kind::kIdle:
      break;
  }
  round.all_done = false;
  round.deadline_us = std::min(round.deadline_us, step.deadline_us);
  return false;
}

// Asks them in turn, beginning with number `turn`; `turn` is then behind the one that ran.
bool Worker::stepInTurn(size_t count, const std::function<Entry&(size_t)>& entry, size_t& turn, Round& round) {
  for (size_t i = 0; i < count; ++i) {
    size_t index = (turn + i) % count;
    if (!stepOne(entry(index), round)) continue;
    turn = index + 1;
    return true;
  }
  return false;
}

Step Worker::step() {
  steps_begun_.store(steps_begun_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  in_step_.store(true, std::memory_order_relaxed);
  Step step = stepSome();
  in_step_.store(false, std::memory_order_relaxed);
  return step;
}

Step Worker::stepSome() {
  if (state_.failed()) return finish();
  Round round;
  auto source = [this](size_t i) -> Entry& { return sources_[i]; };
  auto any = [this](size_t i) -> Entry& { return i < sources_.size() ? sources_[i] : stages_[i - sources_.size()]; };
  if (streak_ >= kStreakMax) {
    streak_ = 0;
    if (stepInTurn(sources_.size() + stages_.size(), any, any_turn_, round)) return Step::ran();
  } else {
    for (size_t i = stages_.size(); i-- > 0;) {
      if (stepOne(stages_[i], round)) return ++streak_, Step::ran();
    }
    streak_ = 0;
    if (stepInTurn(sources_.size(), source, source_turn_, round)) return Step::ran();
  }
  if (round.all_done) return finish();
  return round.blocked ? Step::blocked(round.deadline_us) : Step::idle(round.deadline_us);
}

}  // namespace streamrt
