// select, extend, set, drop, rename: what a row is made of.
#include <algorithm>
#include <map>
#include <set>

#include "frontend/sema/diagnostics.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kOverwrites, "E0221", Severity::kError, "`extend` or `rename` would overwrite a field");
STREAMC_DIAGNOSTIC(kKeyLost, "E0431", Severity::kError, "a table would lose its key");
STREAMC_DIAGNOSTIC(kEmptyRow, "E0250", Severity::kError, "a row without fields");
STREAMC_DIAGNOSTIC(kUntypedField, "E0251", Severity::kError, "a field that is only null");

namespace {

ExprRef same(const FieldType& field, Span span) {
  return makeExpr(ExprKind::kColumn, field.type, span, {}, field.name);
}

// Adds the projection and works out what became of the key, names that change on replay, and assumptions.
StreamInfo project(Graph& graph, const StreamInfo& in, std::vector<NamedExpr> fields, const std::string& kind,
                   const Place& place) {
  std::vector<FieldType> types;
  for (const NamedExpr& field : fields) {
    types.push_back({field.name, field.expr->type});
  }
  if (types.empty()) {
    graph.context.sink.report(Diagnostic(kEmptyRow, place.keyword(), "nothing is left of the row"));
    return graph.failed();
  }
  // Where a column of the input went, if it went anywhere unchanged.
  std::map<std::string, std::string> moved;
  std::map<std::string, Nondeterminism> nondeterministic;
  for (const NamedExpr& field : fields) {
    const Expr* from = field.expr.get();
    while (from->kind == ExprKind::kNarrow) from = from->args[0].get();
    if (from->kind == ExprKind::kColumn) moved.try_emplace(from->name, field.name);
    if (from->kind == ExprKind::kWindowStart) moved.try_emplace("window.start", field.name);
    if (auto why = graph.nondeterminismOf(*field.expr, in)) nondeterministic.emplace(field.name, *why);
  }
  StreamInfo out = in;
  if (in.is_table) {
    std::vector<std::string> lost;
    for (std::string& key : out.key) {
      auto place_of = moved.find(key);
      if (place_of != moved.end()) {
        key = place_of->second;
      } else if (key != "window.start" || !in.windowed) {
        lost.push_back(key);
      }
    }
    if (!lost.empty()) {
      Diagnostic diagnostic(kKeyLost, place.keyword(),
                            "`" + kind + "` would drop " +
                                (lost.size() == 1 ? "`" + lost[0] + "`, the key" : "the key " + joined(lost)) +
                                " of this table");
      diagnostic.because(in.table_span, in.table_reason.empty() ? "a table from here on" : in.table_reason);
      diagnostic.note("a table has one row per key, so later steps and sinks need it");
      if (const auto* shape = place.step.as<ast::ShapeStep>(); shape != nullptr && !shape->record.items.empty()) {
        diagnostic.fix(Fix::insertBefore(shape->record.items.front().span, joined(lost) + ", ", "keep it",
                                         Applicability::kMachineApplicable));
      }
      graph.context.sink.report(std::move(diagnostic));
      return graph.failed();
    }
    graph.job.notBuilt("tables", in.table_span);
  } else {
    std::vector<std::string> key;
    for (const std::string& name : out.key) {
      auto place_of = moved.find(name);
      if (place_of == moved.end()) break;
      key.push_back(place_of->second);
    }
    if (key.size() != out.key.size()) key.clear();
    out.key = std::move(key);
  }
  std::map<std::string, double> distinct;
  for (const auto& [names, count] : in.assume.distinct) {
    if (auto to = moved.find(names); to != moved.end()) distinct[to->second] = count;
  }
  out.assume.distinct = std::move(distinct);
  out.assume.size.reset();
  out.never_empty.clear();
  out.nondeterministic = std::move(nondeterministic);
  TypeRef row = graph.context.types.record(std::move(types));
  out = graph.add(out, place.group, kind, place.keyword(), row, ProjectNode{std::move(fields)});
  return out;
}

}  // namespace

