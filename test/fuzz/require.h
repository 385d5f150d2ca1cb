// What a fuzz target does when something does not hold: it says what, and aborts, which is how engines notice.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace streamc_fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace streamc_fuzz
