#include "runtime-lib/io/posix_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace streamrt {
namespace {

std::unexpected<Error> systemFailure(ErrorCode code, std::string_view what, std::string_view path, int error) {
  return failure(code, fmt::format("{} {}: {}", what, path, std::strerror(error)));
}

std::unexpected<Error> tooShort(ErrorCode code, std::string_view path, int64_t size, int64_t known, const char* what) {
  return failure(code,
                 fmt::format("{} has {} bytes, and {} {} already: it was replaced or cut", path, size, known, what));
}

class PosixInput : public InputFile {
 public:
  PosixInput(int fd, bool owned, bool regular, std::string path, int stop_fd)
      : fd_(fd), owned_(owned), regular_(regular), path_(std::move(path)), stop_fd_(stop_fd) {}
  ~PosixInput() override {
    if (owned_) ::close(fd_);
  }

  bool isRegular() const override { return regular_; }
  std::optional<uint64_t> size() const override {
    struct stat info{};
    if (!regular_ || fstat(fd_, &info) != 0) return std::nullopt;
    return static_cast<uint64_t>(info.st_size);
  }

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

Result<std::unique_ptr<InputFile>> openPosixInputAt(const std::string& path, int64_t offset, int stop_fd) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return systemFailure(ErrorCode::kCannotOpenInput, "cannot open", path, errno);
  auto file = std::make_unique<PosixInput>(fd, true, true, path, stop_fd);
  struct stat info{};
  if (fstat(fd, &info) != 0) return systemFailure(ErrorCode::kCannotOpenInput, "cannot read", path, errno);
  if (!S_ISREG(info.st_mode)) {
    return failure(ErrorCode::kCannotOpenInput, fmt::format("cannot go on in {}: it is no regular file", path));
  }
  if (info.st_size < offset) return tooShort(ErrorCode::kInputTooShort, path, info.st_size, offset, "were read");
  if (lseek(fd, offset, SEEK_SET) != offset) {
    return systemFailure(ErrorCode::kReadFailed, "cannot read", path, errno);
  }
  (void)posix_fadvise(fd, offset, 0, POSIX_FADV_SEQUENTIAL);
  return file;
}

Result<std::string> readPosixFile(const std::string& path, size_t max) {
  auto file = openPosixInputAt(path, 0, -1);
  if (!file) return std::unexpected(file.error());
  std::string bytes;
  for (size_t piece = 64 << 10; bytes.size() < max; piece = std::min<size_t>(piece * 2, 8 << 20)) {
    size_t size = bytes.size();
    bytes.resize(size + std::min(piece, max - size));
    Result<ReadOutcome> got = (*file)->read(bytes.data() + size, bytes.size() - size);
    if (!got) return std::unexpected(got.error());
    bytes.resize(size + got->bytes);
    if (got->kind == ReadOutcome::Kind::kEnd) break;
  }
  return bytes;
}

Result<std::string> readPosixFileAt(const std::string& path, uint64_t offset, size_t max) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return systemFailure(ErrorCode::kCannotOpenInput, "cannot open", path, errno);
  std::string bytes;
  int error = 0;
  bytes.resize_and_overwrite(max, [&](char* to, size_t) {
    size_t size = 0;
    while (size < max) {
      const ssize_t got = ::pread(fd, to + size, max - size, static_cast<off_t>(offset + size));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) error = errno;
      if (got <= 0) break;
      size += static_cast<size_t>(got);
    }
    return size;
  });
  ::close(fd);
  if (error != 0) return systemFailure(ErrorCode::kReadFailed, "cannot read", path, error);
  return bytes;
}

Result<std::unique_ptr<OutputFile>> createPosixOutput(const std::string& path) {
  if (path == "-") return std::make_unique<PosixOutput>(STDOUT_FILENO, false, false, "standard output");
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return systemFailure(ErrorCode::kCannotOpenOutput, "cannot create", path, errno);
  return std::make_unique<PosixOutput>(fd, true, isRegularFile(fd), path);
}

Result<std::unique_ptr<OutputFile>> openPosixOutputAt(const std::string& path, int64_t size) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return systemFailure(ErrorCode::kCannotOpenOutput, "cannot open", path, errno);
  auto file = std::make_unique<PosixOutput>(fd, true, isRegularFile(fd), path);
  struct stat info{};
  if (fstat(fd, &info) != 0) return systemFailure(ErrorCode::kCannotOpenOutput, "cannot open", path, errno);
  if (size < 0) size = info.st_size;
  if (info.st_size < size) return tooShort(ErrorCode::kOutputTooShort, path, info.st_size, size, "were written");
  if (ftruncate(fd, size) != 0 || lseek(fd, size, SEEK_SET) != size) {
    return systemFailure(ErrorCode::kWriteFailed, "cannot cut", path, errno);
  }
  return file;
}

std::unique_ptr<OutputFile> posixStandardError() {
  return std::make_unique<PosixOutput>(STDERR_FILENO, false, false, "standard error");
}

}  // namespace streamrt
