#include "codegen/lower/hot_bitcode.h"

#include <utility>
#include <vector>

#include "codegen/lower/abi.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ErrorHandling.h"

// The assembler copies the file; the object depends on it (CMake), so a rebuilt runtime is a rebuilt compiler.
__asm__(
    ".section .rodata.streamc_hot_bitcode,\"a\",@progbits\n"
    ".balign 16\n"
    ".globl streamc_hot_bitcode_begin\n"
    ".hidden streamc_hot_bitcode_begin\n"
    "streamc_hot_bitcode_begin:\n"
    ".incbin \"" STREAMC_HOT_BITCODE
    "\"\n"
    ".globl streamc_hot_bitcode_end\n"
    ".hidden streamc_hot_bitcode_end\n"
    "streamc_hot_bitcode_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char streamc_hot_bitcode_begin[] __attribute__((visibility("hidden")));
extern const char streamc_hot_bitcode_end[] __attribute__((visibility("hidden")));
}

namespace streamc::codegen {
namespace {

// What would keep the inliner from merging a function into one for another CPU, or pessimise it after it did.
void neutralise(llvm::Function& function) {
  for (const char* attribute : {"target-cpu", "target-features", "tune-cpu", "frame-pointer",
                                "stack-protector-buffer-size", "min-legal-vector-width"}) {
    function.removeFnAttr(attribute);
  }
  for (auto kind : {llvm::Attribute::StackProtect, llvm::Attribute::StackProtectStrong,
                    llvm::Attribute::StackProtectReq, llvm::Attribute::OptimizeNone, llvm::Attribute::UWTable}) {
    function.removeFnAttr(kind);
  }
}

}  // namespace

llvm::StringRef hotBitcode() {
  return {streamc_hot_bitcode_begin, static_cast<size_t>(streamc_hot_bitcode_end - streamc_hot_bitcode_begin)};
}

void linkHotBitcode(llvm::Module& module, llvm::StringRef bitcode) {
  auto parsed = llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(bitcode, "hot"), module.getContext());
  if (!parsed) llvm::report_fatal_error("hot bitcode: " + llvm::Twine(llvm::toString(parsed.takeError())));
  std::unique_ptr<llvm::Module> hot = std::move(*parsed);
  hot->setTargetTriple(module.getTargetTriple());
  hot->setDataLayout(module.getDataLayout());
  for (llvm::Function& function : *hot) neutralise(function);

  std::vector<std::string> before;
  for (const llvm::Function& function : module) {
    if (!function.isDeclaration()) before.push_back(function.getName().str());
  }
  if (llvm::Linker::linkModules(module, std::move(hot), llvm::Linker::Flags::LinkOnlyNeeded)) {
    llvm::report_fatal_error("hot bitcode does not link into the job's module");
  }

  llvm::StringMap<char> ours;
  for (const std::string& name : before) ours.try_emplace(name);
  for (llvm::Function& function : module) {
    if (function.isDeclaration() || ours.contains(function.getName())) continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.setComdat(nullptr);
    function.setDSOLocal(true);
    // Rows of the ABI are inlined; what they call themselves (a split, a new slice) says for itself.
    auto row = findAbiFn(function.getName());
    if (row && abiRows()[static_cast<size_t>(*row)].temperature == Temperature::HOT &&
        !function.hasFnAttribute(llvm::Attribute::NoInline)) {
      function.addFnAttr(llvm::Attribute::AlwaysInline);
    }
  }
}

}  // namespace streamc::codegen
