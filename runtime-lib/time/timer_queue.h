// Timers in the order in which they fire: by time, then name, then key bytes. A timer of the same three is one timer.
// Windows register their end here (name: the table's operator, key: the window's start). One thread.
#ifndef RUNTIME_LIB_TIME_TIMER_QUEUE_H
#define RUNTIME_LIB_TIME_TIMER_QUEUE_H

#include <compare>
#include <cstdint>
#include <set>
#include <string>

namespace streamrt {

struct Timer {
  int64_t time_us = 0;
  std::string name;
  std::string key;
  auto operator<=>(const Timer&) const = default;
};

class TimerQueue {
 public:
  // False when it was there already.
  bool add(Timer timer) { return timers_.insert(std::move(timer)).second; }
  // The first timer that is due at this watermark (its time <= watermark); null when there is none.
  const Timer* due(int64_t watermark_us) const {
    return timers_.empty() || timers_.begin()->time_us > watermark_us ? nullptr : &*timers_.begin();
  }
  // REQUIRES: not empty.
  void popFirst() { timers_.erase(timers_.begin()); }
  size_t size() const { return timers_.size(); }

 private:
  std::set<Timer> timers_;
};

// A window's start as key bytes that sort like the number.
std::string windowKey(int64_t start_us);
int64_t windowStartOf(const Timer& timer);

}  // namespace streamrt

#endif
