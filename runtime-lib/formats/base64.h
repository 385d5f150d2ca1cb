// Base64 as of RFC 4648: the standard alphabet, with padding. Pure.
#ifndef RUNTIME_LIB_FORMATS_BASE64_H
#define RUNTIME_LIB_FORMATS_BASE64_H

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace streamrt {

constexpr size_t base64Bytes(size_t bytes) { return (bytes + 2) / 3 * 4; }

// Writes base64Bytes(bytes.size()) characters at `out`; returns their end.
char* writeBase64(char* out, std::string_view bytes);

// Writes the bytes that `text` stands for at `out`, which has room for text.size() / 4 * 3; returns their end. Null
// when it is no base64: wrong length, a character outside the alphabet, padding inside, bits that are not used but set.
char* readBase64(char* out, std::string_view text);

}  // namespace streamrt

#endif
