#include "frontend/sema/unread.h"

#include <algorithm>
#include <vector>

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnread, "W0441", Severity::kWarning, "rows that nobody reads");

namespace {

class Uses {
 public:
  explicit Uses(const Program& program) : program_(program), used_(program.nodes.size()) {
    for (const Node& node : program.nodes) {
      if (std::holds_alternative<SinkNode>(node.step)) use(node.id);
    }
    while (!open_.empty()) {
      const Node& node = program.nodes[open_.back()];
      open_.pop_back();
      for (NodeId input : node.inputs) use(input);
      if (const auto* late = std::get_if<LateNode>(&node.step)) use(late->of);
      if (const auto* errors = std::get_if<ErrorsNode>(&node.step)) useScope(errors->scope);
    }
  }

  bool operator[](NodeId id) const { return used_[id]; }

 private:
  void use(NodeId id) {
    if (used_[id]) return;
    used_[id] = true;
    open_.push_back(id);
  }
  void useScope(uint32_t scope) {
    if (scope == 0) return;
    for (const Node& node : program_.nodes) {
      if (node.errors == scope) use(node.id);
    }
  }

  const Program& program_;
  std::vector<bool> used_;
  std::vector<NodeId> open_;
};

// The names of the last unused ones: what leads to them alone needs no word of its own.
void report(const Program& program, const Uses& used, Context& context) {
  std::vector<bool> is_read(program.nodes.size());
  for (const Node& node : program.nodes) {
    for (NodeId input : node.inputs) is_read[input] = true;
    if (const auto* late = std::get_if<LateNode>(&node.step)) is_read[late->of] = true;
  }
  for (const Node& node : program.nodes) {
    if (used[node.id] || is_read[node.id] || std::holds_alternative<RouteArmNode>(node.step)) continue;
    std::string name = node.operator_id.substr(0, node.operator_id.find('/'));
    const auto* source = std::get_if<SourceNode>(&node.step);
    bool is_flow = name.starts_with("flow") && (source == nullptr || program.sources[source->source].name.empty());
    Diagnostic diagnostic(kUnread, node.span,
                          is_flow ? "nobody reads these rows: the flow ends without a sink"
                                  : "nobody reads `" + name + "`, so it is left out");
    diagnostic.label(source != nullptr ? "no sink lies behind this source" : "no sink lies behind this step");
    if (is_flow)
      diagnostic.fix(Fix::insertAfter(node.span, " | to …", "write them somewhere", Applicability::kHasPlaceholders));
    context.sink.report(std::move(diagnostic));
  }
}

}  // namespace

void leaveOutUnread(Program& program, Context& context, bool warns) {
  auto is_sink = [](const Node& node) { return std::holds_alternative<SinkNode>(node.step); };
  if (std::none_of(program.nodes.begin(), program.nodes.end(), is_sink)) return;
  const Uses used(program);
  if (warns) report(program, used, context);
  std::vector<NodeId> moved(program.nodes.size());
  std::vector<Node> kept;
  for (Node& node : program.nodes) {
    if (!used[node.id]) {
      // Nobody reads the errors of this stream: they are the job's.
      const auto* errors = std::get_if<ErrorsNode>(&node.step);
      if (errors != nullptr && errors->scope != 0)
        program.error_scopes[errors->scope].policy = ErrorScope::Policy::kStderr;
      continue;
    }
    moved[node.id] = static_cast<NodeId>(kept.size());
    node.id = moved[node.id];
    for (NodeId& input : node.inputs) input = moved[input];
    if (auto* late = std::get_if<LateNode>(&node.step)) late->of = moved[late->of];
    kept.push_back(std::move(node));
  }
  program.nodes = std::move(kept);
  for (ErrorScope& scope : program.error_scopes) {
    if (scope.policy == ErrorScope::Policy::kStream) scope.node = moved[scope.node];
  }
}

}  // namespace streamc::sema
