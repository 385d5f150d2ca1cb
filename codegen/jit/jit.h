// Machine code in this process: an object file, linked into memory by ORC. Called by the driver for `run`; the runtime
// then runs the job image as it would run one linked into an executable. The object comes from codegen/object, made a
// moment ago or kept from an earlier run.
//
// What the job may call is closed: the runtime's functions, given by the caller as a list of names and addresses, and
// libc, libm and libgcc's arithmetic of 128 bits. Nothing else of the process is visible. Debuggers are told about the
// code (JITLoaderGDB); profilers are when a map is asked for. No page is ever writable and executable. A JitJob must
// outlive every use of its image; it is movable and not thread-safe.
#ifndef CODEGEN_JIT_JIT_H
#define CODEGEN_JIT_JIT_H

#include <memory>
#include <span>
#include <string>

#include "codegen/error.h"
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
  // `object` was assembled for this CPU. A symbol that nobody defines is our bug (the ABI list and the runtime
  // disagree) and comes back as kCannotLoad with its name. A `perf_map` receives a line for each function: address,
  // size, name (the format that `perf report` reads from perf-PID.map).
  static Result<JitJob> load(std::string object, std::span<const JitSymbol> runtime_symbols,
                             std::string* perf_map = nullptr);

  JitJob(JitJob&&) noexcept;
  JitJob& operator=(JitJob&&) noexcept;
  ~JitJob();

  const StreamJobImage* image() const { return image_; }

 private:
  JitJob();

  std::unique_ptr<llvm::orc::LLJIT> jit_;
  const StreamJobImage* image_ = nullptr;
};

}  // namespace streamc::codegen

#endif
