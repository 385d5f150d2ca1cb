// lower: a checked program as a module of the `stream` dialect. Step 5 of the compile; cannot fail.
//
// Records become leaf columns, and only what the program demands is emitted: a leaf that nothing demands has no code,
// so it cannot reject. Every op carries the place of the sub-expression it comes from, as FileLineColLoc, which is what
// messages and rows of errors name later. What cannot be lowered is our bug (sema lets nothing else through) and
// aborts.
//
// Called by tools/driver. Pure: no files, no clock. The context gets the dialects it needs loaded.
#pragma once

#include "dsl/source_file.h"
#include "frontend/sema/program.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace streamc::lower {

// REQUIRES: program.not_built is empty; the spans of the program lie in `files`.
mlir::OwningOpRef<mlir::ModuleOp> lower(const sema::Program& program, const SourceFiles& files,
                                        mlir::MLIRContext& context);

}  // namespace streamc::lower
