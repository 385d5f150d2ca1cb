// aggregate and `key by`: groups of records and what is computed of them.
#include <algorithm>
#include <set>

#include "frontend/sema/constants.h"
#include "frontend/sema/diagnostics.h"
#include "frontend/sema/steps.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kEndlessState, "E0501", Severity::kError, "a step keeps one row of state for every key, for ever");
STREAMC_DIAGNOSTIC(kDoubledKey, "E0253", Severity::kError, "an aggregate or key makes the same field twice");
STREAMC_DIAGNOSTIC(kLateByTaken, "E0269", Severity::kError, "the rows of a window have a field `late_by` already");
STREAMC_DIAGNOSTIC(kEmitNeedsWindow, "E0437", Severity::kError, "`emit final` without a window");

namespace {

// Whether the value is one aggregate as it is, so that it needs no projection behind the aggregate.
bool isPlainAggregate(const Expr& value) { return value.kind == ExprKind::kColumn && value.name.starts_with("$"); }

struct Items {
  std::vector<NamedExpr> computed;  // over keys and "$n"
  AggregateUse use;
  bool failed = false;
};

void checkItems(Graph& graph, const StreamInfo& in, const ast::AggregateStep& step, const std::vector<NamedExpr>& keys,
                const Place& place, Items& items) {
  RowScope outer = graph.rowScope(in, place.step.span);
  std::vector<FieldType> key_fields;
  for (const NamedExpr& key : keys) key_fields.push_back({key.name, key.expr->type});
  outer.row = graph.context.types.record(std::move(key_fields));
  outer.place = "among the keys of this aggregate: only they are the same for all records of a group";
  outer.windowed = in.window != nullptr;
  outer.has_time = false;
  outer.meta = nullptr;
  items.use.inner = graph.rowScope(in, place.step.span);
  if (in.window != nullptr) {
    items.use.window = in.window->span;
    items.use.endless_session = in.window->window.kind == Window::Kind::kSession && !in.window->max_us;
  }
  std::set<std::string> seen;
  for (const NamedExpr& key : keys) seen.insert(key.name);
  for (const ast::Aggregate& item : step.aggregates) {
    if (item.value == nullptr || item.name.missing()) {
      items.failed = true;
      continue;
    }
    if (!seen.insert(item.name.text).second) {
      graph.context.sink.report(
          Diagnostic(kDoubledKey, item.name.span, "the field `" + item.name.text + "` is made twice")
              .note("the keys are in the result already"));
      items.failed = true;
      continue;
    }
    items.use.where = nullptr;
    items.use.has_where = item.where != nullptr;
    items.use.item = item.value->span;
    if (item.where != nullptr) {
      ExprChecker inner(graph.job, place.names, items.use.inner);
      items.use.where = inner.condition(*item.where, "`where` of an aggregate");
      if (items.use.where->type->isError()) {
        // What it would have said about the rows is not known, so nothing can be said about the item.
        items.failed = true;
        continue;
      }
    }
    ExprChecker checker(graph.job, place.names, outer);
    checker.aggregateInto(&items.use);
    ExprRef value = checker.infer(*item.value);
    items.failed |= value->type->isError();
    items.computed.push_back({.name = item.name.text, .expr = std::move(value)});
  }
}

// The row of the aggregate itself, and the projection behind it where an item is more than one aggregate.
StreamInfo build(Graph& graph, const StreamInfo& in, std::vector<NamedExpr> keys, Items items, const Place& place) {
  std::set<std::string> plain;
  for (const NamedExpr& item : items.computed) {
    if (isPlainAggregate(*item.expr)) plain.insert(item.expr->name);
  }
  bool needs_projection = plain.size() != items.computed.size();
  if (!needs_projection) {
    for (const NamedExpr& item : items.computed) {
      for (AggregateField& field : items.use.fields) {
        if (field.name == item.expr->name) field.name = item.name;
      }
    }
  }
  std::vector<FieldType> fields;
  for (const NamedExpr& key : keys) fields.push_back({key.name, key.expr->type});
  for (const AggregateField& field : items.use.fields) fields.push_back({field.name, field.type});
  TypeRef row = graph.context.types.record(std::move(fields));
  AggregateNode node;
  node.keys = keys;
  node.fields = std::move(items.use.fields);
  if (in.window != nullptr) node.window = in.window->window;
  StreamInfo out = in;
  out.key.clear();
  for (const NamedExpr& key : keys) out.key.push_back(key.name);
  if (in.window != nullptr) out.windowed = true;
  out = graph.add(out, place.group, "aggregate", place.keyword(), row, std::move(node));
  if (!needs_projection) return out;

  ProjectNode project;
  std::vector<FieldType> types;
  for (const NamedExpr& key : keys) {
    project.fields.push_back(
        {.name = key.name, .expr = makeExpr(ExprKind::kColumn, key.expr->type, key.expr->span, {}, key.name)});
  }
  for (NamedExpr& item : items.computed) project.fields.push_back(std::move(item));
  for (const NamedExpr& field : project.fields) types.push_back({field.name, field.expr->type});
  TypeRef shaped = graph.context.types.record(std::move(types));
  std::string name = graph.job.program.nodes[out.node].operator_id;
  out.row = shaped;
  out.node = graph.addNode(place.group, "aggregate/compute", place.keyword(), {out.node}, shaped, std::move(project));
  graph.job.program.nodes[out.node].step_name = name;
  return out;
}

void reportEndless(Graph& graph, const StreamInfo& in, const ast::AggregateStep& step,
                   const std::vector<NamedExpr>& keys, const Place& place) {
  std::vector<std::string> names;
  double key_bytes = 0;
  for (const NamedExpr& key : keys) {
    names.push_back(key.name);
    key_bytes += sizeOf(key.expr->type);
  }
  Diagnostic diagnostic(kEndlessState, place.keyword(),
                        "this aggregate keeps one row of state for every " + joined(names) + ", for ever");
  diagnostic.label("no window, no ttl: nothing ever removes a row");
  for (const NamedExpr& key : keys) {
    if (!keyCount(in, {key.name}, in.row))
      diagnostic.because(key.expr->span, toString(key.expr->type) + " without a known number of values");
  }
  diagnostic.note("state grows by about " +
                  bytesText(key_bytes + 16.0 * static_cast<double>(step.aggregates.size()) + 16) + " for each new " +
                  joined(names));
  Fix ttl = Fix::insertAfter(place.step.span, " ttl 30d", "say how it ends: forget what was quiet for a month");
  if (graph.giveTime(in, ttl)) diagnostic.fix(std::move(ttl));
  Fix window = Fix::insertBefore(place.step.span, "window tumble 1h | ",
                                 "or one result per hour (each is final, and its state is freed)");
  if (graph.giveTime(in, window)) diagnostic.fix(std::move(window));
  diagnostic.fix(Fix::insertAfter(place.step.span, " unbounded", "or keep them all on purpose"));
  graph.context.sink.report(std::move(diagnostic));
}

}  // namespace

