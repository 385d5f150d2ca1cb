#include "codegen/jit/jit.h"

#include <array>

#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/Debugging/DebuggerSupport.h"
#include "llvm/ExecutionEngine/Orc/EPCDynamicLibrarySearchGenerator.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"

// Arithmetic of 128 bits that LLVM calls instead of emitting it; in an executable job it comes from the same libgcc.
extern "C" {
double __floattidf(__int128);
float __floattisf(__int128);
double __floatuntidf(unsigned __int128);
float __floatuntisf(unsigned __int128);
__int128 __fixdfti(double);
__int128 __fixsfti(float);
unsigned __int128 __fixunsdfti(double);
unsigned __int128 __fixunssfti(float);
__int128 __divti3(__int128, __int128);
__int128 __modti3(__int128, __int128);
unsigned __int128 __udivti3(unsigned __int128, unsigned __int128);
unsigned __int128 __umodti3(unsigned __int128, unsigned __int128);
}

namespace streamc::codegen {
namespace {

template <class Function>
JitSymbol symbolOf(const char* name, Function* function) {
  return {name, reinterpret_cast<void*>(function)};
}

std::array<JitSymbol, 12> wideArithmetic() {
  return {symbolOf("__floattidf", __floattidf),     symbolOf("__floattisf", __floattisf),
          symbolOf("__floatuntidf", __floatuntidf), symbolOf("__floatuntisf", __floatuntisf),
          symbolOf("__fixdfti", __fixdfti),         symbolOf("__fixsfti", __fixsfti),
          symbolOf("__fixunsdfti", __fixunsdfti),   symbolOf("__fixunssfti", __fixunssfti),
          symbolOf("__divti3", __divti3),           symbolOf("__modti3", __modti3),
          symbolOf("__udivti3", __udivti3),         symbolOf("__umodti3", __umodti3)};
}

std::unexpected<Error> jitFailure(llvm::Error error, const std::string& reported = "") {
  // What the session reported names the cause; the error itself only what could not be had because of it.
  return failure(ErrorCode::kCannotLoad,
                 "the job's code cannot be loaded: " + reported + llvm::toString(std::move(error)));
}

llvm::Expected<llvm::orc::JITDylibSP> processSymbols(llvm::orc::LLJIT& jit) {
  auto& library = jit.getExecutionSession().createBareJITDylib("process");
  auto generator = llvm::orc::EPCDynamicLibrarySearchGenerator::GetForTargetProcess(jit.getExecutionSession());
  if (!generator) return generator.takeError();
  library.addGenerator(std::move(*generator));
  return &library;
}

llvm::Error defineSymbols(llvm::orc::LLJIT& jit, std::span<const JitSymbol> symbols) {
  llvm::orc::SymbolMap map;
  auto add = [&](const JitSymbol& symbol) {
    map[jit.mangleAndIntern(symbol.name)] = {llvm::orc::ExecutorAddr::fromPtr(symbol.address),
                                             llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  };
  for (const JitSymbol& symbol : symbols) add(symbol);
  for (const JitSymbol& symbol : wideArithmetic()) add(symbol);
  if (auto error = jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(map)))) return error;
  // memcpy, fmod and the like; handles of these two libraries, not of the process.
  char prefix = jit.getDataLayout().getGlobalPrefix();
  for (const char* library : {"libm.so.6", "libc.so.6"}) {
    auto generator = llvm::orc::DynamicLibrarySearchGenerator::Load(library, prefix);
    if (!generator) return generator.takeError();
    jit.getMainJITDylib().addGenerator(std::move(*generator));
  }
  return llvm::Error::success();
}

}  // namespace

JitJob::JitJob() = default;
JitJob::JitJob(JitJob&&) noexcept = default;
JitJob& JitJob::operator=(JitJob&&) noexcept = default;
JitJob::~JitJob() = default;

Result<JitJob> JitJob::load(LlvmModule module, std::unique_ptr<llvm::TargetMachine> machine,
                            std::span<const JitSymbol> runtime_symbols) {
  JitJob job;
  llvm::TargetMachine* compile_for = machine.get();
  job.machine_ = std::move(machine);
  bool has_debug_info = module.module->getNamedMetadata("llvm.dbg.cu") != nullptr;

  llvm::orc::JITTargetMachineBuilder target(compile_for->getTargetTriple());
  auto jit =
      llvm::orc::LLJITBuilder()
          .setJITTargetMachineBuilder(std::move(target))
          .setDataLayout(compile_for->createDataLayout())
          // The process is there for the debugger's registration only: jobs do not link with it.
          .setLinkProcessSymbolsByDefault(false)
          .setProcessSymbolsJITDylibSetup(processSymbols)
          .setPlatformSetUp(llvm::orc::setUpInactivePlatform)  // jobs have no constructors
          .setCompileFunctionCreator([compile_for](llvm::orc::JITTargetMachineBuilder)
                                         -> llvm::Expected<std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>> {
            return std::make_unique<llvm::orc::SimpleCompiler>(*compile_for);
          })
          .create();
  if (!jit) return jitFailure(jit.takeError());
  job.jit_ = std::move(*jit);
  std::string reported;
  auto& session = job.jit_->getExecutionSession();
  session.setErrorReporter([&](llvm::Error error) { reported += llvm::toString(std::move(error)) + "; "; });
  if (has_debug_info) {
    if (auto error = llvm::orc::enableDebuggerSupport(*job.jit_)) return jitFailure(std::move(error));
  }
  if (auto error = defineSymbols(*job.jit_, runtime_symbols)) return jitFailure(std::move(error));
  if (auto error =
          job.jit_->addIRModule(llvm::orc::ThreadSafeModule(std::move(module.module), std::move(module.context)))) {
    return jitFailure(std::move(error));
  }
  auto address = job.jit_->lookup("stream_job_image");
  session.setErrorReporter([](llvm::Error error) { llvm::consumeError(std::move(error)); });
  if (!address) return jitFailure(address.takeError(), reported);
  job.image_ = address->toPtr<const StreamJobImage*>();
  return job;
}

}  // namespace streamc::codegen
