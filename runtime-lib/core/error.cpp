#include "runtime-lib/core/error.h"

#include <fmt/format.h>

namespace streamrt {

std::string codeName(ErrorCode code) { return fmt::format("R{:04}", static_cast<unsigned>(code)); }

int exitCodeOf(ErrorCode code) {
  switch (code) {
#define STREAM_ERROR(name, number, exit_code, summary) \
  case ErrorCode::name:                                \
    return exit_code;
#include "runtime-lib/core/error_codes.def"
#undef STREAM_ERROR
  }
  return 70;
}

}  // namespace streamrt
