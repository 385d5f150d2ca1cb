// UTF-8 as the compiler meets it in source texts: decoding that survives any bytes, code point counts for columns,
// and display widths for the caret lines of diagnostics. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace streamc::unicode {

// One step of decoding. An invalid sequence is one byte long and not valid: overlong forms, surrogates, values above
// U+10FFFF, stray continuation bytes and sequences cut short.
struct Decoded {
  char32_t code_point = 0xFFFD;
  std::uint32_t bytes = 1;
  bool valid = false;
};

// Decodes the first code point. REQUIRES: text is not empty.
Decoded decode(std::string_view text);

// Appends the UTF-8 form. REQUIRES: a scalar value (not a surrogate, at most U+10FFFF).
void append(std::string& out, char32_t code_point);

std::size_t countCodePoints(std::string_view text);

// Terminal cells of a code point: 0 for combining marks and format characters, 2 for East Asian wide ones and emoji,
// 1 otherwise. Control characters count 1, since they are printed as a visible stand-in.
int displayWidth(char32_t code_point);

}  // namespace streamc::unicode
