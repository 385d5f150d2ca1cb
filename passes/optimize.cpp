#include "passes/optimize.h"

#include "llvm/Support/ErrorHandling.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/prune_columns.h"
#include "passes/push_filters.h"
#include "passes/share_checks.h"
#include "passes/share_streams.h"

namespace streamc::passes {

void buildOptimizePipeline(mlir::OpPassManager& manager, const OptimizeOptions& options) {
  if (options.fold) {
    manager.addPass(mlir::createCanonicalizerPass());        // folds, joins neighbouring steps
    manager.addPass(mlir::createCSEPass());                  // equal pure expressions once
    manager.addPass(createShareChecksPass());                // equal expressions that may reject once
    manager.addPass(createPushFiltersPass(options.notes));   // what is dropped is not computed
    manager.addPass(createShareStreamsPass(options.notes));  // equal sources and steps once
  }
  if (options.prune_columns) manager.addPass(createPruneColumnsPass());  // rows of what is needed
  if (options.fold) manager.addPass(mlir::createCanonicalizerPass());    // what became simple by that
}

void optimize(mlir::ModuleOp module, const OptimizeOptions& options) {
  mlir::PassManager manager(module.getContext());
  manager.enableVerifier(true);
  buildOptimizePipeline(manager, options);
  if (failed(manager.run(module)))
    llvm::report_fatal_error("optimize: a pass failed or made a module that does not verify");
}

void registerStreamPasses() {
  mlir::registerPass([] { return createPruneColumnsPass(); });
  mlir::registerPass([] { return createPushFiltersPass(); });
  mlir::registerPass([] { return createShareChecksPass(); });
  mlir::registerPass([] { return createShareStreamsPass(); });
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  static const mlir::PassPipelineRegistration<> kOptimize(
      "optimize", "stream IR to better stream IR: what streamc runs",
      [](mlir::OpPassManager& manager) { buildOptimizePipeline(manager); });
}

}  // namespace streamc::passes
