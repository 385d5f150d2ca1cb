// Any IR that verifies goes on: stream IR through the passes and plan, job IR through the layout of its tables, both
// through code generation, to a module that LLVM's verifier accepts. Verifiers look at one op and its neighbours, so
// the rooms below may refuse a module by name (llvm::report_fatal_error; the compiler makes IR from checked programs
// only); anything else that does not end well is found.
#include <cstdint>
#include <string>

#include "codegen/lower/emit.h"
#include "ir/job/ops.h"
#include "ir/stream/ops.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/JSON.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/optimize.h"
#include "passes/plan/layout_state.h"
#include "passes/plan/pipeline.h"
#include "test/fuzz/require.h"

using namespace streamc;

namespace {

// Thrown instead of ending the process. What LLVM's frames held is lost: prove.py gives this target more memory.
struct Refusal {};

[[noreturn]] void refuse(void*, const char*, bool) { throw Refusal(); }

// Which dialects the ops of the module belong to: a module holds one program, before or after plan.
bool holds(mlir::ModuleOp module, llvm::StringRef dialect) {
  for (mlir::Operation& op : module.getBody()->getOperations())
    if (op.getName().getDialectNamespace() == dialect) return true;
  return false;
}

// Texts of the language are UTF-8, and so is what becomes of them; MLIR's strings are any bytes: "\\FF".
bool hasOtherBytes(llvm::StringRef text) {
  for (size_t at = text.find('\\'); at != text.npos; at = text.find('\\', at + 1))
    if (at + 1 < text.size() && llvm::isHexDigit(text[at + 1]) && llvm::hexDigitValue(text[at + 1]) >= 8) return true;
  return !llvm::json::isUTF8(text);
}

void lower(mlir::ModuleOp module) {
  if (holds(module, "stream")) {
    passes::optimize(module);
    passes::plan(module);
  } else {
    mlir::PassManager manager(module.getContext());
    manager.addPass(passes::createLayoutStatePass());
    if (mlir::failed(manager.run(module))) return;
  }
  codegen::EmittedJob job = codegen::emit(module, {.main_file = "fuzz.stream", .base = "/", .compiler = "fuzz"});
  streamc_fuzz::require(!llvm::verifyModule(*job.llvm.module), "what was emitted verifies");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool is_set = (llvm::install_fatal_error_handler(refuse), true);
  (void)is_set;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context
      .loadDialect<ir::stream::StreamDialect, ir::job::JobDialect, mlir::arith::ArithDialect, mlir::scf::SCFDialect>();
  mlir::ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic&) { return mlir::success(); });
  std::string text(reinterpret_cast<const char*>(data), size);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module || hasOtherBytes(text) || holds(*module, "stream") == holds(*module, "job")) return 0;
  try {
    lower(*module);
  } catch (const Refusal&) {
  }
  return 0;
}
