#include "runtime-lib/connectors/file_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime-lib/connectors/glob.h"
#include "runtime-lib/connectors/merged_partition.h"
#include "runtime-lib/connectors/reader_group.h"
#include "runtime-lib/connectors/record_partition.h"
#include "runtime-lib/connectors/record_reader.h"

namespace streamrt {
namespace {

// A path below the job's directory as the program has it.
std::string pathAsWritten(const std::string& base, const std::string& path) {
  const std::string directory = resolvePath(base, "");
  return !directory.empty() && path.starts_with(directory) ? path.substr(directory.size()) : path;
}

// What the sources of this file have in common: a format, and one reader for the inputs of each worker.
class RecordSource : public Source {
 public:
  explicit RecordSource(SourceSpec& spec)
      : owner_(fmt::format("source {}", spec.plan.name)),
        format_(spec.plan.format),
        columns_(withoutMeta(spec.plan.columns)),
        meta_(MetaColumns::of(spec.plan.columns)),
        base_(spec.base),
        format_options_(std::move(spec.format_options)),
        max_record_(static_cast<size_t>(spec.plan.max_record)),
        env_(spec.env),
        state_(spec.state) {}

  // What is wrong with the format's options, before anything is opened.
  Result<void> check() const {
    if (!meta_) return std::unexpected(meta_.error());
    if (auto decoder = makeDecoder(reading()); !decoder) return std::unexpected(decoder.error());
    if (auto cutter = makeCutter(reading()); !cutter) return std::unexpected(cutter.error());
    return {};
  }

  std::optional<Progress> progress() const override {
    Progress progress;
    for (const auto& reader : readers_) progress.bytes_read += reader->bytesRead();
    if (size_) progress.bytes_left = *size_ - std::min(*size_, progress.bytes_read);
    return progress;
  }

  std::vector<Actor*> actors() override {
    std::vector<Actor*> actors;
    for (auto& reader : readers_) actors.push_back(reader.get());
    return actors;
  }

 protected:
  std::unique_ptr<SourcePartition> readAll(std::vector<RecordReader::Input> inputs, Waker& worker) {
    std::vector<RecordPartition::Input> names;
    for (const RecordReader::Input& input : inputs) names.push_back(inputOf(input.path));
    auto make_cutter = [this] { return std::move(makeCutter(reading()).value()); };
    RecordReader::Thrift thrift{.counts_lines = meta_->line.has_value()};
    readers_.push_back(std::make_unique<RecordReader>(env_, state_, fmt::format("read {}", owner_.substr(7)), owner_,
                                                      std::move(inputs), make_cutter, max_record_, worker, thrift));
    return std::make_unique<RecordPartition>(readers_.back()->queue(), std::move(makeDecoder(reading()).value()),
                                             max_record_, env_, state_, owner_, std::move(names), *meta_);
  }
  RecordPartition::Input inputOf(const std::string& path) const {
    return {path == "-" ? "standard input" : path, pathAsWritten(base_, path)};
  }

  const std::string owner_;
  std::optional<uint64_t> size_;  // of all inputs, when they were opened; none: nobody knows

  RecordReading reading() const { return {format_, columns_, format_options_, max_record_}; }

  const std::string format_;
  const std::vector<Column> columns_;  // that the format reads
  const Result<MetaColumns> meta_;     // of the rows; `check` says whether they are known
  const std::string base_;
  const Options format_options_;
  const size_t max_record_;
  Env& env_;
  RunState& state_;

 private:
  std::vector<std::unique_ptr<RecordReader>> readers_;
};

class FileSource : public RecordSource {
 public:
  FileSource(SourceSpec& spec, std::string path, std::unique_ptr<InputFile> file, bool bounded)
      : RecordSource(spec), path_(std::move(path)), file_(std::move(file)), bounded_(bounded) {
    size_ = file_->size();
  }

  uint32_t partitions() const override { return 1; }
  bool isBounded() const override { return bounded_; }

  std::unique_ptr<SourcePartition> open(uint32_t partition, Waker& worker) override {
    STREAM_CHECK(partition == 0 && file_ != nullptr, "the one partition of a file is opened once");
    std::vector<RecordReader::Input> inputs;
    inputs.push_back({path_, std::move(file_)});
    return readAll(std::move(inputs), worker);
  }

 private:
  std::string path_;
  std::unique_ptr<InputFile> file_;
  bool bounded_;
};

// Every worker reads its files one after the other, with one of them open: ten thousand files are no more descriptors
// than one. While a file waits for its turn its watermark is −∞, so what it holds is not late.
class FilesSource : public RecordSource {
 public:
  FilesSource(SourceSpec& spec, std::vector<std::string> paths) : RecordSource(spec), paths_(std::move(paths)) {}

  uint32_t partitions() const override { return static_cast<uint32_t>(paths_.size()); }
  bool isBounded() const override { return true; }

  std::unique_ptr<SourcePartition> open(uint32_t partition, Waker& worker) override {
    std::vector<RecordReader::Input> inputs;
    inputs.push_back({paths_[partition], nullptr});
    return readAll(std::move(inputs), worker);
  }

