#include "codegen/object/assemble.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

namespace streamc::codegen {

std::string assemble(llvm::Module& module, llvm::TargetMachine& machine, AssembleAs as) {
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  auto kind = as == AssembleAs::kObject ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, kind, /*DisableVerify=*/true)) {
    llvm::report_fatal_error("the target machine cannot emit a file of this kind");
  }
  passes.run(module);
  return std::string(bytes.str());
}

}  // namespace streamc::codegen
