// What the compiler decided for a job, in one list: each line says what was done to what, or why it was not. Read from
// the notes of the passes, from the job IR and from the remarks of code generation; `streamc explain` prints it, as
// text and as JSON. REQUIRES: a compilation that has reached the border of LLVM.
#pragma once

#include <string>
#include <vector>

#include "tools/driver/compile.h"

namespace streamc::driver {

struct Decision {
  std::string about;    // "filter", "share", "decode", "fuse", "exchange", "loop", "keys", "sink", "table"
  std::string subject;  // of the program: a step, a source, a sink; or a process
  bool done = true;     // false: it could have been, and `text` says why it is not
  std::string text;
  friend bool operator==(const Decision&, const Decision&) = default;
};
std::vector<Decision> decisionsOf(const Compilation& compilation);

}  // namespace streamc::driver
