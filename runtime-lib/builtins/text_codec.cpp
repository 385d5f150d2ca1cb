// Digests, hex, base64, percent-encoding and bytes (dsl/builtins.def has their meaning).
#include <algorithm>
#include <array>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime-lib/builtins/digest.h"
#include "runtime-lib/builtins/text_arguments.h"
#include "runtime-lib/formats/base64.h"
#include "runtime-lib/formats/utf8.h"

using namespace streamrt;

namespace {

constexpr char kHexLower[] = "0123456789abcdef";
constexpr char kHexUpper[] = "0123456789ABCDEF";

char* writeHex(char* out, std::string_view bytes, const char* digits) {
  for (char byte : bytes) {
    *out++ = digits[static_cast<uint8_t>(byte) >> 4];
    *out++ = digits[static_cast<uint8_t>(byte) & 15];
  }
  return out;
}

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void giveHex(void* task, void* out, std::string_view bytes) {
  char* const begin = scratch(task, 2 * bytes.size());
  give(out, begin, writeHex(begin, bytes, kHexLower));
}

template <size_t size>
void giveDigest(void* task, void* out, const std::array<uint8_t, size>& digest) {
  giveHex(task, out, {reinterpret_cast<const char*>(digest.data()), size});
}

// RFC 3986: what needs no encoding anywhere.
bool isUnreserved(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

uint8_t giveBase64(void* task, void* out, std::string_view bytes) {
  if (base64Bytes(bytes.size()) > kTextBytesMax) return 0;
  char* const begin = scratch(task, base64Bytes(bytes.size()));
  give(out, begin, writeBase64(begin, bytes));
  return 1;
}

}  // namespace

int64_t stream_text_crc32(void*, void* s, uint32_t s_size) { return crc32Of(viewOf(s, s_size)); }
int64_t stream_text_xxh64(void*, void* s, uint32_t s_size) { return static_cast<int64_t>(XXH64(s, s_size, 0)); }
void stream_text_md5(void* task, void* out, void* s, uint32_t s_size) {
  giveDigest(task, out, md5Of(viewOf(s, s_size)));
}
void stream_text_sha256(void* task, void* out, void* s, uint32_t s_size) {
  giveDigest(task, out, sha256Of(viewOf(s, s_size)));
}

uint8_t stream_text_hex(void* task, void* out, void* s, uint32_t s_size) {
  if (uint64_t{2} * s_size > kTextBytesMax) return 0;
  giveHex(task, out, viewOf(s, s_size));
  return 1;
}

uint8_t stream_text_base64_encode(void* task, void* out, void* s, uint32_t s_size) {
  return giveBase64(task, out, viewOf(s, s_size));
}

uint8_t stream_text_base64_decode(void* task, void* out, void* s, uint32_t s_size) {
  char* const begin = scratch(task, s_size);
  const char* const end = readBase64(begin, viewOf(s, s_size));
  if (end == nullptr) return 0;
  give(out, begin, end);
  return 1;
}

uint8_t stream_text_url_encode(void* task, void* out, void* s, uint32_t s_size) {
  const std::string_view text = viewOf(s, s_size);
  const auto kept = static_cast<size_t>(std::count_if(text.begin(), text.end(), isUnreserved));
  const size_t bytes = kept + 3 * (text.size() - kept);
  if (bytes > kTextBytesMax) return 0;
  char* const begin = scratch(task, bytes);
  char* to = begin;
  for (char c : text) {
    if (isUnreserved(c)) {
      *to++ = c;
    } else {
      *to++ = '%';
      to = writeHex(to, {&c, 1}, kHexUpper);
    }
  }
  give(out, begin, to);
  return 1;
}

uint8_t stream_text_url_decode(void* task, void* out, void* s, uint32_t s_size) {
  const std::string_view text = viewOf(s, s_size);
  char* const begin = scratch(task, text.size());
  char* to = begin;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      *to++ = text[at];
      continue;
    }
    if (text.size() - at < 3) return 0;
    const int high = hexValue(text[at + 1]), low = hexValue(text[at + 2]);
    if (high < 0 || low < 0) return 0;
    *to++ = static_cast<char>(high << 4 | low);
    at += 2;
  }
  if (!isUtf8({begin, static_cast<size_t>(to - begin)})) return 0;
  give(out, begin, to);
  return 1;
}

int64_t stream_bytes_length(void*, void*, uint32_t b_size) { return b_size; }

void stream_bytes_slice(void*, void* out, void* b, uint32_t b_size, int64_t from, int64_t to) {
  const std::string_view bytes = viewOf(b, b_size);
  const auto size = static_cast<int64_t>(bytes.size());
  from = std::clamp<int64_t>(from, 0, size);
  to = std::clamp<int64_t>(to, from, size);
  give(out, bytes.substr(static_cast<size_t>(from), static_cast<size_t>(to - from)));
}
