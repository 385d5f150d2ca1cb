#include "frontend/sema/conversions.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace streamc::sema {

ExprRef makeExpr(ExprKind kind, TypeRef type, Span span, std::vector<ExprRef> args, std::string name, uint32_t index) {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  expr->type = type;
  expr->span = span;
  expr->args = std::move(args);
  expr->name = std::move(name);
  expr->index = index;
  return expr;
}

ExprRef makeLiteral(TypeRef type, Span span, Literal literal) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kLiteral;
  expr->type = type;
  expr->span = span;
  expr->literal = std::move(literal);
  return expr;
}

ExprRef makeNull(TypeRef optional_type, Span span) { return makeLiteral(optional_type, span, {}); }
ExprRef makeError(const Context& context, Span span) { return makeLiteral(context.error(), span, {}); }

ExprRef makeField(ExprRef base, const std::string& name, TypeRef type, Span span) {
  if (base->kind == ExprKind::kRecord) {
    for (std::size_t i = 0; i < base->args.size(); ++i) {
      if (base->type->fields[i].name == name) return base->args[i];
    }
  }
  return makeExpr(ExprKind::kField, type, span, {std::move(base)}, name);
}

unsigned digitsOf(TypeRef integer) {
  switch (integer->bits()) {
    case 8:
      return 3;
    case 16:
      return 5;
    case 32:
      return 10;
    default:
      return integer->isUnsignedInteger() ? 20 : 19;
  }
}

bool fitsInteger(__int128 value, TypeRef integer) {
  unsigned bits = integer->bits();
  if (integer->isUnsignedInteger()) return value >= 0 && value < (static_cast<__int128>(1) << bits);
  __int128 limit = static_cast<__int128>(1) << (bits - 1);
  return value >= -limit && value < limit;
}

namespace {

bool integerWidens(TypeRef from, TypeRef to) {
  if (from->isSignedInteger() == to->isSignedInteger()) return from->bits() <= to->bits();
  return from->isUnsignedInteger() && from->bits() < to->bits();
}

bool numberWidens(TypeRef from, TypeRef to) {
  if (from->isInteger() && to->isInteger()) return integerWidens(from, to);
  if (from->isInteger() && to->isFloat()) return from->bits() <= (to->is(TypeKind::kF64) ? 32u : 16u);
  if (from->isInteger() && to->is(TypeKind::kDecimal)) return digitsOf(from) <= to->precision - to->scale;
  if (from->is(TypeKind::kDecimal) && to->is(TypeKind::kDecimal)) {
    return to->scale >= from->scale && to->precision - to->scale >= from->precision - from->scale;
  }
  return from->is(TypeKind::kF32) && to->is(TypeKind::kF64);
}

// Text of a limited length, also inside lists: the same bytes, so nothing has to be done.
bool sizeWidens(TypeRef from, TypeRef to) {
  if (from == to) return true;
  if (from->kind != to->kind) return false;
  if (from->is(TypeKind::kString) || from->is(TypeKind::kBytes)) {
    return to->size_max == 0 || (from->size_max != 0 && from->size_max <= to->size_max);
  }
  if (from->is(TypeKind::kList) || from->is(TypeKind::kSet)) return sizeWidens(from->element, to->element);
  return false;
}

bool recordWidens(TypeRef from, TypeRef to) {
  if (from->fields.size() != to->fields.size()) return false;
  return std::all_of(to->fields.begin(), to->fields.end(), [&](const FieldType& field) {
    const FieldType* source = from->field(field.name);
    return source != nullptr && widens(source->type, field.type);
  });
}

TypeRef commonNumber(TypeContext& types, TypeRef a, TypeRef b) {
  if (a->is(TypeKind::kDecimal) && b->is(TypeKind::kDecimal)) {
    uint32_t scale = std::max(a->scale, b->scale);
    uint32_t whole = std::max(a->precision - a->scale, b->precision - b->scale);
    return whole + scale <= 38 ? types.decimal(whole + scale, scale) : nullptr;
  }
  // i32 and u32 meet in i64, i32 and f32 in f64: the least type of the list that holds both.
  constexpr TypeKind kMeeting[] = {TypeKind::kI16, TypeKind::kI32, TypeKind::kI64, TypeKind::kF64};
  for (TypeKind kind : kMeeting) {
    TypeRef meeting = types.scalar(kind);
    if (widens(a, meeting) && widens(b, meeting)) return meeting;
  }
  return nullptr;
}

__int128 powerOfTen(unsigned digits) {
  __int128 power = 1;
  for (; digits > 0; --digits) power *= 10;
  return power;
}

// A literal changes its type without leaving a conversion behind.
ExprRef convertLiteral(const ExprRef& expr, TypeRef to) {
  const auto* integer = std::get_if<__int128>(&expr->literal.value);
  if (integer != nullptr && to->isInteger()) return makeLiteral(to, expr->span, expr->literal);
  if (integer != nullptr && to->is(TypeKind::kDecimal)) {
    unsigned scale = expr->type->is(TypeKind::kDecimal) ? expr->type->scale : 0;
    return makeLiteral(to, expr->span, {*integer * powerOfTen(to->scale - scale)});
  }
  if (integer != nullptr && expr->type->isInteger() && to->isFloat()) {
    return makeLiteral(to, expr->span, {static_cast<double>(*integer)});
  }
  if (std::holds_alternative<double>(expr->literal.value) && to->isFloat()) {
    return makeLiteral(to, expr->span, expr->literal);
  }
  if (std::holds_alternative<std::string>(expr->literal.value) && to->is(TypeKind::kString)) {
    return makeLiteral(to, expr->span, expr->literal);
  }
  return nullptr;
}

}  // namespace

