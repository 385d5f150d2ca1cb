// What streamc does when it crashes: by an assertion, a failed check, a fatal error of LLVM, SIGSEGV and the like. It
// says so on standard error, writes a file with all that is needed to see it again (the command, the program's texts,
// the phase it was in, the IR as far as it can still be printed, the stack), and ends with exit code 70.
//
// The first part of the file needs nothing but write(2), so it is there whatever is broken; IR and stack come last,
// under an alarm, and a crash while they are made ends the process without them. Called by main once; compile() says
// what it works on. While `streamc run` runs the job, the job's own report (runtime-lib/io/crash_report.h) takes its
// place.
#pragma once

#include <string_view>

namespace streamc::driver {

struct Compilation;

void reportCrashes(int argc, char** argv);

// The compilation that a report would describe, while this lives. They nest.
class CrashScope {
 public:
  explicit CrashScope(Compilation& compilation);
  CrashScope(const CrashScope&) = delete;
  ~CrashScope();

 private:
  Compilation* outer_;
};

// For the test of all this: STREAMC_DEBUG_CRASH=PHASE[:KIND] crashes when that phase is over; KIND is segv (default),
// assert, fatal or overflow (of the stack).
void crashIfAsked(std::string_view phase);

}  // namespace streamc::driver
