// Scalars from the text of a CSV cell. The grammar is that of formats/value_text.h; what is common has a fast way of
// its own here: integers and floats of up to 16 digits are read eight digits at a time. Pure.
#ifndef RUNTIME_LIB_FORMATS_CSV_VALUE_H
#define RUNTIME_LIB_FORMATS_CSV_VALUE_H

#include <emmintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "runtime-lib/formats/value_text.h"

namespace streamrt::csv {

// What may be read before a cell, twice over for floats: from the text before it, or from what is left free before a
// cell that was copied to take its doubled quotes out.
inline constexpr size_t kBytesBefore = 16;

// Eight digits that end at `end`, of which only the last `count` belong to the number.
[[gnu::always_inline]] inline bool parseEight(const char* end, size_t count, uint64_t& value) {
  uint64_t word;
  std::memcpy(&word, end - 8, 8);
  constexpr uint64_t kZeros = 0x3030303030303030u;
  if (count < 8) {
    const uint64_t others = ~uint64_t{0} >> (8 * count);
    word = (word & ~others) | (kZeros & others);
  }
  constexpr uint64_t kHigh = 0xf0f0f0f0f0f0f0f0u;
  if (((word & kHigh) | (((word + 0x0606060606060606u) & kHigh) >> 4)) != 0x3333333333333333u) return false;
  word = (word & 0x0f0f0f0f0f0f0f0fu) * 2561 >> 8;
  word = (word & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
  value = (word & 0x0000ffff0000ffffu) * 42949672960001u >> 32;
  return true;
}

// 1…16 digits. REQUIRES: kBytesBefore bytes before `end` can be read.
[[gnu::always_inline]] inline bool parseDigits(const char* begin, const char* end, uint64_t& value) {
  const auto count = static_cast<size_t>(end - begin);
  if (count <= 8) return count != 0 && parseEight(end, count, value);
  if (count > 16) return false;
  uint64_t low, high;
  if (!parseEight(end, 8, low) || !parseEight(end - 8, count - 8, high)) return false;
  value = high * 100'000'000 + low;
  return true;
}

// `first` is where readable memory begins, if the cell lies in the text; a copy has kBytesBefore bytes before it twice.
template <class Integer>
[[gnu::always_inline]] inline bool parseInteger(std::string_view text, const char* first, Integer& value) {
  const char* begin = text.data();
  const char* const end = begin + text.size();
  const bool negative = !text.empty() && *begin == '-';
  if (negative) ++begin;
  uint64_t magnitude;
  if (static_cast<size_t>(end - first) >= kBytesBefore && parseDigits(begin, end, magnitude)) [[likely]] {
    if constexpr (std::numeric_limits<Integer>::is_signed) {
      const int64_t wide = negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
      value = static_cast<Integer>(wide);
      return value == wide;
    } else {
      value = static_cast<Integer>(magnitude);
      return value == magnitude && (!negative || magnitude == 0);
    }
  }
  if constexpr (std::numeric_limits<Integer>::is_signed) {
    int64_t wide;
    if (parseI64(text, wide) != ParseOutcome::kOk) return false;
    value = static_cast<Integer>(wide);
    return value == wide;
  } else {
    uint64_t wide;
    if (parseU64(text, wide) != ParseOutcome::kOk) return false;
    value = static_cast<Integer>(wide);
    return value == wide;
  }
}

[[gnu::noinline]] inline bool parseSlow(std::string_view text, double& value) {
  return parseF64(text, value) == ParseOutcome::kOk;
}
[[gnu::noinline]] inline bool parseSlow(std::string_view text, float& value) {
  return parseF32(text, value) == ParseOutcome::kOk;
}

// Digits with a point: exact when the digits fit a double's 53 bits, for one division by a power of ten is then rounded
// once (Clinger 1990). Everything else, and every f32, goes the slow way.
[[gnu::always_inline]] inline bool parseFloat(std::string_view text, const char* first, double& value) {
  const char* begin = text.data();
  const char* const end = begin + text.size();
  const bool negative = !text.empty() && *begin == '-';
  if (negative) ++begin;
  const auto size = static_cast<size_t>(end - begin);
  if (static_cast<size_t>(end - first) < 2 * kBytesBefore || size == 0 || size > 16) return parseSlow(text, value);
  constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  constexpr uint64_t kWholePowers[] = {1,
                                       10,
                                       100,
                                       1'000,
                                       10'000,
                                       100'000,
                                       1'000'000,
                                       10'000'000,
                                       100'000'000,
                                       1'000'000'000,
                                       10'000'000'000,
                                       100'000'000'000,
                                       1'000'000'000'000,
                                       10'000'000'000'000,
                                       100'000'000'000'000,
                                       1'000'000'000'000'000};
  const __m128i last = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 16));
  const auto points = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(last, _mm_set1_epi8('.')))) >> (16 - size);
  uint64_t mantissa;
  size_t fraction = 0;
  if (points == 0) {
    if (!parseDigits(begin, end, mantissa)) return parseSlow(text, value);
  } else {
    const char* const point = begin + std::countr_zero(points);
    fraction = static_cast<size_t>(end - point - 1);
    uint64_t whole, rest;
    if (!parseDigits(begin, point, whole) || !parseDigits(point + 1, end, rest)) return parseSlow(text, value);
    mantissa = whole * kWholePowers[fraction] + rest;
  }
  if (mantissa >> 53 != 0) return parseSlow(text, value);
  const double magnitude = static_cast<double>(mantissa) / kPowers[fraction];
  value = negative ? -magnitude : magnitude;
  return true;
}

