// process: keyed state, handlers and timers. Types of states and outputs, and every statement of the handlers.
#include <algorithm>
#include <map>
#include <set>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"
#include "frontend/sema/tests.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kProcessInputs, "E0233", Severity::kError, "a process gets the wrong number of inputs");
STREAMC_DIAGNOSTIC(kProcessName, "E0260", Severity::kError, "a name in a process that it does not have");
STREAMC_DIAGNOSTIC(kProcessTarget, "E0261", Severity::kError, "an assignment to something that is no state");
STREAMC_DIAGNOSTIC(kProcessCall, "E0262", Severity::kError,
                   "a statement that does nothing, or a call that a state does not have");

namespace {

class ProcessChecker {
 public:
  ProcessChecker(Graph& graph, Entity& entity)
      : graph_(graph), entity_(entity), decl_(*entity.decl->as<ast::ProcessDecl>()) {}

  void run() {
    readOutputs();
    for (const ast::HandlerItem& handler : decl_.handlers) {
      if (handler.is_timer) handled_.insert(handler.on.text);
    }
    for (const ast::StateItem& state : decl_.states) checkState(state);
    for (const ast::HandlerItem& handler : decl_.handlers) checkHandler(handler);
  }

 private:
  Context& context() { return graph_.context; }
  TypeRef typeOf(const ast::TypePtr& type) {
    return type == nullptr ? context().error() : graph_.job.declarations.type(*type, *entity_.home);
  }

  void readOutputs() {
    if (const auto* one = std::get_if<ast::TypePtr>(&decl_.outputs)) {
      outputs_.emplace("", typeOf(*one));
      return;
    }
    for (const ast::ProcessOutput& output : std::get<std::vector<ast::ProcessOutput>>(decl_.outputs))
      outputs_.emplace(output.name.text, typeOf(output.type));
  }

  void checkState(const ast::StateItem& state) {
    TypeRef type = typeOf(state.type);
    if (state.name.missing()) return;
    if (!states_.emplace(state.name.text, type).second) {
      context().sink.report(
          Diagnostic(kProcessName, state.name.span, "the state `" + state.name.text + "` is declared twice"));
    }
    if (state.initial != nullptr) {
      ExprChecker checker(graph_.job, *entity_.home, {.place = "in the initial value of a state"});
      checker.checkAs(*state.initial, type, "`" + state.name.text + "`");
    }
    if (state.max != nullptr) graph_.count(*state.max, *entity_.home, "`max`");
    if (state.bound.ttl != nullptr) graph_.duration(*state.bound.ttl, *entity_.home, "`ttl`");
  }

  const ast::Param* inputNamed(const std::string& name) {
    for (const ast::Param& param : decl_.params) {
      if (param.name.text == name) return &param;
    }
    return nullptr;
  }

  // The key of the process: what its inputs are partitioned by.
  TypeRef keyType() {
    for (const ast::Param& param : decl_.params) {
      const auto* type = std::get_if<ast::StreamType>(&param.type);
      if (type == nullptr || type->row == nullptr) continue;
      TypeRef row = graph_.job.declarations.type(*type->row, *entity_.home);
      std::vector<FieldType> fields;
      for (const ast::Facet& facet : type->facets) {
        for (const ast::Name& name : facet.names) {
          const FieldType* field = row->is(TypeKind::kRecord) ? row->field(name.text) : nullptr;
          if (field != nullptr) fields.push_back(*field);
        }
      }
      if (!fields.empty()) return context().types.record(std::move(fields));
    }
    return context().types.record({});
  }

  void checkHandler(const ast::HandlerItem& handler) {
    RowScope scope;
    scope.row = context().types.record({});
    scope.has_time = true;
    scope.place = "in this handler";
    ExprChecker checker(graph_.job, *entity_.home, scope);
    for (const auto& [name, type] : states_) checker.bind(name, type);
    checker.bind("key", keyType());
    if (!handler.is_timer) {
      const ast::Param* input = inputNamed(handler.on.text);
      const auto* type = input == nullptr ? nullptr : std::get_if<ast::StreamType>(&input->type);
      TypeRef row = context().error();
      if (type != nullptr && type->row != nullptr) row = graph_.job.declarations.type(*type->row, *entity_.home);
      if (input == nullptr && !handler.on.missing()) {
        Diagnostic diagnostic(kProcessName, handler.on.span, "this process has no input `" + handler.on.text + "`");
        std::vector<std::string> candidates;
        for (const ast::Param& param : decl_.params) candidates.push_back(param.name.text);
        suggest(diagnostic, handler.on.span, handler.on.text, candidates, "inputs");
        context().sink.report(std::move(diagnostic));
      }
      checker.bind(handler.binding.text, row);
    }
    block(handler.body, checker);
  }

