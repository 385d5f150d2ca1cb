#include "runtime-lib/io/crash_report.h"

#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "runtime-lib/core/crash_site.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STREAM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STREAM_SANITIZED 1
#endif
#endif

namespace streamrt {
namespace {

constexpr int kExitCode = 70;
constexpr int kFramesMax = 40;
constexpr size_t kStackBytes = 64 << 10;
[[maybe_unused]] constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

template <size_t kSize>
struct Text {
  char bytes[kSize] = {};
  void set(std::string_view text) {
    size_t size = std::min(text.size(), kSize - 1);
    std::memcpy(bytes, text.data(), size);
    bytes[size] = 0;
  }
};

struct Module {
  uintptr_t begin = 0, end = 0, base = 0;
  Text<64> name;
};
struct Function {
  uintptr_t address = 0;
  Text<64> name;
};

// All that the handler says; filled by installCrashReport.
struct Prepared {
  Text<128> program, job, compiler, plan, build_id;
  Module modules[24];
  size_t module_count = 0;
  Function functions[128];  // ascending by address
  size_t function_count = 0;
} prepared;

std::atomic<pid_t> reporter{0};  // the thread that reports

// ---------------------------------------------------------------- what the handler may call

class Writer {
 public:
  Writer& text(const char* text) {
    for (; *text != 0; ++text) put(*text);
    return *this;
  }
  Writer& hex(uintptr_t value) {
    char digits[16];
    int size = 0;
    do digits[size++] = "0123456789abcdef"[value & 15];
    while ((value >>= 4) != 0);
    text("0x");
    while (size > 0) put(digits[--size]);
    return *this;
  }
  Writer& number(uint64_t value) {
    char digits[20];
    int size = 0;
    do digits[size++] = static_cast<char>('0' + value % 10);
    while ((value /= 10) != 0);
    while (size > 0) put(digits[--size]);
    return *this;
  }
  void flush() {
    const char* from = buffer_;
    while (size_ > 0) {
      ssize_t written = write(STDERR_FILENO, from, size_);
      if (written <= 0) break;
      from += written;
      size_ -= static_cast<size_t>(written);
    }
    size_ = 0;
  }

 private:
  void put(char c) {
    if (size_ == sizeof buffer_) flush();
    buffer_[size_++] = c;
  }
  char buffer_[1024];
  size_t size_ = 0;
};

const char* nameOf(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV, an access to memory that is not there";
    case SIGBUS:
      return "SIGBUS, an access to memory that went away";
    case SIGFPE:
      return "SIGFPE, an arithmetic fault";
    case SIGILL:
      return "SIGILL, an instruction that this processor does not have";
    default:
      return "SIGABRT, a failed check";
  }
}

void writePlace(Writer& out, uintptr_t address) {
  out.hex(address);
  const Module* module = nullptr;
  for (size_t i = 0; i < prepared.module_count; ++i)
    if (prepared.modules[i].begin <= address && address < prepared.modules[i].end) module = &prepared.modules[i];
  if (module != nullptr)
    out.text("  ").text(module->name.bytes).text("+").hex(address - module->base);
  else
    out.text("  generated code");
  const Function* function = nullptr;
  for (size_t i = 0; i < prepared.function_count && prepared.functions[i].address <= address; ++i)
    function = &prepared.functions[i];
  constexpr uintptr_t kFunctionBytesMax = 1 << 16;
  if (function != nullptr && address - function->address < kFunctionBytesMax)
    out.text("  (near ").text(function->name.bytes).text("+").hex(address - function->address).text(")");
  out.text("\n");
}

struct Walk {
  Writer& out;
  int frame = 0;
};

_Unwind_Reason_Code onFrame(_Unwind_Context* context, void* argument) {
  auto& walk = *static_cast<Walk*>(argument);
  walk.out.text("  #").number(static_cast<uint64_t>(walk.frame)).text(" ");
  writePlace(walk.out, _Unwind_GetIP(context));
  walk.out.flush();
  return ++walk.frame < kFramesMax ? _URC_NO_REASON : _URC_END_OF_STACK;
}

void report(int signal, const siginfo_t& info, const ucontext_t& context) {
  Writer out;
  out.text(prepared.program.bytes).text(": internal error: ").text(nameOf(signal));
  if (info.si_code <= 0 && info.si_pid != getpid())
    out.text(", sent by process ").number(static_cast<uint64_t>(info.si_pid));
  else if (signal == SIGSEGV || signal == SIGBUS)
    out.text(", at ").hex(reinterpret_cast<uintptr_t>(info.si_addr));
  char thread[17] = "?";
  pthread_getname_np(pthread_self(), thread, sizeof thread);  // prctl for the calling thread
  out.text("\n  job       ").text(prepared.job.bytes).text(", thread ").text(thread).text("\n");
  if (crash_operator != nullptr) out.text("  operator  ").text(crash_operator).text("\n");
  out.text("  build     ").text(prepared.compiler.bytes).text(", plan ").text(prepared.plan.bytes);
  if (prepared.build_id.bytes[0] != 0) out.text(", build id ").text(prepared.build_id.bytes);
  out.text("\n  at        ");
  writePlace(out, static_cast<uintptr_t>(context.uc_mcontext.gregs[REG_RIP]));
  out.text(
      "This is a bug of streamc, not of the job or its data. Outputs may be incomplete. Please report these lines;\n"
      "addr2line -e PROGRAM OFFSET tells which line of the .stream file an address belongs to.\n  stack\n");
  out.flush();
  Walk walk{out};
  _Unwind_Backtrace(onFrame, &walk);
  out.flush();
}

[[maybe_unused]] void onCrash(int signal, siginfo_t* info, void* context) {
  pid_t nobody = 0;
  if (!reporter.compare_exchange_strong(nobody, gettid())) {
    if (nobody == gettid()) _exit(kExitCode);  // the report itself crashed
    for (;;) pause();                          // another thread is reporting, and will end us
  }
  report(signal, *info, *static_cast<const ucontext_t*>(context));
  _exit(kExitCode);
}

// ---------------------------------------------------------------- before

void rememberBuildId(const dl_phdr_info& file, const ElfW(Phdr) & header) {
  const char* at = reinterpret_cast<const char*>(file.dlpi_addr + header.p_vaddr);
  const char* end = at + header.p_memsz;
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    const auto& note = *reinterpret_cast<const ElfW(Nhdr)*>(at);
    const char* name = at + sizeof note;
    const char* content = name + (note.n_namesz + 3) / 4 * 4;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
      char* to = prepared.build_id.bytes;
      for (uint32_t i = 0; i < std::min<uint32_t>(note.n_descsz, 20); ++i) {
        auto byte = static_cast<unsigned char>(content[i]);
        *to++ = "0123456789abcdef"[byte >> 4];
        *to++ = "0123456789abcdef"[byte & 15];
      }
      *to = 0;
    }
    at = content + (note.n_descsz + 3) / 4 * 4;
  }
}

