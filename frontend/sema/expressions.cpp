// Expressions: dispatch over the nodes, and those that build or choose values (records, lists, if, catch, f-strings).
#include "frontend/sema/expressions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "frontend/sema/causes.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kBranchTypes, "E0228", Severity::kError,
                   "the branches of an expression have types that do not go together");
STREAMC_DIAGNOSTIC(kEmptyList, "E0218", Severity::kError, "an empty list without a type");
STREAMC_DIAGNOSTIC(kUselessCatch, "W0403", Severity::kWarning, "`catch` behind an expression that cannot fail");
STREAMC_DIAGNOSTIC(kNotSpreadable, "E0222", Severity::kError, "`...` of something that is no record");
STREAMC_DIAGNOSTIC(kDoubledItem, "E0236", Severity::kError, "a record literal makes the same field twice");
STREAMC_DIAGNOSTIC(kNotIndexable, "E0230", Severity::kError, "`[ ]` on something that is no list or map");
STREAMC_DIAGNOSTIC(kNotPrintable, "E0234", Severity::kError, "a value without a text in an f-string");
STREAMC_DIAGNOSTIC(kLambdaHere, "E0235", Severity::kError, "`x => …` outside of a call that takes one");
STREAMC_DIAGNOSTIC(kUselessAssertion, "W0406", Severity::kWarning, "`!` behind a value that is never null");

std::string describe(TypeRef type) {
  constexpr std::size_t kTextMax = 48;
  std::string text = toString(type);
  if (type->is(TypeKind::kRecord)) {
    if (!type->name.empty()) return "a record `" + type->name + "`";
    if (text.size() > kTextMax) return "a record of " + std::to_string(type->fields.size()) + " fields";
    return "a record " + text;
  }
  if (type->is(TypeKind::kError)) return "unknown";
  if (type->is(TypeKind::kNull)) return "null";
  if (text.size() > kTextMax) text = text.substr(0, kTextMax) + "…";
  bool vowel = text[0] == 'i' || text[0] == 'f' || text[0] == 'e' || text[0] == 'o' || text[0] == 'a';
  if (type->is(TypeKind::kF64) || type->is(TypeKind::kF32)) vowel = true;
  return (vowel ? "an " : "a ") + text;
}

ExprRef ExprChecker::notBuilt(const std::string& what, TypeRef type, Span span, std::vector<ExprRef> args,
                              std::optional<Cause> cause) {
  job_.notBuilt(what, span);
  return make(ExprKind::kNotBuilt, type, span, std::move(args), what, cause ? 1 + static_cast<uint32_t>(*cause) : 0);
}

void ExprChecker::forget(const std::string& local) { facts_.remove("l" + local); }

ExprRef ExprChecker::infer(const ast::Expr& expr, TypeRef expected) {
  ExprRef result = inferNode(expr, expected);
  return result;
}

ExprRef ExprChecker::checkAs(const ast::Expr& expr, TypeRef type, std::string_view role) {
  return require(infer(expr, type), type, role);
}

