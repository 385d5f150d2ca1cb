#include "runtime-lib/connectors/generate_source.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/generator_options.h"
#include "runtime-lib/connectors/meta_columns.h"

namespace streamrt {
namespace {

struct GenerateSpec : GeneratorOptions {
  int n_column = -1;
  int at_column = -1;
  MetaColumns meta;
};

// n / rate in whole µs.
int64_t timeOf(const GenerateSpec& spec, int64_t n) {
  int64_t product;
  if (!__builtin_mul_overflow(n, spec.per_us, &product)) return product / spec.rows;
  return static_cast<int64_t>(static_cast<__int128>(n) * spec.per_us / spec.rows);
}

class GeneratePartition : public SourcePartition {
 public:
  // `before_us`: how much of the pace lies behind already.
  GeneratePartition(const GenerateSpec& spec, int64_t first, int64_t before_us, Env& env, RunState& state)
      : spec_(spec), next_(first), before_us_(before_us), env_(env), state_(state) {}

  PollOutcome poll(Batch& batch, DecodeFailures&) override {
    if (state_.stopping()) return {PollOutcome::Kind::kStopped};
    int64_t now_us = spec_.paced ? env_.monotonicUs() : 0;
    if (!start_us_) start_us_ = now_us - before_us_;
    const int64_t received_us = spec_.meta.received_at ? env_.wallUs() : 0;
    batch.source->first_offset = next_;
    batch.source->offset_step = spec_.partitions;
    while (batch.rows < batch.capacity) {
      if (next_ >= spec_.count) return {PollOutcome::Kind::kEnd};
      int64_t at_us = timeOf(spec_, next_);
      if (spec_.paced && *start_us_ + at_us > now_us) return {PollOutcome::Kind::kPaused, *start_us_ + at_us};
      put(batch, spec_.n_column, next_);
      put(batch, spec_.at_column, at_us);
      MetaColumns::fill(spec_.meta.time, batch, batch.rows, 1, at_us);
      MetaColumns::fill(spec_.meta.received_at, batch, batch.rows, 1, received_us);
      ++batch.rows;
      next_ += spec_.partitions;
    }
    return {PollOutcome::Kind::kMore};
  }
  std::string position() const override { return positionText({{"offset", next_}}); }

 private:
  static void put(Batch& batch, int column, int64_t value) {
    if (column < 0) return;
    batch.column<int64_t>(static_cast<uint32_t>(column))[batch.rows] = value;
    if (uint8_t* there = batch.validity[static_cast<uint32_t>(column)]) there[batch.rows] = 1;
  }

  const GenerateSpec spec_;
  int64_t next_;
  int64_t before_us_;
  std::optional<int64_t> start_us_;
  Env& env_;
  RunState& state_;
};

class GenerateSource : public Source {
 public:
  GenerateSource(std::string name, GenerateSpec spec, Env& env, RunState& state)
      : name_(std::move(name)), spec_(spec), env_(env), state_(state) {}
  uint32_t partitions() const override { return static_cast<uint32_t>(spec_.partitions); }
  bool isBounded() const override { return spec_.count != INT64_MAX && !spec_.paced; }
  bool isReplayable() const override { return true; }
  Result<std::unique_ptr<SourcePartition>> open(uint32_t partition, Waker&, std::string_view position) override {
    Result<int64_t> next = positionNumber(position, "offset", name_);
    if (!next) return std::unexpected(next.error());
    if (position.empty()) return std::make_unique<GeneratePartition>(spec_, partition, 0, env_, state_);
    return std::make_unique<GeneratePartition>(spec_, *next, timeOf(spec_, *next), env_, state_);
  }

 private:
  std::string name_;
  GenerateSpec spec_;
  Env& env_;
  RunState& state_;
};

}  // namespace

Result<std::unique_ptr<Source>> makeGenerateSource(SourceSpec spec) {
  auto options = GeneratorOptions::read(spec, "count", 1.0);
  if (!options) return std::unexpected(options.error());
  GenerateSpec generate{*options};
  int stored = 0;
  auto meta = MetaColumns::of(spec.plan.columns);
  if (!meta) return std::unexpected(meta.error());
  generate.meta = *meta;
  for (const Column& column : withoutMeta(spec.plan.columns)) {
    if (column.name != "n" && column.name != "at") {
      return failure(ErrorCode::kBadManifest, fmt::format("generate has no field \"{}\"", column.name));
    }
    if (!column.check) (column.name == "n" ? generate.n_column : generate.at_column) = stored++;
  }
  return std::make_unique<GenerateSource>(spec.plan.name, generate, spec.env, spec.state);
}

}  // namespace streamrt
