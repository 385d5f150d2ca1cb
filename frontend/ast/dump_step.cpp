// Pipelines and steps; see dumper.h.
#include "frontend/ast/dumper.h"

namespace streamc::ast {

// One overload a kind of step; each writes its own line and its children.
struct StepDumper {
  Dumper& to;
  Span span;

  void head(std::string_view text) const { to.line("", text, span); }

  void operator()(const ErrorStep&) const { head("error"); }
  void operator()(const WhereStep& node) const {
    head("where");
    const Dumper::Inside inside(to);
    to.expr("", node.condition);
  }
  void operator()(const ShapeStep& node) const {
    using Kind = ShapeStep::Kind;
    head(node.kind == Kind::kSelect ? "select" : node.kind == Kind::kExtend ? "extend" : "set");
    const Dumper::Inside inside(to);
    to.recordItems(node.record);
  }
  void operator()(const DropStep& node) const {
    head("drop");
    const Dumper::Inside inside(to);
    to.paths("field", node.fields);
  }
  void operator()(const RenameStep& node) const {
    head("rename");
    const Dumper::Inside inside(to);
    for (const RenameStep::Item& item : node.items) to.line("", item.from.str() + " as " + item.to.text, item.span);
  }
  void operator()(const OnlyStep& node) const { head("only " + node.variant.text); }
  void operator()(const FlattenStep& node) const {
    head("flatten as " + node.as.text);
    const Dumper::Inside inside(to);
    to.expr("list", node.list);
  }
  void operator()(const DecodeStep& node) const {
    head("decode");
    const Dumper::Inside inside(to);
    to.expr("value", node.value);
    to.type("as", node.type);
    to.expr("with", node.format);
  }
  void operator()(const AssertStep& node) const {
    head("assert " + quotedText(node.message.value));
    const Dumper::Inside inside(to);
    to.expr("", node.condition);
  }
  void operator()(const KeyStep& node) const {
    head("key by");
    const Dumper::Inside inside(to);
    to.keys(node.keys);
  }
  void operator()(const WindowStep& node) const {
    constexpr std::string_view kKinds[] = {"tumble", "hop", "cumulate", "session", "calendar", "rows"};
    std::string text = fmt::format("window {}", kKinds[static_cast<int>(node.kind)]);
    if (node.kind == WindowStep::Kind::kCalendar) text += " " + node.unit.text;
    head(text);
    const Dumper::Inside inside(to);
    to.expr(node.kind == WindowStep::Kind::kSession ? "gap" : "size", node.size);
    to.expr("every", node.step);
    to.expr("offset", node.offset);
    to.expr("max", node.max);
    to.expr("in", node.zone);
    if (node.late == WindowStep::Late::kDrop) to.line("", "late drop", node.late_span);
    if (node.late == WindowStep::Late::kAllow) to.expr("late allow", node.late_allow);
  }
  void operator()(const AggregateStep& node) const {
    head("aggregate");
    const Dumper::Inside inside(to);
    for (const Aggregate& item : node.aggregates) {
      to.expr(item.name.text, item.value);
      const Dumper::Inside inside_item(to);
      to.expr("where", item.where);
    }
    to.keys(node.keys);
    if (node.emit) to.emit(*node.emit);
    if (node.bound) to.bound(*node.bound);
  }
  void operator()(const TopStep& node) const {
    head(fmt::format("{}{}", node.is_bottom ? "bottom" : "top", node.with_ties ? " with ties" : ""));
    const Dumper::Inside inside(to);
    to.expr("count", node.count);
    to.exprs("by", node.by);
    to.paths("per", node.per);
    if (node.bound) to.bound(*node.bound);
  }
  void operator()(const DistinctStep& node) const {
    head("distinct");
    const Dumper::Inside inside(to);
    to.paths("field", node.fields);
    if (node.bound) to.bound(*node.bound);
  }
  void operator()(const DedupStep& node) const {
    head("dedup");
    const Dumper::Inside inside(to);
    to.paths("by", node.fields);
    to.expr("within", node.within);
  }
  void operator()(const LatestStep& node) const {
    head("latest");
    const Dumper::Inside inside(to);
    to.paths("by", node.fields);
    to.expr("order by", node.order_by);
    to.expr("delete when", node.delete_when);
    if (node.bound) to.bound(*node.bound);
  }
  void operator()(const ChangesStep&) const { head("changes"); }
  void operator()(const JoinStep& node) const {
    constexpr std::string_view kPicks[] = {"", " latest", " first", " all"};
    head(fmt::format("{}join{} as {}", node.is_left ? "left " : "", kPicks[static_cast<int>(node.pick)], node.as.text));
    const Dumper::Inside inside(to);
    to.input("with", node.input);
    to.expr("on", node.on);
    if (node.within) {
      to.expr("before", node.within->before);
      to.expr("after", node.within->after);
    }
    if (node.bound) to.bound(*node.bound);
  }
  void operator()(const LookupStep& node) const {
    head("lookup " + node.table.str() + " as " + node.as.text);
    const Dumper::Inside inside(to);
    to.expr("on", node.on);
  }
  void operator()(const CallStep& node) const {
    head("call " + node.name.text);
    const Dumper::Inside inside(to);
    to.expr("", node.value);
  }
  void operator()(const MatchStep& node) const {
    head(node.is_overlapping ? "match overlapping" : "match");
    const Dumper::Inside inside(to);
    to.keys(node.keys);
    to.expr("within", node.within);
    for (const PatternItem& item : node.pattern) patternItem(item);
    for (const PatternDefine& define : node.defines) to.expr(define.name.text + " when", define.condition);
  }
  void patternItem(const PatternItem& item) const {
    constexpr std::string_view kLinks[] = {"", "then ", "next "};
    constexpr std::string_view kQuantifiers[] = {"", "?", "*", "+", "{}"};
    to.line("pattern",
            fmt::format("{}{}{}{}", kLinks[static_cast<int>(item.link)], item.is_negated ? "not " : "", item.name.text,
                        kQuantifiers[static_cast<int>(item.quantifier)]),
            item.span);
    const Dumper::Inside inside(to);
    to.expr("at least", item.min);
    to.expr("at most", item.max);
  }
  void operator()(const RouteStep& node) const {
    head(node.is_all ? "route all" : "route");
    const Dumper::Inside inside(to);
    for (const RouteArm& arm : node.arms) {
      to.line("", arm.condition ? "when" : "else", arm.span);
      const Dumper::Inside inside_arm(to);
      to.expr("condition", arm.condition);
      for (const StepPtr& step : arm.steps) to.step(*step);
    }
  }
  void operator()(const EmitStep& node) const { to.emit(node.emit); }
  void operator()(const SortStep& node) const {
    constexpr std::string_view kDirections[] = {"by", "by asc", "by desc"};
    head("sort");
    const Dumper::Inside inside(to);
    for (const SortStep::Item& item : node.items) to.expr(kDirections[static_cast<int>(item.direction)], item.value);
  }
  void operator()(const AmountStep& node) const {
    constexpr std::string_view kKinds[] = {"limit", "sample", "throttle"};
    head(kKinds[static_cast<int>(node.kind)]);
    const Dumper::Inside inside(to);
    to.expr("", node.amount);
  }
  void operator()(const NameStep& node) const { head("name " + quotedText(node.name.value)); }
  void operator()(const ToStep& node) const {
    head(node.sink ? "to" : "to null");
    const Dumper::Inside inside(to);
    if (node.sink) to.pathCall("sink", *node.sink);
    to.expr("if", node.condition);
  }
  void operator()(const PipeCallStep& node) const {
    head("pipe");
    const Dumper::Inside inside(to);
    to.pathCall("", node.call);
  }
};

void Dumper::step(const Step& step) { std::visit(StepDumper{*this, step.span}, step.node); }

void Dumper::pipeline(const Pipeline& pipeline) {
  const Origin& origin = pipeline.origin;
  if (const PathOrigin* path = origin.as<PathOrigin>()) {
    pathCall("origin", path->call);
  } else if (const FromOrigin* from = origin.as<FromOrigin>()) {
    line("origin", "from", origin.span);
    const Inside inside(*this);
    expr("", from->connector);
    type("as", from->type);
    if (from->time) timeClause(*from->time);
  } else if (const UnionOrigin* united = origin.as<UnionOrigin>()) {
    line("origin", "union", origin.span);
    const Inside inside(*this);
    for (const Input& item : united->inputs) input("", item);
  } else if (const SqlOrigin* sql = origin.as<SqlOrigin>()) {
    line("origin", "sql " + quotedText(sql->text.value), origin.span);
  } else {
    line("origin", "error", origin.span);
  }
  for (const StepPtr& item : pipeline.steps) step(*item);
}

void Dumper::input(std::string_view role, const Input& input) {
  if (const Path* path = std::get_if<Path>(&input.source)) {
    line(role, "stream " + path->str(), input.span);
    return;
  }
  line(role, "pipeline", input.span);
  const Inside inside(*this);
  pipeline(*std::get<PipelinePtr>(input.source));
}

void Dumper::pathCall(std::string_view role, const PathCall& call) {
  line(role, (call.args ? "call " : "stream ") + call.path.str(), call.path.span);
  const Inside inside(*this);
  if (call.args) args(*call.args);
}

void Dumper::keys(const std::vector<Key>& keys) {
  for (const Key& key : keys) {
    if (key.value) {
      expr("by " + key.path.str(), key.value);
    } else {
      line("by", key.path.str(), key.span);
    }
  }
}

void Dumper::timeClause(const TimeClause& clause) {
  expr("time", clause.time);
  expr("wait", clause.wait);
  expr("idle", clause.idle);
}

void Dumper::bound(const Bound& bound) {
  if (bound.isUnbounded()) return line("", "unbounded", bound.span);
  expr("ttl", bound.ttl);
  if (bound.then != Bound::Then::kUnsaid)
    line("then", bound.then == Bound::Then::kKeep ? "keep" : "delete", bound.span);
}

void Dumper::emit(const EmitClause& emit) {
  using Kind = EmitClause::Kind;
  constexpr std::string_view kKinds[] = {"final", "every", "on change", "changes every", "all every", "all on"};
  line("",
       fmt::format("emit {}{}", kKinds[static_cast<int>(emit.kind)],
                   emit.kind == Kind::kAllOn ? " " + emit.on.str() : ""),
       emit.span);
  const Inside inside(*this);
  expr("", emit.every);
}

}  // namespace streamc::ast
