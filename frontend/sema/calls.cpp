// Calls by name: functions of the user, of modules and services, `env`, and the few functions with rules of their own.
#include <algorithm>

#include "frontend/sema/expressions.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownFunction, "E0212", Severity::kError, "a function is not known");
STREAMC_DIAGNOSTIC(kArguments, "E0213", Severity::kError, "a call with the wrong arguments");
STREAMC_DIAGNOSTIC(kEnvInRow, "E0226", Severity::kError, "env() in an expression about records");

namespace {

bool isFunction(const Entity& entity) {
  return entity.extern_fn != nullptr || entity.decl->as<ast::FnDecl>() != nullptr;
}

// Functions with rules that a row of the builtin table cannot say; typed here, executed in a later version.
constexpr std::string_view kSpecialNames[] = {"json", "to_json", "parse_json", "version_of", "uuid", "sort"};

}  // namespace

ExprRef ExprChecker::inferCall(const ast::Expr& expr, const ast::CallExpr& node, TypeRef expected) {
  if (const auto* name = node.callee->as<ast::NameRef>()) return callNamed(expr, node, name->name, expected);
  if (const auto* field = node.callee->as<ast::FieldExpr>()) return callMethod(expr, node, *field, expected);
  ExprRef callee = infer(*node.callee);
  if (!isError(callee)) {
    context_.sink.report(Diagnostic(kUnknownFunction, node.callee->span,
                                    "this is " + describe(callee->type) + ", and only functions can be called"));
  }
  return error(expr.span);
}

