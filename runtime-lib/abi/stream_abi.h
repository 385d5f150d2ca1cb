// The C declarations of the ABI, made from its one list. Included by the runtime's definitions (so that a definition
// that disagrees with the list does not compile) and by the table of the JIT (core/abi_symbols.cpp).
#ifndef STREAM_ABI_STREAM_ABI_H
#define STREAM_ABI_STREAM_ABI_H

#include <stdint.h>

#include "runtime-lib/abi/job_image.h"
#include "runtime-lib/abi/values.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma push_macro("PTR")
#pragma push_macro("VOID")
#pragma push_macro("I8")
#pragma push_macro("I16")
#pragma push_macro("I32")
#pragma push_macro("I64")
#pragma push_macro("I128")
#pragma push_macro("F32")
#pragma push_macro("F64")
#undef PTR
#undef VOID
#undef I8
#undef I16
#undef I32
#undef I64
#undef I128
#undef F32
#undef F64
#define PTR void*
#define VOID void
#define I8 uint8_t
#define I16 uint16_t
#define I32 uint32_t
#define I64 int64_t
#define I128 __int128
#define F32 float
#define F64 double
#define STREAM_ABI_FN(name, temperature, result, parameters) result name parameters;
#include "runtime-lib/abi/stream_abi.def"
#undef STREAM_ABI_FN
#pragma pop_macro("PTR")
#pragma pop_macro("VOID")
#pragma pop_macro("I8")
#pragma pop_macro("I16")
#pragma pop_macro("I32")
#pragma pop_macro("I64")
#pragma pop_macro("I128")
#pragma pop_macro("F32")
#pragma pop_macro("F64")

#ifdef __cplusplus
}
#endif

#endif
