// The report of a crash that is our own fault: a failed check (abort), SIGSEGV, SIGBUS, SIGFPE, SIGILL. It says on
// standard error what happened, in which operator and thread, which build it was and the stack; then the process ends
// with exit code 70. Everything is prepared before: the handler allocates nothing, locks nothing and calls only what
// POSIX allows in a handler, plus libgcc's unwinder, which is last, so that what was said before it stays said.
//
// When two threads crash the first one reports. A crash within the report ends the process at once, with 70 too. A
// debugger sees the signal before we do. Under sanitizers, which report better, nothing is installed.
#ifndef RUNTIME_LIB_IO_CRASH_REPORT_H
#define RUNTIME_LIB_IO_CRASH_REPORT_H

#include <cstddef>
#include <string_view>
#include <vector>

namespace streamrt {

struct CrashIdentity {
  std::string_view program, job, compiler, plan;
  struct Function {
    const void* address;
    std::string_view name;  // of the operator it belongs to
  };
  std::vector<Function> functions;  // generated ones
};

// Copies what it needs. Until the process ends, or another call replaces what is said.
void installCrashReport(const CrashIdentity& identity);

// Gives the calling thread a stack of its own for the handler while this lives, so that an overflow of the other one
// can be reported.
class CrashStack {
 public:
  CrashStack();
  CrashStack(const CrashStack&) = delete;
  ~CrashStack();

 private:
  void* memory_ = nullptr;
};

}  // namespace streamrt

#endif
