// What can go wrong outside our control while code is generated: a file that cannot be written, an installation that is
// not complete. The codes are one list (error_codes.def). Our own bugs are not Results: they abort.
#ifndef CODEGEN_ERROR_H
#define CODEGEN_ERROR_H

#include <cstdint>
#include <expected>
#include <string>

namespace streamc::codegen {

enum class ErrorCode : uint16_t {
#define CODEGEN_ERROR(name, number, meaning) name = number,
#include "codegen/error_codes.def"
#undef CODEGEN_ERROR
};

// "C0202"
inline std::string toString(ErrorCode code) {
  std::string digits = std::to_string(static_cast<unsigned>(code));
  return "C" + std::string(4 - digits.size(), '0') + digits;
}

struct Error {
  std::string code;     // "C0202"
  std::string message;  // one sentence, without a full stop
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(ErrorCode code, std::string message) {
  return std::unexpected(Error{toString(code), std::move(message)});
}

}  // namespace streamc::codegen

#endif
