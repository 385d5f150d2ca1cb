// Streams by name, pipelines and their origins. Members of Graph.
#include "frontend/sema/graph.h"

#include <algorithm>
#include <utility>

#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownStream, "E0208", Severity::kError, "a stream or table is not known");
STREAMC_DIAGNOSTIC(kNotAProcess, "E0209", Severity::kError, "something that takes no streams is called with streams");
STREAMC_DIAGNOSTIC(kStreamCycle, "E0211", Severity::kError, "a stream is made from itself");
STREAMC_DIAGNOSTIC(kUnionRows, "E0231", Severity::kError, "`union` of different rows or kinds");
STREAMC_DIAGNOSTIC(kNoSuchPart, "E0415", Severity::kError, "a part of a stream that does not exist");
STREAMC_DIAGNOSTIC(kNoLate, "E0413", Severity::kError,
                   "`.late` of a stream that has no or several steps that find records late");
STREAMC_DIAGNOSTIC(kNoLateSide, "E0414", Severity::kError, "`.late.x` of a join without an input `x`");
STREAMC_DIAGNOSTIC(kTableFromStream, "E0435", Severity::kError, "`table` is defined by a stream");
STREAMC_DIAGNOSTIC(kStreamFromTable, "E0436", Severity::kError, "`stream` is defined by a table");
STREAMC_DIAGNOSTIC(kQuietInput, "W0309", Severity::kWarning, "one quiet source can stop event time for the whole job");
STREAMC_DIAGNOSTIC(kDeclaredType, "E0245", Severity::kError, "a stream is not what its declaration says");

namespace {

bool isStreamDecl(const ast::Decl& decl) {
  return decl.as<ast::SourceDecl>() != nullptr || decl.as<ast::TableSourceDecl>() != nullptr ||
         decl.as<ast::TableDecl>() != nullptr || decl.as<ast::StreamDecl>() != nullptr ||
         decl.as<ast::ChannelDecl>() != nullptr;
}

}  // namespace

void Graph::unknownStream(const ast::Name& name, const Scope& names) {
  const Entity* entity = names.findValue(name.text);
  Diagnostic diagnostic(kUnknownStream, name.span, "there is no stream or table called `" + name.text + "`");
  if (entity != nullptr) {
    diagnostic.message = "`" + name.text + "` is not a stream or table";
    diagnostic.because(entity->name->span, "declared here");
    if (entity->decl->as<ast::PipeDecl>() != nullptr) diagnostic.note("a pipe is a step: `… | " + name.text + "()`");
    if (entity->decl->as<ast::ProcessDecl>() != nullptr)
      diagnostic.note("a process gets its inputs in parentheses: `" + name.text + "(…)`");
  } else {
    suggest(diagnostic, name.span, name.text, names.valueNames(isStreamDecl), "streams and tables");
  }
  context.sink.report(std::move(diagnostic));
}

StreamInfo Graph::named(const ast::Path& path, Scope& names) {
  if (path.names.empty() || path.first().missing()) return failed();
  Scope* scope = &names;
  std::size_t at = 0;
  StreamInfo info;
  if (const StreamInfo* argument = names.findStream(path.first().text)) {
    info = *argument;
  } else {
    for (; at + 1 < path.names.size(); ++at) {
      Scope* module = nullptr;
      if (scope->findValue(path.names[at].text) != nullptr || !scope->findModule(path.names[at].text, &module)) break;
      if (module == nullptr) {
        job.notBuilt("the library", path.span);
        return failed();
      }
      scope = module;
    }
    Entity* found = scope->findValue(path.names[at].text);
    if (found == nullptr || !isStreamDecl(*found->decl)) {
      unknownStream(path.names[at], *scope);
      return failed();
    }
    info = entity(*found);
  }
  if (at + 1 < path.names.size()) return part(info, path, at + 1);
  info.late.clear();  // what was late up there belongs to that stream
  return info;
}

