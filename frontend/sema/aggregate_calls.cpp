// Aggregate functions inside `aggregate { … }`: each call becomes a field of the aggregate, named "$0", "$1", ….
#include <algorithm>

#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kAggregateOverNull, "E0207", Severity::kError, "an aggregate over a value that may be null");
STREAMC_DIAGNOSTIC(kAggregateArguments, "E0239", Severity::kError, "an aggregate is called with the wrong arguments");
STREAMC_DIAGNOSTIC(kEndlessCollect, "E0507", Severity::kError, "a list can grow for ever in a session without `max`");

namespace {

enum class Needs : uint8_t { kNothing, kNumber, kOrdered, kAny };

struct AggregateRow {
  std::string_view name;
  Needs needs;
  AggregateFunction function;  // meaningless where `built` is false
  bool built;
};
constexpr AggregateRow kAggregates[] = {
    {"count", Needs::kNothing, AggregateFunction::kCount, true},
    {"sum", Needs::kNumber, AggregateFunction::kSum, true},
    {"avg", Needs::kNumber, AggregateFunction::kAvg, true},
    {"min", Needs::kOrdered, AggregateFunction::kMin, true},
    {"max", Needs::kOrdered, AggregateFunction::kMax, true},
    {"first", Needs::kAny, AggregateFunction::kFirst, true},
    {"last", Needs::kAny, AggregateFunction::kLast, true},
    {"any", Needs::kAny, AggregateFunction::kAny, true},
    {"collect", Needs::kAny, {}, false},
    {"collect_set", Needs::kAny, {}, false},
    {"group_map", Needs::kAny, {}, false},
    {"top_k", Needs::kAny, {}, false},
    {"quantile", Needs::kNumber, {}, false},
    {"approx_distinct", Needs::kAny, {}, false},
};

bool isOrdered(TypeRef type) {
  return type->isNumber() || type->is(TypeKind::kTimestamp) || type->is(TypeKind::kDuration) ||
         type->is(TypeKind::kDate) || type->is(TypeKind::kString);
}

TypeRef resultType(TypeContext& types, AggregateFunction function, TypeRef arg) {
  switch (function) {
    case AggregateFunction::kCount:
      return types.scalar(TypeKind::kI64);
    case AggregateFunction::kSum:
      if (arg->isInteger()) return types.scalar(TypeKind::kI64);
      return arg->is(TypeKind::kDecimal) ? types.decimal(38, arg->scale) : arg;
    case AggregateFunction::kAvg:
      if (arg->is(TypeKind::kDecimal)) return types.decimal(38, std::min(arg->scale + 6, 38u));
      return types.scalar(TypeKind::kF64);
    default:
      return arg;
  }
}

bool isPlain(TypeRef type) {
  switch (type->kind) {
    case TypeKind::kRecord:
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kOneof:
    case TypeKind::kJson:
      return false;
    default:
      return true;
  }
}

}  // namespace

