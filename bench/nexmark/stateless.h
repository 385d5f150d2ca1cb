// q0, q1 and q2 of NEXMark by hand.
#pragma once

#include "bench/nexmark/image.h"

namespace bench {

Result passRows(const Image& image, uint64_t first_chunk, uint64_t step);
Result passColumns(const Image& image, uint64_t first_chunk, uint64_t step);
Result currencyRows(const Image& image, uint64_t first_chunk, uint64_t step);
Result currencyColumns(const Image& image, uint64_t first_chunk, uint64_t step);
Result filterRows(const Image& image, uint64_t first_chunk, uint64_t step);
Result filterColumns(const Image& image, uint64_t first_chunk, uint64_t step);

}  // namespace bench
