// Env: everything outside the process, and who runs when. Clock, files, randomness, environment variables and threads
// come from here and from nowhere else, so that the same job code runs on the real system (io/posix_env.h) and under a
// seeded simulator with faults (io/sim_env.h).
//
// The runtime is made of actors: workers, readers, writers, the progress line. An actor does a bounded piece of work in
// `step` and says how it stands; it never waits inside a step, with two exceptions, actors of their own: an input that
// is a pipe or a terminal is read by one that waits in `InputFile::read`, and the control server waits in
// `Listener::wait`. Whoever gives an actor work wakes it.
#ifndef RUNTIME_LIB_IO_ENV_H
#define RUNTIME_LIB_IO_ENV_H

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/core/waker.h"
#include "runtime-lib/io/listener.h"
#include "runtime-lib/io/sleep_times.h"

namespace streamrt {

constexpr int64_t kNever = INT64_MAX;

// How an actor stands after a step. Idle and blocked both sleep until a wake-up or the deadline (of the monotonic
// clock); idle means nothing to do, blocked means something to do but no room for the result.
struct Step {
  enum class Kind : uint8_t { kRan, kIdle, kBlocked, kDone };
  Kind kind = Kind::kRan;
  int64_t deadline_us = kNever;

  static Step ran() { return {Kind::kRan, kNever}; }
  static Step idle(int64_t deadline_us = kNever) { return {Kind::kIdle, deadline_us}; }
  static Step blocked(int64_t deadline_us = kNever) { return {Kind::kBlocked, deadline_us}; }
  static Step done() { return {Kind::kDone, kNever}; }
};

class Env;

class Actor {
 public:
  Actor(Env& env, std::string name);
  virtual ~Actor() = default;
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;

  virtual Step step() = 0;

  const std::string& name() const { return name_; }
  Waker& waker() { return *waker_; }
  // Kept by the environment that runs it.
  SleepTimes& sleeps() { return sleeps_; }
  const SleepTimes& sleeps() const { return sleeps_; }

 private:
  std::string name_;
  SleepTimes sleeps_;
  std::unique_ptr<Waker> waker_;
};

struct ReadOutcome {
  enum class Kind : uint8_t {
    kData,         // `bytes` > 0 were read
    kEnd,          // there is nothing more
    kInterrupted,  // Env::interruptReads was called: the job is stopping
    kLater,        // (simulator) nothing before `ready_us`
  };
  Kind kind = Kind::kEnd;
  size_t bytes = 0;
  int64_t ready_us = 0;
};

class InputFile {
 public:
  virtual ~InputFile() = default;
  virtual Result<ReadOutcome> read(char* to, size_t max) = 0;
  // Has an end that is known now: a regular file, not a pipe, terminal or device.
  virtual bool isRegular() const = 0;
  // How many bytes it has, now; nothing when it has no end that is known.
  virtual std::optional<uint64_t> size() const { return std::nullopt; }
};

class OutputFile {
 public:
  virtual ~OutputFile() = default;
  // Writes some of the bytes, at least one, and returns how many. Signals are not seen here.
  virtual Result<size_t> write(std::string_view bytes) = 0;
  // Makes everything durable. After a failure the file must not be used again: nobody knows what the system dropped.
  virtual Result<void> sync() = 0;
  virtual Result<void> close() = 0;
  // Can be made durable and renamed: a regular file.
  virtual bool isRegular() const = 0;
};

// Held for as long as it lives.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

class Env {
 public:
  virtual ~Env() = default;

  virtual int64_t monotonicUs() = 0;
  virtual int64_t wallUs() = 0;  // since 1970 UTC
  virtual uint64_t random() = 0;
  virtual std::optional<std::string> variable(const std::string& name) = 0;
  virtual unsigned cores() = 0;

  // "-" is standard input and standard output.
  virtual Result<std::unique_ptr<InputFile>> openInput(const std::string& path) = 0;
  // From byte `offset` of a regular file. kInputTooShort: it has fewer bytes.
  virtual Result<std::unique_ptr<InputFile>> openInputAt(const std::string& path, int64_t offset) = 0;
  // All bytes of a regular file, or the first `max`, at once. For what the runtime keeps for itself; not interrupted.
  virtual Result<std::string> readFile(const std::string& path, size_t max) = 0;
  Result<std::string> readFile(const std::string& path) { return readFile(path, SIZE_MAX); }
  // The bytes from `offset` on, at most `max`; fewer only where the file ends.
  virtual Result<std::string> readFileAt(const std::string& path, uint64_t offset, size_t max) = 0;
  virtual Result<std::unique_ptr<OutputFile>> createOutput(const std::string& path) = 0;
  // Goes on behind the first `size` bytes of a regular file; what stands behind them is cut off. kOutputTooShort: it
  // has fewer bytes. Size -1: behind all of them.
  virtual Result<std::unique_ptr<OutputFile>> openOutputAt(const std::string& path, int64_t size) = 0;
  virtual std::unique_ptr<OutputFile> standardError() = 0;
  // Is there something under this name that is not a regular file (so that it cannot be replaced by a rename)?
  virtual bool isSpecial(const std::string& path) = 0;
  // Is there a directory under this name, and not a link to one?
  virtual bool isDirectory(const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // Makes the directory entry of `path` durable.
  virtual Result<void> syncDirectoryOf(const std::string& path) = 0;
  // With all that lead to it; none of them is made durable. Nothing happens when it is there.
  virtual Result<void> makeDirectories(const std::string& path) = 0;
  // The names in a directory, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> listDirectory(const std::string& path) = 0;
  // Nothing happens when there is none.
  virtual Result<void> removeFile(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  // So that two processes do not work in one directory; gone with the process. kStateInUse: somebody has it.
  virtual Result<std::unique_ptr<DirectoryLock>> lockDirectory(const std::string& path) = 0;

  // A place where others can connect; kCannotListen. `address`: io/posix_listener.h.
  virtual Result<std::unique_ptr<Listener>> listen(const std::string& address) = 0;

  // The width of the terminal behind standard error; nothing when it is not one.
  virtual std::optional<unsigned> terminalWidth() = 0;
  // Writes to standard error at once. For diagnostics and the progress line, not for data.
  virtual void tell(std::string_view text) = 0;
  // Tells the service manager that started the process (NOTIFY_SOCKET) how it stands. Without one, or when it does not
  // listen, nothing happens.
  virtual void notifyService(std::string_view state) { (void)state; }

  virtual std::unique_ptr<Waker> makeWaker(const std::string& name) = 0;
  // Runs the actors until all are done. `on_stop` is called once, on the calling thread, when the process is asked to
  // stop (SIGINT, SIGTERM).
  virtual void run(const std::vector<Actor*>& actors, const std::function<void()>& on_stop) = 0;
  // All reads that wait, now or later, return kInterrupted.
  virtual void interruptReads() = 0;
};

inline Actor::Actor(Env& env, std::string name) : name_(std::move(name)), waker_(env.makeWaker(name_)) {}

}  // namespace streamrt

#endif
