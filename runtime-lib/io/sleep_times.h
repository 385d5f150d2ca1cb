// How long an actor has slept and why: idle (nothing to do) or blocked (no room for results); the rest of its life it
// was busy. Written by the actor's thread around each sleep, where two looks at the clock are nothing beside the system
// call; read by anyone at any time, the sleep that lasts included. A sequence number tells a reader that it met a
// change.
#ifndef RUNTIME_LIB_IO_SLEEP_TIMES_H
#define RUNTIME_LIB_IO_SLEEP_TIMES_H

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace streamrt {

class SleepTimes {
 public:
  void start(int64_t now_us) { started_us_.store(now_us); }
  void begin(bool blocked, int64_t now_us) {
    change([&] {
      blocked_.store(blocked, std::memory_order_relaxed);
      since_us_.store(now_us, std::memory_order_relaxed);
    });
  }
  void end(int64_t now_us) {
    change([&] {
      int64_t slept = now_us - since_us_.load(std::memory_order_relaxed);
      auto& sum = blocked_.load(std::memory_order_relaxed) ? blocked_us_ : idle_us_;
      sum.store(sum.load(std::memory_order_relaxed) + slept, std::memory_order_relaxed);
      since_us_.store(kAwake, std::memory_order_relaxed);
    });
  }

  struct Totals {
    int64_t busy_us = 0, idle_us = 0, blocked_us = 0;
  };
  Totals at(int64_t now_us) const {
    for (;;) {
      uint32_t before = sequence_.load(std::memory_order_acquire);
      Totals sum{0, idle_us_.load(std::memory_order_relaxed), blocked_us_.load(std::memory_order_relaxed)};
      int64_t since = since_us_.load(std::memory_order_relaxed);
      bool blocked = blocked_.load(std::memory_order_relaxed);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (before % 2 != 0 || sequence_.load(std::memory_order_relaxed) != before) continue;
      if (since != kAwake) (blocked ? sum.blocked_us : sum.idle_us) += std::max<int64_t>(0, now_us - since);
      int64_t started = started_us_.load();
      if (started != kAwake) sum.busy_us = std::max<int64_t>(0, now_us - started - sum.idle_us - sum.blocked_us);
      return sum;
    }
  }

 private:
  static constexpr int64_t kAwake = INT64_MIN;

  template <class Change>
  void change(Change apply) {
    uint32_t number = sequence_.load(std::memory_order_relaxed);
    sequence_.store(number + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    apply();
    sequence_.store(number + 2, std::memory_order_release);
  }

  std::atomic<uint32_t> sequence_{0};
  std::atomic<int64_t> started_us_{kAwake}, since_us_{kAwake}, idle_us_{0}, blocked_us_{0};
  std::atomic<bool> blocked_{false};
};

}  // namespace streamrt

#endif
