// Folding of row ops: what can be known at compile time, and checks that provably never fail. Patterns on steps:
// canonicalize.cpp. Nothing here may make a row be rejected that was not, or not be rejected that was.
#include <cmath>

#include "ir/stream/decimals.h"
#include "ir/stream/integer_range.h"
#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

namespace streamc::ir::stream {

namespace arith = mlir::arith;
using llvm::APFloat;
using llvm::APInt;
using mlir::Attribute;
using mlir::failure;
using mlir::LogicalResult;
using mlir::OpFoldResult;
using mlir::PatternRewriter;
using mlir::success;
using mlir::Type;
using mlir::Value;

// ---------------------------------------------------------------- checked arithmetic

namespace {

std::optional<APInt> integerOf(Attribute attribute) {
  if (auto integer = llvm::dyn_cast_or_null<mlir::IntegerAttr>(attribute)) return integer.getValue();
  return std::nullopt;
}

// The constant result of an operation that says whether it overflowed; null when it did.
template <typename Operation>
OpFoldResult foldChecked(Attribute lhs, Attribute rhs, Type type, Operation operation) {
  std::optional<APInt> a = integerOf(lhs), b = integerOf(rhs);
  if (!a || !b) return {};
  bool overflow = false;
  APInt result = operation(*a, *b, overflow);
  return overflow ? OpFoldResult() : OpFoldResult(mlir::IntegerAttr::get(type, result));
}

bool isConstant(Attribute attribute, int64_t value) {
  std::optional<APInt> integer = integerOf(attribute);
  return integer && *integer == APInt(integer->getBitWidth(), static_cast<uint64_t>(value), /*isSigned=*/true);
}

// Moves a constant to the right side of a commutative op, and takes the check away when the result always fits.
template <typename Unchecked, typename Op, typename Operation>
LogicalResult canonicalizeChecked(Op op, PatternRewriter& rewriter, bool commutes, Operation operation) {
  if (commutes && mlir::matchPattern(op.getLhs(), mlir::m_Constant()) &&
      !mlir::matchPattern(op.getRhs(), mlir::m_Constant())) {
    rewriter.replaceOpWithNewOp<Op>(op, op.getType(), op.getRhs(), op.getLhs(), op.getIsUnsigned());
    return success();
  }
  IntegerRange a = rangeOf(op.getLhs(), op.getIsUnsigned()), b = rangeOf(op.getRhs(), op.getIsUnsigned());
  if (!rangeOfType(op.getType(), op.getIsUnsigned()).contains(operation(a, b))) return failure();
  rewriter.replaceOpWithNewOp<Unchecked>(op, op.getLhs(), op.getRhs());
  return success();
}

}  // namespace

OpFoldResult CheckedAddOp::fold(FoldAdaptor adaptor) {
  if (isConstant(adaptor.getRhs(), 0)) return getLhs();
  if (isConstant(adaptor.getLhs(), 0)) return getRhs();
  return foldChecked(adaptor.getLhs(), adaptor.getRhs(), getType(),
                     [&](const APInt& a, const APInt& b, bool& overflow) {
                       return getIsUnsigned() ? a.uadd_ov(b, overflow) : a.sadd_ov(b, overflow);
                     });
}

OpFoldResult CheckedSubOp::fold(FoldAdaptor adaptor) {
  if (isConstant(adaptor.getRhs(), 0)) return getLhs();
  if (getLhs() == getRhs()) return mlir::IntegerAttr::get(getType(), 0);
  return foldChecked(adaptor.getLhs(), adaptor.getRhs(), getType(),
                     [&](const APInt& a, const APInt& b, bool& overflow) {
                       return getIsUnsigned() ? a.usub_ov(b, overflow) : a.ssub_ov(b, overflow);
                     });
}

OpFoldResult CheckedMulOp::fold(FoldAdaptor adaptor) {
  if (isConstant(adaptor.getRhs(), 1)) return getLhs();
  if (isConstant(adaptor.getLhs(), 1)) return getRhs();
  if (isConstant(adaptor.getRhs(), 0)) return adaptor.getRhs();
  if (isConstant(adaptor.getLhs(), 0)) return adaptor.getLhs();
  return foldChecked(adaptor.getLhs(), adaptor.getRhs(), getType(),
                     [&](const APInt& a, const APInt& b, bool& overflow) {
                       return getIsUnsigned() ? a.umul_ov(b, overflow) : a.smul_ov(b, overflow);
                     });
}

OpFoldResult CheckedNegOp::fold(FoldAdaptor adaptor) {
  std::optional<APInt> value = integerOf(adaptor.getValue());
  if (!value || value->isMinSignedValue()) return {};
  return mlir::IntegerAttr::get(getType(), -*value);
}

LogicalResult CheckedAddOp::canonicalize(CheckedAddOp op, PatternRewriter& rewriter) {
  return canonicalizeChecked<arith::AddIOp>(op, rewriter, true, [](IntegerRange a, IntegerRange b) { return a + b; });
}
LogicalResult CheckedSubOp::canonicalize(CheckedSubOp op, PatternRewriter& rewriter) {
  return canonicalizeChecked<arith::SubIOp>(op, rewriter, false, [](IntegerRange a, IntegerRange b) { return a - b; });
}
LogicalResult CheckedMulOp::canonicalize(CheckedMulOp op, PatternRewriter& rewriter) {
  return canonicalizeChecked<arith::MulIOp>(op, rewriter, true, [](IntegerRange a, IntegerRange b) { return a * b; });
}

// ---------------------------------------------------------------- division

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isConstant(adaptor.getRhs(), 1)) return getLhs();
  return foldChecked(adaptor.getLhs(), adaptor.getRhs(), getType(),
                     [&](const APInt& a, const APInt& b, bool& overflow) {
                       if (b.isZero()) {
                         overflow = true;
                         return a;
                       }
                       return getIsUnsigned() ? a.udiv(b) : a.sdiv_ov(b, overflow);
                     });
}

