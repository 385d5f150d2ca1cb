// Nodes of the graph, and the small questions that many steps ask. Members of Graph.
#include <algorithm>
#include <utility>

#include "frontend/sema/constants.h"
#include "frontend/sema/diagnostics.h"
#include "frontend/sema/graph.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNotConstant, "E0227", Severity::kError, "a value that must be known when the program is compiled");
STREAMC_DIAGNOSTIC(kNotPositive, "E0309", Severity::kError, "a duration or number that must be greater than zero");
STREAMC_DIAGNOSTIC(kFloatKey, "E0312", Severity::kError, "a key of a type that has no exact equality");
STREAMC_DIAGNOSTIC(kOneofRow, "E0252", Severity::kError, "a step on rows that are one of several records");

void Job::notBuilt(const std::string& what, Span span) {
  auto& list = program.not_built;
  bool known = std::any_of(list.begin(), list.end(), [&](const NotBuilt& item) { return item.what == what; });
  if (!known) list.push_back({what, span});
}

NodeId Graph::addNode(Group& group, const std::string& kind, Span span, std::vector<NodeId> inputs, TypeRef row,
                      decltype(Node::step) step) {
  Node node;
  node.id = static_cast<NodeId>(job.program.nodes.size());
  node.inputs = std::move(inputs);
  node.step = std::move(step);
  unsigned ordinal = ++group.steps[kind];
  node.operator_id = group.name + "/" + kind + (ordinal > 1 ? "#" + std::to_string(ordinal) : "");
  node.step_name = node.operator_id;
  node.span = span;
  node.row = row;
  node.errors = group.errors;
  job.program.nodes.push_back(std::move(node));
  return job.program.nodes.back().id;
}

std::string Graph::uniqueName(const std::string& name) {
  unsigned count = ++names_used_[name];
  return count == 1 ? name : name + "@" + std::to_string(count);  // the same name in another file
}

StreamInfo Graph::add(const StreamInfo& in, Group& group, const std::string& kind, Span span, TypeRef row,
                      decltype(Node::step) step) {
  StreamInfo out = in;
  out.name.clear();
  out.errors.reset();
  out.row = row;
  if (reportTooLarge(context, span)) return failed();
  out.node = addNode(group, kind, span, {in.node}, row, std::move(step));
  settle(out);
  return out;
}

StreamInfo Graph::addNotBuilt(const StreamInfo& in, Group& group, const std::string& kind, const std::string& what,
                              Span span, TypeRef row, std::vector<NodeId> more_inputs, std::vector<ExprRef> uses) {
  job.notBuilt(what, span);
  StreamInfo out = add(in, group, kind, span, row, NotBuiltNode{what, std::move(uses)});
  Node& node = job.program.nodes[out.node];
  node.inputs.insert(node.inputs.end(), more_inputs.begin(), more_inputs.end());
  return out;
}

void Graph::settle(const StreamInfo& stream) {
  if (stream.failed) return;
  Node& node = job.program.nodes[stream.node];
  node.row = stream.row;
  node.is_table = stream.is_table;
  node.key = stream.key;
  node.has_time = stream.time.has_value();
  node.windowed = stream.windowed;
}

uint32_t Graph::addErrorScope(const std::string& name) {
  job.program.error_scopes.push_back({.policy = ErrorScope::Policy::kStderr, .name = name});
  return static_cast<uint32_t>(job.program.error_scopes.size() - 1);
}

TypeRef Graph::errorsRow() {
  TypeContext& types = context.types;
  TypeRef text = types.string();
  return types.record({{"cause", text},
                       {"message", text},
                       {"step", text},
                       {"place", text},
                       {"input", text},
                       {"event_time", types.optional(context.timestamp())},
                       {"source", types.optional(text)},
                       {"partition", types.optional(types.scalar(TypeKind::kI32))},
                       {"offset", types.optional(context.i64())}});
}

RowScope Graph::rowScope(const StreamInfo& stream, Span step) const {
  RowScope scope;
  bool is_record = stream.row->is(TypeKind::kRecord) || stream.row->isError();
  scope.row = is_record ? stream.row : context.types.record({});
  if (stream.row->is(TypeKind::kOneof)) scope.oneof = stream.row;
  scope.meta = stream.meta;
  scope.has_time = stream.time.has_value();
  scope.windowed = stream.windowed;
  scope.place =
      stream.name.empty() ? (stream.is_table ? "in this table" : "in this stream") : "in `" + stream.name + "`";
  scope.step = step;
  return scope;
}