ExprRef ExprChecker::callAggregate(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name) {
  const Entity* entity = names_.findValue(name.text);
  bool is_extern = entity != nullptr && entity->extern_fn != nullptr && entity->extern_fn->is_agg;
  const auto* row = std::find_if(std::begin(kAggregates), std::end(kAggregates),
                                 [&](const AggregateRow& r) { return r.name == name.text; });
  if (!is_extern && (entity != nullptr || row == std::end(kAggregates))) return nullptr;
  if ((name.text == "min" || name.text == "max") && node.args.size() == 2) return nullptr;  // of two values

  ExprChecker inner(job_, names_, aggregates_->inner);
  if (aggregates_->where != nullptr) inner.assume(factsWhen(*aggregates_->where, true));
  std::vector<ExprRef> args;
  if (is_extern) {
    const CheckedFunction& function = job_.function(*const_cast<Entity*>(entity));
    auto values = inner.arguments(entity->extern_fn->params, function.params, node, name.text, nullptr, *entity->home);
    if (!values || function.result->isError()) return error(expr.span);
    return notBuilt("aggregates in C++", function.result, expr.span, std::move(*values));
  }
  for (const ast::Arg& arg : node.args) {
    if (arg.value == nullptr) return error(expr.span);
    args.push_back(inner.infer(*arg.value));
    if (isError(args.back())) return error(expr.span);
  }
  auto wrong = [&](const std::string& message) {
    context_.sink.report(Diagnostic(kAggregateArguments, node.args_span, message));
    return error(expr.span);
  };
  if (row->needs == Needs::kNothing) {
    if (args.empty()) return addAggregate(row->function, nullptr, context_.i64(), expr.span);
    Diagnostic diagnostic(kAggregateArguments, node.args_span, "`count()` counts records, so it takes nothing");
    if (args[0]->type->isOptional()) {
      std::string text = context_.text(args[0]->span);
      Fix fix = Fix::replace(node.args_span, "()", "count those that have it");
      fix.edits.push_back({aggregates_->item.atEnd(), " where " + text + " != null"});
      if (!aggregates_->has_where) diagnostic.fix(std::move(fix));
    } else {
      diagnostic.fix(Fix::replace(node.args_span, "()", "count the records"));
    }
    context_.sink.report(std::move(diagnostic));
    return error(expr.span);
  }
  std::size_t wanted = name.text == "group_map" || name.text == "top_k" || name.text == "quantile" ? 2 : 1;
  if (args.size() != wanted)
    return wrong("`" + name.text + "` takes " + (wanted == 1 ? "one argument" : "two arguments"));
  TypeRef type = args[0]->type;
  if (type->isOptional()) return aggregateOverNull(name, *args[0]);
  if (row->needs == Needs::kNumber && !type->isNumber() && !(name.text == "sum" && type->is(TypeKind::kDuration))) {
    return wrong("`" + name.text + "` is for numbers, and `" + context_.text(args[0]->span) + "` is " + describe(type));
  }
  if (row->needs == Needs::kOrdered && !isOrdered(type)) {
    return wrong("`" + name.text + "` needs an order, and `" + context_.text(args[0]->span) + "` is " + describe(type));
  }
  if (!row->built) {
    bool grows = name.text == "collect" || name.text == "collect_set" || name.text == "group_map";
    if (grows && aggregates_->endless_session) {
      context_.sink.report(
          Diagnostic(kEndlessCollect, expr.span, "this list can grow for ever: a session without `max` may never end")
              .label("one element for each record of the session")
              .because(aggregates_->window, "no `max` here")
              .fix(Fix::insertAfter(aggregates_->window, " max 12h", "say how long a session may be"))
              .fix(Fix::advice("or keep a count or the last value instead of the list")));
      return error(expr.span);
    }
    TypeRef result = type;
    if (name.text == "collect") result = context_.types.list(type);
    if (name.text == "collect_set") result = context_.types.set(type);
    if (name.text == "group_map")
      result = context_.types.map(type, context_.types.set(TypeContext::unwrap(args[1]->type)));
    if (name.text == "top_k") result = context_.types.list(type);
    if (name.text == "quantile") result = context_.f64();
    if (name.text == "approx_distinct") result = context_.i64();
    return notBuilt("`" + name.text + "`", result, expr.span, std::move(args));
  }
  if (!isPlain(type)) {
    return notBuilt("`" + name.text + "` of " + (type->is(TypeKind::kRecord) ? "records" : "lists"), type, expr.span,
                    std::move(args));
  }
  TypeRef result = resultType(context_.types, row->function, type);
  return addAggregate(row->function, std::move(args[0]), result, expr.span);
}

ExprRef ExprChecker::addAggregate(AggregateFunction function, ExprRef arg, TypeRef type, Span span) {
  // Without a record that fits its `where`, only a count has a value.
  if (aggregates_->where != nullptr && function != AggregateFunction::kCount) type = context_.types.optional(type);
  std::string field = "$" + std::to_string(aggregates_->fields.size());
  aggregates_->fields.push_back({.name = field,
                                 .function = function,
                                 .arg = std::move(arg),
                                 .where = aggregates_->where,
                                 .type = type,
                                 .span = span});
  return make(ExprKind::kColumn, type, span, {}, field);
}

ExprRef ExprChecker::aggregateOverNull(const ast::Name& name, const Expr& value) {
  std::string text = context_.text(value.span);
  Diagnostic diagnostic(kAggregateOverNull, value.span, "`" + name.text + "` over a value that may be null");
  diagnostic.label(toString(value.type));
  if (auto declared = job_.declarations.fieldSpan(value.name, value.type); declared && placeOf(value)) {
    diagnostic.because(*declared, "declared optional here");
  }
  TypeRef inner = value.type->element;
  bool is_mean = name.text == "avg";
  if (inner->isNumber()) {
    diagnostic.note(is_mean ? "missing values can count as zero or not at all, and the two means differ"
                            : "missing values can count as zero or not at all");
    diagnostic.fix(Fix::insertAfter(value.span, " ?? 0", "count them as zero"));
  }
  if (!aggregates_->has_where) {
    diagnostic.fix(Fix::insertAfter(aggregates_->item, " where " + text + " != null",
                                    "leave them out (null when a group has none)"));
  }
  context_.sink.report(std::move(diagnostic));
  return error(value.span);
}

}  // namespace streamc::sema
