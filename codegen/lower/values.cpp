#include "codegen/lower/values.h"

#include "codegen/layout/value_shape.h"
#include "ir/stream/types.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {
namespace {

constexpr unsigned kSizeOffset = 8;   // of StreamString::size and StreamList::count
constexpr unsigned kZeroOffset = 12;  // of the word that is always 0

llvm::Type* scalarType(llvm::LLVMContext& context, mlir::Type type) {
  if (!type.isIndex()) type = ir::stream::storageType(type);
  if (type.isF32()) return llvm::Type::getFloatTy(context);
  if (type.isF64()) return llvm::Type::getDoubleTy(context);
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type)) {
    return llvm::Type::getIntNTy(context, integer.getWidth());
  }
  if (type.isIndex()) return llvm::Type::getInt64Ty(context);
  llvm::report_fatal_error("codegen: a type without a register");
}

llvm::Align alignOf(mlir::Type type, unsigned align) { return llvm::Align(align ? align : shapeOf(type).align); }

}  // namespace

bool isOptional(mlir::Type type) { return mlir::isa<ir::stream::OptType>(type); }
bool isString(mlir::Type type) { return mlir::isa<ir::stream::StringType, ir::stream::BytesType>(type); }
bool isList(mlir::Type type) { return mlir::isa<ir::stream::ListType>(type); }

mlir::Type withoutOptional(mlir::Type type) {
  auto optional = mlir::dyn_cast<ir::stream::OptType>(type);
  return optional ? optional.getElement() : type;
}

llvm::SmallVector<llvm::Type*, 3> partTypes(llvm::LLVMContext& context, mlir::Type type) {
  llvm::SmallVector<llvm::Type*, 3> types;
  mlir::Type value = withoutOptional(type);
  if (isString(value) || isList(value)) {
    types = {llvm::PointerType::getUnqual(context), llvm::Type::getInt32Ty(context)};
  } else {
    types = {scalarType(context, value)};
  }
  if (isOptional(type)) types.push_back(llvm::Type::getInt1Ty(context));
  return types;
}

Parts zeroValue(llvm::LLVMContext& context, mlir::Type type) {
  Parts parts;
  for (llvm::Type* part : partTypes(context, type)) parts.push_back(llvm::Constant::getNullValue(part));
  return parts;
}

llvm::Value* offsetBy(llvm::IRBuilderBase& builder, llvm::Value* base, uint64_t bytes) {
  return bytes == 0 ? base : builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, bytes);
}

Parts loadValue(llvm::IRBuilderBase& builder, mlir::Type type, llvm::Value* slot, llvm::Value* validity,
                unsigned align) {
  mlir::Type value = withoutOptional(type);
  llvm::Align alignment = alignOf(value, align);
  Parts parts;
  if (isString(value) || isList(value)) {
    parts.push_back(builder.CreateAlignedLoad(builder.getPtrTy(), slot, alignment));
    parts.push_back(builder.CreateAlignedLoad(builder.getInt32Ty(), offsetBy(builder, slot, kSizeOffset), alignment));
  } else if (value.isInteger(1)) {
    llvm::Value* byte = builder.CreateAlignedLoad(builder.getInt8Ty(), slot, alignment);
    parts.push_back(builder.CreateICmpNE(byte, builder.getInt8(0)));
  } else {
    parts.push_back(builder.CreateAlignedLoad(scalarType(builder.getContext(), value), slot, alignment));
  }
  if (isOptional(type)) {
    llvm::Value* byte = builder.CreateAlignedLoad(builder.getInt8Ty(), validity, llvm::Align(1));
    parts.push_back(builder.CreateICmpNE(byte, builder.getInt8(0)));
  }
  return parts;
}

void storeValue(llvm::IRBuilderBase& builder, mlir::Type type, llvm::ArrayRef<llvm::Value*> parts, llvm::Value* slot,
                llvm::Value* validity, unsigned align) {
  mlir::Type value = withoutOptional(type);
  llvm::Align alignment = alignOf(value, align);
  if (isString(value) || isList(value)) {
    builder.CreateAlignedStore(parts[0], slot, alignment);
    builder.CreateAlignedStore(parts[1], offsetBy(builder, slot, kSizeOffset), alignment);
    builder.CreateAlignedStore(builder.getInt32(0), offsetBy(builder, slot, kZeroOffset),
                               llvm::Align(std::min<uint64_t>(alignment.value(), 4)));
  } else if (value.isInteger(1)) {
    builder.CreateAlignedStore(builder.CreateZExt(parts[0], builder.getInt8Ty()), slot, alignment);
  } else {
    builder.CreateAlignedStore(parts[0], slot, alignment);
  }
  if (isOptional(type)) {
    builder.CreateAlignedStore(builder.CreateZExt(parts.back(), builder.getInt8Ty()), validity, llvm::Align(1));
  }
}

}  // namespace streamc::codegen
