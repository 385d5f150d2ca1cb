#include "runtime-lib/connectors/file_source.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/record_partition.h"
#include "runtime-lib/connectors/record_reader.h"

namespace streamrt {
namespace {

class FileSource : public Source {
 public:
  FileSource(SourceSpec& spec, std::unique_ptr<InputFile> file, std::unique_ptr<RecordDecoder> decoder, bool bounded)
      : name_(spec.plan.name),
        max_record_(static_cast<size_t>(spec.plan.max_record)),
        env_(spec.env),
        state_(spec.state),
        file_(std::move(file)),
        decoder_(std::move(decoder)),
        bounded_(bounded),
        size_(file_->size()) {}

  uint32_t partitions() const override { return 1; }
  bool isBounded() const override { return bounded_; }

  std::unique_ptr<SourcePartition> open(uint32_t partition, Waker& worker) override {
    STREAM_CHECK(partition == 0 && reader_ == nullptr, "the one partition of a file is opened once");
    reader_ = std::make_unique<RecordReader>(env_, state_, fmt::format("read {}", name_), std::move(file_), max_record_,
                                             worker);
    return std::make_unique<RecordPartition>(reader_->queue(), std::move(decoder_), max_record_);
  }

  std::vector<Actor*> actors() override { return {reader_.get()}; }

  std::optional<Progress> progress() const override {
    Progress progress{reader_->bytesRead(), std::nullopt};
    if (size_) progress.bytes_left = *size_ - std::min(*size_, progress.bytes_read);
    return progress;
  }

 private:
  std::string name_;
  size_t max_record_;
  Env& env_;
  RunState& state_;
  std::unique_ptr<InputFile> file_;
  std::unique_ptr<RecordDecoder> decoder_;
  bool bounded_;
  std::optional<uint64_t> size_;  // when it was opened
  std::unique_ptr<RecordReader> reader_;
};

Result<std::unique_ptr<Source>> openLines(SourceSpec& spec, const std::string& path, bool may_be_bounded) {
  auto decoder = makeDecoder(spec.plan.format, spec.plan.columns, spec.format_options);
  if (!decoder) return std::unexpected(decoder.error());
  auto file = spec.env.openInput(path);
  if (!file) {
    return failure(file.error().code, fmt::format("source {}: {}", spec.plan.name, file.error().text));
  }
  bool bounded = may_be_bounded && (*file)->isRegular();
  return std::make_unique<FileSource>(spec, std::move(*file), std::move(*decoder), bounded);
}

}  // namespace

std::string resolvePath(const std::string& base, const std::string& path) {
  if (path == "-" || path.starts_with('/') || base.empty()) return path;
  return base.ends_with('/') ? base + path : base + "/" + path;
}

Result<std::unique_ptr<Source>> makeFileSource(SourceSpec spec) {
  Result<std::string> path = spec.options.text("path");
  if (!path) return std::unexpected(path.error());
  return openLines(spec, resolvePath(spec.base, *path), *path != "-");
}

Result<std::unique_ptr<Source>> makeStdinSource(SourceSpec spec) { return openLines(spec, "-", false); }

}  // namespace streamrt
