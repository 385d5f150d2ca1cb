// top, distinct, dedup, latest, changes, emit: tables, and streams that remember what they have seen.
#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/diagnostics.h"
#include "frontend/sema/steps.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kAlreadyStream, "E0432", Severity::kError, "`changes` of a stream");
STREAMC_DIAGNOSTIC(kEmitOfStream, "E0434", Severity::kError, "`emit` on a stream");
STREAMC_DIAGNOSTIC(kNeedsStream, "E0438", Severity::kError, "a step for events is used on a table");
STREAMC_DIAGNOSTIC(kNoOrder, "E0439", Severity::kError, "rows are ordered by a value that has no order");

namespace {

bool isOrdered(TypeRef type) {
  TypeRef inner = TypeContext::unwrap(type);
  return inner->isNumber() || inner->is(TypeKind::kTimestamp) || inner->is(TypeKind::kDuration) ||
         inner->is(TypeKind::kDate) || inner->is(TypeKind::kString) || inner->is(TypeKind::kEnum);
}

// The order of `by e` and `order by e`; null after a report.
ExprRef orderOf(Graph& graph, ExprChecker& checker, const ast::Expr& text) {
  ExprRef value = checker.infer(text);
  if (value->type->isError()) return nullptr;
  if (isOrdered(value->type) && !value->type->isOptional()) return value;
  if (value->type->isOptional()) {
    checker.require(value, value->type->element, "an order");
    return nullptr;
  }
  graph.context.sink.report(
      Diagnostic(kNoOrder, text.span, describe(value->type) + " has no order").label(toString(value->type)));
  return nullptr;
}

void endless(Graph& graph, const StreamInfo& in, Span keyword, Span step, const std::string& message,
             const std::vector<std::string>& keys) {
  Diagnostic diagnostic(kEndlessState, keyword, message);
  diagnostic.label("no window, no ttl: nothing ever removes a row");
  for (const std::string& key : keys) {
    if (auto declared = graph.job.declarations.fieldSpan(key, in.row->field(key)->type)) {
      diagnostic.because(*declared, toString(in.row->field(key)->type) + " without a known number of values");
    }
  }
  Fix ttl = Fix::insertAfter(step, " ttl 30d", "say how it ends: forget what was quiet for a month");
  if (graph.giveTime(in, ttl)) diagnostic.fix(std::move(ttl));
  diagnostic.fix(Fix::insertAfter(step, " unbounded", "or keep them all on purpose"));
  graph.context.sink.report(std::move(diagnostic));
}

bool needsStream(Graph& graph, const StreamInfo& in, const Place& place, const std::string& step) {
  if (!in.is_table) return true;
  graph.context.sink.report(
      Diagnostic(kNeedsStream, place.keyword(), "`" + step + "` is for events, and this is a table")
          .because(in.table_span, in.table_reason.empty() ? "a table from here on" : in.table_reason)
          .fix(Fix::insertBefore(place.step.span, "changes | ", "make each change an event")));
  return false;
}

bool fieldsCanBeKeys(Graph& graph, const StreamInfo& in, const std::vector<std::string>& names,
                     const std::vector<ast::Path>& paths) {
  bool ok = true;
  for (std::size_t i = 0; i < names.size(); ++i) {
    ok &= graph.checkKeyType(names[i], in.row->field(names[i])->type, paths[i].span);
    auto why = in.nondeterministic.find(names[i]);
    if (why != in.nondeterministic.end()) graph.keyChanges(why->second, paths[i].span, names[i], true);
  }
  return ok;
}

std::string tableBound(const StreamInfo& in, const std::vector<std::string>& keys, double row_bytes,
                       const BoundText& bound) {
  auto count = keyCount(in, keys, in.row);
  std::string text = (count ? numberText(*count) : joined(keys) + " keys") + " × " + bytesText(row_bytes + 16);
  if (count) text += " = " + bytesText(*count * (row_bytes + 16));
  return bound.text.empty() ? text : text + ", " + bound.text;
}

}  // namespace

