// Functions whose result is a decimal with digits that follow from constants: decimal, divide, round and its kin.
// Their rows in dsl/builtins.def are special (Builtin::isSpecial); the rules of their types are here.
#include <algorithm>
#include <optional>
#include <string>

#include "frontend/sema/constants.h"
#include "frontend/sema/expressions.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kDecimalArguments, "E0266", Severity::kError,
                   "a function of decimals is called with the wrong arguments");

namespace {

constexpr int64_t kDigitsMax = 38;
constexpr std::string_view kRoundings[] = {"half_away", "half_even", "floor", "ceil", "trunc"};

TypeRef asDecimal(TypeContext& types, TypeRef type) {
  if (type->is(TypeKind::kDecimal)) return type;
  return type->isInteger() ? types.decimal(digitsOf(type), 0) : nullptr;
}

// The row of that name whose first parameter is of a kind; how it is executed does not depend on more.
const Builtin& specialRow(std::string_view name, bool from_text) {
  const Builtin* found = nullptr;
  builtinsNamed(name, [&](const Builtin& row) {
    bool is_text = row.params()[0].type.kind == TypeKind::kString;
    if (row.isSpecial() && is_text == from_text) found = &row;
  });
  return *found;
}

}  // namespace

bool ExprChecker::isDecimalCall(std::string_view name, const ExprRef& first) {
  if (name == "decimal" || name == "divide") return true;
  bool rounds = name == "round" || name == "floor" || name == "ceil" || name == "trunc";
  return rounds && first != nullptr && TypeContext::unwrap(first->type)->is(TypeKind::kDecimal);
}

