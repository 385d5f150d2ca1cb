#include "runtime-lib/connectors/record_cutter.h"

#include <cstring>

namespace streamrt {

size_t LineCutter::lastEnd(const char* data, size_t from, size_t to) {
  const auto* newline = static_cast<const char*>(memrchr(data + from, '\n', to - from));
  return newline == nullptr ? 0 : static_cast<size_t>(newline + 1 - data);
}

size_t LineCutter::firstEnd(const char* data, size_t from, size_t to) {
  const auto* newline = static_cast<const char*>(std::memchr(data + from, '\n', to - from));
  return newline == nullptr ? 0 : static_cast<size_t>(newline + 1 - data);
}

}  // namespace streamrt
