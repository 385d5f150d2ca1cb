// A worker: the stages that run on one thread. One step of a worker is one step of one stage; it never waits.
//
// Downstream stages come first, so that what is on its way leaves before more comes in. Stages that read sources take
// turns, so an endless source does not keep another one waiting. And after kStreakMax steps of the others the next one
// of all in turn is asked first, so that what other workers send does not keep the own sources waiting, and with them
// event time.
#ifndef RUNTIME_LIB_CONTROL_WORKER_H
#define RUNTIME_LIB_CONTROL_WORKER_H

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "runtime-lib/control/stage.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

class Worker : public Actor {
 public:
  Worker(Env& env, RunState& state, std::string name) : Actor(env, std::move(name)), state_(state) {}

  // Upstream stages first, in the order of stagesOf.
  void add(std::unique_ptr<Stage> stage, bool reads_source) {
    (reads_source ? sources_ : stages_).push_back({std::move(stage)});
  }

  // Called once, on the worker's thread, after its last step.
  void onDone(std::function<void()> call) { on_done_ = std::move(call); }

  Step step() override;

  // For others: how many steps it has begun, and whether it is in one. A step that takes long is stuck.
  uint64_t stepsBegun() const { return steps_begun_.load(std::memory_order_relaxed); }
  bool isInStep() const { return in_step_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    std::unique_ptr<Stage> stage;
    bool done = false;
  };
  static constexpr uint32_t kStreakMax = 64;

  // What a round of stages comes to: the step of the one that ran, or how all of them stand.
  struct Round {
    bool blocked = false;
    bool all_done = true;
    int64_t deadline_us = kNever;
  };
  bool stepOne(Entry& entry, Round& round);
  bool stepInTurn(size_t count, const std::function<Entry&(size_t)>& entry, size_t& turn, Round& round);
  Step stepSome();
  Step finish();

  RunState& state_;
  std::function<void()> on_done_;
  std::vector<Entry> sources_;
  std::vector<Entry> stages_;  // the others
  size_t source_turn_ = 0;     // whose turn it is among sources_
  size_t any_turn_ = 0;        // … among all, sources first
  uint32_t streak_ = 0;        // steps of stages_ in a row
  std::atomic<uint64_t> steps_begun_{0};
  std::atomic<bool> in_step_{false};
};

}  // namespace streamrt

#endif
