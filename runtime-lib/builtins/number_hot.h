// Builtin functions on numbers that are inlined into generated code (dsl/builtins.def has their meaning). Included by
// hot/hot.cpp, as definitions of the ABI, and by tests.
#ifndef RUNTIME_LIB_BUILTINS_NUMBER_HOT_H
#define RUNTIME_LIB_BUILTINS_NUMBER_HOT_H

#include "runtime-lib/abi/stream_abi.h"

#ifndef STREAM_HOT
#define STREAM_HOT extern "C" inline __attribute__((always_inline))
#endif

STREAM_HOT int64_t stream_text_byte_length(void*, void*, uint32_t s_size) { return s_size; }

STREAM_HOT double stream_number_floor(void*, double x) { return __builtin_floor(x); }
STREAM_HOT double stream_number_ceil(void*, double x) { return __builtin_ceil(x); }
STREAM_HOT double stream_number_trunc(void*, double x) { return __builtin_trunc(x); }
STREAM_HOT double stream_number_sqrt(void*, double x) { return __builtin_sqrt(x); }

// Halves away from zero: adding the greatest double below 0.5 cannot carry 0.49999999999999994 over the edge, as 0.5
// would.
STREAM_HOT double stream_number_round(void*, double x) {
  return __builtin_trunc(x + __builtin_copysign(0.49999999999999994, x));
}

#endif
