#include "passes/plan/pipeline.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/plan/fuse_exchanges.h"
#include "passes/plan/layout_state.h"
#include "passes/plan/plan.h"

namespace streamc::passes {

void buildPlanPipeline(mlir::OpPassManager& manager) {
  manager.addPass(createPlanPass());
  manager.addPass(createFuseExchangesPass());
  // Fusing puts the code of several steps side by side: constants and equal expressions are worth a second look.
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  manager.addPass(createLayoutStatePass());
}

void plan(mlir::ModuleOp module) {
  mlir::PassManager manager(module.getContext());
  buildPlanPipeline(manager);
  if (failed(manager.run(module))) llvm::report_fatal_error("plan: the job does not verify");
}

void registerPlanPasses() {
  mlir::registerPass(createPlanPass);
  mlir::registerPass(createFuseExchangesPass);
  mlir::registerPass(createLayoutStatePass);
  mlir::PassPipelineRegistration<>("stream-plan", "stream dialect to job dialect", buildPlanPipeline);
}

}  // namespace streamc::passes
