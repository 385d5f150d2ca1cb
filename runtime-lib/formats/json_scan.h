// A position in a JSON text and the steps that need no knowledge of what is wanted: blanks, strings, numbers, skipping
// a value. Syntax follows RFC 8259. A step that fails leaves `at` where the mistake is and says what was expected.
// Private to the JSON decoder.
#ifndef RUNTIME_LIB_FORMATS_JSON_SCAN_H
#define RUNTIME_LIB_FORMATS_JSON_SCAN_H

#include <emmintrin.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace streamrt::json {

struct Scanner {
  const char* at = nullptr;
  const char* end = nullptr;
  const char* expected = nullptr;  // of the syntax error

  [[gnu::always_inline]] char peek() const { return at < end ? *at : '\0'; }

  bool syntax(const char* what) {
    expected = what;
    return false;
  }

  [[gnu::always_inline]] void skipBlanks() {
    while (at < end && static_cast<uint8_t>(*at) <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
      ++at;
  }

  static bool isDigit(char c) { return static_cast<uint8_t>(c - '0') <= 9; }

  // Moves to the first byte that is a quote, a backslash or a control character (or to the end). Returns whether a byte
  // before it is not ASCII.
  [[gnu::always_inline]] bool scanText() {
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i control_max = _mm_set1_epi8(0x1f);
    uint32_t high = 0;
    while (end - at >= 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      const __m128i stops = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                         _mm_cmpeq_epi8(_mm_min_epu8(bytes, control_max), bytes));
      const auto stop = static_cast<uint32_t>(_mm_movemask_epi8(stops));
      const auto not_ascii = static_cast<uint32_t>(_mm_movemask_epi8(bytes));
      if (stop != 0) {
        at += __builtin_ctz(stop);
        return (high | (not_ascii & ((stop & -stop) - 1))) != 0;
      }
      high |= not_ascii;
      at += 16;
    }
    for (; at < end; ++at) {
      const auto byte = static_cast<uint8_t>(*at);
      if (byte == '"' || byte == '\\' || byte < 0x20) break;
      high |= byte & 0x80;
    }
    return high != 0;
  }

  // At a backslash: checks the escape and moves behind it.
  bool skipEscape() {
    ++at;
    switch (peek()) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        ++at;
        return true;
      case 'u':
        ++at;
        for (int i = 0; i < 4; ++i, ++at) {
          const char c = peek();
          if (!isDigit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
            return syntax("four hexadecimal digits");
        }
        return true;
      default:
        return syntax("an escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u)");
    }
  }

  // Behind the opening quote: moves behind the closing one.
  bool skipText(bool* has_escape = nullptr, bool* not_ascii = nullptr) {
    for (;;) {
      const bool high = scanText();
      if (not_ascii != nullptr) *not_ascii = *not_ascii || high;
      const char c = peek();
      if (c == '"') {
        ++at;
        return true;
      }
      if (c != '\\') return syntax(at == end ? "a closing quote" : "no control character inside a text");
      if (has_escape != nullptr) *has_escape = true;
      if (!skipEscape()) return false;
    }
  }

  // At a minus sign or digit: moves behind the number.
  bool skipNumber() {
    if (peek() == '-') ++at;
    if (!isDigit(peek())) return syntax("a digit");
    if (*at == '0') {
      ++at;
      if (isDigit(peek())) return syntax("no digit behind a leading 0");
    } else {
      while (isDigit(peek())) ++at;
    }
    if (peek() == '.') {
      ++at;
      if (!isDigit(peek())) return syntax("a digit behind the point");
      while (isDigit(peek())) ++at;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at;
      if (peek() == '+' || peek() == '-') ++at;
      if (!isDigit(peek())) return syntax("a digit in the exponent");
      while (isDigit(peek())) ++at;
    }
    return true;
  }

  bool skipWord(std::string_view word) {
    if (static_cast<size_t>(end - at) < word.size() || std::memcmp(at, word.data(), word.size()) != 0) {
      return syntax("a value");
    }
    at += word.size();
    return true;
  }

  bool skipKeyAndColon() {
    if (peek() != '"') return syntax("a key");
    ++at;
    if (!skipText()) return false;
    skipBlanks();
    if (peek() != ':') return syntax("':'");
    ++at;
    skipBlanks();
    return true;
  }

