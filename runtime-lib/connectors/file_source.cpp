#include "runtime-lib/connectors/file_source.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/record_partition.h"
#include "runtime-lib/connectors/record_reader.h"

namespace streamrt {
namespace {

class FileSource : public Source {
 public:
  FileSource(SourceSpec& spec, std::string path, std::unique_ptr<InputFile> file,
             std::unique_ptr<RecordDecoder> decoder, std::unique_ptr<RecordCutter> cutter, bool bounded)
      : name_(spec.plan.name),
        path_(std::move(path)),
        max_record_(static_cast<size_t>(spec.plan.max_record)),
        env_(spec.env),
        state_(spec.state),
        file_(std::move(file)),
        decoder_(std::move(decoder)),
        cutter_(std::move(cutter)),
        bounded_(bounded) {}

  uint32_t partitions() const override { return 1; }
  bool isBounded() const override { return bounded_; }

  std::unique_ptr<SourcePartition> open(uint32_t partition, Waker& worker) override {
    STREAM_CHECK(partition == 0 && reader_ == nullptr, "the one partition of a file is opened once");
    reader_ = std::make_unique<RecordReader>(env_, state_, fmt::format("read {}", name_), std::move(file_),
                                             std::move(cutter_), max_record_, worker);
    return std::make_unique<RecordPartition>(reader_->queue(), std::move(decoder_), max_record_, state_,
                                             fmt::format("source {}: {}", name_, path_));
  }

  std::vector<Actor*> actors() override { return {reader_.get()}; }

 private:
  std::string name_;
  std::string path_;
  size_t max_record_;
  Env& env_;
  RunState& state_;
  std::unique_ptr<InputFile> file_;
  std::unique_ptr<RecordDecoder> decoder_;
  std::unique_ptr<RecordCutter> cutter_;
  bool bounded_;
  std::unique_ptr<RecordReader> reader_;
};

Result<std::unique_ptr<Source>> openRecords(SourceSpec& spec, const std::string& path, bool may_be_bounded) {
  const RecordReading reading{spec.plan.format, spec.plan.columns, spec.format_options,
                              static_cast<size_t>(spec.plan.max_record)};
  auto decoder = makeDecoder(reading);
  if (!decoder) return std::unexpected(decoder.error());
  auto cutter = makeCutter(reading);
  if (!cutter) return std::unexpected(cutter.error());
  auto file = spec.env.openInput(path);
  if (!file) {
    return failure(file.error().code, fmt::format("source {}: {}", spec.plan.name, file.error().text));
  }
  bool bounded = may_be_bounded && (*file)->isRegular();
  return std::make_unique<FileSource>(spec, path == "-" ? "standard input" : path, std::move(*file),
                                      std::move(*decoder), std::move(*cutter), bounded);
}

}  // namespace

std::string resolvePath(const std::string& base, const std::string& path) {
  if (path == "-" || path.starts_with('/') || base.empty()) return path;
  return base.ends_with('/') ? base + path : base + "/" + path;
}

Result<std::unique_ptr<Source>> makeFileSource(SourceSpec spec) {
  Result<std::string> path = spec.options.text("path");
  if (!path) return std::unexpected(path.error());
  return openRecords(spec, resolvePath(spec.base, *path), *path != "-");
}

Result<std::unique_ptr<Source>> makeStdinSource(SourceSpec spec) { return openRecords(spec, "-", false); }

}  // namespace streamrt