ExprRef ExprChecker::inferNode(const ast::Expr& expr, TypeRef expected) {
  Span span = expr.span;
  if (const auto* n = expr.as<ast::NameRef>()) return inferName(n->name, expected);
  if (const auto* n = expr.as<ast::FieldExpr>()) return inferField(expr, *n);
  if (const auto* n = expr.as<ast::IntLiteral>()) {
    if (n->value > static_cast<unsigned __int128>(1) << 126) return error(span);  // reported by the parser
    return inferInt(span, static_cast<__int128>(n->value), expected);
  }
  if (const auto* n = expr.as<ast::FloatLiteral>()) return inferFraction(span, n->text, false, expected);
  if (const auto* n = expr.as<ast::StringLiteral>()) return makeLiteral(context_.types.string(), span, {n->value});
  if (const auto* n = expr.as<ast::BoolLiteral>()) return makeLiteral(context_.boolean(), span, {n->value});
  if (expr.is<ast::NullLiteral>()) return makeNull(context_.types.scalar(TypeKind::kNull), span);
  if (const auto* n = expr.as<ast::DurationLiteral>()) {
    return makeLiteral(context_.duration(), span, {static_cast<__int128>(n->us)});
  }
  if (const auto* n = expr.as<ast::TimestampLiteral>()) {
    constexpr int64_t kDay = 86'400'000'000;
    if (expected != nullptr && TypeContext::unwrap(expected)->is(TypeKind::kDate) && n->us % kDay == 0) {
      return makeLiteral(context_.types.scalar(TypeKind::kDate), span, {static_cast<__int128>(n->us / kDay)});
    }
    return makeLiteral(context_.timestamp(), span, {static_cast<__int128>(n->us)});
  }
  if (const auto* n = expr.as<ast::SizeLiteral>())
    return makeLiteral(context_.i64(), span, {static_cast<__int128>(n->bytes)});
  if (const auto* n = expr.as<ast::RateLiteral>()) return makeLiteral(context_.f64(), span, {n->perSecond()});
  if (const auto* n = expr.as<ast::CallExpr>()) return inferCall(expr, *n, expected);
  if (const auto* n = expr.as<ast::BinaryExpr>()) return inferBinary(expr, *n, expected);
  if (const auto* n = expr.as<ast::UnaryExpr>()) return inferUnary(expr, *n, expected);
  if (const auto* n = expr.as<ast::IfExpr>()) return inferIf(expr, *n, expected);
  if (const auto* n = expr.as<ast::CatchExpr>()) return inferCatch(expr, *n, expected);
  if (const auto* n = expr.as<ast::RecordExpr>()) return inferRecord(expr, *n, expected);
  if (const auto* n = expr.as<ast::ListExpr>()) return inferList(expr, *n, expected);
  if (const auto* n = expr.as<ast::FString>()) return inferFString(expr, *n);
  if (const auto* n = expr.as<ast::IndexExpr>()) return inferIndex(expr, *n);
  if (const auto* n = expr.as<ast::NonNullExpr>()) return inferNonNull(expr, *n);
  if (const auto* n = expr.as<ast::IsExpr>()) return inferIs(expr, *n);
  if (const auto* n = expr.as<ast::MatchExpr>()) return inferMatch(expr, *n, expected);
  if (expr.is<ast::ThisRef>()) {
    if (row_.oneof != nullptr) return column("", row_.oneof, span);
    if (row_.row == nullptr || !row_.row->is(TypeKind::kRecord)) {
      ast::Name name{.text = "this", .span = span};
      if (row_.row == nullptr || !row_.row->isError()) unknownName(name);
      return error(span);
    }
    std::vector<ExprRef> args;
    std::vector<FieldType> fields;
    for (const FieldType& field : row_.row->fields) {
      args.push_back(column(field.name, field.type, span));
      fields.push_back({field.name, args.back()->type});
    }
    return make(ExprKind::kRecord, context_.types.record(std::move(fields), row_.row->name), span, std::move(args));
  }
  if (expr.is<ast::LambdaExpr>()) {
    context_.sink.report(Diagnostic(kLambdaHere, span, "`x => …` only stands as an argument of a function of lists"));
  }
  return error(span);
}

ExprRef ExprChecker::inferIf(const ast::Expr& expr, const ast::IfExpr& node, TypeRef expected) {
  ExprRef condition = asBool(*node.condition, "`if`");
  Facts outside = facts_;
  facts_.add(factsWhen(*condition, true));
  TypeRef hint = expected;
  bool then_open = isOpen(*node.then_value);
  ExprRef then_value = then_open && !expected ? nullptr : infer(*node.then_value, hint);
  if (then_value != nullptr && hint == nullptr && !isError(then_value)) hint = then_value->type;
  Facts then_facts = std::exchange(facts_, outside);
  facts_.add(factsWhen(*condition, false));
  ExprRef else_value = infer(*node.else_value, hint);
  facts_ = std::move(then_facts);
  if (then_value == nullptr) then_value = infer(*node.then_value, else_value->type);
  facts_ = std::move(outside);
  if (isError(condition) || isError(then_value) || isError(else_value)) return error(expr.span);
  TypeRef common = commonType(context_.types, then_value->type, else_value->type);
  if (common == nullptr) {
    context_.sink.report(Diagnostic(kBranchTypes, expr.span,
                                    "`if` gives " + describe(then_value->type) + " or " + describe(else_value->type) +
                                        ", and they do not go together")
                             .because(then_value->span, toString(then_value->type))
                             .because(else_value->span, toString(else_value->type)));
    return error(expr.span);
  }
  if (common->is(TypeKind::kNull)) return then_value;
  then_value = convert(context_, then_value, common);
  else_value = convert(context_, else_value, common);
  return make(ExprKind::kIf, common, expr.span, {std::move(condition), std::move(then_value), std::move(else_value)});
}

