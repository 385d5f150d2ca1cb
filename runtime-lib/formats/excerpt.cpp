#include "runtime-lib/formats/excerpt.h"

#include <fmt/format.h>

#include "runtime-lib/formats/utf8.h"

namespace streamrt {

std::string excerpt(std::string_view text) {
  constexpr size_t kCharsMax = 40;
  std::string out;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t chars = 0; at < end; ++chars) {
    if (chars == kCharsMax) return out + "…";
    const uint32_t size = utf8SizeAt(at, end);
    if (size == 0 || static_cast<uint8_t>(*at) < 0x20 || *at == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<uint8_t>(*at));
      ++at;
    } else {
      out.append(at, size);
      at += size;
    }
  }
  return out;
}

}  // namespace streamrt
