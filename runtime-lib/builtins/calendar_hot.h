// Builtin functions on instants and durations, inlined into generated code (dsl/builtins.def has their meaning).
// Included by hot/hot.cpp, as definitions of the ABI, and by tests.
#ifndef RUNTIME_LIB_BUILTINS_CALENDAR_HOT_H
#define RUNTIME_LIB_BUILTINS_CALENDAR_HOT_H

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/core/civil.h"

#ifndef STREAM_HOT
#define STREAM_HOT extern "C" inline __attribute__((always_inline))
#endif

STREAM_HOT uint8_t stream_time_from_s(void*, void* out, int64_t x) {
  return __builtin_mul_overflow(x, int64_t{1'000'000}, static_cast<int64_t*>(out)) ? 0 : 1;
}
STREAM_HOT uint8_t stream_time_from_ms(void*, void* out, int64_t x) {
  return __builtin_mul_overflow(x, int64_t{1'000}, static_cast<int64_t*>(out)) ? 0 : 1;
}
STREAM_HOT int64_t stream_time_from_us(void*, int64_t x) { return x; }

STREAM_HOT int64_t stream_time_unix_s(void*, int64_t t) { return streamrt::floorDiv(t, 1'000'000); }
STREAM_HOT int64_t stream_time_unix_ms(void*, int64_t t) { return streamrt::floorDiv(t, 1'000); }
STREAM_HOT int64_t stream_time_unix_us(void*, int64_t t) { return t; }

STREAM_HOT uint8_t stream_time_floor(void*, void* out, int64_t t, int64_t to) {
  if (to <= 0) return 0;
  return __builtin_sub_overflow(t, streamrt::floorMod(t, to), static_cast<int64_t*>(out)) ? 0 : 1;
}
STREAM_HOT uint8_t stream_time_ceil(void*, void* out, int64_t t, int64_t to) {
  if (to <= 0) return 0;
  const int64_t above = streamrt::floorMod(t, to);
  return __builtin_add_overflow(t, above == 0 ? 0 : to - above, static_cast<int64_t*>(out)) ? 0 : 1;
}

STREAM_HOT int64_t stream_time_year(void*, int64_t t) {
  return streamrt::civilFromDays(streamrt::floorDiv(t, streamrt::kMicrosPerDay)).year;
}
STREAM_HOT int64_t stream_time_month(void*, int64_t t) {
  return streamrt::civilFromDays(streamrt::floorDiv(t, streamrt::kMicrosPerDay)).month;
}
STREAM_HOT int64_t stream_time_day(void*, int64_t t) {
  return streamrt::civilFromDays(streamrt::floorDiv(t, streamrt::kMicrosPerDay)).day;
}
STREAM_HOT int64_t stream_time_hour(void*, int64_t t) {
  return streamrt::floorMod(t, streamrt::kMicrosPerDay) / 3'600'000'000;
}
STREAM_HOT int64_t stream_time_minute(void*, int64_t t) { return streamrt::floorMod(t, 3'600'000'000) / 60'000'000; }
STREAM_HOT int64_t stream_time_second(void*, int64_t t) { return streamrt::floorMod(t, 60'000'000) / 1'000'000; }
// 1970-01-01 was a Thursday.
STREAM_HOT int64_t stream_time_weekday(void*, int64_t t) {
  return streamrt::floorMod(streamrt::floorDiv(t, streamrt::kMicrosPerDay) + 3, 7) + 1;
}

STREAM_HOT int64_t stream_date_year(void*, uint32_t d) { return streamrt::civilFromDays(static_cast<int32_t>(d)).year; }
STREAM_HOT int64_t stream_date_month(void*, uint32_t d) {
  return streamrt::civilFromDays(static_cast<int32_t>(d)).month;
}
STREAM_HOT int64_t stream_date_day(void*, uint32_t d) { return streamrt::civilFromDays(static_cast<int32_t>(d)).day; }
STREAM_HOT int64_t stream_date_weekday(void*, uint32_t d) {
  return streamrt::floorMod(int64_t{static_cast<int32_t>(d)} + 3, 7) + 1;
}

STREAM_HOT int64_t stream_time_seconds(void*, int64_t d) { return d / 1'000'000; }
STREAM_HOT int64_t stream_time_millis(void*, int64_t d) { return d / 1'000; }
STREAM_HOT int64_t stream_time_micros(void*, int64_t d) { return d; }

#endif
