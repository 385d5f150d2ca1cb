// Functions of the user: typed once, then put into each call as its body with the parameters bound.
#include "frontend/sema/causes.h"
#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kRecursion, "E0223", Severity::kError, "a function calls itself");
STREAMC_DIAGNOSTIC(kExpandsTooFar, "E0263", Severity::kError, "a function is too large with its calls in place");
STREAMC_DIAGNOSTIC(kNeedsResultType, "E0237", Severity::kError, "a function whose result type cannot be worked out");

namespace {

// Calls are put in place, so functions that call others twice, and those others twice, would double at each level.
constexpr std::size_t kExpandedMax = 20'000;

// Nodes of the expression as it is when every call is in place; stops counting at `limit`.
std::size_t expandedSize(const Expr& expr, std::size_t limit) {
  std::size_t size = 1;
  for (const ExprRef& arg : expr.args) {
    if (size >= limit) break;
    size += expandedSize(*arg, limit - size);
  }
  return size;
}

TypeRef paramType(Job& job, const ast::Param& param, const Scope& scope) {
  const auto* type = std::get_if<ast::TypePtr>(&param.type);
  return type == nullptr || *type == nullptr ? job.context.error() : job.declarations.type(**type, scope);
}

// Locals of a body are renamed, so that they cannot capture names of a caller.
std::string uniqueName(const ast::Name& function, const ast::Name& local) {
  return function.text + (function.span.file == 0 ? "." : "@" + std::to_string(function.span.file) + ".") + local.text;
}

}  // namespace

const CheckedFunction& Job::function(Entity& entity) {
  CheckedFunction& checked = functions_[&entity];
  if (checked.progress == Progress::kDone) return checked;
  if (checked.progress == Progress::kActive) {
    context.sink.report(Diagnostic(kRecursion, entity.name->span,
                                   "`" + entity.name->text + "` calls itself, so nobody knows when it ends")
                            .note("functions have no recursion; lists have `map`, `filter` and `sum`"));
    checked.result = context.error();
    return checked;
  }
  checked.progress = Progress::kActive;
  CheckedFunction made = makeFunction(entity);
  bool was_recursive = checked.result != nullptr;
  checked = std::move(made);
  if (was_recursive) checked.result = context.error();
  checked.progress = Progress::kDone;
  return checked;
}

CheckedFunction Job::makeFunction(Entity& entity) {
  CheckedFunction made;
  const Scope& scope = *entity.home;
  if (entity.extern_fn != nullptr) {
    for (const ast::Param& param : entity.extern_fn->params) made.params.push_back(paramType(*this, param, scope));
    made.result =
        entity.extern_fn->result == nullptr ? context.error() : declarations.type(*entity.extern_fn->result, scope);
    return made;
  }
  const ast::FnDecl& decl = *entity.decl->as<ast::FnDecl>();
  ExprChecker checker(*this, scope, {.place = "in `" + decl.name.text + "`"});
  for (const ast::Param& param : decl.params) {
    made.params.push_back(paramType(*this, param, scope));
    checker.bind(param.name.text, made.params.back(), uniqueName(decl.name, param.name));
  }
  TypeRef declared = decl.result == nullptr ? nullptr : declarations.type(*decl.result, scope);
  // A recursive call inside sees the declared type, so that it is reported once.
  functions_[&entity].params = made.params;
  made.result = declared == nullptr ? context.error() : declared;
  if (decl.is_live || decl.value == nullptr) return made;
  Resting resting(context, 4 + decl.value->depth);
  if (resting.isTooDeep(decl.name.text, decl.name.span)) {
    made.result = context.error();
    return made;
  }

  std::vector<std::pair<std::string, ExprRef>> lets;
  for (const ast::Let& let : decl.lets) {
    if (let.value == nullptr) continue;
    lets.emplace_back(uniqueName(decl.name, let.name), checker.infer(*let.value));
    checker.bind(let.name.text, lets.back().second->type, lets.back().first);
  }
  ExprRef body = declared == nullptr ? checker.infer(*decl.value)
                                     : checker.checkAs(*decl.value, declared, "the result of `" + decl.name.text + "`");
  if (declared == nullptr && body->type->is(TypeKind::kNull)) {
    context.sink.report(Diagnostic(kNeedsResultType, decl.name.span,
                                   "`" + decl.name.text + "` gives null of an unknown type: say it, `-> i64?`"));
    body = makeError(context, body->span);
  }
  for (auto let = lets.rbegin(); let != lets.rend(); ++let) {
    body = makeExpr(ExprKind::kLet, body->type, body->span, {let->second, body}, let->first);
  }
  if (expandedSize(*body, kExpandedMax) >= kExpandedMax) {
    context.sink.report(
        Diagnostic(kExpandsTooFar, decl.name.span,
                   "`" + decl.name.text + "` is too large when the functions that it calls are put in place")
            .note("a `let` computes a value once: `let h = f(x)`, then use `h`"));
    made.result = context.error();
    return made;
  }
  made.result = body->type;
  made.body = std::move(body);
  return made;
}

ExprRef ExprChecker::callFunction(Entity& entity, const ast::Expr& expr, const ast::CallExpr& node, ExprRef self) {
  const CheckedFunction& function = job_.function(entity);
  std::string name = entity.name->text;
  const auto* decl = entity.extern_fn == nullptr ? entity.decl->as<ast::FnDecl>() : nullptr;
  const std::vector<ast::Param>& params = decl != nullptr ? decl->params : entity.extern_fn->params;
  auto args = arguments(params, function.params, node, name, std::move(self), *entity.home);
  if (!args || function.result->isError()) return error(expr.span);
  for (const ExprRef& arg : *args) {
    if (isError(arg)) return error(expr.span);
  }
  if (function.body == nullptr) {
    bool is_live = decl != nullptr && decl->is_live;
    bool fails = is_live;
    if (entity.extern_fn != nullptr) {
      for (const auto& attribute : entity.extern_fn->attributes)
        fails |= attribute.kind == ast::ExternFn::Attribute::Kind::kFails;
    }
    std::optional<Cause> cause;
    if (fails) cause = is_live ? Cause::kLive : Cause::kFunction;
    return notBuilt(is_live ? "live functions" : "functions in C++", function.result, expr.span, std::move(*args),
                    cause);
  }
  ExprRef body = function.body;
  for (std::size_t i = args->size(); i-- > 0;) {
    body = make(ExprKind::kLet, body->type, expr.span, {(*args)[i], body}, uniqueName(decl->name, params[i].name));
  }
  return body;
}

}  // namespace streamc::sema
