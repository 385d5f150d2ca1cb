// Any text as far as it gets: what sema accepts is lowered, optimised, planned and emitted, and every border verifies.
// What sema accepts is the compiler's to compile, so nothing here may fail.
#include <cstdint>
#include <string>

#include "codegen/lower/emit.h"
#include "frontend/lex/lexer.h"
#include "frontend/lower/lower.h"
#include "frontend/parse/parse.h"
#include "frontend/sema/check.h"
#include "ir/job/ops.h"
#include "ir/stream/ops.h"
#include "llvm/IR/Verifier.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Verifier.h"
#include "passes/optimize.h"
#include "passes/plan/pipeline.h"
#include "test/fuzz/require.h"

using namespace streamc;
using streamc_fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceFiles files;
  DiagnosticSink sink;
  const SourceFile& file = files.add("fuzz.stream", std::string(reinterpret_cast<const char*>(data), size));
  lex::TokenStream tokens = lex::lex(file, sink);
  ast::Module module = parse::parse(file, tokens, sink);
  std::vector<sema::Program> programs = sema::check(module, files, sink, {});
  if (sink.hasErrors()) return 0;
  for (const sema::Program& program : programs) {
    if (sema::reportNotBuilt(program, Severity::kError, sink)) continue;
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<ir::stream::StreamDialect, ir::job::JobDialect, mlir::arith::ArithDialect,
                        mlir::scf::SCFDialect>();
    mlir::OwningOpRef<mlir::ModuleOp> ir = lower::lower(program, files, context);
    require(mlir::succeeded(mlir::verify(*ir)), "what was lowered verifies");
    passes::optimize(*ir);
    passes::plan(*ir);
    codegen::EmittedJob job = codegen::emit(*ir, {.main_file = "fuzz.stream", .base = "/", .compiler = "fuzz"});
    require(!llvm::verifyModule(*job.llvm.module), "what was emitted verifies");
  }
  return 0;
}
