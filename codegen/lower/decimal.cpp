// Decimals: conversions, casts, rounding, division. The numbers without their point are i64 or i128 in registers;
// runtime functions take and give 128 bits.
#include "ir/stream/decimals.h"

#include "codegen/lower/row_emitter.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;
using stream::DecimalType;

constexpr unsigned kWideBits = 128;

llvm::Constant* power(llvm::LLVMContext& context, unsigned digits, unsigned bits) {
  return llvm::ConstantInt::get(context, stream::powerOfTen(digits, bits));
}

std::string nameOf(DecimalType type) {
  return "decimal(" + std::to_string(type.getPrecision()) + ", " + std::to_string(type.getScale()) + ")";
}

// Whether |value| >= 10^digits.
llvm::Value* exceeds(llvm::IRBuilderBase& builder, llvm::Value* value, unsigned digits) {
  const unsigned bits = value->getType()->getIntegerBitWidth();
  llvm::APInt limit = stream::powerOfTen(digits, bits);
  // One comparison: value + limit - 1 lies in [0, 2 * limit - 2] without sign. Both fit, since limit <= 10^38 < 2^127.
  llvm::Value* shifted = builder.CreateAdd(value, llvm::ConstantInt::get(builder.getContext(), limit - 1));
  return builder.CreateICmpUGT(shifted, llvm::ConstantInt::get(builder.getContext(), limit * 2 - 2));
}

llvm::Value* resized(llvm::IRBuilderBase& builder, llvm::Value* value, unsigned bits, bool is_unsigned) {
  llvm::Type* type = builder.getIntNTy(bits);
  return is_unsigned ? builder.CreateZExtOrTrunc(value, type) : builder.CreateSExtOrTrunc(value, type);
}

llvm::Value* wide(llvm::IRBuilderBase& builder, llvm::Value* value) {
  return resized(builder, value, kWideBits, false);
}

// value / divisor (a constant power of ten), rounded: the quotient cut off, and one more away from zero where the
// remainder says so.
llvm::Value* roundedQuotient(llvm::IRBuilderBase& builder, llvm::Value* value, llvm::Constant* divisor,
                             stream::Rounding rounding) {
  llvm::Value* quotient = builder.CreateSDiv(value, divisor);
  if (rounding == stream::Rounding::kTrunc) return quotient;
  llvm::Value* remainder = builder.CreateSub(value, builder.CreateMul(quotient, divisor));
  llvm::Type* type = value->getType();
  llvm::Value* zero = llvm::ConstantInt::get(type, 0);
  llvm::Value* negative = builder.CreateICmpSLT(value, zero);
  llvm::Value* away = nullptr;
  if (rounding == stream::Rounding::kFloor || rounding == stream::Rounding::kCeil) {
    away = rounding == stream::Rounding::kFloor ? builder.CreateICmpSLT(remainder, zero)
                                                : builder.CreateICmpSGT(remainder, zero);
  } else {
    llvm::Value* rest = builder.CreateBinaryIntrinsic(llvm::Intrinsic::abs, remainder, builder.getFalse());
    llvm::Value* left = builder.CreateSub(divisor, rest);
    away = builder.CreateICmpSGE(rest, left);
    if (rounding == stream::Rounding::kHalfEven) {
      llvm::Value* odd = builder.CreateTrunc(quotient, builder.getInt1Ty());
      away = builder.CreateOr(builder.CreateICmpSGT(rest, left), builder.CreateAnd(away, odd));
    }
  }
  llvm::Value* step =
      builder.CreateSelect(negative, llvm::ConstantInt::getAllOnesValue(type), llvm::ConstantInt::get(type, 1));
  return builder.CreateAdd(quotient, builder.CreateSelect(away, step, zero));
}

unsigned scaleOf(mlir::Type type) {
  auto decimal = mlir::dyn_cast<DecimalType>(type);
  return decimal ? decimal.getScale() : 0;
}

}  // namespace

