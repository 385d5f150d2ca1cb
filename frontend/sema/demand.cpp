#include "frontend/sema/demand.h"

#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "frontend/sema/leaves.h"

namespace streamc::sema {

namespace {

// Who wants a leaf. What a step depends on (a condition, a key, an aggregate) is demanded; what ends in a sink, as it
// is or in what is computed of it, is demanded too, unless the way to the sink leads through `.late`: then it is kept.
enum Want : uint8_t { kNone = 0, kByStep = 1, kBySink = 2, kByLate = 4 };

struct Needs {
  std::vector<uint8_t> wants;
  bool event_time = false, window_start = false, window_end = false;
  std::set<std::string> meta;  // fields of it
};

// Marks what expressions need of the row of one producer.
class Marker {
 public:
  Marker(const Leaves& leaves, Needs& needs) : leaves_(leaves), needs_(needs) {}

  // The part of the value at `path` is wanted; with `presence`, only whether it is there.
  void need(const Expr& expr, const FieldPath& path, Want want, bool presence = false) {
    switch (expr.kind) {
      case ExprKind::kColumn: {
        if (expr.name == kMetaColumn) return meta(expr, path);
        FieldPath full;
        if (!expr.name.empty()) full.push_back(expr.name);  // a row of variants is a column without a name
        full.insert(full.end(), path.begin(), path.end());
        return mark(full, want, presence);
      }
      case ExprKind::kEventTime:
        needs_.event_time = true;
        return;
      case ExprKind::kWindowStart:
        needs_.window_start = true;
        return;
      case ExprKind::kWindowEnd:
        needs_.window_end = true;
        return;
      case ExprKind::kLocal:
        locals_[expr.name].insert({path, presence});
        return;
      case ExprKind::kField:
      case ExprKind::kOptField:
      case ExprKind::kPayload: {
        FieldPath full = {expr.name};
        full.insert(full.end(), path.begin(), path.end());
        return need(*expr.args[0], full, want, presence);
      }
      case ExprKind::kRecord:
        return record(expr, path, want);
      case ExprKind::kNarrow:
      case ExprKind::kToOptional:
      case ExprKind::kAssertPresent:
        return need(*expr.args[0], path, want, presence);
      case ExprKind::kIsNull:
      case ExprKind::kIsVariant:
        return need(*expr.args[0], {}, want, true);
      case ExprKind::kIf:
        need(*expr.args[0], {}, want);
        need(*expr.args[1], path, want, presence);
        return need(*expr.args[2], path, want, presence);
      case ExprKind::kCoalesce:
      case ExprKind::kCatch:
        need(*expr.args[0], path, want, false);
        return need(*expr.args[1], path, want, presence);
      case ExprKind::kLet: {
        auto outer = std::exchange(locals_[expr.name], {});
        need(*expr.args[1], path, want, presence);
        auto wanted = std::exchange(locals_[expr.name], std::move(outer));
        for (const auto& [part, only_presence] : wanted) need(*expr.args[0], part, want, only_presence);
        return;
      }
      default:
        for (const ExprRef& arg : expr.args) need(*arg, {}, want);
    }
  }

  void mark(const FieldPath& path, Want want, bool presence = false) {
    Leaves::Range range = leaves_.at(path);
    if (presence && range.has_presence) range.end = range.begin + 1;
    for (uint32_t i = range.begin; i < range.end; ++i) needs_.wants[i] |= want;
    // What lies in an optional record needs to know whether that is there, and a payload which variant there is.
    for (std::size_t count = 0; count < path.size(); ++count) {
      Leaves::Range around = leaves_.at(FieldPath(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(count)));
      if (around.has_presence) needs_.wants[around.begin] |= want;
    }
  }

 private:
  void meta(const Expr& expr, const FieldPath& path) {
    for (const FieldType& field : expr.type->fields)
      if (path.empty() || path[0] == field.name) needs_.meta.insert(field.name);
  }

