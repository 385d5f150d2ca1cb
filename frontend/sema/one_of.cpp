// to one_of(name, { a: sink_a, b: null }): one sink of several, chosen by an enum when the job starts.
#include <algorithm>
#include <set>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kOneOf, "E0812", Severity::kError, "`one_of` does not choose among sinks");

void oneOfSink(Graph& graph, const StreamInfo& in, const ConnectorCall& call, const Place& place) {
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
  std::set<std::string> covered;
  for (const ast::RecordItem& item : choices->items) {
    if (item.kind != ast::RecordItem::Kind::kField || item.value == nullptr || item.path.names.empty()) continue;
    if (!hasVariant(context, chosen->type, item.name())) continue;
    covered.insert(item.name().text);
    if (item.value->is<ast::NullLiteral>()) continue;
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
    graph.declaredSink(*entity);
    if (sink->to != nullptr) checkRowOptions(graph, connectorCall(context, *sink->to), false, in, *entity->home);
  }
  std::string missing;
  for (const std::string& symbol : chosen->type->symbols) {
    if (!covered.contains(symbol)) missing += (missing.empty() ? "`" : ", `") + symbol + "`";
  }
  if (!missing.empty()) wrong((*call.args)[1].span, "there is no sink for " + missing);
}

}  // namespace streamc::sema
