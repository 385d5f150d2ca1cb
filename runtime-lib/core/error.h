// What the outside world did to us: a numbered code (core/error_codes.def) and a sentence for the user.
#ifndef RUNTIME_LIB_CORE_ERROR_H
#define RUNTIME_LIB_CORE_ERROR_H

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace streamrt {

enum class ErrorCode : uint16_t {
#define STREAM_ERROR(name, number, exit_code, summary) name = number,
#include "runtime-lib/core/error_codes.def"
#undef STREAM_ERROR
};

struct Error {
  ErrorCode code;
  std::string text;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(ErrorCode code, std::string text) {
  return std::unexpected<Error>(Error{code, std::move(text)});
}

// "R0203" and the like: how a code is printed.
std::string codeName(ErrorCode code);

// 0 ok · 2 usage · 65 bad data · 70 our bug · 75 try again · 78 configuration (docs/how-to/exit-codes.md)
int exitCodeOf(ErrorCode code);

}  // namespace streamrt

#endif
