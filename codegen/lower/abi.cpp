#include "codegen/lower/abi.h"

#include <cassert>

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ErrorHandling.h"

namespace streamc::codegen {
namespace {

constexpr AbiRow kRows[] = {
#define STREAM_ABI_FN(name, temperature, result, parameters) {#name, Temperature::temperature, #result, #parameters},
#include "runtime-lib/abi/stream_abi.def"
#undef STREAM_ABI_FN
};

llvm::Type* abiType(llvm::LLVMContext& context, llvm::StringRef name) {
  if (name == "PTR") return llvm::PointerType::getUnqual(context);
  if (name == "I8") return llvm::Type::getInt8Ty(context);
  if (name == "I32") return llvm::Type::getInt32Ty(context);
  if (name == "I64") return llvm::Type::getInt64Ty(context);
  if (name == "I128") return llvm::Type::getInt128Ty(context);
  if (name == "F32") return llvm::Type::getFloatTy(context);
  if (name == "F64") return llvm::Type::getDoubleTy(context);
  if (name == "VOID") return llvm::Type::getVoidTy(context);
  llvm::report_fatal_error(llvm::Twine("stream_abi.def: unknown type ") + name);
}

// "(PTR batch, I32 column)" → its types.
llvm::SmallVector<llvm::Type*, 8> parameterTypes(llvm::LLVMContext& context, llvm::StringRef text) {
  llvm::SmallVector<llvm::Type*, 8> types;
  text.consume_front("(");
  text.consume_back(")");
  while (!text.trim().empty()) {
    auto [parameter, rest] = text.split(',');
    types.push_back(abiType(context, parameter.trim().split(' ').first));
    text = rest;
  }
  return types;
}

// Rows that run at most a few times a batch, on bad data: kept out of the way of the hot path.
bool isColdPath(AbiFn function) { return function == AbiFn::stream_core_reject; }

}  // namespace

std::span<const AbiRow> abiRows() { return kRows; }

std::optional<AbiFn> findAbiFn(llvm::StringRef name) {
  static const llvm::StringMap<AbiFn> kByName = [] {
    llvm::StringMap<AbiFn> map;
    for (size_t i = 0; i < std::size(kRows); ++i) map.try_emplace(kRows[i].name, static_cast<AbiFn>(i));
    return map;
  }();
  auto found = kByName.find(name);
  if (found == kByName.end()) return std::nullopt;
  return found->second;
}

llvm::Function* Abi::declare(AbiFn function) {
  const AbiRow& row = kRows[static_cast<size_t>(function)];
  if (llvm::Function* known = module_.getFunction(row.name)) return known;

  llvm::LLVMContext& context = module_.getContext();
  auto parameters = parameterTypes(context, row.parameters);
  auto* type = llvm::FunctionType::get(abiType(context, row.result), parameters, /*isVarArg=*/false);
  auto* declared = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, row.name, module_);
  declared->setDoesNotThrow();
  if (isColdPath(function)) declared->addFnAttr(llvm::Attribute::Cold);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i]->isIntegerTy(8)) declared->addParamAttr(i, llvm::Attribute::ZExt);
  }
  if (type->getReturnType()->isIntegerTy(8)) declared->addRetAttr(llvm::Attribute::ZExt);
  return declared;
}

llvm::CallInst* Abi::call(llvm::IRBuilderBase& builder, AbiFn function, llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::Function* callee = declare(function);
  assert(callee->arg_size() == arguments.size() && "call of a runtime function with the wrong number of arguments");
  llvm::CallInst* call = builder.CreateCall(callee, arguments);
  call->setAttributes(callee->getAttributes());
  return call;
}

}  // namespace streamc::codegen
