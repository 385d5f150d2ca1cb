// The check for our own bugs: always on, in release builds too. It prints what was violated and where, and aborts, so
// that a wrong result is never written. Never used for the user's text or for what the outside world does.
#ifndef RUNTIME_LIB_CORE_CHECK_H
#define RUNTIME_LIB_CORE_CHECK_H

namespace streamrt {

[[noreturn]] void checkFailed(const char* condition, const char* meaning, const char* file, int line);

}  // namespace streamrt

#define STREAM_CHECK(condition, meaning)                                                                          \
  do {                                                                                                            \
    if (__builtin_expect(!(condition), 0)) ::streamrt::checkFailed(#condition, meaning, __FILE_NAME__, __LINE__); \
  } while (false)

#endif
