// job IR → LLVM module + manifest: step 8 of the compile. Called by tools/driver; what comes next is linkHotBitcode,
// optimize, and then the JIT or an object.
//
// The module defines `stream_job_image` (runtime-lib/abi/job_image.h) and nothing else that is visible. REQUIRES: a
// verified module of the job dialect. Cannot fail; what it does not know is our bug and aborts. Pure: no files, no
// clock.
#ifndef CODEGEN_LOWER_EMIT_H
#define CODEGEN_LOWER_EMIT_H

#include <string>

#include "codegen/llvm_module.h"
#include "codegen/lower/remark.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::codegen {

struct EmitOptions {
  std::string main_file = "job.stream";  // as locations name it
  std::string base;                      // its directory, absolute: in the manifest, and for debuggers
  std::string compiler = "streamc";      // name and version
};

struct EmittedJob {
  LlvmModule llvm;
  std::string manifest;
  Remarks remarks;
};

EmittedJob emit(mlir::ModuleOp job, const EmitOptions& options);

}  // namespace streamc::codegen

#endif