OpFoldResult ModOp::fold(FoldAdaptor adaptor) {
  bool always_zero = isConstant(adaptor.getRhs(), 1) || (!getIsUnsigned() && isConstant(adaptor.getRhs(), -1));
  if (always_zero) return mlir::IntegerAttr::get(getType(), 0);
  return foldChecked(adaptor.getLhs(), adaptor.getRhs(), getType(),
                     [&](const APInt& a, const APInt& b, bool& overflow) {
                       overflow = b.isZero();
                       if (overflow) return a;
                       return getIsUnsigned() ? a.urem(b) : a.srem(b);
                     });
}

// Without a check when the divisor is a constant that is not 0 (and not -1, with which the least number overflows).
LogicalResult DivOp::canonicalize(DivOp op, PatternRewriter& rewriter) {
  APInt divisor;
  if (!mlir::matchPattern(op.getRhs(), mlir::m_ConstantInt(&divisor)) || divisor.isZero()) return failure();
  if (op.getIsUnsigned()) {
    rewriter.replaceOpWithNewOp<arith::DivUIOp>(op, op.getLhs(), op.getRhs());
    return success();
  }
  if (divisor.isAllOnes()) return failure();
  rewriter.replaceOpWithNewOp<arith::DivSIOp>(op, op.getLhs(), op.getRhs());
  return success();
}

LogicalResult ModOp::canonicalize(ModOp op, PatternRewriter& rewriter) {
  APInt divisor;
  if (!mlir::matchPattern(op.getRhs(), mlir::m_ConstantInt(&divisor)) || divisor.isZero()) return failure();
  if (op.getIsUnsigned()) {
    rewriter.replaceOpWithNewOp<arith::RemUIOp>(op, op.getLhs(), op.getRhs());
    return success();
  }
  if (divisor.isAllOnes()) return failure();  // folds to 0
  rewriter.replaceOpWithNewOp<arith::RemSIOp>(op, op.getLhs(), op.getRhs());
  return success();
}

OpFoldResult DivFloatOp::fold(FoldAdaptor adaptor) {
  auto a = llvm::dyn_cast_or_null<mlir::FloatAttr>(adaptor.getLhs());
  auto b = llvm::dyn_cast_or_null<mlir::FloatAttr>(adaptor.getRhs());
  if (b && b.getValue().isExactlyValue(1.0)) return getLhs();
  if (!a || !b || b.getValue().isZero()) return {};
  APFloat result = a.getValue();
  result.divide(b.getValue(), APFloat::rmNearestTiesToEven);
  return mlir::FloatAttr::get(getType(), result);
}

LogicalResult DivFloatOp::canonicalize(DivFloatOp op, PatternRewriter& rewriter) {
  APFloat divisor(0.0);
  if (!mlir::matchPattern(op.getRhs(), mlir::m_ConstantFloat(&divisor)) || divisor.isZero()) return failure();
  rewriter.replaceOpWithNewOp<arith::DivFOp>(op, op.getLhs(), op.getRhs());
  return success();
}

// ---------------------------------------------------------------- conversion

