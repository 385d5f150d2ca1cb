// Expressions that compute one value: literals, arithmetic, comparison, conversion, calls, text.
#include "dsl/builtins.h"
#include "frontend/lower/expression.h"
#include "ir/stream/ops.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace streamc::lower {

namespace arith = mlir::arith;
namespace stream = ir::stream;
using mlir::Location;
using mlir::Type;
using mlir::Value;
using sema::Expr;
using sema::ExprKind;

Value ExpressionLowering::literal(const Expr& expr) {
  Location place = loc(expr);
  if (expr.type->isOptional()) {
    Expr inner = expr;
    inner.type = expr.type->element;
    return builder_.create<stream::SomeOp>(place, literal(inner));
  }
  Type type = storage(expr.type);
  if (const bool* value = std::get_if<bool>(&expr.literal.value)) return boolean(place, *value);
  if (const std::string* text = std::get_if<std::string>(&expr.literal.value)) {
    return builder_.create<stream::StringConstantOp>(place, type, *text);
  }
  if (auto float_type = llvm::dyn_cast<mlir::FloatType>(type)) {
    const double* fraction = std::get_if<double>(&expr.literal.value);
    double value = fraction ? *fraction : static_cast<double>(std::get<__int128>(expr.literal.value));
    return builder_.create<arith::ConstantOp>(place, builder_.getFloatAttr(float_type, value));
  }
  auto bits = static_cast<unsigned __int128>(std::get<__int128>(expr.literal.value));
  if (expr.type->is(TypeKind::kEnum) && expr.type->open)
    return builder_.create<stream::StringConstantOp>(place, type, expr.type->symbols[static_cast<size_t>(bits)]);
  const uint64_t words[] = {static_cast<uint64_t>(bits), static_cast<uint64_t>(bits >> 64)};
  llvm::APInt value = llvm::APInt(128, words).trunc(type.getIntOrFloatBitWidth());
  return builder_.create<arith::ConstantOp>(place, builder_.getIntegerAttr(type, value));
}

// ---------------------------------------------------------------- arithmetic

// Exact, because sema has widened both sides to the type of the result, which has room for it.
static Value decimalArithmetic(mlir::OpBuilder& builder, Location loc, ExprKind kind, Value a, Value b) {
  if (kind == ExprKind::kAdd) return builder.create<arith::AddIOp>(loc, a, b);
  if (kind == ExprKind::kSub) return builder.create<arith::SubIOp>(loc, a, b);
  return builder.create<arith::MulIOp>(loc, a, b);
}

static stream::Rounding roundingOf(const Expr& expr) {
  return *stream::symbolizeRounding(std::get<std::string>(expr.literal.value));
}

static Value floatArithmetic(mlir::OpBuilder& builder, Location loc, ExprKind kind, Value a, Value b) {
  switch (kind) {
    case ExprKind::kAdd:
      return builder.create<arith::AddFOp>(loc, a, b);
    case ExprKind::kSub:
      return builder.create<arith::SubFOp>(loc, a, b);
    case ExprKind::kMul:
      return builder.create<arith::MulFOp>(loc, a, b);
    case ExprKind::kDivFloat:
      return builder.create<stream::DivFloatOp>(loc, a.getType(), a, b);
    default:
      llvm::report_fatal_error("lower: no such arithmetic on floats");
  }
}

static Value integerArithmetic(mlir::OpBuilder& builder, Location loc, ExprKind kind, Value a, Value b,
                               bool is_unsigned) {
  Type type = a.getType();
  switch (kind) {
    case ExprKind::kAdd:
      return builder.create<stream::CheckedAddOp>(loc, type, a, b, is_unsigned);
    case ExprKind::kSub:
      return builder.create<stream::CheckedSubOp>(loc, type, a, b, is_unsigned);
    case ExprKind::kMul:
      return builder.create<stream::CheckedMulOp>(loc, type, a, b, is_unsigned);
    case ExprKind::kDivInt:
      return builder.create<stream::DivOp>(loc, type, a, b, is_unsigned);
    case ExprKind::kModInt:
      return builder.create<stream::ModOp>(loc, type, a, b, is_unsigned);
    default:
      llvm::report_fatal_error("lower: no such arithmetic on integers");
  }
}

