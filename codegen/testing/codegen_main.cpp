// streamc-codegen: the back end alone, for tests. Reads a module of the job dialect (text), prints what codegen makes
// of it.
//
//   streamc-codegen job.mlir --emit=manifest|llvm|llvm-opt|asm|obj|exe [-o FILE] [--jit] [--cpu NAME] [--time]
//   [--repeat N]
#include <chrono>
#include <ctime>

#include "codegen/link/link.h"
#include "codegen/lower/emit.h"
#include "codegen/lower/hot_bitcode.h"
#include "codegen/object/assemble.h"
#include "codegen/object/optimize.h"
#include "ir/job/ops.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace {

namespace cl = llvm::cl;
using namespace streamc::codegen;

enum class Emit { kManifest, kLlvm, kLlvmOpt, kAsm, kObj, kExe };

cl::opt<std::string> input(cl::Positional, cl::desc("<job.mlir>"), cl::init("-"));
cl::opt<Emit> emit_what(
    "emit", cl::desc("What to print"), cl::init(Emit::kLlvm),
    cl::values(clEnumValN(Emit::kManifest, "manifest", "the manifest"),
               clEnumValN(Emit::kLlvm, "llvm", "LLVM IR as emitted"),
               clEnumValN(Emit::kLlvmOpt, "llvm-opt", "LLVM IR with the runtime inlined, optimised"),
               clEnumValN(Emit::kAsm, "asm", "assembly"), clEnumValN(Emit::kObj, "obj", "an object"),
               clEnumValN(Emit::kExe, "exe", "an executable")));
cl::opt<std::string> output("o", cl::desc("Where to"), cl::init("-"));
cl::opt<bool> for_jit("jit", cl::desc("Optimise as for the JIT"));
cl::opt<std::string> cpu("cpu", cl::desc("Processor"));
cl::opt<bool> show_time("time", cl::desc("Say how long each part took"));
cl::opt<unsigned> repeat("repeat", cl::desc("Do everything so many times"), cl::init(1));

// Prints the time since the last lap, on the clock and on the processor.
class Laps {
 public:
  explicit Laps(bool show) : show_(show) {}
  void lap(const char* what) {
    auto now = std::chrono::steady_clock::now();
    auto used = std::clock();
    if (show_) {
      double ms = std::chrono::duration<double, std::milli>(now - last_).count();
      double cpu_ms = 1e3 * static_cast<double>(used - used_) / CLOCKS_PER_SEC;
      llvm::errs() << llvm::format("%-10s %8.2f ms %8.2f ms cpu\n", what, ms, cpu_ms);
    }
    last_ = now;
    used_ = used;
  }

 private:
  bool show_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::clock_t used_ = std::clock();
};

int fail(const Error& error) {
  llvm::errs() << error.code << ": " << error.message << "\n";
  return 1;
}

int write(const std::string& output, llvm::StringRef text) {
  std::error_code problem;
  llvm::ToolOutputFile file(output, problem, llvm::sys::fs::OF_None);
  if (problem) return fail({"streamc-codegen", output + ": " + problem.message()});
  file.os() << text;
  file.keep();
  return 0;
}

std::string printed(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

// From the job dialect to what was asked for.
int compile(mlir::ModuleOp module, Laps& laps, Emit emit_what, const std::string& output, const char* program) {
  llvm::SmallString<256> base(llvm::sys::path::parent_path(input));
  llvm::sys::fs::make_absolute(base);
  EmittedJob job = emit(module, {.main_file = input, .base = std::string(base), .compiler = "streamc test"});
  laps.lap("emit");
  if (emit_what == Emit::kManifest) return write(output, job.manifest + "\n");
  if (emit_what == Emit::kLlvm) return write(output, printed(*job.llvm.module));

  linkHotBitcode(*job.llvm.module);
  laps.lap("hot");
  const Purpose purpose = for_jit ? Purpose::kJit : Purpose::kAot;
  auto machine = makeTargetMachine({.purpose = purpose, .cpu = cpu});
  if (!machine) return fail(machine.error());
  optimize(*job.llvm.module, **machine, purpose);
  laps.lap("optimize");
  if (emit_what == Emit::kLlvmOpt) return write(output, printed(*job.llvm.module));
  std::string code =
      assemble(*job.llvm.module, **machine, emit_what == Emit::kAsm ? AssembleAs::kText : AssembleAs::kObject);
  laps.lap("assemble");
  if (emit_what != Emit::kExe) return write(output, code);
  std::string here = llvm::sys::fs::getMainExecutable(program, reinterpret_cast<void*>(&fail));
  llvm::SmallString<256> bundle(llvm::sys::path::parent_path(here));
  llvm::sys::path::append(bundle, "..", "lib", "streamc");
  auto linked = link({.object = code, .output = output, .bundle = std::string(bundle)});
  laps.lap("link");
  return linked ? 0 : fail(linked.error());
}

}  // namespace

int main(int argc, char** argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "The back end of streamc alone\n");
  Laps laps(show_time);

  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::arith::ArithDialect, mlir::scf::SCFDialect, streamc::ir::stream::StreamDialect,
                      streamc::ir::job::JobDialect>();
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input);
  if (!buffer) return fail({"streamc-codegen", input + ": " + buffer.getError().message()});
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler diagnostics(sources, &context);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
  if (!module) return 1;
  laps.lap("parse");

  const Emit what = emit_what;
  const std::string to = output;
  int status = 0;
  const unsigned times = repeat;  // a link resets the options: lld shares LLVM's command line
  for (unsigned i = 0; i < times && status == 0; ++i) status = compile(*module, laps, what, to, argv[0]);
  return status;
}
