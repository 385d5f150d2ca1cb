#include "passes/plan/plan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/plan/planner.h"

namespace streamc::passes {
namespace {

class PlanPass : public mlir::PassWrapper<PlanPass, mlir::OperationPass<mlir::ModuleOp>> {
 public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PlanPass)
  llvm::StringRef getArgument() const final { return "plan"; }
  llvm::StringRef getDescription() const final { return "cut at exchanges, fuse into processes: stream → job"; }
  void getDependentDialects(mlir::DialectRegistry& registry) const final {
    registry.insert<ir::job::JobDialect, mlir::arith::ArithDialect, mlir::scf::SCFDialect>();
  }
  void runOnOperation() final { Planner(getOperation()).run(); }
};

}  // namespace

std::unique_ptr<mlir::Pass> createPlanPass() { return std::make_unique<PlanPass>(); }

}  // namespace streamc::passes
