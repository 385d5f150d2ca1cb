#include "runtime-lib/connectors/nexmark_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>

#include "runtime-lib/connectors/generator_options.h"

namespace streamrt {
namespace {

constexpr int64_t kGroup = 50;          // events of a partition that follow one another
constexpr uint32_t kEventsAtOnce = 64;  // made before they are read: they stay in the nearest cache

class NexmarkPartition : public SourcePartition {
 public:
  NexmarkPartition(const GeneratorOptions& options, const NexmarkEvents& events, const NexmarkReader& reader,
                   int64_t first, Env& env, RunState& state)
      : options_(options), events_(events), reader_(reader), next_(first * kGroup), env_(env), state_(state) {}

  // Goes on behind so many rows at this event; what lies before it was paced already.
  void resume(int64_t event, int64_t rows) {
    next_ = event;
    rows_ = rows;
    before_us_ = events_.timeOf(event) - events_.timeOf(0);
  }
  std::string position() const override { return positionText({{"offset", next_}, {"rows", rows_}}); }

  PollOutcome poll(Batch& batch, DecodeFailures&) override {
    if (state_.stopping()) return {PollOutcome::Kind::kStopped};
    int64_t now_us = options_.paced ? env_.monotonicUs() : 0;
    if (!start_us_) start_us_ = now_us - before_us_;
    batch.source->first_offset = rows_;
    PollOutcome outcome{PollOutcome::Kind::kMore};
    while (batch.rows < batch.capacity) {
      uint32_t made = 0;
      uint32_t most = std::min(kEventsAtOnce, batch.capacity - batch.rows);
      for (; made < most; ++made) {
        if (next_ >= options_.count) {
          outcome = {PollOutcome::Kind::kEnd};
          break;
        }
        int64_t due_us = *start_us_ + events_.timeOf(next_) - events_.timeOf(0);
        if (options_.paced && due_us > now_us) {
          outcome = {PollOutcome::Kind::kPaused, due_us};
          break;
        }
        events_.make(next_, made_[made]);
        if (++next_ % kGroup == 0) next_ += (options_.partitions - 1) * kGroup;
      }
      uint32_t before = batch.rows;
      reader_.append(made_.data(), made, batch);
      if (reader_.meta().received_at)
        MetaColumns::fill(reader_.meta().received_at, batch, before, batch.rows - before, env_.wallUs());
      rows_ += batch.rows - before;
      if (made < most) return outcome;
    }
    return outcome;
  }

 private:
  const GeneratorOptions& options_;
  const NexmarkEvents& events_;
  const NexmarkReader& reader_;
  int64_t next_;      // event
  int64_t rows_ = 0;  // handed out: a row's position
  int64_t before_us_ = 0;
  std::optional<int64_t> start_us_;
  Env& env_;
  RunState& state_;
  std::array<NexmarkRow, kEventsAtOnce> made_;
};

class NexmarkSource : public Source {
 public:
  NexmarkSource(std::string name, GeneratorOptions options, uint64_t seed, NexmarkReader reader, Env& env,
                RunState& state)
      : name_(std::move(name)),
        options_(options),
        events_(seed, {options.rows, options.per_us}),
        reader_(std::move(reader)),
        env_(env),
        state_(state) {}
  uint32_t partitions() const override { return static_cast<uint32_t>(options_.partitions); }
  bool isBounded() const override { return options_.count != INT64_MAX && !options_.paced; }
  bool isReplayable() const override { return true; }
  Result<std::unique_ptr<SourcePartition>> open(uint32_t partition, Waker&, std::string_view position) override {
    auto opened = std::make_unique<NexmarkPartition>(options_, events_, reader_, partition, env_, state_);
    if (position.empty()) return opened;
    Result<int64_t> event = positionNumber(position, "offset", name_);
    Result<int64_t> rows = positionNumber(position, "rows", name_);
    if (!event) return std::unexpected(event.error());
    if (!rows) return std::unexpected(rows.error());
    opened->resume(*event, *rows);
    return opened;
  }

