// Sources, tables from a source and channels: connector, row, event time, assumptions, bound. Members of Graph.
#include <algorithm>
#include <cmath>

#include "frontend/sema/constants.h"
#include "frontend/sema/diagnostics.h"
#include "frontend/sema/formats.h"
#include "frontend/sema/graph.h"
#include "frontend/sema/options.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNotATime, "E0302", Severity::kError, "`time` is not a timestamp");
STREAMC_DIAGNOSTIC(kEndlessTable, "E0502", Severity::kError,
                   "a table is fed by an endless changelog and nothing says when its rows end");
STREAMC_DIAGNOSTIC(kNotARow, "E0246", Severity::kError, "a record of a source or sink is not a record");
STREAMC_DIAGNOSTIC(kNoRow, "E0247", Severity::kError, "a source does not say what its records are");
STREAMC_DIAGNOSTIC(kFixedRow, "E0248", Severity::kError, "a source with rows of its own is declared with others");
STREAMC_DIAGNOSTIC(kAssumption, "E0506", Severity::kError, "an assumption is not one the compiler knows");
STREAMC_DIAGNOSTIC(kTtlWithoutTime, "E0310", Severity::kError, "`ttl` of a table without event time");
STREAMC_DIAGNOSTIC(kOrderType, "E0817", Severity::kError, "files cannot be merged by a field of this type");
STREAMC_DIAGNOSTIC(kTwoTimes, "E0311", Severity::kError, "a source with two `time` clauses");

