// Parameters: typed values that are known when the job starts.
#include "frontend/sema/constants.h"
#include "frontend/sema/expressions.h"

namespace streamc::sema {

uint32_t Job::param(Entity& entity) {
  auto [place, is_new] = params_.try_emplace(&entity, static_cast<uint32_t>(program.params.size()));
  if (!is_new) return place->second;
  uint32_t index = place->second;
  const ast::ParamDecl& decl = *entity.decl->as<ast::ParamDecl>();
  Param param;
  param.name = decl.name.text;
  param.span = decl.name.span;
  param.type = decl.type == nullptr ? context.error() : declarations.type(*decl.type, *entity.home);
  program.params.push_back(param);  // before the default: it may only name others
  if (decl.is_live) notBuilt("live parameters", entity.decl->keyword_span);
  TypeRef plain = TypeContext::unwrap(param.type);
  if (plain->is(TypeKind::kOneof)) notBuilt("parameters of this type", param.span);
  ExprRef value;
  if (decl.value != nullptr) {
    ExprChecker checker(*this, *entity.home, {.allows_env = true, .place = "in the default of a parameter"});
    value = checker.checkAs(*decl.value, param.type, "`" + decl.name.text + "`");
  }
  if (decl.via != nullptr) {
    ExprChecker checker(*this, *entity.home, {.allows_env = true, .place = "behind `via`"});
    checker.infer(*decl.via);
  }
  if (value != nullptr && !value->type->isError()) {
    // i32(env("N")): the text of a parameter is read as its type anyway.
    bool reads_text = value->kind == ExprKind::kCall && builtins()[value->index].group == BuiltinGroup::Casts;
    if (reads_text && value->args[0]->kind == ExprKind::kEnv && value->args[0]->args.empty()) value = value->args[0];
    if (value->kind == ExprKind::kEnv) {
      param.env = value->name;
      value = value->args.empty() ? nullptr : value->args[0];
    }
    if (value != nullptr) {
      param.default_value = constantOf(*value);
      if (!param.default_value) notBuilt("parameters that are computed from others", value->span);
    }
  }
  program.params[index] = std::move(param);
  return index;
}

}  // namespace streamc::sema