// x.late   x.late.alias   x.errors   joined.unplayed
StreamInfo Graph::part(const StreamInfo& whole, const ast::Path& path, std::size_t at) {
  if (whole.failed && whole.row->isError() && whole.outputs == nullptr) return failed();
  const ast::Name& name = path.names[at];
  bool is_last = at + 1 == path.names.size();
  if (whole.outputs != nullptr) {
    if (auto output = whole.outputs->find(name.text); output != whole.outputs->end() && is_last) return output->second;
  }
  if (name.text == "late") return latePart(whole, path, at);
  if (name.text == "errors" && is_last) {
    if (whole.errors) {
      auto [place, is_new] = error_nodes_.try_emplace(*whole.errors, 0);
      if (is_new) {
        Group group{.name = whole.name, .errors = 0};
        place->second = addNode(group, "errors", path.span, {}, errorsRow(), ErrorsNode{*whole.errors});
        ErrorScope& errors = job.program.error_scopes[*whole.errors];
        errors.policy = ErrorScope::Policy::kStream;
        errors.node = place->second;
      }
      StreamInfo info;
      info.node = place->second;
      info.row = errorsRow();
      info.bounded = whole.bounded;
      info.name = whole.name + ".errors";
      return info;
    }
  }
  Diagnostic diagnostic(kNoSuchPart, name.span, "`" + path.names[at - 1].text + "` has no part `" + name.text + "`");
  std::vector<std::string> parts = {"late", "errors"};
  if (whole.outputs != nullptr) {
    for (const auto& [output, info] : *whole.outputs) parts.push_back(output);
  }
  suggest(diagnostic, name.span, name.text, parts, "parts of a stream");
  context.sink.report(std::move(diagnostic));
  return failed();
}

StreamInfo Graph::latePart(const StreamInfo& whole, const ast::Path& path, std::size_t at) {
  std::string alias = at + 1 < path.names.size() ? path.names[at + 1].text : "";
  std::vector<const LateInput*> found;
  for (const LateInput& late : whole.late) {
    if (late.alias == alias) found.push_back(&late);
  }
  const std::string& name = path.names[at - 1].text;
  if (!alias.empty() && found.empty()) {
    Diagnostic diagnostic(kNoLateSide, path.names[at + 1].span,
                          "no input called `" + alias + "` is joined in `" + name + "`");
    std::vector<std::string> aliases;
    for (const LateInput& late : whole.late) {
      if (!late.alias.empty()) aliases.push_back(late.alias);
    }
    suggest(diagnostic, path.names[at + 1].span, alias, aliases, "joined inputs");
    context.sink.report(std::move(diagnostic));
    return failed();
  }
  if (found.size() != 1 || found[0]->dropped) {
    Diagnostic diagnostic(kNoLate, path.names[at].span,
                          found.empty() ? "nothing in `" + name + "` can find a record late, so there is no `.late`"
                          : found.size() > 1
                              ? "several steps of `" + name + "` can find records late: give each its own stream"
                              : "`" + name + "` drops its late records, so there is no `.late`");
    for (const LateInput* late : found)
      diagnostic.because(late->span, late->dropped ? "`late drop` here" : "finds records late");
    context.sink.report(std::move(diagnostic));
    return failed();
  }
  const LateInput& late = *found[0];
  std::vector<FieldType> fields = late.row->is(TypeKind::kRecord) ? late.row->fields : std::vector<FieldType>{};
  fields.push_back({"late_by", context.duration()});
  StreamInfo info;
  info.row = late.row->isError() ? context.error() : context.types.record(std::move(fields));
  info.bounded = whole.bounded;
  info.time = whole.time;
  info.name = whole.name + ".late" + (alias.empty() ? "" : "." + alias);
  auto [place, is_new] = late_nodes_.try_emplace(late.node, 0);
  if (is_new || !alias.empty()) {
    Group group{.name = whole.name, .errors = 0};
    bool built = std::holds_alternative<AggregateNode>(job.program.nodes[late.node].step);
    decltype(Node::step) step = LateNode{late.node};
    if (!built) step = NotBuiltNode{"late records of this step", {}};
    if (!built) job.notBuilt("late records of joins and tables", path.span);
    place->second = addNode(group, "late", path.span, {late.node}, info.row, std::move(step));
  }
  info.node = place->second;
  settle(info);
  return info;
}