namespace {

constexpr int64_t kDayUs = 86'400'000'000;

// time placed_at wait 10s idle 30s
std::optional<EventTime> eventTime(Graph& graph, const StreamInfo& rows, const ast::TimeClause& clause,
                                   const Scope& names) {
  if (clause.time == nullptr) return std::nullopt;
  Context& context = graph.context;
  RowScope scope = graph.rowScope(rows, {});
  scope.place = "in a record of this source";
  ExprChecker checker(graph.job, names, scope);
  EventTime time;
  time.span = clause.span;
  ExprRef value = checker.infer(*clause.time, context.timestamp());
  if (value->type->isError()) return std::nullopt;
  if (!value->type->is(TypeKind::kTimestamp)) {
    if (value->type->isOptional() && value->type->element->is(TypeKind::kTimestamp)) {
      checker.require(value, context.timestamp(), "event time");
      return std::nullopt;
    }
    std::string text = context.text(clause.time->span);
    Diagnostic diagnostic(kNotATime, clause.time->span,
                          "event time is a timestamp, and `" + text + "` is " + describe(value->type));
    diagnostic.label(toString(value->type));
    if (value->type->isInteger()) {
      diagnostic.fix(Fix::replace(clause.time->span, "timestamp_ms(" + text + ")", "milliseconds since 1970"));
      diagnostic.fix(Fix::replace(clause.time->span, "timestamp_s(" + text + ")", "or seconds since 1970"));
    } else if (value->type->is(TypeKind::kString)) {
      diagnostic.fix(
          Fix::replace(clause.time->span, "timestamp(" + text + ")", "read it as RFC 3339, like 2024-10-08T00:00:01Z"));
    }
    context.sink.report(std::move(diagnostic));
    return std::nullopt;
  }
  time.expr = std::move(value);
  if (clause.wait != nullptr) {
    auto wait = graph.duration(*clause.wait, names, "`wait`", true);
    if (!wait) return std::nullopt;
    time.wait_us = wait;
  }
  if (clause.idle != nullptr) {
    auto idle = graph.duration(*clause.idle, names, "`idle`");
    if (!idle) return std::nullopt;
    time.idle_us = idle;
  }
  return time;
}

// files(…, order: placed_at): a field whose values have an order. None after a report.
std::optional<ExprRef> mergeOrder(Graph& graph, const StreamInfo& rows, const ConnectorCall& call,
                                  Connector& connector) {
  const ast::Arg* arg = findArgument(call, "order");
  if (arg == nullptr || rows.failed || !rows.row->is(TypeKind::kRecord)) return ExprRef();
  const auto* name = arg->value == nullptr ? nullptr : arg->value->as<ast::NameRef>();
  const FieldType* field = name == nullptr ? nullptr : rows.row->field(name->name.text);
  if (field == nullptr) return std::nullopt;  // reported by checkRowOptions
  const Type& type = *field->type;
  bool fits = type.isInteger() || type.is(TypeKind::kString) || type.is(TypeKind::kTimestamp) ||
              type.is(TypeKind::kDate) || type.is(TypeKind::kDuration);
  if (!fits) {
    graph.context.sink.report(
        Diagnostic(kOrderType, arg->value->span,
                   "files cannot be merged by `" + field->name + "`, which is " + describe(field->type))
            .label(toString(field->type))
            .note("the field is an integer, a text, a time or a duration, and always there"));
    return std::nullopt;
  }
  for (Option& option : connector.options) {
    if (option.name == "order") option.value.literal = {field->name};
  }
  return makeExpr(ExprKind::kColumn, field->type, arg->value->span, {}, field->name);
}

double numberOf(const ast::Expr& expr) {
  if (const auto* integer = expr.as<ast::IntLiteral>()) return static_cast<double>(integer->value);
  if (const auto* size = expr.as<ast::SizeLiteral>()) return static_cast<double>(size->bytes);
  if (const auto* rate = expr.as<ast::RateLiteral>()) return rate->perSecond();
  return NAN;
}

// assume rate(50k/s), distinct(item_id, 200k), rows(500k), size(180B)
void assume(Graph& graph, StreamInfo& rows, const ast::Expr& expr) {
  const auto* call = expr.as<ast::CallExpr>();
  const auto* name = call == nullptr ? nullptr : call->callee->as<ast::NameRef>();
  auto wrong = [&](Span span, const std::string& message) {
    graph.context.sink.report(Diagnostic(kAssumption, span, message)
                                  .note("written `rate(50k/s)`, `distinct(user_id, 30M)`, `rows(500k)`, `size(180B)`"));
  };
  if (name == nullptr || call->args.empty() || call->args.back().value == nullptr)
    return wrong(expr.span, "an assumption is a call");
  const std::string& what = name->name.text;
  const ast::Expr& last = *call->args.back().value;
  double number = numberOf(last);
  bool is_rate = what == "rate", is_distinct = what == "distinct";
  bool fits = is_rate          ? last.is<ast::RateLiteral>()
              : what == "size" ? last.is<ast::SizeLiteral>()
                               : last.is<ast::IntLiteral>();
  if (!is_rate && !is_distinct && what != "rows" && what != "size") {
    return wrong(name->name.span, "nothing can be assumed about `" + what + "`");
  }
  if (!fits || std::isnan(number) || (!is_distinct && call->args.size() != 1))
    return wrong(last.span, "`" + what + "` does not take this");
  if (is_rate) rows.assume.rate = number;
  if (what == "rows") rows.assume.rows = number;
  if (what == "size") rows.assume.size = number;
  if (!is_distinct) return;
  std::string key;
  for (std::size_t i = 0; i + 1 < call->args.size(); ++i) {
    const auto* field = call->args[i].value == nullptr ? nullptr : call->args[i].value->as<ast::NameRef>();
    if (field == nullptr || !rows.row->is(TypeKind::kRecord))
      return wrong(call->args[i].span, "`distinct` takes fields and a number");
    if (rows.row->field(field->name.text) == nullptr) {
      std::vector<std::string> candidates;
      for (const FieldType& other : rows.row->fields) candidates.push_back(other.name);
      Diagnostic diagnostic(kUnknownName, field->name.span,
                            "there is no field `" + field->name.text + "` in this source");
      suggest(diagnostic, field->name.span, field->name.text, candidates, "fields");
      graph.context.sink.report(std::move(diagnostic));
      return;
    }
    key += (key.empty() ? "" : ",") + field->name.text;
  }
  rows.assume.distinct[key] = number;
}

// The events of NEXMark, as (n) of the reference has them.
TypeRef nexmarkEvent(TypeContext& types, TypeRef i64, TypeRef at) {
  TypeRef text = types.string();
  TypeRef person = types.record({{"id", i64},
                                 {"name", text},
                                 {"email", text},
                                 {"card", text},
                                 {"city", text},
                                 {"state", text},
                                 {"at", at},
                                 {"extra", text}});
  TypeRef auction = types.record({{"id", i64},
                                  {"item", text},
                                  {"description", text},
                                  {"initial_bid", i64},
                                  {"reserve", i64},
                                  {"at", at},
                                  {"expires", at},
                                  {"seller", i64},
                                  {"category", i64},
                                  {"extra", text}});
  TypeRef bid = types.record({{"auction", i64},
                              {"bidder", i64},
                              {"price", i64},
                              {"channel", text},
                              {"url", text},
                              {"at", at},
                              {"extra", text}});
  return types.oneof("Event", {{"person", person}, {"auction", auction}, {"bid", bid}}, false);
}

// What a connector that makes its rows up makes: of `nexmark` one of the three events, or for a source that is declared
// as a record the bids alone. Null: another connector.
TypeRef madeUpRow(Graph& graph, const Connector& connector, TypeRef declared) {
  TypeContext& types = graph.context.types;
  TypeRef i64 = graph.context.i64(), at = graph.context.timestamp();
  if (connector.name == "generate") return types.record({{"n", i64}, {"at", at}});
  if (connector.name != "nexmark") return nullptr;
  TypeRef event = nexmarkEvent(types, i64, at);
  return declared != nullptr && declared->is(TypeKind::kRecord) ? event->field("bid")->type : event;
}

// The first part of a declared row that the made-up one does not have, as "bid.colour: string"; "" if there is none.
std::string notMadeUp(TypeRef declared, TypeRef own, const std::string& path = "") {
  if (declared == own) return "";
  bool same_kind = declared->kind == own->kind && (own->is(TypeKind::kRecord) || own->is(TypeKind::kOneof));
  if (!same_kind || declared->open) return (path.empty() ? "" : path + ": ") + toString(declared);
  for (const FieldType& field : declared->fields) {
    std::string name = path.empty() ? field.name : path + "." + field.name;
    const FieldType* made = own->field(field.name);
    std::string wrong = made == nullptr ? name + ": " + toString(field.type) : notMadeUp(field.type, made->type, name);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

// The type written out, also of a oneof, which messages otherwise name.
std::string writtenOut(TypeRef type) {
  if (!type->is(TypeKind::kOneof)) return toString(type);
  std::string text;
  for (const FieldType& variant : type->fields)
    text += (text.empty() ? "" : ", ") + variant.name + ": " + toString(variant.type);
  return "oneof { " + text + " }";
}

// Sets the row of such a connector, or holds the declared type against it. The connector learns which variants are rows
// of the source: what is demanded of them does not say it.
bool fixedRow(Graph& graph, Connector& connector, TypeRef& row, Span span) {
  TypeRef own = madeUpRow(graph, connector, row);
  if (own == nullptr) return true;
  if (row == nullptr) row = own;
  if (!row->is(TypeKind::kRecord) && !row->is(TypeKind::kOneof)) return true;  // reported as no row
  std::string wrong = notMadeUp(row, own);
  if (wrong.empty()) {
    if (!row->is(TypeKind::kOneof)) return true;
    std::string variants;
    for (const FieldType& variant : row->fields) variants += (variants.empty() ? "" : " ") + variant.name;
    connector.options.push_back({.name = "variants", .value = {.literal = {std::move(variants)}}});
    return true;
  }
  graph.context.sink.report(Diagnostic(kFixedRow, span, "`" + connector.name + "` makes " + writtenOut(own))
                                .label("`" + wrong + "` is not in them"));
  return false;
}

}  // namespace

// The part that declared and anonymous sources share. `type_span` may be empty.
StreamInfo Graph::addSource(const SourceText& text, const Scope& names, Group& group) {
  ConnectorCall call = connectorCall(context, *text.connector);
  auto checked = checkConnector(*this, call, true, names);
  TypeRef row = text.type == nullptr ? nullptr : job.declarations.type(*text.type, names);
  if (!checked) return failed();
  Span type_span = text.type == nullptr ? call.span : text.type->span;
  if (!fixedRow(*this, checked->connector, row, type_span)) return failed();
  if (row == nullptr && checked->connector.format == "bytes")
    row = context.types.record({{"payload", context.types.bytes()}});
  if (row == nullptr) {
    context.sink.report(
        Diagnostic(kNoRow, call.span, "what is in a record of this source?")
            .fix(
                {"say the fields that are used", {{call.span.atEnd(), " as { … }"}}, Applicability::kHasPlaceholders}));
    return failed();
  }
  StreamInfo rows;
  rows.row = row;
  rows.meta = metaType(context, checked->row->meta);
  rows.meta_time_replays = checked->row->meta_time_replays;
  if (row->isError()) {
    rows.failed = true;  // unknown, and said so already
  } else if (!row->is(TypeKind::kRecord) && !row->is(TypeKind::kOneof)) {
    context.sink.report(Diagnostic(kNotARow, type_span, "a source has records, and this is " + describe(row)));
    return failed();
  }
  if (!checkFormatRow(context, checked->connector, row, type_span)) return failed();
  addFormatOptions(checked->connector, row);
  checkDelivery(*checked, false, call.span, true);
  Source source;
  source.name = text.name;
  source.row = row;
  source.meta = rows.meta;
  source.bounded = checked->row->bounded == Bounded::kYes || (checked->row->bounded == Bounded::kWithCount &&
                                                              (checked->option("count") || checked->option("events")));
  rows.bounded = source.bounded;
  checkRowOptions(*this, call, true, rows, names);
  auto order = mergeOrder(*this, rows, call, checked->connector);
  if (!order) return failed();
  source.order = *order;
  if (text.time != nullptr && !rows.failed) {
    source.time = eventTime(*this, rows, *text.time, names);
    if (!source.time) return failed();
    // Rows that come in the order of their time need no waiting for: the time of each is that of all before it.
    const auto* by = text.time->time == nullptr ? nullptr : text.time->time->as<ast::NameRef>();
    if (source.order && by != nullptr && by->name.text == source.order->name && !source.time->wait_us)
      source.time->wait_us = 0;
    source.time->max_ahead_us = checked->integer("max_ahead");
    if (!source.time->max_ahead_us && !source.bounded) source.time->max_ahead_us = kDayUs;
    rows.time = TimeFacet{.wait_us = source.time->wait_us, .idle_us = source.time->idle_us, .span = source.time->span};
  }
  rows.source_connector = text.connector->span;
  if (row->is(TypeKind::kRecord)) {
    for (const FieldType& field : row->fields) {
      if (field.type->is(TypeKind::kTimestamp)) rows.time_fields.push_back(field.name);
    }
  }
  source.max_record = checked->integer("max_record").value_or(source.max_record);
  source.connector = std::move(checked->connector);
  source.errors = group.errors;
  source.span = text.span;
  job.program.sources.push_back(std::move(source));
  uint32_t index = static_cast<uint32_t>(job.program.sources.size() - 1);
  rows.node = addNode(group, "source", text.span, {}, row, SourceNode{index});
  job.program.sources[index].operator_id = job.program.nodes[rows.node].operator_id;
  return rows;
}

StreamInfo Graph::anonymousSource(const ast::FromOrigin& from, Span span, Scope& names, Group& group) {
  if (from.connector == nullptr) return failed();
  StreamInfo rows = addSource({.connector = from.connector.get(),
                               .type = from.type.get(),
                               .time = from.time ? &*from.time : nullptr,
                               .span = span},
                              names, group);
  settle(rows);
  return rows;
}

StreamInfo Graph::source(Entity& entity) {
  SourceText text{.name = entity.name->text, .span = entity.name->span};
  const std::vector<ast::EdgeClause>* clauses = nullptr;
  const std::vector<ast::Path>* key = nullptr;
  bool is_channel = false, is_table = false;
  if (const auto* source = entity.decl->as<ast::SourceDecl>()) {
    text.connector = source->from.get(), text.type = source->type.get(), clauses = &source->clauses;
  } else if (const auto* table = entity.decl->as<ast::TableSourceDecl>()) {
    text.connector = table->from.get(), text.type = table->type.get(), clauses = &table->clauses, key = &table->key;
    is_table = true;
  } else {
    const auto* channel = entity.decl->as<ast::ChannelDecl>();
    text.connector = channel->via.get(), text.type = channel->type.get(), clauses = &channel->clauses,
    key = &channel->key;
    is_channel = true;
    is_table = !channel->key.empty();
    job.notBuilt("channels", entity.name->span);
  }
  if (text.connector == nullptr || text.type == nullptr) return failed();
  const ast::EdgeClause *ttl = nullptr, *unbounded = nullptr;
  for (const ast::EdgeClause& clause : *clauses) {
    if (clause.kind == ast::EdgeClause::Kind::kTime && clause.time) {
      if (text.time != nullptr)
        context.sink.report(Diagnostic(kTwoTimes, clause.span, "a record has one event time")
                                .because(text.time->span, "said here already"));
      text.time = &*clause.time;
    }
    if (clause.kind == ast::EdgeClause::Kind::kTtl) ttl = &clause;
    if (clause.kind == ast::EdgeClause::Kind::kUnbounded) unbounded = &clause;
  }
  Group group{.name = uniqueName(text.name)};
  group.errors = addErrorScope(text.name);
  StreamInfo rows = addSource(text, *entity.home, group);
  rows.errors = group.errors;
  if (rows.failed) return rows;
  if (is_channel && rows.time) rows.time->from_writer = !rows.time->wait_us;
  for (const ast::EdgeClause& clause : *clauses) {
    for (const ast::ExprPtr& assumption : clause.assumptions) {
      if (assumption != nullptr) assume(*this, rows, *assumption);
    }
  }
  if (ttl != nullptr && ttl->ttl != nullptr) {
    duration(*ttl->ttl, *entity.home, "`ttl`");
    if (!rows.time) {
      context.sink.report(
          Diagnostic(kTtlWithoutTime, ttl->span, "`ttl` counts event time, and `" + text.name + "` has none")
              .fix(Fix::insertBefore(ttl->span, "time … wait 10s ", "say which field is its time",
                                     Applicability::kHasPlaceholders)));
    }
  }
  if (is_table) {
    job.notBuilt("tables from a source", entity.name->span);
    if (!tableKey(rows, *key)) {
      rows.failed = true;
      return rows;
    }
    rows.is_table = true;
    rows.table_span = entity.decl->keyword_span;
    rows.table_reason = "one row per " + joined(rows.key);
    if (!rows.bounded && ttl == nullptr && unbounded == nullptr) {
      Diagnostic diagnostic(kEndlessTable, entity.name->span,
                            "`" + text.name + "` is fed by an endless changelog, and nothing says when its rows end");
      diagnostic.because(text.connector->span, "this never ends");
      Fix forget = Fix::insertAfter(entity.decl->span, " ttl 30d", "forget rows that were not changed for so long");
      if (giveTime(rows, forget)) diagnostic.fix(std::move(forget));
      diagnostic.fix(
          Fix::insertAfter(entity.decl->span, " unbounded", "or keep as many rows as there are, on purpose"));
      context.sink.report(std::move(diagnostic));
    }
  }
  settle(rows);
  return rows;
}

bool Graph::tableKey(StreamInfo& rows, const std::vector<ast::Path>& key) {
  if (!rows.row->is(TypeKind::kRecord)) return false;
  for (const ast::Path& path : key) {
    if (path.names.empty()) return false;
    const std::string& name = path.first().text;
    const FieldType* field = path.isSingle() ? rows.row->field(name) : nullptr;
    if (field == nullptr) {
      Diagnostic diagnostic(kUnknownName, path.span, "the key `" + path.str() + "` is not a field of the row");
      std::vector<std::string> candidates;
      for (const FieldType& other : rows.row->fields) candidates.push_back(other.name);
      suggest(diagnostic, path.span, path.str(), candidates, "fields");
      context.sink.report(std::move(diagnostic));
      return false;
    }
    if (!checkKeyType(name, field->type, path.span)) return false;
    rows.key.push_back(name);
  }
  return true;
}

}  // namespace streamc::sema
