// Declarations, processes and tests; see dumper.h.
#include "frontend/ast/dumper.h"

namespace streamc::ast {

struct StmtDumper {
  Dumper& to;
  Span span;

  void head(std::string_view text) const { to.line("", text, span); }

  void operator()(const ErrorStmt&) const { head("error"); }
  void operator()(const LetStmt& node) const {
    head("let " + node.name.text);
    const Dumper::Inside inside(to);
    to.expr("", node.value);
  }
  void operator()(const AssignStmt& node) const {
    head("assign");
    const Dumper::Inside inside(to);
    to.expr("target", node.target);
    to.expr("value", node.value);
  }
  void operator()(const CallStmt& node) const {
    head("do");
    const Dumper::Inside inside(to);
    to.expr("", node.call);
  }
  void operator()(const EmitStmt& node) const {
    head(node.to ? "emit to " + node.to->text : "emit");
    const Dumper::Inside inside(to);
    to.expr("", node.value);
  }
  void operator()(const RejectStmt& node) const {
    head("reject");
    const Dumper::Inside inside(to);
    to.expr("", node.reason);
  }
  void operator()(const TimerStmt& node) const {
    head("timer " + node.timer.text);
    const Dumper::Inside inside(to);
    to.expr(node.is_after ? "after" : "at", node.when);
  }
  void operator()(const CancelStmt& node) const { head("cancel " + node.timer.text); }
  void operator()(const ClearStmt& node) const { head("clear " + node.state.text); }
  void operator()(const IfStmt& node) const {
    head("if");
    const Dumper::Inside inside(to);
    to.expr("condition", node.condition);
    to.block("then", node.then_block);
    if (node.else_block) to.block(node.else_is_if ? "else if" : "else", *node.else_block);
  }
  void operator()(const ForStmt& node) const {
    head("for " + node.name.text);
    const Dumper::Inside inside(to);
    to.expr("in", node.list);
    to.block("body", node.body);
  }
  void operator()(const MatchStmt& node) const {
    head("match");
    const Dumper::Inside inside(to);
    to.expr("subject", node.subject);
    for (const MatchStmt::Arm& arm : node.arms) {
      to.casePattern(arm.pattern);
      const Dumper::Inside inside_arm(to);
      to.block("body", arm.body);
    }
  }
  void operator()(const ReturnStmt&) const { head("return"); }
};

void Dumper::stmt(const Stmt& stmt) { std::visit(StmtDumper{*this, stmt.span}, stmt.node); }

void Dumper::block(std::string_view role, const Block& block) {
  line(role, "block", block.span);
  const Inside inside(*this);
  for (const StmtPtr& item : block.stmts) stmt(*item);
}

struct TestDumper {
  Dumper& to;
  Span span;

  void head(std::string_view text) const { to.line("", text, span); }

  void operator()(const GivenParam& node) const {
    head("given param " + node.name.text);
    const Dumper::Inside inside(to);
    to.expr("", node.value);
  }
  void operator()(const GivenNow& node) const {
    head("given now");
    const Dumper::Inside inside(to);
    to.expr("", node.value);
  }
  void operator()(const GivenEvents& node) const {
    head("given " + node.source.str());
    const Dumper::Inside inside(to);
    for (const TestEvent& event : node.events) {
      constexpr std::string_view kKinds[] = {"row", "watermark", "pause", "restart", "end"};
      const std::string_view kind = kKinds[static_cast<int>(event.kind)];
      if (event.value) {
        to.expr(kind, event.value);
      } else {
        to.line("", kind, event.span);
      }
    }
  }
  void operator()(const GivenCall& node) const {
    head("given call");
    const Dumper::Inside inside(to);
    to.pathCall("", node.call);
    to.expr("gives", node.value);
  }
  void operator()(const Expect& node) const {
    constexpr std::string_view kKinds[] = {"rows", "ordered", "contains", "empty"};
    head(fmt::format("expect {} {}", node.stream.str(), kKinds[static_cast<int>(node.kind)]));
    const Dumper::Inside inside(to);
    to.exprs("row", node.rows);
  }
  void operator()(const Check& node) const {
    head("check");
    const Dumper::Inside inside(to);
    to.expr("", node.condition);
  }
};

void Dumper::testItem(const TestItem& item) { std::visit(TestDumper{*this, item.span}, item.node); }

void Dumper::settings(const std::optional<Settings>& settings) {
  if (settings) record("with", settings->record, settings->record_span);
}

void Dumper::edgeClauses(const std::vector<EdgeClause>& clauses) {
  for (const EdgeClause& clause : clauses) {
    switch (clause.kind) {
      case EdgeClause::Kind::kTime:
        timeClause(*clause.time);
        break;
      case EdgeClause::Kind::kAssume:
        exprs("assume", clause.assumptions);
        break;
      case EdgeClause::Kind::kTtl:
        expr("ttl", clause.ttl);
        break;
      case EdgeClause::Kind::kUnbounded:
        line("", "unbounded", clause.span);
        break;
    }
  }
}

// One overload a kind of declaration.
struct DeclDumper {
  Dumper& to;
  const Decl& decl;

