// Types as written → types: built-in names, declarations, records. The members of Declarations that deal with types.
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "frontend/sema/declarations.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownType, "E0201", Severity::kError, "a type name is not known");
STREAMC_DIAGNOSTIC(kRestsTooDeep, "E0272", Severity::kError, "declarations rest on one another too deeply");
STREAMC_DIAGNOSTIC(kTypeTooLarge, "E0273", Severity::kError, "a type has too many values");
STREAMC_DIAGNOSTIC(kTypeCycle, "E0216", Severity::kError, "a type contains itself");
STREAMC_DIAGNOSTIC(kTypeArguments, "E0219", Severity::kError, "a type has the wrong number or kind of arguments");
STREAMC_DIAGNOSTIC(kDoubledField, "E0220", Severity::kError, "a record, enum or oneof has the same name twice");

namespace {

struct ScalarName {
  std::string_view name;
  TypeKind kind;
};
constexpr ScalarName kScalarNames[] = {
    {"bool", TypeKind::kBool},
    {"i8", TypeKind::kI8},
    {"i16", TypeKind::kI16},
    {"i32", TypeKind::kI32},
    {"i64", TypeKind::kI64},
    {"u8", TypeKind::kU8},
    {"u16", TypeKind::kU16},
    {"u32", TypeKind::kU32},
    {"u64", TypeKind::kU64},
    {"f32", TypeKind::kF32},
    {"f64", TypeKind::kF64},
    {"date", TypeKind::kDate},
    {"timestamp", TypeKind::kTimestamp},
    {"json", TypeKind::kJson},
    {"duration", TypeKind::kDuration},
};
constexpr std::string_view kOtherNames[] = {"string", "bytes", "decimal", "list", "set", "map"};
constexpr uint32_t kDigitsMax = 38;

// What people who come from elsewhere write.
constexpr std::pair<std::string_view, std::string_view> kForeignNames[] = {
    {"int", "i64"},       {"integer", "i32"},        {"bigint", "i64"},        {"smallint", "i16"},
    {"tinyint", "i8"},    {"long", "i64"},           {"float", "f64"},         {"double", "f64"},
    {"real", "f32"},      {"varchar", "string"},     {"text", "string"},       {"str", "string"},
    {"boolean", "bool"},  {"datetime", "timestamp"}, {"instant", "timestamp"}, {"numeric", "decimal"},
    {"array", "list"},    {"interval", "duration"},  {"uint", "u64"},          {"binary", "bytes"},
    {"String", "string"},
};

// The kinds of types whose values the runtime does not have yet.
const char* notBuiltName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kJson:
      return "`json` values";
    case TypeKind::kSet:
      return "sets";
    case TypeKind::kMap:
      return "maps";
    default:
      return nullptr;
  }
}

}  // namespace

TypeRef Declarations::type(const ast::Type& written, const Scope& scope) {
  TypeRef type = context_.error();
  if (const auto* name = written.as<ast::NamedType>()) type = named(*name, written.span, scope);
  if (const auto* fields = written.as<ast::RecordType>()) {
    type = record(*fields, scope);
    reportTooLarge(context_, written.span);
  }
  return written.isOptional() ? context_.types.optional(type) : type;
}

TypeRef Declarations::record(const ast::RecordType& written, const Scope& scope) {
  std::vector<FieldType> fields;
  std::set<std::string_view> seen;
  for (const ast::TypeField& field : written.fields) {
    if (field.kind == ast::TypeField::Kind::kRest || !field.name || field.type == nullptr) continue;
    if (!seen.insert(field.name->text).second) {
      context_.sink.report(
          Diagnostic(kDoubledField, field.name->span, "the field `" + field.name->text + "` is declared twice"));
      continue;
    }
    TypeRef field_type = type(*field.type, scope);
    fields.push_back({field.name->text, field_type});
    auto [place, is_new] = field_spans_.try_emplace({field.name->text, field_type}, field.type->span);
    if (!is_new && place->second != field.type->span) place->second = std::nullopt;
    if (field.default_value != nullptr) {
      field_defaults_.try_emplace({field.name->text, field_type}, field.default_value.get());
      markNotBuilt("defaults of fields", field.span);
    }
  }
  return context_.types.record(std::move(fields));
}