Value ExpressionLowering::arithmetic(const Expr& expr) {
  Location place = loc(expr);
  Value a = scalar(*expr.args[0]);
  TypeRef type = expr.args[0]->type;
  if (expr.kind == ExprKind::kNegate) {
    if (type->isFloat()) return builder_.create<arith::NegFOp>(place, a);
    if (type->is(TypeKind::kDecimal)) {
      Value zero = builder_.create<arith::ConstantOp>(place, builder_.getIntegerAttr(a.getType(), 0));
      return builder_.create<arith::SubIOp>(place, zero, a);
    }
    return builder_.create<stream::CheckedNegOp>(place, a.getType(), a);
  }
  Value b = scalar(*expr.args[1]);
  if (expr.kind == ExprKind::kDivFloat) {
    // The quotient of durations, and of integers that sema left as they are, is one of floats.
    auto as_float = [&](Value value, TypeRef from) {
      if (from->isFloat()) return value;
      Type to = builder_.getF64Type();
      Type integer = from->isInteger() ? column(from) : Type(builder_.getI64Type());
      return builder_.create<stream::ConvertOp>(place, value, integer, to).getResult();
    };
    return floatArithmetic(builder_, place, expr.kind, as_float(a, type), as_float(b, expr.args[1]->type));
  }
  if (type->isFloat()) return floatArithmetic(builder_, place, expr.kind, a, b);
  if (expr.type->is(TypeKind::kDecimal)) return decimalArithmetic(builder_, place, expr.kind, a, b);
  // A duration may be multiplied with or divided by any integer.
  if (expr.type->is(TypeKind::kDuration)) {
    a = convert(place, a, type, nullptr);
    b = convert(place, b, expr.args[1]->type, nullptr);
  }
  return integerArithmetic(builder_, place, expr.kind, a, b, type->isUnsignedInteger());
}

// ---------------------------------------------------------------- comparison

Value ExpressionLowering::comparison(const Expr& expr) {
  Location place = loc(expr);
  TypeRef type = expr.args[0]->type;
  Value a = scalar(*expr.args[0]), b = scalar(*expr.args[1]);
  int index = static_cast<int>(expr.kind) - static_cast<int>(ExprKind::kLess);  // <, <=, >, >=
  if (type->is(TypeKind::kString) || type->is(TypeKind::kBytes)) {
    constexpr stream::ComparePredicate kPredicates[] = {
        stream::ComparePredicate::kLess, stream::ComparePredicate::kLessEqual, stream::ComparePredicate::kGreater,
        stream::ComparePredicate::kGreaterEqual};
    return builder_.create<stream::CompareStringOp>(place, builder_.getI1Type(), kPredicates[index], a, b);
  }
  if (type->isFloat()) {
    constexpr arith::CmpFPredicate kPredicates[] = {arith::CmpFPredicate::OLT, arith::CmpFPredicate::OLE,
                                                    arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
    return builder_.create<arith::CmpFOp>(place, kPredicates[index], a, b);
  }
  using Predicate = arith::CmpIPredicate;
  constexpr Predicate kSigned[] = {Predicate::slt, Predicate::sle, Predicate::sgt, Predicate::sge};
  constexpr Predicate kUnsigned[] = {Predicate::ult, Predicate::ule, Predicate::ugt, Predicate::uge};
  bool is_unsigned = type->isUnsignedInteger() || type->is(TypeKind::kBool);
  return builder_.create<arith::CmpIOp>(place, is_unsigned ? kUnsigned[index] : kSigned[index], a, b);
}

// null == null; where only one is null they differ. Records are equal where all fields are.
Value ExpressionLowering::equal(Location loc, const ValueTree& a, const ValueTree& b) {
  if (a.type->isOptional()) {
    Value a_there = isPresent(loc, a), b_there = isPresent(loc, b);
    Value both = builder_.create<arith::AndIOp>(loc, a_there, b_there);
    return logic(
        loc, both, [&] { return equal(loc, narrowed(loc, a), narrowed(loc, b)); },
        [&] { return builder_.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, a_there, b_there); });
  }
  if (a.type->is(TypeKind::kRecord)) {
    Value same = boolean(loc, true);
    for (const ValueTree& field : a.fields) {
      same = builder_.create<arith::AndIOp>(loc, same, equal(loc, field, b.field(field.name)));
    }
    return same;
  }
  if (llvm::isa<stream::StringType>(a.value.getType())) {
    return builder_.create<stream::CompareStringOp>(loc, builder_.getI1Type(), stream::ComparePredicate::kEqual,
                                                    a.value, b.value);
  }
  if (a.type->isFloat()) return builder_.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ, a.value, b.value);
  if (a.type->is(TypeKind::kList)) llvm::report_fatal_error("lower: equality of lists is not built");
  return builder_.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, a.value, b.value);
}

// ---------------------------------------------------------------- conversion

