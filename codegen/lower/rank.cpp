// stream.rank: what `sample` compares with its part. The definition is that of the operation (ir/stream); every machine
// and every build computes the same.
#include "codegen/lower/row_emitter.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

constexpr uint64_t kNullWord = 0x9e3779b97f4a7c15;

uint64_t fnv1a(llvm::StringRef text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
llvm::Value* mixed(llvm::IRBuilder<>& builder, llvm::Value* word) {
  auto fold = [&](llvm::Value* value, uint64_t shift) {
    return builder.CreateXor(value, builder.CreateLShr(value, shift));
  };
  word = builder.CreateMul(fold(word, 30), builder.getInt64(0xbf58476d1ce4e5b9));
  word = builder.CreateMul(fold(word, 27), builder.getInt64(0x94d049bb133111eb));
  return fold(word, 31);
}

}  // namespace

void RowEmitter::emitRank(stream::RankOp op) {
  llvm::IRBuilder<>& builder = this->builder();
  llvm::Value* hash = mixed(builder, builder.getInt64(fnv1a(op.getSalt())));
  for (auto [value, type] : llvm::zip(op.getValues(), op.getTypes().getAsValueRange<mlir::TypeAttr>())) {
    Parts parts = get(value);
    llvm::Value* present = nullptr;
    if (isOptional(type)) present = parts.pop_back_val();
    llvm::Value* word = nullptr;
    if (isString(withoutOptional(type))) {
      llvm::Value* size = builder.CreateZExtOrTrunc(parts[1], builder.getInt64Ty());
      // Of null the bytes are anything.
      if (present != nullptr) size = builder.CreateSelect(present, size, builder.getInt64(0));
      word = abi().call(builder, AbiFn::stream_core_text_word, {parts[0], size});
    } else {
      mlir::Type inner = withoutOptional(type);
      bool is_signed = !inner.isUnsignedInteger() && !inner.isInteger(1);
      word = is_signed ? builder.CreateSExt(parts[0], builder.getInt64Ty())
                       : builder.CreateZExt(parts[0], builder.getInt64Ty());
    }
    if (present != nullptr) word = builder.CreateSelect(present, word, builder.getInt64(kNullWord));
    hash = mixed(builder, builder.CreateXor(hash, word));
  }
  llvm::Value* top = builder.CreateUIToFP(builder.CreateLShr(hash, 11), builder.getDoubleTy());
  bind(op.getResult(), builder.CreateFMul(top, llvm::ConstantFP::get(builder.getDoubleTy(), 0x1p-53)));
}

}  // namespace streamc::codegen
