// Decimal digits of integers, written eight at a time side by side in a word. Inline, because encoders write them for
// every row. The splitting of a number into digits by multiplications in one word is from Mula ("SWAR itoa") and Khuong
// ("How to print integers really fast", 2017). Pure.
#ifndef RUNTIME_LIB_FORMATS_DIGITS_H
#define RUNTIME_LIB_FORMATS_DIGITS_H

#include <cstdint>
#include <cstring>

namespace streamrt {

// The eight digits of a value below 10^8 as bytes 0…9, the first one lowest: two numbers of four digits, four of two,
// eight of one, side by side in one word.
inline uint64_t eightDigits(uint32_t value) {
  const uint64_t fours = value / 10'000 | static_cast<uint64_t>(value % 10'000) << 32;
  const uint64_t hundreds = (fours * 10'486 >> 20) & 0x0000'007f'0000'007f;
  const uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  const uint64_t tens = (twos * 103 >> 10) & 0x000f'000f'000f'000f;
  return tens | (twos - tens * 10) << 8;
}
inline constexpr uint64_t kZeroDigits = 0x3030'3030'3030'3030;

inline char* writeEight(char* out, uint64_t digits) {
  digits |= kZeroDigits;
  std::memcpy(out, &digits, 8);
  return out + 8;
}

// Without leading zeros. Writes eight bytes.
inline char* writeUpToEight(char* out, uint32_t value) {
  const uint64_t digits = eightDigits(value);
  const int zeros = __builtin_ctzll(digits | uint64_t{1} << 56) / 8;
  const uint64_t text = (digits | kZeroDigits) >> (zeros * 8);
  std::memcpy(out, &text, 8);
  return out + 8 - zeros;
}

// Two digits of a value below 100.
inline char* writeTwo(char* out, uint32_t value) {
  const uint32_t tens = value * 103 >> 10;
  const auto text = static_cast<uint16_t>(0x3030 + tens + ((value - tens * 10) << 8));
  std::memcpy(out, &text, 2);
  return out + 2;
}

// Both need room for 24 bytes.
inline char* writeU64(char* out, uint64_t value) {
  constexpr uint64_t kEight = 100'000'000;
  if (value < kEight) return writeUpToEight(out, static_cast<uint32_t>(value));
  const uint64_t upper = value / kEight;
  if (upper < kEight) {
    out = writeUpToEight(out, static_cast<uint32_t>(upper));
  } else {
    out = writeUpToEight(out, static_cast<uint32_t>(upper / kEight));
    out = writeEight(out, eightDigits(static_cast<uint32_t>(upper % kEight)));
  }
  return writeEight(out, eightDigits(static_cast<uint32_t>(value % kEight)));
}

inline char* writeI64(char* out, int64_t value) {
  *out = '-';
  return writeU64(out + (value < 0 ? 1 : 0),
                  value < 0 ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value));
}

}  // namespace streamrt

#endif
