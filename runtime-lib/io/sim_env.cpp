#include "runtime-lib/io/sim_env.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

class SimWaker : public Waker {
 public:
  void wake() override { woken = true; }
  bool woken = true;  // everybody has a first step
};

}  // namespace

class SimInput : public InputFile {
 public:
  SimInput(SimEnv& env, std::string path, SimDisk::FilePtr file, size_t offset)
      : env_(env), path_(std::move(path)), file_(std::move(file)), position_(offset) {}

  bool isRegular() const override { return !env_.pipes_.contains(path_); }
  std::optional<uint64_t> size() const override {
    return file_ == nullptr ? std::nullopt : std::optional<uint64_t>(file_->bytes.size());
  }

  Result<ReadOutcome> read(char* to, size_t max) override {
    if (env_.interrupted_) return ReadOutcome{ReadOutcome::Kind::kInterrupted};
    if (ready_us_ < 0) {
      int64_t delay = static_cast<int64_t>(env_.below(static_cast<uint64_t>(env_.options_.read_delay_max_us) + 1));
      ready_us_ = env_.now_us_ + (env_.below(2) == 0 ? 0 : delay);
    }
    if (env_.now_us_ < ready_us_) return ReadOutcome{ReadOutcome::Kind::kLater, 0, ready_us_};
    std::string_view rest;
    if (auto pipe = env_.pipes_.find(path_); pipe != env_.pipes_.end()) {
      const auto& pieces = pipe->second.pieces;
      while (piece_ < pieces.size() && position_ == pieces[piece_].second.size()) {
        ++piece_;
        position_ = 0;
      }
      if (piece_ == pieces.size()) return ReadOutcome{ReadOutcome::Kind::kEnd};
      if (pieces[piece_].first > env_.now_us_) {
        return ReadOutcome{ReadOutcome::Kind::kLater, 0, pieces[piece_].first};
      }
      rest = std::string_view(pieces[piece_].second).substr(position_);
    } else {
      rest = std::string_view(file_->bytes).substr(std::min(position_, file_->bytes.size()));
      if (rest.empty()) return ReadOutcome{ReadOutcome::Kind::kEnd};
    }
    size_t bytes = std::min({max, rest.size(), static_cast<size_t>(1 + env_.below(env_.options_.read_max))});
    std::copy_n(rest.data(), bytes, to);
    position_ += bytes;
    ready_us_ = -1;
    return ReadOutcome{ReadOutcome::Kind::kData, bytes};
  }

 private:
  SimEnv& env_;
  std::string path_;
  SimDisk::FilePtr file_;  // null for a pipe
  size_t position_;
  size_t piece_ = 0;
  int64_t ready_us_ = -1;
};

class SimOutput : public OutputFile {
 public:
  SimOutput(SimEnv& env, std::string path, SimDisk::FilePtr file, bool regular)
      : env_(env), path_(std::move(path)), file_(std::move(file)), regular_(regular) {}

  bool isRegular() const override { return regular_; }

  Result<size_t> write(std::string_view bytes) override {
    size_t take = bytes.size();
    if (env_.options_.short_writes && take > 1 && env_.below(3) == 0) take = 1 + env_.below(take);
    auto fault = env_.faults_.find(path_);
    if (fault != env_.faults_.end() && fault->second.kind != SimFault::Kind::kSync) {
      uint64_t room = fault->second.after_bytes - std::min<uint64_t>(fault->second.after_bytes, written_);
      if (room == 0) return broken(fault->second.kind);
      take = std::min<size_t>(take, room);
    }
    if (env_.changes("write", path_)) env_.disk_->append(*file_, bytes.substr(0, take));
    written_ += take;
    return take;
  }

  Result<void> sync() override {
    auto fault = env_.faults_.find(path_);
    if (fault != env_.faults_.end() && fault->second.kind == SimFault::Kind::kSync) {
      return failure(ErrorCode::kSyncFailed, fmt::format("cannot make durable {}: Input/output error", path_));
    }
    if (env_.changes("sync", path_)) env_.disk_->sync(*file_);
    return {};
  }

  Result<void> close() override { return {}; }

 private:
  std::unexpected<Error> broken(SimFault::Kind kind) const {
    switch (kind) {
      case SimFault::Kind::kNoSpace:
        return failure(ErrorCode::kWriteFailed, fmt::format("cannot write {}: No space left on device", path_));
      case SimFault::Kind::kBrokenPipe:
        return failure(ErrorCode::kBrokenPipe, fmt::format("cannot write {}: Broken pipe", path_));
      default:
        return failure(ErrorCode::kWriteFailed, fmt::format("cannot write {}: Input/output error", path_));
    }
  }

