// A module with the context it lives in, owned together: what codegen/lower makes and codegen/jit takes. The order of
// the fields matters: the module dies first.
#ifndef CODEGEN_LLVM_MODULE_H
#define CODEGEN_LLVM_MODULE_H

#include <memory>

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace streamc::codegen {

struct LlvmModule {
  std::unique_ptr<llvm::LLVMContext> context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> module;
};

}  // namespace streamc::codegen

#endif
