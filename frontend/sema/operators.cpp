// Operators: their operand types, the exact conversions between them, and what has no answer.
#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNotABool, "E0204", Severity::kError, "a condition is not a bool");
STREAMC_DIAGNOSTIC(kOperandTypes, "E0205", Severity::kError, "two types do not go together");
STREAMC_DIAGNOSTIC(kUselessDefault, "W0404", Severity::kWarning, "`??` behind a value that is never null");
STREAMC_DIAGNOSTIC(kNeverNull, "W0405", Severity::kWarning, "a comparison with null of a value that is never null");

namespace {

bool isNullLiteral(const Expr& expr) { return expr.type->is(TypeKind::kNull); }

// What may be compared with < and > besides numbers.
bool isOrdered(TypeRef type) {
  switch (type->kind) {
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kTimestamp:
    case TypeKind::kDate:
    case TypeKind::kDuration:
      return true;
    default:
      return type->isNumber();
  }
}

bool hasEquality(TypeRef type) { return isOrdered(type) || type->is(TypeKind::kBool) || type->is(TypeKind::kEnum); }

// Whether the runtime can look for a value in a list that it does not know before.
bool hasContains(TypeRef element) {
  return !element->is(TypeKind::kDecimal) && !element->is(TypeKind::kDate) && !element->is(TypeKind::kBytes);
}

ExprKind comparisonKind(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kEq:
      return ExprKind::kEqual;
    case ast::BinaryOp::kNe:
      return ExprKind::kNotEqual;
    case ast::BinaryOp::kLt:
      return ExprKind::kLess;
    case ast::BinaryOp::kLe:
      return ExprKind::kLessEqual;
    case ast::BinaryOp::kGt:
      return ExprKind::kGreater;
    default:
      return ExprKind::kGreaterEqual;
  }
}

}  // namespace

