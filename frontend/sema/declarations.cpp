#include "frontend/sema/declarations.h"

#include <utility>

#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kDuplicateName, "E0210", Severity::kError, "two declarations have the same name");
STREAMC_DIAGNOSTIC(kCannotUse, "E0124", Severity::kError, "a file named in `use` cannot be read");

Scope& Declarations::module(const ast::Module& module) {
  auto [place, is_new] = modules_.try_emplace(&module, nullptr);
  if (!is_new) return *place->second;
  Scope& scope = scopes_.emplace_back();
  place->second = &scope;  // before the uses: files may use each other
  scope.module = &module;
  for (const ast::DeclPtr& decl : module.decls) declare(scope, *decl);
  return scope;
}

Scope& Declarations::nested(Scope& parent) {
  Scope& scope = scopes_.emplace_back();
  scope.parent = &parent;
  scope.module = parent.module;
  return scope;
}

Scope& Declarations::nested(Scope& parent, const std::vector<ast::DeclPtr>& decls) {
  Scope& scope = nested(parent);
  for (const ast::DeclPtr& decl : decls) declare(scope, *decl);
  return scope;
}

void Declarations::declare(Scope& scope, const ast::Decl& decl) {
  if (const auto* used = decl.as<ast::UseDecl>()) return use(scope, *used);
  if (const auto* block = decl.as<ast::ExternDecl>()) {
    for (const ast::ExternFn& function : block->functions) declareAs(scope, decl, function.name, &function);
    return;
  }
  const ast::Name* name = decl.name();
  if (name != nullptr && decl.as<ast::JobDecl>() == nullptr) declareAs(scope, decl, *name, nullptr);
}

void Declarations::declareAs(Scope& scope, const ast::Decl& decl, const ast::Name& name,
                             const ast::ExternFn* extern_fn) {
  auto& names = decl.as<ast::TypeDecl>() != nullptr ? scope.types : scope.values;
  auto [place, is_new] = names.try_emplace(name.text, nullptr);
  if (!is_new) {
    context_.sink.report(Diagnostic(kDuplicateName, name.span, "`" + name.text + "` is declared twice")
                             .label("a second time here")
                             .because(place->second->name->span, "declared here first"));
    return;
  }
  place->second = &entities_.emplace_back(Entity{.decl = &decl, .extern_fn = extern_fn, .name = &name, .home = &scope});
}

void Declarations::use(Scope& scope, const ast::UseDecl& used) {
  if (const auto* path = std::get_if<ast::Path>(&used.target)) {
    // The library is not part of this version: its names are accepted as unknown, and the program is not run.
    const ast::Name& name = used.as ? *used.as : path->last();
    scope.modules.try_emplace(name.text, nullptr);
    markNotBuilt("the library `" + path->str() + "`", path->span);
    return;
  }
  const std::string& file = std::get<ast::StringLiteral>(used.target).value;
  LoadedModule loaded;
  if (context_.options.load) {
    loaded = context_.options.load(file, used.target_span.file);
  } else {
    loaded.error = "files cannot be used here";
  }
  if (loaded.module == nullptr && !loaded.error.empty()) {
    context_.sink.report(Diagnostic(kCannotUse, used.target_span, "cannot use \"" + file + "\": " + loaded.error));
  }
  if (!used.as) return;
  Scope* target = loaded.module == nullptr ? nullptr : &module(*loaded.module);
  auto [place, is_new] = scope.modules.try_emplace(used.as->text, target);
  if (!is_new && !used.as->missing()) {
    context_.sink.report(
        Diagnostic(kDuplicateName, used.as->span, "two files are called `" + used.as->text + "` here"));
  }
}

std::optional<Span> Declarations::fieldSpan(const std::string& name, TypeRef type) const {
  auto found = field_spans_.find({name, type});
  return found == field_spans_.end() ? std::nullopt : found->second;
}

const ast::Expr* Declarations::fieldDefault(const std::string& name, TypeRef type) const {
  auto found = field_defaults_.find({name, type});
  return found == field_defaults_.end() ? nullptr : found->second;
}

}  // namespace streamc::sema
