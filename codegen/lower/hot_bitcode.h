// The hot half of the runtime as LLVM bitcode (built from runtime-lib/hot, embedded in the compiler): table probes,
// column access, claims of output rows. Linked into a generated module so that they are inlined into its loops.
//
// Called by tools/driver between codegen/lower and codegen/object. The bitcode is parsed lazily: only functions that
// the module calls are read. Thread-safe; the module is the caller's.
#ifndef CODEGEN_LOWER_HOT_BITCODE_H
#define CODEGEN_LOWER_HOT_BITCODE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"

namespace streamc::codegen {

// The embedded bitcode.
llvm::StringRef hotBitcode();

// Defines the hot functions that `module` declares, internal and always inlined. CPU attributes of the bitcode are
// dropped: it takes those of the job's target machine. A bitcode that LLVM cannot read is our bug and aborts.
void linkHotBitcode(llvm::Module& module, llvm::StringRef bitcode = hotBitcode());

}  // namespace streamc::codegen

#endif
