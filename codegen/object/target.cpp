#include "codegen/object/target.h"

#include <mutex>

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

namespace streamc::codegen {
namespace {

void initialiseOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();  // inline assembly of the hot bitcode, if any
  });
}

std::string hostFeatures() {
  std::string features;
  for (const auto& [name, has] : llvm::sys::getHostCPUFeatures()) {
    if (!features.empty()) features += ',';
    features += has ? '+' : '-';
    features += name;
  }
  return features;
}

struct Processor {
  std::string cpu, features;
};

Processor processor(const TargetSpec& spec) {
  std::string cpu = spec.cpu.empty() ? (spec.purpose == Purpose::kJit ? "native" : kDefaultAotCpu) : spec.cpu;
  if (cpu == "native") return {llvm::sys::getHostCPUName().str(), hostFeatures()};
  return {cpu, ""};
}

}  // namespace

std::string describe(const TargetSpec& spec) {
  auto [cpu, features] = processor(spec);
  return (spec.purpose == Purpose::kJit ? "jit " : "aot ") + cpu + " " + features;
}

const char* targetTriple() { return "x86_64-unknown-linux-gnu"; }

const char* targetDataLayout() {
  return "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
}

Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetSpec& spec) {
  initialiseOnce();
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(targetTriple(), message);
  if (!target) llvm::report_fatal_error(llvm::Twine(message));

  const bool jit = spec.purpose == Purpose::kJit;
  auto [cpu, features] = processor(spec);
  if (llvm::X86::parseArchX86(cpu, /*Only64Bit=*/true) == llvm::X86::CK_None) {
    return failure(ErrorCode::kUnknownProcessor, "LLVM does not know the processor '" + cpu + "'");
  }

  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;  // one result, whatever the CPU
  options.FunctionSections = true;
  options.DataSections = true;
  auto level = jit ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::Aggressive;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      targetTriple(), cpu, features, options, llvm::Reloc::PIC_, llvm::CodeModel::Small, level, jit));
  if (!machine) llvm::report_fatal_error("LLVM has no x86-64 back end");
  return machine;
}

}  // namespace streamc::codegen
