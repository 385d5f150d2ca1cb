// What a job tells the service manager that started it, by the protocol of systemd's sd_notify(3): READY=1 when it has
// opened everything and taken up its checkpoint, STOPPING=1 when it is asked to stop or comes to its end, and
// WATCHDOG=1 twice in each WATCHDOG_USEC for as long as no worker is stuck. A worker is stuck when it is in one and the
// same step as at the notice before; then nothing is said and the manager does what its unit says.
//
// An actor of its own, made only where NOTIFY_SOCKET is set.
#ifndef RUNTIME_LIB_CONTROL_SERVICE_NOTICE_H
#define RUNTIME_LIB_CONTROL_SERVICE_NOTICE_H

#include <functional>
#include <vector>

#include "runtime-lib/control/worker.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

class ServiceNotice : public Actor {
 public:
  // `finished`: all workers are done; it is woken then.
  ServiceNotice(Env& env, RunState& state, std::vector<const Worker*> workers, std::function<bool()> finished);

  Step step() override;

 private:
  bool anyStuck();

  Env& env_;
  RunState& state_;
  const std::vector<const Worker*> workers_;
  const std::function<bool()> finished_;
  std::vector<uint64_t> steps_;  // of each worker, at the notice before
  int64_t every_us_ = 0;         // 0: nobody watches
  int64_t next_us_ = 0;
  bool said_ready_ = false;
  bool said_stopping_ = false;
};

}  // namespace streamrt

#endif
