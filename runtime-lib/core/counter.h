// A number that one thread counts up and any thread may read: a plain store and load, no locked instruction.
#ifndef RUNTIME_LIB_CORE_COUNTER_H
#define RUNTIME_LIB_CORE_COUNTER_H

#include <atomic>
#include <cstdint>

namespace streamrt {

class Counter {
 public:
  void add(uint64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace streamrt

#endif
