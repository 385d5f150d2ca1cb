// What can go wrong outside our control while code is generated: a file that cannot be written, a bundle that is not
// there. Numbers are documented in docs/errors and never reused. Our own bugs are not Results: they abort.
#ifndef CODEGEN_ERROR_H
#define CODEGEN_ERROR_H

#include <expected>
#include <string>

namespace streamc::codegen {

struct Error {
  std::string code;     // "E0902"
  std::string message;  // one sentence, without a full stop
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(std::string code, std::string message) {
  return std::unexpected(Error{std::move(code), std::move(message)});
}

}  // namespace streamc::codegen

#endif