// The constant that a number of one column type is in another; null when it does not fit.
static Attribute convertConstant(Attribute constant, Type from, Type to) {
  if (llvm::isa<DecimalType>(from) || llvm::isa<DecimalType>(to)) return convertDecimalConstant(constant, from, to);
  auto from_integer = llvm::dyn_cast<mlir::IntegerType>(from);
  auto to_integer = llvm::dyn_cast<mlir::IntegerType>(to);
  auto to_float = llvm::dyn_cast<mlir::FloatType>(to);
  if (auto value = llvm::dyn_cast_or_null<mlir::IntegerAttr>(constant); value && from_integer) {
    if (from_integer.getWidth() == 1) return {};
    if (to_integer && to_integer.getWidth() > 1) {
      IntegerRange exact = IntegerRange::ofConstant(value.getValue(), from_integer.isUnsigned());
      if (!rangeOfType(to_integer, to_integer.isUnsigned()).contains(exact)) return {};
      APInt bits = from_integer.isUnsigned() ? value.getValue().zextOrTrunc(to_integer.getWidth())
                                             : value.getValue().sextOrTrunc(to_integer.getWidth());
      return mlir::IntegerAttr::get(storageType(to), bits);
    }
    if (to_float) {
      APFloat result(to_float.getFloatSemantics());
      result.convertFromAPInt(value.getValue(), !from_integer.isUnsigned(), APFloat::rmNearestTiesToEven);
      return mlir::FloatAttr::get(to_float, result);
    }
    return {};
  }
  auto value = llvm::dyn_cast_or_null<mlir::FloatAttr>(constant);
  if (!value) return {};
  if (to_float) {
    APFloat result = value.getValue();
    bool loses_info = false;
    result.convert(to_float.getFloatSemantics(), APFloat::rmNearestTiesToEven, &loses_info);
    return mlir::FloatAttr::get(to_float, result);
  }
  if (!to_integer || to_integer.getWidth() == 1) return {};
  llvm::APSInt result(to_integer.getWidth(), to_integer.isUnsigned());
  bool is_exact = false;
  APFloat::opStatus status = value.getValue().convertToInteger(result, APFloat::rmTowardZero, &is_exact);
  if (status & APFloat::opInvalidOp) return {};  // out of range or not a number
  return mlir::IntegerAttr::get(storageType(to), result);
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getFrom() == getTo()) return getValue();
  // There and back again, through a type that holds every value exactly.
  if (auto wider = getValue().getDefiningOp<ConvertOp>(); wider && wider.getFrom() == getTo()) {
    auto origin = llvm::dyn_cast<mlir::IntegerType>(wider.getFrom());
    bool is_exact =
        origin && (llvm::isa<mlir::IntegerType>(wider.getTo()) || (origin.getWidth() <= 32 && wider.getTo().isF64()));
    if (is_exact) return wider.getValue();
  }
  return convertConstant(adaptor.getValue(), getFrom(), getTo());
}

LogicalResult CastOp::canonicalize(CastOp op, PatternRewriter& rewriter) {
  if (convertsExactly(op.getFrom(), op.getTo())) {
    rewriter.replaceOpWithNewOp<ConvertOp>(op, op.getValue(), op.getFrom(), op.getTo());
    return success();
  }
  // A narrowing of a value that is known to fit is a truncation.
  auto from = llvm::dyn_cast<mlir::IntegerType>(op.getFrom()), to = llvm::dyn_cast<mlir::IntegerType>(op.getTo());
  if (!from || !to || from.getWidth() <= to.getWidth() || to.getWidth() == 1) return failure();
  if (!rangeOfType(to, to.isUnsigned()).contains(rangeOf(op.getValue(), from.isUnsigned()))) return failure();
  rewriter.replaceOpWithNewOp<arith::TruncIOp>(op, op.getType(), op.getValue());
  return success();
}

OpFoldResult ConvertOp::fold(FoldAdaptor adaptor) {
  if (getFrom() == getTo()) return getValue();
  return convertConstant(adaptor.getValue(), getFrom(), getTo());
}

// ---------------------------------------------------------------- optionals

// The value of `some` when the optional is a select between it and none; which side says whether the condition must
// hold.
static Value someOfSelect(Value optional, Value* condition, bool* when_true) {
  auto select = optional.getDefiningOp<arith::SelectOp>();
  if (!select) return {};
  auto if_true = select.getTrueValue().getDefiningOp<SomeOp>();
  auto if_false = select.getFalseValue().getDefiningOp<SomeOp>();
  *condition = select.getCondition();
  *when_true = static_cast<bool>(if_true);
  if (if_true && select.getFalseValue().getDefiningOp<NoneOp>()) return if_true.getValue();
  if (if_false && select.getTrueValue().getDefiningOp<NoneOp>()) return if_false.getValue();
  return {};
}

OpFoldResult IsSomeOp::fold(FoldAdaptor) {
  if (getOptional().getDefiningOp<SomeOp>()) return mlir::BoolAttr::get(getContext(), true);
  if (getOptional().getDefiningOp<NoneOp>()) return mlir::BoolAttr::get(getContext(), false);
  Value condition;
  bool when_true = false;
  if (someOfSelect(getOptional(), &condition, &when_true) && when_true) return condition;
  return {};
}

