// The machine code is made for: its CPU, level of optimisation, code model. Called by codegen/jit and codegen/object.
//
// JIT: the CPU we run on, O2. AOT: x86-64-v3 unless told otherwise, O3, small code model, position independent. Floats
// agree between the two because nothing here allows contraction or reassociation.
#ifndef CODEGEN_OBJECT_TARGET_H
#define CODEGEN_OBJECT_TARGET_H

#include <memory>
#include <string>

#include "codegen/error.h"
#include "llvm/Target/TargetMachine.h"

namespace streamc::codegen {

enum class Purpose : uint8_t { kJit, kAot };

inline constexpr const char* kDefaultAotCpu = "x86-64-v3";

struct TargetSpec {
  Purpose purpose = Purpose::kAot;
  std::string cpu;  // empty: native for the JIT, kDefaultAotCpu for AOT; "native" is this machine
};

// Fails with kUnknownProcessor when LLVM does not know the CPU.
Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetSpec& spec);

// What `cpu` stands for here: the CPU's name and, for this machine's, its features. Names machine code in a cache.
std::string describe(const TargetSpec& spec);

// The job's target triple and data layout, which codegen/lower needs before there is a machine.
const char* targetTriple();
const char* targetDataLayout();

}  // namespace streamc::codegen

#endif