  void record(const Expr& expr, const FieldPath& path, Want want) {
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      if (path.empty()) {
        need(*expr.args[i], {}, want);
      } else if (expr.type->fields[i].name == path[0]) {
        need(*expr.args[i], FieldPath(path.begin() + 1, path.end()), want);
      }
    }
  }

  const Leaves& leaves_;
  Needs& needs_;
  std::map<std::string, std::set<std::pair<FieldPath, bool>>> locals_;
};

class Demand {
 public:
  explicit Demand(Program& program) : program_(program), needs_(program.nodes.size()) {
    for (const Node& node : program.nodes) needs_[node.id].wants.resize(leavesOf(node.row).size());
  }

  void run() {
    for (std::size_t i = program_.nodes.size(); i-- > 0;) {
      Node& node = program_.nodes[i];
      std::visit([&](auto& step) { walk(node, step); }, node.step);
      publish(node);
    }
  }

 private:
  const Leaves& leavesOf(TypeRef row) {
    auto& leaves = leaves_[row];
    if (leaves == nullptr) leaves = std::make_unique<Leaves>(row);
    return *leaves;
  }
  Needs& of(NodeId id) { return needs_[id]; }
  Marker marker(NodeId id) { return Marker(leavesOf(program_.nodes[id].row), needs_[id]); }

  // The rows go on as they are, so what is wanted behind the step is wanted before it.
  void pass(const Node& node, NodeId input) {
    Needs& to = of(input);
    const Needs& from = of(node.id);
    for (std::size_t i = 0; i < from.wants.size() && i < to.wants.size(); ++i) to.wants[i] |= from.wants[i];
    passFacets(node, input);
  }
  void passFacets(const Node& node, NodeId input) {
    Needs& to = of(input);
    const Needs& from = of(node.id);
    to.event_time |= from.event_time;
    to.window_start |= from.window_start;
    to.window_end |= from.window_end;
    to.meta.insert(from.meta.begin(), from.meta.end());
  }