  void head(std::string_view kind, const Name* name) const {
    std::string text(kind);
    if (name != nullptr) text += " " + (name->missing() ? std::string("(missing)") : name->text);
    if (decl.is_broken) text += " (broken)";
    to.line("", text, decl.span);
    if (!decl.doc.empty()) {
      const Dumper::Inside inside(to);
      to.line("doc", quotedText(decl.doc), decl.span);
    }
  }
  void pipeline(const PipelinePtr& pipeline) const {
    if (pipeline) to.pipeline(*pipeline);
  }

  void operator()(const ErrorDecl&) const { head("error", nullptr); }
  void operator()(const UseDecl& node) const {
    head("use", node.as ? &*node.as : nullptr);
    const Dumper::Inside inside(to);
    if (const Path* path = std::get_if<Path>(&node.target)) {
      to.line("library", path->str(), node.target_span);
    } else {
      to.line("file", quotedText(std::get<StringLiteral>(node.target).value), node.target_span);
    }
  }
  void operator()(const JobDecl& node) const {
    head("job", &node.name);
    const Dumper::Inside inside(to);
    to.settings(node.settings);
    if (node.body) to.decls(*node.body);
  }
  void operator()(const ForDecl& node) const {
    head("for", &node.name);
    const Dumper::Inside inside(to);
    to.expr("in", node.list);
    to.decls(node.body);
  }
  void operator()(const ParamDecl& node) const {
    head(node.is_live ? "live param" : "param", &node.name);
    const Dumper::Inside inside(to);
    to.type("type", node.type);
    to.expr("value", node.value);
    to.expr("via", node.via);
  }
  void operator()(const TypeDecl& node) const {
    head("type", &node.name);
    const Dumper::Inside inside(to);
    if (const TypePtr* type = std::get_if<TypePtr>(&node.body)) {
      to.type("", *type);
    } else if (const EnumBody* body = std::get_if<EnumBody>(&node.body)) {
      to.line("", body->is_open ? "open enum" : "enum", node.body_span);
      const Dumper::Inside inside_body(to);
      for (const Name& symbol : body->symbols) to.name("symbol", symbol);
    } else if (const OneofBody* oneof = std::get_if<OneofBody>(&node.body)) {
      to.line("", "oneof", node.body_span);
      const Dumper::Inside inside_body(to);
      for (const OneofBody::Variant& variant : oneof->variants) {
        to.name("variant", variant.name);
        const Dumper::Inside inside_variant(to);
        to.type("", variant.type);
      }
    } else {
      const ImportedBody& imported = std::get<ImportedBody>(node.body);
      to.expr("from", imported.from);
      to.expr("evolves", imported.evolves);
    }
  }
  void operator()(const FnDecl& node) const {
    head(node.is_live ? "live fn" : "fn", &node.name);
    const Dumper::Inside inside(to);
    to.params(node.params);
    to.type("result", node.result);
    if (node.fails_span) to.line("", "fails", *node.fails_span);
    for (const Let& let : node.lets) to.expr("let " + let.name.text, let.value);
    to.expr(node.has_block ? "return" : "value", node.value);
    to.expr("via", node.via);
  }
  void operator()(const ExternDecl& node) const {
    head("extern", nullptr);
    const Dumper::Inside inside(to);
    to.line("language", quotedText(node.language.value), node.language_span);
    to.line("header", quotedText(node.header.value), node.header_span);
    for (const ExternFn& fn : node.functions) {
      to.line("", (fn.is_agg ? "agg fn " : "fn ") + fn.name.text, fn.span);
      const Dumper::Inside inside_fn(to);
      to.params(fn.params);
      to.type("result", fn.result);
      for (const ExternFn::Attribute& attribute : fn.attributes) {
        constexpr std::string_view kKinds[] = {"pure", "fails", "nondet", "cost", "state"};
        const std::string_view kind = kKinds[static_cast<int>(attribute.kind)];
        if (attribute.amount) {
          to.expr(kind, attribute.amount);
        } else {
          to.line("", kind, attribute.span);
        }
      }
    }
  }
  void operator()(const ServiceDecl& node) const {
    head("service", &node.name);
    const Dumper::Inside inside(to);
    to.expr("at", node.at);
    to.settings(node.settings);
    for (const ServiceFn& fn : node.functions) {
      to.line("", "fn " + fn.name.text, fn.span);
      const Dumper::Inside inside_fn(to);
      to.params(fn.params);
      to.type("result", fn.result);
    }
  }
  void operator()(const SourceDecl& node) const {
    head("source", &node.name);
    const Dumper::Inside inside(to);
    to.type("type", node.type);
    to.expr("from", node.from);
    to.edgeClauses(node.clauses);
  }
  void operator()(const TableSourceDecl& node) const {
    head("table source", &node.name);
    const Dumper::Inside inside(to);
    to.type("type", node.type);
    to.paths("key", node.key);
    to.expr("from", node.from);
    to.edgeClauses(node.clauses);
  }
  void operator()(const TableDecl& node) const {
    head("table", &node.name);
    const Dumper::Inside inside(to);
    to.settings(node.settings);
    pipeline(node.pipeline);
  }
  void operator()(const SinkDecl& node) const {
    head("sink", &node.name);
    const Dumper::Inside inside(to);
    to.type("type", node.type);
    to.paths("key", node.key);
    to.expr("to", node.to);
  }
  void operator()(const ChannelDecl& node) const {
    head("channel", &node.name);
    const Dumper::Inside inside(to);
    to.type("type", node.type);
    to.paths("key", node.key);
    to.expr("via", node.via);
    to.edgeClauses(node.clauses);
  }
  void operator()(const StreamDecl& node) const {
    head("stream", &node.name);
    const Dumper::Inside inside(to);
    if (node.type) to.streamType("type", *node.type);
    to.settings(node.settings);
    pipeline(node.pipeline);
  }
  void operator()(const PipeDecl& node) const {
    head("pipe", &node.name);
    const Dumper::Inside inside(to);
    to.params(node.params);
    if (node.result) to.streamType("result", *node.result);
    pipeline(node.pipeline);
  }
  void operator()(const FlowDecl& node) const {
    head("flow", nullptr);
    const Dumper::Inside inside(to);
    pipeline(node.pipeline);
  }
  void operator()(const ProcessDecl& node) const {
    head("process", &node.name);
    const Dumper::Inside inside(to);
    to.params(node.params);
    if (const TypePtr* type = std::get_if<TypePtr>(&node.outputs)) {
      to.type("output", *type);
    } else {
      for (const ProcessOutput& output : std::get<std::vector<ProcessOutput>>(node.outputs)) {
        to.type("output " + output.name.text, output.type);
      }
    }
    for (const StateItem& state : node.states) {
      to.line("", "state " + state.name.text, state.span);
      const Dumper::Inside inside_state(to);
      to.type("type", state.type);
      to.expr("initial", state.initial);
      to.expr("max", state.max);
      to.bound(state.bound);
    }
    for (const HandlerItem& handler : node.handlers) {
      to.line("", fmt::format("on {}{} {}", handler.is_timer ? "timer " : "", handler.on.text, handler.binding.text),
              handler.span);
      const Dumper::Inside inside_handler(to);
      to.block("body", handler.body);
    }
  }
  void operator()(const TestDecl& node) const {
    head("test " + quotedText(node.name.value), nullptr);
    const Dumper::Inside inside(to);
    for (const TestItem& item : node.items) to.testItem(item);
  }
};

void Dumper::decl(const Decl& decl) { std::visit(DeclDumper{*this, decl}, decl.node); }

void Dumper::decls(const std::vector<DeclPtr>& decls) {
  for (const DeclPtr& item : decls) decl(*item);
}

}  // namespace streamc::ast