std::optional<int64_t> Graph::duration(const ast::Expr& expr, const Scope& names, std::string_view role,
                                       bool zero_allowed) {
  ExprChecker checker(job, names, {.place = "here"});
  ExprRef value = checker.checkAs(expr, context.duration(), role);
  if (value->type->isError()) return std::nullopt;
  std::optional<int64_t> us = constantInteger(*value);
  if (!us && isStartConstant(*value) && value->kind == ExprKind::kParam) {
    const Param& param = job.program.params[value->index];
    const auto* known = param.default_value ? std::get_if<__int128>(&param.default_value->value) : nullptr;
    job.notBuilt("durations of steps that are parameters", expr.span);
    if (known != nullptr) return static_cast<int64_t>(*known);
    return 1;
  }
  if (!us) {
    context.sink.report(
        Diagnostic(kNotConstant, expr.span, std::string(role) + " must be known when the program is compiled"));
    return std::nullopt;
  }
  if (*us < 0 || (*us == 0 && !zero_allowed)) {
    context.sink.report(
        Diagnostic(kNotPositive, expr.span, std::string(role) + " must be longer than 0s").label(durationText(*us)));
    return std::nullopt;
  }
  return us;
}

std::optional<int64_t> Graph::count(const ast::Expr& expr, const Scope& names, std::string_view role) {
  ExprChecker checker(job, names, {.place = "here"});
  ExprRef value = checker.checkAs(expr, context.i64(), role);
  if (value->type->isError()) return std::nullopt;
  std::optional<int64_t> number = constantInteger(*value);
  if (!number && isStartConstant(*value)) {
    job.notBuilt("numbers of steps that are parameters", expr.span);
    return 1;
  }
  if (!number) {
    context.sink.report(
        Diagnostic(kNotConstant, expr.span, std::string(role) + " must be known when the program is compiled"));
  } else if (*number <= 0) {
    context.sink.report(Diagnostic(kNotPositive, expr.span, std::string(role) + " must be greater than 0"));
    number.reset();
  }
  return number;
}

