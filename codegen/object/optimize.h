// LLVM's own pipeline over a job's module: O2 for the JIT, O3 for AOT, loop and SLP vectorisers on, no fast-math.
// Called by the driver after codegen/lower and linkHotBitcode, before codegen/jit or codegen/object.
#ifndef CODEGEN_OBJECT_OPTIMIZE_H
#define CODEGEN_OBJECT_OPTIMIZE_H

#include "codegen/object/target.h"
#include "llvm/IR/Module.h"

namespace streamc::codegen {

// Every function gets the machine's CPU first. A module that does not verify is our bug and aborts.
void optimize(llvm::Module& module, llvm::TargetMachine& machine, Purpose purpose);

}  // namespace streamc::codegen

#endif
