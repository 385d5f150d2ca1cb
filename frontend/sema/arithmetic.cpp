// Arithmetic: integers are checked, `/` gives f64, decimals grow, instants and durations combine.
#include <algorithm>

#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kPlusOnText, "E0206", Severity::kError, "`+` on strings");
STREAMC_DIAGNOSTIC(kDecimalDivision, "E0214", Severity::kError, "`/` on decimals needs a scale");
STREAMC_DIAGNOSTIC(kDecimalTooWide, "E0215", Severity::kError, "a decimal result does not fit 38 digits");
STREAMC_DIAGNOSTIC(kNotArithmetic, "E0224", Severity::kError, "an operator on values that it is not for");

namespace {

constexpr uint32_t kDigitsMax = 38;

bool isTimeKind(TypeRef type) {
  return type->is(TypeKind::kTimestamp) || type->is(TypeKind::kDuration) || type->is(TypeKind::kDate);
}

// a + b → f"{a}{b}", with the texts of literals written into it.
std::string asFString(const Context& context, const ast::Expr& expr) {
  if (const auto* binary = expr.as<ast::BinaryExpr>(); binary != nullptr && binary->op == ast::BinaryOp::kAdd) {
    return asFString(context, *binary->lhs) + asFString(context, *binary->rhs);
  }
  std::string text = context.text(expr.span);
  const auto* literal = expr.as<ast::StringLiteral>();
  if (literal != nullptr && literal->form == ast::StringLiteral::Form::kPlain && text.size() >= 2) {
    std::string inside;
    for (char c : text.substr(1, text.size() - 2)) inside += c == '{' ? "{{" : c == '}' ? "}}" : std::string(1, c);
    return inside;
  }
  return "{" + text + "}";
}

bool hasQuotesInside(const std::string& fstring) { return fstring.find("{\"") != std::string::npos; }

}  // namespace

