// Calls with a dot: functions of modules and services, and methods, where `s.lower()` is `lower(s)`.
#include <algorithm>

#include "frontend/sema/expressions.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownMethod, "E0238", Severity::kError, "a value has no such function");

namespace {

struct ListMethod {
  std::string_view name;
  enum class Result { kSame, kList, kBool, kSum, kOptional, kMean, kCount } result;
  bool takes_lambda;  // may be given as the one argument
  bool needs_lambda;
};
using Result = ListMethod::Result;
constexpr ListMethod kListMethods[] = {
    {"filter", Result::kSame, true, true},     {"map", Result::kList, true, true},
    {"any", Result::kBool, true, true},        {"all", Result::kBool, true, true},
    {"sum", Result::kSum, true, false},        {"min", Result::kOptional, true, false},
    {"max", Result::kOptional, true, false},   {"avg", Result::kMean, true, false},
    {"count", Result::kCount, true, false},    {"find", Result::kOptional, true, true},
    {"sort", Result::kSame, true, false},      {"distinct", Result::kSame, false, false},
    {"is_empty", Result::kBool, false, false}, {"reverse", Result::kSame, false, false},
};

bool isBound(const Expr& expr) { return expr.kind == ExprKind::kColumn || expr.kind == ExprKind::kLocal; }

const ast::LambdaExpr* lambdaOf(const ast::CallExpr& node) {
  return node.args.size() == 1 && node.args[0].value != nullptr ? node.args[0].value->as<ast::LambdaExpr>() : nullptr;
}

std::vector<const ast::Name*> calleeChain(const ast::FieldExpr& callee) {
  if (callee.is_optional) return {};
  std::vector<const ast::Name*> names = {&callee.name};
  const ast::Expr* at = callee.base.get();
  while (const auto* field = at->as<ast::FieldExpr>()) {
    if (field->is_optional) return {};
    names.push_back(&field->name);
    at = field->base.get();
  }
  const auto* first = at->as<ast::NameRef>();
  if (first == nullptr) return {};
  names.push_back(&first->name);
  std::reverse(names.begin(), names.end());
  return names;
}

}  // namespace

