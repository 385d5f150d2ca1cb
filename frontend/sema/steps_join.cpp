// join and lookup: two inputs, what ties them together, and how long a record waits for its partner.
#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kJoinTime, "E0303", Severity::kError, "`within` compares event times, and one side has none");
STREAMC_DIAGNOSTIC(kVersionTime, "E0304", Severity::kError,
                   "a table with versions is joined by a stream without event time");
STREAMC_DIAGNOSTIC(kNoEquality, "E0341", Severity::kError, "a join without an equality between its sides");
STREAMC_DIAGNOSTIC(kJoinAlias, "E0342", Severity::kError, "the name of a joined row is taken");
STREAMC_DIAGNOSTIC(kPartialKey, "E0343", Severity::kError, "a join does not fix the whole key of a table");
STREAMC_DIAGNOSTIC(kTableJoinsStream, "E0344", Severity::kError, "a table is joined with a stream");
STREAMC_DIAGNOSTIC(kLookupStream, "E0345", Severity::kError, "`lookup` in something that is no table");
STREAMC_DIAGNOSTIC(kEndlessJoin, "E0411", Severity::kError, "a join of two streams without an end");

namespace {

// `left == alias.field` of the condition.
struct Tie {
  std::string left;   // text of the left side, or its column
  std::string right;  // field of the joined row
  Span span;
};

const Expr& peeled(const Expr& expr) {
  const Expr* at = &expr;
  while (at->kind == ExprKind::kConvert || at->kind == ExprKind::kToOptional || at->kind == ExprKind::kNarrow)
    at = at->args[0].get();
  return *at;
}

bool touches(const Expr& expr, const std::string& alias) {
  if (expr.kind == ExprKind::kColumn) return expr.name == alias;
  return std::any_of(expr.args.begin(), expr.args.end(), [&](const ExprRef& arg) { return touches(*arg, alias); });
}

void collectTies(Context& context, const Expr& on, const std::string& alias, std::vector<Tie>& ties) {
  if (on.kind == ExprKind::kAnd) {
    collectTies(context, *on.args[0], alias, ties);
    collectTies(context, *on.args[1], alias, ties);
    return;
  }
  if (on.kind != ExprKind::kEqual) return;
  for (int side = 0; side < 2; ++side) {
    const Expr& right = peeled(*on.args[side]);
    const Expr& left = peeled(*on.args[1 - side]);
    bool is_field =
        right.kind == ExprKind::kField && right.args[0]->kind == ExprKind::kColumn && right.args[0]->name == alias;
    if (!is_field || touches(left, alias)) continue;
    ties.push_back({left.kind == ExprKind::kColumn ? left.name : context.text(left.span), right.name, on.span});
    return;
  }
}

// The row in which `on` is read: the left fields and the joined row under its name.
struct Condition {
  ExprRef on;
  std::vector<Tie> ties;
};

std::optional<Condition> condition(Graph& graph, const StreamInfo& in, const StreamInfo& right, const ast::Name& alias,
                                   const ast::Expr& text, const Place& place) {
  if (!in.row->is(TypeKind::kRecord) || !right.row->is(TypeKind::kRecord)) {
    graph.oneofRow(in.row->is(TypeKind::kRecord) ? right : in, place);
    return std::nullopt;
  }
  if (in.row->field(alias.text) != nullptr) {
    graph.context.sink.report(
        Diagnostic(kJoinAlias, alias.span,
                   "the row has a field `" + alias.text + "` already: call the joined row something else"));
    return std::nullopt;
  }
  std::vector<FieldType> fields = in.row->fields;
  fields.push_back({alias.text, right.row});
  RowScope scope = graph.rowScope(in, place.step.span);
  scope.row = graph.context.types.record(std::move(fields));
  ExprChecker checker(graph.job, place.names, scope);
  Condition result;
  result.on = checker.condition(text, "`on`");
  if (result.on->type->isError()) return std::nullopt;
  collectTies(graph.context, *result.on, alias.text, result.ties);
  if (result.ties.empty()) {
    std::string field = right.row->fields.empty() ? "…" : right.row->fields[0].name;
    graph.context.sink.report(
        Diagnostic(kNoEquality, text.span, "a join needs at least one equality between its two sides")
            .label("every row would meet every other")
            .note("written like `id == " + alias.text + "." + field + "`"));
    return std::nullopt;
  }
  return result;
}

std::string sideBound(const StreamInfo& side, int64_t keep_us, int64_t wait_us) {
  double bytes = side.assume.size.value_or(sizeOf(side.row)) + 16;
  std::string text = "(" + durationText(keep_us) + " + wait " + durationText(wait_us) + ") × " +
                     (side.assume.rate ? numberText(*side.assume.rate) + "/s" : "rate") + " × " + bytesText(bytes);
  if (side.assume.rate)
    text += " = " + bytesText(static_cast<double>(keep_us + wait_us) / 1e6 * *side.assume.rate * bytes);
  return text;
}

void reportEndlessJoin(Graph& graph, const StreamInfo& in, const StreamInfo& right, const ast::JoinStep& step,
                       const Condition& condition, const Place& place) {
  Diagnostic diagnostic(kEndlessJoin, place.keyword(),
                        "joining two streams needs an end: when may a record be forgotten?");
  diagnostic.label("every record would be kept for every one still to come");
  if (in.assume.rate && right.assume.rate) {
    double growth = *in.assume.rate * sizeOf(in.row) + *right.assume.rate * sizeOf(right.row);
    diagnostic.note("at the rates you assumed, both sides grow by " + bytesText(growth) + "/s, " +
                    bytesText(growth * 86400) + " a day");
  }
  diagnostic.fix(
      Fix::insertAfter(step.on->span, " within 24h before", "say how far apart the two may be in event time"));
  if (const auto* path = std::get_if<ast::Path>(&step.input.source)) {
    std::vector<std::string> keys;
    for (const Tie& tie : condition.ties) keys.push_back(tie.right);
    diagnostic.fix(Fix::replace(step.input.span, "(" + path->str() + " | latest by " + joined(keys) + " ttl 24h)",
                                "or join the latest record of each key as a table"));
  }
  graph.context.sink.report(std::move(diagnostic));
}

struct Within {
  int64_t before_us = 0, after_us = 0;
};

std::optional<Within> withinOf(Graph& graph, const ast::WithinClause& clause, const Place& place) {
  Within within;
  if (clause.before != nullptr) {
    auto before = graph.duration(*clause.before, place.names, "`before`", true);
    if (!before) return std::nullopt;
    within.before_us = *before;
  }
  if (clause.after != nullptr) {
    auto after = graph.duration(*clause.after, place.names, "`after`", true);
    if (!after) return std::nullopt;
    within.after_us = *after;
  }
  return within;
}

bool sameWindow(const StreamInfo& a, const StreamInfo& b) {
  if (a.window == nullptr || b.window == nullptr) return false;
  const Window &x = a.window->window, &y = b.window->window;
  return x.kind == y.kind && x.size_us == y.size_us && x.every_us == y.every_us && x.offset_us == y.offset_us &&
         a.window->zone == b.window->zone;
}

// Whether the condition fixes the key of the table; reports E0343 if not.
std::vector<std::string> freeKeys(const StreamInfo& table, const Condition& condition) {
  std::vector<std::string> missing;
  for (const std::string& key : table.key) {
    bool fixed =
        std::any_of(condition.ties.begin(), condition.ties.end(), [&](const Tie& tie) { return tie.right == key; });
    if (!fixed) missing.push_back(key);
  }
  return missing;
}

}  // namespace

