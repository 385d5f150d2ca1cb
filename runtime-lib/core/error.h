// What the outside world did to us: a numbered code and a sentence for the user. Codes are persisted in scripts and log
// filters: they are never reused, a new one takes the next free number of its range.
//
//   R01xx job image and manifest   R02xx configuration   R03xx input   R04xx output   R05xx bad data   R06xx formats
//   R07xx state
//   R07xx state
//
// `exitCodeOf` is the one place that turns a code into the process's exit code (docs/how-to/exit-codes.md).
#ifndef RUNTIME_LIB_CORE_ERROR_H
#define RUNTIME_LIB_CORE_ERROR_H

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace streamrt {

enum class ErrorCode : uint16_t {
  kBadImage = 101,          // magic or ABI number of the job image is not ours
  kBadManifest = 102,       // the manifest cannot be read or contradicts itself
  kUsage = 201,             // the command line cannot be understood
  kMissingParameter = 202,  // a parameter without default was not given
  kBadParameter = 203,      // a parameter's text is not a value of its type
  kMissingVariable = 204,   // an environment variable without default is not set
  kBadOption = 205,         // a connector's option has a value it cannot have
  kUnsupported = 206,       // a connector or format that this runtime does not contain
  kCannotOpenInput = 301,   // an input cannot be opened
  kReadFailed = 302,        // reading stopped with an error
  kCannotOpenOutput = 401,  // an output cannot be created
  kWriteFailed = 402,       // writing stopped with an error (a full disk, an I/O error)
  kSyncFailed = 403,        // fsync said that bytes may be lost
  kRenameFailed = 404,      // a finished output could not get its name
  kBrokenPipe = 405,        // nobody reads the output any more: not a failure of the job
  kRejectedRecord = 501,    // `errors: fail` met a rejected record
  kBadTablePage = 701,      // pages of a table that are damaged, incomplete or of another format
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

// 0 ok · 2 usage · 65 bad data · 70 our bug · 75 try again · 78 configuration
int exitCodeOf(ErrorCode code);

}  // namespace streamrt

#endif