ExprRef ExprChecker::callDecimal(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name,
                                 const std::vector<DecimalArgument>& given) {
  const std::string& function = name.text;
  auto wrong = [&](Span span, const std::string& message) {
    std::string usage;
    builtinsNamed(function, [&](const Builtin& row) {
      if (row.isSpecial())
        usage += (usage.empty() ? "it is `" : ", or `") + function + std::string(row.signature) + "`";
    });
    context_.sink.report(Diagnostic(kDecimalArguments, span, message).note(usage));
    return error(expr.span);
  };

  // Arguments by name or position.
  const Builtin& row = specialRow(function, false);
  std::size_t value_count = function == "divide" ? 2 : 1;
  std::vector<const DecimalArgument*> slots(row.param_count, nullptr);
  std::size_t position = 0;
  for (const DecimalArgument& arg : given) {
    std::size_t at = arg.label == nullptr ? position++ : 0;
    if (arg.label != nullptr) {
      while (at < row.param_count && row.params()[at].name != arg.label->text) ++at;
      if (at == row.param_count && arg.label->text == "text") at = 0;
    }
    bool is_word = at < row.param_count && row.params()[at].type.kind == TypeKind::kEnum;
    if (at >= row.param_count || slots[at] != nullptr || is_word)
      return wrong(node.args_span, "`" + function + "` does not take these arguments");
    slots[at] = &arg;
  }
  // The constants: how many digits.
  std::vector<int64_t> digits;
  for (std::size_t i = value_count; i < slots.size(); ++i) {
    const BuiltinParam& param = row.params()[i];
    if (param.type.kind == TypeKind::kEnum) continue;
    if (slots[i] == nullptr) {
      if (param.default_text.empty())
        return wrong(node.args_span, "`" + function + "` needs `" + std::string(param.name) + "`");
      digits.push_back(0);
      continue;
    }
    ExprRef value = slots[i]->value != nullptr ? slots[i]->value : infer(*slots[i]->text, context_.i64());
    if (isError(value)) return error(expr.span);
    std::optional<int64_t> constant = constantInteger(*value);
    if (!constant || !value->type->isInteger() || *constant < 0 || *constant > kDigitsMax) {
      return wrong(value->span, "`" + std::string(param.name) + "` of `" + function + "` is a constant from 0 to 38");
    }
    digits.push_back(*constant);
  }
  // How it is rounded.
  std::string rounding = function == "floor" || function == "ceil" || function == "trunc" ? function : "half_away";
  for (const ast::Arg& arg : node.args) {
    if (!arg.label || arg.label->text != "rounding") continue;
    const auto* word = arg.value->as<ast::NameRef>();
    bool has_rounding = row.params().back().name == "rounding";
    if (!has_rounding) return wrong(arg.label->span, "`" + function + "` has no `rounding`");
    if (word == nullptr ||
        std::find(std::begin(kRoundings), std::end(kRoundings), word->name.text) == std::end(kRoundings)) {
      Diagnostic diagnostic(kDecimalArguments, arg.value->span,
                            "`rounding` is one of half_away, half_even, floor, ceil, trunc");
      if (word != nullptr) {
        std::string best = nearest(word->name.text, {std::begin(kRoundings), std::end(kRoundings)});
        if (!best.empty()) diagnostic.fix(Fix::replace(arg.value->span, best, "replace it"));
      }
      context_.sink.report(std::move(diagnostic));
      return error(expr.span);
    }
    rounding = word->name.text;
  }
  // The values.
  std::vector<ExprRef> values;
  for (std::size_t i = 0; i < value_count; ++i) {
    if (slots[i] == nullptr) return wrong(node.args_span, "`" + function + "` needs a value");
    ExprRef value = slots[i]->value;
    if (value == nullptr) {
      // A fraction has the digits that were written; `decimal(2.5, 4, 2)` is 2.50, not the nearest float's.
      TypeRef context =
          function == "decimal" && digits[0] >= digits[1] && digits[0] > 0
              ? context_.types.decimal(static_cast<uint32_t>(kDigitsMax), static_cast<uint32_t>(digits[1]))
              : nullptr;
      value = infer(*slots[i]->text, context);
    }
    if (isError(value)) return error(expr.span);
    if (value->type->isOptional()) {
      return mayBeNull(*value,
                       "`" + context_.text(value->span) + "` may be null, and `" + function + "` needs a value");
    }
    values.push_back(std::move(value));
  }

  if (function == "decimal") {
    if (digits[0] == 0 || digits[1] > digits[0])
      return wrong(node.args_span, "a decimal has 1 to 38 digits, not more of them behind the point than in all");
    TypeRef type = values[0]->type;
    if (!type->isNumber() && !type->is(TypeKind::kString))
      return wrong(values[0]->span, "`decimal` is for numbers and text, and this is " + describe(type));
    TypeRef result = context_.types.decimal(static_cast<uint32_t>(digits[0]), static_cast<uint32_t>(digits[1]));
    if (widens(type, result)) return convert(context_, std::move(values[0]), result);
    return make(ExprKind::kCast, result, expr.span, std::move(values));
  }

  std::vector<TypeRef> decimals;
  for (ExprRef& value : values) {
    decimals.push_back(asDecimal(context_.types, value->type));
    if (decimals.back() == nullptr) {
      return wrong(value->span,
                   "`" + function + "` is for decimals and integers, and this is " + describe(value->type));
    }
    value = convert(context_, std::move(value), decimals.back());
  }
  TypeRef result = nullptr;
  if (function == "divide") {
    TypeRef a = decimals[0], b = decimals[1];
    // |a| < 10^(p1 - s1) and |b| >= 10^-s2: the quotient has at most p1 + shift digits, and one more when it is
    // rounded.
    int64_t shift = digits[0] + b->scale - a->scale;
    int64_t precision = shift >= 0 ? a->precision + shift : std::max<int64_t>(a->precision + shift, 0) + 1;
    precision = std::clamp<int64_t>(std::max(precision, digits[0]), 1, kDigitsMax);
    result = context_.types.decimal(static_cast<uint32_t>(precision), static_cast<uint32_t>(digits[0]));
  } else {
    TypeRef x = decimals[0];
    int64_t scale = digits.empty() ? 0 : digits[0];
    if (scale >= x->scale) return values[0];
    result = context_.types.decimal(static_cast<uint32_t>(x->precision - x->scale + 1 + scale),
                                    static_cast<uint32_t>(scale));
  }
  auto made = std::make_shared<Expr>();
  made->kind = ExprKind::kCall;
  made->type = result;
  made->span = expr.span;
  made->args = std::move(values);
  made->name = function;
  made->index = static_cast<uint32_t>(&row - builtins().data());
  made->literal = {rounding};
  return made;
}

}  // namespace streamc::sema
