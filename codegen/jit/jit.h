// Machine code in this process: ORC LLJIT over an optimised module. Called by the driver for `run`; the runtime then
// runs the job image as it would run one linked into an executable.
//
// What the job may call is closed: the runtime's functions, given by the caller as a list of names and addresses, and
// libc, libm and libgcc's arithmetic of 128 bits. Nothing else of the process is visible. Debuggers are told about the
// code (JITLoaderGDB). No page is ever writable and executable. A JitJob must outlive every use of its image; it is
// movable and not thread-safe.
#ifndef CODEGEN_JIT_JIT_H
#define CODEGEN_JIT_JIT_H

#include <memory>
#include <span>

#include "codegen/error.h"
#include "codegen/llvm_module.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime-lib/abi/job_image.h"

namespace llvm::orc {
class LLJIT;
}

namespace streamc::codegen {

struct JitSymbol {
  const char* name;
  void* address;
};

class JitJob {
 public:
  // `machine` is the one the module was optimised for. A symbol that nobody defines is our
  // bug (the ABI list and the runtime disagree) and comes back as kCannotLoad with its name.
  static Result<JitJob> load(LlvmModule module, std::unique_ptr<llvm::TargetMachine> machine,
                             std::span<const JitSymbol> runtime_symbols);

  JitJob(JitJob&&) noexcept;
  JitJob& operator=(JitJob&&) noexcept;
  ~JitJob();

  const StreamJobImage* image() const { return image_; }

 private:
  JitJob();

  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::unique_ptr<llvm::TargetMachine> machine_;
  const StreamJobImage* image_ = nullptr;
};

}  // namespace streamc::codegen

#endif
