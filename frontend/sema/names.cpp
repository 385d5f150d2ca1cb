// Names and fields in expressions.
//
// A bare name is, in this order: a local name, a column (unless an enum is expected that has the symbol and the column
// is something else), a symbol of the expected enum, `event_time`, `window`, `meta`, a constant, a parameter.
#include <algorithm>

#include "frontend/sema/diagnostics.h"
#include "frontend/sema/expressions.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownName, "E0202", Severity::kError, "a name is not known here");
STREAMC_DIAGNOSTIC(kNotAValue, "E0229", Severity::kError, "a name that is known and is not a value");
STREAMC_DIAGNOSTIC(kNoEventTime, "E0308", Severity::kError, "`event_time` where there is none");

namespace {

const char* kindOf(const ast::Decl& decl) {
  if (decl.as<ast::FnDecl>() != nullptr) return "a function: call it with `( )`";
  if (decl.as<ast::SourceDecl>() != nullptr) return "a source of records, not a value";
  if (decl.as<ast::StreamDecl>() != nullptr) return "a stream of records, not a value";
  if (decl.as<ast::TableDecl>() != nullptr || decl.as<ast::TableSourceDecl>() != nullptr) {
    return "a table, not a value: `join` or `lookup` reads it";
  }
  if (decl.as<ast::SinkDecl>() != nullptr) return "a sink, not a value";
  if (decl.as<ast::ServiceDecl>() != nullptr) return "a service: `call` asks it";
  if (decl.as<ast::PipeDecl>() != nullptr) return "a pipe: it is a step, after `|`";
  return "not a value";
}

// The names of a chain a.b.c, outermost last; empty for anything else.
std::vector<const ast::Name*> chain(const ast::Expr& expr) {
  std::vector<const ast::Name*> names;
  const ast::Expr* at = &expr;
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

namespace {

// a?.b.c: what is null in front of `?.` makes the whole chain null, as long as `b` itself is always there.
bool continuesChain(const Expr& base) {
  if (base.kind != ExprKind::kOptField) return false;
  TypeRef record = TypeContext::unwrap(base.args[0]->type);
  const FieldType* field = record->is(TypeKind::kRecord) ? record->field(base.name) : nullptr;
  return field != nullptr && !field->type->isOptional();
}

}  // namespace

ExprRef ExprChecker::narrowed(ExprRef value) {
  if (facts_.empty()) return value;
  auto place = placeOf(*value);
  if (!place) return value;
  if (value->type->isOptional() && facts_.isPresent(*place)) {
    Span span = value->span;
    TypeRef type = value->type->element;
    value = make(ExprKind::kNarrow, type, span, {std::move(value)});
  }
  if (const std::string* variant = facts_.variant(*place)) {
    if (TypeRef payload = payloadOf(value->type, *variant)) {
      Span span = value->span;
      return make(ExprKind::kPayload, payload, span, {std::move(value)}, *variant);
    }
  }
  return value;
}

ExprRef ExprChecker::column(const std::string& name, TypeRef type, Span span) {
  return narrowed(make(ExprKind::kColumn, type, span, {}, name));
}

ExprRef ExprChecker::symbolOf(const ast::Name& name, TypeRef expected) {
  if (expected == nullptr) return nullptr;
  TypeRef type = TypeContext::unwrap(expected);
  if (!type->is(TypeKind::kEnum)) return nullptr;
  auto symbol = std::find(type->symbols.begin(), type->symbols.end(), name.text);
  if (symbol == type->symbols.end()) return nullptr;
  return makeLiteral(type, name.span, {static_cast<__int128>(symbol - type->symbols.begin())});
}

ExprRef ExprChecker::inferName(const ast::Name& name, TypeRef expected) {
  if (name.missing()) return error(name.span);
  if (ExprRef found = lookUp(name, expected)) return found;
  if (Entity* entity = names_.findValue(name.text)) {
    context_.sink.report(Diagnostic(kNotAValue, name.span, "`" + name.text + "` is " + kindOf(*entity->decl))
                             .because(entity->name->span, "declared here"));
  } else {
    unknownName(name);
  }
  return error(name.span);
}

ExprRef ExprChecker::lookUp(const ast::Name& name, TypeRef expected) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
    if (local->name != name.text) continue;
    return narrowed(
        make(ExprKind::kLocal, local->type, name.span, {}, local->unique.empty() ? local->name : local->unique));
  }
  ExprRef symbol = symbolOf(name, expected);
  if (row_.row != nullptr && row_.row->isError()) return error(name.span);
  if (const FieldType* field = row_.row == nullptr ? nullptr : row_.row->field(name.text)) {
    if (symbol == nullptr || TypeContext::unwrap(field->type) == symbol->type) {
      return column(name.text, field->type, name.span);
    }
  }
  if (symbol != nullptr) return symbol;
  if (name.text == "event_time" && row_.row != nullptr) {
    if (row_.has_time) return make(ExprKind::kEventTime, context_.timestamp(), name.span);
    context_.sink.report(Diagnostic(kNoEventTime, name.span, "there is no event time " + row_.place)
                             .note("a source has one when it says `time <expression> wait <duration>`"));
    return error(name.span);
  }
  if (name.text == "window" && row_.windowed) {
    ExprRef start = make(ExprKind::kWindowStart, context_.timestamp(), name.span);
    ExprRef end = make(ExprKind::kWindowEnd, context_.timestamp(), name.span);
    TypeRef type = context_.types.record({{"start", context_.timestamp()}, {"end", context_.timestamp()}});
    return make(ExprKind::kRecord, type, name.span, {start, end});
  }
  if (name.text == "meta" && row_.meta != nullptr) {
    if (row_.meta->isError()) return error(name.span);
    return make(ExprKind::kColumn, row_.meta, name.span, {}, std::string(kMetaColumn));
  }
  if (const ExprRef* constant = names_.findConstant(name.text)) {
    auto copy = std::make_shared<Expr>(**constant);
    copy->span = name.span;
    return copy;
  }
  Entity* entity = names_.findValue(name.text);
  if (entity != nullptr && entity->decl->as<ast::ParamDecl>() != nullptr) {
    uint32_t index = job_.param(*entity);
    return make(ExprKind::kParam, job_.program.params[index].type, name.span, {}, name.text, index);
  }
  return nullptr;
}

