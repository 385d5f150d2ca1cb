// Decimals in row ops: builders, verifiers and folds of the ops that round, and constants that are converted.
#include "ir/stream/decimals.h"

#include "ir/stream/ops.h"
#include "mlir/IR/Builders.h"

namespace streamc::ir::stream {

using llvm::APInt;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;
using mlir::Attribute;
using mlir::OpFoldResult;
using mlir::Type;
using mlir::TypeAttr;

namespace {

// Wide enough for 38 digits times 10^76.
constexpr unsigned kWideBits = 512;

std::optional<APInt> numberOf(Attribute constant) {
  auto integer = llvm::dyn_cast_or_null<mlir::IntegerAttr>(constant);
  if (!integer) return std::nullopt;
  return integer.getValue().sext(kWideBits);
}

DecimalType decimalOf(TypeAttr type) { return llvm::cast<DecimalType>(type.getValue()); }

Attribute constantOf(const APInt& number, DecimalType type) {
  if (number.abs().uge(powerOfTen(type.getPrecision(), kWideBits))) return {};
  return mlir::IntegerAttr::get(storageType(type), number.trunc(type.storageBits()));
}

APInt rounded(const APInt& dividend, const APInt& divisor, Rounding rounding) {
  APInt quotient(kWideBits, 0), remainder(kWideBits, 0);
  APInt::sdivrem(dividend, divisor, quotient, remainder);
  if (remainder.isZero()) return quotient;
  const bool negative = dividend.isNegative() != divisor.isNegative();
  const APInt twice = remainder.abs() * 2, whole = divisor.abs();
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfAway:
      away = twice.uge(whole);
      break;
    case Rounding::kHalfEven:
      away = twice.ugt(whole) || (twice == whole && quotient[0]);
      break;
    case Rounding::kFloor:
      away = negative;
      break;
    case Rounding::kCeil:
      away = !negative;
      break;
    case Rounding::kTrunc:
      break;
  }
  if (!away) return quotient;
  return negative ? quotient - 1 : quotient + 1;
}

LogicalResult verifyDecimal(mlir::Operation* op, Type value, TypeAttr type) {
  auto decimal = llvm::dyn_cast<DecimalType>(type.getValue());
  if (!decimal) return op->emitOpError() << "works on decimals, not on " << type.getValue();
  if (value.isInteger(decimal.storageBits())) return success();
  return op->emitOpError() << "has " << value << " where " << decimal << " is stored as " << storageType(decimal);
}

}  // namespace

APInt powerOfTen(unsigned digits, unsigned bits) {
  APInt power(bits, 1), ten(bits, 10);
  for (; digits > 0; --digits) power *= ten;
  return power;
}

// ---------------------------------------------------------------- constants

Attribute convertDecimalConstant(Attribute constant, Type from, Type to) {
  auto to_decimal = llvm::dyn_cast<DecimalType>(to);
  auto from_decimal = llvm::dyn_cast<DecimalType>(from);
  auto integer = llvm::dyn_cast_or_null<mlir::IntegerAttr>(constant);
  if (!to_decimal || !integer || from.isInteger(1)) return {};
  const unsigned from_scale = from_decimal ? from_decimal.getScale() : 0;
  APInt number = from.isUnsignedInteger() ? integer.getValue().zext(kWideBits) : integer.getValue().sext(kWideBits);
  if (to_decimal.getScale() >= from_scale) {
    return constantOf(number * powerOfTen(to_decimal.getScale() - from_scale, kWideBits), to_decimal);
  }
  const APInt power = powerOfTen(from_scale - to_decimal.getScale(), kWideBits);
  return number.srem(power).isZero() ? constantOf(number.sdiv(power), to_decimal) : Attribute();
}

// ---------------------------------------------------------------- ops

void RoundDecimalOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, Rounding rounding, mlir::Value value,
                           DecimalType from, DecimalType to) {
  build(builder, state, storageType(to), rounding, value, Type(from), Type(to));
}

LogicalResult RoundDecimalOp::verify() {
  if (failed(verifyDecimal(*this, getValue().getType(), getFromAttr()))) return failure();
  if (failed(verifyDecimal(*this, getResult().getType(), getToAttr()))) return failure();
  DecimalType from = decimalOf(getFromAttr()), to = decimalOf(getToAttr());
  if (to.getScale() < from.getScale() && to.wholeDigits() > from.wholeDigits()) return success();
  return emitOpError() << "from " << from << " to " << to
                       << " does not take digits away, or leaves no room for a carry";
}

OpFoldResult RoundDecimalOp::fold(FoldAdaptor adaptor) {
  DecimalType from = decimalOf(getFromAttr()), to = decimalOf(getToAttr());
  std::optional<APInt> value = numberOf(adaptor.getValue());
  if (!value) return {};
  return constantOf(rounded(*value, powerOfTen(from.getScale() - to.getScale(), kWideBits), getRounding()), to);
}

void DivideDecimalOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, Rounding rounding, mlir::Value lhs,
                            mlir::Value rhs, DecimalType lhs_type, DecimalType rhs_type, DecimalType to) {
  build(builder, state, storageType(to), rounding, lhs, rhs, Type(lhs_type), Type(rhs_type), Type(to));
}

LogicalResult DivideDecimalOp::verify() {
  if (failed(verifyDecimal(*this, getLhs().getType(), getLhsTypeAttr()))) return failure();
  if (failed(verifyDecimal(*this, getRhs().getType(), getRhsTypeAttr()))) return failure();
  return verifyDecimal(*this, getResult().getType(), getToAttr());
}

OpFoldResult DivideDecimalOp::fold(FoldAdaptor adaptor) {
  std::optional<APInt> lhs = numberOf(adaptor.getLhs()), rhs = numberOf(adaptor.getRhs());
  if (!lhs || !rhs || rhs->isZero()) return {};
  DecimalType to = decimalOf(getToAttr());
  // lhs/10^s1 / (rhs/10^s2) in units of 10^-s
  const int shift = static_cast<int>(to.getScale() + decimalOf(getRhsTypeAttr()).getScale()) -
                    static_cast<int>(decimalOf(getLhsTypeAttr()).getScale());
  if (shift >= 0) *lhs *= powerOfTen(static_cast<unsigned>(shift), kWideBits);
  if (shift < 0) *rhs *= powerOfTen(static_cast<unsigned>(-shift), kWideBits);
  return constantOf(rounded(*lhs, *rhs, getRounding()), to);
}

}  // namespace streamc::ir::stream
