#include "runtime-lib/io/posix_listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace streamrt {
namespace {

constexpr int kBacklog = 128;

// A descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> parse(const std::string& text) {
  size_t colon = text.rfind(':');
  std::string host = colon == text.npos ? "" : text.substr(0, colon);
  std::string port_text = colon == text.npos ? text : text.substr(colon + 1);
  uint16_t port = 0;
  auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size()) return std::nullopt;
  if (host.empty() || host == "localhost") host = "127.0.0.1";
  Address address;
  if (host.starts_with('[') && host.ends_with(']')) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address.size = sizeof *v6;
    if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6->sin6_addr) != 1) return std::nullopt;
    return address;
  }
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(port);
  address.size = sizeof *v4;
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) != 1) return std::nullopt;
  return address;
}

std::string print(const Address& address) {
  char host[INET6_ADDRSTRLEN] = "?";
  if (address.storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    return fmt::format("[{}]:{}", host, ntohs(v6->sin6_port));
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
  inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
  return fmt::format("{}:{}", host, ntohs(v4->sin_port));
}

Transfer outcome(ssize_t moved) {
  if (moved > 0) return {Transfer::Kind::kBytes, static_cast<size_t>(moved)};
  if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return {Transfer::Kind::kLater, 0};
  return {Transfer::Kind::kClosed, 0};
}

class PosixConnection : public Connection {
 public:
  explicit PosixConnection(Descriptor socket) : socket_(std::move(socket)) {}
  Transfer read(std::span<char> to) override { return outcome(recv(socket_.get(), to.data(), to.size(), 0)); }
  Transfer write(std::string_view bytes) override {
    return outcome(send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  void finish() override { shutdown(socket_.get(), SHUT_WR); }
  int descriptor() const { return socket_.get(); }

 private:
  Descriptor socket_;
};

class PosixListener : public Listener {
 public:
  PosixListener(Descriptor socket, Descriptor wake, std::string address)
      : socket_(std::move(socket)), wake_(std::move(wake)), address_(std::move(address)) {}

  const std::string& address() const override { return address_; }

  std::unique_ptr<Connection> accept() override {
    Descriptor client(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    exhausted_ = client.get() < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM);
    if (client.get() < 0) return nullptr;  // nobody, or one who has gone again, or no descriptors left
    return std::make_unique<PosixConnection>(std::move(client));
  }

  void wait(std::span<const Awaited> connections, int64_t deadline_us) override {
    std::vector<pollfd> watched = {{wake_.get(), POLLIN, 0}, {exhausted_ ? -1 : socket_.get(), POLLIN, 0}};
    for (const Awaited& awaited : connections) {
      int fd = static_cast<PosixConnection*>(awaited.connection)->descriptor();
      watched.push_back({fd, static_cast<short>(awaited.to_write ? POLLOUT : POLLIN), 0});
    }
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left_us = deadline_us - (int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000);
    // To look again now and then is harmless; without descriptors it is what is left to do.
    left_us = std::clamp<int64_t>(left_us, 0, exhausted_ ? 100'000 : 3'600'000'000);
    timespec timeout{left_us / 1'000'000, left_us % 1'000'000 * 1000};
    if (ppoll(watched.data(), watched.size(), &timeout, nullptr) > 0 && (watched[0].revents & POLLIN) != 0) {
      uint64_t count;
      (void)!read(wake_.get(), &count, sizeof count);
    }
  }

  void interrupt() override {
    uint64_t one = 1;
    while (write(wake_.get(), &one, sizeof one) == -1 && errno == EINTR) {
    }
  }

 private:
  Descriptor socket_;
  Descriptor wake_;
  std::string address_;
  bool exhausted_ = false;  // somebody waits, but the system has no descriptor for them
};

}  // namespace

Result<std::unique_ptr<Listener>> listenPosix(const std::string& text) {
  std::optional<Address> address = parse(text);
  if (!address)
    return failure(ErrorCode::kCannotListen,
                   fmt::format("cannot listen on {}: not HOST:PORT with a numeric host, such as 127.0.0.1:9090", text));
  auto system_failure = [&] {
    return failure(ErrorCode::kCannotListen, fmt::format("cannot listen on {}: {}", text, std::strerror(errno)));
  };
  Descriptor socket(::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  Descriptor wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (socket.get() < 0 || wake.get() < 0) return system_failure();
  int yes = 1;  // a job that is started again finds its port free
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  auto* raw = reinterpret_cast<sockaddr*>(&address->storage);
  if (bind(socket.get(), raw, address->size) != 0 || ::listen(socket.get(), kBacklog) != 0 ||
      getsockname(socket.get(), raw, &address->size) != 0) {
    return system_failure();
  }
  return std::make_unique<PosixListener>(std::move(socket), std::move(wake), print(*address));
}

}  // namespace streamrt
