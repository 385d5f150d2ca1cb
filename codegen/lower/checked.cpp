// Checked arithmetic: overflow and division guards of the language's integers and floats.
#include "codegen/lower/row_emitter.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

// "i32" or "u32": the language's name of an integer type.
std::string integerName(mlir::Type type, bool is_unsigned) {
  return (is_unsigned ? "u" : "i") + std::to_string(type.getIntOrFloatBitWidth());
}

struct CheckedKind {
  llvm::Intrinsic::ID is_signed, is_unsigned;
  const char* noun;
};

std::optional<CheckedKind> checkedKind(mlir::Operation* op) {
  using namespace llvm::Intrinsic;
  if (mlir::isa<stream::CheckedAddOp>(op)) return CheckedKind{sadd_with_overflow, uadd_with_overflow, "sum"};
  if (mlir::isa<stream::CheckedSubOp>(op)) return CheckedKind{ssub_with_overflow, usub_with_overflow, "difference"};
  if (mlir::isa<stream::CheckedMulOp>(op)) return CheckedKind{smul_with_overflow, umul_with_overflow, "product"};
  return std::nullopt;
}

}  // namespace

// The wrapped value, and whether it is wrong, in operations that vectors have: `with.overflow` is none of them.
//   a + b: the sign of the sum differs from both.  a − b: a and b differ in sign, and so do a and the difference.
//   a · constant: a lies outside of what the constant allows.  Any other product is widened and cut.
//   Source: H. Warren, "Hacker's Delight", 2nd edition, 2-13.
llvm::Value* RowEmitter::emitStraight(mlir::Operation* op, llvm::Value*& bad) {
  auto& b = builder_;
  const bool is_unsigned = op->hasAttr("is_unsigned");
  llvm::Value *x = scalar(op->getOperand(0)), *y = scalar(op->getOperand(1));
  llvm::Value* zero = llvm::ConstantInt::get(x->getType(), 0);
  if (mlir::isa<stream::CheckedAddOp>(op)) {
    llvm::Value* sum = b.CreateAdd(x, y);
    bad = is_unsigned ? b.CreateICmpULT(sum, x)
                      : b.CreateICmpSLT(b.CreateAnd(b.CreateXor(x, sum), b.CreateXor(y, sum)), zero);
    return sum;
  }
  if (mlir::isa<stream::CheckedSubOp>(op)) {
    llvm::Value* difference = b.CreateSub(x, y);
    bad = is_unsigned ? b.CreateICmpULT(x, y)
                      : b.CreateICmpSLT(b.CreateAnd(b.CreateXor(x, y), b.CreateXor(x, difference)), zero);
    return difference;
  }
  llvm::Value* product = b.CreateMul(x, y);
  auto* constant = llvm::dyn_cast<llvm::ConstantInt>(y);
  if (!constant && (constant = llvm::dyn_cast<llvm::ConstantInt>(x))) std::swap(x, y);
  const unsigned bits = x->getType()->getIntegerBitWidth();
  if (constant && constant->isZero()) {
    bad = b.getFalse();
  } else if (constant && is_unsigned) {
    bad = b.CreateICmpUGT(
        x, llvm::ConstantInt::get(x->getType(), llvm::APInt::getMaxValue(bits).udiv(constant->getValue())));
  } else if (constant && constant->getValue().isStrictlyPositive()) {
    const llvm::APInt& factor = constant->getValue();
    llvm::Value* above =
        b.CreateICmpSGT(x, llvm::ConstantInt::get(x->getType(), llvm::APInt::getSignedMaxValue(bits).sdiv(factor)));
    llvm::Value* below =
        b.CreateICmpSLT(x, llvm::ConstantInt::get(x->getType(), llvm::APInt::getSignedMinValue(bits).sdiv(factor)));
    bad = b.CreateOr(above, below);
  } else {
    auto* wide = b.getIntNTy(bits * 2);
    auto widen = [&](llvm::Value* v) { return is_unsigned ? b.CreateZExt(v, wide) : b.CreateSExt(v, wide); };
    bad = b.CreateICmpNE(b.CreateMul(widen(x), widen(y)), widen(product));
  }
  return product;
}

