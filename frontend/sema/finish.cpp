// What is known only when the whole graph stands: unused windows, error scopes, demand, causes. Member of Graph.
#include <algorithm>
#include <set>

#include "frontend/sema/causes.h"
#include "frontend/sema/demand.h"
#include "frontend/sema/graph.h"
#include "frontend/sema/unread.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnusedWindow, "E0410", Severity::kError, "a window that no step uses");
STREAMC_DIAGNOSTIC(kCanFail, "E0401", Severity::kError, "`errors: none` in a job where something can fail");

namespace {

// Scopes that nobody reads are the job's: their rows go where `errors:` says.
void mergeErrorScopes(Program& program) {
  std::vector<uint32_t> moved(program.error_scopes.size(), 0);
  std::vector<ErrorScope> kept;
  for (std::size_t i = 0; i < program.error_scopes.size(); ++i) {
    const ErrorScope& scope = program.error_scopes[i];
    bool keep = i == 0 || scope.fixed || scope.policy == ErrorScope::Policy::kStream;
    if (!keep) continue;
    moved[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(scope);
  }
  program.error_scopes = std::move(kept);
  for (Node& node : program.nodes) {
    node.errors = moved[node.errors];
    if (auto* errors = std::get_if<ErrorsNode>(&node.step)) errors->scope = moved[errors->scope];
  }
  for (Source& source : program.sources) source.errors = moved[source.errors];
  for (Sink& sink : program.sinks) sink.errors = moved[sink.errors];
}

bool hasFloat(TypeRef type) {
  if (type->isFloat()) return true;
  if (type->isOptional() || type->is(TypeKind::kList) || type->is(TypeKind::kSet)) return hasFloat(type->element);
  if (type->is(TypeKind::kMap)) return hasFloat(type->value);
  return std::any_of(type->fields.begin(), type->fields.end(),
                     [](const FieldType& field) { return hasFloat(field.type); });
}

class Causes {
 public:
  explicit Causes(Program& program) : program_(program) {
    for (const Node& node : program.nodes) {
      if (const auto* late = std::get_if<LateNode>(&node.step)) late_read_.insert(late->of);
    }
  }

  void run() {
    for (Node& node : program_.nodes) {
      std::visit([&](auto& step) { collect(node, step); }, node.step);
    }
  }

 private:
  void collect(Node& node, SourceNode& step) {
    const Source& source = program_.sources[step.source];
    if (!source.connector.format.empty()) node.causes.push_back({Cause::kDecode, source.span});
    if (!source.time) return;
    collectCauses(*source.time->expr, node.causes);
    if (source.time->max_ahead_us) node.causes.push_back({Cause::kTime, source.time->span});
  }
  void collect(Node& node, WhereNode& step) { collectCauses(*step.condition, node.causes); }
  void collect(Node& node, AssertNode& step) {
    collectCauses(*step.condition, node.causes);
    node.causes.push_back({Cause::kAssert, step.condition->span});
  }
  void collect(Node& node, ProjectNode& step) {
    for (const NamedExpr& field : step.fields) {
      std::vector<FieldPath> demanded;  // what is only kept rejects nothing
      for (const FieldPath& leaf : field.leaves) {
        FieldPath path = {field.name};
        path.insert(path.end(), leaf.begin(), leaf.end());
        if (std::find(node.kept.begin(), node.kept.end(), path) == node.kept.end()) demanded.push_back(leaf);
      }
      if (!demanded.empty()) collectDemanded(*field.expr, demanded, node.causes);
    }
  }
  // Of a record that is made on the spot, only the parts that are demanded are evaluated.
  void collectDemanded(const Expr& expr, const std::vector<FieldPath>& leaves, std::vector<PlacedCause>& causes) {
    if (expr.kind != ExprKind::kRecord) return collectCauses(expr, causes);
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      std::vector<FieldPath> below;
      for (const FieldPath& leaf : leaves) {
        if (!leaf.empty() && leaf[0] == expr.type->fields[i].name) below.emplace_back(leaf.begin() + 1, leaf.end());
      }
      if (!below.empty()) collectDemanded(*expr.args[i], below, causes);
    }
  }
  void collect(Node& node, AggregateNode& step) {
    for (const NamedExpr& key : step.keys) collectCauses(*key.expr, node.causes);
    for (const AggregateField& field : step.fields) {
      if (!field.demanded) continue;
      if (field.where != nullptr) collectCauses(*field.where, node.causes);
      if (field.arg != nullptr) collectCauses(*field.arg, node.causes);
      bool may_overflow = field.function == AggregateFunction::kSum && !TypeContext::unwrap(field.type)->isFloat();
      // A mean of decimals has six more digits, which the widest have no room for.
      bool is_wide = field.arg != nullptr && field.arg->type->is(TypeKind::kDecimal) && field.arg->type->precision > 32;
      may_overflow |= field.function == AggregateFunction::kAvg && is_wide;
      if (may_overflow) node.causes.push_back({Cause::kOverflow, field.span});
    }
    if (step.window && !step.window->late_drop && !late_read_.contains(node.id)) {
      node.causes.push_back({Cause::kLate, step.window->span});
    }
  }
  void collect(Node&, LateNode&) {}
  void collect(Node&, ErrorsNode&) {}
  void collect(Node&, UnionNode&) {}
  void collect(Node& node, RouteNode& step) {
    for (const ExprRef& condition : step.conditions) {
      if (condition != nullptr) collectCauses(*condition, node.causes);
    }
  }
  void collect(Node&, RouteArmNode&) {}
  void collect(Node&, SampleNode&) {}
  void collect(Node&, LimitNode&) {}
  void collect(Node&, ThrottleNode&) {}
  void collect(Node& node, FlattenNode& step) { collectCauses(*step.list, node.causes); }
  void collect(Node& node, DecodeNode& step) {
    collectCauses(*step.text, node.causes);
    node.causes.push_back({Cause::kDecode, step.text->span});
  }
  void collect(Node& node, SinkNode& step) {
    const Sink& sink = program_.sinks[step.sink];
    bool is_text = sink.connector.format == "json" || sink.connector.format == "csv";
    if (is_text && hasFloat(node.row)) node.causes.push_back({Cause::kEncode, sink.span});
  }
  void collect(Node& node, NotBuiltNode& step) {
    for (const ExprRef& use : step.uses) collectCauses(*use, node.causes);
  }

  Program& program_;
  std::set<NodeId> late_read_;
};

// Happens in an expression, which may say what its value is then.
bool canBeCaught(Cause cause) {
  switch (cause) {
    case Cause::kCast:
    case Cause::kOverflow:
    case Cause::kDivideByZero:
    case Cause::kNull:
    case Cause::kFunction:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Graph::finish() {
  if (errors_sink_ != nullptr) errorsTo(*errors_sink_, errors_span_);
  for (const auto& window : windows) {
    if (window->used) continue;
    context.sink.report(Diagnostic(kUnusedWindow, window->span, "this window is never used")
                            .label("no aggregate, join, top or distinct follows it")
                            .fix(Fix::advice("compute something per window: put `aggregate` or `top` behind it"))
                            .fix(Fix::replace(window->span, "where true", "or leave the step out")));
  }
  Program& program = job.program;
  // Of what is not built yet some steps are no nodes, so what feeds them seems unread.
  const bool is_whole =
      !context.sink.hasErrors() && program.not_built.empty() && job.declarations.notBuiltTypes().empty();
  leaveOutUnread(program, context, !has_tests && is_whole);
  mergeErrorScopes(program);
  computeDemand(program);
  Causes(program).run();
  if (!errors_none_) return;
  for (const Node& node : program.nodes) {
    if (node.causes.empty() || node.errors != 0) continue;
    Diagnostic diagnostic(
        kCanFail, node.causes[0].span,
        "`errors: none` says that nothing can fail, and this can: " + std::string(toString(node.causes[0].cause)));
    diagnostic.because(*errors_none_, "asked for here");
    Span span = node.causes[0].span;
    if (canBeCaught(node.causes[0].cause)) {
      std::string text(context.files.get(span).text(span));
      diagnostic.fix(
          Fix::replace(span, "(" + text + " catch …)", "say what the value is then", Applicability::kHasPlaceholders));
    }
    diagnostic.fix(Fix::replace(*errors_none_, "stderr", "or let what fails go to standard error"));
    context.sink.report(std::move(diagnostic));
  }
}

}  // namespace streamc::sema