StreamInfo topStep(Graph& graph, StreamInfo in, const ast::TopStep& step, const Place& place) {
  const char* name = step.is_bottom ? "bottom" : "top";
  if (step.count == nullptr) return graph.failed();
  bool ok = graph.count(*step.count, place.names, "`" + std::string(name) + "`").has_value();
  ExprChecker checker = graph.checker(in, place);
  std::vector<ExprRef> uses;
  for (const ast::ExprPtr& by : step.by) {
    ExprRef value = by == nullptr ? nullptr : orderOf(graph, checker, *by);
    ok &= value != nullptr;
    if (value != nullptr) uses.push_back(std::move(value));
  }
  auto per = graph.fieldNames(in, step.per, place);
  if (!per || !fieldsCanBeKeys(graph, in, *per, step.per)) return graph.failed();
  auto bound = boundOf(graph, in, step.bound, place);
  if (in.window != nullptr) in.window->used = true;
  if (!bound) return graph.failed();
  StreamInfo out = in;
  std::string text;
  double rows = step.count->is<ast::IntLiteral>() ? static_cast<double>(step.count->as<ast::IntLiteral>()->value) : 10;
  if (in.window != nullptr && !in.is_table) {
    out.windowed = true;
    out.late.push_back({.node = static_cast<NodeId>(graph.job.program.nodes.size()),
                        .row = in.row,
                        .dropped = in.window->window.late_drop,
                        .span = in.window->span});
    // Behind an aggregate of the same window nothing can be late a second time.
    if (in.windowed) out.late.pop_back();
    text = numberText(rows) + " rows × " + bytesText(sizeOf(in.row)) + " per open window";
  } else {
    bool finite = keyCount(in, *per, in.row).has_value();
    if (!in.is_table && !finite && !bound->is_said && !in.bounded) {
      endless(graph, in, place.keyword(), place.step.span,
              "`" + std::string(name) + "` keeps rows for every " + joined(*per) + ", for ever", *per);
      return graph.failed();
    }
    out.is_table = true;
    out.key = in.is_table ? in.key : *per;
    out.table_span = place.keyword();
    out.table_reason = "a row leaves the " + std::string(name) + " when a better one comes";
    text = tableBound(in, *per, rows * sizeOf(in.row), *bound);
  }
  if (!ok) return graph.failed();
  out = graph.addNotBuilt(out, place.group, name, "`" + std::string(name) + "`", place.keyword(), in.row, {},
                          std::move(uses));
  graph.job.program.nodes[out.node].bound = text;
  return out;
}

StreamInfo distinctStep(Graph& graph, StreamInfo in, const ast::DistinctStep& step, const Place& place) {
  if (!needsStream(graph, in, place, "distinct")) return graph.failed();
  auto names = graph.fieldNames(in, step.fields, place);
  auto bound = boundOf(graph, in, step.bound, place);
  if (in.window != nullptr) in.window->used = true;
  if (!names || !bound || !fieldsCanBeKeys(graph, in, *names, step.fields)) return graph.failed();
  if (in.window == nullptr && !bound->is_said && !keyCount(in, *names, in.row) && !in.bounded) {
    endless(graph, in, place.keyword(), place.step.span, "`distinct` remembers every " + joined(*names) + ", for ever",
            *names);
    return graph.failed();
  }
  std::vector<FieldType> fields;
  for (const std::string& name : *names) fields.push_back(*in.row->field(name));
  StreamInfo out = in;
  out.key = *names;
  TypeRef row = graph.context.types.record(std::move(fields));
  if (in.window != nullptr) {
    out.windowed = true;
    out.late.push_back({.node = static_cast<NodeId>(graph.job.program.nodes.size()),
                        .row = in.row,
                        .dropped = in.window->window.late_drop,
                        .span = in.window->span});
  }
  out = graph.addNotBuilt(out, place.group, "distinct", "`distinct`", place.keyword(), row);
  graph.job.program.nodes[out.node].bound = in.window != nullptr ? windowBound(in, *in.window, *names, row, sizeOf(row))
                                                                 : tableBound(in, *names, sizeOf(row), *bound);
  return out;
}

StreamInfo dedupStep(Graph& graph, StreamInfo in, const ast::DedupStep& step, const Place& place) {
  if (!needsStream(graph, in, place, "dedup")) return graph.failed();
  auto names = graph.fieldNames(in, step.fields, place);
  auto within = step.within == nullptr ? std::nullopt : graph.duration(*step.within, place.names, "`within`");
  if (!in.time) {
    graph.needsTime(in, place.keyword(), "`dedup … within` compares event times, and this stream has none",
                    "within what time?");
    return graph.failed();
  }
  if (!names || !within || !fieldsCanBeKeys(graph, in, *names, step.fields)) return graph.failed();
  StreamInfo out = in;
  out.key = *names;
  out.late.push_back(
      {.node = static_cast<NodeId>(graph.job.program.nodes.size()), .row = in.row, .span = place.keyword()});
  out = graph.addNotBuilt(out, place.group, "dedup", "`dedup`", place.keyword(), in.row);
  double bytes = 12;
  for (const std::string& name : *names) bytes += sizeOf(in.row->field(name)->type);
  double seconds = static_cast<double>(*within + in.time->wait_us.value_or(0)) / 1e6;
  std::string text = "(" + durationText(*within) + " + wait " + durationText(in.time->wait_us.value_or(0)) +
                     ") × rate × " + bytesText(bytes);
  if (in.assume.rate) text += " = " + bytesText(seconds * *in.assume.rate * bytes);
  graph.job.program.nodes[out.node].bound = text;
  return out;
}

