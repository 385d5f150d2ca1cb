// Mistakes in the protocol of checkpoints that can be planted while a process runs, so that the simulation (test/sim)
// shows that it would find them. Only tests set `planted_mistake`. Asked once a barrier, file or start, never for a
// row.
#ifndef RUNTIME_LIB_CORE_MISTAKE_H
#define RUNTIME_LIB_CORE_MISTAKE_H

#include <array>
#include <cstdint>

namespace streamrt {

enum class Mistake : uint8_t {
  kNone,
#define STREAM_MISTAKE(name, text) name,
#include "runtime-lib/core/mistakes.def"
#undef STREAM_MISTAKE
};

inline constexpr auto kMistakeTexts = std::to_array<const char*>({
    "none",
#define STREAM_MISTAKE(name, text) text,
#include "runtime-lib/core/mistakes.def"
#undef STREAM_MISTAKE
});

inline Mistake planted_mistake = Mistake::kNone;
inline bool planted(Mistake mistake) { return __builtin_expect(planted_mistake == mistake, 0); }

}  // namespace streamrt

#endif
