// to: where rows leave. Also what a sink can take: new rows only, or rows by key. Members of Graph and the step.
#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/file_sinks.h"
#include "frontend/sema/formats.h"
#include "frontend/sema/options.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kDividedErrors, "E0818", Severity::kError, "`errors:` names a sink that is divided by its rows");
STREAMC_DIAGNOSTIC(kAppendOnly, "E0402", Severity::kError, "a table goes to a sink that can only append");
STREAMC_DIAGNOSTIC(kSinkKey, "E0433", Severity::kError, "the key of a sink is not the key of the table");
STREAMC_DIAGNOSTIC(kUnknownSink, "E0808", Severity::kError, "a sink is not known");
STREAMC_DIAGNOSTIC(kSinkRow, "E0809", Severity::kError, "rows are not what a sink declares");
STREAMC_DIAGNOSTIC(kNotExactlyOnce, "E0801", Severity::kError, "a connector cannot take part in exactly-once delivery");

namespace {

// What `to …` names, after looking at declarations.
struct Target {
  const ast::SinkDecl* sink = nullptr;
  const ast::ChannelDecl* channel = nullptr;
  Entity* entity = nullptr;
  ConnectorCall call;
};

std::optional<Target> targetOf(Graph& graph, const ast::PathCall& written, const Scope& names) {
  Target target;
  const Scope* scope = &names;
  const auto& path = written.path.names;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    Scope* module = nullptr;
    if (!scope->findModule(path[i].text, &module)) {
      graph.context.sink.report(
          Diagnostic(kUnknownSink, path[i].span, "there is no file called `" + path[i].text + "` here"));
      return std::nullopt;
    }
    if (module == nullptr) return std::nullopt;
    scope = module;
  }
  const ast::Name& name = written.path.last();
  target.entity = scope->findValue(name.text);
  if (target.entity != nullptr) {
    target.sink = target.entity->decl->as<ast::SinkDecl>();
    target.channel = target.entity->decl->as<ast::ChannelDecl>();
  }
  target.call = connectorCall(written);
  if (target.sink != nullptr && target.sink->to != nullptr)
    target.call = connectorCall(graph.context, *target.sink->to);
  if (target.channel != nullptr && target.channel->via != nullptr)
    target.call = connectorCall(graph.context, *target.channel->via);
  if (target.sink != nullptr || target.channel != nullptr || findConnector(name.text) != nullptr) return target;

  Diagnostic diagnostic(kUnknownSink, name.span, "there is no sink called `" + name.text + "`");
  if (target.entity != nullptr) {
    diagnostic.message = "`" + name.text + "` is not a sink";
    diagnostic.because(target.entity->name->span, "declared here");
  } else {
    std::vector<std::string> candidates =
        scope->valueNames([](const ast::Decl& d) { return d.as<ast::SinkDecl>() != nullptr; });
    for (const ConnectorRow& row : connectors()) {
      if (row.is_sink) candidates.emplace_back(row.name);
    }
    suggest(diagnostic, name.span, name.text, candidates, "sinks");
  }
  graph.context.sink.report(std::move(diagnostic));
  return std::nullopt;
}

bool hasKey(const CheckedConnector& checked, const std::vector<std::string>& key) {
  if (!key.empty() || checked.option("key") != nullptr) return true;
  const Option* mode = checked.option("mode");
  const auto* word = mode == nullptr ? nullptr : std::get_if<std::string>(&mode->value.literal.value);
  return word != nullptr && *word == "upsert";
}

void refuseTable(Graph& graph, const StreamInfo& in, const Target& target, const CheckedConnector& checked,
                 const ast::PathCall& written, const Place& place) {
  Diagnostic diagnostic(kAppendOnly, written.path.span, "this result is corrected later, and the sink can only append");
  diagnostic.label("gets a table with key " + joined(in.key));
  diagnostic.because(in.table_span, in.table_reason.empty() ? "a table from here on" : in.table_reason);
  std::string connector(checked.row->name);
  if (target.sink != nullptr)
    diagnostic.because(target.call.name->span, "without `key`, `" + connector + "` takes new rows only");
  if (checked.row->takes == Takes::kEither && target.sink != nullptr) {
    diagnostic.fix(
        Fix::insertAfter(target.sink->name.span, " key " + joined(in.key), "let it take updates, one row per key"));
  }
  if (in.window != nullptr && in.window->window.late_allow_us) {
    diagnostic.fix(
        Fix::remove(in.window->late_span, "or send each window once, and keep late records apart (in `.late`)"));
  }
  diagnostic.fix(Fix::insertBefore(place.step.span, "changes | ",
                                   "or send the corrections as data, rows of { op, before, after }"));
  graph.context.sink.report(std::move(diagnostic));
}

