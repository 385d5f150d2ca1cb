#include "frontend/sema/constants.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace streamc::sema {

namespace {

using Value = std::optional<Literal>;

Value arithmetic(ExprKind kind, __int128 a, __int128 b) {
  // Operands are 64 bits wide, so the results of + - * fit 128.
  __int128 result = 0;
  switch (kind) {
    case ExprKind::kAdd:
      result = a + b;
      break;
    case ExprKind::kSub:
      result = a - b;
      break;
    case ExprKind::kMul:
      result = a * b;
      break;
    case ExprKind::kDivInt:
      if (b == 0) return std::nullopt;
      result = a / b;
      break;
    case ExprKind::kModInt:
      if (b == 0) return std::nullopt;
      result = a % b;
      break;
    case ExprKind::kLess:
      return Literal{a < b};
    case ExprKind::kLessEqual:
      return Literal{a <= b};
    case ExprKind::kGreater:
      return Literal{a > b};
    case ExprKind::kGreaterEqual:
      return Literal{a >= b};
    default:
      return std::nullopt;
  }
  if (result > std::numeric_limits<int64_t>::max() || result < std::numeric_limits<int64_t>::min()) return std::nullopt;
  return Literal{result};
}

bool fits64(__int128 value) {
  return value <= std::numeric_limits<int64_t>::max() && value >= std::numeric_limits<int64_t>::min();
}

Value evaluate(const Expr& expr) {
  std::vector<Literal> args;
  switch (expr.kind) {
    case ExprKind::kLiteral:
      return expr.literal;
    case ExprKind::kNegate:
    case ExprKind::kNot:
    case ExprKind::kConvert:
    case ExprKind::kToOptional:
    case ExprKind::kAdd:
    case ExprKind::kSub:
    case ExprKind::kMul:
    case ExprKind::kDivInt:
    case ExprKind::kModInt:
    case ExprKind::kEqual:
    case ExprKind::kNotEqual:
    case ExprKind::kLess:
    case ExprKind::kLessEqual:
    case ExprKind::kGreater:
    case ExprKind::kGreaterEqual:
    case ExprKind::kFString:
      for (const ExprRef& arg : expr.args) {
        Value value = evaluate(*arg);
        if (!value) return std::nullopt;
        args.push_back(std::move(*value));
      }
      break;
    case ExprKind::kIf: {
      Value condition = evaluate(*expr.args[0]);
      const bool* truth = condition ? std::get_if<bool>(&condition->value) : nullptr;
      return truth == nullptr ? std::nullopt : evaluate(*expr.args[*truth ? 1 : 2]);
    }
    default:
      return std::nullopt;
  }
  if (expr.kind == ExprKind::kFString) {
    std::string text;
    for (const Literal& part : args) {
      TypeRef type = expr.args[static_cast<std::size_t>(&part - args.data())]->type;
      if (const auto* piece = std::get_if<std::string>(&part.value)) {
        text += *piece;
      } else if (const auto* number = std::get_if<__int128>(&part.value);
                 number != nullptr && type->isInteger() && fits64(*number)) {
        text += std::to_string(static_cast<int64_t>(*number));
      } else {
        return std::nullopt;
      }
    }
    return Literal{std::move(text)};
  }
  if (expr.kind == ExprKind::kToOptional) return args[0];
  if (expr.kind == ExprKind::kEqual) return Literal{args[0].value == args[1].value};
  if (expr.kind == ExprKind::kNotEqual) return Literal{args[0].value != args[1].value};
  if (expr.kind == ExprKind::kNot) {
    const bool* truth = std::get_if<bool>(&args[0].value);
    return truth == nullptr ? std::nullopt : Value(Literal{!*truth});
  }
  const auto* a = std::get_if<__int128>(&args[0].value);
  if (expr.kind == ExprKind::kConvert) {
    if (expr.type->is(TypeKind::kDecimal) && expr.type != expr.args[0]->type) return std::nullopt;
    if (a != nullptr && expr.type->isFloat()) return Literal{static_cast<double>(*a)};
    return args[0];
  }
  if (a == nullptr || !fits64(*a)) return std::nullopt;
  if (expr.kind == ExprKind::kNegate) return arithmetic(ExprKind::kSub, 0, *a);
  const auto* b = std::get_if<__int128>(&args[1].value);
  return b == nullptr || !fits64(*b) ? std::nullopt : arithmetic(expr.kind, *a, *b);
}

}  // namespace

std::optional<Literal> constantOf(const Expr& expr) { return evaluate(expr); }

std::optional<int64_t> constantInteger(const Expr& expr) {
  Value value = evaluate(expr);
  const auto* integer = value ? std::get_if<__int128>(&value->value) : nullptr;
  if (integer == nullptr || !fits64(*integer)) return std::nullopt;
  return static_cast<int64_t>(*integer);
}

bool isStartConstant(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kColumn:
    case ExprKind::kEventTime:
    case ExprKind::kWindowStart:
    case ExprKind::kWindowEnd:
      return false;
    default:
      return std::all_of(expr.args.begin(), expr.args.end(), [](const ExprRef& arg) { return isStartConstant(*arg); });
  }
}

std::string decimalText(__int128 units, uint32_t scale) {
  const bool negative = units < 0;
  auto rest = negative ? -static_cast<unsigned __int128>(units) : static_cast<unsigned __int128>(units);
  std::string text;
  for (uint32_t i = 0; rest != 0 || i <= scale; ++i) {
    if (i == scale && i != 0) text.insert(text.begin(), '.');
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  return (negative ? "-" : "") + text;
}

std::string durationText(int64_t us) {
  constexpr std::pair<const char*, int64_t> kUnits[] = {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
                                                        {"s", 1'000'000},      {"ms", 1'000},        {"us", 1}};
  if (us == 0) return "0s";
  std::string text = us < 0 ? "-" : "";
  unsigned long long rest = us < 0 ? -static_cast<unsigned long long>(us) : static_cast<unsigned long long>(us);
  for (const auto& [unit, size] : kUnits) {
    if (rest >= static_cast<unsigned long long>(size)) text += std::to_string(rest / size) + unit;
    rest %= size;
  }
  return text;
}

}  // namespace streamc::sema