StreamInfo joinStep(Graph& graph, StreamInfo in, const ast::JoinStep& step, const Place& place) {
  using Pick = ast::JoinStep::Pick;
  Context& context = graph.context;
  StreamInfo right = graph.input(step.input, place.names, place.group);
  // The windows of both sides are used by the join, also where it is refused.
  if (in.window != nullptr) in.window->used = true;
  if (right.window != nullptr) right.window->used = true;
  if (right.failed || step.on == nullptr || step.as.missing()) return graph.failed();
  auto on = condition(graph, in, right, step.as, *step.on, place);
  auto bound = boundOf(graph, in, step.bound, place);
  if (!on || !bound) return graph.failed();
  TypeContext& types = context.types;
  TypeRef joined_row = step.pick == Pick::kAll ? types.list(right.row)
                       : step.is_left          ? types.optional(right.row)
                                               : right.row;
  std::vector<FieldType> fields = in.row->fields;
  fields.push_back({step.as.text, joined_row});
  StreamInfo out = in;
  for (const auto& [name, why] : right.nondeterministic) out.nondeterministic.emplace(step.as.text, why);
  std::vector<std::string> bounds;
  int64_t wait_us =
      std::max(in.time ? in.time->wait_us.value_or(0) : 0, right.time ? right.time->wait_us.value_or(0) : 0);

  if (in.is_table && !right.is_table) {
    context.sink.report(
        Diagnostic(kTableJoinsStream, step.input.span,
                   "a table cannot be joined with a stream: which of its events would belong to a row?")
            .because(in.table_span, in.table_reason.empty() ? "a table from here on" : in.table_reason)
            .fix(Fix::insertBefore(place.step.span, "changes | ", "join the changes of the table with the stream"))
            .fix(Fix::advice("or begin with the stream, and join the table")));
    return graph.failed();
  }
  if (right.is_table) {
    std::vector<std::string> missing = freeKeys(right, *on);
    if (!in.is_table) {
      if (!missing.empty()) {
        Diagnostic diagnostic(kPartialKey, step.on->span,
                              "the join does not fix the whole key of `" + right.name + "`, so several rows may match");
        if (right.name.empty())
          diagnostic.message = "the join does not fix the whole key of the table, so several rows may match";
        diagnostic.label("`" + joined(missing) + "` is free");
        diagnostic.because(right.declared.empty() ? right.table_span : right.declared,
                           "one row per " + joined(right.key));
        std::string more;
        for (const std::string& key : missing) {
          std::string own = in.row->field(key) != nullptr ? key : "…";
          more += " and " + own + " == " + step.as.text + "." + key;
        }
        diagnostic.fix({"join on all of it", {{step.on->span.atEnd(), more}}, Applicability::kHasPlaceholders});
        context.sink.report(std::move(diagnostic));
        return graph.failed();
      }
      if (right.time && !in.time) {
        context.sink.report(
            Diagnostic(kVersionTime, place.keyword(),
                       "the table has versions in event time, and this stream has no event time to choose one")
                .because(right.time->span, "event time of the table"));
        return graph.failed();
      }
    } else if (!missing.empty()) {
      for (const std::string& key : right.key) out.key.push_back(step.as.text + "." + key);
    }
    bounds.push_back("table " + step.as.text + ": " +
                     (right.assume.rows ? numberText(*right.assume.rows) : std::string("rows")) + " × " +
                     bytesText(right.assume.size.value_or(sizeOf(right.row)) + 16));
  } else if (step.within) {
    auto within = withinOf(graph, *step.within, place);
    if (!within) return graph.failed();
    if (!in.time || !right.time) {
      const StreamInfo& timeless = in.time ? right : in;
      Diagnostic diagnostic(kJoinTime, step.within->span, "`within` compares event times, and one side has none");
      diagnostic.label((in.time ? step.as.text : std::string("the left side")) + " has no event time");
      if (!timeless.source_connector.empty()) {
        diagnostic.because(timeless.source_connector, "no `time` on this source");
        for (const std::string& field : timeless.time_fields)
          diagnostic.fix(
              Fix::insertAfter(timeless.source_connector, " time " + field + " wait 10s", "use `" + field + "`"));
      }
      context.sink.report(std::move(diagnostic));
      return graph.failed();
    }
    bounds.push_back(step.as.text + ": " + sideBound(right, within->before_us, wait_us));
    bounds.push_back("left: " + sideBound(in, within->after_us, wait_us));
    NodeId node = static_cast<NodeId>(graph.job.program.nodes.size());
    out.late.push_back({.node = node, .row = in.row, .span = place.keyword()});
    out.late.push_back({.node = node, .alias = step.as.text, .row = right.row, .span = place.keyword()});
    out.time->wait_us = wait_us;
    bool both_idle = in.time->idle_us && right.time->idle_us;
    out.time->idle_us = both_idle ? std::optional(std::max(*in.time->idle_us, *right.time->idle_us)) : std::nullopt;
    out.window = nullptr;
    out.windowed = false;
  } else if (sameWindow(in, right)) {
    out.windowed = true;
    bounds.push_back("both windows");
  } else if (!in.bounded || !right.bounded) {
    reportEndlessJoin(graph, in, right, step, *on, place);
    return graph.failed();
  }
  if (!out.is_table) {
    out.key.clear();
    for (const Tie& tie : on->ties) {
      if (in.row->field(tie.left) != nullptr) out.key.push_back(tie.left);
    }
  }
  out.bounded = in.bounded && (right.bounded || right.is_table);
  out.assume.rate.reset();
  TypeRef row = types.record(std::move(fields));
  out = graph.addNotBuilt(out, place.group, "join", "`join`", place.keyword(), row, {right.node}, {on->on});
  std::string text;
  for (const std::string& each : bounds) text += (text.empty() ? "" : "; ") + each;
  graph.job.program.nodes[out.node].bound = text;
  return out;
}

