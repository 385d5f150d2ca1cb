// where, assert, limit, sample, throttle, sort: which rows go on, and in which order.
#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kEndlessSort, "E0421", Severity::kError, "`sort` of an endless stream outside of a window");
STREAMC_DIAGNOSTIC(kSampleRange, "E0422", Severity::kError,
                   "`sample`, `limit` or `throttle` with an amount that makes no sense");

StreamInfo whereStep(Graph& graph, StreamInfo in, const ast::WhereStep& step, const Place& place) {
  if (step.condition == nullptr) return in;
  ExprChecker checker = graph.checker(in, place);
  ExprRef condition = checker.condition(*step.condition, "`where`");
  if (condition->type->isError()) return in;  // the row is what it was
  StreamInfo out = graph.add(in, place.group, "where", place.keyword(), in.row, WhereNode{condition});
  if (in.is_table) graph.job.notBuilt("`where` on tables", place.keyword());
  return graph.refine(out, factsWhen(*condition, true), place);
}

StreamInfo assertStep(Graph& graph, StreamInfo in, const ast::AssertStep& step, const Place& place) {
  if (step.condition == nullptr) return in;
  ExprChecker checker = graph.checker(in, place);
  ExprRef condition = checker.condition(*step.condition, "`assert`");
  if (condition->type->isError()) return in;
  StreamInfo out =
      graph.add(in, place.group, "assert", place.keyword(), in.row, AssertNode{condition, step.message.value});
  if (in.is_table) graph.job.notBuilt("`assert` on tables", place.keyword());
  return graph.refine(out, factsWhen(*condition, true), place);
}

namespace {

// Whether every row at this node was made of one record of a source.
bool hasPlace(const Program& program, NodeId id) {
  const Node& node = program.nodes[id];
  if (std::holds_alternative<SourceNode>(node.step)) return true;
  if (const auto* late = std::get_if<LateNode>(&node.step)) {
    return hasPlace(program, program.nodes[late->of].inputs[0]);
  }
  bool row_by_row = std::holds_alternative<WhereNode>(node.step) || std::holds_alternative<ProjectNode>(node.step) ||
                    std::holds_alternative<AssertNode>(node.step) || std::holds_alternative<UnionNode>(node.step) ||
                    std::holds_alternative<RouteNode>(node.step) || std::holds_alternative<RouteArmNode>(node.step) ||
                    std::holds_alternative<SampleNode>(node.step) || std::holds_alternative<LimitNode>(node.step) ||
                    std::holds_alternative<ThrottleNode>(node.step);
  return row_by_row &&
         std::all_of(node.inputs.begin(), node.inputs.end(), [&](NodeId input) { return hasPlace(program, input); });
}

// What tells rows apart that have no place: of windows their key, of others all that has exact equality.
std::vector<std::string> identityOf(const StreamInfo& in) {
  std::vector<std::string> columns;
  for (const FieldType& field : in.row->fields) {
    TypeRef type = TypeContext::unwrap(field.type);
    bool is_exact = type->isInteger() || type->is(TypeKind::kBool) || type->is(TypeKind::kString) ||
                    type->is(TypeKind::kTimestamp) || type->is(TypeKind::kDuration);
    bool is_key = std::find(in.key.begin(), in.key.end(), field.name) != in.key.end();
    if (is_exact && (is_key || in.key.empty())) columns.push_back(field.name);
  }
  return columns;
}

}  // namespace

StreamInfo amountStep(Graph& graph, StreamInfo in, const ast::AmountStep& step, const Place& place) {
  if (step.amount == nullptr) return in;
  ExprChecker checker(graph.job, place.names, {.place = "here"});
  const char* name = step.kind == ast::AmountStep::Kind::kLimit    ? "limit"
                     : step.kind == ast::AmountStep::Kind::kSample ? "sample"
                                                                   : "throttle";
  std::string role = "`" + std::string(name) + "`";
  if (in.is_table) graph.job.notBuilt(role + " on tables", place.keyword());
  bool is_limit = step.kind == ast::AmountStep::Kind::kLimit;
  ExprRef amount = checker.checkAs(*step.amount, is_limit ? graph.context.i64() : graph.context.f64(), role);
  if (amount->type->isError()) return in;
  auto refused = [&](const std::string& message) {
    graph.context.sink.report(Diagnostic(kSampleRange, step.amount->span, message));
    return in;
  };
  auto constant = constantOf(*amount);
  const double* number = constant ? std::get_if<double>(&constant->value) : nullptr;
  if (step.kind == ast::AmountStep::Kind::kSample) {
    if (number != nullptr && (*number < 0 || *number > 1))
      return refused("`sample` keeps a part between 0.0 and 1.0 of the records");
    SampleNode sample{.part = amount, .by_place = hasPlace(graph.job.program, in.node)};
    if (!sample.by_place) sample.columns = identityOf(in);
    return graph.add(in, place.group, name, place.step.span, in.row, std::move(sample));
  }
  if (is_limit && constantInteger(*amount) && !graph.count(*step.amount, place.names, role)) return in;
  if (!is_limit && constant && !step.amount->is<ast::RateLiteral>())
    return refused("`throttle` takes a rate, like `100/s`");
  if (number != nullptr && !(*number > 0)) return refused("`throttle` takes a rate above zero, like `100/s`");
  auto value = optionValue(graph, *amount);
  if (!value) return in;
  if (!is_limit) return graph.add(in, place.group, name, place.step.span, in.row, ThrottleNode{std::move(*value)});
  in.bounded = true;
  return graph.add(in, place.group, name, place.step.span, in.row, LimitNode{std::move(*value)});
}

StreamInfo sortStep(Graph& graph, StreamInfo in, const ast::SortStep& step, const Place& place) {
  ExprChecker checker = graph.checker(in, place);
  std::vector<ExprRef> uses;
  for (const ast::SortStep::Item& item : step.items) {
    if (item.value != nullptr) uses.push_back(checker.infer(*item.value));
  }
  if (!in.bounded && !in.windowed && in.window == nullptr) {
    graph.context.sink.report(
        Diagnostic(kEndlessSort, place.keyword(), "an endless stream has no last row, so it cannot be sorted")
            .label("when would the first row leave?")
            .fix(Fix::replace(place.keyword(), "window tumble 1m | sort", "sort the rows of each window"))
            .fix(Fix::advice("or take the greatest ones: `top 10 by …`")));
    return in;
  }
  if (in.window != nullptr) in.window->used = true;
  return graph.addNotBuilt(in, place.group, "sort", "`sort`", place.keyword(), in.row, {}, std::move(uses));
}

}  // namespace streamc::sema