bool ExprChecker::isValueName(std::string_view name) const {
  for (const Local& local : locals_) {
    if (local.name == name) return true;
  }
  if (row_.row != nullptr && (row_.row->isError() || row_.row->field(name) != nullptr)) return true;
  if (name == "event_time" || (name == "window" && row_.windowed) || (name == "meta" && row_.meta != nullptr))
    return true;
  if (names_.findConstant(name) != nullptr) return true;
  const Entity* entity = names_.findValue(name);
  return entity != nullptr && entity->decl->as<ast::ParamDecl>() != nullptr;
}

void ExprChecker::unknownName(const ast::Name& name) {
  std::vector<std::string> candidates;
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) candidates.push_back(local->name);
  bool has_row = row_.row != nullptr && row_.row->is(TypeKind::kRecord);
  if (has_row) {
    for (const FieldType& field : row_.row->fields) candidates.push_back(field.name);
  }
  for (std::string& param : names_.valueNames([](const ast::Decl& d) { return d.as<ast::ParamDecl>() != nullptr; })) {
    candidates.push_back(std::move(param));
  }
  if (row_.has_time) candidates.emplace_back("event_time");
  Diagnostic diagnostic(kUnknownName, name.span,
                        has_row ? "there is no field `" + name.text + "` " + row_.place
                                : "nothing is called `" + name.text + "` " + row_.place);
  if (name.text == "window") diagnostic.label("rows have a window behind an aggregate of a `window`");
  suggest(diagnostic, name.span, name.text, candidates, "names");
  // A field of a nested record is the likely wish when nothing is near.
  if (diagnostic.fixes.empty() && has_row) {
    for (const FieldType& field : row_.row->fields) {
      TypeRef inner = TypeContext::unwrap(field.type);
      if (!inner->is(TypeKind::kRecord) || inner->field(name.text) == nullptr) continue;
      std::string path = field.name + (field.type->isOptional() ? "?." : ".") + name.text;
      diagnostic.label("did you mean `" + path + "`?");
      diagnostic.fix(Fix::replace(name.span, path, "it is a field of `" + field.name + "`"));
      break;
    }
  }
  context_.sink.report(std::move(diagnostic));
}