std::optional<std::vector<std::string>> Graph::fieldNames(const StreamInfo& stream, const std::vector<ast::Path>& paths,
                                                          const Place& place) {
  std::vector<std::string> names;
  bool failed = false;
  for (const ast::Path& path : paths) {
    if (path.names.empty() || path.first().missing()) return std::nullopt;
    if (stream.row->isError()) return std::nullopt;
    const std::string& name = path.first().text;
    bool is_field = path.isSingle() && stream.row->is(TypeKind::kRecord) && stream.row->field(name) != nullptr;
    if (is_field) {
      names.push_back(name);
      continue;
    }
    failed = true;
    Diagnostic diagnostic(kUnknownName, path.span,
                          path.isSingle() ? "there is no field `" + name + "` " + rowScope(stream, {}).place
                                          : "a field of the row itself is needed here, not one inside it");
    if (path.isSingle()) {
      std::vector<std::string> candidates;
      if (stream.row->is(TypeKind::kRecord)) {
        for (const FieldType& field : stream.row->fields) candidates.push_back(field.name);
      }
      suggest(diagnostic, path.span, name, candidates, "fields");
    } else {
      diagnostic.fix(Fix::insertBefore(place.step.span, "extend { " + path.last().text + ": " + path.str() + " } | ",
                                       "give it a name first"));
    }
    context.sink.report(std::move(diagnostic));
  }
  if (failed) return std::nullopt;
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::optional<Nondeterminism> Graph::nondeterminismOf(const Expr& value, const StreamInfo& in) const {
  if (value.kind == ExprKind::kColumn) {
    auto found = in.nondeterministic.find(value.name);
    if (found != in.nondeterministic.end()) return found->second;
  }
  bool is_meta =
      value.kind == ExprKind::kField && value.args[0]->kind == ExprKind::kColumn && value.args[0]->name == kMetaColumn;
  if (is_meta && (value.name == "received_at" || (value.name == "time" && !in.meta_time_replays)))
    return Nondeterminism{"meta." + value.name, value.span};
  if (value.kind == ExprKind::kCall && !builtins()[value.index].isDeterministic())
    return Nondeterminism{value.name, value.span};
  if (value.kind == ExprKind::kNotBuilt && (value.name == "services" || value.name == "`uuid`")) {
    return Nondeterminism{value.name, value.span};
  }
  for (const ExprRef& arg : value.args) {
    if (auto why = nondeterminismOf(*arg, in)) return why;
  }
  return std::nullopt;
}

bool Graph::giveTime(const StreamInfo& in, Fix& fix) const {
  if (in.time) return true;
  if (in.source_connector.empty()) return false;
  std::string clause;
  if (!in.time_fields.empty()) {
    clause = " time " + in.time_fields[0] + " wait 10s";
  } else if (in.meta != nullptr && in.meta->field("timestamp") != nullptr) {
    clause = " time meta.timestamp wait 1s";
  } else {
    return false;
  }
  fix.edits.insert(fix.edits.begin(), {in.source_connector.atEnd(), clause});
  return true;
}

void Graph::oneofRow(const StreamInfo& in, const Place& place) {
  if (in.row->isError()) return;
  std::string variant = in.row->fields.empty() ? "…" : in.row->fields[0].name;
  context.sink.report(
      Diagnostic(kOneofRow, place.keyword(), "a row here is one of several records, so it has no fields of its own")
          .label(toString(in.row))
          .fix(Fix::insertBefore(place.step.span, "only " + variant + " | ", "go on with one of them")));
}

bool Graph::checkKeyType(const std::string& name, TypeRef type, Span span) {
  TypeRef inner = TypeContext::unwrap(type);
  if (inner->isError()) return false;
  if (inner->isFloat()) {
    context.sink.report(Diagnostic(kFloatKey, span, "`" + name + "` is a float, and a float cannot be a key")
                            .label(toString(type))
                            .note("0.1 + 0.2 is not 0.3, and NaN is no key at all: rows would miss their group")
                            .fix({"round it to a whole number",
                                  {{span, name + ": i64(" + context.text(span) + ")"}},
                                  Applicability::kMaybeIncorrect}));
    return false;
  }
  switch (inner->kind) {
    case TypeKind::kRecord:
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kJson:
    case TypeKind::kOneof:
      context.sink.report(Diagnostic(kFloatKey, span, "`" + name + "` is " + describe(type) + ", which cannot be a key")
                              .label(toString(type)));
      return false;
    default:
      return true;
  }
}

namespace {

constexpr char kSeparator = '\x1f';

bool hasFactBelow(const Facts& facts, const std::string& place) {
  std::string prefix = place + kSeparator;
  auto next = facts.places().lower_bound(prefix);
  return next != facts.places().end() && next->first.starts_with(prefix);
}

ExprRef refineValue(Context& context, ExprRef value, const Facts& facts, const std::string& place) {
  Span span = value->span;
  if (value->type->isOptional() && facts.isPresent(place)) {
    TypeRef element = value->type->element;
    value = makeExpr(ExprKind::kNarrow, element, span, {std::move(value)});
  }
  if (const std::string* variant = facts.variant(place)) {
    if (TypeRef payload = payloadOf(value->type, *variant))
      value = makeExpr(ExprKind::kPayload, payload, span, {std::move(value)}, *variant);
  }
  if (!value->type->is(TypeKind::kRecord) || !hasFactBelow(facts, place)) return value;
  std::vector<ExprRef> parts;
  std::vector<FieldType> fields;
  for (const FieldType& field : value->type->fields) {
    ExprRef part = makeExpr(ExprKind::kField, field.type, span, {value}, field.name);
    parts.push_back(refineValue(context, std::move(part), facts, place + kSeparator + field.name));
    fields.push_back({field.name, parts.back()->type});
  }
  return makeExpr(ExprKind::kRecord, context.types.record(std::move(fields)), span, std::move(parts));
}

}  // namespace

StreamInfo Graph::refine(const StreamInfo& stream, const Facts& facts, const Place& place) {
  if (facts.empty()) return stream;
  if (stream.row->is(TypeKind::kOneof)) {
    const std::string* variant = facts.variant("c");
    TypeRef payload = variant == nullptr ? nullptr : payloadOf(stream.row, *variant);
    return payload != nullptr && payload->is(TypeKind::kRecord) ? payloadRows(stream, *variant, place) : stream;
  }
  if (!stream.row->is(TypeKind::kRecord)) return stream;
  ProjectNode project;
  std::vector<FieldType> fields;
  Span span = place.keyword();
  for (const FieldType& field : stream.row->fields) {
    ExprRef value = makeExpr(ExprKind::kColumn, field.type, span, {}, field.name);
    value = refineValue(context, std::move(value), facts, "c" + field.name);
    fields.push_back({field.name, value->type});
    project.fields.push_back({.name = field.name, .expr = std::move(value)});
  }
  TypeRef row = context.types.record(std::move(fields));
  return row == stream.row ? stream : refined(stream, row, std::move(project), place);
}

StreamInfo Graph::payloadRows(const StreamInfo& stream, const std::string& variant, const Place& place) {
  Span span = place.keyword();
  TypeRef row = context.types.record({});
  ProjectNode project;
  if (TypeRef payload = payloadOf(stream.row, variant)) {
    row = payload;
    ExprRef rows = makeExpr(ExprKind::kColumn, stream.row, span);
    ExprRef value = makeExpr(ExprKind::kPayload, payload, span, {std::move(rows)}, variant);
    for (const FieldType& field : payload->fields)
      project.fields.push_back({.name = field.name, .expr = makeField(value, field.name, field.type, span)});
  }
  return refined(stream, row, std::move(project), place);
}

// No step of the user: it goes by the name of the one before it, and never rejects.
StreamInfo Graph::refined(const StreamInfo& stream, TypeRef row, ProjectNode project, const Place& place) {
  StreamInfo out = stream;
  const Node& before = job.program.nodes[stream.node];
  std::string step_name = before.step_name, operator_id = before.operator_id + "/refine";
  out.row = row;
  out.node = addNode(place.group, "refine", place.keyword(), {stream.node}, row, std::move(project));
  job.program.nodes[out.node].operator_id = std::move(operator_id);
  job.program.nodes[out.node].step_name = std::move(step_name);
  settle(out);
  return out;
}

}  // namespace streamc::sema
