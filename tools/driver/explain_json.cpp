// The same as explain.cpp says, for other programs to read.
#include <set>

#include "ir/job/ops.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "tools/driver/decisions.h"
#include "tools/driver/explain.h"

namespace streamc::driver {
namespace {

namespace job = ir::job;
namespace json = llvm::json;

json::Value orNull(const std::optional<int64_t>& number) {
  return number ? json::Value(*number) : json::Value(nullptr);
}

class JsonExplanation {
 public:
  explicit JsonExplanation(Compilation& c) : c_(c), program_(*c.program()) {}

  json::Object write() {
    json::Object all{{"job", program_.name},
                     {"delivery", program_.settings.delivery},
                     {"checkpoint_us", orNull(program_.settings.checkpoint_us)}};
    json::Array sources, steps, sinks, errors, state, decisions;
    for (const sema::Source& source : program_.sources)
      if (!source.operator_id.empty() && isUsed(source)) sources.push_back(explained(source));
    for (const sema::Node& node : program_.nodes) {
      const auto* sink = std::get_if<sema::SinkNode>(&node.step);
      if (sink == nullptr) {
        steps.push_back(explained(node));
      } else {
        json::Object made = explained(node);
        made["connector"] = program_.sinks[sink->sink].connector.name;
        made["format"] = program_.sinks[sink->sink].connector.format;
        sinks.push_back(std::move(made));
      }
    }
    static constexpr const char* kPolicies[] = {"stream", "stderr", "skip", "fail"};
    for (const sema::ErrorScope& scope : program_.error_scopes)
      errors.push_back(json::Object{{"of", scope.name}, {"policy", kPolicies[static_cast<size_t>(scope.policy)]}});
    for (job::TableOp table : c_.ir->getOps<job::TableOp>()) state.push_back(explained(table));
    for (const Decision& one : decisionsOf(c_))
      decisions.push_back(
          json::Object{{"about", one.about}, {"subject", one.subject}, {"done", one.done}, {"text", one.text}});
    all["sources"] = std::move(sources);
    all["steps"] = std::move(steps);
    all["sinks"] = std::move(sinks);
    all["errors"] = std::move(errors);
    all["state"] = std::move(state);
    all["decisions"] = std::move(decisions);
    return all;
  }

 private:
  bool isUsed(const sema::Source& source) const {
    return llvm::any_of(program_.nodes, [&](const sema::Node& node) {
      const auto* step = std::get_if<sema::SourceNode>(&node.step);
      return step != nullptr && &program_.sources[step->source] == &source;
    });
  }

  std::string place(Span span) const {
    LineColumn at = c_.files.get(span).lineColumn(span.begin);
    return c_.files.get(span).name() + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  }

  json::Object explained(const sema::Source& source) const {
    json::Array demand;
    for (const sema::FieldPath& path : source.demand) demand.push_back(llvm::join(path, "."));
    json::Object made{{"id", source.operator_id},           {"name", source.name},
                      {"connector", source.connector.name}, {"format", source.connector.format},
                      {"bounded", source.bounded},          {"fields", std::move(demand)},
                      {"place", place(source.span)}};
    if (source.time)
      made["time"] = json::Object{{"wait_us", orNull(source.time->wait_us)},
                                  {"idle_us", orNull(source.time->idle_us)},
                                  {"max_ahead_us", orNull(source.time->max_ahead_us)}};
    return made;
  }

  json::Object explained(const sema::Node& node) const {
    json::Array inputs, causes;
    for (sema::NodeId input : node.inputs) inputs.push_back(program_.nodes[input].operator_id);
    std::set<std::pair<std::string, std::string>> seen;
    for (const sema::PlacedCause& cause : node.causes)
      if (seen.insert({toString(cause.cause), place(cause.span)}).second)
        causes.push_back(json::Object{{"cause", toString(cause.cause)}, {"place", place(cause.span)}});
    return json::Object{{"id", node.operator_id},
                        {"place", place(node.span)},
                        {"inputs", std::move(inputs)},
                        {"row", node.row == nullptr ? "" : toString(node.row)},
                        {"kind", node.is_table ? "table" : "stream"},
                        {"bound", node.bound},
                        {"may_reject", std::move(causes)}};
  }

  static json::Object explained(job::TableOp table) {
    std::optional<job::LayoutAttr> layout = table.getLayout();
    json::Array fields;
    for (auto [i, field] : llvm::enumerate(table.getCell().getAsRange<job::FieldAttr>())) {
      json::Object one{{"name", field.getName().getValue()}};
      if (layout) one["offset"] = layout->getOffsets()[i];
      fields.push_back(std::move(one));
    }
    json::Object made{{"id", table.getOperatorId()}, {"fields", std::move(fields)}};
    if (layout) made["cell_bytes"] = layout->getCellSize();
    if (layout && layout->getKeyFixed() >= 0) made["key_bytes"] = layout->getKeyFixed();
    return made;
  }

  Compilation& c_;
  const sema::Program& program_;
};

}  // namespace

std::string explainJson(Compilation& compilation) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << llvm::formatv("{0:2}", json::Value(JsonExplanation(compilation).write())) << "\n";
  return text;
}

}  // namespace streamc::driver
