// What each border looks like as text.
#include "codegen/object/assemble.h"
#include "frontend/ast/dump.h"
#include "frontend/sema/check.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "tools/driver/compile.h"

namespace streamc::driver {

std::string print(Compilation& c, Border border) {
  std::string text;
  llvm::raw_string_ostream out(text);
  switch (border) {
    case Border::kStart:
      break;
    case Border::kTokens:
      return lex::dumpTokens(c.tokens);
    case Border::kAst:
      return ast::dumpAst(c.module, *c.tokens.file);
    case Border::kProgram:
      for (const sema::Program& program : c.programs) text += sema::dump(program, c.files);
      return text;
    case Border::kStream:
    case Border::kStreamOpt:
    case Border::kJob:
      c.ir->print(out);
      break;
    case Border::kLlvm:
      c.llvm.module->print(out, nullptr);
      break;
    case Border::kMachine:
      return codegen::assemble(*c.llvm.module, *c.machine, codegen::AssembleAs::kText);
    case Border::kObject:
      return c.object;
  }
  return text;
}

}  // namespace streamc::driver
