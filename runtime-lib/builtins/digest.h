// Digests of bytes: CRC-32 (as in zip and Ethernet: reflected polynomial 0xedb88320), MD5 (RFC 1321), SHA-256 (FIPS
// 180-4). Pure; no allocation. MD5 and CRC-32 are for matching what others computed, not for security.
#ifndef RUNTIME_LIB_BUILTINS_DIGEST_H
#define RUNTIME_LIB_BUILTINS_DIGEST_H

#include <array>
#include <cstdint>
#include <string_view>

namespace streamrt {

uint32_t crc32Of(std::string_view bytes);
std::array<uint8_t, 16> md5Of(std::string_view bytes);
std::array<uint8_t, 32> sha256Of(std::string_view bytes);

}  // namespace streamrt

#endif
