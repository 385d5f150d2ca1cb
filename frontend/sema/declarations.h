// The declarations of a compilation: scopes are filled from the AST, `use` is followed, doubled names are reported, and
// types are resolved (once each) when somebody asks for them.
//
// One object per check(). It owns scopes and entities; pointers to them stay valid while it lives.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/sema/context.h"
#include "frontend/sema/scope.h"

namespace streamc::sema {

class Declarations {
 public:
  explicit Declarations(Context& context) : context_(context) {}

  // The scope of a file, with the files that it uses.
  Scope& module(const ast::Module& module);
  // A scope inside another one: the body of a job, a turn of `for`, a call of `pipe`. Fills it from `decls`.
  Scope& nested(Scope& parent, const std::vector<ast::DeclPtr>& decls);
  Scope& nested(Scope& parent);

  // The type that is written; the error type after a report.
  TypeRef type(const ast::Type& written, const Scope& scope);
  // The type of a declaration `type X = …`.
  TypeRef declaredType(const Entity& entity);

  // Where a field of this name and type was declared, if there is exactly one such place: for "declared optional here".
  std::optional<Span> fieldSpan(const std::string& name, TypeRef type) const;
  // Types that were written and that the runtime has no execution for yet ("decimals"), with their first place.
  const std::map<std::string, Span>& notBuiltTypes() const { return not_built_types_; }
  // The default of a field, as written; null when it has none.
  const ast::Expr* fieldDefault(const std::string& name, TypeRef type) const;

 private:
  void use(Scope& scope, const ast::UseDecl& use);
  void declare(Scope& scope, const ast::Decl& decl);
  void declareAs(Scope& scope, const ast::Decl& decl, const ast::Name& name, const ast::ExternFn* extern_fn);
  TypeRef named(const ast::NamedType& written, Span span, const Scope& scope);
  TypeRef builtin(const ast::NamedType& written, Span span, const Scope& scope, const std::string& name);
  TypeRef record(const ast::RecordType& written, const Scope& scope);
  TypeRef body(const ast::TypeDecl& decl, const Scope& scope);
  TypeRef imported(const ast::TypeDecl& decl, const ast::ImportedBody& body);
  std::optional<uint32_t> size(const ast::NamedType& written, std::size_t index) const;
  void markNotBuilt(std::string what, Span span) { not_built_types_.try_emplace(std::move(what), span); }

  Context& context_;
  std::deque<Scope> scopes_;
  std::deque<Entity> entities_;
  std::map<const ast::Module*, Scope*> modules_;
  std::map<std::pair<std::string, TypeRef>, std::optional<Span>> field_spans_;
  std::map<std::pair<std::string, TypeRef>, const ast::Expr*> field_defaults_;
  std::map<std::string, Span> not_built_types_;
};

}  // namespace streamc::sema
