#include "runtime-lib/io/posix_env.h"

#include <fmt/format.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <poll.h>
#include <sys/ioctl.h>

#include "runtime-lib/core/check.h"
#include "runtime-lib/io/crash_report.h"
#include "runtime-lib/io/posix_directory.h"
#include "runtime-lib/io/posix_file.h"
#include "runtime-lib/io/posix_listener.h"

namespace streamrt {
namespace {

int64_t clockUs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

// One word: 0 running, 1 woken, 2 asleep. A wake-up between the actor's last look and its falling asleep finds 0 and
// leaves 1, which the actor meets instead of sleeping; the exchange on both sides orders what was written before.
class FutexWaker : public Waker {
 public:
  void wake() override {
    if (word_.exchange(kWoken, std::memory_order_seq_cst) == kAsleep) {
      syscall(SYS_futex, address(), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
  }

  void park(int64_t deadline_us) {
    uint32_t expected = kRunning;
    if (word_.compare_exchange_strong(expected, kAsleep, std::memory_order_seq_cst)) {
      timespec until{deadline_us / 1'000'000, deadline_us % 1'000'000 * 1000};
      while (word_.load(std::memory_order_acquire) == kAsleep) {
        long result = syscall(SYS_futex, address(), FUTEX_WAIT_BITSET_PRIVATE, kAsleep,
                              deadline_us == kNever ? nullptr : &until, nullptr, FUTEX_BITSET_MATCH_ANY);
        if (result == -1 && errno == ETIMEDOUT) break;
      }
    }
    word_.exchange(kRunning, std::memory_order_seq_cst);
  }

 private:
  static constexpr uint32_t kRunning = 0, kWoken = 1, kAsleep = 2;
  uint32_t* address() { return reinterpret_cast<uint32_t*>(&word_); }
  std::atomic<uint32_t> word_{kRunning};
};

// The handler may only touch these.
std::atomic<int> signals_seen{0};
std::atomic<int> signal_fd{-1};

void onSignal(int) {
  int saved = errno;
  if (signals_seen.fetch_add(1) > 0) _exit(130);
  uint64_t one = 1;
  (void)!write(signal_fd.load(), &one, sizeof one);
  errno = saved;
}

void raiseEvent(int fd) {
  uint64_t one = 1;
  while (write(fd, &one, sizeof one) == -1 && errno == EINTR) {
  }
}

// SIGINT and SIGTERM reach `fd` while this lives; SIGPIPE becomes an error of write.
class SignalScope {
 public:
  explicit SignalScope(int fd) {
    signals_seen = 0;
    signal_fd = fd;
    struct sigaction action{};
    action.sa_handler = onSignal;
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &old_pipe_);
  }
  ~SignalScope() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
    sigaction(SIGPIPE, &old_pipe_, nullptr);
    signal_fd = -1;
  }

 private:
  struct sigaction old_int_{}, old_term_{}, old_pipe_{};
};

void runActor(Actor& actor) {
  auto& waker = static_cast<FutexWaker&>(actor.waker());
  actor.sleeps().start(clockUs(CLOCK_MONOTONIC));
  for (;;) {
    Step step = actor.step();
    if (step.kind == Step::Kind::kDone) break;
    if (step.kind == Step::Kind::kRan) continue;
    actor.sleeps().begin(step.kind == Step::Kind::kBlocked, clockUs(CLOCK_MONOTONIC));
    waker.park(step.deadline_us);
    actor.sleeps().end(clockUs(CLOCK_MONOTONIC));
  }
  actor.sleeps().begin(/*blocked=*/false, clockUs(CLOCK_MONOTONIC));  // for good
}

}  // namespace

PosixEnv::PosixEnv() : stop_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  STREAM_CHECK(stop_fd_ >= 0, "an event descriptor");
}

PosixEnv::~PosixEnv() { close(stop_fd_); }

int64_t PosixEnv::monotonicUs() { return clockUs(CLOCK_MONOTONIC); }
int64_t PosixEnv::wallUs() { return clockUs(CLOCK_REALTIME); }

uint64_t PosixEnv::random() {
  uint64_t value = 0;
  while (getrandom(&value, sizeof value, 0) != sizeof value) {
  }
  return value;
}