ExprRef ExprChecker::moduleValue(const std::vector<const ast::Name*>& names, Span span) {
  if (isValueName(names.front()->text)) return nullptr;
  const Scope* scope = &names_;
  std::size_t at = 0;
  for (; at + 1 < names.size(); ++at) {
    Scope* module = nullptr;
    if (!scope->findModule(names[at]->text, &module)) break;
    if (module == nullptr) return error(span);
    scope = module;
  }
  if (at == 0) return nullptr;
  ExprChecker inside(job_, *scope, {.place = "in `" + names[at - 1]->text + "`"});
  ExprRef value = inside.inferName(*names[at], nullptr);
  for (++at; at < names.size(); ++at) value = fieldOf(value, *names[at], false, span);
  return value;
}

ExprRef ExprChecker::inferField(const ast::Expr& expr, const ast::FieldExpr& node) {
  if (!node.is_optional) {
    std::vector<const ast::Name*> names = chain(expr);
    if (!names.empty()) {
      if (ExprRef value = moduleValue(names, expr.span)) return value;
    }
  }
  ExprRef base = infer(*node.base);
  bool continues = !node.is_optional && !node.base->is_parenthesized && continuesChain(*base);
  return fieldOf(std::move(base), node.name, node.is_optional || continues, expr.span);
}

ExprRef ExprChecker::path(const ast::Path& path) {
  if (path.names.empty()) return error(path.span);
  std::vector<const ast::Name*> names;
  for (const ast::Name& name : path.names) names.push_back(&name);
  if (names.size() > 1) {
    if (ExprRef value = moduleValue(names, path.span)) return value;
  }
  ExprRef value = inferName(path.names[0], nullptr);
  for (std::size_t i = 1; i < path.names.size(); ++i) {
    value = fieldOf(std::move(value), path.names[i], false, path.names[0].span.to(path.names[i].span));
  }
  return value;
}

ExprRef ExprChecker::fieldOf(ExprRef base, const ast::Name& name, bool is_optional, Span span) {
  if (isError(base) || name.missing()) return error(span);
  TypeRef type = TypeContext::unwrap(base->type);
  bool may_be_null = base->type->isOptional();
  if (may_be_null && !is_optional) {
    std::string text = context_.text(base->span);
    return mayBeNull(
        *base, "`" + text + "` may be null, so it has no `" + name.text + "`: use `" + text + "?." + name.text + "`",
        false);
  }
  if (type->isError()) return error(span);
  if (type->is(TypeKind::kJson)) {
    return notBuilt("`json` values", context_.types.optional(type), span, {std::move(base)});
  }
  const FieldType* field = type->is(TypeKind::kRecord) ? type->field(name.text) : nullptr;
  if (field != nullptr) {
    if (!may_be_null) return narrowed(makeField(std::move(base), name.text, field->type, span));
    TypeRef result = context_.types.optional(field->type);
    return narrowed(make(ExprKind::kOptField, result, span, {std::move(base)}, name.text));
  }
  if (!type->is(TypeKind::kRecord)) {
    if (ExprRef value = property(base, name, span)) return value;
  }
  Diagnostic diagnostic(
      kUnknownName, name.span,
      "there is no `" + name.text + "` in `" + context_.text(base->span) + "`, which is " + describe(base->type));
  if (type->is(TypeKind::kRecord)) {
    std::vector<std::string> candidates;
    for (const FieldType& other : type->fields) candidates.push_back(other.name);
    suggest(diagnostic, name.span, name.text, candidates, "fields");
  } else if (isBuiltin(name.text)) {
    diagnostic.fix(Fix::insertAfter(name.span, "()", "it is a function: call it"));
  }
  context_.sink.report(std::move(diagnostic));
  return error(span);
}

}  // namespace streamc::sema
