#include "runtime-lib/io/posix_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace streamrt {
namespace {

std::unexpected<Error> systemFailure(ErrorCode code, std::string_view what, std::string_view path, int error) {
  return failure(code, fmt::format("{} {}: {}", what, path, std::strerror(error)));
}

// The process that wrote its number into the lock file.
std::string holderOf(int fd) {
  char text[32] = {};
  ssize_t got = pread(fd, text, sizeof text - 1, 0);
  if (got <= 0) return "";
  return fmt::format(" (process {})", std::string_view(text, static_cast<size_t>(got)));
}

class PosixLock : public DirectoryLock {
 public:
  explicit PosixLock(int fd) : fd_(fd) {}
  ~PosixLock() override { ::close(fd_); }

 private:
  int fd_;
};

}  // namespace

Result<void> renamePosixFile(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  int error = errno;
  return failure(ErrorCode::kRenameFailed, fmt::format("cannot rename {} to {}: {}", from, to, std::strerror(error)));
}

Result<void> removePosixFile(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return systemFailure(ErrorCode::kWriteFailed, "cannot remove", path, errno);
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
  if (result != 0 && error != EINVAL) {
    return systemFailure(ErrorCode::kSyncFailed, "cannot make durable", directory, error);
  }
  return {};
}

Result<void> makePosixDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return systemFailure(ErrorCode::kCannotOpenOutput, "cannot create directory", path, error.value());
  return {};
}

Result<std::vector<std::string>> listPosixDirectory(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) return systemFailure(ErrorCode::kCannotOpenInput, "cannot list", path, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::unique_ptr<DirectoryLock>> lockPosixDirectory(const std::string& path) {
  std::string file = path + "/LOCK";
  int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return systemFailure(ErrorCode::kStateUnreadable, "cannot open", file, errno);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    int error = errno;
    std::string holder = holderOf(fd);
    ::close(fd);
    if (error != EWOULDBLOCK) return systemFailure(ErrorCode::kStateUnreadable, "cannot lock", file, error);
    return failure(ErrorCode::kStateInUse, fmt::format("{} is used by another process{}", path, holder));
  }
  std::string number = std::to_string(getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, number.data(), number.size(), 0) < 0) {
    // Only the message of the next one is poorer.
  }
  return std::make_unique<PosixLock>(fd);
}

}  // namespace streamrt