  void block(const ast::Block& block, ExprChecker& checker) {
    std::size_t bound = checker.bound();
    Facts facts = checker.facts();
    for (const ast::StmtPtr& stmt : block.stmts) {
      if (stmt != nullptr) std::visit([&](const auto& node) { check(node, checker, stmt->span); }, stmt->node);
    }
    checker.unbind(bound);
    checker.restore(std::move(facts));
  }

  void check(const ast::ErrorStmt&, ExprChecker&, Span) {}
  void check(const ast::ReturnStmt&, ExprChecker&, Span) {}
  void check(const ast::LetStmt& stmt, ExprChecker& checker, Span) {
    if (stmt.value == nullptr) return;
    ExprRef value = checker.infer(*stmt.value);
    checker.bind(stmt.name.text, value->type);
  }
  void check(const ast::AssignStmt& stmt, ExprChecker& checker, Span) {
    if (stmt.target == nullptr || stmt.value == nullptr) return;
    TypeRef type = context().error();
    if (const auto* name = stmt.target->as<ast::NameRef>()) {
      auto state = states_.find(name->name.text);
      if (state == states_.end()) return notAState(*stmt.target, name->name.text);
      type = state->second;
      checker.forget(name->name.text);
    } else if (const auto* index = stmt.target->as<ast::IndexExpr>()) {
      ExprRef map = checker.infer(*index->base);
      if (map->type->isError()) return;
      if (!map->type->is(TypeKind::kMap)) return notAState(*stmt.target, context().text(stmt.target->span));
      checker.checkAs(*index->index, map->type->element, "the key of this map");
      type = map->type->value;
    } else {
      return notAState(*stmt.target, context().text(stmt.target->span));
    }
    checker.checkAs(*stmt.value, type, "`" + context().text(stmt.target->span) + "`");
  }
  void notAState(const ast::Expr& target, const std::string& text) {
    Diagnostic diagnostic(kProcessTarget, target.span, "`" + text + "` is not a state, so it cannot be assigned");
    std::vector<std::string> candidates;
    for (const auto& [name, type] : states_) candidates.push_back(name);
    suggest(diagnostic, target.span, text, candidates, "states");
    diagnostic.note("a value of the handler itself is `let x = …`");
    context().sink.report(std::move(diagnostic));
  }
  void check(const ast::CallStmt& stmt, ExprChecker& checker, Span) {
    const auto* call = stmt.call == nullptr ? nullptr : stmt.call->as<ast::CallExpr>();
    const auto* method = call == nullptr ? nullptr : call->callee->as<ast::FieldExpr>();
    const auto* base = method == nullptr ? nullptr : method->base->as<ast::NameRef>();
    auto state = base == nullptr ? states_.end() : states_.find(base->name.text);
    if (state == states_.end()) {
      if (stmt.call != nullptr && !stmt.call->is<ast::ErrorExpr>()) {
        context().sink.report(Diagnostic(kProcessCall, stmt.call->span, "this changes no state, so it does nothing"));
      }
      return;
    }
    TypeRef type = state->second;
    if (type->isError()) return;
    const std::string& name = method->name.text;
    bool is_list = type->is(TypeKind::kList), is_set = type->is(TypeKind::kSet), is_map = type->is(TypeKind::kMap);
    bool known = (is_list && (name == "push" || name == "push_evicting")) ||
                 (is_set && (name == "add" || name == "remove")) || (is_map && name == "remove");
    if (!known) {
      Diagnostic diagnostic(kProcessCall, method->name.span,
                            "a state of type " + toString(type) + " has no `" + name + "`");
      std::vector<std::string> candidates = is_list  ? std::vector<std::string>{"push", "push_evicting"}
                                            : is_set ? std::vector<std::string>{"add", "remove"}
                                            : is_map ? std::vector<std::string>{"remove"}
                                                     : std::vector<std::string>{};
      suggest(diagnostic, method->name.span, name, candidates, "changes");
      context().sink.report(std::move(diagnostic));
      return;
    }
    if (call->args.size() != 1 || call->args[0].value == nullptr) {
      context().sink.report(Diagnostic(kProcessCall, call->args_span, "`" + name + "` takes one value"));
      return;
    }
    checker.checkAs(*call->args[0].value, type->element, "an element of `" + base->name.text + "`");
  }
  void check(const ast::EmitStmt& stmt, ExprChecker& checker, Span span) {
    std::string to = stmt.to ? stmt.to->text : "";
    auto output = outputs_.find(to);
    if (output == outputs_.end()) {
      Diagnostic diagnostic(
          kProcessName, stmt.to ? stmt.to->span : span,
          stmt.to ? "this process has no output `" + to + "`" : "which output? This process has several");
      std::vector<std::string> candidates;
      for (const auto& [name, type] : outputs_) candidates.push_back(name);
      if (stmt.to) suggest(diagnostic, stmt.to->span, to, candidates, "outputs");
      context().sink.report(std::move(diagnostic));
      return;
    }
    if (stmt.value != nullptr) checker.checkAs(*stmt.value, output->second, to.empty() ? "the output" : "`" + to + "`");
  }
  void check(const ast::RejectStmt& stmt, ExprChecker& checker, Span) {
    if (stmt.reason != nullptr) checker.checkAs(*stmt.reason, context().types.string(), "the reason");
  }
  void check(const ast::TimerStmt& stmt, ExprChecker& checker, Span) {
    if (!stmt.timer.missing() && !handled_.contains(stmt.timer.text)) {
      Diagnostic diagnostic(kProcessName, stmt.timer.span,
                            "nothing happens when the timer `" + stmt.timer.text + "` fires");
      suggest(diagnostic, stmt.timer.span, stmt.timer.text, {handled_.begin(), handled_.end()}, "timers");
      diagnostic.note("a timer has a handler: `on timer " + stmt.timer.text + " { … }`");
      context().sink.report(std::move(diagnostic));
    }
    if (stmt.when != nullptr)
      checker.checkAs(*stmt.when, stmt.is_after ? context().duration() : context().timestamp(),
                      stmt.is_after ? "`after`" : "`at`");
  }
  void check(const ast::CancelStmt& stmt, ExprChecker&, Span) {
    if (stmt.timer.missing() || handled_.contains(stmt.timer.text)) return;
    context().sink.report(
        Diagnostic(kProcessName, stmt.timer.span, "this process has no timer `" + stmt.timer.text + "`"));
  }
  void check(const ast::ClearStmt& stmt, ExprChecker& checker, Span) {
    checker.forget(stmt.state.text);
    if (stmt.state.missing() || states_.contains(stmt.state.text)) return;
    Diagnostic diagnostic(kProcessName, stmt.state.span, "this process has no state `" + stmt.state.text + "`");
    std::vector<std::string> candidates;
    for (const auto& [name, type] : states_) candidates.push_back(name);
    suggest(diagnostic, stmt.state.span, stmt.state.text, candidates, "states");
    context().sink.report(std::move(diagnostic));
  }
  void check(const ast::IfStmt& stmt, ExprChecker& checker, Span) {
    if (stmt.condition == nullptr) return;
    ExprRef condition = checker.condition(*stmt.condition, "`if`");
    Facts outside = checker.facts();
    checker.assume(factsWhen(*condition, true));
    block(stmt.then_block, checker);
    checker.restore(outside);
    if (!stmt.else_block) return;
    checker.assume(factsWhen(*condition, false));
    block(*stmt.else_block, checker);
    checker.restore(std::move(outside));
  }
  void check(const ast::ForStmt& stmt, ExprChecker& checker, Span) {
    if (stmt.list == nullptr) return;
    ExprRef list = checker.infer(*stmt.list);
    TypeRef element = context().error();
    if (list->type->is(TypeKind::kList) || list->type->is(TypeKind::kSet)) {
      element = list->type->element;
    } else if (!list->type->isError()) {
      context().sink.report(
          Diagnostic(kProcessCall, stmt.list->span, "`for` walks a list, and this is " + describe(list->type)));
    }
    std::size_t bound = checker.bound();
    checker.bind(stmt.name.text, element);
    block(stmt.body, checker);
    checker.unbind(bound);
  }
  void check(const ast::MatchStmt& stmt, ExprChecker& checker, Span) {
    if (stmt.subject == nullptr) return;
    ExprRef subject = checker.infer(*stmt.subject);
    TypeRef type = TypeContext::unwrap(subject->type);
    for (const ast::MatchStmt::Arm& arm : stmt.arms) {
      std::size_t bound = checker.bound();
      TypeRef payload = context().error();
      if (arm.pattern.kind == ast::Case::Kind::kVariant && !type->isError() &&
          hasVariant(context(), type, arm.pattern.name)) {
        for (const FieldType& variant : type->fields)
          payload = variant.name == arm.pattern.name.text ? variant.type : payload;
      }
      if (arm.pattern.binding) checker.bind(arm.pattern.binding->text, payload);
      block(arm.body, checker);
      checker.unbind(bound);
    }
  }

