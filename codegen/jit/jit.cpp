#include "codegen/jit/jit.h"

#include <array>

#include "codegen/object/target.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/Orc/Debugging/DebuggerSupport.h"
#include "llvm/ExecutionEngine/Orc/EPCDynamicLibrarySearchGenerator.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"

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

// Only objects are linked; nothing is compiled here.
class NoCompiler : public llvm::orc::IRCompileLayer::IRCompiler {
 public:
  NoCompiler() : IRCompiler(llvm::orc::IRSymbolMapper::ManglingOptions()) {}
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> operator()(llvm::Module&) override {
    return llvm::createStringError("the JIT links objects only");
  }
};

llvm::Expected<std::unique_ptr<llvm::orc::IRCompileLayer::IRCompiler>> noCompiler(llvm::orc::JITTargetMachineBuilder) {
  return std::make_unique<NoCompiler>();
}

// Writes down where each function ended up, once addresses are final.
class PerfMap : public llvm::orc::ObjectLinkingLayer::Plugin {
 public:
  explicit PerfMap(std::string& lines) : lines_(lines) {}

  void modifyPassConfig(llvm::orc::MaterializationResponsibility&, llvm::jitlink::LinkGraph&,
                        llvm::jitlink::PassConfiguration& config) override {
    // Relocations name sections, so nothing refers to the functions' symbols: they would be pruned.
    config.PrePrunePasses.push_back([](llvm::jitlink::LinkGraph& graph) {
      for (llvm::jitlink::Symbol* symbol : graph.defined_symbols())
        if (symbol->isCallable()) symbol->setLive(true);
      return llvm::Error::success();
    });
    config.PostFixupPasses.push_back([this](llvm::jitlink::LinkGraph& graph) {
      for (llvm::jitlink::Symbol* symbol : graph.defined_symbols()) {
        if (!symbol->hasName() || !symbol->isCallable() || symbol->getSize() == 0) continue;
        lines_ += llvm::utohexstr(symbol->getAddress().getValue(), /*LowerCase=*/true) + " " +
                  llvm::utohexstr(symbol->getSize(), true) + " " + std::string(symbol->getName()) + "\n";
      }
      return llvm::Error::success();
    });
  }
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility&) override { return llvm::Error::success(); }
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey) override {
    return llvm::Error::success();
  }
  void notifyTransferringResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey, llvm::orc::ResourceKey) override {}

 private:
  std::string& lines_;
};

}  // namespace

JitJob::JitJob() = default;
JitJob::JitJob(JitJob&&) noexcept = default;
JitJob& JitJob::operator=(JitJob&&) noexcept = default;
JitJob::~JitJob() = default;

Result<JitJob> JitJob::load(std::string object, std::span<const JitSymbol> runtime_symbols, std::string* perf_map) {
  JitJob job;
  llvm::orc::JITTargetMachineBuilder target{llvm::Triple(targetTriple())};
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(target))
                 .setDataLayout(llvm::DataLayout(targetDataLayout()))
                 // The process is there for the debugger's registration only: jobs do not link with it.
                 .setLinkProcessSymbolsByDefault(false)
                 .setProcessSymbolsJITDylibSetup(processSymbols)
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)  // jobs have no constructors
                 .setCompileFunctionCreator(noCompiler)
                 .create();
  if (!jit) return jitFailure(jit.takeError());
  job.jit_ = std::move(*jit);
  std::string reported;
  auto& session = job.jit_->getExecutionSession();
  session.setErrorReporter([&](llvm::Error error) { reported += llvm::toString(std::move(error)) + "; "; });
  if (auto error = llvm::orc::enableDebuggerSupport(*job.jit_)) return jitFailure(std::move(error));
  if (perf_map != nullptr) {
    auto& linker = llvm::cast<llvm::orc::ObjectLinkingLayer>(job.jit_->getObjLinkingLayer());
    linker.addPlugin(std::make_shared<PerfMap>(*perf_map));
  }
  if (auto error = defineSymbols(*job.jit_, runtime_symbols)) return jitFailure(std::move(error));
  if (auto error = job.jit_->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, "job")))
    return jitFailure(std::move(error));
  auto address = job.jit_->lookup("stream_job_image");
  session.setErrorReporter([](llvm::Error error) { llvm::consumeError(std::move(error)); });
  if (!address) return jitFailure(address.takeError(), reported);
  job.image_ = address->toPtr<const StreamJobImage*>();
  return job;
}

}  // namespace streamc::codegen
