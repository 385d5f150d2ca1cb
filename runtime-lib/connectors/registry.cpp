#include "runtime-lib/connectors/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime-lib/connectors/divided_encoder.h"
#include "runtime-lib/connectors/file_source.h"
#include "runtime-lib/connectors/generate_source.h"
#include "runtime-lib/connectors/nexmark_source.h"
#include "runtime-lib/core/mistake.h"

namespace streamrt {
namespace {

// Where the last whole line of a file ends, not before `least` and where that many bytes are there: a crash may have
// cut the one behind it, which will be written again.
Result<int64_t> endOfLines(Env& env, const std::string& path, int64_t least) {
  constexpr int64_t kPieceBytes = 64 << 10;
  auto file = env.openInput(path);
  if (!file) return -1;  // who opens it for writing says why it cannot be used
  const auto size = static_cast<int64_t>((*file)->size().value_or(0));
  for (int64_t end = size; end > least;) {
    const int64_t begin = std::max(least, end - kPieceBytes);
    auto piece = env.readFileAt(path, static_cast<uint64_t>(begin), static_cast<size_t>(end - begin));
    if (!piece) return std::unexpected(piece.error());
    if (const size_t newline = piece->rfind('\n'); newline != std::string::npos)
      return begin + static_cast<int64_t>(newline) + 1;
    end = begin;
  }
  return std::min(size, least);
}

Result<SinkWriter::Target> openFileSink(SinkSpec spec) {
  Result<std::string> option = spec.options.text("path");
  if (!option) return std::unexpected(option.error());
  SinkWriter::Target target;
  target.path = resolvePath(spec.base, *option);
  if (spec.atomic && target.path != "-" && !spec.env.isSpecial(target.path)) {
    target.final_path = target.path;
    target.path += ".part";
  }
  bool goes_on = spec.former != nullptr && target.path != "-" && !spec.env.isSpecial(target.path) &&
                 (target.final_path.empty() || spec.former->rewinds);
  if (goes_on) target.bytes = spec.former->bytes;
  int64_t keep = planted(Mistake::kSinkUncut) ? -1 : static_cast<int64_t>(target.bytes);
  if (goes_on && target.final_path.empty()) {
    // A file that is written directly may have been read already: its lines stay, and some may come twice.
    Result<int64_t> lines = endOfLines(spec.env, target.path, static_cast<int64_t>(target.bytes));
    if (!lines) return failure(lines.error().code, fmt::format("sink {}: {}", spec.plan.name, lines.error().text));
    keep = *lines;
  }
  auto file = goes_on ? spec.env.openOutputAt(target.path, keep) : spec.env.createOutput(target.path);
  if (!file) return failure(file.error().code, fmt::format("sink {}: {}", spec.plan.name, file.error().text));
  target.file = std::move(*file);
  return target;
}

}  // namespace

DividedOutput::Noted notedOf(const CheckpointManifest::Sink& sink) {
  DividedOutput::Noted noted{sink.run, sink.next_number, {}};
  for (const auto& part : sink.parts) noted.parts.push_back({part.directory, part.name, part.bytes, part.whole});
  return noted;
}

void noteParts(const DividedOutput& output, CheckpointManifest::Sink& sink) {
  DividedOutput::Noted noted = output.noted();
  sink.run = noted.run;
  sink.next_number = noted.next_number;
  for (const auto& part : noted.parts) sink.parts.push_back({part.directory, part.name, part.bytes, part.whole});
}

namespace {

constexpr int64_t kRollBytes = 256 << 20;    // of a file of `files`, when roll does not say
constexpr int64_t kRollUs = 5 * 60'000'000;  // the same in a job without end

Result<SinkWriter::Target> openFilesSink(SinkSpec spec) {
  Result<std::string> option = spec.options.text("path");
  if (!option) return std::unexpected(option.error());
  Result<int64_t> roll_bytes = spec.options.integer("roll.size", kRollBytes);
  if (!roll_bytes) return std::unexpected(roll_bytes.error());
  Result<int64_t> roll_us = spec.options.integer("roll.every", spec.bounded ? kNever : kRollUs);
  if (!roll_us) return std::unexpected(roll_us.error());
  if (*roll_bytes <= 0 || *roll_us <= 0) {
    return failure(ErrorCode::kBadOption, fmt::format("option roll of sink {} is not positive", spec.plan.name));
  }
  DividedOutput::Settings settings;
  settings.directory = resolvePath(spec.base, *option);
  while (settings.directory.size() > 1 && settings.directory.ends_with('/')) settings.directory.pop_back();
  settings.extension = fileExtension(spec.plan.format);
  settings.roll_bytes = static_cast<uint64_t>(*roll_bytes);
  settings.roll_us = *roll_us;
  settings.at_end = spec.bounded;
  settings.in_epochs = spec.checkpoints;
  auto made = spec.env.makeDirectories(settings.directory);
  if (!made) return failure(made.error().code, fmt::format("sink {}: {}", spec.plan.name, made.error().text));
  SinkWriter::Target target;
  target.path = settings.directory;
  auto output = std::make_unique<DividedOutput>(spec.env, std::move(settings));
  if (spec.former != nullptr && !spec.former->run.empty()) {
    auto gone_on = output->goOn(notedOf(*spec.former));
    if (!gone_on)
      return failure(gone_on.error().code, fmt::format("sink {}: {}", spec.plan.name, gone_on.error().text));
  }
  target.divided = output.get();
  target.file = std::move(output);
  return target;
}

Result<SinkWriter::Target> openStdout(SinkSpec spec) {
  auto file = spec.env.createOutput("-");
  if (!file) return std::unexpected(file.error());
  return SinkWriter::Target{std::move(*file), "standard output", ""};
}

Result<SinkWriter::Target> openStderr(SinkSpec spec) {
  return SinkWriter::Target{spec.env.standardError(), "standard error", ""};
}

Result<SinkWriter::Target> openNull(SinkSpec) { return SinkWriter::Target{nullptr, "null", ""}; }

struct SourceRow {
  const char* name;
  Result<std::unique_ptr<Source>> (*open)(SourceSpec);
};
constexpr SourceRow kSources[] = {
    {"file", makeFileSource},         {"files", makeFilesSource},     {"stdin", makeStdinSource},
    {"generate", makeGenerateSource}, {"nexmark", makeNexmarkSource},
};

struct SinkRow {
  const char* name;
  Result<SinkWriter::Target> (*open)(SinkSpec);
};
constexpr SinkRow kSinks[] = {
    {"file", openFileSink}, {"files", openFilesSink}, {"stdout", openStdout},
    {"stderr", openStderr}, {"null", openNull},
};

}  // namespace

Result<std::unique_ptr<Source>> openSource(SourceSpec spec) {
  for (const SourceRow& row : kSources) {
    if (spec.plan.connector == row.name) return row.open(std::move(spec));
  }
  return failure(ErrorCode::kUnsupported,
                 fmt::format("source {}: this runtime has no connector {}", spec.plan.name, spec.plan.connector));
}

Result<std::unique_ptr<RecordEncoder>> openEncoder(const SinkPlan& plan, const Options& options,
                                                   const Options& format_options) {
  if (plan.connector != "files") return makeEncoder(plan.format, plan.columns, format_options);
  Result<PartitionPath> path = PartitionPath::make(plan.columns, options);
  if (!path) return std::unexpected(path.error());
  auto encoder = makeEncoder(plan.format, PartitionPath::writtenColumns(plan.columns, options), format_options);
  if (!encoder) return std::unexpected(encoder.error());
  // A file ends with a frame: frames are small beside files.
  Result<int64_t> roll_bytes = options.integer("roll.size", kRollBytes);
  if (!roll_bytes) return std::unexpected(roll_bytes.error());
  const auto frame_bytes = std::min<int64_t>(DividedEncoder::kFrameBytes, *roll_bytes / 16 + 1);
  return std::make_unique<DividedEncoder>(std::move(*path), std::move(*encoder), static_cast<size_t>(frame_bytes));
}

Result<SinkWriter::Target> openSink(SinkSpec spec) {
  for (const SinkRow& row : kSinks) {
    if (spec.plan.connector == row.name) return row.open(std::move(spec));
  }
  return failure(ErrorCode::kUnsupported,
                 fmt::format("sink {}: this runtime has no connector {}", spec.plan.name, spec.plan.connector));
}

}  // namespace streamrt
