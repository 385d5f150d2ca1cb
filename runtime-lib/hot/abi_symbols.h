// Name and address of every function of stream_abi.def, for the JIT's symbol table. The order is the list's.
#ifndef RUNTIME_LIB_HOT_ABI_SYMBOLS_H
#define RUNTIME_LIB_HOT_ABI_SYMBOLS_H

#include <span>

namespace streamrt {

struct AbiSymbol {
  const char* name;
  void* address;
};

std::span<const AbiSymbol> abiSymbols();

}  // namespace streamrt

#endif