std::optional<std::vector<std::string>> sinkKey(Graph& graph, const StreamInfo& in, const Target& target,
                                                const ast::PathCall& written) {
  std::vector<std::string> key;
  const std::vector<ast::Path>* paths = target.sink != nullptr      ? &target.sink->key
                                        : target.channel != nullptr ? &target.channel->key
                                                                    : nullptr;
  if (paths == nullptr) return key;
  for (const ast::Path& path : *paths) {
    bool is_window = path.str() == "window.start" && in.windowed;
    const FieldType* field =
        path.isSingle() && in.row->is(TypeKind::kRecord) ? in.row->field(path.first().text) : nullptr;
    if (field == nullptr && !is_window) {
      Diagnostic diagnostic(kSinkKey, written.path.span,
                            "the rows have no field `" + path.str() + "`, which is the key of this sink");
      diagnostic.because(path.span, "key of the sink");
      graph.context.sink.report(std::move(diagnostic));
      return std::nullopt;
    }
    if (auto why = field == nullptr ? in.nondeterministic.end() : in.nondeterministic.find(field->name);
        why != in.nondeterministic.end()) {
      graph.keyChanges(why->second, path.span, path.str(), true);
    }
    key.push_back(path.str());
  }
  if (in.is_table && !key.empty()) {
    std::vector<std::string> have = in.key, want = key;
    std::sort(have.begin(), have.end());
    std::sort(want.begin(), want.end());
    if (have != want) {
      graph.context.sink.report(
          Diagnostic(kSinkKey, written.path.span,
                     "the table has the key " + joined(in.key) + ", and the sink " + joined(key))
              .because((*paths)[0].span, "key of the sink")
              .because(in.table_span, in.table_reason)
              .note("two rows of the table would overwrite each other, or one could not be found again"));
      return std::nullopt;
    }
  }
  return key;
}

void checkExactlyOnce(Graph& graph, const CheckedConnector& checked, bool keyed, Span span, bool of_source) {
  const Settings& settings = graph.job.program.settings;
  if (settings.delivery != "exactly_once") return;
  const Option* own = checked.option("delivery");
  const auto* word = own == nullptr ? nullptr : std::get_if<std::string>(&own->value.literal.value);
  if (word != nullptr && *word == "at_least_once") return;
  bool fits = of_source ? checked.row->replayable : checked.row->transactional || keyed;
  if (fits) return;
  std::string name(checked.row->name);
  Diagnostic diagnostic(kNotExactlyOnce, span, "`" + name + "` cannot take part in exactly-once delivery");
  diagnostic.label(of_source ? "what was read cannot be read again after a crash"
                             : "no transaction and no key: after a crash, rows may come twice");
  if (!graph.delivery_span.empty()) diagnostic.because(graph.delivery_span, "asked for here");
  if (!of_source) {
    Span call_end = {span.file, span.end - 1, span.end - 1};
    bool has_arguments = graph.context.text(span).ends_with(")");
    if (has_arguments)
      diagnostic.fix(Fix::insertBefore(call_end, ", delivery: at_least_once", "accept repeats for this sink only"));
    if (!has_arguments)
      diagnostic.fix(Fix::insertAfter(span, "(delivery: at_least_once)", "accept repeats for this sink only"));
    if (checked.row->takes == Takes::kEither && has_arguments)
      diagnostic.fix(
          {"or make the receiver able to ignore repeats", {{call_end, ", key: …"}}, Applicability::kHasPlaceholders});
  }
  graph.context.sink.report(std::move(diagnostic));
}

