#include "runtime-lib/time/timer_queue.h"

namespace streamrt {

std::string windowKey(int64_t start_us) {
  uint64_t bits = static_cast<uint64_t>(start_us) ^ (uint64_t{1} << 63);
  std::string key(8, '\0');
  for (int i = 7; i >= 0; --i, bits >>= 8) key[static_cast<size_t>(i)] = static_cast<char>(bits & 0xff);
  return key;
}

int64_t windowStartOf(const Timer& timer) {
  uint64_t bits = 0;
  for (char byte : timer.key) bits = bits << 8 | static_cast<uint8_t>(byte);
  return static_cast<int64_t>(bits ^ (uint64_t{1} << 63));
}

}  // namespace streamrt
