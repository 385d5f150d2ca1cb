#include "runtime-lib/connectors/generator_options.h"

#include <fmt/format.h>

#include <cmath>

namespace streamrt {
namespace {

constexpr int64_t kPartitionsMax = 1024;

// The manifest has a rate in rows a second; in the language it was a whole number of rows a second, minute, hour or
// day. That number is taken back, so that times are exact.
void setRate(GeneratorOptions& spec, double per_second) {
  for (int64_t seconds : {1, 60, 3600, 86'400}) {
    double rows = per_second * static_cast<double>(seconds);
    double whole = std::round(rows);
    if (whole < 1 || std::abs(rows - whole) > 1e-9 * whole) continue;
    spec.rows = static_cast<int64_t>(whole);
    spec.per_us = seconds * 1'000'000;
    return;
  }
  spec.rows = static_cast<int64_t>(std::llround(per_second * 1e6));
  spec.per_us = 1'000'000'000'000;
}

}  // namespace

Result<GeneratorOptions> GeneratorOptions::read(const SourceSpec& spec, const char* count_option, double default_rate) {
  auto rate = spec.options.number("rate", default_rate);
  auto count = spec.options.integer(count_option, INT64_MAX);
  auto paced = spec.options.truth("paced", false);
  auto partitions = spec.options.integer("partitions", 1);
  if (!rate) return std::unexpected(rate.error());
  if (!count) return std::unexpected(count.error());
  if (!paced) return std::unexpected(paced.error());
  if (!partitions) return std::unexpected(partitions.error());
  auto bad = [&](const char* option, const char* what) {
    return failure(ErrorCode::kBadOption, fmt::format("option {} of source {} {}", option, spec.plan.name, what));
  };
  if (!(*rate >= 1e-5 && *rate <= 1e12)) return bad("rate", "is not between 1 row a day and 10^12 rows a second");
  if (*count < 0) return bad(count_option, "is negative");
  if (*partitions < 1 || *partitions > kPartitionsMax) return bad("partitions", "is not between 1 and 1024");
  GeneratorOptions options;
  setRate(options, *rate);
  options.count = *count;
  options.paced = *paced;
  options.partitions = *partitions;
  return options;
}

}  // namespace streamrt
