// The text of scalar values, as JSON lines, f-strings and string(x) write them, and back. Exact in both directions, no
// locale, no allocation.
//
// Floats: the shortest digits that read back as the same value (of their own type), laid out with a point when the
// decimal exponent is from -4 to 15, else with an exponent of at least two digits: 4.0 0.0001 1e-05 100000.0
// 1e+16 1.5e+300. Timestamps: RFC 3339 in UTC with Z and 0, 3 or 6 fraction digits. Years outside 0…9999 have a sign
// and at least five digits (ISO 8601 expanded); JSON refuses them. Durations: literals of the language, largest units
// first, d h m s ms us. Decimals: all digits, plain (150.00). Dates: 2024-10-08, years like those of timestamps.
#ifndef RUNTIME_LIB_FORMATS_VALUE_TEXT_H
#define RUNTIME_LIB_FORMATS_VALUE_TEXT_H

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime-lib/core/decimal.h"
#include "runtime-lib/formats/digits.h"

namespace streamrt {

// Room that every write… function below may need.
inline constexpr size_t kScalarTextBytes = 48;

// Each writes at `out` and returns the end of what it wrote.
// writeI64 and writeU64: digits.h
char* writeF64(char* out, double value);  // also NaN, Infinity, -Infinity
char* writeF32(char* out, float value);
char* writeTimestamp(char* out, int64_t micros);
// The end of a timestamp, behind its T: hours to Z. REQUIRES: less than a day.
char* writeTimeOfDay(char* out, uint64_t micros);
char* writeDuration(char* out, int64_t micros);
char* writeDecimal(char* out, Int128 value, uint32_t scale);
char* writeDate(char* out, int32_t days);

// Whether RFC 3339 has a year for the instant.
bool timestampHasPlainYear(int64_t micros);
bool dateHasPlainYear(int32_t days);

enum class ParseOutcome : uint8_t {
  kOk,
  kMalformed,  // not a text of this type
  kTooFine,    // needs less than microseconds, or more digits behind the point
  kOutOfRange,
};

// RFC 3339 with any offset; fraction digits after the sixth must be 0. The whole text must be the value.
ParseOutcome parseTimestamp(std::string_view text, int64_t& micros);
// A literal of the language with an optional minus sign; fractions and ns are accepted where they are exact.
ParseOutcome parseDuration(std::string_view text, int64_t& micros);
// A decimal number as of parseF64, exactly: zeros behind the last digit that fits are no digits.
ParseOutcome parseDecimal(std::string_view text, uint32_t precision, uint32_t scale, Int128& value);
// YYYY-MM-DD
ParseOutcome parseDate(std::string_view text, int32_t& days);
// Decimal digits with an optional sign.
ParseOutcome parseI64(std::string_view text, int64_t& value);
ParseOutcome parseU64(std::string_view text, uint64_t& value);
// A decimal number with optional sign, point, exponent; correctly rounded. Too large is kOutOfRange, too small is 0.
ParseOutcome parseF64(std::string_view text, double& value);
ParseOutcome parseF32(std::string_view text, float& value);

}  // namespace streamrt

#endif