std::optional<std::vector<NamedExpr>> keysOf(Graph& graph, const StreamInfo& in, const std::vector<ast::Key>& keys,
                                             const Place& place, bool makes_table) {
  ExprChecker checker = graph.checker(in, place);
  std::vector<NamedExpr> result;
  bool failed = false;
  for (const ast::Key& key : keys) {
    if (key.path.names.empty() || key.name().missing()) return std::nullopt;
    ExprRef value = key.value == nullptr ? checker.path(key.path) : checker.infer(*key.value);
    if (value->type->isError() ||
        !graph.checkKeyType(key.name().text, value->type, key.value == nullptr ? key.path.span : key.value->span)) {
      failed = true;
      continue;
    }
    bool doubled = std::any_of(result.begin(), result.end(),
                               [&](const NamedExpr& other) { return other.name == key.name().text; });
    if (doubled) {
      graph.context.sink.report(
          Diagnostic(kDoubledKey, key.span, "the key `" + key.name().text + "` stands here twice"));
      failed = true;
      continue;
    }
    if (auto why = graph.nondeterminismOf(*value, in)) graph.keyChanges(*why, key.span, key.name().text, makes_table);
    result.push_back({.name = key.name().text, .expr = std::move(value)});
  }
  if (failed) return std::nullopt;
  return result;
}