  // Moves behind a text without escapes, a number without exponent, or a word. False, without having moved, for
  // anything else and for mistakes: the general way deals with those.
  [[gnu::always_inline]] bool skipPlainScalar() {
    const char* const first = at;
    const char c = peek();
    if (c == '"') {
      ++at;
      scanText();
      if (peek() == '"') [[likely]] {
        ++at;
        return true;
      }
    } else if (c == '-' || isDigit(c)) {
      if (c == '-') ++at;
      const char* const digits = at;
      while (at < end && isDigit(*at)) ++at;
      bool plain = at - digits == 1 || (at > digits && *digits != '0');
      if (peek() == '.') {
        const char* const fraction = ++at;
        while (at < end && isDigit(*at)) ++at;
        plain = plain && at > fraction;
      }
      if (plain && (peek() | 0x20) != 'e') [[likely]]
        return true;
    } else if (end - at >= 5) {
      uint32_t word;
      std::memcpy(&word, at, 4);
      constexpr uint32_t kNull = 'n' | 'u' << 8 | 'l' << 16 | 'l' << 24;
      constexpr uint32_t kTrue = 't' | 'r' << 8 | 'u' << 16 | 'e' << 24;
      constexpr uint32_t kFals = 'f' | 'a' << 8 | 'l' << 16 | 's' << 24;
      if (word == kNull || word == kTrue) {
        at += 4;
        return true;
      }
      if (word == kFals && at[4] == 'e') {
        at += 5;
        return true;
      }
    }
    at = first;
    return false;
  }

  // At a value that is no array and no object.
  bool skipScalar() {
    const char c = peek();
    if (c == '"') {
      ++at;
      return skipText();
    }
    if (c == '-' || isDigit(c)) return skipNumber();
    if (c == 'n') return skipWord("null");
    if (c == 't') return skipWord("true");
    if (c == 'f') return skipWord("false");
    return syntax("a value");
  }

  // At the first byte of a value that stands at `depth`: checks its syntax and moves behind it.
  template <uint32_t kDepthMax>
  bool skipValue(uint32_t depth) {
    const char c = peek();
    return c == '{' || c == '[' ? skipNested<kDepthMax>(depth) : skipScalar();
  }

  template <uint32_t kDepthMax>
  [[gnu::noinline]] bool skipNested(uint32_t depth) {
    Scanner scan = *this;
    const bool ok = scan.skipLevels<kDepthMax>(depth);
    *this = scan;
    return ok;
  }

 private:
  // The general way, for what skipPlainScalar leaves: on a copy, so that this Scanner stays in registers.
  [[gnu::always_inline]] bool skipScalarOnCopy() {
    if (skipPlainScalar()) [[likely]]
      return true;
    Scanner copy = *this;
    const bool ok = copy.skipScalar();
    *this = copy;
    return ok;
  }
  [[gnu::always_inline]] bool skipKeyAndColonOnCopy() {
    if (peek() == '"') [[likely]] {
      const char* const first = at;
      ++at;
      scanText();
      if (peek() == '"') [[likely]] {
        ++at;
        skipBlanks();
        if (peek() == ':') [[likely]] {
          ++at;
          skipBlanks();
          return true;
        }
      }
      at = first;
    }
    Scanner copy = *this;
    const bool ok = copy.skipKeyAndColon();
    *this = copy;
    return ok;
  }

  template <uint32_t kDepthMax>
  [[gnu::always_inline]] bool skipLevels(uint32_t depth) {
    uint64_t is_object[kDepthMax / 64 + 1] = {};
    const uint32_t outer = depth;
    for (;;) {
      const char c = peek();
      if (c == '{' || c == '[') {
        if (depth + 1 > kDepthMax) return syntax("no deeper nesting");
        ++at;
        skipBlanks();
        if (peek() == (c == '{' ? '}' : ']')) {
          ++at;
        } else {
          const uint64_t bit = uint64_t{1} << (depth % 64);
          if (c == '{') {
            is_object[depth / 64] |= bit;
            if (!skipKeyAndColonOnCopy()) return false;
          } else {
            is_object[depth / 64] &= ~bit;
          }
          ++depth;
          continue;
        }
      } else if (!skipScalarOnCopy()) {
        return false;
      }
      for (;;) {  // behind a value
        if (depth == outer) return true;
        const bool object = (is_object[(depth - 1) / 64] >> ((depth - 1) % 64) & 1) != 0;
        skipBlanks();
        const char next = peek();
        if (next == ',') {
          ++at;
          skipBlanks();
          if (object && !skipKeyAndColonOnCopy()) return false;
          break;
        }
        if (next != (object ? '}' : ']')) return syntax(object ? "',' or '}'" : "',' or ']'");
        ++at;
        --depth;
      }
    }
  }
};

}  // namespace streamrt::json

#endif