ExprRef ExprChecker::asBool(const ast::Expr& expr, std::string_view where) {
  ExprRef value = infer(expr, context_.boolean());
  if (isError(value) || value->type->is(TypeKind::kBool)) return value;
  if (value->type->isOptional() && value->type->element->is(TypeKind::kBool)) {
    return mayBeNull(*value,
                     "`" + context_.text(value->span) + "` may be null, so " + std::string(where) + " cannot decide");
  }
  Diagnostic diagnostic(kNotABool, expr.span,
                        std::string(where) + " needs a bool, and this is " + describe(value->type));
  diagnostic.label(toString(value->type));
  if (value->type->isOptional()) {
    diagnostic.fix(Fix::insertAfter(expr.span, " != null", "is it there?"));
  } else if (value->type->isNumber()) {
    diagnostic.fix(Fix::insertAfter(expr.span, " != 0", "is it not zero?"));
  }
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

ExprRef ExprChecker::condition(const ast::Expr& expr, std::string_view step) {
  where_ = step == "`where`" ? &expr : nullptr;
  ExprRef value = asBool(expr, step);
  where_ = nullptr;
  return value;
}

ExprRef ExprChecker::inferUnary(const ast::Expr& expr, const ast::UnaryExpr& node, TypeRef expected) {
  if (node.op == ast::UnaryOp::kNot) {
    ExprRef value = asBool(*node.operand, "`not`");
    if (isError(value)) return error(expr.span);
    return make(ExprKind::kNot, context_.boolean(), expr.span, {std::move(value)});
  }
  if (const auto* integer = node.operand->as<ast::IntLiteral>()) {  // so that -128 is an i8
    if (integer->value <= static_cast<unsigned __int128>(1) << 64) {
      return inferInt(expr.span, -static_cast<__int128>(integer->value), expected);
    }
  }
  if (const auto* fraction = node.operand->as<ast::FloatLiteral>()) {
    return inferFraction(expr.span, fraction->text, true, expected);
  }
  ExprRef value = infer(*node.operand, expected);
  if (isError(value)) return value;
  if (value->type->isOptional())
    return mayBeNull(*value, "`" + context_.text(value->span) + "` may be null, so it has no negative");
  if (value->type->isUnsignedInteger() || !(value->type->isNumber() || value->type->is(TypeKind::kDuration))) {
    context_.sink.report(Diagnostic(kOperandTypes, expr.span,
                                    "`-` needs a signed number or a duration, and this is " + describe(value->type)));
    return error(expr.span);
  }
  TypeRef type = value->type;
  return make(ExprKind::kNegate, type, expr.span, {std::move(value)});
}

ExprRef ExprChecker::inferBinary(const ast::Expr& expr, const ast::BinaryExpr& node, TypeRef expected) {
  switch (node.op) {
    case ast::BinaryOp::kAnd:
    case ast::BinaryOp::kOr:
      return inferLogic(expr, node);
    case ast::BinaryOp::kIn:
    case ast::BinaryOp::kNotIn:
      return inferIn(expr, node);
    case ast::BinaryOp::kCoalesce:
      return inferCoalesce(expr, node, expected);
    case ast::BinaryOp::kEq:
    case ast::BinaryOp::kNe:
    case ast::BinaryOp::kLt:
    case ast::BinaryOp::kLe:
    case ast::BinaryOp::kGt:
    case ast::BinaryOp::kGe:
      return inferCompare(expr, node);
    default:
      return inferArithmetic(expr, node, expected);
  }
}

ExprRef ExprChecker::inferLogic(const ast::Expr& expr, const ast::BinaryExpr& node) {
  bool is_and = node.op == ast::BinaryOp::kAnd;
  std::string word = is_and ? "`and`" : "`or`";
  ExprRef lhs = asBool(*node.lhs, word);
  // The right side is only evaluated when the left one came out so.
  Facts outside = facts_;
  facts_.add(factsWhen(*lhs, is_and));
  ExprRef rhs = asBool(*node.rhs, word);
  facts_ = std::move(outside);
  if (isError(lhs) || isError(rhs)) return error(expr.span);
  return make(is_and ? ExprKind::kAnd : ExprKind::kOr, context_.boolean(), expr.span, {std::move(lhs), std::move(rhs)});
}

ExprRef ExprChecker::inferCoalesce(const ast::Expr& expr, const ast::BinaryExpr& node, TypeRef expected) {
  ExprRef lhs = infer(*node.lhs, expected);
  if (isNullLiteral(*lhs)) return infer(*node.rhs, expected);
  TypeRef inner = TypeContext::unwrap(lhs->type);
  ExprRef rhs = infer(*node.rhs, isError(lhs) ? expected : inner);
  if (isError(lhs) || isError(rhs)) return error(expr.span);
  if (!lhs->type->isOptional()) {
    context_.sink.report(
        Diagnostic(kUselessDefault, node.op_span,
                   "`" + context_.text(lhs->span) + "` is never null, so `??` does nothing")
            .because(lhs->span, toString(lhs->type))
            .fix(Fix::remove(lhs->span.atEnd().to(rhs->span), "leave it out", Applicability::kMachineApplicable)));
    return lhs;
  }
  TypeRef common = commonType(context_.types, inner, rhs->type);
  if (common == nullptr) {
    context_.sink.report(
        Diagnostic(kOperandTypes, rhs->span,
                   "`??` gives " + describe(inner) + " or " + describe(rhs->type) + ", and they do not go together")
            .label(toString(rhs->type))
            .because(lhs->span, toString(lhs->type)));
    return error(expr.span);
  }
  lhs = convert(context_, lhs, context_.types.optional(common));
  rhs = convert(context_, rhs, common);
  return make(ExprKind::kCoalesce, common, expr.span, {std::move(lhs), std::move(rhs)});
}

std::pair<ExprRef, ExprRef> ExprChecker::operands(const ast::BinaryExpr& node, TypeRef expected) {
  // @2024-10-08 is a date beside one, else an instant.
  bool left_open = isOpen(*node.lhs) || node.lhs->is<ast::TimestampLiteral>(), right_open = isOpen(*node.rhs);
  bool is_scaling = node.op == ast::BinaryOp::kMul || node.op == ast::BinaryOp::kDivide;
  auto hint = [&](const ExprRef& other) -> TypeRef {
    TypeRef type = TypeContext::unwrap(other->type);
    // 2 * 5s: a number, not a duration.
    return is_scaling && type->is(TypeKind::kDuration) ? nullptr : type;
  };
  if (left_open && !right_open) {
    ExprRef rhs = infer(*node.rhs);
    ExprRef lhs = infer(*node.lhs, hint(rhs));
    return {std::move(lhs), std::move(rhs)};
  }
  ExprRef lhs = infer(*node.lhs, left_open ? expected : nullptr);
  ExprRef rhs = infer(*node.rhs, left_open && right_open && expected != nullptr ? expected : hint(lhs));
  return {std::move(lhs), std::move(rhs)};
}

TypeRef ExprChecker::unify(const ast::BinaryExpr& node, ExprRef& lhs, ExprRef& rhs) {
  TypeRef common = commonType(context_.types, lhs->type, rhs->type);
  if (common == nullptr) {
    // 1 + 2.5: an integer literal is as good as a fraction.
    auto whole = [](const ExprRef& e) {
      return e->kind == ExprKind::kLiteral && std::holds_alternative<__int128>(e->literal.value) &&
             e->type->isInteger();
    };
    if (whole(lhs) && rhs->type->isFloat())
      lhs = inferInt(lhs->span, std::get<__int128>(lhs->literal.value), rhs->type);
    if (whole(rhs) && lhs->type->isFloat())
      rhs = inferInt(rhs->span, std::get<__int128>(rhs->literal.value), lhs->type);
    common = commonType(context_.types, lhs->type, rhs->type);
  }
  if (common != nullptr) {
    if (common->isError()) return common;
    lhs = convert(context_, lhs, common);
    rhs = convert(context_, rhs, common);
    return common;
  }
  Diagnostic diagnostic(kOperandTypes, node.op_span,
                        "`" + std::string(ast::spelling(node.op)) + "` has " + describe(lhs->type) +
                            " on the left and " + describe(rhs->type) + " on the right");
  diagnostic.because(lhs->span, toString(lhs->type)).because(rhs->span, toString(rhs->type));
  TypeRef left = TypeContext::unwrap(lhs->type), right = TypeContext::unwrap(rhs->type);
  auto cast = [&](const ExprRef& value, const std::string& type, const std::string& help) {
    diagnostic.fix(Fix::replace(value->span, type + "(" + context_.text(value->span) + ")", help));
  };
  if (left->isNumber() && right->isNumber()) {
    if (left->isFloat() || right->isFloat()) {
      diagnostic.note("f64 holds integers up to 2^53 exactly; beyond that the cast rounds to the nearest one");
      cast(left->isFloat() ? rhs : lhs, toString(left->isFloat() ? left : right), "say that rounding is meant");
    } else if (left->isInteger() && right->isInteger()) {
      cast(left->isUnsignedInteger() ? lhs : rhs, "i64", "cast it; a value that does not fit rejects the record");
    }
  } else if (left->is(TypeKind::kString) && (right->isNumber() || right->is(TypeKind::kTimestamp))) {
    cast(lhs, toString(right), "read it as " + describe(right) + "; a text that is none rejects the record");
  } else if (right->is(TypeKind::kString) && (left->isNumber() || left->is(TypeKind::kTimestamp))) {
    cast(rhs, toString(left), "read it as " + describe(left) + "; a text that is none rejects the record");
  }
  context_.sink.report(std::move(diagnostic));
  return context_.error();
}

ExprRef ExprChecker::inferCompare(const ast::Expr& expr, const ast::BinaryExpr& node) {
  auto [lhs, rhs] = operands(node, nullptr);
  if (isError(lhs) || isError(rhs)) return error(expr.span);
  bool is_equality = node.op == ast::BinaryOp::kEq || node.op == ast::BinaryOp::kNe;
  std::string op = "`" + std::string(ast::spelling(node.op)) + "`";
  if (is_equality && (isNullLiteral(*lhs) || isNullLiteral(*rhs))) {
    ExprRef value = isNullLiteral(*rhs) ? lhs : rhs;
    bool wants_null = node.op == ast::BinaryOp::kEq;
    if (!value->type->isOptional()) {
      if (!isNullLiteral(*value)) {
        context_.sink.report(
            Diagnostic(kNeverNull, expr.span,
                       "`" + context_.text(value->span) + "` is " + describe(value->type) + " and never null"));
      }
      return makeLiteral(context_.boolean(), expr.span, {wants_null == isNullLiteral(*value)});
    }
    ExprRef is_null = make(ExprKind::kIsNull, context_.boolean(), expr.span, {std::move(value)});
    return wants_null ? is_null : make(ExprKind::kNot, context_.boolean(), expr.span, {std::move(is_null)});
  }
  if (!is_equality) {
    for (const ExprRef& side : {lhs, rhs}) {
      if (side->type->isOptional() || isNullLiteral(*side)) {
        return mayBeNull(*side, "`" + context_.text(side->span) + "` may be null, so " + op + " has no answer for it");
      }
    }
  }
  TypeRef common = unify(node, lhs, rhs);
  if (common->isError()) return error(expr.span);
  TypeRef inner = TypeContext::unwrap(common);
  if (is_equality ? !hasEquality(inner) : !isOrdered(inner)) {
    Diagnostic diagnostic(
        kOperandTypes, node.op_span,
        op + " does not compare " + describe(inner) + (inner->is(TypeKind::kRecord) ? ": compare their fields" : ""));
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  return make(comparisonKind(node.op), context_.boolean(), expr.span, {std::move(lhs), std::move(rhs)});
}

ExprRef ExprChecker::inferIn(const ast::Expr& expr, const ast::BinaryExpr& node) {
  ExprRef value = infer(*node.lhs);
  TypeRef inner = TypeContext::unwrap(value->type);
  ExprRef list = infer(*node.rhs, isError(value) ? nullptr : context_.types.list(inner));
  if (isError(value) || isError(list)) return error(expr.span);
  bool is_set = list->type->is(TypeKind::kSet);
  if (list->type->isOptional())
    return mayBeNull(*list, "`" + context_.text(list->span) + "` may be null, so nothing is in it");
  if ((!list->type->is(TypeKind::kList) && !is_set) || !hasEquality(list->type->element)) {
    Diagnostic diagnostic(kOperandTypes, list->span, "`in` looks into a list, and this is " + describe(list->type));
    if (list->type->is(TypeKind::kString) && inner->is(TypeKind::kString)) {
      diagnostic.fix(Fix::replace(expr.span,
                                  context_.text(list->span) + ".contains(" + context_.text(value->span) + ")",
                                  "is one text part of the other?"));
    }
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  TypeRef element = commonType(context_.types, inner, list->type->element);
  bool fits = element != nullptr && (element == list->type->element || list->kind == ExprKind::kList);
  if (!fits) {
    context_.sink.report(
        Diagnostic(kOperandTypes, node.op_span,
                   "`in` looks for " + describe(inner) + " among " + describe(list->type->element) + " values"));
    return error(expr.span);
  }
  if (list->type->element != element) {  // [1, 2] literal of a narrower type
    std::vector<ExprRef> items;
    for (const ExprRef& item : list->args) items.push_back(convert(context_, item, element));
    list = make(ExprKind::kList, context_.types.list(element), list->span, std::move(items));
  }
  ExprRef result = makeLet(context_, std::move(value), [&](const ExprRef& subject) {
    bool may_be_null = subject->type->isOptional() && !element->isOptional();
    ExprRef present = may_be_null ? make(ExprKind::kNarrow, inner, subject->span, {subject}) : subject;
    ExprRef found =
        is_set ? notBuilt("sets", context_.boolean(), expr.span, {present, list})
        : list->kind != ExprKind::kList && !hasContains(element)
            ? notBuilt("`in` a list of " + toString(element), context_.boolean(), expr.span, {present, list})
            : make(ExprKind::kIn, context_.boolean(), expr.span, {convert(context_, present, element), list});
    if (!may_be_null) return found;
    ExprRef is_null = make(ExprKind::kIsNull, context_.boolean(), expr.span, {subject});
    ExprRef is_there = make(ExprKind::kNot, context_.boolean(), expr.span, {is_null});
    return make(ExprKind::kAnd, context_.boolean(), expr.span, {is_there, found});
  });
  return node.op == ast::BinaryOp::kIn ? result
                                       : make(ExprKind::kNot, context_.boolean(), expr.span, {std::move(result)});
}

ExprRef ExprChecker::require(ExprRef value, TypeRef type, std::string_view role) {
  if (isError(value) || type->isError()) return value;
  if (value->type == type) return value;
  if (widens(value->type, type)) return convert(context_, std::move(value), type);
  Span span = value->span;
  if (widensButForSizes(value->type, type)) {
    return notBuilt("checks of the length of a text", type, span, {std::move(value)}, Cause::kCast);
  }
  std::string who(role);
  if (value->type->isOptional() && !type->isOptional() && widens(value->type->element, type)) {
    return mayBeNull(*value, "`" + context_.text(span) + "` may be null, and " + who + " is " + describe(type));
  }
  Diagnostic diagnostic(kOperandTypes, span, who + " is " + describe(type) + ", and this is " + describe(value->type));
  diagnostic.label(toString(value->type));
  TypeRef wanted = TypeContext::unwrap(type);
  if (wanted->isNumber() && !wanted->is(TypeKind::kDecimal) && value->type->isNumber()) {
    diagnostic.fix(Fix::replace(span, toString(wanted) + "(" + context_.text(span) + ")",
                                "cast it; a value that does not fit rejects the record"));
  } else if (wanted->is(TypeKind::kString) && wanted->size_max == 0 && hasEquality(value->type)) {
    diagnostic.fix(Fix::replace(span, "string(" + context_.text(span) + ")", "as text"));
  } else if (wanted->is(TypeKind::kRecord) && value->type->is(TypeKind::kRecord)) {
    std::string missing;
    for (const FieldType& field : wanted->fields) {
      if (value->type->field(field.name) == nullptr) missing += (missing.empty() ? "`" : ", `") + field.name + "`";
    }
    if (!missing.empty()) diagnostic.note("missing: " + missing);
    for (const FieldType& field : value->type->fields) {
      if (wanted->field(field.name) == nullptr) diagnostic.note("there is no field `" + field.name + "` in it");
    }
  }
  context_.sink.report(std::move(diagnostic));
  return error(span);
}

}  // namespace streamc::sema
