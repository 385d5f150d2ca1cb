// Env as a seeded simulator: all actors on one thread, the next one picked by a generator; a clock that only moves when
// everybody sleeps (to the next deadline) or by a little in each step; files in memory whose reads come in pieces and
// late; write faults; the death of the process at any of its file operations. One seed gives one run, decision by
// decision: `trace()` has a line for each.
#ifndef RUNTIME_LIB_IO_SIM_ENV_H
#define RUNTIME_LIB_IO_SIM_ENV_H

#include <map>

#include "runtime-lib/io/env.h"
#include "runtime-lib/io/sim_disk.h"

namespace streamrt {

struct SimOptions {
  uint64_t seed = 1;
  size_t read_max = 4096;           // a read gives 1…read_max bytes
  int64_t read_delay_max_us = 500;  // and may come up to this late
  bool short_writes = true;         // a write may take fewer bytes than it was given
  uint64_t stop_at_step = 0;        // the step at which the process is asked to stop; 0 = never
  // The process dies before this step, or instead of this change of the disk (create, write, cut, sync, rename …);
  // 0 = never. `run` returns; nothing that its objects still do changes the disk.
  uint64_t die_at_step = 0;
  uint64_t die_at_change = 0;
  // The same, instead of the n-th change whose line in the trace begins so (without the time): "rename /state/".
  std::string die_at_text = {};
  uint64_t die_at_match = 1;
  uint64_t steps_max = 50'000'000;  // more is a livelock
};

// What a file does wrong. Written bytes are counted per file.
struct SimFault {
  enum class Kind : uint8_t { kNoSpace, kIo, kBrokenPipe, kSync };
  Kind kind = Kind::kNoSpace;
  uint64_t after_bytes = 0;  // kSync: ignored, the first sync fails
};

class SimEnv : public Env {
 public:
  explicit SimEnv(SimOptions options, std::shared_ptr<SimDisk> disk = nullptr);
  ~SimEnv() override;

  // The world, before and after the run. "-" is standard input; "<stdout>" and "<stderr>" are what was written there.
  void putFile(const std::string& path, std::string bytes);
  // A pipe: each piece can be read from its time on.
  void putPipe(const std::string& path, std::vector<std::pair<int64_t, std::string>> pieces);
  void putFault(const std::string& path, SimFault fault);
  void putVariable(const std::string& name, std::string value) { variables_[name] = std::move(value); }
  std::optional<std::string> file(const std::string& path) const { return disk_->read(path); }
  bool isDurable(const std::string& path) const { return disk_->isDurable(path); }
  SimDisk& disk() { return *disk_; }
  bool died() const { return died_; }
  uint64_t steps() const { return steps_; }
  uint64_t changes() const { return changes_; }  // of the disk
  const std::vector<std::string>& trace() const { return trace_; }

  int64_t monotonicUs() override { return now_us_; }
  int64_t wallUs() override { return kEpochUs + now_us_; }
  uint64_t random() override;
  std::optional<std::string> variable(const std::string& name) override;
  unsigned cores() override { return 4; }
  Result<std::unique_ptr<InputFile>> openInput(const std::string& path) override;
  Result<std::unique_ptr<InputFile>> openInputAt(const std::string& path, int64_t offset) override;
  using Env::readFile;
  Result<std::string> readFile(const std::string& path, size_t max) override;
  Result<std::string> readFileAt(const std::string& path, uint64_t offset, size_t max) override;
  Result<std::unique_ptr<OutputFile>> createOutput(const std::string& path) override;
  Result<std::unique_ptr<OutputFile>> openOutputAt(const std::string& path, int64_t size) override;
  std::unique_ptr<OutputFile> standardError() override;
  bool isSpecial(const std::string& path) override;
  bool isDirectory(const std::string& path) override { return disk_->isDirectory(path); }
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> syncDirectoryOf(const std::string& path) override;
  Result<void> makeDirectories(const std::string& path) override;
  Result<std::vector<std::string>> listDirectory(const std::string& path) override;
  Result<void> removeFile(const std::string& path) override;
  bool exists(const std::string& path) override { return disk_->find(path) != nullptr || disk_->isDirectory(path); }
  Result<std::unique_ptr<DirectoryLock>> lockDirectory(const std::string& path) override;
  Result<std::unique_ptr<Listener>> listen(const std::string&) override {
    return failure(ErrorCode::kCannotListen, "the simulator has no network");
  }
  std::optional<unsigned> terminalWidth() override { return std::nullopt; }
  void tell(std::string_view text) override;
  std::unique_ptr<Waker> makeWaker(const std::string& name) override;
  void run(const std::vector<Actor*>& actors, const std::function<void()>& on_stop) override;
  void interruptReads() override { interrupted_ = true; }

 private:
  friend class SimInput;
  friend class SimOutput;
  struct Pipe {
    std::vector<std::pair<int64_t, std::string>> pieces;
  };
  static constexpr int64_t kEpochUs = 1'700'000'000'000'000;

  uint64_t below(uint64_t bound) { return bound == 0 ? 0 : random() % bound; }
  // Called before each change of the disk: whether the process lives to make it.
  bool changes(const char* what, const std::string& path);

  SimOptions options_;
  uint64_t state_;
  int64_t now_us_ = 0;
  bool interrupted_ = false;
  bool died_ = false;
  uint64_t steps_ = 0;
  uint64_t changes_ = 0;
  uint64_t matches_ = 0;  // of die_at_text
  std::shared_ptr<SimDisk> disk_;
  std::map<std::string, Pipe> pipes_;
  std::map<std::string, SimFault> faults_;
  std::map<std::string, std::string> variables_;
  std::vector<std::string> trace_;
};

}  // namespace streamrt

#endif
