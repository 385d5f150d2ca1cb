#include "tools/driver/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include "tools/driver/compile.h"

namespace streamc::driver {
namespace {

constexpr int kExitCode = 70;
constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t kStackBytes = 1 << 20;  // printing IR needs some
constexpr unsigned kAlarmSeconds = 20;

Compilation* current = nullptr;
char path[512] = "";      // of the file
char command[4096] = "";  // as it was given
char fatal[2048] = "";    // what LLVM said last
std::atomic<bool> reporting{false};

void copy(char* to, size_t size, std::string_view text) {
  size_t length = std::min(text.size(), size - 1);
  std::memcpy(to, text.data(), length);
  to[length] = 0;
}

void put(int file, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(file, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

const char* nameOf(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    default:
      return "SIGABRT";
  }
}

// The phase that runs when a compilation has got this far.
const char* phaseAfter(Border reached) {
  constexpr const char* kPhases[] = {"lex",  "parse", "check", "lower",  "optimize",
                                     "plan", "emit",  "llvm",  "object", "link"};
  return kPhases[static_cast<size_t>(reached)];
}

// What is certain to be there.
void writeSources(int file) {
  if (current == nullptr) return;
  put(file, "phase    ");
  put(file, phaseAfter(current->reached));
  for (size_t i = 0; i < current->files.size(); ++i) {
    const SourceFile& source = current->files.get(static_cast<FileId>(i));
    put(file, "\n\n==== ");
    put(file, source.name());
    put(file, "\n");
    put(file, source.text());
  }
}

// What may crash again.
void writeIr(int file) {
  if (current == nullptr) return;
  llvm::raw_fd_ostream out(file, /*shouldClose=*/false, /*unbuffered=*/true);
  if (current->llvm.module) {
    put(file, "\n\n==== LLVM IR\n");
    current->llvm.module->print(out, nullptr);
  } else if (current->ir) {
    put(file, "\n\n==== IR\n");
    current->ir->getOperation()->print(out, mlir::OpPrintingFlags().assumeVerified());
  }
}

void onCrash(int signal, siginfo_t*, void*) {
  if (reporting.exchange(true)) _exit(kExitCode);  // while the report was made: what is written is written
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  put(STDERR_FILENO, "streamc: internal error: ");
  put(STDERR_FILENO, fatal[0] != 0 ? fatal : nameOf(signal));
  if (current != nullptr) {
    put(STDERR_FILENO, ", in the phase ");
    put(STDERR_FILENO, phaseAfter(current->reached));
  }
  put(STDERR_FILENO, "\nThis is a bug of streamc, not of your program.");
  if (file < 0) {
    put(STDERR_FILENO, " No report could be written to ");
    put(STDERR_FILENO, path);
    put(STDERR_FILENO, "\n");
    _exit(kExitCode);
  }
  put(STDERR_FILENO, " What is needed to see it again (the program's text is in there) is in\n  ");
  put(STDERR_FILENO, path);
  put(STDERR_FILENO, "\nPlease report it.\n");

  put(file, "streamc  " STREAMC_VERSION "\ncommand  ");
  put(file, command);
  put(file, "\nsignal   ");
  put(file, nameOf(signal));
  put(file, "\nsaid     ");
  put(file, fatal);
  put(file, "\n");
  writeSources(file);
  alarm(kAlarmSeconds);
  {
    put(file, "\n\n==== stack\n");
    llvm::raw_fd_ostream out(file, /*shouldClose=*/false, /*unbuffered=*/true);
    llvm::sys::PrintStackTrace(out);
  }
  writeIr(file);
  _exit(kExitCode);
}

void onAlarm(int) { _exit(kExitCode); }

// LLVM's fatal errors, a module that does not verify among them.
void onFatalError(void*, const char* reason, bool) {
  copy(fatal, sizeof fatal, reason);
  std::abort();
}

// Not a tail call, and not something that the optimiser sees through.
int overflow(volatile char* above) {
  volatile char here[4096];
  here[0] = *above;
  return overflow(here) + here[0];
}

}  // namespace

void reportCrashes(int argc, char** argv) {
  const char* directory = std::getenv("TMPDIR");
  if (directory == nullptr || *directory == 0) directory = P_tmpdir;
  std::snprintf(path, sizeof path, "%s/streamc-crash-%d.txt", directory, static_cast<int>(getpid()));
  std::string words;
  for (int i = 0; i < argc; ++i) words += (i == 0 ? "" : " ") + std::string(argv[i]);
  copy(command, sizeof command, words);

  llvm::install_fatal_error_handler(onFatalError);
  void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) {
    stack_t stack{};
    stack.ss_sp = memory;
    stack.ss_size = kStackBytes;
    sigaltstack(&stack, nullptr);
  }
  struct sigaction action{};
  action.sa_handler = onAlarm;
  sigaction(SIGALRM, &action, nullptr);
  action.sa_handler = nullptr;
  action.sa_sigaction = onCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (int signal : kSignals) sigaction(signal, &action, nullptr);
}

CrashScope::CrashScope(Compilation& compilation) : outer_(std::exchange(current, &compilation)) {}
CrashScope::~CrashScope() { current = outer_; }

void crashIfAsked(std::string_view phase) {
  static const char* const asked = std::getenv("STREAMC_DEBUG_CRASH");
  if (asked == nullptr) [[likely]]
    return;
  std::string_view where(asked), kind = "segv";
  if (size_t colon = where.find(':'); colon != where.npos) {
    kind = where.substr(colon + 1);
    where = where.substr(0, colon);
  }
  if (where != phase) return;
  volatile char start = 0;
  if (kind == "assert") {
    assert(false && "STREAMC_DEBUG_CRASH asked for it");
    std::abort();
  } else if (kind == "fatal") {
    llvm::report_fatal_error("STREAMC_DEBUG_CRASH asked for it");
  } else if (kind == "overflow") {
    std::exit(overflow(&start));
  } else {
    raise(SIGSEGV);
  }
}

}  // namespace streamc::driver
