// The passes of the fast path for x86-64-v3.
#include <immintrin.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_scan.h"
#include "runtime-lib/formats/json_value.h"
#include "runtime-lib/formats/json_walk.h"
#include "runtime-lib/formats/utf8.h"
#include "runtime-lib/formats/value_text.h"

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt"))), apply_to = function)
#define STREAM_JSON_AVX512 0
#include "runtime-lib/formats/json_walk_kernel.inc"
#pragma clang attribute pop

namespace streamrt::json {
namespace {

bool supported() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt");
}

}  // namespace

const WalkKernel kWalkAvx2 = {"avx2", supported, indexBytes, walkLines, walkRecord};

}  // namespace streamrt::json
