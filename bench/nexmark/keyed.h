// Count (and sum) per bidder and window of 10 s by hand.
#pragma once

#include "bench/nexmark/image.h"

namespace bench {

// One thread over the whole image. `expected_keys` sizes the tables in advance.
template <bool with_sum>
Result groupRows(const Image& image, uint64_t expected_keys);
template <bool with_sum>
Result groupColumns(const Image& image, uint64_t expected_keys);
// Two threads: each routes every other chunk by key to the thread that owns it, a round of chunks at a time.
template <bool with_sum>
Result groupTwoThreads(const Image& image, uint64_t expected_keys, double* cpu_s);

}  // namespace bench
