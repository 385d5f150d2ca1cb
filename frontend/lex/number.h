// Numbers with units: how much text belongs to one, and what it is worth. Pure functions over ASCII.
//
// scanNumber tries the forms in this order and takes the first that fits; W means "no letter, digit or _ may follow":
//
//     rate       \d[\d_]*(\.\d+)?[kMG]?/(s|m|h|d)  W       2000/s  1.5k/h
//     duration   (\d+(\.\d+)?(ns|us|ms|s|m|h|d))+  W       1h30m  1.5s
//     size       \d+(\.\d+)?([KMGT]i?)?B           W       64KB  4GiB
//     fraction   \d[\d_]*\.\d[\d_]*([eE][+-]?\d+)?         1.5  1_000.25e-3      (anything may follow)
//     integer    \d[\d_]*[kMG]?                    W       1_000  50k
//
// Values are exact. A value that is not a whole number of its unit's base (microseconds, bytes), or that does not fit,
// is a ValueError; the text is a token all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "frontend/lex/token.h"

namespace streamc::lex {

struct ScannedNumber {
  TokenKind kind = TokenKind::kError;  // kError: no form fits
  std::size_t length = 0;              // for kError: of the run of letters, digits, `_` and `.digit` to skip
};

// REQUIRES: text starts with a digit.
ScannedNumber scanNumber(std::string_view text);

enum class ValueError : std::uint8_t {
  kNone,
  kTooLarge,    // does not fit its 128 bits (integers), 64 bits (others)
  kNotWhole,    // a fraction of a microsecond (durations: of a nanosecond) or of a byte
  kNoSuchDate,  // month 13, February 30
  kNoSuchTime,  // 25:00, second 60
  kNoSuchZone,  // +24:00
};

// The value of a token's text as scanned. REQUIRES: kind is kInt, kDuration, kSize or kRate, and the text fits it.
ValueError numberValue(TokenKind kind, std::string_view text, NumberValue& out);

// Length of the timestamp at the start of `text`, 0 if there is none: @date, and as much of time and zone as fits.
std::size_t scanTimestamp(std::string_view text);
// REQUIRES: text is what scanTimestamp took.
ValueError timestampValue(std::string_view text, NumberValue& out);

// Days since 1970-01-01 in the proleptic Gregorian calendar, after Howard Hinnant, "chrono-compatible low-level date
// algorithms". REQUIRES: 1 <= month <= 12.
std::int64_t daysFromCivil(std::int64_t year, unsigned month, unsigned day);

}  // namespace streamc::lex
