#include "frontend/sema/causes.h"

#include <algorithm>

#include "dsl/builtins.h"
#include "frontend/sema/conversions.h"

namespace streamc::sema {

const char* toString(Cause cause) {
  switch (cause) {
    case Cause::kDecode:
      return "decode";
    case Cause::kCast:
      return "cast";
    case Cause::kOverflow:
      return "overflow";
    case Cause::kDivideByZero:
      return "divide_by_zero";
    case Cause::kMissing:
      return "missing";
    case Cause::kNull:
      return "null";
    case Cause::kAssert:
      return "assert";
    case Cause::kFunction:
      return "function";
    case Cause::kService:
      return "service";
    case Cause::kLive:
      return "live";
    case Cause::kLate:
      return "late";
    case Cause::kEncode:
      return "encode";
    case Cause::kTime:
      return "time";
  }
  return "";
}

namespace {

class Collector {
 public:
  explicit Collector(std::vector<PlacedCause>& causes) : causes_(causes) {}

  void visit(const Expr& expr) {
    if (expr.kind == ExprKind::kCatch) return visit(*expr.args[1]);  // what args[0] fails with ends here
    for (const ExprRef& arg : expr.args) visit(*arg);
    own(expr);
  }

 private:
  void add(Cause cause, const Expr& expr) {
    bool known = std::any_of(causes_.begin(), causes_.end(), [&](const PlacedCause& placed) {
      return placed.cause == cause && placed.span == expr.span;
    });
    if (!known) causes_.push_back({cause, expr.span});
  }

  // Causes of the node itself.
  void own(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kNegate:
      case ExprKind::kAdd:
      case ExprKind::kSub:
      case ExprKind::kMul:
        if (!expr.type->isFloat() && !expr.type->is(TypeKind::kDecimal)) add(Cause::kOverflow, expr);
        return;
      case ExprKind::kDivFloat:
        if (!isNonZero(*expr.args[1])) add(Cause::kDivideByZero, expr);
        return;
      case ExprKind::kDivInt:
      case ExprKind::kModInt:
        if (!isNonZero(*expr.args[1])) add(Cause::kDivideByZero, expr);
        // The least integer by -1 is the one quotient that does not fit.
        if (expr.kind == ExprKind::kDivInt && expr.type->isSignedInteger() && !isPositive(*expr.args[1])) {
          add(Cause::kOverflow, expr);
        }
        return;
      case ExprKind::kAssertPresent:
        return add(Cause::kNull, expr);
      case ExprKind::kCast:
        if (!alwaysFits(expr.args[0]->type, expr.type)) add(Cause::kCast, expr);
        return;
      case ExprKind::kIndex:
        return add(Cause::kMissing, expr);
      case ExprKind::kCall:
        return addBuiltin(expr);
      case ExprKind::kNotBuilt:
        if (expr.index != 0) add(static_cast<Cause>(expr.index - 1), expr);
        return;
      default:
        return;
    }
  }

  void addBuiltin(const Expr& expr) {
    uint8_t set = builtins()[expr.index].causes;
    // A quotient of decimals has room in its type unless that would be wider than the widest.
    if (builtins()[expr.index].target == "divide_decimal" && !mayOverflow(expr)) set &= ~builtin_cause::Overflow;
    if (set & builtin_cause::Cast) add(Cause::kCast, expr);
    if (set & builtin_cause::Overflow) add(Cause::kOverflow, expr);
    if (set & builtin_cause::DivideByZero) {
      // floor(t, 1h): the second argument is the divisor in every such row.
      if (expr.args.size() < 2 || !isPositive(*expr.args[1])) add(Cause::kDivideByZero, expr);
    }
    if (set & builtin_cause::Missing) add(Cause::kMissing, expr);
  }

  static bool mayOverflow(const Expr& quotient) {
    int64_t shift = int64_t{quotient.type->scale} + quotient.args[1]->type->scale - quotient.args[0]->type->scale;
    return quotient.args[0]->type->precision + shift > 38;
  }
  static bool isNonZero(const Expr& expr) {
    if (expr.kind == ExprKind::kConvert) return isNonZero(*expr.args[0]);
    if (const auto* integer = std::get_if<__int128>(&expr.literal.value)) return *integer != 0;
    if (const auto* number = std::get_if<double>(&expr.literal.value)) return *number != 0;
    return false;
  }
  static bool isPositive(const Expr& expr) {
    if (expr.kind == ExprKind::kConvert) return isPositive(*expr.args[0]);
    const auto* integer = std::get_if<__int128>(&expr.literal.value);
    return integer != nullptr && *integer > 0;
  }
  // i64(x) of an i32, f64(x) of any number, f32(x) of an f64: a float takes the nearest value.
  static bool alwaysFits(TypeRef from, TypeRef to) {
    if (widens(from, to) || (from->isNumber() && to->isFloat())) return true;
    if (from->is(TypeKind::kTimestamp)) return to->is(TypeKind::kDate);
    if (from->is(TypeKind::kDecimal)) return to->is(TypeKind::kString);
    return from->is(TypeKind::kString) && to->is(TypeKind::kBytes);
  }

  std::vector<PlacedCause>& causes_;
};

}  // namespace

void collectCauses(const Expr& expr, std::vector<PlacedCause>& causes) { Collector(causes).visit(expr); }

bool mayFail(const Expr& expr) {
  std::vector<PlacedCause> causes;
  collectCauses(expr, causes);
  return !causes.empty();
}

}  // namespace streamc::sema