  void walk(Node& node, SourceNode& step) {
    Source& source = program_.sources[step.source];
    if (source.time) marker(node.id).need(*source.time->expr, {}, kByStep);
    if (source.order) marker(node.id).need(*source.order, {}, kByStep);
  }
  void walk(Node& node, WhereNode& step) {
    marker(node.inputs[0]).need(*step.condition, {}, kByStep);
    pass(node, node.inputs[0]);
  }
  void walk(Node& node, AssertNode& step) {
    marker(node.inputs[0]).need(*step.condition, {}, kByStep);
    pass(node, node.inputs[0]);
  }
  void walk(Node& node, ProjectNode& step) {
    const Leaves& leaves = leavesOf(node.row);
    Marker input = marker(node.inputs[0]);
    for (NamedExpr& field : step.fields) {
      Leaves::Range range = leaves.at({field.name});
      field.demanded = false;
      field.leaves.clear();
      for (uint32_t i = range.begin; i < range.end; ++i) {
        uint8_t wants = of(node.id).wants[i];
        if (wants == kNone) continue;
        field.demanded = true;
        const FieldPath& path = leaves.paths()[i];
        FieldPath below(path.begin() + 1, path.end());
        bool presence = range.has_presence && i == range.begin;
        for (Want want : {kByStep, kBySink, kByLate}) {
          if (wants & want) input.need(*field.expr, below, want, presence);
        }
        field.leaves.push_back(std::move(below));
      }
    }
    passFacets(node, node.inputs[0]);
  }
  void walk(Node& node, AggregateNode& step) {
    const Leaves& leaves = leavesOf(node.row);
    NodeId input = node.inputs[0];
    Marker need = marker(input);
    for (NamedExpr& key : step.keys) {
      need.need(*key.expr, {}, kByStep);
      key.demanded = true;
      key.leaves = {{}};
    }
    for (AggregateField& field : step.fields) {
      Leaves::Range range = leaves.at({field.name});
      field.demanded = false;
      for (uint32_t i = range.begin; i < range.end; ++i) field.demanded |= of(node.id).wants[i] != kNone;
      if (!field.demanded) continue;
      if (field.where != nullptr) need.need(*field.where, {}, kByStep);
      if (field.arg != nullptr) need.need(*field.arg, {}, kByStep);
    }
    if (step.window || program_.nodes[input].has_time) of(input).event_time = true;
  }
  void walk(Node& node, LateNode& step) {
    NodeId input = program_.nodes[step.of].inputs[0];
    Needs& to = of(input);
    const Needs& from = of(node.id);
    // The late row is the input row and late_by, so the leaves have the same numbers.
    for (std::size_t i = 0; i < to.wants.size() && i < from.wants.size(); ++i) {
      if (from.wants[i] & kByStep) to.wants[i] |= kByStep;
      if (from.wants[i] & (kBySink | kByLate)) to.wants[i] |= kByLate;
    }
    passFacets(node, input);
  }
  void walk(Node&, ErrorsNode&) {}
  void walk(Node& node, UnionNode&) {
    for (NodeId input : node.inputs) pass(node, input);
  }
  void walk(Node& node, RouteNode& step) {
    for (const ExprRef& condition : step.conditions) {
      if (condition != nullptr) marker(node.inputs[0]).need(*condition, {}, kByStep);
    }
    pass(node, node.inputs[0]);
  }
  void walk(Node& node, RouteArmNode&) { pass(node, node.inputs[0]); }
  void walk(Node& node, LimitNode&) { pass(node, node.inputs[0]); }
  void walk(Node& node, ThrottleNode&) { pass(node, node.inputs[0]); }
  void walk(Node& node, SampleNode& step) {
    NodeId input = node.inputs[0];
    for (const std::string& column : step.columns) marker(input).mark({column}, kByStep);
    if (!step.by_place) of(input).event_time |= program_.nodes[input].has_time;
    pass(node, input);
  }
  void walk(Node& node, FlattenNode& step) {
    marker(node.inputs[0]).need(*step.list, {}, kByStep);
    pass(node, node.inputs[0]);  // the element's leaves stand behind those of the input
  }
  void walk(Node& node, DecodeNode& step) {
    marker(node.inputs[0]).need(*step.text, {}, kByStep);
    passFacets(node, node.inputs[0]);
  }
  void walk(Node& node, SinkNode& step) {
    Marker input = marker(node.inputs[0]);
    for (const std::string& key : program_.sinks[step.sink].key) input.mark({key}, kByStep);
    for (uint8_t& want : of(node.inputs[0]).wants) want |= kBySink;
    for (uint8_t& want : of(node.id).wants) want |= kBySink;
  }
  void walk(Node& node, NotBuiltNode&) {
    for (NodeId input : node.inputs) {
      for (uint8_t& want : of(input).wants) want |= kByStep;
      of(input).event_time |= program_.nodes[input].has_time;
      of(input).window_start |= program_.nodes[input].windowed;
      of(input).window_end |= program_.nodes[input].windowed;
    }
  }

  void publish(Node& node) {
    const Leaves& leaves = leavesOf(node.row);
    const Needs& needs = of(node.id);
    for (std::size_t i = 0; i < needs.wants.size(); ++i) {
      if (needs.wants[i] & (kByStep | kBySink)) {
        node.demand.push_back(leaves.paths()[i]);
      } else if (needs.wants[i] & kByLate) {
        node.kept.push_back(leaves.paths()[i]);
      }
    }
    node.demands_event_time = needs.event_time;
    node.demands_window_start = needs.window_start;
    node.demands_window_end = needs.window_end;
    node.demands_meta = needs.meta;
    if (const auto* source = std::get_if<SourceNode>(&node.step)) {
      program_.sources[source->source].demand = node.demand;
      program_.sources[source->source].kept = node.kept;
      program_.sources[source->source].demands_meta = node.demands_meta;
    }
  }

  Program& program_;
  std::vector<Needs> needs_;
  std::map<TypeRef, std::unique_ptr<Leaves>> leaves_;
};

}  // namespace

void computeDemand(Program& program) { Demand(program).run(); }

}  // namespace streamc::sema
