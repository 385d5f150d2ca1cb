// The second half of the way down: stream → job, as a named list of passes.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace streamc::passes {

// plan, the second version of processes for one worker, then folding of what fusing brought together, then the layout
// of state.
void buildPlanPipeline(mlir::OpPassManager& manager);

// Runs the pipeline with the verifier on after each pass. A failure is our bug and aborts.
void plan(mlir::ModuleOp module);

// Makes the passes and the pipeline known to command lines (stream-opt).
void registerPlanPasses();

}  // namespace streamc::passes