// An instant in UTC without a fraction, or with three or six digits of one, on the day of the one before: what most
// cells of a column are. Others go the slow way, which remembers their day.
class InstantReader {
 public:
  [[gnu::always_inline]] bool read(std::string_view text, int64_t& micros) {
    if (text.size() < 20 || std::memcmp(text.data(), date_, sizeof date_) != 0) return readSlow(text, micros);
    const char* const at = text.data();
    int64_t fraction = 0;
    if (text.size() == 24 && at[19] == '.') {
      fraction = (digit(at[20]) * 100 + digit(at[21]) * 10 + digit(at[22])) * 1000;
      if (!areDigits(at + 20, 3)) return readSlow(text, micros);
    } else if (text.size() == 27 && at[19] == '.') {
      if (!areDigits(at + 20, 6)) return readSlow(text, micros);
      for (int i = 20; i < 26; ++i) fraction = fraction * 10 + digit(at[i]);
    } else if (text.size() != 20) {
      return readSlow(text, micros);
    }
    const int64_t hour = digit(at[11]) * 10 + digit(at[12]);
    const int64_t minute = digit(at[14]) * 10 + digit(at[15]);
    const int64_t second = digit(at[17]) * 10 + digit(at[18]);
    const bool plain = areDigits(at + 11, 2) && areDigits(at + 14, 2) && areDigits(at + 17, 2) && at[13] == ':' &&
                       at[16] == ':' && text.back() == 'Z' && hour < 24 && minute < 60 && second < 60;
    if (!plain) return readSlow(text, micros);
    micros = day_us_ + ((hour * 60 + minute) * 60 + second) * 1'000'000 + fraction;
    return true;
  }

 private:
  static int64_t digit(char c) { return c - '0'; }
  static bool areDigits(const char* at, int count) {
    bool all = true;
    for (int i = 0; i < count; ++i) all &= static_cast<uint8_t>(at[i] - '0') < 10;
    return all;
  }
  bool readSlow(std::string_view text, int64_t& micros);

  // The day that is known, with its T: at first that of 0. (No bytes stand for none, for a cell may have any.)
  char date_[11] = {'1', '9', '7', '0', '-', '0', '1', '-', '0', '1', 'T'};
  int64_t day_us_ = 0;
};

}  // namespace streamrt::csv

#endif
