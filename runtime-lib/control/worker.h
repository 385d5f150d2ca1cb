// A worker: the stages that run on one thread, downstream ones first, so that what is on its way leaves before more
// comes in. One step of a worker is one step of one stage; it never waits.
#ifndef RUNTIME_LIB_CONTROL_WORKER_H
#define RUNTIME_LIB_CONTROL_WORKER_H

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
  void add(std::unique_ptr<Stage> stage) { stages_.push_back({std::move(stage)}); }

  // Called once, on the worker's thread, after its last step.
  void onDone(std::function<void()> call) { on_done_ = std::move(call); }

  Step step() override;

 private:
  struct Entry {
    std::unique_ptr<Stage> stage;
    bool done = false;
  };
  Step finish();

  RunState& state_;
  std::function<void()> on_done_;
  std::vector<Entry> stages_;
};

}  // namespace streamrt

#endif