  SimEnv& env_;
  std::string path_;
  SimDisk::FilePtr file_;
  bool regular_;
  uint64_t written_ = 0;
};

namespace {

class SimLock : public DirectoryLock {
 public:
  SimLock(std::shared_ptr<SimDisk> disk, std::string path) : disk_(std::move(disk)), path_(std::move(path)) {}
  ~SimLock() override { disk_->locks.erase(path_); }

 private:
  std::shared_ptr<SimDisk> disk_;
  std::string path_;
};

std::string systemText(std::string_view what, std::string_view path) {
  return fmt::format("{} {}: No such file or directory", what, path);
}

}  // namespace

SimEnv::SimEnv(SimOptions options, std::shared_ptr<SimDisk> disk)
    : options_(options), state_(options.seed), disk_(disk ? std::move(disk) : std::make_shared<SimDisk>()) {}
SimEnv::~SimEnv() = default;

void SimEnv::putFile(const std::string& path, std::string bytes) { disk_->put(path, std::move(bytes)); }
void SimEnv::putPipe(const std::string& path, std::vector<std::pair<int64_t, std::string>> pieces) {
  pipes_[path] = {std::move(pieces)};
}
void SimEnv::putFault(const std::string& path, SimFault fault) { faults_[path] = fault; }

// SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixer, so that a seed of 1 is as good as any.
uint64_t SimEnv::random() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::optional<std::string> SimEnv::variable(const std::string& name) {
  auto found = variables_.find(name);
  return found == variables_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

bool SimEnv::changes(const char* what, const std::string& path) {
  if (died_) return false;
  died_ = ++changes_ == options_.die_at_change;
  if (!options_.die_at_text.empty() && fmt::format("{} {}", what, path).starts_with(options_.die_at_text)) {
    died_ |= ++matches_ == options_.die_at_match;
  }
  trace_.push_back(fmt::format("{} {} {}{}", now_us_, what, path, died_ ? ": dies" : ""));
  return !died_;
}

Result<std::unique_ptr<InputFile>> SimEnv::openInput(const std::string& path) { return openInputAt(path, 0); }

Result<std::unique_ptr<InputFile>> SimEnv::openInputAt(const std::string& path, int64_t offset) {
  SimDisk::FilePtr file = disk_->find(path);
  if (file == nullptr && !pipes_.contains(path)) {
    return failure(ErrorCode::kCannotOpenInput, systemText("cannot open", path));
  }
  if (file != nullptr && file->bytes.size() < static_cast<size_t>(offset)) {
    return failure(ErrorCode::kInputTooShort,
                   fmt::format("{} has {} bytes, and {} were read already", path, file->bytes.size(), offset));
  }
  return std::make_unique<SimInput>(*this, path, file, static_cast<size_t>(offset));
}

Result<std::string> SimEnv::readFile(const std::string& path, size_t max) {
  auto bytes = disk_->read(path);
  if (!bytes) return failure(ErrorCode::kCannotOpenInput, systemText("cannot open", path));
  return bytes->substr(0, max);
}

Result<std::string> SimEnv::readFileAt(const std::string& path, uint64_t offset, size_t max) {
  auto bytes = disk_->read(path);
  if (!bytes) return failure(ErrorCode::kCannotOpenInput, systemText("cannot open", path));
  return offset < bytes->size() ? bytes->substr(offset, max) : std::string();
}

Result<std::unique_ptr<OutputFile>> SimEnv::createOutput(const std::string& path) {
  bool standard = path == "-";
  std::string name = standard ? "<stdout>" : path;
  SimDisk::FilePtr file = standard ? disk_->find(name) : nullptr;
  if (file == nullptr) file = changes("create", name) ? disk_->create(name) : std::make_shared<SimDisk::File>();
  return std::make_unique<SimOutput>(*this, name, file, !standard);
}

Result<std::unique_ptr<OutputFile>> SimEnv::openOutputAt(const std::string& path, int64_t size) {
  SimDisk::FilePtr file = disk_->find(path);
  if (file == nullptr) return failure(ErrorCode::kCannotOpenOutput, systemText("cannot open", path));
  if (size < 0) size = static_cast<int64_t>(file->bytes.size());
  if (file->bytes.size() < static_cast<size_t>(size)) {
    return failure(ErrorCode::kOutputTooShort,
                   fmt::format("{} has {} bytes, and {} were written already", path, file->bytes.size(), size));
  }
  if (changes("cut", path)) disk_->truncate(*file, static_cast<size_t>(size));
  return std::make_unique<SimOutput>(*this, path, file, true);
}

std::unique_ptr<OutputFile> SimEnv::standardError() {
  SimDisk::FilePtr file = disk_->find("<stderr>");
  if (file == nullptr) file = disk_->create("<stderr>");
  return std::make_unique<SimOutput>(*this, "<stderr>", file, false);
}

bool SimEnv::isSpecial(const std::string& path) { return pipes_.contains(path); }

Result<void> SimEnv::rename(const std::string& from, const std::string& to) {
  if (disk_->find(from) == nullptr) return failure(ErrorCode::kRenameFailed, fmt::format("cannot rename {}", from));
  if (changes("rename", from + " " + to)) disk_->rename(from, to);
  return {};
}

Result<void> SimEnv::syncDirectoryOf(const std::string& path) {
  if (changes("sync directory of", path)) disk_->syncDirectoryOf(path);
  return {};
}

Result<void> SimEnv::makeDirectories(const std::string& path) {
  disk_->makeDirectories(path);
  return {};
}

Result<std::vector<std::string>> SimEnv::listDirectory(const std::string& path) {
  const std::string name = path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  if (!disk_->isDirectory(name)) return failure(ErrorCode::kCannotOpenInput, systemText("cannot list", path));
  return disk_->list(name);
}

Result<void> SimEnv::removeFile(const std::string& path) {
  if (disk_->find(path) != nullptr && changes("remove", path)) disk_->remove(path);
  return {};
}

Result<std::unique_ptr<DirectoryLock>> SimEnv::lockDirectory(const std::string& path) {
  if (!disk_->locks.insert(path).second) {
    return failure(ErrorCode::kStateInUse, fmt::format("{} is used by another process", path));
  }
  return std::make_unique<SimLock>(disk_, path);
}

void SimEnv::tell(std::string_view text) {
  SimDisk::FilePtr file = disk_->find("<stderr>");
  if (file == nullptr) file = disk_->create("<stderr>");
  file->bytes.append(text);
}

std::unique_ptr<Waker> SimEnv::makeWaker(const std::string&) { return std::make_unique<SimWaker>(); }

void SimEnv::run(const std::vector<Actor*>& actors, const std::function<void()>& on_stop) {
  struct State {
    SimWaker* waker;
    int64_t deadline_us = kNever;
    bool done = false;
  };
  std::vector<State> states;
  for (Actor* actor : actors) states.push_back({static_cast<SimWaker*>(&actor->waker())});
  for (;;) {
    ++steps_;
    STREAM_CHECK(steps_ < options_.steps_max, "the simulated job comes to an end");
    died_ |= steps_ == options_.die_at_step;
    if (died_) return;
    if (steps_ == options_.stop_at_step) {
      trace_.push_back(fmt::format("{} stop", now_us_));
      on_stop();
    }
    std::vector<size_t> ready;
    int64_t next_us = kNever;
    bool all_done = true;
    for (size_t i = 0; i < states.size(); ++i) {
      const State& state = states[i];
      if (state.done) continue;
      all_done = false;
      if (state.waker->woken || state.deadline_us <= now_us_)
        ready.push_back(i);
      else
        next_us = std::min(next_us, state.deadline_us);
    }
    if (all_done) return;
    if (ready.empty()) {
      STREAM_CHECK(next_us != kNever, "an actor that could go on was woken");
      now_us_ = next_us;
      trace_.push_back(fmt::format("{} clock", now_us_));
      continue;
    }
    size_t pick = ready[below(ready.size())];
    State& state = states[pick];
    state.waker->woken = false;
    Step step = actors[pick]->step();
    static constexpr const char* kNames[] = {"ran", "idle", "blocked", "done"};
    trace_.push_back(fmt::format("{} {} {}", now_us_, actors[pick]->name(), kNames[static_cast<size_t>(step.kind)]));
    state.done = step.kind == Step::Kind::kDone;
    if (step.kind == Step::Kind::kRan) state.waker->woken = true;
    state.deadline_us = step.deadline_us;
    now_us_ += static_cast<int64_t>(below(4));
  }
}

}  // namespace streamrt
