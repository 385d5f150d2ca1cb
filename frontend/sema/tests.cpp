// test: what is given and what is expected, against the streams, parameters and services that they name.
#include "frontend/sema/tests.h"

#include <algorithm>

#include "frontend/sema/diagnostics.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kTestRow, "E0901", Severity::kError, "a row of a test does not fit its stream");
STREAMC_DIAGNOSTIC(kTestName, "E0902", Severity::kError, "a test names something that does not exist");

namespace {

class TestChecker {
 public:
  TestChecker(Graph& graph, Scope& names) : graph_(graph), names_(names) {}

  void check(const ast::TestItem& item) {
    std::visit([&](const auto& node) { check(node, item.span); }, item.node);
  }

 private:
  ExprChecker checker() { return ExprChecker(graph_.job, names_, {.place = "in a test"}); }

  void check(const ast::GivenParam& given, Span) {
    Entity* entity = names_.findValue(given.name.text);
    if (entity == nullptr || entity->decl->as<ast::ParamDecl>() == nullptr) {
      Diagnostic diagnostic(kTestName, given.name.span, "there is no parameter `" + given.name.text + "`");
      suggest(diagnostic, given.name.span, given.name.text,
              names_.valueNames([](const ast::Decl& d) { return d.as<ast::ParamDecl>() != nullptr; }), "parameters");
      graph_.context.sink.report(std::move(diagnostic));
      return;
    }
    TypeRef type = graph_.job.program.params[graph_.job.param(*entity)].type;
    if (given.value != nullptr) checker().checkAs(*given.value, type, "`" + given.name.text + "`");
  }
  void check(const ast::GivenNow& given, Span) {
    if (given.value != nullptr) checker().checkAs(*given.value, graph_.context.timestamp(), "`now`");
  }
  void check(const ast::GivenEvents& given, Span) {
    StreamInfo stream = graph_.named(given.source, names_);
    for (const ast::TestEvent& event : given.events) {
      if (event.value == nullptr) continue;
      if (event.kind == ast::TestEvent::Kind::kWatermark)
        checker().checkAs(*event.value, graph_.context.timestamp(), "a watermark");
      if (event.kind == ast::TestEvent::Kind::kPause)
        checker().checkAs(*event.value, graph_.context.duration(), "a pause");
      if (event.kind == ast::TestEvent::Kind::kRow && !stream.failed) row(*event.value, stream, true);
    }
  }
  void check(const ast::GivenCall& given, Span) {
    const auto& path = given.call.path.names;
    if (path.size() < 2) return unknownService(given.call.path);
    Scope* scope = &names_;
    std::size_t at = 0;
    for (; at + 2 < path.size(); ++at) {
      Scope* module = nullptr;
      if (!scope->findModule(path[at].text, &module)) return unknownService(given.call.path);
      if (module == nullptr) return;
      scope = module;
    }
    const Entity* entity = scope->findValue(path[at].text);
    const auto* service = entity == nullptr ? nullptr : entity->decl->as<ast::ServiceDecl>();
    if (service == nullptr) return unknownService(given.call.path);
    auto found = std::find_if(service->functions.begin(), service->functions.end(),
                              [&](const ast::ServiceFn& f) { return f.name.text == path.back().text; });
    if (found == service->functions.end()) return unknownService(given.call.path);
    if (given.call.args) {
      if (given.call.args->size() != found->params.size()) {
        graph_.context.sink.report(
            Diagnostic(kTestRow, given.call.args_span,
                       "`" + given.call.path.str() + "` takes " + std::to_string(found->params.size()) + " arguments"));
      }
      for (std::size_t i = 0; i < std::min(given.call.args->size(), found->params.size()); ++i) {
        const auto* type = std::get_if<ast::TypePtr>(&found->params[i].type);
        const ast::ExprPtr& value = (*given.call.args)[i].value;
        if (type != nullptr && *type != nullptr && value != nullptr) {
          checker().checkAs(*value, graph_.job.declarations.type(**type, *entity->home),
                            "`" + found->params[i].name.text + "`");
        }
      }
    }
    // fail("timeout") stands for any result.
    const auto* call = given.value == nullptr ? nullptr : given.value->as<ast::CallExpr>();
    const auto* name = call == nullptr ? nullptr : call->callee->as<ast::NameRef>();
    bool fails = name != nullptr && name->name.text == "fail";
    if (given.value != nullptr && !fails && found->result != nullptr) {
      checker().checkAs(*given.value, graph_.job.declarations.type(*found->result, *entity->home),
                        "what `" + given.call.path.str() + "` gives");
    }
  }
  void check(const ast::Expect& expect, Span) {
    StreamInfo stream = graph_.named(expect.stream, names_);
    if (stream.failed) return;
    for (const ast::ExprPtr& expected : expect.rows) {
      if (expected != nullptr) row(*expected, stream, expect.kind == ast::Expect::Kind::kContains);
    }
  }
  // check state_bytes(totals) < 1MB
  void check(const ast::Check& check, Span) {
    if (check.condition == nullptr) return;
    const auto* comparison = check.condition->as<ast::BinaryExpr>();
    const auto* call = comparison == nullptr ? nullptr : comparison->lhs->as<ast::CallExpr>();
    const auto* name = call == nullptr ? nullptr : call->callee->as<ast::NameRef>();
    if (name == nullptr || name->name.text != "state_bytes") {
      checker().condition(*check.condition, "`check`");
      return;
    }
    const auto* stream =
        call->args.size() == 1 && call->args[0].value != nullptr ? call->args[0].value->as<ast::NameRef>() : nullptr;
    if (stream == nullptr) {
      graph_.context.sink.report(
          Diagnostic(kTestName, call->args_span, "`state_bytes` takes the name of a stream or table"));
      return;
    }
    ast::Path path;
    path.span = stream->name.span;
    path.names.push_back(stream->name);
    graph_.named(path, names_);
    checker().checkAs(*comparison->rhs, graph_.context.i64(), "a size");
  }