  std::vector<Sequence> openAll(const std::vector<uint32_t>& partitions, Waker& worker) override {
    std::vector<RecordReader::Input> inputs;
    for (uint32_t partition : partitions) inputs.push_back({paths_[partition], nullptr});
    std::vector<Sequence> sequences;
    sequences.push_back({partitions, readAll(std::move(inputs), worker)});
    return sequences;
  }

 private:
  std::vector<std::string> paths_;
};

// files(…, order: field): one partition. Every file is at hand at once, so each is opened anew for every piece of it,
// and one actor reads them all.
class MergedFilesSource : public RecordSource {
 public:
  static constexpr size_t kFilesMax = 1024;
  static constexpr size_t kPieceBytes = 64 << 10;
  static constexpr uint32_t kPieces = 4;

  MergedFilesSource(SourceSpec& spec, std::vector<std::string> paths, MergePlan plan)
      : RecordSource(spec), paths_(std::move(paths)), plan_(std::move(plan)) {}

  uint32_t partitions() const override { return 1; }
  bool isBounded() const override { return true; }

  std::unique_ptr<SourcePartition> open(uint32_t, Waker& worker) override {
    group_ = std::make_unique<ReaderGroup>(env_, fmt::format("read {}", owner_.substr(7)));
    auto make_cutter = [this] { return std::move(makeCutter(reading()).value()); };
    std::vector<std::unique_ptr<SourcePartition>> files;
    for (const std::string& path : paths_) {
      std::vector<RecordReader::Input> inputs;
      inputs.push_back({path, nullptr, 0});
      auto reader = std::make_unique<RecordReader>(
          env_, state_, group_->name(), owner_, std::move(inputs), make_cutter, max_record_, worker,
          RecordReader::Thrift{&group_->waker(), true, kPieceBytes, kPieces, plan_.meta.line.has_value()});
      RecordReading wide{format_, plan_.columns, format_options_, max_record_};
      files.push_back(std::make_unique<RecordPartition>(
          reader->queue(), std::move(makeDecoder(wide).value()), max_record_, env_, state_, owner_,
          std::vector<RecordPartition::Input>{inputOf(path)}, plan_.meta));
      group_->add(std::move(reader));
    }
    return std::make_unique<MergedPartition>(plan_, std::move(files));
  }

  std::vector<Actor*> actors() override { return {group_.get()}; }
  std::optional<Progress> progress() const override { return Progress{group_->bytesRead(), std::nullopt}; }

 private:
  std::vector<std::string> paths_;
  MergePlan plan_;
  std::unique_ptr<ReaderGroup> group_;
};

Result<std::unique_ptr<Source>> openRecords(SourceSpec& spec, const std::string& path, bool may_be_bounded) {
  auto file = spec.env.openInput(path);
  if (!file) {
    return failure(file.error().code, fmt::format("source {}: {}", spec.plan.name, file.error().text));
  }
  bool bounded = may_be_bounded && (*file)->isRegular();
  auto source = std::make_unique<FileSource>(spec, path, std::move(*file), bounded);
  if (auto checked = source->check(); !checked) return std::unexpected(checked.error());
  return source;
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

namespace {

Result<std::unique_ptr<Source>> checked(std::unique_ptr<RecordSource> source) {
  if (auto fine = source->check(); !fine) return std::unexpected(fine.error());
  return source;
}

}  // namespace

Result<std::unique_ptr<Source>> makeFilesSource(SourceSpec spec) {
  Result<std::string> pattern = spec.options.text("path");
  if (!pattern) return std::unexpected(pattern.error());
  const std::string path = resolvePath(spec.base, *pattern);
  auto failed = [&](const std::string& text) {
    return failure(ErrorCode::kCannotOpenInput, fmt::format("source {}: {}", spec.plan.name, text));
  };
  if (pattern->find("**") != std::string::npos) {
    return failure(
        ErrorCode::kBadOption,
        fmt::format("option path of source {}: `**` is not known; each `*` stays within one part of the path: "
                    "write dir/*/*.csv for two levels",
                    spec.plan.name));
  }
  auto files = expandGlob(spec.env, path);
  if (!files) return failed(files.error().text);
  if (files->empty()) {
    const bool directory = spec.env.exists(path) && spec.env.isSpecial(path);
    return failed(directory ? fmt::format("{} is a directory: say which files, like {}/*", path, *pattern)
                            : fmt::format("no file fits {}", path));
  }
  if (!spec.options.has("order")) return checked(std::make_unique<FilesSource>(spec, std::move(*files)));
  Result<std::string> field = spec.options.text("order");
  if (!field) return std::unexpected(field.error());
  auto plan = MergePlan::make(spec.plan.columns, *field);
  if (!plan) return failure(plan.error().code, fmt::format("source {}: {}", spec.plan.name, plan.error().text));
  if (files->size() > MergedFilesSource::kFilesMax) {
    return failed(
        fmt::format("`order` merges at most {} files, and {} fit {}: merge them in groups, or leave `order` out",
                    MergedFilesSource::kFilesMax, files->size(), path));
  }
  return checked(std::make_unique<MergedFilesSource>(spec, std::move(*files), std::move(*plan)));
}

}  // namespace streamrt