StreamInfo shapeStep(Graph& graph, StreamInfo in, const ast::ShapeStep& step, const Place& place) {
  using Kind = ast::ShapeStep::Kind;
  Context& context = graph.context;
  bool is_select = step.kind == Kind::kSelect;
  const char* name = is_select ? "select" : step.kind == Kind::kExtend ? "extend" : "set";
  ExprChecker checker = graph.checker(in, place);
  bool is_oneof = in.row->is(TypeKind::kOneof);
  if (!in.row->is(TypeKind::kRecord) && !(is_select && is_oneof)) {
    graph.oneofRow(in, place);
    return graph.failed();
  }
  std::vector<NamedValue> values = checker.fields(step.record, is_select ? nullptr : in.row);
  std::vector<NamedExpr> fields;
  std::map<std::string, std::size_t> index;
  if (!is_select) {
    for (const FieldType& field : in.row->fields) {
      index.emplace(field.name, fields.size());
      fields.push_back({.name = field.name, .expr = same(field, place.keyword())});
    }
  }
  for (NamedValue& value : values) {
    if (value.value->type->is(TypeKind::kNull)) {
      context.sink.report(
          Diagnostic(kUntypedField, value.name_span, "`" + value.name + "` is always null, so its type is not known"));
      value.value = makeError(context, value.value->span);
    }
    auto existing = index.find(value.name);
    if (step.kind == Kind::kExtend && existing != index.end()) {
      context.sink.report(Diagnostic(kOverwrites, value.name_span, "`extend` would overwrite `" + value.name + "`")
                              .label("the row has a field of this name")
                              .fix(Fix::replace(place.keyword(), "set", "change it on purpose"))
                              .fix({"or give the new one another name",
                                    {{value.name_span, value.name + "_2"}},
                                    Applicability::kHasPlaceholders}));
      continue;
    }
    if (step.kind == Kind::kSet && existing == index.end()) {
      Diagnostic diagnostic(kUnknownName, value.name_span, "there is no field `" + value.name + "` to set");
      std::vector<std::string> candidates;
      for (const FieldType& field : in.row->fields) candidates.push_back(field.name);
      suggest(diagnostic, value.name_span, value.name, candidates, "fields");
      if (diagnostic.fixes.empty()) diagnostic.fix(Fix::replace(place.keyword(), "extend", "add it"));
      context.sink.report(std::move(diagnostic));
      continue;
    }
    if (existing != index.end()) {
      fields[existing->second].expr = std::move(value.value);
    } else {
      index.emplace(value.name, fields.size());
      fields.push_back({.name = value.name, .expr = std::move(value.value)});
    }
  }
  return project(graph, in, std::move(fields), name, place);
}

StreamInfo dropStep(Graph& graph, StreamInfo in, const ast::DropStep& step, const Place& place) {
  if (!in.row->is(TypeKind::kRecord)) {
    graph.oneofRow(in, place);
    return graph.failed();
  }
  auto names = graph.fieldNames(in, step.fields, place);
  if (!names) return in;
  std::set<std::string> dropped(names->begin(), names->end());
  std::vector<NamedExpr> fields;
  for (const FieldType& field : in.row->fields) {
    if (!dropped.contains(field.name)) fields.push_back({.name = field.name, .expr = same(field, place.keyword())});
  }
  return project(graph, in, std::move(fields), "drop", place);
}

StreamInfo renameStep(Graph& graph, StreamInfo in, const ast::RenameStep& step, const Place& place) {
  if (!in.row->is(TypeKind::kRecord)) {
    graph.oneofRow(in, place);
    return graph.failed();
  }
  std::vector<ast::Path> paths;
  for (const ast::RenameStep::Item& item : step.items) paths.push_back(item.from);
  auto names = graph.fieldNames(in, paths, place);
  if (!names) return in;
  std::map<std::string, const ast::Name*> renamed;
  for (std::size_t i = 0; i < names->size(); ++i) renamed[(*names)[i]] = &step.items[i].to;
  std::vector<NamedExpr> fields;
  std::set<std::string> taken;
  for (const FieldType& field : in.row->fields) {
    auto to = renamed.find(field.name);
    const std::string& name = to == renamed.end() ? field.name : to->second->text;
    if (!taken.insert(name).second) {
      Span span = to == renamed.end() ? renamed.begin()->second->span : to->second->span;
      for (const auto& [from, written] : renamed) span = written->text == name ? written->span : span;
      graph.context.sink.report(Diagnostic(kOverwrites, span, "there is a field `" + name + "` already"));
      return in;
    }
    fields.push_back({.name = name, .expr = same(field, place.keyword())});
  }
  return project(graph, in, std::move(fields), "rename", place);
}

}  // namespace streamc::sema