  // A row literal names fields of the stream; those that are missing are null (given) or not compared (contains).
  void row(const ast::Expr& text, const StreamInfo& stream, bool may_miss) {
    if (stream.row->isError()) return;
    ExprChecker values = checker();
    const auto* record = text.as<ast::RecordExpr>();
    if (record == nullptr || !stream.row->is(TypeKind::kRecord)) {
      values.checkAs(text, stream.row, "a row of this stream");
      return;
    }
    std::vector<NamedValue> fields = values.fields(*record, stream.row);
    for (NamedValue& field : fields) {
      const FieldType* wanted = stream.row->field(field.name);
      if (wanted != nullptr) {
        values.require(field.value, wanted->type, "`" + field.name + "`");
        continue;
      }
      Diagnostic diagnostic(kUnknownName, field.name_span, "there is no field `" + field.name + "` in this stream");
      std::vector<std::string> candidates;
      for (const FieldType& other : stream.row->fields) candidates.push_back(other.name);
      suggest(diagnostic, field.name_span, field.name, candidates, "fields");
      graph_.context.sink.report(std::move(diagnostic));
    }
    std::string missing;
    for (const FieldType& wanted : stream.row->fields) {
      bool given =
          std::any_of(fields.begin(), fields.end(), [&](const NamedValue& f) { return f.name == wanted.name; });
      if (!given && !wanted.type->isOptional()) missing += (missing.empty() ? "`" : ", `") + wanted.name + "`";
    }
    if (missing.empty() || may_miss) return;
    graph_.context.sink.report(Diagnostic(kTestRow, text.span, "the row lacks " + missing)
                                   .note("`expect … contains` compares the fields that are written"));
  }

  void unknownService(const ast::Path& path) {
    graph_.context.sink.report(Diagnostic(kTestName, path.span, "there is no service function `" + path.str() + "`"));
  }

  Graph& graph_;
  Scope& names_;
};

}  // namespace

void checkTest(Graph& graph, const ast::TestDecl& test, Scope& scope) {
  graph.job.notBuilt("tests", test.name_span);
  TestChecker checker(graph, scope);
  for (const ast::TestItem& item : test.items) checker.check(item);
}

}  // namespace streamc::sema
