// Calls of builtins: one row of the table is chosen by the types of the arguments (the rule stands in dsl/builtins.h).
//
// Arguments without a type of their own (numbers, null) are typed last, by the parameter of the row that was chosen.
#include <algorithm>

#include "dsl/zones.h"
#include "frontend/sema/expressions.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kBuiltinArguments, "E0225", Severity::kError,
                   "a function is called with types that it does not take");
STREAMC_DIAGNOSTIC(kZone, "E0267", Severity::kError,
                   "a time zone that is none, or is not known when the program is compiled");

namespace {

// What the runtime has no values of yet; functions over these have their result types in laterCall.
bool isLaterType(TypeRef type) {
  switch (TypeContext::unwrap(type)->kind) {
    case TypeKind::kJson:
    case TypeKind::kMap:
    case TypeKind::kSet:
      return true;
    default:
      return false;
  }
}

// An argument of the call before a row is chosen.
struct Argument {
  const ast::Expr* text = nullptr;  // null: the value before the dot of a method call
  ExprRef value;                    // null: open, typed by its parameter
  bool is_fraction = false;         // open, and has a point
  bool is_null = false;
};

bool hasFraction(const ast::Expr& expr) {
  if (expr.is<ast::FloatLiteral>()) return true;
  if (const auto* unary = expr.as<ast::UnaryExpr>()) return hasFraction(*unary->operand);
  if (const auto* binary = expr.as<ast::BinaryExpr>()) {
    return binary->op == ast::BinaryOp::kDivide || hasFraction(*binary->lhs) || hasFraction(*binary->rhs);
  }
  return false;
}

// Matches arguments with the parameters of a row: slot i of the result is the argument for parameter i, null = default.
std::optional<std::vector<const Argument*>> slots(const Builtin& row, const std::vector<Argument>& args,
                                                  const std::vector<const ast::Name*>& labels) {
  std::vector<const Argument*> result(row.param_count, nullptr);
  std::size_t position = 0;
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::size_t at = position;
    if (labels[i] != nullptr) {
      at = 0;
      while (at < row.param_count && row.params()[at].name != labels[i]->text) ++at;
    } else {
      ++position;
    }
    if (at >= row.param_count || result[at] != nullptr) return std::nullopt;
    result[at] = &args[i];
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == nullptr && row.params()[i].default_text.empty()) return std::nullopt;
  }
  return result;
}

class Matcher {
 public:
  Matcher(TypeContext& types, const Builtin& row, bool widening) : types_(types), row_(row), widening_(widening) {}

  bool match(const std::vector<const Argument*>& args) {
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i] != nullptr && args[i]->value != nullptr && !typed(row_.params()[i].type, args[i]->value->type))
        return false;
    }
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i] != nullptr && args[i]->value == nullptr && !open(row_.params()[i].type, *args[i])) return false;
    }
    return true;
  }
  BuiltinBinding binding;

 private:
  bool typed(const BuiltinType& want, TypeRef have) {
    if (have->isOptional()) {
      if (!want.optional) return false;
      have = have->element;
    }
    if (want.list) {
      if (!have->is(TypeKind::kList)) return false;
      have = have->element;
      if (want.variable == 0) return sameKind(want.kind, have);
    }
    if (want.variable == 0)
      return sameKind(want.kind, have) || (widening_ && !want.list && widens(have, scalarOf(want.kind)));
    TypeRef& bound = binding[want.variable];
    if (bound == nullptr) {
      if (!builtinVariableAdmits(want.variable, have)) return false;
      bound = have;
      return true;
    }
    if (bound == have) return true;
    TypeRef common = commonType(types_, bound, have);
    bool changes = common != bound || common != have;
    if (common == nullptr || common->isOptional() || (changes && !widening_ && !have->is(TypeKind::kString)))
      return false;
    bound = common;
    return builtinVariableAdmits(want.variable, common);
  }

  bool open(const BuiltinType& want, const Argument& arg) {
    if (arg.is_null) return want.optional;
    if (want.list) return false;
    TypeRef natural = types_.scalar(arg.is_fraction ? TypeKind::kF64 : TypeKind::kI64);
    if (want.variable == 0) {
      if (want.kind == natural->kind) return true;
      TypeRef type = scalarOf(want.kind);
      return widening_ && (arg.is_fraction ? type->isFloat() : type->isInteger() || type->isFloat());
    }
    TypeRef& bound = binding[want.variable];
    if (bound == nullptr) {
      if (!builtinVariableAdmits(want.variable, natural)) return false;
      bound = natural;
      return true;
    }
    if (bound->isFloat() || bound->is(TypeKind::kDecimal)) return true;
    if (!arg.is_fraction) return bound->isInteger();
    // max(n, 0.5): the integer widens if it can.
    TypeRef common = commonType(types_, bound, natural);
    if (!widening_ || common == nullptr) return false;
    bound = common;
    return true;
  }

  static bool sameKind(TypeKind kind, TypeRef type) { return type->kind == kind; }
  TypeRef scalarOf(TypeKind kind) {
    if (kind == TypeKind::kString) return types_.string();
    return kind == TypeKind::kBytes ? types_.bytes() : types_.scalar(kind);
  }

  TypeContext& types_;
  const Builtin& row_;
  bool widening_;
};

}  // namespace

