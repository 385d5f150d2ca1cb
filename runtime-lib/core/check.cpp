#include "runtime-lib/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace streamrt {

void checkFailed(const char* condition, const char* meaning, const char* file, int line) {
  // The process is about to abort: nothing that allocates, nothing that may fail again.
  std::fputs("internal error: ", stderr);
  std::fputs(meaning, stderr);
  std::fputs(" (", stderr);
  std::fputs(condition, stderr);
  std::fputs(", ", stderr);
  std::fputs(file, stderr);
  char number[24];
  std::snprintf(number, sizeof number, ":%d)\n", line);
  std::fputs(number, stderr);
  std::abort();
}

}  // namespace streamrt
