// Builtins that are an instruction or two; dsl/builtins.def says exactly what each means.
#include "codegen/lower/row_emitter.h"
#include "dsl/builtins.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

mlir::Type argType(stream::CallOp op, unsigned index) {
  return mlir::cast<mlir::TypeAttr>(op.getArgTypes()[index]).getValue();
}

// min (or max) of two values of a type: integers and times by signedness, floats as IEEE 754-2019 says.
llvm::Value* extremum(llvm::IRBuilderBase& builder, mlir::Type type, bool least, llvm::Value* a, llvm::Value* b) {
  using namespace llvm::Intrinsic;
  ID intrinsic;
  if (mlir::isa<mlir::FloatType>(type)) {
    intrinsic = least ? minimum : maximum;
  } else if (type.isUnsignedInteger()) {
    intrinsic = least ? umin : umax;
  } else {
    intrinsic = least ? smin : smax;
  }
  return builder.CreateBinaryIntrinsic(intrinsic, a, b);
}

// (x > 0) - (x < 0)
llvm::Value* signOf(llvm::IRBuilderBase& builder, mlir::Type type, llvm::Value* x) {
  llvm::Value* zero = llvm::Constant::getNullValue(x->getType());
  llvm::Value *above, *below;
  if (mlir::isa<mlir::FloatType>(type)) {
    above = builder.CreateFCmpOGT(x, zero);
    below = builder.CreateFCmpOLT(x, zero);
  } else if (type.isUnsignedInteger()) {
    above = builder.CreateICmpNE(x, zero);
    below = builder.getFalse();
  } else {
    above = builder.CreateICmpSGT(x, zero);
    below = builder.CreateICmpSLT(x, zero);
  }
  return builder.CreateSub(builder.CreateZExt(above, builder.getInt64Ty()),
                           builder.CreateZExt(below, builder.getInt64Ty()));
}

}  // namespace

Parts RowEmitter::inlineBuiltin(stream::CallOp op, const Builtin& row) {
  llvm::StringRef name = row.target;
  auto arg = [&](unsigned index) { return scalar(op.getArgs()[index]); };
  mlir::Type type = op.getArgs().empty() ? mlir::Type() : argType(op, 0);
  const bool is_float = type && mlir::isa<mlir::FloatType>(type);
  const bool is_unsigned = type && type.isUnsignedInteger();

  if (name == "same") return get(op.getArgs()[0]);
  if (name == "cast")
    return emitCast(op, get(op.getArgs()[0]), type, mlir::cast<mlir::TypeAttr>(op.getResultTypeAttr()).getValue());
  if (name == "min" || name == "max") return {extremum(builder_, type, name == "min", arg(0), arg(1))};
  if (name == "clamp") {
    return {extremum(builder_, type, true, extremum(builder_, type, false, arg(0), arg(1)), arg(2))};
  }
  if (name == "sign") return {signOf(builder_, type, arg(0))};
  if (name == "is_nan") return {builder_.CreateFCmpUNO(arg(0), arg(0))};
  if (name == "abs") {
    if (is_float) return {builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, arg(0))};
    if (mlir::isa<stream::DecimalType>(type)) {  // has no least number without its opposite
      return {builder_.CreateBinaryIntrinsic(llvm::Intrinsic::abs, arg(0), builder_.getTrue())};
    }
    auto* least = llvm::ConstantInt::get(builder_.getContext(),
                                         llvm::APInt::getSignedMinValue(arg(0)->getType()->getIntegerBitWidth()));
    rejectIf(builder_.CreateICmpEQ(arg(0), least), op, Cause::kOverflow, "the absolute value does not fit");
    return {builder_.CreateIntrinsic(llvm::Intrinsic::abs, {arg(0)->getType()}, {arg(0), builder_.getTrue()})};
  }
  if (name == "wrapping_add") return {builder_.CreateAdd(arg(0), arg(1))};
  if (name == "wrapping_sub") return {builder_.CreateSub(arg(0), arg(1))};
  if (name == "wrapping_mul") return {builder_.CreateMul(arg(0), arg(1))};
  if (name == "saturating_add") {
    auto intrinsic = is_unsigned ? llvm::Intrinsic::uadd_sat : llvm::Intrinsic::sadd_sat;
    return {builder_.CreateBinaryIntrinsic(intrinsic, arg(0), arg(1))};
  }
  if (name == "saturating_sub") {
    auto intrinsic = is_unsigned ? llvm::Intrinsic::usub_sat : llvm::Intrinsic::ssub_sat;
    return {builder_.CreateBinaryIntrinsic(intrinsic, arg(0), arg(1))};
  }
  if (name == "div") return {divide(op, arg(0), arg(1), is_unsigned)};
  if (name == "mod") return {remainder(op, arg(0), arg(1), is_unsigned)};
  if (name == "list_count") return {builder_.CreateZExt(get(op.getArgs()[0])[1], builder_.getInt64Ty())};
  if (name == "list_first" || name == "list_last") return listEnd(op, name == "list_first");
  llvm::report_fatal_error(llvm::Twine("codegen: no code for the builtin operation ") + name);
}

// The first or last element of a list of scalars; null of an empty list.
Parts RowEmitter::listEnd(stream::CallOp op, bool first) {
  mlir::Type list = op.getArgs()[0].getType();
  const Parts& parts = get(op.getArgs()[0]);
  llvm::Value* count = builder_.CreateZExt(parts[1], builder_.getInt64Ty());
  llvm::Value* any = builder_.CreateICmpNE(count, builder_.getInt64(0));
  llvm::BasicBlock* from = builder_.GetInsertBlock();
  llvm::BasicBlock* look = makeBlock("list.any");
  llvm::BasicBlock* done = makeBlock("list.end");
  builder_.CreateCondBr(any, look, done);
  begin(look);
  llvm::Value* index = first ? builder_.getInt64(0) : builder_.CreateSub(count, builder_.getInt64(1));
  Parts element = loadLeaf(list, parts[0], index, 0);
  builder_.CreateBr(done);
  look = builder_.GetInsertBlock();
  begin(done);
  Parts result;
  for (llvm::Value* part : element) {
    auto* phi = builder_.CreatePHI(part->getType(), 2);
    phi->addIncoming(llvm::Constant::getNullValue(part->getType()), from);
    phi->addIncoming(part, look);
    result.push_back(phi);
  }
  result.push_back(any);
  return result;
}

}  // namespace streamc::codegen
