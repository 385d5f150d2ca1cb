// What `format_options` of a JSON source or sink may say.
#ifndef RUNTIME_LIB_FORMATS_JSON_OPTIONS_H
#define RUNTIME_LIB_FORMATS_JSON_OPTIONS_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace streamrt {

// How timestamps are written: as RFC 3339 text, or as an integer of this unit since 1970-01-01T00:00:00Z.
enum class JsonTimestamps : uint8_t { kRfc3339, kSeconds, kMillis, kMicros };

struct JsonOptions {
  JsonTimestamps timestamps = JsonTimestamps::kRfc3339;
  // Encoder only: write null for a number that JSON cannot say, and any year: the row in a message about a failure.
  bool lenient = false;
};

// The manifest's "rfc3339", "s", "ms", "us".
constexpr std::optional<JsonTimestamps> jsonTimestampsNamed(std::string_view name) {
  if (name == "rfc3339") return JsonTimestamps::kRfc3339;
  if (name == "s") return JsonTimestamps::kSeconds;
  if (name == "ms") return JsonTimestamps::kMillis;
  if (name == "us") return JsonTimestamps::kMicros;
  return std::nullopt;
}

// Microseconds in one unit of an integer timestamp.
constexpr int64_t microsPerUnit(JsonTimestamps timestamps) {
  switch (timestamps) {
    case JsonTimestamps::kSeconds:
      return 1'000'000;
    case JsonTimestamps::kMillis:
      return 1'000;
    default:
      return 1;
  }
}

}  // namespace streamrt

#endif
