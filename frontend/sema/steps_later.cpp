// Steps whose rules are not checked yet: they say so (W0109), and what follows them stays silent.
#include "frontend/sema/steps.h"
#include "frontend/sema/tests.h"

namespace streamc::sema {

namespace {
StreamInfo later(Graph& graph, const std::string& what, Span span) {
  graph.job.notBuilt(what, span);
  return graph.failed();
}
}  // namespace

void oneOfSink(Graph& graph, const StreamInfo&, const ConnectorCall& call, const Place&) {
  graph.job.notBuilt("`one_of`", call.span);
}
StreamInfo processOrigin(Graph& graph, const Entity&, const ast::PathCall& call, Scope&, Group&) {
  return later(graph, "`process`", call.path.span);
}
void checkTest(Graph& graph, const ast::TestDecl& test, Scope&) { graph.job.notBuilt("tests", test.name_span); }
void checkService(Graph& graph, Entity& entity) { graph.job.notBuilt("services", entity.name->span); }
void checkProcess(Graph& graph, Entity& entity) { graph.job.notBuilt("`process`", entity.name->span); }
void Graph::keyChanges(const Nondeterminism&, Span, const std::string&, bool) {}

}  // namespace streamc::sema
