// Between the calling convention of builtins (abi/stream_abi.def) and C++: texts come as pointer and size, results go
// through a pointer, memory for results is the task's scratch. Private to this room.
#ifndef RUNTIME_LIB_BUILTINS_TEXT_ARGUMENTS_H
#define RUNTIME_LIB_BUILTINS_TEXT_ARGUMENTS_H

#include <string_view>

#include "runtime-lib/abi/stream_abi.h"

namespace streamrt {

// The longest text that a builtin makes. What would be longer fails with cause `overflow`.
inline constexpr uint64_t kTextBytesMax = 16 << 20;

inline std::string_view viewOf(void* data, uint32_t size) { return {static_cast<const char*>(data), size}; }

inline char* scratch(void* task, size_t bytes) {
  return static_cast<char*>(stream_core_scratch(task, static_cast<int64_t>(bytes)));
}

inline void give(void* out, std::string_view text) {
  *static_cast<StreamString*>(out) = {text.data(), static_cast<uint32_t>(text.size()), 0};
}
inline void give(void* out, const char* begin, const char* end) {
  give(out, {begin, static_cast<size_t>(end - begin)});
}

}  // namespace streamrt

#endif