StreamInfo Graph::entity(Entity& entity) {
  auto found = streams_.find(&entity);
  if (found != streams_.end()) return found->second;
  Progress& progress = progress_[&entity];
  if (progress == Progress::kActive) {
    std::string way;
    auto first = std::find(active_.begin(), active_.end(), &entity);
    for (auto at = first; at != active_.end(); ++at) way += "`" + (*at)->name->text + "` reads ";
    context.sink.report(Diagnostic(kStreamCycle, entity.name->span, "`" + entity.name->text + "` is made from itself")
                            .note(way + "`" + entity.name->text + "`")
                            .note("streams flow one way; what must remember belongs into a `process` with `state`"));
    return failed();
  }
  Resting resting(context, 4);
  if (resting.isTooDeep(entity.name->text, entity.name->span)) {
    progress = Progress::kDone;
    return streams_.emplace(&entity, failed()).first->second;
  }
  progress = Progress::kActive;
  active_.push_back(&entity);
  bool is_pipeline = entity.decl->as<ast::StreamDecl>() != nullptr || entity.decl->as<ast::TableDecl>() != nullptr;
  StreamInfo info = is_pipeline ? declaredStream(entity) : source(entity);
  active_.pop_back();
  progress_[&entity] = Progress::kDone;
  info.name = entity.name->text;
  info.declared = entity.name->span;
  return streams_.emplace(&entity, std::move(info)).first->second;
}

StreamInfo Graph::declaredStream(Entity& entity) {
  const auto* stream = entity.decl->as<ast::StreamDecl>();
  const auto* table = entity.decl->as<ast::TableDecl>();
  const ast::PipelinePtr& text = stream != nullptr ? stream->pipeline : table->pipeline;
  const std::string& name = entity.name->text;
  if (text == nullptr) return failed();
  Group group{.name = uniqueName(name), .errors = addErrorScope(name)};
  StreamInfo info = pipeline(*text, *entity.home, group);
  info.errors = group.errors;
  const auto& settings = stream != nullptr ? stream->settings : table->settings;
  if (settings) job.notBuilt("settings of a single stream", settings->span);
  if (info.failed) return info;
  if (table != nullptr && !info.is_table) {
    context.sink.report(
        Diagnostic(kTableFromStream, entity.decl->keyword_span,
                   "`table " + name + "` is defined by a stream: its rows are events, and none replaces another")
            .fix(Fix::replace(entity.decl->keyword_span, "stream", "declare what it is"))
            .fix(Fix::insertAfter(text->span, " | latest by … ttl …", "or keep the latest row of each key")));
    return failed();
  }
  if (stream != nullptr && info.is_table) {
    Diagnostic diagnostic(kStreamFromTable, entity.decl->keyword_span,
                          "`stream " + name + "` is defined by a table: its rows are updated");
    diagnostic.because(info.table_span, info.table_reason);
    diagnostic.fix(
        Fix::replace(entity.decl->keyword_span, "table", "declare what it is", Applicability::kMachineApplicable));
    diagnostic.fix(Fix::insertAfter(text->span, " | changes", "or send each change as an event"));
    context.sink.report(std::move(diagnostic));
    info.failed = true;
    return info;
  }
  if (stream != nullptr && stream->type) checkFacets(info, *stream->type, stream->name, *entity.home);
  return info;
}

// stream clean: stream<T> by k time: what is written is what it is.
void Graph::checkFacets(const StreamInfo& stream, const ast::StreamType& type, const ast::Name& name, Scope& names) {
  TypeRef row = type.row == nullptr ? context.error() : job.declarations.type(*type.row, names);
  if (type.is_table != stream.is_table) {
    context.sink.report(
        Diagnostic(kDeclaredType, type.span, "`" + name.text + "` is a " + (stream.is_table ? "table" : "stream")));
  } else if (!row->isError() && !stream.row->isError() && row != stream.row && !widens(stream.row, row)) {
    context.sink.report(Diagnostic(kDeclaredType, type.row->span, "the rows of `" + name.text + "` are something else")
                            .label(toString(row))
                            .note("they are " + toString(stream.row)));
  }
  for (const ast::Facet& facet : type.facets) {
    if (facet.kind == ast::Facet::Kind::kTime && !stream.time) {
      context.sink.report(Diagnostic(kDeclaredType, facet.span, "`" + name.text + "` has no event time"));
    }
    for (const ast::Name& key : facet.names) {
      if (!stream.row->is(TypeKind::kRecord) || stream.row->field(key.text) != nullptr) continue;
      context.sink.report(
          Diagnostic(kDeclaredType, key.span, "there is no field `" + key.text + "` in `" + name.text + "`"));
    }
  }
}