int rememberModule(dl_phdr_info* file, size_t, void*) {
  std::string_view path = file->dlpi_name;
  bool self = path.empty() && prepared.module_count == 0;
  for (int i = 0; i < file->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = file->dlpi_phdr[i];
    if (self && header.p_type == PT_NOTE) rememberBuildId(*file, header);
    if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
    if (prepared.module_count == std::size(prepared.modules)) return 1;
    Module& module = prepared.modules[prepared.module_count++];
    module.base = file->dlpi_addr;
    module.begin = file->dlpi_addr + header.p_vaddr;
    module.end = module.begin + header.p_memsz;
    module.name.set(self ? prepared.program.bytes : path.substr(path.find_last_of('/') + 1));
  }
  return 0;
}

}  // namespace

void installCrashReport(const CrashIdentity& identity) {
  prepared = {};
  prepared.program.set(identity.program);
  prepared.job.set(identity.job);
  prepared.compiler.set(identity.compiler);
  prepared.plan.set(identity.plan);
  for (const CrashIdentity::Function& function : identity.functions) {
    if (prepared.function_count == std::size(prepared.functions)) break;
    Function& copy = prepared.functions[prepared.function_count++];
    copy.address = reinterpret_cast<uintptr_t>(function.address);
    copy.name.set(function.name);
  }
  std::sort(prepared.functions, prepared.functions + prepared.function_count,
            [](const Function& a, const Function& b) { return a.address < b.address; });
  dl_iterate_phdr(rememberModule, nullptr);
#ifndef STREAM_SANITIZED
  struct sigaction action{};
  action.sa_sigaction = onCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (int signal : kSignals) sigaction(signal, &action, nullptr);
#endif
}

CrashStack::CrashStack() {
#ifndef STREAM_SANITIZED
  void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;  // a crash by overflow is not reported then; nothing else is lost
  memory_ = memory;
  stack_t stack{};
  stack.ss_sp = memory_;
  stack.ss_size = kStackBytes;
  sigaltstack(&stack, nullptr);
#endif
}

CrashStack::~CrashStack() {
  if (memory_ == nullptr) return;
  stack_t stack{};
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, nullptr);
  munmap(memory_, kStackBytes);
}

}  // namespace streamrt
