#include "codegen/lower/key_bytes.h"

#include "codegen/layout/value_shape.h"
#include "llvm/Support/ErrorHandling.h"

namespace streamc::codegen {
namespace {

std::vector<ValueShape> shapes(llvm::ArrayRef<mlir::Type> types) {
  std::vector<ValueShape> result;
  for (mlir::Type type : types) result.push_back(shapeOf(type));
  return result;
}

llvm::Value* asI64(llvm::IRBuilderBase& builder, llvm::Value* value) {
  return builder.CreateZExt(value, builder.getInt64Ty());
}

llvm::Value* advance(llvm::IRBuilderBase& builder, llvm::Value* at, llvm::Value* bytes) {
  return builder.CreateInBoundsGEP(builder.getInt8Ty(), at, bytes);
}

KeyBytes makeFixed(RowEmitter& emitter, llvm::ArrayRef<mlir::Type> types, llvm::ArrayRef<Parts> values,
                   uint32_t bytes) {
  auto& builder = emitter.builder();
  llvm::Value* data = emitter.stackSlot(bytes, "key");
  uint64_t offset = 0;
  for (auto [type, parts] : llvm::zip_equal(types, values)) {
    storeValue(builder, type, parts, offsetBy(builder, data, offset), nullptr, /*align=*/offset == 0 ? 8 : 1);
    offset += shapeOf(type).bytes;
  }
  return {data, builder.getInt64(bytes)};
}

// Size of one column's part; a null value takes its presence byte alone.
llvm::Value* sizeOf(llvm::IRBuilderBase& builder, mlir::Type type, const Parts& parts, bool is_last) {
  ValueShape shape = shapeOf(type);
  llvm::Value* size = shape.variable ? builder.CreateAdd(asI64(builder, parts[1]), builder.getInt64(is_last ? 0 : 4))
                                     : builder.getInt64(shape.bytes);
  if (!shape.optional) return size;
  return builder.CreateAdd(builder.getInt64(1), builder.CreateSelect(parts.back(), size, builder.getInt64(0)));
}

}  // namespace

KeyBytes makeKeyBytes(RowEmitter& emitter, llvm::ArrayRef<mlir::Type> types, llvm::ArrayRef<Parts> values) {
  auto& builder = emitter.builder();
  if (types.size() == 1 && isString(types[0])) return {values[0][0], asI64(builder, values[0][1])};
  if (auto fixed = fixedKeyBytes(shapes(types))) return makeFixed(emitter, types, values, *fixed);

  llvm::Value* total = nullptr;
  llvm::SmallVector<llvm::Value*> sizes;
  for (size_t i = 0; i < types.size(); ++i) {
    sizes.push_back(sizeOf(builder, types[i], values[i], i + 1 == types.size()));
    total = total ? builder.CreateAdd(total, sizes.back()) : sizes.back();
  }
  if (!total) return {llvm::ConstantPointerNull::get(builder.getPtrTy()), builder.getInt64(0)};  // no columns: one key
  llvm::Value* data = emitter.abi().call(builder, AbiFn::stream_core_scratch, {emitter.task(), total});
  llvm::Value* at = data;
  for (size_t i = 0; i < types.size(); ++i) {
    const ValueShape shape = shapeOf(types[i]);
    llvm::Value* next = advance(builder, at, sizes[i]);
    llvm::BasicBlock* done = nullptr;
    if (shape.optional) {
      builder.CreateAlignedStore(builder.CreateZExt(values[i].back(), builder.getInt8Ty()), at, llvm::Align(1));
      llvm::BasicBlock* present = emitter.makeBlock("key.present");
      done = emitter.makeBlock("key.next");
      builder.CreateCondBr(values[i].back(), present, done);
      emitter.begin(present);
      at = offsetBy(builder, at, 1);
    }
    if (!shape.variable) {
      Parts value = values[i];
      if (shape.optional) value.pop_back();
      storeValue(builder, withoutOptional(types[i]), value, at, nullptr, /*align=*/1);
    } else {
      if (i + 1 < types.size()) {
        builder.CreateAlignedStore(values[i][1], at, llvm::Align(1));
        at = offsetBy(builder, at, 4);
      }
      builder.CreateMemCpy(at, llvm::MaybeAlign(1), values[i][0], llvm::MaybeAlign(1), asI64(builder, values[i][1]));
    }
    if (done) {
      builder.CreateBr(done);
      emitter.begin(done);
    }
    at = next;
  }
  return {data, total};
}

llvm::SmallVector<Parts> readKeyBytes(RowEmitter& emitter, llvm::ArrayRef<mlir::Type> types, const KeyBytes& bytes) {
  auto& builder = emitter.builder();
  llvm::SmallVector<Parts> values;
  llvm::Value* at = bytes.data;
  llvm::Value* end = advance(builder, bytes.data, bytes.size);
  for (size_t i = 0; i < types.size(); ++i) {
    const ValueShape shape = shapeOf(types[i]);
    mlir::Type type = withoutOptional(types[i]);
    llvm::Value* presence = nullptr;
    llvm::BasicBlock *from = nullptr, *done = nullptr;
    llvm::Value* absent_at = nullptr;
    if (shape.optional) {
      llvm::Value* byte = builder.CreateAlignedLoad(builder.getInt8Ty(), at, llvm::Align(1));
      presence = builder.CreateICmpNE(byte, builder.getInt8(0));
      at = absent_at = offsetBy(builder, at, 1);
      llvm::BasicBlock* present = emitter.makeBlock("key.present");
      done = emitter.makeBlock("key.next");
      from = builder.GetInsertBlock();
      builder.CreateCondBr(presence, present, done);
      emitter.begin(present);
    }
    Parts value;
    if (!shape.variable) {
      value = loadValue(builder, type, at, nullptr, /*align=*/1);
      at = offsetBy(builder, at, shape.bytes);
    } else if (i + 1 == types.size()) {
      llvm::Value* size = builder.CreateSub(builder.CreatePtrToInt(end, builder.getInt64Ty()),
                                            builder.CreatePtrToInt(at, builder.getInt64Ty()));
      value = {at, builder.CreateTrunc(size, builder.getInt32Ty())};
    } else {
      llvm::Value* size = builder.CreateAlignedLoad(builder.getInt32Ty(), at, llvm::Align(1));
      value = {offsetBy(builder, at, 4), size};
      at = advance(builder, value[0], asI64(builder, size));
    }
    if (shape.optional) {
      llvm::BasicBlock* present = builder.GetInsertBlock();
      builder.CreateBr(done);
      emitter.begin(done);
      auto join = [&](llvm::Value* there, llvm::Value* otherwise) {
        auto* phi = builder.CreatePHI(there->getType(), 2);
        phi->addIncoming(there, present);
        phi->addIncoming(otherwise, from);
        return phi;
      };
      for (llvm::Value*& part : value) part = join(part, llvm::Constant::getNullValue(part->getType()));
      at = join(at, absent_at);
      value.push_back(presence);
    }
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace streamc::codegen
