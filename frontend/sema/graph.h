// The graph of a job: named streams and tables become nodes when they are first asked for, pipelines are walked step by
// step.
//
// One Graph per job. Every step family has a file of its own (steps_*.cpp) with functions that take the stream before
// the step and give the one behind it; they are declared in steps.h. Nodes are added in topological order, because a
// stream is always made before its reader.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/sema/expressions.h"
#include "frontend/sema/job.h"
#include "frontend/sema/stream_info.h"

namespace streamc::sema {

// The named stream or flow whose steps are being walked: it names operators and receives their rejections.
std::string joined(const std::vector<std::string>& names);  // "a, b"

struct CheckedConnector;  // options.h

struct Group {
  std::string name;
  uint32_t errors = 0;
  std::map<std::string, unsigned> steps;  // how many of a kind there are, for operator ids
};

// Where a step stands.
struct Place {
  const ast::Step& step;
  Scope& names;
  Group& group;

  Span keyword() const { return step.keyword_span; }
};

class Graph {
 public:
  explicit Graph(Job& job) : job(job), context(job.context) {}

  Job& job;
  Context& context;

  // ---- streams (graph.cpp) ----
  // orders   revenue.late   revenue.errors   joined.unplayed   base.impressions
  StreamInfo named(const ast::Path& path, Scope& names);
  StreamInfo entity(Entity& entity);
  StreamInfo pipeline(const ast::Pipeline& pipeline, Scope& names, Group& group);
  StreamInfo input(const ast::Input& input, Scope& names, Group& group);
  StreamInfo steps(StreamInfo stream, const std::vector<ast::StepPtr>& steps, Scope& names, Group& group);
  StreamInfo step(StreamInfo stream, const Place& place);
  // A pipeline without a name.
  void flow(const ast::FlowDecl& flow, Scope& names);
  StreamInfo failed() const {
    StreamInfo info;
    info.failed = true;
    info.row = context.error();
    return info;
  }

  // ---- sources and sinks (sources.cpp, sinks.cpp) ----
  StreamInfo source(Entity& entity);
  StreamInfo anonymousSource(const ast::FromOrigin& from, Span span, Scope& names, Group& group);
  std::optional<uint32_t> declaredSink(Entity& entity);
  // A key needs equality that means something: no floats, no lists.
  bool checkKeyType(const std::string& name, TypeRef type, Span span);
  // Rows of the job's errors go to the sink that `errors:` names.
  void errorsTo(Entity& sink, Span span);
  void settings(const ast::Settings& settings, Scope& names);
  // E0801 where `delivery: exactly_once` is asked for.
  void checkDelivery(const CheckedConnector& checked, bool keyed, Span span, bool of_source);
  Span delivery_span;  // of the setting; empty when it is not written
  std::map<std::size_t, std::shared_ptr<CheckedConnector>> checked_sinks;  // by index of the sink

  // ---- nodes (nodes.cpp) ----
  // Adds a node behind `in`; `kind` names it in operator ids and messages. The result has the facts of `in` and the
  // row.
  StreamInfo add(const StreamInfo& in, Group& group, const std::string& kind, Span span, TypeRef row,
                 decltype(Node::step) step);
  NodeId addNode(Group& group, const std::string& kind, Span span, std::vector<NodeId> inputs, TypeRef row,
                 decltype(Node::step) step);
  // A node for a step that is checked and not executed; notes it.
  StreamInfo addNotBuilt(const StreamInfo& in, Group& group, const std::string& kind, const std::string& what,
                         Span span, TypeRef row, std::vector<NodeId> more_inputs = {}, std::vector<ExprRef> uses = {});
  // Writes the facts of a stream into its node, once they are settled.
  void settle(const StreamInfo& stream);
  uint32_t addErrorScope(const std::string& name);
  std::string uniqueName(const std::string& name);
  // The row of `.errors`.
  TypeRef errorsRow();

