#include "runtime-lib/core/error.h"

#include <fmt/format.h>

namespace streamrt {

std::string codeName(ErrorCode code) { return fmt::format("R{:04}", static_cast<unsigned>(code)); }

int exitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadImage:
    case ErrorCode::kBadManifest:
      return 70;
    case ErrorCode::kUsage:
      return 2;
    case ErrorCode::kMissingParameter:
    case ErrorCode::kMissingVariable:
    case ErrorCode::kBadOption:
    case ErrorCode::kUnsupported:
    case ErrorCode::kCannotOpenInput:
    case ErrorCode::kCannotOpenOutput:
      return 78;
    case ErrorCode::kBadParameter:
      return 2;
    case ErrorCode::kReadFailed:
    case ErrorCode::kWriteFailed:
    case ErrorCode::kSyncFailed:
    case ErrorCode::kRenameFailed:
      return 75;
    case ErrorCode::kBrokenPipe:
      return 0;
    case ErrorCode::kRejectedRecord:
    case ErrorCode::kBadTablePage:
      return 65;
  }
  return 70;
}

}  // namespace streamrt