// A datagram to a socket of the file system, or of the abstract name space ("@…").
void PosixEnv::notifyService(std::string_view state) {
  const std::string path = variable("NOTIFY_SOCKET").value_or("");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) return;
  path.copy(address.sun_path, path.size());
  if (path[0] == '@') address.sun_path[0] = 0;
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  sendto(socket, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&address), size);
  close(socket);
}

std::optional<std::string> PosixEnv::variable(const std::string& name) {
  const char* value = getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

unsigned PosixEnv::cores() { return std::max(1u, std::thread::hardware_concurrency()); }

Result<std::unique_ptr<InputFile>> PosixEnv::openInput(const std::string& path) {
  return openPosixInput(path, stop_fd_);
}
Result<std::unique_ptr<OutputFile>> PosixEnv::createOutput(const std::string& path) { return createPosixOutput(path); }
Result<std::unique_ptr<InputFile>> PosixEnv::openInputAt(const std::string& path, int64_t offset) {
  return openPosixInputAt(path, offset, stop_fd_);
}
Result<std::string> PosixEnv::readFile(const std::string& path, size_t max) { return readPosixFile(path, max); }
Result<std::string> PosixEnv::readFileAt(const std::string& path, uint64_t offset, size_t max) {
  return readPosixFileAt(path, offset, max);
}
Result<std::unique_ptr<OutputFile>> PosixEnv::openOutputAt(const std::string& path, int64_t size) {
  return openPosixOutputAt(path, size);
}
std::unique_ptr<OutputFile> PosixEnv::standardError() { return posixStandardError(); }

bool PosixEnv::isSpecial(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

bool PosixEnv::isDirectory(const std::string& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<void> PosixEnv::rename(const std::string& from, const std::string& to) { return renamePosixFile(from, to); }
Result<void> PosixEnv::syncDirectoryOf(const std::string& path) { return syncPosixDirectoryOf(path); }

Result<void> PosixEnv::makeDirectories(const std::string& path) { return makePosixDirectories(path); }
Result<std::vector<std::string>> PosixEnv::listDirectory(const std::string& path) { return listPosixDirectory(path); }
Result<void> PosixEnv::removeFile(const std::string& path) { return removePosixFile(path); }
bool PosixEnv::exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }
Result<std::unique_ptr<DirectoryLock>> PosixEnv::lockDirectory(const std::string& path) {
  return lockPosixDirectory(path);
}
Result<std::unique_ptr<Listener>> PosixEnv::listen(const std::string& address) { return listenPosix(address); }

std::optional<unsigned> PosixEnv::terminalWidth() {
  winsize size{};
  if (isatty(STDERR_FILENO) == 0) return std::nullopt;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void PosixEnv::tell(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody listens
    text.remove_prefix(static_cast<size_t>(written));
  }
}

std::unique_ptr<Waker> PosixEnv::makeWaker(const std::string&) { return std::make_unique<FutexWaker>(); }

void PosixEnv::run(const std::vector<Actor*>& actors, const std::function<void()>& on_stop) {
  int signals = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int finished = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  STREAM_CHECK(signals >= 0 && finished >= 0, "event descriptors");
  SignalScope scope(signals);
  std::atomic<size_t> running{actors.size()};
  std::vector<std::thread> threads;
  for (Actor* actor : actors) {
    threads.emplace_back([actor, &running, finished] {
      pthread_setname_np(pthread_self(), actor->name().substr(0, 15).c_str());
      CrashStack stack;
      runActor(*actor);
      if (running.fetch_sub(1) == 1) raiseEvent(finished);
    });
  }
  bool stopping = false;
  while (running.load() > 0) {
    pollfd watched[2] = {{finished, POLLIN, 0}, {stopping ? -1 : signals, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) continue;  // EINTR: the handler has written
    if ((watched[1].revents & POLLIN) != 0) {
      stopping = true;
      on_stop();
    }
  }
  for (std::thread& thread : threads) thread.join();
  close(signals);
  close(finished);
}

void PosixEnv::interruptReads() { raiseEvent(stop_fd_); }

}  // namespace streamrt
