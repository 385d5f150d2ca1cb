#include "runtime-lib/hot/abi_symbols.h"

#include "runtime-lib/abi/stream_abi.h"

namespace streamrt {

std::span<const AbiSymbol> abiSymbols() {
  static const AbiSymbol kSymbols[] = {
#define STREAM_ABI_FN(name, temperature, result, parameters) {#name, reinterpret_cast<void*>(&name)},
#include "runtime-lib/abi/stream_abi.def"
#undef STREAM_ABI_FN
  };
  return kSymbols;
}

}  // namespace streamrt
