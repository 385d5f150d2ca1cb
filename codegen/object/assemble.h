// LLVM module → machine code: an ELF object (or assembly text) in memory. Called by the driver for `build` and for
// --emit=obj and --emit=asm.
#ifndef CODEGEN_OBJECT_ASSEMBLE_H
#define CODEGEN_OBJECT_ASSEMBLE_H

#include <string>

#include "codegen/object/target.h"
#include "llvm/IR/Module.h"

namespace streamc::codegen {

enum class AssembleAs : uint8_t { kObject, kText };

// The bytes of the object file or the assembly text. The module is consumed in spirit: instruction selection changes
// it.
std::string assemble(llvm::Module& module, llvm::TargetMachine& machine, AssembleAs as = AssembleAs::kObject);

}  // namespace streamc::codegen

#endif