  // ---- help for steps (nodes.cpp) ----
  RowScope rowScope(const StreamInfo& stream, Span step) const;
  ExprChecker checker(const StreamInfo& stream, const Place& place) const {
    ExprChecker checker(job, place.names, rowScope(stream, place.step.span));
    checker.neverEmpty(stream.never_empty);
    return checker;
  }
  // A positive constant duration, or a report that `role` needs one.
  std::optional<int64_t> duration(const ast::Expr& expr, const Scope& names, std::string_view role,
                                  bool zero_allowed = false);
  std::optional<int64_t> count(const ast::Expr& expr, const Scope& names, std::string_view role);
  // Fields of the row by name, unknown ones reported.
  std::optional<std::vector<std::string>> fieldNames(const StreamInfo& stream, const std::vector<ast::Path>& paths,
                                                     const Place& place);
  // The projection that makes `facts` true in the row: present optionals lose their `?`.
  StreamInfo refine(const StreamInfo& stream, const Facts& facts, const Place& place);
  // The payloads of rows that are a oneof and all known to be of that variant; without fields where it has none.
  // REQUIRES: a payload is a record.
  StreamInfo payloadRows(const StreamInfo& stream, const std::string& variant, const Place& place);

  // The reason why a value may differ on a replay.
  std::optional<Nondeterminism> nondeterminismOf(const Expr& value, const StreamInfo& in) const;
  // Reports that a step needs event time and there is none.
  void needsTime(const StreamInfo& in, Span span, const std::string& message, const std::string& label);
  // Reports that a key may differ on a replay. (determinism.cpp)
  void keyChanges(const Nondeterminism& why, Span span, const std::string& key, bool overwrites = false);
  // Adds to a fix that counts event time the edit that gives the source one, where it has none; false when nobody knows
  // how.
  bool giveTime(const StreamInfo& in, Fix& fix) const;
  // Reports that a step needs one variant of a `oneof` row.
  void oneofRow(const StreamInfo& in, const Place& place);

  // Everything behind the last declaration: unread windows, error scopes, demand, bounds, causes. (finish.cpp)
  void finish();

  std::vector<std::shared_ptr<WindowUse>> windows;
  bool has_tests = false;  // streams that only tests read are meant to be

 private:
  StreamInfo refined(const StreamInfo& stream, TypeRef row, ProjectNode project, const Place& place);
  StreamInfo origin(const ast::Origin& origin, Scope& names, Group& group);
  StreamInfo unionOf(const ast::UnionOrigin& origin, Span span, Scope& names, Group& group);
  StreamInfo part(const StreamInfo& whole, const ast::Path& path, std::size_t at);
  StreamInfo latePart(const StreamInfo& whole, const ast::Path& path, std::size_t at);
  StreamInfo declaredStream(Entity& entity);
  void checkFacets(const StreamInfo& stream, const ast::StreamType& type, const ast::Name& name, Scope& names);
  void unknownStream(const ast::Name& name, const Scope& names);
  void rename(NodeId id, const std::string& name);
  void errorsSetting(const ast::Expr& value, Scope& names);
  // What a source says, wherever it is written.
  struct SourceText {
    std::string name;
    const ast::Expr* connector = nullptr;
    const ast::Type* type = nullptr;
    const ast::TimeClause* time = nullptr;
    Span span;
  };
  StreamInfo addSource(const SourceText& text, const Scope& names, Group& group);
  bool tableKey(StreamInfo& rows, const std::vector<ast::Path>& key);

  std::map<const Entity*, StreamInfo> streams_;
  std::map<const Entity*, Progress> progress_;
  std::vector<const Entity*> active_;
  std::map<const Entity*, std::optional<uint32_t>> sinks_;
  std::map<NodeId, NodeId> late_nodes_;
  std::map<uint32_t, NodeId> error_nodes_;  // of a scope that somebody reads
  std::map<std::string, unsigned> names_used_;
  unsigned flows_ = 0;
  Entity* errors_sink_ = nullptr;  // of `errors: rejects`
  Span errors_span_;
  std::optional<Span> errors_none_;  // of `errors: none`
};

}  // namespace streamc::sema
