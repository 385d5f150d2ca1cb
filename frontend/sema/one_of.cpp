// to one_of(name, { a: sink_a, b: null }): one sink of several, chosen by an enum when the job starts.
#include <algorithm>
#include <set>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kOneOf, "E0812", Severity::kError, "`one_of` does not choose among sinks");

// The rows for one symbol go where `to sink if …` would send them; only the sink says besides when it is open.
static void chooseSink(Graph& graph, const StreamInfo& in, const ExprRef& chosen, const std::string& symbol,
                       const ast::RecordItem& item, const Place& place) {
  ExprRef condition = makeExpr(ExprKind::kIsVariant, graph.context.boolean(), item.value->span, {chosen}, symbol);
  StreamInfo rows = graph.add(in, place.group, "to/one_of", item.value->span, in.row, WhereNode{condition});
  ast::ToStep to;
  if (const auto* target = item.value->as<ast::NameRef>()) {
    to.sink.emplace();
    to.sink->path.names = {target->name};
    to.sink->path.span = item.value->span;
  }
  std::vector<Node>& nodes = graph.job.program.nodes;
  std::size_t first = nodes.size();
  toStep(graph, rows, to, place);
  for (std::size_t i = first; i < nodes.size(); ++i) {
    if (auto* sink = std::get_if<SinkNode>(&nodes[i].step)) sink->choice = SinkChoice{chosen->index, symbol};
  }
}

void oneOfSink(Graph& graph, const StreamInfo& in, const ConnectorCall& call, Scope& names, const Place& outer) {
  Place place{outer.step, names, outer.group};
  Context& context = graph.context;
  auto wrong = [&](Span span, const std::string& message) { context.sink.report(Diagnostic(kOneOf, span, message)); };
  const ast::RecordExpr* choices = nullptr;
  if (call.args != nullptr && call.args->size() == 2 && (*call.args)[1].value != nullptr)
    choices = (*call.args)[1].value->as<ast::RecordExpr>();
  if (choices == nullptr || (*call.args)[0].value == nullptr) {
    return wrong(call.span,
                 "`one_of` takes a name and the sinks to choose from: `one_of(sink_name, { kafka: out, off: null })`");
  }
  const ast::Expr& name = *(*call.args)[0].value;
  ExprChecker checker(graph.job, place.names,
                      {.allows_env = true, .place = "here: the sink is chosen when the job starts"});
  ExprRef chosen = checker.infer(name);
  if (chosen->type->isError()) return;
  if (!chosen->type->is(TypeKind::kEnum) || !isStartConstant(*chosen)) {
    return wrong(name.span, "the name is a parameter of an enum type, so that an unknown one is found by the compiler");
  }
  if (chosen->kind != ExprKind::kParam) graph.job.notBuilt("`one_of` by a computed name", name.span);
  std::set<std::string> covered;
  for (const ast::RecordItem& item : choices->items) {
    if (item.kind != ast::RecordItem::Kind::kField || item.value == nullptr || item.path.names.empty()) continue;
    if (!hasVariant(context, chosen->type, item.name())) continue;
    if (!covered.insert(item.name().text).second) {
      wrong(item.path.span, "`" + item.name().text + "` stands here twice");
      continue;
    }
    if (item.value->is<ast::NullLiteral>()) {
      chooseSink(graph, in, chosen, item.name().text, item, place);
      continue;
    }
    const auto* target = item.value->as<ast::NameRef>();
    Entity* entity = target == nullptr ? nullptr : place.names.findValue(target->name.text);
    const auto* sink = entity == nullptr ? nullptr : entity->decl->as<ast::SinkDecl>();
    if (sink == nullptr) {
      Diagnostic diagnostic(kOneOf, item.value->span, "this is not a declared sink");
      if (target != nullptr) {
        suggest(diagnostic, item.value->span, target->name.text,
                place.names.valueNames([](const ast::Decl& d) { return d.as<ast::SinkDecl>() != nullptr; }), "sinks");
      }
      context.sink.report(std::move(diagnostic));
      continue;
    }
    if (sink->to != nullptr) {
      ConnectorCall to = connectorCall(context, *sink->to);
      if (to.name != nullptr && to.name->text == "one_of") {
        wrong(item.value->span, "`" + target->name.text + "` is itself one of several sinks");
        continue;
      }
    }
    chooseSink(graph, in, chosen, item.name().text, item, place);
  }
  std::string missing;
  for (const std::string& symbol : chosen->type->symbols) {
    if (!covered.contains(symbol)) missing += (missing.empty() ? "`" : ", `") + symbol + "`";
  }
  if (!missing.empty()) wrong((*call.args)[1].span, "there is no sink for " + missing);
}

}  // namespace streamc::sema