ExprRef ExprChecker::inferCatch(const ast::Expr& expr, const ast::CatchExpr& node, TypeRef expected) {
  ExprRef value = infer(*node.value, expected);
  ExprRef fallback = infer(*node.fallback, isError(value) ? expected : value->type);
  if (isError(value) || isError(fallback)) return error(expr.span);
  TypeRef common = commonType(context_.types, value->type, fallback->type);
  if (common == nullptr) {
    context_.sink.report(Diagnostic(kBranchTypes, expr.span,
                                    "`catch` gives " + describe(value->type) + " or " + describe(fallback->type) +
                                        ", and they do not go together")
                             .because(value->span, toString(value->type))
                             .because(fallback->span, toString(fallback->type)));
    return error(expr.span);
  }
  if (!mayFail(*value)) {
    const Span useless = node.value->span.atEnd().to(node.fallback->span);  // (the tree's: with parentheses)
    context_.sink.report(
        Diagnostic(kUselessCatch, useless, "`" + context_.text(value->span) + "` cannot fail, so `catch` does nothing")
            .because(value->span, "cannot fail")
            .fix(Fix::remove(useless, "leave it out", Applicability::kMachineApplicable)));
    return convert(context_, value, common);
  }
  value = convert(context_, value, common);
  fallback = convert(context_, fallback, common);
  return make(ExprKind::kCatch, common, expr.span, {std::move(value), std::move(fallback)});
}

ExprRef ExprChecker::inferList(const ast::Expr& expr, const ast::ListExpr& node, TypeRef expected) {
  TypeRef wanted = expected == nullptr ? nullptr : TypeContext::unwrap(expected);
  TypeRef element =
      wanted != nullptr && (wanted->is(TypeKind::kList) || wanted->is(TypeKind::kSet)) ? wanted->element : nullptr;
  if (node.items.empty()) {
    if (element != nullptr) return make(ExprKind::kList, context_.types.list(element), expr.span);
    if (expected != nullptr && expected->isError()) return error(expr.span);
    context_.sink.report(
        Diagnostic(kEmptyList, expr.span,
                   "a list of what? An empty list takes its type from where it stands, and here nothing says it"));
    return error(expr.span);
  }
  std::vector<ExprRef> items;
  TypeRef common = nullptr;
  for (const ast::ExprPtr& item : node.items) {
    items.push_back(infer(*item, element != nullptr ? element : common));
    if (isError(items.back())) return error(expr.span);
    TypeRef next = common == nullptr ? items.back()->type : commonType(context_.types, common, items.back()->type);
    if (next == nullptr) {
      context_.sink.report(Diagnostic(kBranchTypes, item->span,
                                      "the items of a list have one type: this is " + describe(items.back()->type) +
                                          ", and those before it are " + toString(common))
                               .label(toString(items.back()->type))
                               .because(items.front()->span, toString(items.front()->type)));
      return error(expr.span);
    }
    common = next;
  }
  if (element != nullptr && widens(common, element)) common = element;
  if (common->is(TypeKind::kNull)) return error(expr.span);
  for (ExprRef& item : items) item = convert(context_, item, common);
  return make(ExprKind::kList, context_.types.list(common), expr.span, std::move(items));
}