StreamInfo aggregateStep(Graph& graph, StreamInfo in, const ast::AggregateStep& step, const Place& place) {
  auto keys = keysOf(graph, in, step.keys, place, in.window == nullptr);
  if (in.window != nullptr) in.window->used = true;
  Items items;
  checkItems(graph, in, step, keys.value_or(std::vector<NamedExpr>{}), place, items);
  auto bound = boundOf(graph, in, step.bound, place);
  if (!keys || items.failed || !bound) return graph.failed();
  if (in.window != nullptr && in.row->field("late_by") != nullptr) {
    graph.context.sink.report(
        Diagnostic(kLateByTaken, place.keyword(), "the rows of this window have a field `late_by` already")
            .note("its late rows get a field of that name: how late they are")
            .because(in.window->span, "can find records late")
            .fix(Fix::advice("give it another name in front of the window: `rename late_by as …`")));
    return graph.failed();
  }
  std::vector<std::string> names;
  std::vector<FieldType> key_fields;
  for (const NamedExpr& key : *keys) {
    names.push_back(key.name);
    key_fields.push_back({key.name, key.expr->type});
  }
  TypeRef key_row = graph.context.types.record(std::move(key_fields));
  bool finite = keyCount(in, names, key_row).has_value();
  if (in.window == nullptr && !in.is_table && !bound->is_said && !finite && !in.bounded) {
    reportEndless(graph, in, step, *keys, place);
    return graph.failed();
  }
  bool was_table = in.is_table;
  std::shared_ptr<WindowUse> window = in.window;
  TypeRef input_row = in.row;
  std::size_t first_node = graph.job.program.nodes.size();
  StreamInfo out = build(graph, in, std::move(*keys), std::move(items), place);
  double row_bytes = sizeOf(graph.job.program.nodes[first_node].row);
  out.late.clear();
  if (window != nullptr) {
    out.late = in.late;
    out.late.push_back({.node = static_cast<NodeId>(first_node),
                        .row = input_row,
                        .dropped = window->window.late_drop,
                        .span = window->span});
    bool updates = step.emit && step.emit->kind != ast::EmitClause::Kind::kFinal;
    if (updates || window->window.late_allow_us) {
      out.is_table = true;
      out.key.push_back("window.start");
      out.table_span = updates ? step.emit->span : window->late_span;
      out.table_reason =
          updates ? "early results are corrected later" : "late records may change a window that was already sent";
      if (updates) graph.job.notBuilt("early results", step.emit->span);
    }
    graph.job.program.nodes[first_node].bound = windowBound(in, *window, names, key_row, row_bytes);
  } else {
    out.is_table = true;
    out.table_span = place.keyword();
    out.table_reason = "without a window, each record changes the row of its key";
    std::string count =
        keyCount(in, names, key_row) ? numberText(*keyCount(in, names, key_row)) : joined(names) + " keys";
    graph.job.program.nodes[first_node].bound =
        count + " × " + bytesText(row_bytes + 16) + (bound->text.empty() ? "" : ", " + bound->text);
    graph.job.notBuilt(was_table ? "aggregates of tables" : "aggregates without a window", place.keyword());
    if (step.emit && step.emit->kind == ast::EmitClause::Kind::kFinal) {
      graph.context.sink.report(Diagnostic(kEmitNeedsWindow, step.emit->span,
                                           "`emit final` needs a window: without one, no result is final"));
    }
  }
  // Names of keys that are fields of the input keep what is assumed about them.
  std::erase_if(out.assume.distinct, [&](const auto& known) { return out.row->field(known.first) == nullptr; });
  out.assume.rate.reset();
  out.nondeterministic.clear();
  graph.settle(out);
  return out;
}

StreamInfo keyStep(Graph& graph, StreamInfo in, const ast::KeyStep& step, const Place& place) {
  auto keys = keysOf(graph, in, step.keys, place);
  if (!keys) return graph.failed();
  std::vector<ExprRef> uses;
  StreamInfo out = in;
  out.key.clear();
  for (const NamedExpr& key : *keys) {
    out.key.push_back(key.name);
    uses.push_back(key.expr);
  }
  return graph.addNotBuilt(out, place.group, "key", "`key by`", place.keyword(), in.row, {}, std::move(uses));
}

}  // namespace streamc::sema
