#include "codegen/lower/emit.h"

#include "codegen/lower/job_emitter.h"
#include "codegen/lower/module_state.h"
#include "codegen/manifest/job_index.h"
#include "codegen/manifest/manifest.h"
#include "codegen/object/target.h"
#include "runtime-lib/abi/job_image.h"

namespace streamc::codegen {
namespace {

llvm::GlobalVariable* constantOf(llvm::Module& module, llvm::Constant* value, llvm::StringRef name) {
  return new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                                  value, name);
}

// StreamJobImage, field by field.
void defineImage(llvm::Module& module, llvm::StringRef manifest, llvm::ArrayRef<llvm::Constant*> functions) {
  llvm::LLVMContext& context = module.getContext();
  auto* i32 = llvm::Type::getInt32Ty(context);
  auto* i64 = llvm::Type::getInt64Ty(context);
  auto* pointer = llvm::PointerType::getUnqual(context);
  auto* type = llvm::StructType::create({i32, i32, pointer, i64, pointer, i64}, "StreamJobImage");
  auto* text = constantOf(module, llvm::ConstantDataArray::getString(context, manifest), "manifest");
  auto* table = constantOf(module, llvm::ConstantArray::get(llvm::ArrayType::get(pointer, functions.size()), functions),
                           "functions");
  auto* image = llvm::ConstantStruct::get(
      type, {llvm::ConstantInt::get(i32, STREAM_JOB_MAGIC), llvm::ConstantInt::get(i32, STREAM_ABI), text,
             llvm::ConstantInt::get(i64, manifest.size()), table, llvm::ConstantInt::get(i64, functions.size())});
  new llvm::GlobalVariable(module, type, /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage, image,
                           "stream_job_image");
}

}  // namespace

EmittedJob emit(mlir::ModuleOp job, const EmitOptions& options) {
  EmittedJob result;
  result.llvm.module = std::make_unique<llvm::Module>(options.main_file, *result.llvm.context);
  llvm::Module& module = *result.llvm.module;
  module.setTargetTriple(targetTriple());
  module.setDataLayout(targetDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  module.setPIELevel(llvm::PIELevel::Large);

  JobIndex index(job);
  ModuleState state(module, options.main_file, options.base);
  llvm::SmallVector<llvm::Constant*> functions(index.functionCount());
  for (uint32_t i = 0; i < index.processes.size(); ++i) {
    functions[index.functionOfProcess(i)] = emitProcess(state, index, index.processes[i], i);
  }
  for (auto [number, version] : llvm::enumerate(index.fused)) {
    functions[index.functionOfFused(number)] = emitProcess(state, index, version.op, version.process);
  }
  for (uint32_t i = 0; i < index.tables.size(); ++i) {
    if (index.fires[i]) functions[index.functionOfFire(i)] = emitFire(state, index, i);
  }
  result.manifest = writeManifest(index, state.sites(), {.base = options.base, .compiler = options.compiler},
                                  [&](mlir::Location location) { return state.place(location); });
  defineImage(module, result.manifest, functions);
  state.debug().finish();
  result.remarks = std::move(state.remarks());
  return result;
}

}  // namespace streamc::codegen
