// Env on the real system: a thread for each actor, parked on a futex while it has nothing to do; poll and read on
// pipes; signals through an eventfd. Creating one has no effect on the process; `run` installs the handlers of SIGINT
// and SIGTERM for as long as it runs: the first one calls on_stop, a second one ends the process at once with exit code
// 130.
#ifndef RUNTIME_LIB_IO_POSIX_ENV_H
#define RUNTIME_LIB_IO_POSIX_ENV_H

#include "runtime-lib/io/env.h"

namespace streamrt {

class PosixEnv : public Env {
 public:
  PosixEnv();
  ~PosixEnv() override;

  int64_t monotonicUs() override;
  int64_t wallUs() override;
  uint64_t random() override;
  std::optional<std::string> variable(const std::string& name) override;
  unsigned cores() override;
  Result<std::unique_ptr<InputFile>> openInput(const std::string& path) override;
  Result<std::unique_ptr<InputFile>> openInputAt(const std::string& path, int64_t offset) override;
  using Env::readFile;
  Result<std::string> readFile(const std::string& path, size_t max) override;
  Result<std::string> readFileAt(const std::string& path, uint64_t offset, size_t max) override;
  Result<std::unique_ptr<OutputFile>> createOutput(const std::string& path) override;
  Result<std::unique_ptr<OutputFile>> openOutputAt(const std::string& path, int64_t size) override;
  std::unique_ptr<OutputFile> standardError() override;
  bool isSpecial(const std::string& path) override;
  bool isDirectory(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> syncDirectoryOf(const std::string& path) override;
  Result<void> makeDirectories(const std::string& path) override;
  Result<std::vector<std::string>> listDirectory(const std::string& path) override;
  Result<void> removeFile(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<DirectoryLock>> lockDirectory(const std::string& path) override;
  Result<std::unique_ptr<Listener>> listen(const std::string& address) override;
  std::optional<unsigned> terminalWidth() override;
  void tell(std::string_view text) override;
  void notifyService(std::string_view state) override;
  std::unique_ptr<Waker> makeWaker(const std::string& name) override;
  void run(const std::vector<Actor*>& actors, const std::function<void()>& on_stop) override;
  void interruptReads() override;

 private:
  int stop_fd_;  // readable for ever once reads are interrupted
};

}  // namespace streamrt

#endif