StreamInfo Graph::pipeline(const ast::Pipeline& pipeline, Scope& names, Group& group) {
  return steps(origin(pipeline.origin, names, group), pipeline.steps, names, group);
}

StreamInfo Graph::steps(StreamInfo stream, const std::vector<ast::StepPtr>& list, Scope& names, Group& group) {
  for (const ast::StepPtr& written : list) {
    if (written == nullptr || written->as<ast::ErrorStep>() != nullptr) return failed();
    stream = step(std::move(stream), {*written, names, group});
  }
  return stream;
}

StreamInfo Graph::input(const ast::Input& input, Scope& names, Group& group) {
  if (const auto* path = std::get_if<ast::Path>(&input.source)) return named(*path, names);
  const auto& inner = std::get<ast::PipelinePtr>(input.source);
  return inner == nullptr ? failed() : pipeline(*inner, names, group);
}

StreamInfo Graph::origin(const ast::Origin& origin, Scope& names, Group& group) {
  if (const auto* path = origin.as<ast::PathOrigin>()) {
    if (!path->call.args) return named(path->call.path, names);
    const ast::Path& name = path->call.path;
    Scope* scope = &names;
    for (std::size_t i = 0; i + 1 < name.names.size(); ++i) {
      Scope* module = nullptr;
      if (!scope->findModule(name.names[i].text, &module)) break;
      if (module == nullptr) return failed();
      scope = module;
    }
    const Entity* entity = scope->findValue(name.last().text);
    if (entity != nullptr && entity->decl->as<ast::ProcessDecl>() != nullptr) {
      return processOrigin(*this, *entity, path->call, names, group);
    }
    Diagnostic diagnostic(kNotAProcess, name.span, "`" + name.str() + "` is not a process, so it takes no streams");
    suggest(diagnostic, name.span, name.str(),
            names.valueNames([](const ast::Decl& d) { return d.as<ast::ProcessDecl>() != nullptr; }), "processes");
    context.sink.report(std::move(diagnostic));
    return failed();
  }
  if (const auto* from = origin.as<ast::FromOrigin>()) return anonymousSource(*from, origin.span, names, group);
  if (const auto* streams = origin.as<ast::UnionOrigin>()) return unionOf(*streams, origin.span, names, group);
  if (const auto* sql = origin.as<ast::SqlOrigin>()) {
    // The row is what the query says, which nobody reads yet: everything behind it is accepted.
    job.notBuilt("`sql`", sql->text_span);
    StreamInfo info = failed();
    return info;
  }
  return failed();
}