  Graph& graph_;
  Entity& entity_;
  const ast::ProcessDecl& decl_;
  std::map<std::string, TypeRef> outputs_, states_;
  std::set<std::string> handled_;  // timers
};

bool usesEventTimers(const ast::Block& block) {
  return std::any_of(block.stmts.begin(), block.stmts.end(), [](const ast::StmtPtr& stmt) {
    if (stmt == nullptr) return false;
    if (const auto* timer = stmt->as<ast::TimerStmt>()) return !timer->is_after;
    if (const auto* branch = stmt->as<ast::IfStmt>())
      return usesEventTimers(branch->then_block) || (branch->else_block && usesEventTimers(*branch->else_block));
    if (const auto* loop = stmt->as<ast::ForStmt>()) return usesEventTimers(loop->body);
    return false;
  });
}

}  // namespace

void checkProcess(Graph& graph, Entity& entity) {
  graph.job.notBuilt("`process`", entity.name->span);
  if (!entity.decl->is_broken) ProcessChecker(graph, entity).run();
}

StreamInfo processOrigin(Graph& graph, const Entity& entity, const ast::PathCall& call, Scope& names, Group& group) {
  const ast::ProcessDecl& decl = *entity.decl->as<ast::ProcessDecl>();
  Context& context = graph.context;
  std::string name = call.path.str();
  graph.job.notBuilt("`process`", call.path.span);
  if (entity.decl->is_broken || !call.args) return graph.failed();
  std::vector<StreamInfo> inputs;
  for (const ast::Arg& arg : *call.args) {
    // An argument is a path of names, read as a stream.
    ast::Path path;
    const ast::Expr* at = arg.value.get();
    while (at != nullptr && at->is<ast::FieldExpr>()) {
      path.names.insert(path.names.begin(), at->as<ast::FieldExpr>()->name);
      at = at->as<ast::FieldExpr>()->base.get();
    }
    const auto* first = at == nullptr ? nullptr : at->as<ast::NameRef>();
    if (first == nullptr) {
      context.sink.report(Diagnostic(kProcessInputs, arg.span, "an input of a process is the name of a stream"));
      return graph.failed();
    }
    path.names.insert(path.names.begin(), first->name);
    path.span = arg.value->span;
    inputs.push_back(graph.named(path, names));
  }
  if (inputs.size() != decl.params.size()) {
    context.sink.report(Diagnostic(kProcessInputs, call.args_span,
                                   "`" + name + "` has " + std::to_string(decl.params.size()) +
                                       (decl.params.size() == 1 ? " input" : " inputs") + ", and gets " +
                                       std::to_string(inputs.size()))
                            .because(decl.name.span, "declared here"));
    return graph.failed();
  }
  StreamInfo out;
  bool all_timed = true;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].failed) return graph.failed();
    const auto* type = std::get_if<ast::StreamType>(&decl.params[i].type);
    if (type == nullptr || !fitsRow(graph, inputs[i], *type, name, (*call.args)[i].span, *entity.home))
      return graph.failed();
    all_timed &= inputs[i].time.has_value();
    if (inputs[i].time && (!out.time || inputs[i].time->wait_us.value_or(0) > out.time->wait_us.value_or(0)))
      out.time = inputs[i].time;
  }
  if (!all_timed) {
    out.time.reset();
    for (const ast::HandlerItem& handler : decl.handlers) {
      if (!usesEventTimers(handler.body)) continue;
      const StreamInfo& timeless =
          *std::find_if(inputs.begin(), inputs.end(), [](const StreamInfo& in) { return !in.time; });
      graph.needsTime(timeless, call.path.span, "`" + name + "` sets timers in event time, and an input has none",
                      "when would they fire?");
      return graph.failed();
    }
  }
  std::vector<NodeId> nodes;
  for (const StreamInfo& in : inputs) nodes.push_back(in.node);
  auto output = [&](const std::string& kind, const ast::TypePtr& type) {
    StreamInfo one = out;
    one.row = type == nullptr ? context.error() : graph.job.declarations.type(*type, *entity.home);
    one.node = graph.addNode(group, kind, call.path.span, nodes, one.row, NotBuiltNode{"`process`", {}});
    graph.settle(one);
    return one;
  };
  if (const auto* one = std::get_if<ast::TypePtr>(&decl.outputs)) return output("process", *one);
  auto outputs = std::make_shared<std::map<std::string, StreamInfo>>();
  for (const ast::ProcessOutput& each : std::get<std::vector<ast::ProcessOutput>>(decl.outputs))
    outputs->emplace(each.name.text, output("process/" + each.name.text, each.type));
  out.outputs = outputs;
  out.row = outputs->empty() ? context.error() : outputs->begin()->second.row;
  out.node = outputs->empty() ? 0 : outputs->begin()->second.node;
  return out;
}

}  // namespace streamc::sema
