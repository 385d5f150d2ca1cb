// The runtime as generated code sees it: LLVM declarations made from runtime-lib/abi/stream_abi.def, the ABI's one
// list. Called by everything in codegen/lower that emits a call into the runtime, and by codegen/lower/hot_bitcode,
// which replaces the declarations of hot rows by their definitions.
//
// Invariants: a function is declared when it is first asked for, so a module names only what it uses; every row has an
// enumerator of the same name. Attributes are those that hold for every implementation of a row: nothing in the runtime
// unwinds into generated code; I8 travels zero-extended, as the C ABI wants it. Not thread-safe (a module is not).
#ifndef CODEGEN_LOWER_ABI_H
#define CODEGEN_LOWER_ABI_H

#include <optional>
#include <span>

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace streamc::codegen {

enum class AbiFn : uint16_t {
#define STREAM_ABI_FN(name, temperature, result, parameters) name,
#include "runtime-lib/abi/stream_abi.def"
#undef STREAM_ABI_FN
};

enum class Temperature : uint8_t { HOT, COLD };

struct AbiRow {
  llvm::StringLiteral name;
  Temperature temperature;
  llvm::StringLiteral result;      // "PTR", "VOID", …
  llvm::StringLiteral parameters;  // "(PTR batch, I32 column)"
};

// All rows, in the order of the list: row(f) is abiRows()[size_t(f)].
std::span<const AbiRow> abiRows();
std::optional<AbiFn> findAbiFn(llvm::StringRef name);

class Abi {
 public:
  explicit Abi(llvm::Module& module) : module_(module) {}

  llvm::Function* declare(AbiFn function);

  // A call with the declaration's attributes. Arguments must have the row's types.
  llvm::CallInst* call(llvm::IRBuilderBase& builder, AbiFn function, llvm::ArrayRef<llvm::Value*> arguments);

 private:
  llvm::Module& module_;
};

}  // namespace streamc::codegen

#endif
