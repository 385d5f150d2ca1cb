#include "tools/driver/explain.h"

#include <map>
#include <set>

#include "fmt/format.h"
#include "ir/job/ops.h"
#include "mlir/IR/BuiltinOps.h"
#include "tools/driver/decisions.h"

namespace streamc::driver {
namespace {

namespace job = ir::job;
using sema::Node;
using sema::Program;

constexpr int kNameWidth = 16;  // of the left column; longer names push their line to the right

// 86400000000 → "1d": a duration as the language writes it.
std::string duration(int64_t us) {
  struct Unit {
    const char* name;
    int64_t us;
  };
  constexpr Unit kUnits[] = {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
                             {"s", 1'000'000},      {"ms", 1000},         {"us", 1}};
  if (us == 0) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    if (int64_t n = us / unit.us) text += fmt::format("{}{}", n, unit.name);
    us %= unit.us;
  }
  return text;
}

std::string plural(size_t n, const char* noun) { return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s"); }

std::string place(const Compilation& c, Span span) {
  LineColumn at = c.files.get(span).lineColumn(span.begin);
  return fmt::format("{}:{}", at.line, at.column);
}

// The text behind a span on one line, shortened.
std::string quoted(const Compilation& c, Span span) {
  std::string text;
  for (char ch : c.files.get(span).text(span)) {
    bool blank = ch == '\n' || ch == '\r' || ch == '\t' || ch == ' ';
    if (blank && (text.empty() || text.back() == ' ')) continue;
    text += blank ? ' ' : ch;
  }
  constexpr size_t kLongest = 60;
  if (text.size() > kLongest) {
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "…";
  }
  return text;
}

size_t leafCount(TypeRef type) {
  type = TypeContext::unwrap(type);
  if (type->is(TypeKind::kNull)) return 0;  // a variant without payload
  bool is_oneof = type->is(TypeKind::kOneof);
  if (!type->is(TypeKind::kRecord) && !is_oneof) return 1;
  size_t leaves = is_oneof ? 1 : 0;  // which variant it is
  for (const FieldType& field : type->fields) leaves += leafCount(field.type);
  return leaves;
}

std::string stepKind(const Node& node) {
  static constexpr const char* kKinds[] = {"source",   "where", "select",  "assert", "aggregate", "late",
                                           "errors",   "union", "route",   "arm",    "sample",    "limit",
                                           "throttle", "sink",  "flatten", "decode", "not built"};
  return kKinds[node.step.index()];
}

class Explanation {
 public:
  explicit Explanation(Compilation& c) : c_(c), program_(*c.program()) {}

  std::string write() {
    header();
    // What `is`, `only` and `!= null` make known of rows is part of their step.
    for (const Node& node : program_.nodes)
      if (!node.operator_id.ends_with("/refine")) step(node);
    rejections();
    state();
    decisions();
    return std::move(out_);
  }

 private:
  void line(std::string_view name, std::string_view text) {
    out_ += fmt::format("  {:<{}} {}\n", name, kNameWidth, text);
  }

  void header() {
    size_t sources = llvm::count_if(
        program_.nodes, [](const Node& node) { return std::holds_alternative<sema::SourceNode>(node.step); });
    size_t shuffles = llvm::range_size(c_.ir->getOps<job::ExchangeOp>());
    std::string checkpoint =
        program_.settings.checkpoint_us ? ", checkpoint " + duration(*program_.settings.checkpoint_us) : "";
    out_ += fmt::format("job {:<{}} {}{}   {}, {}, {}\n\n", program_.name, kNameWidth, program_.settings.delivery,
                        checkpoint, plural(sources, "source"), plural(program_.sinks.size(), "sink"),
                        plural(shuffles, "shuffle"));
  }

  // Consumers say where rows go by the name that the user gave the step.
  std::string nameOf(const Node& node) const {
    if (auto* source = std::get_if<sema::SourceNode>(&node.step)) {
      const std::string& name = program_.sources[source->source].name;
      return name.empty() ? "(source)" : name;
    }
    if (auto* sink = std::get_if<sema::SinkNode>(&node.step)) {
      const sema::Sink& to = program_.sinks[sink->sink];
      return to.name.empty() ? to.connector.name : to.name;
    }
    return node.step_name;
  }

  std::string inputsOf(const Node& node) const {
    std::string names;
    for (sema::NodeId input : node.inputs) names += (names.empty() ? "" : ", ") + nameOf(program_.nodes[input]);
    return names;
  }

  void step(const Node& node) {
    if (auto* source = std::get_if<sema::SourceNode>(&node.step))
      return explainSource(program_.sources[source->source]);
    // What a condition has taught about nulls: no step of the user, and it rejects nothing.
    if (node.operator_id.ends_with("/refine")) return;
    std::string what = stepKind(node);
    if (auto* aggregate = std::get_if<sema::AggregateNode>(&node.step)) {
      explainAggregate(node, *aggregate);
    } else if (auto* late = std::get_if<sema::LateNode>(&node.step)) {
      line(nameOf(node), "late rows of " + nameOf(program_.nodes[late->of]) + ", with late_by");
    } else if (auto* sink = std::get_if<sema::SinkNode>(&node.step)) {
      const sema::Sink& to = program_.sinks[sink->sink];
      std::string when;
      if (sink->choice)
        when = fmt::format("   open when {} is {}", program_.params[sink->choice->param].name, sink->choice->symbol);
      line("to " + nameOf(node),
           fmt::format("{} {}  ← {}{}", to.connector.name, to.connector.format, inputsOf(node), when));
    } else if (auto* arm = std::get_if<sema::RouteArmNode>(&node.step)) {
      bool is_else = std::get<sema::RouteNode>(program_.nodes[node.inputs[0]].step).conditions[arm->arm] == nullptr;
      line("", fmt::format("arm {}   {}", arm->arm + 1, is_else ? "else" : "when " + quoted(c_, node.span)));
    } else {
      line(nameOf(node), fmt::format("{}   {}", what, quoted(c_, node.span)));
    }
    bool is_gate =
        std::holds_alternative<sema::LimitNode>(node.step) || std::holds_alternative<sema::ThrottleNode>(node.step);
    if (is_gate) out_ += "        all rows to one worker\n";
    causes(node);
  }

  void causes(const Node& node) {
    if (node.causes.empty()) return;
    std::string text = "may reject: ";
    std::set<std::string> seen;
    for (const sema::PlacedCause& cause : node.causes) {
      std::string one = fmt::format("{} at {}", toString(cause.cause), place(c_, cause.span));
      if (seen.insert(one).second) text += (seen.size() == 1 ? "" : ", ") + one;
    }
    line("", text);
  }

  void explainSource(const sema::Source& source) {
    std::string text = source.connector.name + " " + source.connector.format;
    if (source.time) {
      text += "   event time " + quoted(c_, source.time->expr->span);
      text += source.time->wait_us ? "  wait " + duration(*source.time->wait_us)
                                   : "  no wait: time stands still until the end of input";
      if (source.time->idle_us) text += "  idle " + duration(*source.time->idle_us);
      if (source.time->max_ahead_us) text += "  at most " + duration(*source.time->max_ahead_us) + " ahead";
    }
    line(source.name.empty() ? "(source)" : source.name, text);
    std::vector<std::string> causes;
    if (!source.connector.format.empty()) causes.emplace_back("decode");
    if (source.time && source.time->max_ahead_us) causes.emplace_back("time");
    std::string rejects;
    for (const std::string& cause : causes) rejects += (rejects.empty() ? "   may reject: " : ", ") + cause;
    line("", fmt::format("{} {} of {} fields{}   {}{}", source.connector.format.empty() ? "makes" : "decodes",
                         source.demand.size(), leafCount(source.row),
                         source.kept.empty() ? "" : fmt::format(", {} more for .late", source.kept.size()),
                         source.bounded ? "ends" : "never ends", rejects));
  }

  void explainAggregate(const Node& node, const sema::AggregateNode& aggregate) {
    std::string by;
    for (const sema::NamedExpr& key : aggregate.keys) by += (by.empty() ? "" : ", ") + key.name;
    out_ += by.empty() ? "        all rows to one worker\n" : "        shuffle by " + by + "\n";
    std::string window;
    if (aggregate.window) {
      window = "per tumble " + duration(aggregate.window->size_us);
      if (aggregate.window->offset_us) window += " offset " + duration(aggregate.window->offset_us);
    }
    line(nameOf(node), fmt::format("aggregate {}{}", window, by.empty() ? "" : " by " + by));
    line("", fmt::format("{}<{}>", node.is_table ? "table" : "stream", toString(node.row)));
    for (job::TableOp table : c_.ir->getOps<job::TableOp>())
      if (table.getOperatorId() == node.operator_id && table.getLayout())
        line("", fmt::format("keeps    {} B for each key and open window{}", table.getLayout()->getCellSize(),
                             table.getLayout()->getKeyFixed() < 0 ? ", and the bytes of the key" : ""));
    if (!node.bound.empty()) line("", "bound    " + node.bound);
    if (aggregate.window)
      line("", fmt::format("results  when the watermark passes the end of their window{}", waitOf(node)));
  }

  // ": 1d behind event time", from the sources that feed the step.
  std::string waitOf(const Node& node) const {
    std::set<sema::NodeId> seen;
    std::vector<sema::NodeId> pending = {node.id};
    std::optional<int64_t> wait;
    while (!pending.empty()) {
      const Node& at = program_.nodes[pending.back()];
      pending.pop_back();
      if (!seen.insert(at.id).second) continue;
      if (auto* source = std::get_if<sema::SourceNode>(&at.step)) {
        const auto& time = program_.sources[source->source].time;
        if (time && time->wait_us) wait = std::max(wait.value_or(0), *time->wait_us);
      }
      pending.insert(pending.end(), at.inputs.begin(), at.inputs.end());
    }
    return wait ? ": " + duration(*wait) + " behind event time" : ": at the end of the input";
  }

  void rejections() {
    out_ += "\n";
    for (size_t i = 0; i < program_.error_scopes.size(); ++i) {
      const sema::ErrorScope& scope = program_.error_scopes[i];
      static constexpr const char* kPolicies[] = {"a stream", "stderr, as JSON lines", "counted and skipped",
                                                  "the job halts, exit code 65"};
      line(i == 0 ? "rejected rows" : "of " + scope.name, kPolicies[static_cast<size_t>(scope.policy)]);
    }
  }

  void state() {
    bool any = !c_.ir->getOps<job::TableOp>().empty();
    if (!any) return line("state", "none");
    for (job::TableOp table : c_.ir->getOps<job::TableOp>()) {
      std::string fields;
      for (auto field : table.getCell().getAsRange<job::FieldAttr>())
        fields += (fields.empty() ? "" : ", ") + field.getName().getValue().str();
      line("state", fmt::format("{}   cell {{ {} }}   freed with its window", table.getOperatorId().str(), fields));
    }
  }

  void decisions() {
    out_ += "\nwhat the compiler made of it\n";
    for (const Decision& one : decisionsOf(c_))
      line(one.about, fmt::format("{}: {}{}", one.subject, one.done ? "" : "not: ", one.text));
  }

  Compilation& c_;
  const Program& program_;
  std::string out_;
};

}  // namespace

std::string explain(Compilation& compilation) { return Explanation(compilation).write(); }

}  // namespace streamc::driver