// sink out: Row …: the rows become what it declares, as far as that is exact.
std::optional<StreamInfo> asDeclared(Graph& graph, const StreamInfo& in, const Target& target,
                                     const ast::PathCall& written, const Place& place) {
  const ast::Type* type = target.sink != nullptr      ? target.sink->type.get()
                          : target.channel != nullptr ? target.channel->type.get()
                                                      : nullptr;
  if (type == nullptr) return in;
  TypeRef row = graph.job.declarations.type(*type, *target.entity->home);
  if (row->isError() || row == in.row) return in;
  if (!row->is(TypeKind::kRecord) || !widens(in.row, row)) {
    Diagnostic diagnostic(kSinkRow, written.path.span, "the rows are not what this sink declares");
    diagnostic.label(toString(in.row)).because(type->span, "declared here");
    if (row->is(TypeKind::kRecord)) {
      for (const FieldType& field : row->fields) {
        const FieldType* have = in.row->field(field.name);
        if (have == nullptr) diagnostic.note("`" + field.name + "` is missing");
        if (have != nullptr && !widens(have->type, field.type))
          diagnostic.note("`" + field.name + "` is " + describe(have->type) + ", not " + toString(field.type));
      }
      for (const FieldType& field : in.row->fields) {
        if (row->field(field.name) == nullptr) diagnostic.note("`" + field.name + "` is not declared: `drop` it");
      }
    }
    graph.context.sink.report(std::move(diagnostic));
    return std::nullopt;
  }
  ProjectNode project;
  for (const FieldType& field : row->fields) {
    const FieldType* have = in.row->field(field.name);
    ExprRef value = makeExpr(ExprKind::kColumn, have->type, written.path.span, {}, field.name);
    project.fields.push_back({.name = field.name, .expr = convert(graph.context, std::move(value), field.type)});
  }
  StreamInfo out = graph.add(in, place.group, "widen", written.path.span, row, std::move(project));
  return out;
}

}  // namespace

std::optional<uint32_t> Graph::declaredSink(Entity& entity) {
  auto [place, is_new] = sinks_.try_emplace(&entity, std::nullopt);
  if (!is_new) return place->second;
  const auto* sink = entity.decl->as<ast::SinkDecl>();
  const auto* channel = entity.decl->as<ast::ChannelDecl>();
  const ast::Expr* text = sink != nullptr ? sink->to.get() : channel->via.get();
  if (text == nullptr) return std::nullopt;
  if (channel != nullptr) job.notBuilt("channels", entity.name->span);
  auto checked = checkConnector(*this, connectorCall(context, *text), false, *entity.home);
  if (!checked) return std::nullopt;
  Sink made;
  made.name = entity.name->text;
  made.connector = checked->connector;
  made.operator_id = uniqueName(entity.name->text) + "/sink";
  made.span = entity.name->span;
  for (const ast::Path& path : sink != nullptr ? sink->key : channel->key) made.key.push_back(path.str());
  job.program.sinks.push_back(std::move(made));
  checked_sinks[job.program.sinks.size() - 1] = std::make_shared<CheckedConnector>(std::move(*checked));
  sinks_[&entity] = static_cast<uint32_t>(job.program.sinks.size() - 1);
  return sinks_[&entity];
}

void Graph::errorsTo(Entity& entity, Span span) {
  auto sink = declaredSink(entity);
  if (!sink) return;
  if (const Option* partition = checked_sinks.at(*sink)->option("partition")) {
    context.sink.report(
        Diagnostic(kDividedErrors, span, "rows of errors are not divided among directories")
            .label("`" + entity.name->text + "` has a `partition`")
            .because(partition->span, "said here")
            .note("a sink of its own takes them: `sink rejects to file(\"rejects.jsonl\", format: json)`"));
    return;
  }
  // Rejections of this flow itself end on stderr, or they would run in a circle.
  Group group{.name = "errors", .errors = addErrorScope("errors")};
  job.program.error_scopes[group.errors].fixed = true;
  StreamInfo rows;
  rows.row = errorsRow();
  rows.node = addNode(group, "errors", span, {}, rows.row, ErrorsNode{0});
  job.program.error_scopes[0].policy = ErrorScope::Policy::kStream;
  job.program.error_scopes[0].node = rows.node;
  settle(rows);
  StreamInfo end = add(rows, group, "sink", span, rows.row, SinkNode{*sink});
  job.program.sinks[*sink].errors = group.errors;
  job.program.nodes[end.node].step_name = entity.name->text;
}

void Graph::checkDelivery(const CheckedConnector& checked, bool keyed, Span span, bool of_source) {
  checkExactlyOnce(*this, checked, keyed, span, of_source);
}

static StreamInfo sinkStep(Graph& graph, StreamInfo in, const ast::ToStep& step, const Place& place);

