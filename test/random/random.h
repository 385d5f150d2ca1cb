// A generator of numbers that gives the same sequence for a seed everywhere (splitmix64).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace streamc::random_programs {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t bound) { return next() % bound; }
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  bool chance(unsigned percent) { return below(100) < percent; }

  template <class T>
  const T& pick(const std::vector<T>& options) {
    return options[below(options.size())];
  }
  std::string pick(std::initializer_list<const char*> options) { return options.begin()[below(options.size())]; }
  template <class T>
  T pick(std::initializer_list<T> options) {
    return options.begin()[below(options.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace streamc::random_programs
