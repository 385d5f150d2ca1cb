// stream-opt: mlir-opt of the two dialects. Reads IR, runs the passes that are named, prints IR; the lit tests of ir/,
// passes/ and frontend/lower/ are written with it.
#include "ir/job/ops.h"
#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/optimize.h"
#include "passes/plan/pipeline.h"

int main(int argc, char** argv) {
  mlir::DialectRegistry registry;
  registry.insert<streamc::ir::stream::StreamDialect, streamc::ir::job::JobDialect, mlir::arith::ArithDialect,
                  mlir::scf::SCFDialect>();
  streamc::passes::registerStreamPasses();
  streamc::passes::registerPlanPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "streamc: runs passes over stream and job IR\n", registry));
}