bool RowEmitter::emitDecimal(mlir::Operation* op) {
  if (auto round = mlir::dyn_cast<stream::RoundDecimalOp>(op)) {
    auto from = mlir::cast<DecimalType>(round.getFrom()), to = mlir::cast<DecimalType>(round.getTo());
    const unsigned digits = from.getScale() - to.getScale();
    llvm::Value* value = scalar(round.getValue());
    llvm::Value* result = nullptr;
    if (from.storageBits() == 64) {
      result = roundedQuotient(builder_, value, power(builder_.getContext(), digits, 64), round.getRounding());
    } else {
      result = abi().call(builder_, AbiFn::stream_decimal_round,
                          {value, builder_.getInt32(digits), builder_.getInt32(static_cast<int>(round.getRounding()))});
    }
    bind(round, resized(builder_, result, to.storageBits(), false));
    return true;
  }
  auto divide = mlir::dyn_cast<stream::DivideDecimalOp>(op);
  if (!divide) return false;
  auto to = mlir::cast<DecimalType>(divide.getTo());
  llvm::Value* divisor = scalar(divide.getRhs());
  rejectIf(builder_.CreateICmpEQ(divisor, llvm::ConstantInt::get(divisor->getType(), 0)), op, Cause::kDivideByZero,
           "division by zero");
  const int shift =
      static_cast<int>(to.getScale() + scaleOf(divide.getRhsType())) - static_cast<int>(scaleOf(divide.getLhsType()));
  llvm::AllocaInst* slot = stackSlot(16, "quotient");
  llvm::Value* fits = abi().call(builder_, AbiFn::stream_decimal_divide,
                                 {slot, wide(builder_, scalar(divide.getLhs())), wide(builder_, divisor),
                                  builder_.getInt32(static_cast<uint32_t>(shift)), builder_.getInt32(to.getPrecision()),
                                  builder_.getInt32(static_cast<int>(divide.getRounding()))});
  rejectIf(builder_.CreateICmpEQ(fits, builder_.getInt8(0)), op, Cause::kOverflow,
           "the quotient does not fit into " + nameOf(to));
  llvm::Value* quotient = builder_.CreateAlignedLoad(builder_.getInt128Ty(), slot, llvm::Align(8));
  bind(divide, resized(builder_, quotient, to.storageBits(), false));
  return true;
}

// An exact conversion from or to a decimal; to a float, the nearest one.
llvm::Value* RowEmitter::convertDecimal(llvm::Value* value, mlir::Type from, mlir::Type to) {
  auto decimal = mlir::dyn_cast<DecimalType>(to);
  if (!decimal) {
    auto function = to.isF64() ? AbiFn::stream_decimal_to_f64 : AbiFn::stream_decimal_to_f32;
    return abi().call(builder_, function, {wide(builder_, value), builder_.getInt32(scaleOf(from))});
  }
  value = resized(builder_, value, decimal.storageBits(), from.isUnsignedInteger());
  const unsigned more = decimal.getScale() - scaleOf(from);
  return more == 0 ? value : builder_.CreateMul(value, power(builder_.getContext(), more, decimal.storageBits()));
}

