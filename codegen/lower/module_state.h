// What the functions of one module share while they are emitted: the LLVM module, declarations of the runtime, texts,
// sites of rejection, debug information. Made by emit(), used by the emitters, gone when the module is complete.
#ifndef CODEGEN_LOWER_MODULE_STATE_H
#define CODEGEN_LOWER_MODULE_STATE_H

#include "codegen/lower/abi.h"
#include "codegen/lower/debug_info.h"
#include "codegen/lower/remark.h"
#include "codegen/lower/values.h"
#include "codegen/manifest/sites.h"
#include "llvm/ADT/StringMap.h"

namespace streamc::codegen {

class ModuleState {
 public:
  ModuleState(llvm::Module& module, llvm::StringRef main_file, llvm::StringRef base)
      : module_(module), abi_(module), debug_(module, main_file, base), main_file_(main_file), base_(base) {}

  llvm::LLVMContext& context() { return module_.getContext(); }
  llvm::Module& module() { return module_; }
  Abi& abi() { return abi_; }
  Sites& sites() { return sites_; }
  DebugInfo& debug() { return debug_; }
  Remarks& remarks() { return remarks_; }
  llvm::DebugLoc debugLocation(mlir::Location location, llvm::Function* function) {
    return debug_.at(location, function);
  }

  // {data, size} of a constant text; equal texts are one constant.
  Parts text(llvm::StringRef bytes) {
    llvm::GlobalVariable*& known = texts_[bytes];
    if (!known) {
      auto* value = llvm::ConstantDataArray::getString(context(), bytes, /*AddNull=*/false);
      known = new llvm::GlobalVariable(module_, value->getType(), /*isConstant=*/true,
                                       llvm::GlobalValue::PrivateLinkage, value, "text");
      known->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    }
    return {known, llvm::ConstantInt::get(llvm::Type::getInt32Ty(context()), bytes.size())};
  }

  // "file:line:column" as users see it.
  std::string place(mlir::Location location) const {
    FilePosition position = filePosition(location);
    return fileRelativeTo(position.file, main_file_, base_) + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column);
  }

 private:
  llvm::Module& module_;
  Abi abi_;
  DebugInfo debug_;
  Sites sites_;
  Remarks remarks_;
  std::string main_file_, base_;
  llvm::StringMap<llvm::GlobalVariable*> texts_;
};

}  // namespace streamc::codegen

#endif
