// The values of JSON whose meaning takes more than a scan: exact integers, correctly rounded floats, escapes.
// Private to the JSON decoder.
#ifndef RUNTIME_LIB_FORMATS_JSON_VALUE_H
#define RUNTIME_LIB_FORMATS_JSON_VALUE_H

#include <cstdint>
#include <string_view>

#include "runtime-lib/formats/json_scan.h"

namespace streamrt::json {

struct Integer {
  bool negative = false;
  uint64_t magnitude = 0;
};

enum class Exactness : uint8_t { kExact, kFraction, kTooLarge };

// The integer that a JSON number is, computed on its digits: 1.0 and 1e3 are integers, 1.5 and 1e-1 are not.
// REQUIRES: the syntax of a number.
Exactness exactInteger(std::string_view number, Integer& value);

enum class FloatScan : uint8_t { kOk, kSyntax, kTooLarge };

// At a minus sign or digit: the nearest float, moving behind the number. Too small is 0.
FloatScan scanFloat(Scanner& scan, double& value);
FloatScan scanFloat(Scanner& scan, float& value);

// Replaces the escapes of `text` (whose syntax was checked) at `out`, which has room for text.size() bytes. Returns the
// end, or null when half of a surrogate pair stands alone.
char* unescape(std::string_view text, char* out);

}  // namespace streamrt::json

#endif