ExprRef ExprChecker::callNamed(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name,
                               TypeRef expected) {
  if (name.missing()) return error(expr.span);
  if (aggregates_ != nullptr) {
    if (ExprRef call = callAggregate(expr, node, name)) return call;
  }
  Entity* entity = names_.findValue(name.text);
  if (entity != nullptr && isFunction(*entity)) return callFunction(*entity, expr, node, nullptr);
  if (name.text == "env" || name.text == "config") return callEnv(expr, node, name, expected);
  if (ExprRef special = callSpecial(expr, node, name, nullptr)) return special;
  if (isBuiltin(name.text)) return callBuiltin(expr, node, name, nullptr);

  for (const ast::Arg& arg : node.args) {  // what is wrong inside is worth saying too
    if (arg.value != nullptr && !arg.value->is<ast::LambdaExpr>()) infer(*arg.value);
  }
  Diagnostic diagnostic(kUnknownFunction, name.span, "there is no function called `" + name.text + "`");
  static constexpr std::string_view kAggregateNames[] = {"sum",   "avg",      "any",         "collect",
                                                         "count", "quantile", "collect_set", "top_k"};
  if (std::find(std::begin(kAggregateNames), std::end(kAggregateNames), name.text) != std::end(kAggregateNames)) {
    diagnostic.label("aggregates a group of records: it stands in `aggregate { … }`");
  } else {
    std::vector<std::string> candidates =
        names_.valueNames([](const ast::Decl& d) { return d.as<ast::FnDecl>() != nullptr; });
    for (const Builtin& row : builtins()) {
      if (candidates.empty() || candidates.back() != row.name) candidates.emplace_back(row.name);
    }
    std::string best = nearest(name.text, candidates);
    if (!best.empty()) {
      diagnostic.label("did you mean `" + best + "`?").fix(Fix::replace(name.span, best, "replace it"));
    }
  }
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

std::optional<std::vector<ExprRef>> ExprChecker::arguments(const std::vector<ast::Param>& params,
                                                           const std::vector<TypeRef>& types, const ast::CallExpr& node,
                                                           const std::string& function, ExprRef self,
                                                           const Scope& home) {
  std::vector<ExprRef> values(params.size());
  std::size_t position = 0;
  bool failed = false;
  auto role = [&](std::size_t i) { return "`" + params[i].name.text + "` of `" + function + "`"; };
  if (self != nullptr && !params.empty()) {
    values[0] = require(std::move(self), types[0], role(0));
    position = 1;
  }
  for (const ast::Arg& arg : node.args) {
    if (arg.value == nullptr) return std::nullopt;
    std::size_t at = position;
    if (arg.label) {
      auto found = std::find_if(params.begin(), params.end(),
                                [&](const ast::Param& p) { return p.name.text == arg.label->text; });
      if (found == params.end()) {
        Diagnostic diagnostic(kArguments, arg.label->span,
                              "`" + function + "` has no parameter `" + arg.label->text + "`");
        std::vector<std::string> names;
        for (const ast::Param& param : params) names.push_back(param.name.text);
        suggest(diagnostic, arg.label->span, arg.label->text, names, "parameters");
        context_.sink.report(std::move(diagnostic));
        infer(*arg.value);
        failed = true;
        continue;
      }
      at = static_cast<std::size_t>(found - params.begin());
    } else {
      ++position;
    }
    if (at >= params.size()) {
      context_.sink.report(Diagnostic(kArguments, arg.span,
                                      "`" + function + "` takes " + std::to_string(params.size()) +
                                          (params.size() == 1 ? " argument" : " arguments"))
                               .label("one too many"));
      return std::nullopt;
    }
    if (values[at] != nullptr) {
      context_.sink.report(Diagnostic(kArguments, arg.span, role(at) + " is given twice"));
      failed = true;
      continue;
    }
    values[at] = checkAs(*arg.value, types[at], role(at));
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (values[i] != nullptr) continue;
    if (params[i].default_value != nullptr) {
      ExprChecker defaults(job_, home, {.place = "in the default of `" + params[i].name.text + "`"});
      values[i] = defaults.checkAs(*params[i].default_value, types[i], role(i));
      continue;
    }
    context_.sink.report(Diagnostic(kArguments, node.args_span,
                                    "`" + function + "` needs `" + params[i].name.text + "`, " + describe(types[i])));
    return std::nullopt;
  }
  if (failed) return std::nullopt;
  return values;
}

ExprRef ExprChecker::callEnv(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name,
                             TypeRef expected) {
  const ast::StringLiteral* variable = node.args.empty() || node.args[0].label || node.args[0].value == nullptr
                                           ? nullptr
                                           : node.args[0].value->as<ast::StringLiteral>();
  if (variable == nullptr || variable->value.empty()) {
    context_.sink.report(
        Diagnostic(kArguments, node.args_span,
                   "`" + name.text + "` takes the name of a variable as text: `" + name.text + "(\"NAME\")`"));
    return error(expr.span);
  }
  TypeRef type = expected == nullptr || expected->isError() ? context_.types.string() : expected;
  ExprRef fallback;
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    const ast::Arg& arg = node.args[i];
    if (!arg.label || arg.label->text != "default" || arg.value == nullptr || fallback != nullptr) {
      context_.sink.report(
          Diagnostic(kArguments, arg.span, "besides the name, `" + name.text + "` takes `default: …`"));
      return error(expr.span);
    }
    fallback = checkAs(*arg.value, type, "the default");
  }
  std::vector<ExprRef> args;
  if (fallback != nullptr) args.push_back(fallback);
  if (name.text == "config") return notBuilt("`config`", type, expr.span, std::move(args));
  if (!row_.allows_env) {
    std::string param = "setting";
    Diagnostic diagnostic(kEnvInRow, expr.span, "the environment is read when the job starts, not for each record");
    if (row_.row != nullptr) {
      diagnostic.fix({"make it a parameter, and use that here",
                      {{expr.span, param},
                       {Span{expr.span.file, 0, 0},
                        "param " + param + ": " + toString(type) + " = " + context_.text(expr.span) + "\n"}},
                      Applicability::kMaybeIncorrect});
    }
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  return make(ExprKind::kEnv, type, expr.span, std::move(args), variable->value);
}

ExprRef ExprChecker::callService(const Entity& entity, const ast::Name& function, const ast::Expr& expr,
                                 const ast::CallExpr& node) {
  const ast::ServiceDecl& service = *entity.decl->as<ast::ServiceDecl>();
  auto found = std::find_if(service.functions.begin(), service.functions.end(),
                            [&](const ast::ServiceFn& f) { return f.name.text == function.text; });
  if (found == service.functions.end()) {
    Diagnostic diagnostic(kUnknownFunction, function.span,
                          "the service `" + service.name.text + "` has no function `" + function.text + "`");
    std::vector<std::string> names;
    for (const ast::ServiceFn& f : service.functions) names.push_back(f.name.text);
    suggest(diagnostic, function.span, function.text, names, "functions");
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  std::vector<TypeRef> types;
  for (const ast::Param& param : found->params) {
    const auto* type = std::get_if<ast::TypePtr>(&param.type);
    types.push_back(type == nullptr || *type == nullptr ? context_.error()
                                                        : job_.declarations.type(**type, *entity.home));
  }
  auto args = arguments(found->params, types, node, service.name.text + "." + function.text, nullptr, *entity.home);
  if (!args || found->result == nullptr) return error(expr.span);
  TypeRef result = job_.declarations.type(*found->result, *entity.home);
  if (result->isError()) return error(expr.span);
  return notBuilt("services", result, expr.span, std::move(*args), Cause::kService);
}

ExprRef ExprChecker::callSpecial(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name,
                                 ExprRef self) {
  if (std::find(std::begin(kSpecialNames), std::end(kSpecialNames), name.text) == std::end(kSpecialNames))
    return nullptr;
  if (name.text == "version_of") return notBuilt("`version_of`", context_.i64(), expr.span);
  std::vector<ExprRef> args;
  if (self != nullptr) args.push_back(std::move(self));
  for (const ast::Arg& arg : node.args) {
    bool is_word = arg.label && arg.label->text == "rounding";
    if (arg.value == nullptr || is_word || arg.value->is<ast::LambdaExpr>()) continue;
    args.push_back(infer(*arg.value));
  }
  if (args.empty() && name.text != "uuid") {
    context_.sink.report(Diagnostic(kArguments, node.args_span, "`" + name.text + "` needs an argument"));
    return error(expr.span);
  }
  return laterCall(name.text, std::move(args), expr.span);
}

// Result types of functions over values that the runtime does not have yet.
ExprRef ExprChecker::laterCall(const std::string& name, std::vector<ExprRef> args, Span span) {
  for (const ExprRef& arg : args) {
    if (isError(arg)) return error(span);
    if (arg->type->isOptional() && name != "json" && name != "to_json") {
      return mayBeNull(*arg, "`" + context_.text(arg->span) + "` may be null, and `" + name + "` needs a value");
    }
  }
  if (name == "uuid") return notBuilt("`uuid`", context_.types.string(36), span);
  TypeRef type = args[0]->type;
  TypeRef result = type;
  std::optional<Cause> cause;
  if (name == "json" || name == "to_json" || name == "string") {
    result = context_.types.string();
  } else if (name == "parse_json") {
    result = context_.types.scalar(TypeKind::kJson);
    cause = Cause::kCast;
  } else if (name == "f64" || name == "f32") {
    result = context_.types.scalar(name == "f64" ? TypeKind::kF64 : TypeKind::kF32);
  } else if (name == "i64" || name == "i32") {
    result = context_.types.scalar(name == "i64" ? TypeKind::kI64 : TypeKind::kI32);
    cause = Cause::kCast;
  } else if (name == "sign" || name == "length" || name == "count") {
    result = context_.i64();
  } else if (name == "timestamp") {
    result = context_.timestamp();
  } else if (name == "contains") {
    result = context_.boolean();
  }
  return notBuilt("`" + name + "` of " + toString(type), result, span, std::move(args), cause);
}

}  // namespace streamc::sema