std::optional<uint32_t> Declarations::size(const ast::NamedType& written, std::size_t index) const {
  if (index >= written.sizes.size()) return std::nullopt;
  const auto* literal = written.sizes[index]->as<ast::IntLiteral>();
  if (literal == nullptr || literal->value > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(literal->value);
}

TypeRef Declarations::builtin(const ast::NamedType& written, Span span, const Scope& scope, const std::string& name) {
  TypeContext& types = context_.types;
  auto wrong = [&](const std::string& usage) {
    context_.sink.report(Diagnostic(kTypeArguments, span, "`" + name + "` is written " + usage));
    return context_.error();
  };
  std::vector<TypeRef> args;
  for (const ast::TypePtr& arg : written.args) args.push_back(type(*arg, scope));
  std::size_t sizes = written.sizes.size();
  for (const ScalarName& scalar : kScalarNames) {
    if (scalar.name != name) continue;
    if (sizes != 0 || !args.empty()) return wrong("without arguments");
    return types.scalar(scalar.kind);
  }
  if (name == "string" || name == "bytes") {
    auto limit = size(written, 0);
    if (sizes > 1 || !args.empty() || (sizes == 1 && (!limit || *limit == 0))) {
      return wrong("`" + name + "` or `" + name + "(36)`, with the greatest length");
    }
    return name == "string" ? types.string(limit.value_or(0)) : types.bytes(limit.value_or(0));
  }
  if (name == "decimal") {
    auto precision = size(written, 0), scale = size(written, 1);
    if (sizes != 2 || !args.empty() || !precision || !scale) {
      return wrong("`decimal(12, 2)`: digits in all, and digits behind the point");
    }
    if (*precision == 0 || *precision > kDigitsMax || *scale > *precision) {
      return wrong("with 1 to 38 digits, not more of them behind the point than in all");
    }
    return types.decimal(*precision, *scale);
  }
  std::size_t wanted = name == "map" ? 2 : 1;
  if (args.size() != wanted || sizes != 0) {
    return wrong(name == "map" ? "`map<string, i64>`" : "`" + name + "<i64>`");
  }
  if (std::any_of(args.begin(), args.end(), [](TypeRef arg) { return arg->isError(); })) return context_.error();
  if (name == "list") return types.list(args[0]);
  return name == "set" ? types.set(args[0]) : types.map(args[0], args[1]);
}

TypeRef Declarations::named(const ast::NamedType& written, Span span, const Scope& scope) {
  const Scope* home = &scope;
  const auto& names = written.path.names;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    Scope* module = nullptr;
    if (!home->findModule(names[i].text, &module)) {
      context_.sink.report(
          Diagnostic(kUnknownType, names[i].span, "there is no file called `" + names[i].text + "` here"));
      return context_.error();
    }
    if (module == nullptr) return context_.error();  // could not be read: reported
    home = module;
  }
  const std::string& name = written.path.last().text;
  if (name.empty()) return context_.error();
  if (names.size() == 1) {
    for (const Scope* at = &scope; at != nullptr; at = at->parent) {
      if (auto argument = at->type_arguments.find(name); argument != at->type_arguments.end()) return argument->second;
    }
  }
  if (const Entity* entity = home->findType(name)) return declaredType(*entity);
  bool is_scalar = std::any_of(std::begin(kScalarNames), std::end(kScalarNames),
                               [&](const ScalarName& scalar) { return scalar.name == name; });
  if (names.size() == 1 &&
      (is_scalar || std::find(std::begin(kOtherNames), std::end(kOtherNames), name) != std::end(kOtherNames))) {
    TypeRef type = builtin(written, span, scope, name);
    if (const char* what = notBuiltName(type->kind)) markNotBuilt(what, span);
    return type;
  }

  Diagnostic diagnostic(kUnknownType, written.path.span, "there is no type called `" + written.path.str() + "`");
  auto foreign = std::find_if(std::begin(kForeignNames), std::end(kForeignNames),
                              [&](const auto& row) { return row.first == name; });
  if (foreign != std::end(kForeignNames)) {
    diagnostic.label("did you mean `" + std::string(foreign->second) + "`?");
    diagnostic.fix(Fix::replace(written.path.span, std::string(foreign->second), "replace it"));
  } else {
    std::vector<std::string> candidates = home->typeNames();
    for (const ScalarName& scalar : kScalarNames) candidates.emplace_back(scalar.name);
    candidates.insert(candidates.end(), std::begin(kOtherNames), std::end(kOtherNames));
    suggest(diagnostic, written.path.last().span, name, candidates, "types");
  }
  context_.sink.report(std::move(diagnostic));
  return context_.error();
}