 private:
  const std::string name_;
  const GeneratorOptions options_;
  const NexmarkEvents events_;
  const NexmarkReader reader_;
  Env& env_;
  RunState& state_;
};

constexpr std::array<std::string_view, 3> kVariants = {"person", "auction", "bid"};  // by NexmarkKind

std::optional<NexmarkKind> variantNamed(std::string_view name) {
  for (size_t kind = 0; kind < kVariants.size(); ++kind)
    if (kVariants[kind] == name) return static_cast<NexmarkKind>(kind);
  return std::nullopt;
}

// The field that a column is: ["bid", "price"], or of a source of bids ["price"].
const NexmarkField* fieldOf(const Column& column, bool has_variants) {
  if (column.path.size() != (has_variants ? 2 : 1)) return nullptr;
  auto kind = has_variants ? variantNamed(column.path.front()) : NexmarkKind::kBid;
  if (!kind) return nullptr;
  for (const NexmarkField& field : nexmarkFields())
    if (field.kind == *kind && field.name == column.path.back() && field.type == column.type) return &field;
  return nullptr;
}

// The numbers that the job has for the kinds of events, by kind; -1 of those that are no rows of the source.
Result<std::vector<int16_t>> numbersOf(std::string_view variants) {
  std::vector<int16_t> numbers(kVariants.size(), -1);
  for (int16_t number = 0; !variants.empty(); ++number) {
    std::string_view name = variants.substr(0, variants.find(' '));
    variants.remove_prefix(std::min(variants.size(), name.size() + 1));
    auto kind = variantNamed(name);
    if (!kind) return failure(ErrorCode::kBadManifest, fmt::format("nexmark has no events \"{}\"", name));
    numbers[static_cast<size_t>(*kind)] = number;
  }
  return numbers;
}

}  // namespace

Result<NexmarkReader> NexmarkReader::make(const SourcePlan& plan) {
  Kinds kinds = {false, false, true};
  RowImageVariants variants;
  auto option = plan.options.find("variants");
  const bool has_variants = option != plan.options.end();
  if (has_variants) {
    const auto* names = std::get_if<std::string>(&option->second.literal);
    auto numbers = numbersOf(names == nullptr ? "" : *names);
    if (!numbers) return std::unexpected(numbers.error());
    for (size_t kind = 0; kind < kinds.size(); ++kind) kinds[kind] = (*numbers)[kind] >= 0;
    variants.offset = offsetof(NexmarkRow, kind);
    variants.numbers = std::move(*numbers);
  }
  std::vector<RowImageField> fields;
  uint32_t stored = 0;
  auto meta = MetaColumns::of(plan.columns);
  if (!meta) return std::unexpected(meta.error());
  for (const Column& column : plan.columns) {
    if (column.role == ColumnRole::kMeta) {
      if (column.name == "$meta.time") fields.push_back({stored, sizeof(int64_t), offsetof(NexmarkRow, at_us), {}});
      ++stored;
      continue;
    }
    if (has_variants && column.path.empty() && column.type == ColumnType::kVariant) {
      if (!column.check) variants.column = stored++;
      continue;
    }
    const NexmarkField* field = fieldOf(column, has_variants);
    if (field == nullptr) {
      return failure(ErrorCode::kBadManifest,
                     fmt::format("nexmark has no field \"{}\" of type {}", column.name, columnTypeName(column.type)));
    }
    if (column.check) continue;
    std::optional<int32_t> variant;
    if (has_variants) variant = static_cast<int32_t>(field->kind);
    fields.push_back({stored++, columnValueBytes(column.type), field->offset, variant});
  }
  return NexmarkReader(RowImageReader(std::move(fields), sizeof(NexmarkRow), std::move(variants)), kinds, *meta);
}

void NexmarkReader::append(const NexmarkRow* events, uint32_t count, Batch& batch) const {
  const auto* rows = reinterpret_cast<const char*>(events);
  if (std::ranges::all_of(rows_, std::identity())) return image_.append(rows, count, batch);
  constexpr uint32_t kTile = RowImageReader::kTileRows;
  std::array<uint32_t, kTile> places;
  for (uint32_t done = 0; done < count; done += kTile) {
    const uint32_t end = std::min(count, done + kTile);
    uint32_t chosen = 0;
    for (uint32_t i = done; i < end; ++i) {
      image_.ask(rows + uint64_t{i} * sizeof(NexmarkRow));
      places[chosen] = i;
      chosen += rows_[static_cast<size_t>(events[i].kind)] ? 1 : 0;
    }
    image_.append(rows, places.data(), chosen, batch);
  }
}

Result<std::unique_ptr<Source>> makeNexmarkSource(SourceSpec spec) {
  auto options = GeneratorOptions::read(spec, "events", 1e6);
  if (!options) return std::unexpected(options.error());
  auto seed = spec.options.integer("seed", 0);
  if (!seed) return std::unexpected(seed.error());
  auto reader = NexmarkReader::make(spec.plan);
  if (!reader) return std::unexpected(reader.error());
  return std::make_unique<NexmarkSource>(spec.plan.name, *options, static_cast<uint64_t>(*seed), std::move(*reader),
                                         spec.env, spec.state);
}

}  // namespace streamrt