std::vector<NamedValue> ExprChecker::fields(const ast::RecordExpr& record, TypeRef expected) {
  std::vector<NamedValue> values;
  std::set<std::string> seen;
  TypeRef wanted = expected == nullptr ? nullptr : TypeContext::unwrap(expected);
  if (wanted != nullptr && !wanted->is(TypeKind::kRecord)) wanted = nullptr;
  auto add = [&](const std::string& name, Span name_span, ExprRef value, bool may_replace) {
    if (seen.insert(name).second) {
      values.push_back({name, name_span, std::move(value)});
      return;
    }
    auto first = std::find_if(values.begin(), values.end(), [&](const NamedValue& v) { return v.name == name; });
    if (may_replace) {  // { ...r, a: 1 }: what is said later and by name wins over a spread
      first->value = std::move(value);
      return;
    }
    context_.sink.report(Diagnostic(kDoubledItem, name_span, "the field `" + name + "` is made twice")
                             .because(first->name_span, "made here first"));
  };
  std::set<std::string> spread;
  for (const ast::RecordItem& item : record.items) {
    switch (item.kind) {
      case ast::RecordItem::Kind::kField: {
        if (item.value == nullptr || item.path.names.empty()) break;
        const FieldType* field = wanted == nullptr ? nullptr : wanted->field(item.name().text);
        ExprRef value = infer(*item.value, field == nullptr ? nullptr : field->type);
        add(item.name().text, item.name().span, std::move(value), spread.contains(item.name().text));
        break;
      }
      case ast::RecordItem::Kind::kShorthand:
        if (item.path.names.empty() || item.name().missing()) break;
        add(item.name().text, item.name().span, path(item.path), spread.contains(item.name().text));
        break;
      case ast::RecordItem::Kind::kSpread: {
        if (item.value == nullptr) break;
        ExprRef whole = infer(*item.value);
        if (isError(whole)) break;
        if (whole->type->isOptional()) {
          mayBeNull(*whole, "`" + context_.text(whole->span) + "` may be null, so its fields may be missing", false);
          break;
        }
        if (!whole->type->is(TypeKind::kRecord)) {
          context_.sink.report(
              Diagnostic(kNotSpreadable, item.value->span,
                         "`...` puts the fields of a record here, and this is " + describe(whole->type)));
          break;
        }
        for (const FieldType& field : whole->type->fields) {
          ExprRef part = narrowed(makeField(whole, field.name, field.type, item.span));
          add(field.name, item.span, std::move(part), spread.contains(field.name));
          spread.insert(field.name);
        }
        break;
      }
    }
  }
  return values;
}

ExprRef ExprChecker::inferRecord(const ast::Expr& expr, const ast::RecordExpr& node, TypeRef expected) {
  std::vector<FieldType> types;
  std::vector<ExprRef> args;
  bool failed = false;
  for (NamedValue& field : fields(node, expected)) {
    failed |= isError(field.value);
    if (field.value->type->is(TypeKind::kNull)) failed = true;
    types.push_back({field.name, field.value->type});
    args.push_back(std::move(field.value));
  }
  if (failed && expected != nullptr && TypeContext::unwrap(expected)->is(TypeKind::kRecord)) {
    // `null` takes its type from the field that it is for.
    TypeRef wanted = TypeContext::unwrap(expected);
    failed = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
      const FieldType* field = wanted->field(types[i].name);
      if (types[i].type->is(TypeKind::kNull) && field != nullptr && field->type->isOptional()) {
        types[i].type = field->type;
        args[i] = makeNull(field->type, args[i]->span);
      }
      failed |= types[i].type->isError() || types[i].type->is(TypeKind::kNull);
    }
  }
  if (failed) return error(expr.span);
  TypeRef record = context_.types.record(std::move(types));
  if (reportTooLarge(context_, expr.span)) return error(expr.span);
  return make(ExprKind::kRecord, record, expr.span, std::move(args));
}