bool Resting::isTooDeep(const std::string& name, Span span) const {
  // (The one that goes too far is reported, not those that rest on it.)
  if (context_.resting <= kMax) return false;
  context_.sink.report(
      Diagnostic(kRestsTooDeep, span, "`" + name + "` stands at the end of too long a chain of declarations")
          .note("each rests on one that comes after it; write them the other way round, or in fewer steps"));
  return true;
}

bool reportTooLarge(Context& context, Span span) {
  if (!context.types.takeTooLarge()) return false;
  context.sink.report(Diagnostic(
      kTypeTooLarge, span, "this has more than " + std::to_string(TypeContext::kLeavesMax) + " plain values in all"));
  return true;
}

TypeRef Declarations::declaredType(const Entity& constant) {
  Entity& entity = const_cast<Entity&>(constant);  // the cache of an otherwise finished entity
  if (entity.progress == Progress::kDone) return entity.type;
  if (entity.progress == Progress::kActive) {
    context_.sink.report(Diagnostic(kTypeCycle, entity.name->span,
                                    "`" + entity.name->text + "` contains itself, so it would never end"));
    entity.type = context_.error();
    return entity.type;
  }
  entity.progress = Progress::kActive;
  Resting resting(context_, 1);
  TypeRef type = context_.error();
  if (!resting.isTooDeep(entity.name->text, entity.name->span))
    type = body(*entity.decl->as<ast::TypeDecl>(), *entity.home);
  reportTooLarge(context_, entity.name->span);
  if (entity.type == nullptr) entity.type = type;  // else: a cycle, reported
  entity.progress = Progress::kDone;
  return entity.type;
}

TypeRef Declarations::body(const ast::TypeDecl& decl, const Scope& scope) {
  if (const auto* written = std::get_if<ast::TypePtr>(&decl.body)) {
    if (*written == nullptr) return context_.error();
    if (const auto* fields = (*written)->as<ast::RecordType>(); fields != nullptr && !(*written)->isOptional()) {
      TypeRef unnamed = record(*fields, scope);
      return unnamed->isError() ? unnamed : context_.types.record(unnamed->fields, decl.name.text);
    }
    return type(**written, scope);
  }
  if (const auto* symbols = std::get_if<ast::EnumBody>(&decl.body)) {
    std::vector<std::string> names;
    for (const ast::Name& symbol : symbols->symbols) {
      if (std::find(names.begin(), names.end(), symbol.text) != names.end()) {
        context_.sink.report(
            Diagnostic(kDoubledField, symbol.span, "the symbol `" + symbol.text + "` stands here twice"));
      } else {
        names.push_back(symbol.text);
      }
    }
    return context_.types.enumeration(decl.name.text, std::move(names), symbols->is_open);
  }
  if (const auto* oneof = std::get_if<ast::OneofBody>(&decl.body)) {
    std::vector<FieldType> variants;
    for (const ast::OneofBody::Variant& variant : oneof->variants) {
      bool doubled = std::any_of(variants.begin(), variants.end(),
                                 [&](const FieldType& other) { return other.name == variant.name.text; });
      if (doubled) {
        context_.sink.report(
            Diagnostic(kDoubledField, variant.name.span, "the variant `" + variant.name.text + "` stands here twice"));
        continue;
      }
      TypeRef payload = variant.type == nullptr ? context_.types.scalar(TypeKind::kNull) : type(*variant.type, scope);
      variants.push_back({variant.name.text, payload});
    }
    return context_.types.oneof(decl.name.text, std::move(variants), false);
  }
  return imported(decl, std::get<ast::ImportedBody>(decl.body));
}

// A type from a schema outside the text: its fields are not known here yet, so everything about it is accepted.
TypeRef Declarations::imported(const ast::TypeDecl& decl, const ast::ImportedBody&) {
  markNotBuilt("types from a schema", decl.body_span);
  return context_.error();
}

}  // namespace streamc::sema