StreamInfo lookupStep(Graph& graph, StreamInfo in, const ast::LookupStep& step, const Place& place) {
  StreamInfo table = graph.named(step.table, place.names);
  if (table.failed || step.on == nullptr || step.as.missing()) return graph.failed();
  if (!table.is_table) {
    graph.context.sink.report(
        Diagnostic(kLookupStream, step.table.span, "`lookup` reads a table, and `" + step.table.str() + "` is a stream")
            .because(table.declared, "declared here")
            .fix(Fix::advice("make it a table: `table x = " + step.table.str() + " | latest by … ttl …`")));
    return graph.failed();
  }
  auto on = condition(graph, in, table, step.as, *step.on, place);
  if (!on) return graph.failed();
  std::vector<std::string> missing = freeKeys(table, *on);
  if (!missing.empty()) {
    graph.context.sink.report(
        Diagnostic(kPartialKey, step.on->span,
                   "the lookup does not fix the whole key of `" + step.table.str() + "`, so several rows may match")
            .label("`" + joined(missing) + "` is free")
            .because(table.declared, "one row per " + joined(table.key)));
    return graph.failed();
  }
  std::vector<FieldType> fields = in.row->fields;
  fields.push_back({step.as.text, graph.context.types.optional(table.row)});
  StreamInfo out = in;
  out.nondeterministic.emplace(step.as.text, Nondeterminism{"lookup " + step.table.str(), place.keyword()});
  TypeRef row = graph.context.types.record(std::move(fields));
  out = graph.addNotBuilt(out, place.group, "lookup", "`lookup`", place.keyword(), row, {table.node}, {on->on});
  graph.job.program.nodes[out.node].bound = (table.assume.rows ? numberText(*table.assume.rows) : std::string("rows")) +
                                            " × " + bytesText(table.assume.size.value_or(sizeOf(table.row)) + 16);
  return out;
}

}  // namespace streamc::sema
