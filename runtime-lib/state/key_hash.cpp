#include "runtime-lib/state/key_hash.h"

int64_t stream_state_hash_long(void* key, int64_t size, int64_t seed) {
  return static_cast<int64_t>(XXH3_64bits_withSeed(key, static_cast<size_t>(size), static_cast<XXH64_hash_t>(seed)));
}
