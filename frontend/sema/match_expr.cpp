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
  return negate(make(ExprKind::kIsVariant, context_.boolean(), expr.span, {std::move(value)}, node.variant->text));
}

namespace {

// An arm: taken when `test` holds; null: always.
struct Arm {
  ExprRef test;
  ExprRef value;
  std::string local;  // its binding; "" = none
  ExprRef payload;    // what is bound
};

}  // namespace

ExprRef ExprChecker::inferMatch(const ast::Expr& expr, const ast::MatchExpr& node, TypeRef expected) {
  ExprRef whole = infer(*node.subject);
  bool failed = isError(whole);
  // The subject is asked for several times; what is no path gets a name.
  bool is_path = placeOf(*whole).has_value();
  std::string subject_name = is_path ? "" : "$" + std::to_string(++context_.locals_made);
  ExprRef subject = is_path ? whole : make(ExprKind::kLocal, whole->type, whole->span, {}, subject_name);
  TypeRef type = TypeContext::unwrap(subject->type);
  std::vector<std::string> variants = variantNames(type);
  std::set<std::string> covered;
  bool covers_all = false, covers_null = !subject->type->isOptional();
  std::vector<Arm> arms;
  TypeRef common = expected;
  TypeRef result = nullptr;
  Facts before = facts_;
  for (const ast::MatchArm& written : node.arms) {
    if (covers_all) {
      context_.sink.report(
          Diagnostic(kUnreachableArm, written.span, "the arms above cover everything, so this one is never reached"));
    }
    const ast::Case& pattern = written.pattern;
    std::size_t locals = locals_.size();
    Arm arm;
    if (pattern.kind == ast::Case::Kind::kWildcard) {
      covers_all = covers_null = true;
    } else if (pattern.kind == ast::Case::Kind::kLiteral && pattern.literal != nullptr) {
      bool is_null = pattern.literal->is<ast::NullLiteral>();
      covers_null |= is_null;
      if (!failed && is_null) {
        arm.test = subject->type->isOptional() ? make(ExprKind::kIsNull, context_.boolean(), pattern.span, {subject})
                                               : makeLiteral(context_.boolean(), pattern.span, {false});
      } else if (!failed) {
        ExprRef literal = checkAs(*pattern.literal, type, "a case of this `match`");
        failed |= isError(literal);
        if (const bool* value = std::get_if<bool>(&literal->literal.value)) covered.insert(*value ? "true" : "false");
        if (!failed) {
          arm.test = make(ExprKind::kEqual, context_.boolean(), pattern.span,
                          {subject, convert(context_, std::move(literal), subject->type)});
        }
      }
    } else if (!failed && !pattern.name.missing()) {
      const std::string& name = pattern.name.text;
      failed |= !hasVariant(context_, type, pattern.name);
      if (!failed && !covered.insert(name).second) {
        context_.sink.report(Diagnostic(kUnreachableArm, written.span, "`" + name + "` is covered above"));
      }
      if (!failed) arm.test = make(ExprKind::kIsVariant, context_.boolean(), pattern.span, {subject}, name);
      if (!failed && pattern.binding) {
        bool is_text = type->is(TypeKind::kEnum) && type->open && name == "other";
        TypeRef bound = is_text ? context_.types.string() : payloadOf(type, name);
        if (bound == nullptr) {
          context_.sink.report(
              Diagnostic(kNoVariant, pattern.binding->span,
                         "`" + name + "` has no value that could be called `" + pattern.binding->text + "`"));
          failed = true;
        } else {
          arm.local = "$" + std::to_string(++context_.locals_made);
          arm.payload = make(ExprKind::kPayload, bound, pattern.binding->span, {subject}, name);
          bind(pattern.binding->text, bound, arm.local);
        }
      }
    }
    if (failed && pattern.binding && locals_.size() == locals) bind(pattern.binding->text, context_.error());
    Facts outside = facts_;
    if (arm.test != nullptr) facts_.add(factsWhen(*arm.test, true));
    arm.value = written.value == nullptr ? error(written.span) : infer(*written.value, common);
    facts_ = std::move(outside);
    if (arm.test != nullptr) facts_.add(factsWhen(*arm.test, false));  // below it is none of the cases above
    locals_.resize(locals);
    failed |= isError(arm.value);
    if (common == nullptr && !isError(arm.value)) common = arm.value->type;
    TypeRef next = result == nullptr ? arm.value->type : commonType(context_.types, result, arm.value->type);
    if (next == nullptr) {
      context_.sink.report(
          Diagnostic(kArmTypes, arm.value->span,
                     "this arm gives " + describe(arm.value->type) + ", and those above " + describe(result))
              .label(toString(arm.value->type)));
      facts_ = std::move(before);
      return error(expr.span);
    }
    result = next;
    arms.push_back(std::move(arm));
  }
  facts_ = std::move(before);
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
  // Nested `if`s, inside out. All values are covered, so the last arm needs no test.
  ExprRef chosen;
  for (std::size_t i = arms.size(); i-- > 0;) {
    Arm& arm = arms[i];
    ExprRef value = convert(context_, std::move(arm.value), result);
    if (arm.payload != nullptr)
      value = make(ExprKind::kLet, result, value->span, {std::move(arm.payload), value}, arm.local);
    bool is_last = chosen == nullptr || arm.test == nullptr;
    chosen = is_last
                 ? std::move(value)
                 : make(ExprKind::kIf, result, expr.span, {std::move(arm.test), std::move(value), std::move(chosen)});
  }
  if (is_path) return chosen;
  return make(ExprKind::kLet, result, expr.span, {std::move(whole), std::move(chosen)}, subject_name);
}

}  // namespace streamc::sema