StreamInfo latestStep(Graph& graph, StreamInfo in, const ast::LatestStep& step, const Place& place) {
  if (!needsStream(graph, in, place, "latest")) return graph.failed();
  auto names = graph.fieldNames(in, step.fields, place);
  ExprChecker checker = graph.checker(in, place);
  bool ok = names.has_value() && fieldsCanBeKeys(graph, in, *names, step.fields);
  std::vector<ExprRef> uses;
  if (step.order_by != nullptr) {
    ExprRef order = orderOf(graph, checker, *step.order_by);
    ok &= order != nullptr;
    if (order != nullptr) uses.push_back(std::move(order));
  } else if (!in.time && step.bound && step.bound->isUnbounded()) {
    graph.needsTime(in, place.keyword(), "`latest` keeps the newest row by event time, and this stream has none",
                    "the latest by what?");
    return graph.failed();
  }
  if (step.delete_when != nullptr) {
    ExprRef condition = checker.condition(*step.delete_when, "`delete when`");
    ok &= !condition->type->isError();
    uses.push_back(std::move(condition));
  }
  auto bound = boundOf(graph, in, step.bound, place);
  if (!ok || !bound) return graph.failed();
  if (!bound->is_said && !keyCount(in, *names, in.row) && !in.bounded) {
    endless(graph, in, place.keyword(), place.step.span,
            "`latest` keeps one row for every " + joined(*names) + ", for ever", *names);
    return graph.failed();
  }
  StreamInfo out = in;
  out.is_table = true;
  out.key = *names;
  out.window = nullptr;
  out.windowed = false;
  out.table_span = place.keyword();
  out.table_reason = "a newer record replaces the row of its key";
  out = graph.addNotBuilt(out, place.group, "latest", "`latest`", place.keyword(), in.row, {}, std::move(uses));
  graph.job.program.nodes[out.node].bound = tableBound(in, *names, sizeOf(in.row), *bound);
  return out;
}

StreamInfo changesStep(Graph& graph, StreamInfo in, const Place& place) {
  if (!in.is_table) {
    graph.context.sink.report(
        Diagnostic(kAlreadyStream, place.keyword(), "`changes` makes a table a stream, and this is a stream already")
            .fix(Fix::replace(place.step.span, "where true", "leave it out")));
    return in;
  }
  TypeContext& types = graph.context.types;
  TypeRef op = types.enumeration("Op", {"insert", "update", "delete"}, false);
  TypeRef row = types.record({{"op", op}, {"before", types.optional(in.row)}, {"after", types.optional(in.row)}});
  StreamInfo out = in;
  out.is_table = false;
  out.key.clear();
  out.windowed = false;
  out.window = nullptr;
  return graph.addNotBuilt(out, place.group, "changes", "`changes`", place.keyword(), row);
}

StreamInfo emitStep(Graph& graph, StreamInfo in, const ast::EmitClause& emit, const Place& place) {
  if (!in.is_table) {
    Diagnostic diagnostic(kEmitOfStream, emit.span, "a stream emits each record once, when it comes");
    diagnostic.label("`emit` says when the rows of a table leave");
    diagnostic.fix(Fix::replace(place.step.span, "where true", "leave it out"));
    graph.context.sink.report(std::move(diagnostic));
    return in;
  }
  if (emit.every != nullptr) graph.duration(*emit.every, place.names, "`every`");
  std::vector<NodeId> inputs;
  if (emit.kind == ast::EmitClause::Kind::kAllOn) {
    StreamInfo control = graph.named(emit.on, place.names);
    if (control.failed) return graph.failed();
    inputs.push_back(control.node);
  }
  return graph.addNotBuilt(in, place.group, "emit", "`emit` of tables", place.keyword(), in.row, std::move(inputs));
}

}  // namespace streamc::sema
