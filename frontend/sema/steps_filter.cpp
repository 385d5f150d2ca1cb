// where, assert, limit, sample, throttle, sort: which rows go on, and in which order.
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

StreamInfo amountStep(Graph& graph, StreamInfo in, const ast::AmountStep& step, const Place& place) {
  if (step.amount == nullptr) return in;
  ExprChecker checker(graph.job, place.names, {.place = "here"});
  const char* name = step.kind == ast::AmountStep::Kind::kLimit    ? "limit"
                     : step.kind == ast::AmountStep::Kind::kSample ? "sample"
                                                                   : "throttle";
  std::string role = "`" + std::string(name) + "`";
  if (step.kind == ast::AmountStep::Kind::kLimit) {
    if (!graph.count(*step.amount, place.names, role)) return in;
    in.bounded = true;
  } else if (step.kind == ast::AmountStep::Kind::kSample) {
    ExprRef part = checker.checkAs(*step.amount, graph.context.f64(), role);
    auto constant = part->type->isError() ? std::nullopt : constantOf(*part);
    const double* value = constant ? std::get_if<double>(&constant->value) : nullptr;
    if (value != nullptr && (*value < 0 || *value > 1)) {
      graph.context.sink.report(
          Diagnostic(kSampleRange, step.amount->span, "`sample` keeps a part between 0.0 and 1.0 of the records"));
    }
  } else if (!step.amount->is<ast::RateLiteral>() && !step.amount->is<ast::NameRef>()) {
    graph.context.sink.report(Diagnostic(kSampleRange, step.amount->span, "`throttle` takes a rate, like `100/s`"));
  }
  return graph.addNotBuilt(in, place.group, name, role, place.keyword(), in.row);
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