// To a decimal, without losing digits; from a float rounded half away from zero. Text comes with its detail.
llvm::Value* RowEmitter::castToDecimal(mlir::Operation* op, llvm::ArrayRef<llvm::Value*> parts, mlir::Type from,
                                       mlir::Type to_type) {
  auto to = mlir::cast<DecimalType>(to_type);
  llvm::Value* value = parts.front();
  const bool is_text = isString(from);
  if (is_text || mlir::isa<mlir::FloatType>(from)) {
    llvm::AllocaInst* slot = stackSlot(16, "decimal");
    llvm::Value* precision = builder_.getInt32(to.getPrecision());
    llvm::Value* scale = builder_.getInt32(to.getScale());
    llvm::Value* fits = nullptr;
    if (is_text) {
      fits = abi().call(builder_, AbiFn::stream_decimal_from_text, {slot, parts[0], parts[1], precision, scale});
    } else {
      value = builder_.CreateFPCast(value, builder_.getDoubleTy());
      fits = abi().call(builder_, AbiFn::stream_decimal_from_f64, {slot, value, precision, scale});
    }
    Detail detail;
    if (is_text) detail = {.data = parts[0], .size = parts[1]};
    rejectIf(builder_.CreateICmpEQ(fits, builder_.getInt8(0)), op, Cause::kCast,
             (is_text ? "the text is no " : "the number does not fit into ") + nameOf(to), detail);
    llvm::Value* result = builder_.CreateAlignedLoad(builder_.getInt128Ty(), slot, llvm::Align(8));
    return resized(builder_, result, to.storageBits(), false);
  }
  // On as many bits as both need: the check comes before the number becomes larger.
  auto from_decimal = mlir::dyn_cast<DecimalType>(from);
  const unsigned from_bits = value->getType()->getIntegerBitWidth();
  unsigned bits = std::max(from_bits, to.storageBits());
  if (from.isUnsignedInteger(64) || to.getPrecision() > 18) bits = kWideBits;
  value = resized(builder_, value, bits, from.isUnsignedInteger());
  const std::string misfit = "the number does not fit into " + nameOf(to);
  const unsigned from_scale = scaleOf(from);
  if (from_scale > to.getScale()) {
    llvm::Constant* divisor = power(builder_.getContext(), from_scale - to.getScale(), bits);
    llvm::Value* quotient = builder_.CreateSDiv(value, divisor);
    llvm::Value* rest = builder_.CreateSub(value, builder_.CreateMul(quotient, divisor));
    rejectIf(builder_.CreateICmpNE(rest, llvm::ConstantInt::get(rest->getType(), 0)), op, Cause::kCast,
             "the number has more digits behind the point than " + nameOf(to) + "; round() it");
    value = quotient;
  }
  // Digits that `value` may have at most now, and digits that it may have before it becomes a number of scale `to`.
  const unsigned kept_scale = std::min(from_scale, to.getScale());
  const unsigned allowed = to.wholeDigits() + kept_scale;
  const bool fits_anyway = from_decimal && from_decimal.wholeDigits() <= to.wholeDigits();
  if (!fits_anyway && stream::powerOfTen(allowed, 256).ult(llvm::APInt::getOneBitSet(256, bits - 1))) {
    rejectIf(exceeds(builder_, value, allowed), op, Cause::kCast, misfit);
  }
  const unsigned more = to.getScale() - kept_scale;
  if (more != 0) value = builder_.CreateMul(value, power(builder_.getContext(), more, bits));
  return resized(builder_, value, to.storageBits(), false);
}

// To an integer: the fraction is cut off, and what is out of range rejects.
llvm::Value* RowEmitter::castFromDecimal(mlir::Operation* op, llvm::Value* value, mlir::Type from, mlir::Type to) {
  auto decimal = mlir::cast<DecimalType>(from);
  const unsigned bits = decimal.storageBits(), to_bits = to.getIntOrFloatBitWidth();
  const bool to_unsigned = to.isUnsignedInteger();
  if (decimal.getScale() != 0) {
    value = builder_.CreateSDiv(value, power(builder_.getContext(), decimal.getScale(), bits));
  }
  // Compared on more bits than both have, so that every bound is a number.
  value = resized(builder_, value, bits + 64, false);
  llvm::Value* low = llvm::ConstantInt::get(
      builder_.getContext(),
      to_unsigned ? llvm::APInt(bits + 64, 0) : llvm::APInt::getSignedMinValue(to_bits).sext(bits + 64));
  llvm::Value* high = llvm::ConstantInt::get(builder_.getContext(),
                                             to_unsigned ? llvm::APInt::getMaxValue(to_bits).zext(bits + 64)
                                                         : llvm::APInt::getSignedMaxValue(to_bits).sext(bits + 64));
  rejectIf(builder_.CreateOr(builder_.CreateICmpSLT(value, low), builder_.CreateICmpSGT(value, high)), op, Cause::kCast,
           "the " + nameOf(decimal) + " does not fit into " + (to_unsigned ? "u" : "i") + std::to_string(to_bits));
  return resized(builder_, value, to_bits, false);
}

}  // namespace streamc::codegen