// m.f(…), m.svc.f(…), svc.f(…); null when the name before the dot is a value.
ExprRef ExprChecker::callQualified(const ast::Expr& expr, const ast::CallExpr& node, const ast::FieldExpr& callee) {
  std::vector<const ast::Name*> names = calleeChain(callee);
  if (names.empty() || isValueName(names[0]->text)) return nullptr;
  const Scope* scope = &names_;
  std::size_t at = 0;
  for (; at + 1 < names.size(); ++at) {
    Scope* module = nullptr;
    if (!scope->findModule(names[at]->text, &module)) break;
    if (module == nullptr) {  // the library, or a file that could not be read
      for (const ast::Arg& arg : node.args) {
        if (arg.value != nullptr && !arg.value->is<ast::LambdaExpr>()) infer(*arg.value);
      }
      return notBuilt("the library", context_.error(), expr.span, {}, Cause::kFunction);
    }
    scope = module;
  }
  Entity* entity = scope->findValue(names[at]->text);
  bool is_last = at + 1 == names.size();
  if (entity != nullptr && !is_last && entity->decl->as<ast::ServiceDecl>() != nullptr) {
    return callService(*entity, *names[at + 1], expr, node);
  }
  if (at == 0) return nullptr;
  bool is_function = entity != nullptr && (entity->extern_fn != nullptr || entity->decl->as<ast::FnDecl>() != nullptr);
  if (is_function && is_last) return callFunction(*entity, expr, node, nullptr);
  Diagnostic diagnostic(kUnknownMethod, names[at]->span,
                        "`" + names[at - 1]->text + "` has no function `" + names[at]->text + "`");
  suggest(diagnostic, names[at]->span, names[at]->text,
          scope->valueNames([](const ast::Decl& d) { return d.as<ast::FnDecl>() != nullptr; }), "functions");
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

ExprRef ExprChecker::callMethod(const ast::Expr& expr, const ast::CallExpr& node, const ast::FieldExpr& callee,
                                TypeRef expected) {
  if (ExprRef call = callQualified(expr, node, callee)) return call;
  ExprRef base = infer(*callee.base);
  if (isError(base) || callee.name.missing()) return error(expr.span);
  if (!base->type->isOptional() || !callee.is_optional) {
    if (base->type->isOptional() && !base->type->element->is(TypeKind::kJson) && !isNullFunction(callee.name.text)) {
      std::string text = context_.text(base->span), name = callee.name.text;
      return mayBeNull(*base, "`" + text + "` may be null, so `" + name + "` has nothing to work on: use `" + text +
                                  "?." + name + "(…)`");
    }
    return callOn(std::move(base), expr, node, callee.name);
  }
  TypeRef inner = base->type->element;
  return makeLet(context_, std::move(base), [&](const ExprRef& value) {
    ExprRef present = make(ExprKind::kNarrow, inner, value->span, {value});
    ExprRef result = callOn(std::move(present), expr, node, callee.name);
    if (isError(result)) return result;
    TypeRef type = context_.types.optional(result->type);
    ExprRef is_null = make(ExprKind::kIsNull, context_.boolean(), value->span, {value});
    return make(ExprKind::kIf, type, expr.span, {is_null, makeNull(type, expr.span), convert(context_, result, type)});
  });
}

bool ExprChecker::isNullFunction(std::string_view name) const { return name == "to_json" || name == "json"; }

ExprRef ExprChecker::callOn(ExprRef self, const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name) {
  TypeRef type = self->type;
  if (type->is(TypeKind::kList) || type->is(TypeKind::kSet)) {
    if (ExprRef call = listMethod(self, expr, node, name)) return call;
  }
  Entity* entity = names_.findValue(name.text);
  if (entity != nullptr && (entity->extern_fn != nullptr || entity->decl->as<ast::FnDecl>() != nullptr)) {
    return callFunction(*entity, expr, node, std::move(self));
  }
  if (ExprRef special = callSpecial(expr, node, name, self)) return special;
  if (isBuiltin(name.text)) return callBuiltin(expr, node, name, std::move(self));
  Diagnostic diagnostic(kUnknownMethod, name.span, "there is no function `" + name.text + "` of " + describe(type));
  std::vector<std::string> candidates;
  if (type->is(TypeKind::kList)) {
    for (const ListMethod& method : kListMethods) candidates.emplace_back(method.name);
  }
  for (const Builtin& row : builtins()) {
    bool fits = row.param_count > 0 && !row.isProperty() && row.params()[0].type.list == type->is(TypeKind::kList) &&
                (row.params()[0].type.kind == type->kind || row.params()[0].type.list ||
                 (row.params()[0].type.variable != 0 && builtinVariableAdmits(row.params()[0].type.variable, type)));
    if (fits && std::find(candidates.begin(), candidates.end(), row.name) == candidates.end())
      candidates.emplace_back(row.name);
  }
  suggest(diagnostic, name.span, name.text, candidates, "functions");
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

ExprRef ExprChecker::listMethod(ExprRef self, const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name) {
  if ((name.text == "first" || name.text == "last") && node.args.empty() && isBound(*self) &&
      never_empty_.contains(self->name)) {
    TypeRef present = self->type->element;
    return notBuilt("`" + name.text + "` of a pattern", present, expr.span, {std::move(self)});
  }
  const auto* method = std::find_if(std::begin(kListMethods), std::end(kListMethods),
                                    [&](const ListMethod& m) { return m.name == name.text; });
  if (method == std::end(kListMethods)) return nullptr;
  const ast::LambdaExpr* lambda = lambdaOf(node);
  TypeRef element = self->type->element;
  if (lambda == nullptr && node.args.empty() && name.text == "count" && self->type->is(TypeKind::kList))
    return nullptr;  // in the table
  if (lambda == nullptr ? (method->needs_lambda || !node.args.empty())
                        : (!method->takes_lambda || lambda->params.size() != 1)) {
    Diagnostic diagnostic(kUnknownMethod, node.args_span,
                          "`" + name.text + "` of a list " +
                              (method->needs_lambda   ? "takes a function of one element: `x => …`"
                               : method->takes_lambda ? "takes nothing, or a function of one element: `x => …`"
                                                      : "takes nothing"));
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  std::vector<ExprRef> args = {self};
  TypeRef value_type = element;
  if (lambda != nullptr) {
    std::string unique = "$" + std::to_string(++context_.locals_made);
    bind(lambda->params[0].text, element, unique);
    bool is_condition =
        method->result == Result::kBool || name.text == "filter" || name.text == "count" || name.text == "find";
    ExprRef body = is_condition ? asBool(*lambda->body, "`" + name.text + "`") : infer(*lambda->body);
    locals_.pop_back();
    if (isError(body)) return error(expr.span);
    if (!is_condition) value_type = body->type;
    args.push_back(std::move(body));
  }
  TypeRef result = self->type;
  switch (method->result) {
    case Result::kSame:
      break;
    case Result::kList:
      result = context_.types.list(value_type);
      break;
    case Result::kBool:
      result = context_.boolean();
      break;
    case Result::kCount:
      result = context_.i64();
      break;
    case Result::kOptional:
      result = context_.types.optional(lambda != nullptr && name.text != "find" ? value_type : element);
      break;
    case Result::kMean:
      result = context_.types.optional(context_.f64());
      break;
    case Result::kSum:
      if (!value_type->isNumber() && !value_type->is(TypeKind::kDuration)) {
        context_.sink.report(
            Diagnostic(kUnknownMethod, name.span, "`sum` adds numbers, and these are " + toString(value_type)));
        return error(expr.span);
      }
      result = value_type->isInteger()              ? context_.i64()
               : value_type->is(TypeKind::kDecimal) ? context_.types.decimal(38, value_type->scale)
                                                    : value_type;
      break;
  }
  return notBuilt("`" + name.text + "` of a list", result, expr.span, std::move(args));
}

}  // namespace streamc::sema
