// Line tables for the job's code, so that a debugger stops on lines of the .stream file and a profiler names them.
// Nothing more: no variables, no types (-gline-tables-only in clang's terms).
#ifndef CODEGEN_LOWER_DEBUG_INFO_H
#define CODEGEN_LOWER_DEBUG_INFO_H

#include <string>

#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/Module.h"
#include "mlir/IR/Location.h"

namespace streamc::codegen {

// Where a location of MLIR is in a file; line 0 when it is nowhere.
struct FilePosition {
  std::string file;
  unsigned line = 0, column = 0;
};
FilePosition filePosition(mlir::Location location);

// The name of a source file as users and debuggers see it: relative to the directory of the job's main file, however
// that was named on the command line, when it lies below it.
std::string fileRelativeTo(llvm::StringRef file, llvm::StringRef main_file, llvm::StringRef base);

class DebugInfo {
 public:
  // `base` is the directory of `main_file`.
  DebugInfo(llvm::Module& module, llvm::StringRef main_file, llvm::StringRef base);

  // From now on code of `function` may have locations.
  void describe(llvm::Function* function, mlir::Location location);
  // None when the location is nowhere or the function is not described.
  llvm::DebugLoc at(mlir::Location location, llvm::Function* function);
  // After all functions: completes the module's metadata.
  void finish() { builder_.finalize(); }

 private:
  llvm::DIFile* file(llvm::StringRef name);

  llvm::DIBuilder builder_;
  std::string main_file_, base_;
  llvm::DICompileUnit* unit_;
};

}  // namespace streamc::codegen

#endif