// An exact conversion. `to` null: the 64-bit integer that an integer or duration stands for.
Value ExpressionLowering::convert(Location loc, Value value, TypeRef from, TypeRef to) {
  if (from == to) return value;
  if (to && to->isOptional() && from->isOptional()) {
    Value there = builder_.create<stream::IsSomeOp>(loc, value);
    return logic(
        loc, there,
        [&]() -> Value {
          Value got = builder_.create<stream::GetOp>(loc, value);
          return builder_.create<stream::SomeOp>(loc, convert(loc, got, from->element, to->element));
        },
        [&]() -> Value { return builder_.create<stream::NoneOp>(loc, storage(to)); });
  }
  Type source = from->is(TypeKind::kDuration) ? Type(builder_.getI64Type()) : column(from);
  Type target =
      to ? (to->is(TypeKind::kDuration) ? Type(builder_.getI64Type()) : column(to)) : Type(builder_.getI64Type());
  bool is_decimal = llvm::isa<stream::DecimalType>(target);
  if (source == target || (!is_decimal && stream::storageType(source) == stream::storageType(target))) return value;
  return builder_.create<stream::ConvertOp>(loc, value, source, target);
}

Value ExpressionLowering::cast(const Expr& expr) {
  Location place = loc(expr);
  const Expr& operand = *expr.args[0];
  Value value = scalar(operand);
  if (operand.type == expr.type) return value;
  if (expr.type->is(TypeKind::kString)) {
    if (operand.type->is(TypeKind::kBytes)) {
      return builder_.create<stream::CastOp>(place, value, column(operand.type), column(expr.type));
    }
    if (llvm::isa<stream::StringType>(value.getType())) return value;
    return builder_.create<stream::FormatOp>(place, column(expr.type), builder_.getStrArrayAttr({"", ""}), value,
                                             builder_.getTypeArrayAttr(column(operand.type)));
  }
  Type from = column(operand.type), to = column(expr.type);
  if (stream::convertsExactly(from, to)) return builder_.create<stream::ConvertOp>(place, value, from, to);
  return builder_.create<stream::CastOp>(place, value, from, to);
}

// ---------------------------------------------------------------- calls and text

static llvm::SmallVector<stream::Cause> causesOf(const Builtin& row) {
  llvm::SmallVector<stream::Cause> causes;
  if (row.causes & builtin_cause::Cast) causes.push_back(stream::Cause::kCast);
  if (row.causes & builtin_cause::Overflow) causes.push_back(stream::Cause::kOverflow);
  if (row.causes & builtin_cause::DivideByZero) causes.push_back(stream::Cause::kDivideByZero);
  if (row.causes & builtin_cause::Missing) causes.push_back(stream::Cause::kMissing);
  return causes;
}

Value ExpressionLowering::call(const Expr& expr) {
  const Builtin& row = builtins()[expr.index];
  if (row.group == BuiltinGroup::Casts) return cast(expr);
  Location place = loc(expr);
  llvm::SmallVector<Value> args;
  llvm::SmallVector<Type> types;
  for (const sema::ExprRef& arg : expr.args) {
    args.push_back(scalar(*arg));
    types.push_back(column(arg->type));
  }
  if (row.target == "round_decimal") {
    auto from = llvm::cast<stream::DecimalType>(types[0]), to = llvm::cast<stream::DecimalType>(column(expr.type));
    return builder_.create<stream::RoundDecimalOp>(place, roundingOf(expr), args[0], from, to);
  }
  if (row.target == "divide_decimal") {
    return builder_.create<stream::DivideDecimalOp>(
        place, roundingOf(expr), args[0], args[1], llvm::cast<stream::DecimalType>(types[0]),
        llvm::cast<stream::DecimalType>(types[1]), llvm::cast<stream::DecimalType>(column(expr.type)));
  }
  if (row.target == "list_count") return builder_.create<stream::ListSizeOp>(place, args[0]);
  if (row.target == "div" || row.target == "mod") {
    return integerArithmetic(builder_, place, row.target == "div" ? ExprKind::kDivInt : ExprKind::kModInt, args[0],
                             args[1], expr.type->isUnsignedInteger());
  }
  return builder_.create<stream::CallOp>(place, llvm::StringRef(row.name), args, types, column(expr.type),
                                         causesOf(row));
}

Value ExpressionLowering::formatted(const Expr& expr) {
  llvm::SmallVector<std::string> texts(1);
  llvm::SmallVector<Value> values;
  llvm::SmallVector<Type> types;
  for (const sema::ExprRef& part : expr.args) {
    if (part->kind == ExprKind::kLiteral && part->type->is(TypeKind::kString)) {
      texts.back() += std::get<std::string>(part->literal.value);
      continue;
    }
    values.push_back(scalar(*part));
    types.push_back(column(part->type));
    texts.emplace_back();
  }
  llvm::SmallVector<llvm::StringRef> parts(texts.begin(), texts.end());
  return builder_.create<stream::FormatOp>(loc(expr), column(expr.type), builder_.getStrArrayAttr(parts), values,
                                           builder_.getTypeArrayAttr(types));
}

}  // namespace streamc::lower