bool widens(TypeRef from, TypeRef to) {
  if (from == to || from->isError() || to->isError()) return true;
  if (to->isOptional()) return from->is(TypeKind::kNull) || widens(TypeContext::unwrap(from), to->element);
  if (from->isOptional()) return false;
  if (from->isNumber() && to->isNumber()) return numberWidens(from, to);
  if (from->is(TypeKind::kRecord) && to->is(TypeKind::kRecord)) return recordWidens(from, to);
  return sizeWidens(from, to);
}

bool widensButForSizes(TypeRef from, TypeRef to) {
  if (widens(from, to)) return true;
  if (to->isOptional()) return widensButForSizes(TypeContext::unwrap(from), to->element);
  if (from->is(TypeKind::kRecord) && to->is(TypeKind::kRecord) && from->fields.size() == to->fields.size()) {
    return std::all_of(to->fields.begin(), to->fields.end(), [&](const FieldType& field) {
      const FieldType* source = from->field(field.name);
      return source != nullptr && widensButForSizes(source->type, field.type);
    });
  }
  bool is_text = from->is(TypeKind::kString) || from->is(TypeKind::kBytes);
  return is_text && from->kind == to->kind;
}

TypeRef commonType(TypeContext& types, TypeRef a, TypeRef b) {
  if (a->isError() || b->isError()) return types.scalar(TypeKind::kError);
  if (widens(a, b)) return b;
  if (widens(b, a)) return a;
  if (a->is(TypeKind::kNull)) return types.optional(b);
  if (b->is(TypeKind::kNull)) return types.optional(a);
  if (a->isOptional() || b->isOptional()) {
    TypeRef inner = commonType(types, TypeContext::unwrap(a), TypeContext::unwrap(b));
    return inner == nullptr ? nullptr : types.optional(inner);
  }
  if (a->isNumber() && b->isNumber()) return commonNumber(types, a, b);
  if (a->is(TypeKind::kRecord) && b->is(TypeKind::kRecord) && a->fields.size() == b->fields.size()) {
    std::vector<FieldType> fields;
    for (const FieldType& field : a->fields) {
      const FieldType* other = b->field(field.name);
      TypeRef common = other == nullptr ? nullptr : commonType(types, field.type, other->type);
      if (common == nullptr) return nullptr;
      fields.push_back({field.name, common});
    }
    return types.record(std::move(fields));
  }
  return nullptr;
}

ExprRef convert(Context& context, ExprRef expr, TypeRef to) {
  TypeRef from = expr->type;
  if (from == to || from->isError() || to->isError()) return expr;
  assert(widens(from, to));
  Span span = expr->span;
  if (from->is(TypeKind::kNull)) return makeNull(to, span);
  if (to->isOptional() && !from->isOptional()) {
    return makeExpr(ExprKind::kToOptional, to, span, {convert(context, std::move(expr), to->element)});
  }
  if (from->isOptional()) {
    if (expr->kind == ExprKind::kLiteral) return makeNull(to, span);
    return makeLet(context, std::move(expr), [&](const ExprRef& value) {
      ExprRef present = makeExpr(ExprKind::kNarrow, from->element, span, {value});
      ExprRef converted =
          makeExpr(ExprKind::kToOptional, to, span, {convert(context, std::move(present), to->element)});
      ExprRef is_null = makeExpr(ExprKind::kIsNull, context.boolean(), span, {value});
      return makeExpr(ExprKind::kIf, to, span, {is_null, makeNull(to, span), converted});
    });
  }
  if (expr->kind == ExprKind::kLiteral) {
    if (ExprRef literal = convertLiteral(expr, to)) return literal;
  }
  if (from->is(TypeKind::kRecord)) {
    return makeLet(context, std::move(expr), [&](const ExprRef& value) {
      std::vector<ExprRef> args;
      for (const FieldType& field : to->fields) {
        ExprRef part = makeField(value, field.name, from->field(field.name)->type, span);
        args.push_back(convert(context, std::move(part), field.type));
      }
      return makeExpr(ExprKind::kRecord, to, span, std::move(args));
    });
  }
  return makeExpr(ExprKind::kConvert, to, span, {std::move(expr)});
}

}  // namespace streamc::sema
