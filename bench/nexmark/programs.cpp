#include "bench/nexmark/programs.h"

#include <ctime>
#include <thread>

#include "bench/nexmark/keyed.h"
#include "bench/nexmark/stateless.h"

namespace bench {
namespace {

double secondsOf(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// A query without state: every thread takes its chunks.
Program apart(Result (*run)(const Image&, uint64_t first_chunk, uint64_t step)) {
  return [run](const Image& image, unsigned threads, double* cpu_s) {
    std::vector<Result> results(threads);
    auto work = [&](unsigned self) {
      const double start = threadSeconds();
      results[self] = run(image, self, threads);
      cpu_s[self] += threadSeconds() - start;
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back(work, i);
    work(0);
    for (std::thread& other : others) other.join();
    Result sum;
    for (const Result& result : results) sum.rows += result.rows, sum.sum += result.sum;
    return sum;
  };
}

template <bool with_sum>
Program grouped(Result (*run)(const Image&, uint64_t), uint64_t keys) {
  return [run, keys](const Image& image, unsigned threads, double* cpu_s) {
    if (threads == 2) return groupTwoThreads<with_sum>(image, keys, cpu_s);
    const double start = threadSeconds();
    Result result = run(image, keys);
    cpu_s[0] += threadSeconds() - start;
    return result;
  };
}

template <bool with_sum>
Query groupQuery(std::string_view name, uint64_t keys) {
  return {name, keys, grouped<with_sum>(groupRows<with_sum>, keys), grouped<with_sum>(groupColumns<with_sum>, keys)};
}

}  // namespace

double threadSeconds() { return secondsOf(CLOCK_THREAD_CPUTIME_ID); }
double wallSeconds() { return secondsOf(CLOCK_MONOTONIC); }

std::vector<Query> queries() {
  return {
      {"q0", 0, apart(passRows), apart(passColumns)},
      {"q1", 0, apart(currencyRows), apart(currencyColumns)},
      {"q2", 0, apart(filterRows), apart(filterColumns)},
      groupQuery<false>("count_1k", 1000),
      groupQuery<true>("sum_1k", 1000),
      groupQuery<false>("count_100k", 100'000),
      groupQuery<true>("sum_100k", 100'000),
  };
}

}  // namespace bench
