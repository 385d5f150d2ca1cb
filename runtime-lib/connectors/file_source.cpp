#include "runtime-lib/connectors/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime-lib/checkpoint/manifest.h"
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

// Whether the file is the one that was read before, as far as its first bytes tell. kInputChanged.
Result<void> checkHead(Env& env, const std::string& path, const RecordPosition& position) {
  if (position.head_bytes == 0) return {};
  auto head = env.readFile(path, position.head_bytes);
  if (!head) return std::unexpected(head.error());
  if (contentHash(*head) == position.head_hash) return {};
  return failure(
      ErrorCode::kInputChanged,
      fmt::format("{} is not the file that was read before: its first {} bytes differ", path, position.head_bytes));
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
  struct Opened {
    std::string path;
    std::unique_ptr<InputFile> file;  // null: opened when its turn comes
    RecordPosition start;
  };
  std::unique_ptr<SourcePartition> readAll(std::vector<Opened> files, Waker& worker) {
    std::vector<RecordReader::Input> inputs;
    std::vector<RecordPartition::Input> decoded;
    for (Opened& file : files) {
      decoded.push_back(inputOf(file.path, file.start));
      inputs.push_back({file.path, std::move(file.file), file.start.offset, file.start.line});
    }
    auto make_cutter = [this] { return std::move(makeCutter(reading()).value()); };
    RecordReader::Thrift thrift{.counts_lines = meta_->line.has_value()};
    readers_.push_back(std::make_unique<RecordReader>(env_, state_, fmt::format("read {}", owner_.substr(7)), owner_,
                                                      std::move(inputs), make_cutter, max_record_, worker, thrift));
    return std::make_unique<RecordPartition>(readers_.back()->queue(), std::move(makeDecoder(reading()).value()),
                                             max_record_, env_, state_, owner_, std::move(decoded), *meta_);
  }
  RecordPartition::Input inputOf(const std::string& path, RecordPosition start) const {
    return {path == "-" ? "standard input" : path, pathAsWritten(base_, path), std::move(start)};
  }

  // Where the file goes on, when it is still the same.
  Result<RecordPosition> startAt(const std::string& path, std::string_view position) const {
    auto start = RecordPosition::parse(position, owner_);
    if (!start) return start;
    if (auto same = checkHead(env_, path, *start); !same) return changed(same.error());
    return start;
  }
  std::unexpected<Error> changed(const Error& error) const {
    return failure(error.code, fmt::format("{}: {}", owner_, error.text));
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
      : RecordSource(spec),
        path_(std::move(path)),
        file_(std::move(file)),
        bounded_(bounded),
        replayable_(path_ != "-" && file_->isRegular()) {
    size_ = file_->size();
  }

  uint32_t partitions() const override { return 1; }
  bool isBounded() const override { return bounded_; }
  bool isReplayable() const override { return replayable_; }
  std::string partitionName(uint32_t) const override { return pathAsWritten(base_, path_); }

  Result<std::unique_ptr<SourcePartition>> open(uint32_t partition, Waker& worker, std::string_view position) override {
    STREAM_CHECK(partition == 0 && file_ != nullptr, "the one partition of a file is opened once");
    std::vector<Opened> files;
    files.push_back({path_, std::move(file_), {}});
    if (!position.empty()) {
      auto start = startAt(path_, position);
      if (!start) return std::unexpected(start.error());
      auto file = env_.openInputAt(path_, start->offset);
      if (!file) return changed(file.error());
      if (size_) *size_ -= static_cast<uint64_t>(start->offset);
      files.back().file = std::move(*file);
      files.back().start = std::move(*start);
    }
    return readAll(std::move(files), worker);
  }

 private:
  std::string path_;
  std::unique_ptr<InputFile> file_;
  bool bounded_;
  bool replayable_;
};

// Every worker reads its files one after the other, with one of them open: ten thousand files are no more descriptors
// than one. While a file waits for its turn its watermark is −∞, so what it holds is not late.
class FilesSource : public RecordSource {
 public:
  FilesSource(SourceSpec& spec, std::vector<std::string> paths) : RecordSource(spec), paths_(std::move(paths)) {}

  // Files that a checkpoint knows keep their numbers; those that came since stand behind them. A file that was read out
  // may be gone; one that was read in part, or has grown since it was read out, would lose rows.
  Result<void> goOn(const std::vector<SourceSpec::Former>& former) {
    std::vector<std::string> paths;
    for (const SourceSpec::Former& file : former) {
      paths.push_back(resolvePath(base_, file.name));
      const bool there = std::binary_search(paths_.begin(), paths_.end(), paths.back());
      if (there && file.ended) {
        if (auto fine = checkEnded(paths.back(), file.position); !fine) return fine;
      } else if (!there && !file.ended) {
        return failure(ErrorCode::kInputChanged,
                       fmt::format("{}: {} was not read to its end, and is gone", owner_, paths.back()));
      }
    }
    std::vector<std::string> known = paths;
    std::sort(known.begin(), known.end());
    std::set_difference(paths_.begin(), paths_.end(), known.begin(), known.end(), std::back_inserter(paths));
    paths_ = std::move(paths);
    return {};
  }

  uint32_t partitions() const override { return static_cast<uint32_t>(paths_.size()); }
  bool isBounded() const override { return true; }
  bool isReplayable() const override { return true; }
  std::string partitionName(uint32_t partition) const override { return pathAsWritten(base_, paths_[partition]); }

  Result<std::unique_ptr<SourcePartition>> open(uint32_t partition, Waker& worker, std::string_view position) override {
    auto sequences = openAll({{partition, std::string(position)}}, worker);
    if (!sequences) return std::unexpected(sequences.error());
    return std::move(sequences->front().reader);
  }

  Result<std::vector<Sequence>> openAll(const std::vector<Start>& starts, Waker& worker) override {
    std::vector<Opened> files;
    std::vector<Sequence> sequences(1);
    for (const Start& start : starts) {
      const std::string& path = paths_[start.partition];
      auto at = startAt(path, start.position);
      if (!at) return std::unexpected(at.error());
      sequences.front().partitions.push_back(start.partition);
      files.push_back({path, nullptr, std::move(*at)});
    }
    sequences.front().reader = readAll(std::move(files), worker);
    return sequences;
  }

 private:
  Result<void> checkEnded(const std::string& path, const std::string& position) const {
    auto end = startAt(path, position);
    if (!end) return std::unexpected(end.error());
    auto file = env_.openInputAt(path, 0);
    if (!file) return changed(file.error());
    const uint64_t size = (*file)->size().value_or(0);  // what is no file any more has none
    if (size == static_cast<uint64_t>(end->offset)) return {};
    return failure(ErrorCode::kInputChanged, fmt::format("{}: {} was read to its end at byte {}, and has {} bytes now",
                                                         owner_, path, end->offset, size));
  }

  std::vector<std::string> paths_;  // by number; sorted but for those that came later
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

  Result<std::unique_ptr<SourcePartition>> open(uint32_t, Waker& worker, std::string_view) override {
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
          std::vector<RecordPartition::Input>{inputOf(path, {})}, plan_.meta));
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

std::string positionText(std::initializer_list<std::pair<std::string_view, int64_t>> numbers) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, number] : numbers) json[std::string(name)] = number;
  return json.dump();
}

Result<int64_t> positionNumber(std::string_view position, std::string_view name, const std::string& source) {
  if (position.empty()) return 0;
  auto json = nlohmann::json::parse(position, nullptr, false);
  if (json.is_object() && json.contains(name) && json[std::string(name)].is_number_integer()) {
    int64_t number = json[std::string(name)];
    if (number >= 0) return number;
  }
  return failure(ErrorCode::kForeignCheckpoint,
                 fmt::format("source {}: the checkpoint's position {} is not one of this connector", source, position));
}

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
  auto files = expandGlob(spec.env, path);
  if (!files) return failed(files.error().text);
  if (files->empty()) {
    const bool directory = spec.env.exists(path) && spec.env.isSpecial(path);
    return failed(directory ? fmt::format("{} is a directory: say which files, like {}/*", path, *pattern)
                            : fmt::format("no file fits {}", path));
  }
  if (!spec.options.has("order")) {
    auto source = std::make_unique<FilesSource>(spec, std::move(*files));
    if (auto fine = source->goOn(spec.former); !fine) return std::unexpected(fine.error());
    return checked(std::move(source));
  }
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
