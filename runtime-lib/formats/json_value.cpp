#include "runtime-lib/formats/json_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime-lib/formats/utf8.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt::json {
namespace {

// Powers of ten that the type holds exactly, and the greatest integer up to which it holds all.
template <class Float>
struct Exact;
template <>
struct Exact<double> {
  static constexpr int kPowerMax = 22;
  static constexpr uint64_t kMantissaMax = uint64_t{1} << 53;
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
};
template <>
struct Exact<float> {
  static constexpr int kPowerMax = 10;
  static constexpr uint64_t kMantissaMax = uint64_t{1} << 24;
  static constexpr float kPowers[] = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f};
};

template <class Float>
FloatScan scan(Scanner& scanner, Float& value) {
  const char* const first = scanner.at;
  const char* at = first;
  const char* const end = scanner.end;
  const bool negative = *at == '-';
  if (negative) ++at;
  const char* const digits = at;
  uint64_t mantissa = 0;
  while (at < end && Scanner::isDigit(*at)) mantissa = mantissa * 10 + static_cast<uint64_t>(*at++ - '0');
  ptrdiff_t count = at - digits;
  int exponent = 0;
  bool plain = count > 0 && (count == 1 || *digits != '0');
  if (plain && at < end && *at == '.') {
    const char* const fraction = ++at;
    while (at < end && Scanner::isDigit(*at)) mantissa = mantissa * 10 + static_cast<uint64_t>(*at++ - '0');
    plain = at > fraction;
    count += at - fraction;
    exponent = -static_cast<int>(std::min<ptrdiff_t>(at - fraction, 1000));
  }
  if (plain && (at == end || (*at != 'e' && *at != 'E')) && count <= 19 && mantissa <= Exact<Float>::kMantissaMax &&
      -exponent <= Exact<Float>::kPowerMax) [[likely]] {
    const auto whole = static_cast<Float>(mantissa);
    const Float magnitude = whole / Exact<Float>::kPowers[-exponent];
    value = negative ? -magnitude : magnitude;
    scanner.at = at;
    return FloatScan::kOk;
  }
  if (!scanner.skipNumber()) return FloatScan::kSyntax;
  const auto [stop, error] = std::from_chars(first, scanner.at, value);
  if (error == std::errc{} && !std::isinf(value)) return FloatScan::kOk;
  const ParseOutcome outcome = [&] {
    if constexpr (sizeof(Float) == 8) {
      return parseF64({first, static_cast<size_t>(scanner.at - first)}, value);
    } else {
      return parseF32({first, static_cast<size_t>(scanner.at - first)}, value);
    }
  }();
  return outcome == ParseOutcome::kOk ? FloatScan::kOk : FloatScan::kTooLarge;
}

uint32_t hex4(const char* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    value = value * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

}  // namespace

Exactness exactInteger(std::string_view number, Integer& value) {
  value.negative = number[0] == '-';
  if (value.negative) number.remove_prefix(1);
  const size_t e = number.find_first_of("eE");
  const std::string_view mantissa = number.substr(0, e);
  int64_t exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view tail = number.substr(e + 1);
    const bool negative = tail[0] == '-';
    if (tail[0] == '-' || tail[0] == '+') tail.remove_prefix(1);
    for (char c : tail) exponent = std::min<int64_t>(exponent * 10 + (c - '0'), int64_t{1} << 40);
    if (negative) exponent = -exponent;
  }
  // The digits from the first to the last that is not 0; the last one counts 10^exponent.
  const size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) {
    value.magnitude = 0;
    return Exactness::kExact;
  }
  const size_t last = mantissa.find_last_of("123456789");
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  exponent += static_cast<int64_t>(point) - static_cast<int64_t>(last) - (last < point ? 1 : 0);
  if (exponent < 0) return Exactness::kFraction;
  unsigned __int128 magnitude = 0;
  for (size_t i = first; i <= last; ++i) {
    if (mantissa[i] == '.') continue;
    magnitude = magnitude * 10 + static_cast<uint32_t>(mantissa[i] - '0');
    if (magnitude > UINT64_MAX) return Exactness::kTooLarge;
  }
  for (; exponent > 0; --exponent) {
    magnitude *= 10;
    if (magnitude > UINT64_MAX) return Exactness::kTooLarge;
  }
  value.magnitude = static_cast<uint64_t>(magnitude);
  return Exactness::kExact;
}

FloatScan scanFloat(Scanner& scanner, double& value) { return scan(scanner, value); }
FloatScan scanFloat(Scanner& scanner, float& value) { return scan(scanner, value); }

char* unescape(std::string_view text, char* out) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const auto* backslash = static_cast<const char*>(std::memchr(at, '\\', static_cast<size_t>(end - at)));
    const size_t plain = static_cast<size_t>((backslash != nullptr ? backslash : end) - at);
    std::memcpy(out, at, plain);
    out += plain;
    if (backslash == nullptr) break;
    at = backslash + 2;
    switch (backslash[1]) {
      case 'b':
        *out++ = '\b';
        break;
      case 'f':
        *out++ = '\f';
        break;
      case 'n':
        *out++ = '\n';
        break;
      case 'r':
        *out++ = '\r';
        break;
      case 't':
        *out++ = '\t';
        break;
      case 'u': {
        uint32_t code_point = hex4(at);
        at += 4;
        if (code_point >= 0xdc00 && code_point <= 0xdfff) return nullptr;
        if (code_point >= 0xd800 && code_point <= 0xdbff) {
          if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return nullptr;
          const uint32_t low = hex4(at + 2);
          if (low < 0xdc00 || low > 0xdfff) return nullptr;
          code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
          at += 6;
        }
        out = writeUtf8(out, code_point);
        break;
      }
      default:
        *out++ = backslash[1];
    }
  }
  return out;
}

}  // namespace streamrt::json