bool RowEmitter::emitChecked(mlir::Operation* op) {
  auto does_not_fit = [&](llvm::StringRef noun, bool is_unsigned) {
    return ("the " + noun + " does not fit into " + integerName(op->getResult(0).getType(), is_unsigned)).str();
  };

  if (auto kind = checkedKind(op)) {
    bool is_unsigned = op->hasAttr("is_unsigned");
    if (isStraight()) {
      llvm::Value* bad = nullptr;
      llvm::Value* value = emitStraight(op, bad);
      rejectIf(bad, op, Cause::kOverflow, does_not_fit(kind->noun, is_unsigned));
      bind(op->getResult(0), value);
      return true;
    }
    llvm::Value* pair = builder_.CreateBinaryIntrinsic(is_unsigned ? kind->is_unsigned : kind->is_signed,
                                                       scalar(op->getOperand(0)), scalar(op->getOperand(1)));
    rejectIf(builder_.CreateExtractValue(pair, 1), op, Cause::kOverflow, does_not_fit(kind->noun, is_unsigned));
    bind(op->getResult(0), builder_.CreateExtractValue(pair, 0));
    return true;
  }
  if (auto negate = mlir::dyn_cast<stream::CheckedNegOp>(op)) {
    llvm::Value* value = scalar(negate.getValue());
    auto* least = llvm::ConstantInt::get(value->getContext(),
                                         llvm::APInt::getSignedMinValue(value->getType()->getIntegerBitWidth()));
    rejectIf(builder_.CreateICmpEQ(value, least), op, Cause::kOverflow, does_not_fit("negation", false));
    bind(negate, builder_.CreateNeg(value));
    return true;
  }
  if (auto divide = mlir::dyn_cast<stream::DivFloatOp>(op)) {
    llvm::Value* divisor = scalar(divide.getRhs());
    llvm::Value* zero = llvm::ConstantFP::get(divisor->getType(), 0.0);  // equal to -0.0 too
    rejectIf(builder_.CreateFCmpOEQ(divisor, zero), op, Cause::kDivideByZero, "division by zero");
    bind(divide, builder_.CreateFDiv(scalar(divide.getLhs()), divisor));
    return true;
  }
  if (!mlir::isa<stream::DivOp, stream::ModOp>(op)) return false;
  const bool is_unsigned = op->hasAttr("is_unsigned");
  llvm::Value* dividend = scalar(op->getOperand(0));
  llvm::Value* divisor = scalar(op->getOperand(1));
  bind(op->getResult(0), mlir::isa<stream::DivOp>(op) ? divide(op, dividend, divisor, is_unsigned)
                                                      : remainder(op, dividend, divisor, is_unsigned));
  return true;
}

llvm::Value* RowEmitter::divide(mlir::Operation* op, llvm::Value* dividend, llvm::Value* divisor, bool is_unsigned) {
  llvm::Type* type = divisor->getType();
  rejectIf(builder_.CreateICmpEQ(divisor, llvm::ConstantInt::get(type, 0)), op, Cause::kDivideByZero,
           "division by zero");
  if (is_unsigned) return builder_.CreateUDiv(dividend, divisor);
  auto* least = llvm::ConstantInt::get(type->getContext(), llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
  llvm::Value* by_minus_one = builder_.CreateICmpEQ(divisor, llvm::ConstantInt::getAllOnesValue(type));
  rejectIf(builder_.CreateAnd(by_minus_one, builder_.CreateICmpEQ(dividend, least)), op, Cause::kOverflow,
           "the quotient does not fit into i" + std::to_string(type->getIntegerBitWidth()));
  return builder_.CreateSDiv(dividend, divisor);
}

llvm::Value* RowEmitter::remainder(mlir::Operation* op, llvm::Value* dividend, llvm::Value* divisor, bool is_unsigned) {
  llvm::Type* type = divisor->getType();
  rejectIf(builder_.CreateICmpEQ(divisor, llvm::ConstantInt::get(type, 0)), op, Cause::kDivideByZero,
           "division by zero");
  if (is_unsigned) return builder_.CreateURem(dividend, divisor);
  // x mod -1 is 0 for every x; the instruction would trap for the least one.
  llvm::Value* by_minus_one = builder_.CreateICmpEQ(divisor, llvm::ConstantInt::getAllOnesValue(type));
  return builder_.CreateSRem(dividend, builder_.CreateSelect(by_minus_one, llvm::ConstantInt::get(type, 1), divisor));
}

}  // namespace streamc::codegen
