#include "runtime-lib/main/zones.h"

#include <fmt/format.h>

#include "runtime-lib/time/zone.h"

namespace streamrt {
namespace {

constexpr size_t kZoneBytesMax = 1 << 20;  // the largest of the database has a few kilobytes

Result<std::string> wholeFile(const std::string& path, Env& env) {
  auto file = env.openInput(path);
  if (!file) return std::unexpected(file.error());
  std::string bytes;
  for (;;) {
    char part[16 << 10];
    Result<ReadOutcome> outcome = (*file)->read(part, sizeof part);
    if (!outcome) return std::unexpected(outcome.error());
    if (outcome->kind != ReadOutcome::Kind::kData || bytes.size() > kZoneBytesMax) return bytes;
    bytes.append(part, outcome->bytes);
  }
}

}  // namespace

Result<void> loadZones(const std::vector<std::string>& names, Env& env) {
  const std::string directory = env.variable("TZDIR").value_or("/usr/share/zoneinfo");
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    Result<std::string> bytes = wholeFile(path, env);
    if (!bytes) {
      return failure(ErrorCode::kNoZone,
                     fmt::format("the time zone \"{}\" is not installed: {} (the package tzdata has it; "
                                 "TZDIR names another directory)",
                                 name, bytes.error().text));
    }
    std::optional<Zone> zone = Zone::parse(*bytes);
    if (!zone) return failure(ErrorCode::kNoZone, fmt::format("{} is no time zone file", path));
    addZone(name, std::move(*zone));
  }
  return {};
}

}  // namespace streamrt