OpFoldResult GetOp::fold(FoldAdaptor) {
  if (auto some = getOptional().getDefiningOp<SomeOp>()) return some.getValue();
  // Where it is none the result is unspecified, so that value is as good as any.
  Value condition;
  bool when_true = false;
  if (Value value = someOfSelect(getOptional(), &condition, &when_true)) return value;
  return {};
}

OpFoldResult AssertPresentOp::fold(FoldAdaptor) {
  if (auto some = getOptional().getDefiningOp<SomeOp>()) return some.getValue();
  return {};
}

// ---------------------------------------------------------------- text

OpFoldResult StringConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

OpFoldResult CompareStringOp::fold(FoldAdaptor adaptor) {
  int order = 0;
  if (getLhs() != getRhs()) {
    auto a = llvm::dyn_cast_or_null<mlir::StringAttr>(adaptor.getLhs());
    auto b = llvm::dyn_cast_or_null<mlir::StringAttr>(adaptor.getRhs());
    if (!a || !b) return {};
    order = a.getValue().compare(b.getValue());
  }
  bool holds = false;
  switch (getPredicate()) {
    case ComparePredicate::kEqual:
      holds = order == 0;
      break;
    case ComparePredicate::kNotEqual:
      holds = order != 0;
      break;
    case ComparePredicate::kLess:
      holds = order < 0;
      break;
    case ComparePredicate::kLessEqual:
      holds = order <= 0;
      break;
    case ComparePredicate::kGreater:
      holds = order > 0;
      break;
    case ComparePredicate::kGreaterEqual:
      holds = order >= 0;
      break;
  }
  return mlir::BoolAttr::get(getContext(), holds);
}

// The text of a constant, for the types whose text needs no runtime: strings, integers, bool, enums.
static std::optional<std::string> textOf(Attribute constant, Type type) {
  if (auto text = llvm::dyn_cast_or_null<mlir::StringAttr>(constant); text && llvm::isa<StringType>(type)) {
    return text.str();
  }
  auto integer = llvm::dyn_cast<mlir::IntegerType>(type);
  auto value = llvm::dyn_cast_or_null<mlir::IntegerAttr>(constant);
  if (auto symbols = llvm::dyn_cast<EnumType>(type); symbols && value)
    return symbols.getSymbols()[static_cast<size_t>(value.getInt())].str();
  if (!integer || !value) return std::nullopt;
  if (integer.getWidth() == 1) return value.getValue().isZero() ? "false" : "true";
  return llvm::toString(value.getValue(), 10, !integer.isUnsigned());
}

OpFoldResult FormatOp::fold(FoldAdaptor adaptor) {
  if (getValues().empty()) return getParts()[0];
  auto parts = getParts().getAsValueRange<mlir::StringAttr>();
  if (getValues().size() == 1 && llvm::isa<StringType>(*getTypes().getAsValueRange<mlir::TypeAttr>().begin()) &&
      llvm::all_of(parts, [](llvm::StringRef part) { return part.empty(); })) {
    return getValues()[0];
  }
  std::string text;
  auto part = parts.begin();
  for (auto [constant, type] : llvm::zip(adaptor.getValues(), getTypes().getAsValueRange<mlir::TypeAttr>())) {
    std::optional<std::string> piece = textOf(constant, type);
    if (!piece) return {};
    text += *part++;
    text += *piece;
  }
  return mlir::StringAttr::get(getContext(), text + (*part).str());
}

// Constants among the values become part of the texts around them.
LogicalResult FormatOp::canonicalize(FormatOp op, PatternRewriter& rewriter) {
  llvm::SmallVector<std::string> texts;
  llvm::SmallVector<Value> values;
  llvm::SmallVector<Type> types;
  auto parts = op.getParts().getAsValueRange<mlir::StringAttr>();
  auto part = parts.begin();
  texts.push_back((*part++).str());
  for (auto [value, type] : llvm::zip(op.getValues(), op.getTypes().getAsValueRange<mlir::TypeAttr>())) {
    Attribute constant;
    std::optional<std::string> piece;
    if (mlir::matchPattern(value, mlir::m_Constant(&constant))) piece = textOf(constant, type);
    if (piece) {
      texts.back() += *piece;
    } else {
      values.push_back(value);
      types.push_back(type);
      texts.emplace_back();
    }
    texts.back() += *part++;
  }
  if (values.size() == op.getValues().size()) return failure();
  llvm::SmallVector<llvm::StringRef> refs(texts.begin(), texts.end());
  rewriter.replaceOpWithNewOp<FormatOp>(op, op.getType(), rewriter.getStrArrayAttr(refs), values,
                                        rewriter.getTypeArrayAttr(types));
  return success();
}

}  // namespace streamc::ir::stream
