// The hash of a key: XXH3-64 of its canonical bytes with the job's seed. The top 8 bits are the key group for ever; the
// bits after them choose the segment, the lowest bits the place inside it. Short keys are hashed inline (they are most
// keys, and a constant size folds to a few instructions); the others by a call. Pure.
#ifndef RUNTIME_LIB_STATE_KEY_HASH_H
#define RUNTIME_LIB_STATE_KEY_HASH_H

#include <cstdint>

#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>

extern "C" int64_t stream_state_hash_long(void* key, int64_t size, int64_t seed);

namespace streamrt {

inline constexpr int64_t kShortKeyBytes = 16;

__attribute__((always_inline)) inline uint64_t hashKey(uint64_t seed, const void* key, int64_t size) {
  if (size <= kShortKeyBytes) {
    return XXH3_len_0to16_64b(static_cast<const xxh_u8*>(key), static_cast<size_t>(size), XXH3_kSecret, seed);
  }
  return static_cast<uint64_t>(stream_state_hash_long(const_cast<void*>(key), size, static_cast<int64_t>(seed)));
}

}  // namespace streamrt

#endif