StreamInfo Graph::unionOf(const ast::UnionOrigin& origin, Span span, Scope& names, Group& group) {
  if (origin.inputs.empty()) return failed();  // nothing that could be read stands there, and that is reported
  std::vector<StreamInfo> inputs;
  std::vector<NodeId> nodes;
  for (const ast::Input& written : origin.inputs) inputs.push_back(input(written, names, group));
  for (const StreamInfo& one : inputs) {
    if (one.failed || one.row->isError()) return failed();
    nodes.push_back(one.node);
  }
  StreamInfo result = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const StreamInfo& other = inputs[i];
    if (other.is_table != result.is_table || other.row != result.row) {
      Diagnostic diagnostic(kUnionRows, origin.inputs[i].span,
                            other.is_table != result.is_table ? "`union` of a stream and a table"
                                                              : "`union` needs equal rows, and these differ");
      diagnostic.label(other.is_table != result.is_table ? (other.is_table ? "a table" : "a stream")
                                                         : toString(other.row));
      diagnostic.because(origin.inputs[0].span, other.is_table != result.is_table
                                                    ? (result.is_table ? "a table" : "a stream")
                                                    : toString(result.row));
      if (other.row != result.row) diagnostic.note("`select` gives both the same fields in the same order");
      context.sink.report(std::move(diagnostic));
      return failed();
    }
    if (result.time && other.time) {
      bool waits = result.time->wait_us && other.time->wait_us;
      result.time->wait_us =
          waits ? std::optional(std::max(*result.time->wait_us, *other.time->wait_us)) : std::nullopt;
      bool idles = result.time->idle_us && other.time->idle_us;
      result.time->idle_us =
          idles ? std::optional(std::max(*result.time->idle_us, *other.time->idle_us)) : std::nullopt;
    } else {
      result.time.reset();
    }
    bool has_rates = result.assume.rate && other.assume.rate;
    result.assume.rate = has_rates ? std::optional(*result.assume.rate + *other.assume.rate) : std::nullopt;
    result.bounded &= other.bounded;
    if (other.meta != result.meta) result.meta = nullptr;
    result.meta_time_replays &= other.meta_time_replays;
    if (other.window != result.window) result.window.reset();
    result.windowed &= other.windowed;
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].time || inputs[i].time->idle_us || inputs[i].bounded || inputs.size() == 1) continue;
    Diagnostic diagnostic(kQuietInput, origin.inputs[i].span, "one quiet source can stop event time for the whole job");
    diagnostic.label("event time here is the least of the inputs");
    diagnostic.because(inputs[i].time->span, "no `idle` here");
    diagnostic.fix(
        Fix::insertAfter(inputs[i].time->span, " idle 1m", "after a minute without data, do not wait for it"));
    context.sink.report(std::move(diagnostic));
    break;
  }
  if (inputs.size() > 1) result.source_connector = {};
  result.name.clear();
  result.late.clear();
  result.assume.distinct.clear();
  result.node = addNode(group, "union", span, std::move(nodes), result.row, UnionNode{});
  if (result.is_table) job.notBuilt("`union` of tables", span);
  settle(result);
  return result;
}

void Graph::flow(const ast::FlowDecl& flow, Scope& names) {
  if (flow.pipeline == nullptr) return;
  Group group{.name = "flow" + std::to_string(++flows_), .errors = 0};
  pipeline(*flow.pipeline, names, group);
}

// name "…": of the step before it, with the projections that belong to that step.
void Graph::rename(NodeId id, const std::string& name) {
  Node* node = &job.program.nodes[id];
  for (const char* part : {"/refine", "/compute"}) {
    if (!node->operator_id.ends_with(part) || node->inputs.empty()) continue;
    node->operator_id = name + part;
    node->step_name = name;
    node = &job.program.nodes[node->inputs[0]];
  }
  node->operator_id = node->step_name = name;
}

StreamInfo Graph::step(StreamInfo in, const Place& place) {
  if (in.failed) return in;
  return std::visit(
      [&](const auto& node) -> StreamInfo {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, ast::WhereStep>) return whereStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::ShapeStep>) return shapeStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::DropStep>) return dropStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::RenameStep>) return renameStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::OnlyStep>) return onlyStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::FlattenStep>) return flattenStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::DecodeStep>) return decodeStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::AssertStep>) return assertStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::KeyStep>) return keyStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::WindowStep>) return windowStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::AggregateStep>) return aggregateStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::TopStep>) return topStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::DistinctStep>) return distinctStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::DedupStep>) return dedupStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::LatestStep>) return latestStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::ChangesStep>) return changesStep(*this, std::move(in), place);
        if constexpr (std::is_same_v<T, ast::JoinStep>) return joinStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::LookupStep>) return lookupStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::CallStep>) return callStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::MatchStep>) return matchStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::RouteStep>) return routeStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::EmitStep>) return emitStep(*this, std::move(in), node.emit, place);
        if constexpr (std::is_same_v<T, ast::SortStep>) return sortStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::AmountStep>) return amountStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::ToStep>) return toStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::PipeCallStep>) return pipeStep(*this, std::move(in), node, place);
        if constexpr (std::is_same_v<T, ast::NameStep>) {
          rename(in.node, node.name.value);
          return in;
        }
        return failed();
      },
      place.step.node);
}

}  // namespace streamc::sema