TypeRef ExprChecker::builtinType(const BuiltinType& type, const BuiltinBinding& binding) const {
  TypeContext& types = context_.types;
  TypeRef result = nullptr;
  if (type.variable != 0) {
    result = binding[type.variable];
  } else if (type.kind == TypeKind::kString) {
    result = types.string();
  } else if (type.kind == TypeKind::kBytes) {
    result = types.bytes();
  } else {
    result = types.scalar(type.kind);
  }
  if (type.list) result = types.list(result);
  return type.optional ? types.optional(result) : result;
}

ExprRef ExprChecker::callRow(const Builtin& row, const BuiltinBinding& binding, std::vector<ExprRef> args, Span span) {
  TypeRef result = builtinType(row.result, binding);
  if (row.how == BuiltinHow::Later) job_.notBuilt("`" + std::string(row.name) + "`", span);
  if (row.how == BuiltinHow::Inline && row.target == "same") return args[0];
  if (row.how == BuiltinHow::Inline && row.target == "cast") {
    if (args[0]->type == result) return args[0];
    return make(ExprKind::kCast, result, span, std::move(args));
  }
  if (row.group == BuiltinGroup::Numbers && (row.target == "div" || row.target == "mod")) {
    return make(row.target == "div" ? ExprKind::kDivInt : ExprKind::kModInt, result, span, std::move(args));
  }
  if (!row.isDeterministic()) job_.program.nondeterministic.push_back({std::string(row.name), span});
  uint32_t index = static_cast<uint32_t>(&row - builtins().data());
  return make(ExprKind::kCall, result, span, std::move(args), std::string(row.name), index);
}

ExprRef ExprChecker::property(ExprRef base, const ast::Name& name, Span span) {
  const Builtin* found = nullptr;
  BuiltinBinding binding;
  builtinsNamed(name.text, [&](const Builtin& row) {
    if (found != nullptr || !row.isProperty() || row.param_count != 1) return;
    std::vector<Argument> args(1);
    args[0].value = base;
    Matcher matcher(context_.types, row, true);
    if (!matcher.match({&args[0]})) return;
    found = &row;
    binding = matcher.binding;
  });
  if (found == nullptr) return nullptr;
  base = convert(context_, base, builtinType(found->params()[0].type, binding));
  return callRow(*found, binding, {std::move(base)}, span);
}

