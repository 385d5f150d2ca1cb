#include "runtime-lib/connectors/registry.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/file_source.h"
#include "runtime-lib/connectors/generate_source.h"
#include "runtime-lib/connectors/nexmark_source.h"

namespace streamrt {
namespace {

Result<SinkWriter::Target> openFileSink(SinkSpec spec) {
  Result<std::string> option = spec.options.text("path");
  if (!option) return std::unexpected(option.error());
  SinkWriter::Target target;
  target.path = resolvePath(spec.base, *option);
  if (spec.bounded && target.path != "-" && !spec.env.isSpecial(target.path)) {
    target.final_path = target.path;
    target.path += ".part";
  }
  auto file = spec.env.createOutput(target.path);
  if (!file) return failure(file.error().code, fmt::format("sink {}: {}", spec.plan.name, file.error().text));
  target.file = std::move(*file);
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
    {"file", openFileSink},
    {"stdout", openStdout},
    {"stderr", openStderr},
    {"null", openNull},
};

}  // namespace

Result<std::unique_ptr<Source>> openSource(SourceSpec spec) {
  for (const SourceRow& row : kSources) {
    if (spec.plan.connector == row.name) return row.open(std::move(spec));
  }
  return failure(ErrorCode::kUnsupported,
                 fmt::format("source {}: this runtime has no connector {}", spec.plan.name, spec.plan.connector));
}

Result<SinkWriter::Target> openSink(SinkSpec spec) {
  for (const SinkRow& row : kSinks) {
    if (spec.plan.connector == row.name) return row.open(std::move(spec));
  }
  return failure(ErrorCode::kUnsupported,
                 fmt::format("sink {}: this runtime has no connector {}", spec.plan.name, spec.plan.connector));
}

}  // namespace streamrt
