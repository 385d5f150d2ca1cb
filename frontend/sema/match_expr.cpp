// `match` and `is`: choosing by the variant of a `oneof`, the symbol of an enum or a literal.
#include <algorithm>
#include <set>

#include "frontend/sema/expressions.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNoVariant, "E0241", Severity::kError, "a variant or symbol that the type does not have");
STREAMC_DIAGNOSTIC(kNotExhaustive, "E0242", Severity::kError, "a `match` that does not cover every case");
STREAMC_DIAGNOSTIC(kUnreachableArm, "W0243", Severity::kWarning, "an arm of `match` that is never reached");
STREAMC_DIAGNOSTIC(kArmTypes, "E0244", Severity::kError, "the arms of a `match` have types that do not go together");

std::vector<std::string> variantNames(TypeRef type) {
  if (type->is(TypeKind::kEnum)) return type->symbols;
  std::vector<std::string> names;
  if (type->is(TypeKind::kOneof)) {
    for (const FieldType& variant : type->fields) names.push_back(variant.name);
  }
  return names;
}

bool hasVariant(Context& context, TypeRef type, const ast::Name& name) {
  std::vector<std::string> names = variantNames(type);
  if (std::find(names.begin(), names.end(), name.text) != names.end() || (type->open && name.text == "other"))
    return true;
  if (name.missing()) return false;
  Diagnostic diagnostic(kNoVariant, name.span,
                        "`" + (type->name.empty() ? toString(type) : type->name) + "` has no " +
                            (type->is(TypeKind::kEnum) ? "symbol" : "variant") + " `" + name.text + "`");
  suggest(diagnostic, name.span, name.text, names, type->is(TypeKind::kEnum) ? "symbols" : "variants");
  context.sink.report(std::move(diagnostic));
  return false;
}

ExprRef ExprChecker::inferIs(const ast::Expr& expr, const ast::IsExpr& node) {
  ExprRef value = infer(*node.operand);
  if (isError(value)) return error(expr.span);
  auto negate = [&](ExprRef test) {
    return node.is_negated ? make(ExprKind::kNot, context_.boolean(), expr.span, {std::move(test)}) : test;
  };
  if (!node.variant) {
    if (!value->type->isOptional())
      return makeLiteral(context_.boolean(), expr.span, {node.is_negated != value->type->is(TypeKind::kNull)});
    return negate(make(ExprKind::kIsNull, context_.boolean(), expr.span, {std::move(value)}));
  }
  TypeRef type = TypeContext::unwrap(value->type);
  if (!type->is(TypeKind::kOneof) && !type->is(TypeKind::kEnum)) {
    context_.sink.report(
        Diagnostic(kNoVariant, value->span, "`is` asks for a variant, and this is " + describe(value->type))
            .note("equality is `==`"));
    return error(expr.span);
  }
  if (!hasVariant(context_, type, *node.variant)) return error(expr.span);
  job_.notBuilt(type->is(TypeKind::kEnum) ? "enums" : "`oneof` types", expr.span);
  return negate(make(ExprKind::kIsVariant, context_.boolean(), expr.span, {std::move(value)}, node.variant->text));
}

ExprRef ExprChecker::inferMatch(const ast::Expr& expr, const ast::MatchExpr& node, TypeRef expected) {
  ExprRef subject = infer(*node.subject);
  bool failed = isError(subject);
  TypeRef type = TypeContext::unwrap(subject->type);
  std::vector<std::string> variants = variantNames(type);
  std::set<std::string> covered;
  bool covers_all = false, covers_null = !subject->type->isOptional();
  std::vector<ExprRef> args = {subject};
  TypeRef common = expected;
  TypeRef result = nullptr;
  for (const ast::MatchArm& arm : node.arms) {
    if (covers_all) {
      context_.sink.report(
          Diagnostic(kUnreachableArm, arm.span, "the arms above cover everything, so this one is never reached"));
    }
    std::size_t locals = locals_.size();
    if (arm.pattern.kind == ast::Case::Kind::kWildcard) {
      covers_all = covers_null = true;
    } else if (arm.pattern.kind == ast::Case::Kind::kLiteral && arm.pattern.literal != nullptr) {
      bool is_null = arm.pattern.literal->is<ast::NullLiteral>();
      covers_null |= is_null;
      if (!failed && !is_null) {
        ExprRef literal = checkAs(*arm.pattern.literal, type, "a case of this `match`");
        failed |= isError(literal);
        if (const bool* value = std::get_if<bool>(&literal->literal.value)) covered.insert(*value ? "true" : "false");
      }
    } else if (!failed && !arm.pattern.name.missing()) {
      failed |= !hasVariant(context_, type, arm.pattern.name);
      if (!failed && !covered.insert(arm.pattern.name.text).second) {
        context_.sink.report(Diagnostic(kUnreachableArm, arm.span, "`" + arm.pattern.name.text + "` is covered above"));
      }
      const FieldType* payload = nullptr;
      for (const FieldType& variant : type->fields)
        payload = variant.name == arm.pattern.name.text ? &variant : payload;
      if (arm.pattern.binding) {
        TypeRef bound = payload != nullptr ? payload->type : context_.types.string();  // `other` has its text
        bind(arm.pattern.binding->text, bound, "$" + std::to_string(++context_.locals_made));
      }
    }
    if (failed && arm.pattern.binding && locals_.size() == locals) bind(arm.pattern.binding->text, context_.error());
    ExprRef value = arm.value == nullptr ? error(arm.span) : infer(*arm.value, common);
    locals_.resize(locals);
    failed |= isError(value);
    if (common == nullptr && !isError(value)) common = value->type;
    TypeRef next = result == nullptr ? value->type : commonType(context_.types, result, value->type);
    if (next == nullptr) {
      context_.sink.report(
          Diagnostic(kArmTypes, value->span,
                     "this arm gives " + describe(value->type) + ", and those above " + describe(result))
              .label(toString(value->type)));
      return error(expr.span);
    }
    result = next;
    args.push_back(std::move(value));
  }
  if (failed || result == nullptr) return error(expr.span);
  std::string missing;
  if (!covers_all) {
    if (type->is(TypeKind::kBool)) variants = {"true", "false"};
    for (const std::string& variant : variants) {
      if (!covered.contains(variant)) missing += (missing.empty() ? "`" : ", `") + variant + "`";
    }
    if (variants.empty() || (type->open && !covered.contains("other")))
      missing += missing.empty() ? "other values" : " and other values";
    if (!covers_null) missing += missing.empty() ? "null" : " and null";
  }
  if (!missing.empty()) {
    Span end = {expr.span.file, expr.span.end - 1, expr.span.end - 1};
    context_.sink.report(
        Diagnostic(kNotExhaustive, node.subject->span, "this `match` does not say what happens with " + missing)
            .label(toString(subject->type))
            .fix({"say it for all others", {{end, ", _ => … "}}, Applicability::kHasPlaceholders}));
    return error(expr.span);
  }
  for (std::size_t i = 1; i < args.size(); ++i) args[i] = convert(context_, args[i], result);
  return notBuilt("`match`", result, expr.span, std::move(args));
}

}  // namespace streamc::sema
