// Whether the job goes on, seen by every actor: it runs, drains (sources stop, everything in flight is finished, open
// windows stay open), or has failed (everybody stops where he is). The first failure is kept. Thread safe.
#ifndef RUNTIME_LIB_CORE_RUN_STATE_H
#define RUNTIME_LIB_CORE_RUN_STATE_H

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/core/waker.h"

namespace streamrt {

class RunState {
 public:
  // REQUIRES: before the actors run.
  void addWaker(Waker& waker) { wakers_.push_back(&waker); }

  bool draining() const { return draining_.load(std::memory_order_acquire); }
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  // Nobody is interested in what sources still have.
  bool stopping() const { return draining() || failed(); }

  void drain() {
    draining_.store(true, std::memory_order_release);
    wakeAll();
  }
  void fail(Error error) {
    {
      std::lock_guard lock(mutex_);
      if (!error_) error_ = std::move(error);
    }
    failed_.store(true, std::memory_order_release);
    wakeAll();
  }
  std::optional<Error> error() const {
    std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  void wakeAll() {
    for (Waker* waker : wakers_) waker->wake();
  }

  std::vector<Waker*> wakers_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> failed_{false};
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace streamrt

#endif
