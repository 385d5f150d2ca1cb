// Hand-written programs over the image: what one writes in C++ for exactly one query, row by row and column by column.
// They are what the engine is compared with, so they prefetch, batch and reserve as well as we know how.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "bench/nexmark/image.h"

namespace bench {

// Runs on `threads` threads (1 or 2) and adds to cpu_s[thread] what each used.
using Program = std::function<Result(const Image&, unsigned threads, double* cpu_s)>;

struct Query {
  std::string_view name;  // also of jobs/<name>.stream
  uint64_t keys;          // of bidders; 0: as generated
  Program row, column;
};
std::vector<Query> queries();

// CPU time of the calling thread, and wall time, in seconds.
double threadSeconds();
double wallSeconds();

}  // namespace bench
