#include "runtime-lib/io/posix_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace streamrt {
namespace {

std::unexpected<Error> systemFailure(ErrorCode code, std::string_view what, std::string_view path, int error) {
  return failure(code, fmt::format("{} {}: {}", what, path, std::strerror(error)));
}

class PosixInput : public InputFile {
 public:
  PosixInput(int fd, bool owned, bool regular, std::string path, int stop_fd)
      : fd_(fd), owned_(owned), regular_(regular), path_(std::move(path)), stop_fd_(stop_fd) {}
  ~PosixInput() override {
    if (owned_) ::close(fd_);
  }

  bool isRegular() const override { return regular_; }

  Result<ReadOutcome> read(char* to, size_t max) override {
    for (;;) {
      if (!regular_) {
        pollfd watched[2] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
        if (poll(watched, 2, -1) < 0) {
          if (errno == EINTR) continue;
          return systemFailure(ErrorCode::kReadFailed, "cannot wait for", path_, errno);
        }
        if (watched[1].revents != 0) return ReadOutcome{ReadOutcome::Kind::kInterrupted};
      }
      ssize_t got = ::read(fd_, to, max);
      if (got > 0) return ReadOutcome{ReadOutcome::Kind::kData, static_cast<size_t>(got)};
      if (got == 0) return ReadOutcome{ReadOutcome::Kind::kEnd};
      if (errno == EINTR || errno == EAGAIN) continue;
      return systemFailure(ErrorCode::kReadFailed, "cannot read", path_, errno);
    }
  }

 private:
  int fd_;
  bool owned_;
  bool regular_;
  std::string path_;
  int stop_fd_;
};

class PosixOutput : public OutputFile {
 public:
  PosixOutput(int fd, bool owned, bool regular, std::string path)
      : fd_(fd), owned_(owned), regular_(regular), path_(std::move(path)) {}
  ~PosixOutput() override {
    if (owned_ && fd_ >= 0) ::close(fd_);
  }

  bool isRegular() const override { return regular_; }

  Result<size_t> write(std::string_view bytes) override {
    for (;;) {
      ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written > 0) return static_cast<size_t>(written);
      if (written == 0 || errno == EINTR) continue;
      if (errno == EAGAIN) {  // a descriptor that somebody else made non-blocking
        pollfd watched{fd_, POLLOUT, 0};
        poll(&watched, 1, -1);
        continue;
      }
      return systemFailure(errno == EPIPE ? ErrorCode::kBrokenPipe : ErrorCode::kWriteFailed, "cannot write", path_,
                           errno);
    }
  }

  Result<void> sync() override {
    if (!regular_) return {};
    while (fsync(fd_) != 0) {
      if (errno != EINTR) return systemFailure(ErrorCode::kSyncFailed, "cannot make durable", path_, errno);
    }
    return {};
  }

  Result<void> close() override {
    if (!owned_ || fd_ < 0) return {};
    int fd = fd_;
    fd_ = -1;
    // Network file systems report lost writes here. EINTR: the descriptor is gone all the same.
    if (::close(fd) != 0 && errno != EINTR) return systemFailure(ErrorCode::kWriteFailed, "cannot close", path_, errno);
    return {};
  }

 private:
  int fd_;
  bool owned_;
  bool regular_;
  std::string path_;
};

bool isRegularFile(int fd) {
  struct stat info{};
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

Result<std::unique_ptr<InputFile>> openPosixInput(const std::string& path, int stop_fd) {
  if (path == "-") {
    return std::make_unique<PosixInput>(STDIN_FILENO, false, isRegularFile(STDIN_FILENO), "standard input", stop_fd);
  }
  // Non-blocking: opening a pipe that nobody writes to yet must not hang; `read` waits for it.
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return systemFailure(ErrorCode::kCannotOpenInput, "cannot open", path, errno);
  struct stat info{};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(fd);
    return systemFailure(ErrorCode::kCannotOpenInput, "cannot read", path, EISDIR);
  }
  bool regular = S_ISREG(info.st_mode);
  if (regular) (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::make_unique<PosixInput>(fd, true, regular, path, stop_fd);
}

Result<std::unique_ptr<OutputFile>> createPosixOutput(const std::string& path) {
  if (path == "-") return std::make_unique<PosixOutput>(STDOUT_FILENO, false, false, "standard output");
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return systemFailure(ErrorCode::kCannotOpenOutput, "cannot create", path, errno);
  return std::make_unique<PosixOutput>(fd, true, isRegularFile(fd), path);
}

std::unique_ptr<OutputFile> posixStandardError() {
  return std::make_unique<PosixOutput>(STDERR_FILENO, false, false, "standard error");
}

Result<void> renamePosixFile(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  int error = errno;
  return failure(ErrorCode::kRenameFailed, fmt::format("cannot rename {} to {}: {}", from, to, std::strerror(error)));
}

Result<void> syncPosixDirectoryOf(const std::string& path) {
  size_t slash = path.find_last_of('/');
  std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return systemFailure(ErrorCode::kSyncFailed, "cannot open directory", directory, errno);
  int result = fsync(fd);
  int error = errno;
  ::close(fd);
  // Some file systems cannot sync a directory and say EINVAL; there is nothing that could be done better.
  if (result != 0 && error != EINVAL)
    return systemFailure(ErrorCode::kSyncFailed, "cannot make durable", directory, error);
  return {};
}

}  // namespace streamrt
