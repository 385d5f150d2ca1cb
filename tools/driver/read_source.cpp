#include "tools/driver/read_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dsl/source_file.h"

namespace streamc::driver {
namespace {

std::expected<std::string, std::string> readAll(int descriptor) {
  std::string text;
  char chunk[64 << 10];
  while (true) {
    ssize_t got = ::read(descriptor, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(std::strerror(errno));
    if (got == 0) return text;
    if (text.size() + static_cast<size_t>(got) > kMaxSourceBytes) return std::unexpected("it is longer than 256 MiB");
    text.append(chunk, static_cast<size_t>(got));
  }
}

}  // namespace

std::expected<std::string, std::string> readSource(const std::string& path) {
  if (path == "-") return readAll(STDIN_FILENO);
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(std::strerror(errno));
  auto text = readAll(descriptor);
  ::close(descriptor);
  return text;
}

}  // namespace streamc::driver
