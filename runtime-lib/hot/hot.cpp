// The one translation unit of hot runtime functions. Compiled to bitcode (build/lib/streamc/hot.bc) that the compiler
// links into every job and inlines, and into the archive, for code that calls instead of inlining.
//
// What may stand in the included headers: functions of stream_abi.def marked HOT, no exceptions, no thread-local or
// static variables with constructors, calls only to functions of stream_abi.def and to memcpy, memset, memcmp.

// First of all: what hot functions are here, definitions that are emitted though nothing in this file calls them.
#define STREAM_HOT extern "C" __attribute__((always_inline))

#include "runtime-lib/builtins/calendar_hot.h"
#include "runtime-lib/builtins/number_hot.h"
#include "runtime-lib/core/hot_functions.h"
#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table_hot.h"
#include "runtime-lib/time/hot_functions.h"

STREAM_HOT int64_t stream_state_hash(void* task, void* key, int64_t size) {
  return static_cast<int64_t>(streamrt::hashKey(static_cast<StreamTask*>(task)->hash_seed, key, size));
}