ExprRef ExprChecker::printable(ExprRef value) {
  if (isError(value)) return value;
  if (value->type->isOptional() || value->type->is(TypeKind::kNull)) {
    return mayBeNull(*value, "`" + context_.text(value->span) + "` may be null, so it may have no text");
  }
  switch (value->type->kind) {
    case TypeKind::kRecord:
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kOneof:
    case TypeKind::kBytes:
    case TypeKind::kJson:
      context_.sink.report(
          Diagnostic(kNotPrintable, value->span, describe(value->type) + " has no text of its own")
              .fix(Fix::replace(value->span, "to_json(" + context_.text(value->span) + ")", "as JSON")));
      return error(value->span);
    default:
      return value;
  }
}

ExprRef ExprChecker::inferFString(const ast::Expr& expr, const ast::FString& node) {
  std::vector<ExprRef> parts;
  bool failed = false;
  for (const ast::FStringPart& part : node.parts) {
    if (part.expr == nullptr) {
      parts.push_back(makeLiteral(context_.types.string(), part.span, {part.text}));
    } else {
      parts.push_back(printable(infer(*part.expr)));
      failed |= isError(parts.back());
    }
  }
  if (failed) return error(expr.span);
  if (parts.empty()) return makeLiteral(context_.types.string(), expr.span, {std::string()});
  return make(ExprKind::kFString, context_.types.string(), expr.span, std::move(parts));
}

ExprRef ExprChecker::inferIndex(const ast::Expr& expr, const ast::IndexExpr& node) {
  ExprRef base = infer(*node.base);
  bool is_map = base->type->is(TypeKind::kMap);
  ExprRef index = infer(*node.index, is_map ? base->type->element : context_.i64());
  if (isError(base) || isError(index)) return error(expr.span);
  if (base->type->isOptional()) {
    return mayBeNull(*base, "`" + context_.text(base->span) + "` may be null, so it may have no elements", false);
  }
  if (is_map) {
    index = require(std::move(index), base->type->element, "the key of this map");
    return notBuilt("maps", base->type->value, expr.span, {std::move(base), std::move(index)}, Cause::kMissing);
  }
  if (base->type->is(TypeKind::kList)) {
    index = require(std::move(index), context_.i64(), "an index");
    if (isError(index)) return error(expr.span);
    TypeRef element = base->type->element;
    return make(ExprKind::kIndex, element, expr.span, {std::move(base), std::move(index)});
  }
  if (base->type->is(TypeKind::kRecord)) {
    // { dev: 1, prod: 2 }[stage]: a table of cases, chosen by an enum or a text.
    TypeRef common = nullptr;
    for (const FieldType& field : base->type->fields) {
      common = common == nullptr ? field.type : commonType(context_.types, common, field.type);
      if (common == nullptr) break;
    }
    bool by_name = index->type->is(TypeKind::kEnum) || index->type->is(TypeKind::kString);
    if (common != nullptr && by_name) {
      return notBuilt("records indexed by a name", common, expr.span, {std::move(base), std::move(index)},
                      Cause::kMissing);
    }
  }
  Diagnostic diagnostic(kNotIndexable, node.base->span,
                        "`[ ]` takes an element of a list or map, and this is " + describe(base->type));
  if (base->type->is(TypeKind::kString)) {
    std::string i = context_.text(index->span);
    diagnostic.fix(
        Fix::replace(expr.span, context_.text(base->span) + ".slice(" + i + ", " + i + " + 1)", "a part of a text"));
  }
  context_.sink.report(std::move(diagnostic));
  return error(expr.span);
}

ExprRef ExprChecker::inferNonNull(const ast::Expr& expr, const ast::NonNullExpr& node) {
  ExprRef value = infer(*node.operand);
  if (isError(value)) return value;
  if (value->kind == ExprKind::kNarrow) return value;  // said twice, in a way that people like
  if (!value->type->isOptional()) {
    context_.sink.report(Diagnostic(kUselessAssertion, expr.span,
                                    "`" + context_.text(value->span) + "` is never null, so `!` does nothing")
                             .because(value->span, toString(value->type))
                             .fix(Fix::remove(value->span.atEnd().to(expr.span.atEnd()), "leave it out",
                                              Applicability::kMachineApplicable)));
    return value;
  }
  TypeRef element = value->type->element;
  return make(ExprKind::kAssertPresent, element, expr.span, {std::move(value)});
}

}  // namespace streamc::sema
