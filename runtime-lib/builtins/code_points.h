// Texts as sequences of code points. All texts in a job are valid UTF-8, so a code point begins at every byte that is
// not a continuation byte. Pure.
#ifndef RUNTIME_LIB_BUILTINS_CODE_POINTS_H
#define RUNTIME_LIB_BUILTINS_CODE_POINTS_H

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace streamrt {

inline bool beginsCodePoint(char byte) { return (static_cast<uint8_t>(byte) & 0xc0) != 0x80; }

inline int64_t countCodePoints(std::string_view text) {
  int64_t count = 0;
  for (char byte : text) count += beginsCodePoint(byte) ? 1 : 0;  // vectorised by the compiler
  return count;
}

// The byte where code point `index` begins; text.size() when there are not so many. REQUIRES: index >= 0.
inline size_t byteOfCodePoint(std::string_view text, int64_t index) {
  if (static_cast<uint64_t>(index) >= text.size()) return text.size();
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) {
    ++at;
    while (at < text.size() && !beginsCodePoint(text[at])) ++at;
  }
  return at;
}

// Bytes of the code point that begins at `first`.
inline uint32_t codePointBytes(char first) {
  const auto byte = static_cast<uint8_t>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

}  // namespace streamrt

#endif
