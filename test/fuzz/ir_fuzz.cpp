// Any text as IR: what parses and verifies can be printed and read again, and comes out the same.
#include <cstdint>
#include <string>

#include "ir/job/ops.h"
#include "ir/stream/ops.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "test/fuzz/require.h"

using namespace streamc;
using streamc_fuzz::require;

namespace {

std::string printed(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context
      .loadDialect<ir::stream::StreamDialect, ir::job::JobDialect, mlir::arith::ArithDialect, mlir::scf::SCFDialect>();
  mlir::ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic&) { return mlir::success(); });
  std::string text(reinterpret_cast<const char*>(data), size);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module) return 0;
  std::string once = printed(*module);
  auto again = mlir::parseSourceString<mlir::ModuleOp>(once, &context);
  require(static_cast<bool>(again), "what was printed can be read");
  require(printed(*again) == once, "what was read again is the same");
  return 0;
}