StreamInfo toStep(Graph& graph, StreamInfo in, const ast::ToStep& step, const Place& place) {
  if (step.condition == nullptr) return sinkStep(graph, std::move(in), step, place);
  // to x if c: only the rows for which it holds; the step hands on all of them.
  ExprChecker checker = graph.checker(in, place);
  ExprRef condition = checker.condition(*step.condition, "`if`");
  if (condition->type->isError()) return in;
  StreamInfo chosen = graph.add(in, place.group, "to/if", place.step.span, in.row, WhereNode{condition});
  sinkStep(graph, chosen, step, place);
  // It rejects by the name of the step that the user wrote.
  std::vector<Node>& nodes = graph.job.program.nodes;
  if (std::holds_alternative<SinkNode>(nodes.back().step)) nodes[chosen.node].step_name = nodes.back().step_name;
  return in;
}

static StreamInfo sinkStep(Graph& graph, StreamInfo in, const ast::ToStep& step, const Place& place) {
  if (in.window != nullptr && in.window->window.kind == Window::Kind::kRows) in.window->used = true;
  if (!step.sink) {
    Sink sink{.name = "null",
              .connector = {.name = "null", .span = place.step.span},
              .errors = place.group.errors,
              .span = place.step.span};
    graph.job.program.sinks.push_back(std::move(sink));
    uint32_t index = static_cast<uint32_t>(graph.job.program.sinks.size() - 1);
    StreamInfo out = graph.add(in, place.group, "to", place.step.span, in.row, SinkNode{index});
    graph.job.program.sinks[index].operator_id = graph.job.program.nodes[out.node].operator_id;
    return in;
  }
  if (step.sink->path.names.empty() || step.sink->path.last().missing()) return in;
  auto target = targetOf(graph, *step.sink, place.names);
  if (!target) return in;
  if (in.row->isError()) return in;
  if (target->call.name != nullptr && target->call.name->text == "one_of") {
    oneOfSink(graph, in, target->call, target->sink != nullptr ? *target->entity->home : place.names, place);
    return in;
  }

  std::optional<uint32_t> index;
  std::shared_ptr<CheckedConnector> checked;
  if (target->sink != nullptr || target->channel != nullptr) {
    index = graph.declaredSink(*target->entity);
    if (!index) return in;
    checked = graph.checked_sinks[*index];
  } else {
    auto own = checkConnector(graph, target->call, false, place.names);
    if (!own) return in;
    checked = std::make_shared<CheckedConnector>(std::move(*own));
  }
  const Scope& names = target->entity != nullptr && index ? *target->entity->home : place.names;
  checkRowOptions(graph, target->call, false, in, names);
  auto key = sinkKey(graph, in, *target, *step.sink);
  if (!key) return in;
  bool keyed = hasKey(*checked, *key) || checked->row->takes == Takes::kKeyed;
  bool is_channel_table = target->channel != nullptr && !target->channel->key.empty();
  if (in.is_table && !is_channel_table && checked->row->takes != Takes::kAll &&
      (!keyed || checked->row->takes == Takes::kAppends)) {
    refuseTable(graph, in, *target, *checked, *step.sink, place);
    return in;
  }
  if (target->channel == nullptr) graph.checkDelivery(*checked, keyed, target->call.span, false);
  auto rows = asDeclared(graph, in, *target, *step.sink, place);
  if (!rows) return in;
  if (!checkFormatRow(graph.context, checked->connector, rows->row, step.sink->path.span)) return in;
  std::optional<NodeId> divided;
  if (checked->row->name == "files") {
    NodeId before = rows->node;
    rows = dividedRows(graph, *rows, target->call, checked->connector, place, names);
    if (!rows) return in;
    if (rows->node != before) divided = rows->node;
    if (index) graph.job.program.sinks[*index].connector = checked->connector;
  }
  if (!index) {
    Sink sink{.name = std::string(checked->row->name),
              .connector = checked->connector,
              .errors = place.group.errors,
              .span = target->call.span};
    graph.job.program.sinks.push_back(std::move(sink));
    index = static_cast<uint32_t>(graph.job.program.sinks.size() - 1);
  } else {
    graph.job.program.sinks[*index].errors = place.group.errors;
  }
  StreamInfo out = graph.add(*rows, place.group, "to", place.step.span, rows->row, SinkNode{*index});
  if (divided) {  // it rejects by the name of the step that the user wrote
    std::vector<Node>& nodes = graph.job.program.nodes;
    nodes[*divided].step_name = nodes[out.node].step_name;
  }
  Sink& sink = graph.job.program.sinks[*index];
  if (sink.operator_id.empty()) sink.operator_id = graph.job.program.nodes[out.node].operator_id;
  return in;
}

}  // namespace streamc::sema
