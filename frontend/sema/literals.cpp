// Literals: numbers take the type of their context, exactly; without one, integers are i64 and fractions f64.
#include <charconv>
#include <cmath>
#include <string>

#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kLiteralRange, "E0217", Severity::kError, "a literal does not fit its type");

namespace {

// Whether a double holds the integer exactly.
bool isExact(__int128 value, int mantissa_bits) {
  unsigned __int128 magnitude =
      value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  while (magnitude != 0 && (magnitude & 1) == 0) magnitude >>= 1;
  return magnitude < (static_cast<unsigned __int128>(1) << mantissa_bits);
}

struct DecimalText {
  __int128 digits = 0;  // the number without its point
  int scale = 0;        // digits behind the point
  bool fits = true;     // in 38 digits
};

// 2.50, 1.5e-3 → 250 scale 2, 15 scale 4. A trailing zero is a digit that was written on purpose.
DecimalText readDecimal(const std::string& text) {
  DecimalText result;
  std::size_t exponent_at = text.find_first_of("eE");
  int digit_count = 0;
  bool behind = false;
  for (char c : text.substr(0, exponent_at)) {
    if (c == '.') {
      behind = true;
    } else {
      if (result.digits != 0 || c != '0') ++digit_count;
      if (digit_count > 38) return {.fits = false};
      result.digits = result.digits * 10 + (c - '0');
      result.scale += behind ? 1 : 0;
    }
  }
  if (exponent_at != std::string::npos) {
    int exponent = 0;
    const char* first = text.data() + exponent_at + 1;
    if (*first == '+') ++first;
    std::from_chars(first, text.data() + text.size(), exponent);
    if (exponent > 1000 || exponent < -1000) return {.fits = false};
    result.scale -= exponent;
    for (; result.scale < 0; ++result.scale) {
      if (result.digits != 0 && ++digit_count > 38) return {.fits = false};
      result.digits *= 10;
    }
  }
  result.fits = result.scale <= 38;
  return result;
}

unsigned digitCount(__int128 value) {
  unsigned count = 1;
  for (value = value < 0 ? -value : value; value >= 10; value /= 10) ++count;
  return count;
}

}  // namespace

ExprRef ExprChecker::inferInt(Span span, __int128 value, TypeRef expected) {
  TypeRef type = expected == nullptr ? nullptr : TypeContext::unwrap(expected);
  if (type == nullptr || !type->isNumber()) type = context_.i64();
  if (type->isFloat()) {
    if (isExact(value, type->is(TypeKind::kF64) ? 53 : 24))
      return makeLiteral(type, span, {static_cast<double>(value)});
    context_.sink.report(
        Diagnostic(kLiteralRange, span, toString(type) + " cannot hold " + context_.text(span) + " exactly"));
    return error(span);
  }
  if (type->is(TypeKind::kDecimal)) {
    // An integer keeps no digits behind the point: times a decimal it keeps that one's scale.
    unsigned digits = digitCount(value);
    if (digits <= 38) return makeLiteral(context_.types.decimal(digits, 0), span, {value});
    type = context_.i64();
  }
  if (fitsInteger(value, type)) return makeLiteral(type, span, {value});
  // A hint is no more than that: what does not fit it may fit i64, and then the types are reported as such.
  if (type->bits() < 64 && fitsInteger(value, context_.i64())) return makeLiteral(context_.i64(), span, {value});
  if (fitsInteger(value, context_.types.scalar(TypeKind::kU64))) {
    return makeLiteral(context_.types.scalar(TypeKind::kU64), span, {value});
  }
  context_.sink.report(Diagnostic(kLiteralRange, span, context_.text(span) + " does not fit any integer type"));
  return error(span);
}

ExprRef ExprChecker::inferFraction(Span span, const std::string& text, bool negative, TypeRef expected) {
  TypeRef type = expected == nullptr ? nullptr : TypeContext::unwrap(expected);
  if (type != nullptr && type->is(TypeKind::kDecimal)) {
    DecimalText number = readDecimal(text);
    while (number.fits && number.scale > static_cast<int>(type->scale) && number.digits % 10 == 0) {
      number.digits /= 10;
      --number.scale;
    }
    if (!number.fits || number.scale > static_cast<int>(type->scale)) {
      context_.sink.report(
          Diagnostic(kLiteralRange, span, text + " has more digits behind the point than " + toString(type))
              .note("fractions are exact; round it yourself"));
      return error(span);
    }
    for (; number.scale < static_cast<int>(type->scale); ++number.scale) number.digits *= 10;
    if (negative) number.digits = -number.digits;
    unsigned digits = std::max(digitCount(number.digits), type->scale);
    if (digits > 38) {
      context_.sink.report(Diagnostic(kLiteralRange, span, text + " does not fit 38 digits"));
      return error(span);
    }
    return makeLiteral(context_.types.decimal(digits, type->scale), span, {number.digits});
  }
  double value = 0;
  bool is_f32 = type != nullptr && type->is(TypeKind::kF32);
  std::errc failure{};
  if (is_f32) {  // rounded once, from the text
    float single = 0;
    failure = std::from_chars(text.data(), text.data() + text.size(), single).ec;
    value = single;
  } else {
    failure = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  }
  if (failure != std::errc()) {
    context_.sink.report(Diagnostic(kLiteralRange, span, text + (is_f32 ? " does not fit f32" : " does not fit f64")));
    return error(span);
  }
  return makeLiteral(is_f32 ? type : context_.f64(), span, {negative ? -value : value});
}

bool ExprChecker::isOpen(const ast::Expr& expr) const {
  if (expr.is<ast::IntLiteral>() || expr.is<ast::FloatLiteral>() || expr.is<ast::NullLiteral>()) return true;
  if (const auto* list = expr.as<ast::ListExpr>()) return list->items.empty();
  if (const auto* unary = expr.as<ast::UnaryExpr>()) {
    return unary->op == ast::UnaryOp::kNegate && isOpen(*unary->operand);
  }
  if (const auto* name = expr.as<ast::NameRef>()) return !isValueName(name->name.text);
  if (const auto* binary = expr.as<ast::BinaryExpr>()) {
    bool is_arithmetic = binary->op >= ast::BinaryOp::kAdd;
    return is_arithmetic && isOpen(*binary->lhs) && isOpen(*binary->rhs);
  }
  return false;
}

}  // namespace streamc::sema
