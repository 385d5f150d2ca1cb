#include "codegen/lower/debug_info.h"

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Path.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace streamc::codegen {

FilePosition filePosition(mlir::Location location) {
  if (auto place = location->findInstanceOf<mlir::FileLineColLoc>()) {
    return {place.getFilename().str(), place.getLine(), place.getColumn()};
  }
  return {};
}

std::string fileRelativeTo(llvm::StringRef file, llvm::StringRef main_file, llvm::StringRef base) {
  for (llvm::StringRef directory : {llvm::sys::path::parent_path(main_file), base}) {
    llvm::StringRef rest = file;
    if (!directory.empty() && rest.consume_front(directory) && rest.consume_front("/")) return rest.str();
  }
  return file.str();
}

DebugInfo::DebugInfo(llvm::Module& module, llvm::StringRef main_file, llvm::StringRef base)
    : builder_(module), main_file_(main_file), base_(base) {
  // 4: gdb 13 and perf of the oldest supported distribution read it without complaint.
  module.addModuleFlag(llvm::Module::Max, "Dwarf Version", 4);
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  unit_ = builder_.createCompileUnit(llvm::dwarf::DW_LANG_C, file(main_file), "streamc", /*isOptimized=*/true, "", 0,
                                     "", llvm::DICompileUnit::LineTablesOnly);
}

llvm::DIFile* DebugInfo::file(llvm::StringRef name) {
  return builder_.createFile(fileRelativeTo(name, main_file_, base_), base_);
}

void DebugInfo::describe(llvm::Function* function, mlir::Location location) {
  FilePosition position = filePosition(location);
  if (position.line == 0) return;
  auto* type = builder_.createSubroutineType(builder_.getOrCreateTypeArray({}));
  llvm::DIFile* in = file(position.file);
  function->setSubprogram(builder_.createFunction(
      in, function->getName(), function->getName(), in, position.line, type, position.line,
      llvm::DINode::FlagPrototyped, llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagOptimized));
}

llvm::DebugLoc DebugInfo::at(mlir::Location location, llvm::Function* function) {
  llvm::DISubprogram* subprogram = function->getSubprogram();
  if (!subprogram) return {};
  FilePosition position = filePosition(location);
  // Code without a place of its own belongs to its function: a call in a described function needs a location.
  if (position.line == 0) return llvm::DILocation::get(function->getContext(), 0, 0, subprogram);
  llvm::DIScope* scope = subprogram;
  if (file(position.file) != subprogram->getFile())
    scope = builder_.createLexicalBlockFile(subprogram, file(position.file));
  return llvm::DILocation::get(function->getContext(), position.line, position.column, scope);
}

}  // namespace streamc::codegen
