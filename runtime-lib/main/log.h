// Log lines on standard error: one line an event, as text or JSON. Used by the thread of main only.
#ifndef RUNTIME_LIB_MAIN_LOG_H
#define RUNTIME_LIB_MAIN_LOG_H

#include <string>
#include <string_view>

#include "runtime-lib/core/error.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

enum class LogLevel : uint8_t { kError, kWarning, kInfo, kDebug };

struct LogOptions {
  LogLevel level = LogLevel::kWarning;
  bool json = false;
};

class Log {
 public:
  Log(Env& env, std::string program) : env_(env), program_(std::move(program)) {}

  void configure(LogOptions options) { options_ = options; }
  void write(LogLevel level, std::string_view text, std::string_view code = "");
  void error(const Error& error) { write(LogLevel::kError, error.text, codeName(error.code)); }

 private:
  Env& env_;
  std::string program_;
  LogOptions options_;
};

}  // namespace streamrt

#endif
