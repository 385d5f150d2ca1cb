// The pipeline from stream IR to better stream IR: step 6 of the compile. The list of passes is in the source, readable
// from top to bottom, and a golden test prints it.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/notes.h"

namespace streamc::passes {

struct OptimizeOptions {
  bool fold = true;  // canonicalise, fold, share equal expressions
  bool prune_columns = true;
  Notes* notes = nullptr;  // what was done and what not
};

void buildOptimizePipeline(mlir::OpPassManager& manager, const OptimizeOptions& options = {});

// Runs the pipeline with the verifier on after each pass. A failure is our bug and aborts.
void optimize(mlir::ModuleOp module, const OptimizeOptions& options = {});

// Makes the passes and pipelines over stream IR known to a command line (stream-opt).
void registerStreamPasses();

}  // namespace streamc::passes
