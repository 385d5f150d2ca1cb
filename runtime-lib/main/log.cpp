#include "runtime-lib/main/log.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime-lib/formats/value_text.h"

namespace streamrt {

void Log::write(LogLevel level, std::string_view text, std::string_view code) {
  static constexpr const char* kNames[] = {"error", "warning", "info", "debug"};
  if (level > options_.level) return;
  const char* name = kNames[static_cast<size_t>(level)];
  if (!options_.json) {
    std::string label = code.empty() ? std::string(name) : fmt::format("{}[{}]", name, code);
    env_.tell(fmt::format("{}: {}: {}\n", program_, label, text));
    return;
  }
  char time[kScalarTextBytes];
  char* end = writeTimestamp(time, env_.wallUs());
  nlohmann::json line = {{"time", std::string(time, end)}, {"level", name}, {"message", text}};
  if (!code.empty()) line["code"] = code;
  env_.tell(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace streamrt
