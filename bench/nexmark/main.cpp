// NEXMark queries by the engine and by hand, over the same events in memory.
//
//     bench_nexmark [--filter TEXT] [--events N] [--runs N] [--batch N] [--json] [--one]
//
// For every query: the hand-written programs by row and by column and the engine, taking turns, with one thread, then
// (unless --one) with two threads over four partitions. Numbers are medians over the runs with the least and the
// greatest: nanoseconds of CPU time an event (of all threads), wall time, and the ratio of the medians. Results are
// compared; a difference ends the program with 1.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/nexmark/engine.h"
#include "bench/nexmark/programs.h"
#include "runtime-lib/control/runtime.h"

namespace bench {
namespace {

struct Options {
  std::string filter;
  std::string jobs = "bench/nexmark/jobs";
  uint64_t events = 8'000'000;
  unsigned runs = 5;
  unsigned batch = 0;
  bool json = false;
  bool one = false;
  bool engine_only = false;
};

struct Series {
  std::vector<double> cpu_ns, wall_ns;  // an event

  void add(double cpu_s, double wall_s, uint64_t events) {
    cpu_ns.push_back(cpu_s * 1e9 / static_cast<double>(events));
    wall_ns.push_back(wall_s * 1e9 / static_cast<double>(events));
  }
};

struct Spread {
  double median, least, most;
};
Spread spreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front(), values.back()};
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    auto value = [&]() -> std::string {
      if (++i < argc) return argv[i];
      throw std::runtime_error(word + " needs a value");
    };
    if (word == "--filter")
      options.filter = value();
    else if (word == "--jobs")
      options.jobs = value();
    else if (word == "--events")
      options.events = std::strtoull(value().c_str(), nullptr, 10);
    else if (word == "--runs")
      options.runs = static_cast<unsigned>(std::strtoul(value().c_str(), nullptr, 10));
    else if (word == "--batch")
      options.batch = static_cast<unsigned>(std::strtoul(value().c_str(), nullptr, 10));
    else if (word == "--json")
      options.json = true;
    else if (word == "--one")
      options.one = true;
    else if (word == "--engine")
      options.engine_only = true;
    else {
      throw std::runtime_error("unknown option " + word);
    }
  }
  return options;
}

void print(const Options& options, const Query& query, unsigned threads, const char* who, const Series& series) {
  Spread cpu = spreadOf(series.cpu_ns), wall = spreadOf(series.wall_ns);
  if (options.json) {
    std::printf(
        "{\"query\":\"%s\",\"threads\":%u,\"who\":\"%s\",\"cpu_ns\":%.3f,\"cpu_ns_min\":%.3f,\"cpu_ns_max\":%.3f,"
        "\"wall_ns\":%.3f,\"wall_ns_min\":%.3f,\"wall_ns_max\":%.3f,\"runs\":%zu}\n",
        query.name.data(), threads, who, cpu.median, cpu.least, cpu.most, wall.median, wall.least, wall.most,
        series.cpu_ns.size());
  } else {
    std::printf("%-11s %u  %-8s %7.2f ns cpu [%6.2f … %6.2f]  %7.2f ns wall [%6.2f … %6.2f]  %7.1f M/s",
                query.name.data(), threads, who, cpu.median, cpu.least, cpu.most, wall.median, wall.least, wall.most,
                1e3 / wall.median);
  }
}

// One query with so many threads. False: results differ.
bool measure(const Options& options, const Query& query, const Engine& engine, const Image& image, unsigned threads) {
  Series row, column, ours;
  const unsigned batch = options.batch ? options.batch : streamrt::kBatchRowsDefault;
  Result wanted;
  for (unsigned run = 0; run <= options.runs; ++run) {  // the first one warms up and does not count
    auto byHand = [&](const Program& program, Series& series) {
      std::vector<double> cpu(threads);
      const double start = wallSeconds();
      Result result = program(image, threads, cpu.data());
      const double wall = wallSeconds() - start;
      double sum = 0;
      for (double part : cpu) sum += part;
      if (run > 0) series.add(sum, wall, image.size());
      return result;
    };
    Result by_column;
    if (!options.engine_only || run == 0) {
      wanted = byHand(query.row, row);
      by_column = byHand(query.column, column);
    } else {
      row.add(1e-9, 1e-9, 1), column.add(1e-9, 1e-9, 1), by_column = wanted;
    }
    Engine::Run got = engine.run(image, threads == 1 ? 1 : 4, threads, batch);
    if (run > 0) ours.add(got.cpu_s, got.wall_s, image.size());
    if (got.result != wanted || by_column != wanted) {
      std::printf(
          "%s: results differ: by row %llu rows %016llx, by column %llu rows %016llx, engine %llu rows %016llx\n",
          query.name.data(), static_cast<unsigned long long>(wanted.rows), static_cast<unsigned long long>(wanted.sum),
          static_cast<unsigned long long>(by_column.rows), static_cast<unsigned long long>(by_column.sum),
          static_cast<unsigned long long>(got.result.rows), static_cast<unsigned long long>(got.result.sum));
      return false;
    }
  }
  print(options, query, threads, "rows", row);
  if (!options.json) std::printf("\n");
  print(options, query, threads, "columns", column);
  if (!options.json) std::printf("\n");
  print(options, query, threads, "engine", ours);
  if (!options.json) {
    const double mine = spreadOf(ours.cpu_ns).median;
    std::printf("  %.2f of rows, %.2f of columns\n", spreadOf(row.cpu_ns).median / mine,
                spreadOf(column.cpu_ns).median / mine);
  }
  std::fflush(stdout);
  return true;
}

int run(const Options& options) {
  Image image(options.events, 200'000);
  bool equal = true;
  for (const Query& query : queries()) {
    if (std::string(query.name).find(options.filter) == std::string::npos) continue;
    image.setBidders(query.keys);
    Engine engine(options.jobs + "/" + std::string(query.name) + ".stream");
    for (unsigned threads = 1; threads <= (options.one ? 1u : 2u); ++threads)
      equal &= measure(options, query, engine, image, threads);
  }
  return equal ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    return bench::run(bench::parse(argc, argv));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench: %s\n", failure.what());
    return 2;
  }
}