ExprRef ExprChecker::inferArithmetic(const ast::Expr& expr, const ast::BinaryExpr& node, TypeRef expected) {
  auto [lhs, rhs] = operands(node, expected);
  if (isError(lhs) || isError(rhs)) return error(expr.span);
  std::string op = "`" + std::string(ast::spelling(node.op)) + "`";
  for (const ExprRef& side : {lhs, rhs}) {
    if (side->type->isOptional() || side->type->is(TypeKind::kNull)) {
      return mayBeNull(*side, "`" + context_.text(side->span) + "` may be null, so " + op + " has no answer for it");
    }
  }
  if (node.op == ast::BinaryOp::kAdd && (lhs->type->is(TypeKind::kString) || rhs->type->is(TypeKind::kString))) {
    Diagnostic diagnostic(kPlusOnText, node.op_span, "strings are put together with f\"…\", not with `+`");
    std::string text = asFString(context_, expr);
    if (!hasQuotesInside(text)) {
      diagnostic.fix(Fix::replace(expr.span, "f\"" + text + "\"", "write it so", Applicability::kMachineApplicable));
    }
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  if (isTimeKind(lhs->type) || isTimeKind(rhs->type)) return timeArithmetic(expr, node, lhs, rhs);
  if (!lhs->type->isNumber() || !rhs->type->isNumber()) {
    const ExprRef& bad = lhs->type->isNumber() ? rhs : lhs;
    context_.sink.report(
        Diagnostic(kNotArithmetic, bad->span, op + " is for numbers, and this is " + describe(bad->type))
            .label(toString(bad->type)));
    return error(expr.span);
  }
  if (lhs->type->is(TypeKind::kDecimal) || rhs->type->is(TypeKind::kDecimal))
    return decimalArithmetic(expr, node, lhs, rhs);
  switch (node.op) {
    case ast::BinaryOp::kDivide:
    case ast::BinaryOp::kDiv:
    case ast::BinaryOp::kMod:
    case ast::BinaryOp::kRemainder:
      return division(expr, node, lhs, rhs);
    default:
      break;
  }
  TypeRef common = unify(node, lhs, rhs);
  if (common->isError()) return error(expr.span);
  ExprKind kind = node.op == ast::BinaryOp::kAdd   ? ExprKind::kAdd
                  : node.op == ast::BinaryOp::kSub ? ExprKind::kSub
                                                   : ExprKind::kMul;
  return make(kind, common, expr.span, {std::move(lhs), std::move(rhs)});
}

ExprRef ExprChecker::division(const ast::Expr& expr, const ast::BinaryExpr& node, ExprRef lhs, ExprRef rhs) {
  if (node.op == ast::BinaryOp::kDivide) {
    bool both_f32 = lhs->type->is(TypeKind::kF32) && rhs->type->is(TypeKind::kF32);
    TypeRef type = both_f32 ? lhs->type : context_.f64();
    // The one conversion that may round: integers beyond 2^53. The quotient is rounded anyway.
    auto toFloat = [&](ExprRef side) {
      if (side->type == type) return side;
      if (widens(side->type, type)) return convert(context_, std::move(side), type);
      Span span = side->span;
      return make(ExprKind::kConvert, type, span, {std::move(side)});
    };
    return make(ExprKind::kDivFloat, type, expr.span, {toFloat(std::move(lhs)), toFloat(std::move(rhs))});
  }
  std::string op(ast::spelling(node.op));
  if (!lhs->type->isInteger() || !rhs->type->isInteger()) {
    Diagnostic diagnostic(kNotArithmetic, node.op_span, "`" + op + "` is for integers");
    diagnostic.because(lhs->span, toString(lhs->type)).because(rhs->span, toString(rhs->type));
    if (node.op == ast::BinaryOp::kDiv) {
      diagnostic.fix(Fix::replace(expr.span,
                                  "trunc(" + context_.text(lhs->span) + " / " + context_.text(rhs->span) + ")",
                                  "divide and cut the fraction off"));
    }
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  TypeRef common = unify(node, lhs, rhs);
  if (common->isError()) return error(expr.span);
  ExprKind kind = node.op == ast::BinaryOp::kDiv ? ExprKind::kDivInt : ExprKind::kModInt;
  return make(kind, common, expr.span, {std::move(lhs), std::move(rhs)});
}

ExprRef ExprChecker::timeArithmetic(const ast::Expr& expr, const ast::BinaryExpr& node, ExprRef lhs, ExprRef rhs) {
  TypeKind left = lhs->type->kind, right = rhs->type->kind;
  TypeRef result = nullptr;
  ExprKind kind = node.op == ast::BinaryOp::kAdd   ? ExprKind::kAdd
                  : node.op == ast::BinaryOp::kSub ? ExprKind::kSub
                                                   : ExprKind::kMul;
  if (node.op == ast::BinaryOp::kAdd) {
    if (left == TypeKind::kDuration && right == TypeKind::kDuration) result = context_.duration();
    if ((left == TypeKind::kTimestamp && right == TypeKind::kDuration) ||
        (left == TypeKind::kDuration && right == TypeKind::kTimestamp)) {
      result = context_.timestamp();
    }
  } else if (node.op == ast::BinaryOp::kSub) {
    if (left == right && left != TypeKind::kDate) result = context_.duration();
    if (left == TypeKind::kTimestamp && right == TypeKind::kDuration) result = context_.timestamp();
  } else if (node.op == ast::BinaryOp::kMul) {
    ExprRef& number = left == TypeKind::kDuration ? rhs : lhs;
    bool scales = (left == TypeKind::kDuration || right == TypeKind::kDuration) && number->type->isInteger();
    if (scales && widens(number->type, context_.i64())) {
      number = convert(context_, number, context_.i64());
      result = context_.duration();
    }
  } else if (node.op == ast::BinaryOp::kDivide && left == TypeKind::kDuration && right == TypeKind::kDuration) {
    // The quotient of two lengths of time is that of their microseconds.
    auto micros = [&](const ExprRef& side) { return make(ExprKind::kConvert, context_.f64(), side->span, {side}); };
    return make(ExprKind::kDivFloat, context_.f64(), expr.span, {micros(lhs), micros(rhs)});
  }
  if (result != nullptr) return make(kind, result, expr.span, {std::move(lhs), std::move(rhs)});

  Diagnostic diagnostic(kNotArithmetic, node.op_span,
                        "`" + std::string(ast::spelling(node.op)) + "` does not combine " + describe(lhs->type) +
                            " and " + describe(rhs->type));
  diagnostic.because(lhs->span, toString(lhs->type)).because(rhs->span, toString(rhs->type));
  if (left == TypeKind::kTimestamp && rhs->type->isNumber()) {
    diagnostic.fix(Fix::insertAfter(rhs->span, "s", "a duration has its unit: `5s`, `1h30m`"));
  } else if (node.op == ast::BinaryOp::kDivide && left == TypeKind::kDuration && rhs->type->isInteger()) {
    diagnostic.note("a part of a duration is `d * n`, or a number: `seconds(d) / n`");
  }
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

ExprRef ExprChecker::decimalArithmetic(const ast::Expr& expr, const ast::BinaryExpr& node, ExprRef lhs, ExprRef rhs) {
  if (node.op == ast::BinaryOp::kDivide) {
    std::string a = context_.text(lhs->span), b = context_.text(rhs->span);
    TypeRef decimal = lhs->type->is(TypeKind::kDecimal) ? lhs->type : rhs->type;
    context_.sink.report(
        Diagnostic(kDecimalDivision, expr.span, "`/` on decimals needs a scale")
            .label(toString(lhs->type) + " / " + toString(rhs->type) + ": how many digits should be kept?")
            .fix(Fix::replace(
                expr.span,
                "divide(" + a + ", " + b + ", scale: " + std::to_string(decimal->scale) + ", rounding: half_even)",
                "say it")));
    return error(expr.span);
  }
  if (lhs->type->isFloat() || rhs->type->isFloat() || node.op == ast::BinaryOp::kDiv ||
      node.op == ast::BinaryOp::kMod || node.op == ast::BinaryOp::kRemainder) {
    const ExprRef& exact = lhs->type->is(TypeKind::kDecimal) ? lhs : rhs;
    Diagnostic diagnostic(kNotArithmetic, node.op_span,
                          "`" + std::string(ast::spelling(node.op)) + "` does not combine " + describe(lhs->type) +
                              " and " + describe(rhs->type));
    diagnostic.because(lhs->span, toString(lhs->type)).because(rhs->span, toString(rhs->type));
    if (lhs->type->isFloat() || rhs->type->isFloat()) {
      diagnostic.note("one is exact and the other is not");
      diagnostic.fix(Fix::replace(exact->span, "f64(" + context_.text(exact->span) + ")", "go on without exactness"));
    }
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  auto asDecimal = [&](TypeRef type) {
    return type->is(TypeKind::kDecimal) ? std::pair(type->precision, type->scale) : std::pair(digitsOf(type), 0u);
  };
  auto [p1, s1] = asDecimal(lhs->type);
  auto [p2, s2] = asDecimal(rhs->type);
  uint32_t precision = 0, scale = 0;
  if (node.op == ast::BinaryOp::kMul) {
    precision = p1 + p2;
    scale = s1 + s2;
  } else {
    scale = std::max(s1, s2);
    precision = std::max(p1 - s1, p2 - s2) + scale + 1;
  }
  if (precision > kDigitsMax) {
    std::string type = "decimal(" + std::to_string(precision) + ", " + std::to_string(scale) + ")";
    context_.sink.report(
        Diagnostic(kDecimalTooWide, expr.span,
                   "the result has up to " + std::to_string(precision) + " digits, and 38 is the most")
            .label("would be " + type)
            .because(lhs->span, toString(lhs->type))
            .because(rhs->span, toString(rhs->type))
            .fix(Fix::replace(lhs->span, "round(" + context_.text(lhs->span) + ", 2)", "round an operand first")));
    return error(expr.span);
  }
  // Both get the width of the result, and in sums its scale: what is left to do is exact on the stored numbers.
  TypeRef result = context_.types.decimal(precision, scale);
  bool is_product = node.op == ast::BinaryOp::kMul;
  lhs = convert(context_, std::move(lhs), is_product ? context_.types.decimal(precision, s1) : result);
  rhs = convert(context_, std::move(rhs), is_product ? context_.types.decimal(precision, s2) : result);
  ExprKind kind = is_product ? ExprKind::kMul : node.op == ast::BinaryOp::kAdd ? ExprKind::kAdd : ExprKind::kSub;
  return make(kind, result, expr.span, {std::move(lhs), std::move(rhs)});
}

}  // namespace streamc::sema
