// Builtin functions on instants that need a time zone (dsl/builtins.def has their meaning). The compiler has seen to it
// that zones are constants, and the job has loaded them when it started.
#include <cstring>
#include <string>

#include "runtime-lib/builtins/text_arguments.h"
#include "runtime-lib/builtins/time_pattern.h"
#include "runtime-lib/core/civil.h"

using namespace streamrt;

namespace {

// The last zone that this thread asked for: a call site always asks for the same one.
const Zone* zoneOf(void* name, uint32_t size) {
  thread_local std::string last_name;
  thread_local const Zone* last = nullptr;
  if (last == nullptr || last_name != viewOf(name, size)) {
    last_name = viewOf(name, size);
    last = zoneNamed(last_name);
  }
  return last;
}

// What the clocks show at an instant, in microseconds; false when it leaves 64 bits.
bool shownAt(int64_t t, const Zone& zone, int64_t& local) {
  const int64_t offset = int64_t{zone.at(floorDiv(t, kMicrosPerSecond)).offset_s} * kMicrosPerSecond;
  return !__builtin_add_overflow(t, offset, &local);
}

// The first instant not before `least` at which the clocks show that time.
bool instantOf(int64_t local, const Zone& zone, int64_t least, int64_t& t) {
  const int64_t fraction = floorMod(local, kMicrosPerSecond);
  const Zone::Instants instants = zone.whenShown(floorDiv(local, kMicrosPerSecond));
  for (int i = 0; i < instants.count; ++i) {
    int64_t micros = 0;
    if (__builtin_mul_overflow(instants.utc_s[i], kMicrosPerSecond, &micros)) continue;
    if (__builtin_add_overflow(micros, fraction, &micros) || micros < least) continue;
    t = micros;
    return true;
  }
  return false;
}

}  // namespace

uint8_t stream_time_floor_zone(void*, void* out, int64_t t, int64_t to, void* zone, uint32_t zone_size) {
  const Zone* in = zoneOf(zone, zone_size);
  int64_t local = 0;
  if (in == nullptr || to <= 0 || !shownAt(t, *in, local)) return 0;
  if (__builtin_sub_overflow(local, floorMod(local, to), &local)) return 0;
  return instantOf(local, *in, INT64_MIN, *static_cast<int64_t*>(out)) ? 1 : 0;
}

uint8_t stream_time_ceil_zone(void*, void* out, int64_t t, int64_t to, void* zone, uint32_t zone_size) {
  const Zone* in = zoneOf(zone, zone_size);
  int64_t local = 0;
  if (in == nullptr || to <= 0 || !shownAt(t, *in, local)) return 0;
  const int64_t above = floorMod(local, to);
  if (above != 0 && __builtin_add_overflow(local, to - above, &local)) return 0;
  return instantOf(local, *in, t, *static_cast<int64_t*>(out)) ? 1 : 0;
}

uint8_t stream_time_parse(void*, void* out, void* text, uint32_t text_size, void* pattern, uint32_t pattern_size,
                          void* zone, uint32_t zone_size, uint8_t later) {
  const Zone* in = zoneOf(zone, zone_size);
  if (in == nullptr) return 0;
  const auto t = readInstant(viewOf(text, text_size), viewOf(pattern, pattern_size), *in, later != 0);
  if (!t) return 0;
  *static_cast<int64_t*>(out) = *t;
  return 1;
}

uint8_t stream_time_format(void* task, void* out, int64_t t, void* pattern, uint32_t pattern_size, void* zone,
                           uint32_t zone_size) {
  const Zone* in = zoneOf(zone, zone_size);
  if (in == nullptr) return 0;
  const auto text = formatInstant(t, viewOf(pattern, pattern_size), *in);
  if (!text || text->size() > kTextBytesMax) return 0;
  char* const begin = scratch(task, text->size());
  std::memcpy(begin, text->data(), text->size());
  give(out, begin, begin + text->size());
  return 1;
}
