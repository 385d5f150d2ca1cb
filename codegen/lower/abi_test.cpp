// The two views of the ABI: what codegen declares from stream_abi.def, and what the runtime's bitcode defines.
#include "codegen/lower/abi.h"

#include <algorithm>

#include "codegen/lower/hot_bitcode.h"
#include "codegen/object/target.h"
#include "gtest/gtest.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

namespace streamc::codegen {
namespace {

std::string printed(const llvm::Type* type) {
  std::string text;
  llvm::raw_string_ostream(text) << *type;
  return text;
}

TEST(Abi, EveryRowCanBeFoundAndDeclared) {
  llvm::LLVMContext context;
  llvm::Module module("abi", context);
  Abi abi(module);
  for (size_t i = 0; i < abiRows().size(); ++i) {
    auto found = findAbiFn(abiRows()[i].name);
    ASSERT_TRUE(found) << abiRows()[i].name.str();
    EXPECT_EQ(static_cast<size_t>(*found), i) << abiRows()[i].name.str() << " is in the list twice";
    llvm::Function* function = abi.declare(*found);
    size_t commas = abiRows()[i].parameters.count(',');
    EXPECT_EQ(function->arg_size(), commas + 1) << abiRows()[i].name.str();
    EXPECT_EQ(abi.declare(*found), function) << "declared once";
  }
  EXPECT_FALSE(findAbiFn("stream_core_nothing"));
}

// A signature that differs would not link, or worse: link and be called with the wrong arguments.
TEST(Abi, HotRowsAreDefinedInTheBitcodeWithTheSameTypes) {
  llvm::LLVMContext context;
  auto bitcode = llvm::parseBitcodeFile(llvm::MemoryBufferRef(hotBitcode(), "hot"), context);
  ASSERT_TRUE(static_cast<bool>(bitcode)) << llvm::toString(bitcode.takeError());
  llvm::Module module("abi", context);
  Abi abi(module);
  for (const AbiRow& row : abiRows()) {
    llvm::Function* defined = (*bitcode)->getFunction(row.name);
    if (row.temperature == Temperature::COLD) {
      EXPECT_TRUE(!defined || defined->isDeclaration()) << row.name.str() << " is COLD but in the bitcode";
    } else {
      ASSERT_TRUE(defined && !defined->isDeclaration()) << row.name.str() << " is HOT but not in the bitcode";
      EXPECT_FALSE(defined->hasFnAttribute(llvm::Attribute::OptimizeNone)) << row.name.str();
    }
    if (!defined) continue;
    llvm::Function* declared = abi.declare(*findAbiFn(row.name));
    EXPECT_EQ(printed(defined->getFunctionType()), printed(declared->getFunctionType())) << row.name.str();
  }
}

// What hot functions call besides the ABI must be something that the JIT can resolve: libc's memory functions.
TEST(Abi, HotFunctionsCallOnlyTheAbiAndLibc) {
  llvm::LLVMContext context;
  auto bitcode = llvm::parseBitcodeFile(llvm::MemoryBufferRef(hotBitcode(), "hot"), context);
  ASSERT_TRUE(static_cast<bool>(bitcode)) << llvm::toString(bitcode.takeError());
  const std::vector<std::string> libc = {"memcpy", "memset", "memmove", "memcmp", "bcmp"};
  for (const llvm::Function& function : **bitcode) {
    if (!function.isDeclaration() || function.isIntrinsic()) continue;
    std::string name = function.getName().str();
    EXPECT_TRUE(findAbiFn(name) || std::find(libc.begin(), libc.end(), name) != libc.end()) << name;
  }
}

// All hot functions at once: they link, lose their CPU, become internal, and the module verifies.
TEST(Abi, LinkedHotFunctionsAreInternalAndNeutral) {
  llvm::LLVMContext context;
  llvm::Module module("job", context);
  module.setTargetTriple(targetTriple());
  module.setDataLayout(targetDataLayout());
  Abi abi(module);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
  auto* user = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "user", module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "entry", user));
  for (const AbiRow& row : abiRows()) {
    llvm::SmallVector<llvm::Value*> zeros;
    llvm::Function* callee = abi.declare(*findAbiFn(row.name));
    for (const llvm::Argument& argument : callee->args())
      zeros.push_back(llvm::Constant::getNullValue(argument.getType()));
    abi.call(builder, *findAbiFn(row.name), zeros);
  }
  builder.CreateRetVoid();
  linkHotBitcode(module);
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  EXPECT_FALSE(llvm::verifyModule(module, &stream)) << problem;
  for (const llvm::Function& function : module) {
    if (function.isDeclaration() || function.getName() == "user") continue;
    EXPECT_TRUE(function.hasInternalLinkage()) << function.getName().str();
    EXPECT_FALSE(function.hasFnAttribute("target-cpu")) << function.getName().str();
    EXPECT_FALSE(function.hasFnAttribute("target-features")) << function.getName().str();
  }
  for (const AbiRow& row : abiRows()) {
    if (row.temperature != Temperature::HOT) continue;
    llvm::Function* function = module.getFunction(row.name);
    ASSERT_TRUE(function) << row.name.str();
    EXPECT_TRUE(function->hasFnAttribute(llvm::Attribute::AlwaysInline)) << row.name.str();
  }
}

}  // namespace
}  // namespace streamc::codegen