ExprRef ExprChecker::callBuiltin(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name,
                                 ExprRef self) {
  std::vector<Argument> args;
  std::vector<const ast::Name*> labels;
  if (self != nullptr) {
    args.push_back({.value = std::move(self)});
    labels.push_back(nullptr);
  }
  for (const ast::Arg& arg : node.args) {
    if (arg.value == nullptr) return error(expr.span);
    if (arg.label && arg.label->text == "rounding") continue;  // a word, not a value: callDecimal reads it
    bool open = isOpen(*arg.value) && !arg.value->is<ast::NameRef>() && !arg.value->is<ast::ListExpr>();
    Argument argument{.text = arg.value.get()};
    argument.is_null = arg.value->is<ast::NullLiteral>();
    argument.is_fraction = open && hasFraction(*arg.value);
    if (!open) argument.value = infer(*arg.value);
    args.push_back(std::move(argument));
    labels.push_back(arg.label ? &*arg.label : nullptr);
  }
  for (const Argument& arg : args) {
    if (arg.value != nullptr && isError(arg.value)) return error(expr.span);
  }
  // The text of an enum is its symbol; it is the one cast whose argument the table cannot name.
  if (name.text == "string" && args.size() == 1 && args[0].value != nullptr && args[0].value->type->is(TypeKind::kEnum))
    return make(ExprKind::kFString, context_.types.string(), expr.span, {args[0].value});
  if (isDecimalCall(name.text, args.empty() ? nullptr : args[0].value)) {
    std::vector<DecimalArgument> values;
    for (std::size_t i = 0; i < args.size(); ++i) values.push_back({args[i].text, args[i].value, labels[i]});
    return callDecimal(expr, node, name, values);
  }
  for (bool widening : {false, true}) {
    for (const Builtin& row : builtins()) {
      if (row.name != name.text || row.isSpecial()) continue;
      auto chosen = slots(row, args, labels);
      Matcher matcher(context_.types, row, widening);
      if (!chosen || !matcher.match(*chosen)) continue;
      std::vector<ExprRef> values;
      for (std::size_t i = 0; i < chosen->size(); ++i) {
        TypeRef type = builtinType(row.params()[i].type, matcher.binding);
        const Argument* arg = (*chosen)[i];
        if (arg == nullptr) {
          values.push_back(defaultOf(row.params()[i], type, expr.span));
        } else {
          ExprRef value = arg->value != nullptr ? arg->value : infer(*arg->text, type);
          values.push_back(
              require(std::move(value), type, "`" + std::string(row.params()[i].name) + "` of `" + name.text + "`"));
        }
        if (isError(values.back())) return error(expr.span);
        if (row.params()[i].name == "zone" && arg != nullptr && !isZone(*values.back())) return error(expr.span);
      }
      return callRow(row, matcher.binding, std::move(values), expr.span);
    }
  }
  bool is_later = std::any_of(args.begin(), args.end(),
                              [](const Argument& arg) { return arg.value != nullptr && isLaterType(arg.value->type); });
  if (is_later) {
    std::vector<ExprRef> values;
    for (Argument& arg : args) values.push_back(arg.value != nullptr ? arg.value : infer(*arg.text));
    return laterCall(name.text, std::move(values), expr.span);
  }
  return reportNoRow(expr, name, args.size(), [&](std::size_t i) { return args[i].value; });
}

// Which zones a job needs is known when it is compiled: their rules are read when it starts.
bool ExprChecker::isZone(const Expr& value) {
  const auto* name = std::get_if<std::string>(&value.literal.value);
  if (value.kind != ExprKind::kLiteral || name == nullptr) {
    context_.sink.report(
        Diagnostic(kZone, value.span, "`zone` is a constant: the name of a time zone")
            .note("names are those of the IANA database: \"Asia/Kolkata\", \"Europe/Berlin\", \"UTC\""));
    return false;
  }
  if (isZoneName(*name)) return true;
  Diagnostic diagnostic(kZone, value.span, "there is no time zone called \"" + *name + "\"");
  std::string best = nearest(*name, {zoneNames().begin(), zoneNames().end()});
  if (!best.empty()) {
    diagnostic.label("did you mean \"" + best + "\"?").fix(Fix::replace(value.span, "\"" + best + "\"", "replace it"));
  }
  context_.sink.report(std::move(diagnostic));
  return false;
}

// The default of a parameter in the table: a text, a number or a bool.
ExprRef ExprChecker::defaultOf(const BuiltinParam& param, TypeRef type, Span span) {
  std::string_view text = param.default_text;
  if (text.front() == '"') return makeLiteral(type, span, {std::string(text.substr(1, text.size() - 2))});
  if (text == "true" || text == "false") return makeLiteral(type, span, {text == "true"});
  __int128 number = 0;
  for (char c : text) number = number * 10 + (c - '0');
  return makeLiteral(type, span, {number});
}

ExprRef ExprChecker::reportNoRow(const ast::Expr& expr, const ast::Name& name, std::size_t count,
                                 const std::function<ExprRef(std::size_t)>& arg) {
  // An optional argument is the likely reason, and has ways out of its own.
  for (std::size_t i = 0; i < count; ++i) {
    ExprRef value = arg(i);
    if (value != nullptr && value->type->isOptional()) {
      return mayBeNull(*value,
                       "`" + context_.text(value->span) + "` may be null, and `" + name.text + "` needs a value");
    }
  }
  Diagnostic diagnostic(kBuiltinArguments, name.span, "`" + name.text + "` does not take these arguments");
  for (std::size_t i = 0; i < count; ++i) {
    if (ExprRef value = arg(i)) diagnostic.because(value->span, toString(value->type));
  }
  std::string takes;
  builtinsNamed(name.text, [&](const Builtin& row) {
    takes += (takes.empty() ? "it is " : ", or ") + ("`" + name.text + std::string(row.signature) + "`");
  });
  diagnostic.note(takes);
  if (count == 1) {
    ExprRef value = arg(0);
    if (value != nullptr && value->type->isNumber() && takes.find("string)") != std::string::npos) {
      diagnostic.fix(Fix::replace(value->span, "string(" + context_.text(value->span) + ")", "of its text"));
    }
  }
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

}  // namespace streamc::sema
