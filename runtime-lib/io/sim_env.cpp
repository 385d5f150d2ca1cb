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
  SimInput(SimEnv& env, std::string path) : env_(env), path_(std::move(path)) {}

  bool isRegular() const override { return !env_.pipes_.contains(path_); }

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
      rest = std::string_view(env_.files_[path_]).substr(position_);
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
  size_t position_ = 0;
  size_t piece_ = 0;
  int64_t ready_us_ = -1;
};

class SimOutput : public OutputFile {
 public:
  SimOutput(SimEnv& env, std::string path, bool regular) : env_(env), path_(std::move(path)), regular_(regular) {}

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
    env_.files_[path_].append(bytes.substr(0, take));
    env_.synced_.erase(path_);
    written_ += take;
    return take;
  }

  Result<void> sync() override {
    auto fault = env_.faults_.find(path_);
    if (fault != env_.faults_.end() && fault->second.kind == SimFault::Kind::kSync) {
      return failure(ErrorCode::kSyncFailed, fmt::format("cannot make durable {}: Input/output error", path_));
    }
    env_.synced_.insert(path_);
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
  bool regular_;
  uint64_t written_ = 0;
};

SimEnv::SimEnv(SimOptions options) : options_(options), state_(options.seed) {}
SimEnv::~SimEnv() = default;

void SimEnv::putFile(const std::string& path, std::string bytes) { files_[path] = std::move(bytes); }
void SimEnv::putPipe(const std::string& path, std::vector<std::pair<int64_t, std::string>> pieces) {
  pipes_[path] = {std::move(pieces)};
}
void SimEnv::putFault(const std::string& path, SimFault fault) { faults_[path] = fault; }

std::optional<std::string> SimEnv::file(const std::string& path) const {
  auto found = files_.find(path);
  return found == files_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

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

Result<std::unique_ptr<InputFile>> SimEnv::openInput(const std::string& path) {
  if (!files_.contains(path) && !pipes_.contains(path)) {
    return failure(ErrorCode::kCannotOpenInput, fmt::format("cannot open {}: No such file or directory", path));
  }
  return std::make_unique<SimInput>(*this, path);
}

Result<std::unique_ptr<OutputFile>> SimEnv::createOutput(const std::string& path) {
  bool standard = path == "-";
  std::string name = standard ? "<stdout>" : path;
  files_[name] = standard ? files_[name] : "";
  return std::make_unique<SimOutput>(*this, name, !standard);
}

std::unique_ptr<OutputFile> SimEnv::standardError() { return std::make_unique<SimOutput>(*this, "<stderr>", false); }

bool SimEnv::isSpecial(const std::string& path) { return pipes_.contains(path); }

Result<void> SimEnv::rename(const std::string& from, const std::string& to) {
  auto found = files_.find(from);
  if (found == files_.end()) return failure(ErrorCode::kRenameFailed, fmt::format("cannot rename {}", from));
  files_[to] = std::move(found->second);
  files_.erase(found);
  if (synced_.erase(from) != 0) synced_.insert(to);
  return {};
}

Result<void> SimEnv::syncDirectoryOf(const std::string&) { return {}; }

void SimEnv::tell(std::string_view text) { files_["<stderr>"].append(text); }

std::unique_ptr<Waker> SimEnv::makeWaker(const std::string&) { return std::make_unique<SimWaker>(); }

void SimEnv::run(const std::vector<Actor*>& actors, const std::function<void()>& on_stop) {
  struct State {
    SimWaker* waker;
    int64_t deadline_us = kNever;
    bool done = false;
  };
  std::vector<State> states;
  for (Actor* actor : actors) states.push_back({static_cast<SimWaker*>(&actor->waker())});
  for (uint64_t steps = 1;; ++steps) {
    STREAM_CHECK(steps < options_.steps_max, "the simulated job comes to an end");
    if (steps == options_.stop_at_step) {
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
