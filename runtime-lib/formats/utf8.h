// UTF-8 as the runtime meets it in records. Pure.
#ifndef RUNTIME_LIB_FORMATS_UTF8_H
#define RUNTIME_LIB_FORMATS_UTF8_H

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace streamrt {

// The number of bytes of the code point at `at`: 1…4, or 0 when the bytes there are not valid (overlong forms,
// surrogates, values above U+10FFFF, cut short). REQUIRES: at < end.
inline uint32_t utf8SizeAt(const char* at, const char* end) {
  auto byte = [&](ptrdiff_t i) { return static_cast<uint8_t>(at[i]); };
  auto continues = [&](ptrdiff_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return end - at >= 2 && continues(1) ? 2 : 0;
  if (first < 0xf0) {
    if (end - at < 3 || !continues(1) || !continues(2)) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;
    if (first == 0xed && byte(1) > 0x9f) return 0;
    return 3;
  }
  if (first > 0xf4 || end - at < 4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return 4;
}

inline bool isUtf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    if (end - at >= 8) {
      uint64_t word;
      __builtin_memcpy(&word, at, 8);
      if ((word & 0x8080808080808080u) == 0) {
        at += 8;
        continue;
      }
    }
    const uint32_t size = utf8SizeAt(at, end);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

// Writes a code point at `out`, returns the end. REQUIRES: not a surrogate, at most U+10FFFF.
inline char* writeUtf8(char* out, uint32_t code_point) {
  if (code_point < 0x80) {
    *out++ = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    *out++ = static_cast<char>(0xc0 | (code_point >> 6));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    *out++ = static_cast<char>(0xe0 | (code_point >> 12));
    *out++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3f));
  } else {
    *out++ = static_cast<char>(0xf0 | (code_point >> 18));
    *out++ = static_cast<char>(0x80 | ((code_point >> 12) & 0x3f));
    *out++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
    *out++ = static_cast<char>(0x80 | (code_point & 0x3f));
  }
  return out;
}

// The code point of `size` valid bytes.
inline uint32_t readUtf8(const char* at, uint32_t size) {
  auto byte = [&](ptrdiff_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(at[i])); };
  switch (size) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
  }
}

}  // namespace streamrt

#endif
