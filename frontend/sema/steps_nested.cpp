// only, flatten, decode, route, call: rows inside rows, and other rows instead of them.
#include <algorithm>

#include "frontend/sema/causes.h"
#include "frontend/sema/connectors.h"
#include "frontend/sema/diagnostics.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNotAOneof, "E0256", Severity::kError, "`only` on rows that are not one of several records");
STREAMC_DIAGNOSTIC(kNotAList, "E0257", Severity::kError, "`flatten` of something that is no list");
STREAMC_DIAGNOSTIC(kNotDecodable, "E0258", Severity::kError, "`decode` of something that is neither text nor bytes");
STREAMC_DIAGNOSTIC(kNewName, "E0259", Severity::kError, "the name of a new field is taken");
STREAMC_DIAGNOSTIC(kRouteElse, "W0440", Severity::kWarning, "a `route` arm that is never reached");

namespace {

bool isFree(Graph& graph, const StreamInfo& in, const ast::Name& name) {
  if (name.missing()) return false;
  if (!in.row->is(TypeKind::kRecord) || in.row->field(name.text) == nullptr) return true;
  graph.context.sink.report(Diagnostic(kNewName, name.span, "the row has a field `" + name.text + "` already"));
  return false;
}

StreamInfo withField(Graph& graph, const StreamInfo& in, const ast::Name& name, TypeRef type, const std::string& step,
                     std::vector<ExprRef> uses, const Place& place) {
  std::vector<FieldType> fields = in.row->fields;
  fields.push_back({name.text, type});
  TypeRef row = graph.context.types.record(std::move(fields));
  return graph.addNotBuilt(in, place.group, step, "`" + step + "`", place.keyword(), row, {}, std::move(uses));
}

}  // namespace

StreamInfo onlyStep(Graph& graph, StreamInfo in, const ast::OnlyStep& step, const Place& place) {
  if (!in.row->is(TypeKind::kOneof)) {
    graph.context.sink.report(Diagnostic(kNotAOneof, place.keyword(),
                                         "`only` takes one of several kinds of records, and these are of one kind")
                                  .label(describe(in.row)));
    return graph.failed();
  }
  if (!hasVariant(graph.context, in.row, step.variant)) return graph.failed();
  TypeRef payload = nullptr;
  for (const FieldType& variant : in.row->fields) payload = variant.name == step.variant.text ? variant.type : payload;
  if (payload == nullptr || payload->isError()) return graph.failed();
  if (!payload->is(TypeKind::kRecord) && !payload->is(TypeKind::kNull)) {
    std::string name = step.variant.text;
    graph.context.sink.report(
        Diagnostic(kNotAOneof, step.variant.span,
                   "`only` makes rows of a variant's record, and `" + name + "` has " + describe(payload))
            .label(toString(payload))
            .note("`where this is " + name + "` keeps these rows as they are"));
    return graph.failed();
  }
  Span span = place.step.span;
  ExprRef rows = makeExpr(ExprKind::kColumn, in.row, span);
  ExprRef condition =
      makeExpr(ExprKind::kIsVariant, graph.context.boolean(), span, {std::move(rows)}, step.variant.text);
  in.time_fields.clear();
  StreamInfo chosen = graph.add(in, place.group, "only", span, in.row, WhereNode{std::move(condition)});
  return graph.payloadRows(chosen, step.variant.text, place);
}

StreamInfo flattenStep(Graph& graph, StreamInfo in, const ast::FlattenStep& step, const Place& place) {
  if (step.list == nullptr || !isFree(graph, in, step.as)) return graph.failed();
  if (!in.row->is(TypeKind::kRecord)) {
    graph.oneofRow(in, place);
    return graph.failed();
  }
  ExprChecker checker = graph.checker(in, place);
  ExprRef list = checker.infer(*step.list);
  if (list->type->isError()) return graph.failed();
  TypeRef type = TypeContext::unwrap(list->type);
  if (!type->is(TypeKind::kList) && !type->is(TypeKind::kSet)) {
    graph.context.sink.report(
        Diagnostic(kNotAList, list->span,
                   "`flatten` makes a row of each element of a list, and this is " + describe(list->type))
            .label(toString(list->type)));
    return graph.failed();
  }
  if (list->type->isOptional()) {
    checker.require(list, type, "`flatten`");
    return graph.failed();
  }
  if (type->is(TypeKind::kSet)) return withField(graph, in, step.as, type->element, "flatten", {list}, place);
  std::vector<FieldType> fields = in.row->fields;
  fields.push_back({step.as.text, type->element});
  TypeRef row = graph.context.types.record(std::move(fields));
  StreamInfo out = graph.add(in, place.group, "flatten", place.step.span, row, FlattenNode{list, step.as.text});
  if (in.is_table) graph.job.notBuilt("`flatten` of tables", place.keyword());
  return out;
}

StreamInfo decodeStep(Graph& graph, StreamInfo in, const ast::DecodeStep& step, const Place& place) {
  if (step.value == nullptr || step.type == nullptr) return graph.failed();
  ExprChecker checker = graph.checker(in, place);
  ExprRef value = checker.infer(*step.value);
  TypeRef row = graph.job.declarations.type(*step.type, place.names);
  if (value->type->isError() || row->isError()) return graph.failed();
  bool is_text = value->type->is(TypeKind::kString) || value->type->is(TypeKind::kBytes);
  if (!is_text) {
    TypeRef inner = TypeContext::unwrap(value->type);
    if (inner->is(TypeKind::kString) || inner->is(TypeKind::kBytes)) {
      checker.require(value, inner, "`decode`");
    } else {
      graph.context.sink.report(
          Diagnostic(kNotDecodable, value->span, "`decode` reads text or bytes, and this is " + describe(value->type))
              .label(toString(value->type)));
    }
    return graph.failed();
  }
  if (!row->is(TypeKind::kRecord) && !row->is(TypeKind::kOneof)) {
    graph.context.sink.report(
        Diagnostic(kNotDecodable, step.type->span, "`decode` makes rows, and a row is a record, not " + describe(row)));
    return graph.failed();
  }
  std::string format_name = "json";
  std::vector<Option> options;
  if (step.format != nullptr) {
    ConnectorCall format = connectorCall(graph.context, *step.format);
    if (format.name != nullptr && !isFormat(format.name->text)) {
      Diagnostic diagnostic(kNotDecodable, format.name->span, "there is no format called `" + format.name->text + "`");
      suggest(diagnostic, format.name->span, format.name->text, {"json", "csv", "avro", "protobuf"}, "formats");
      graph.context.sink.report(std::move(diagnostic));
      return graph.failed();
    }
    if (format.name == nullptr) return graph.failed();
    format_name = format.name->text;
    if (!checkFormatOptions(graph, format, place.names, options)) return graph.failed();
  }
  if (format_name != "json") graph.job.notBuilt("`decode` of " + format_name, step.format->span);
  if (in.is_table) graph.job.notBuilt("`decode` of tables", place.keyword());
  in.time_fields.clear();
  return graph.add(in, place.group, "decode", place.step.span, row,
                   DecodeNode{std::move(value), std::move(format_name), std::move(options)});
}

StreamInfo routeStep(Graph& graph, StreamInfo in, const ast::RouteStep& step, const Place& place) {
  if (in.is_table) graph.job.notBuilt("`route` on tables", place.keyword());
  bool covered = false;
  Facts known;  // what holds where no arm above has taken the record
  std::vector<ExprRef> conditions;
  StreamInfo routed = in;
  if (!step.is_all) routed = graph.add(in, place.group, "route", place.keyword(), in.row, RouteNode{});
  std::string step_name;  // of all arms
  if (!step.is_all) step_name = graph.job.program.nodes[routed.node].step_name;
  for (const ast::RouteArm& arm : step.arms) {
    if (covered && !step.is_all) {
      graph.context.sink.report(Diagnostic(kRouteElse, arm.span, "`else` stands above, so no record comes here"));
    }
    ExprRef condition;
    Facts facts = known;
    if (arm.condition != nullptr) {
      ExprChecker checker = graph.checker(in, place);
      checker.assume(known);
      condition = checker.condition(*arm.condition, "`when`");
      if (condition->type->isError()) return in;
      facts.add(factsWhen(*condition, true));
      if (!step.is_all) known.add(factsWhen(*condition, false));
    } else {
      covered = true;
    }
    StreamInfo branch = routed;
    Span span = condition != nullptr ? condition->span : place.keyword();
    if (!step.is_all) {
      auto index = static_cast<uint32_t>(conditions.size());
      branch = graph.add(routed, place.group, "route/arm", span, in.row, RouteArmNode{index});
      graph.job.program.nodes[branch.node].step_name = step_name;
    } else if (condition != nullptr) {
      branch = graph.add(in, place.group, "route", span, in.row, WhereNode{condition});
      Node& node = graph.job.program.nodes[branch.node];
      if (step_name.empty()) step_name = node.step_name;
      node.step_name = step_name;
    }
    conditions.push_back(condition);
    graph.steps(graph.refine(branch, facts, place), arm.steps, place.names, place.group);
  }
  if (auto* node = std::get_if<RouteNode>(&graph.job.program.nodes[routed.node].step)) {
    node->conditions = std::move(conditions);
  }
  return in;
}

StreamInfo callStep(Graph& graph, StreamInfo in, const ast::CallStep& step, const Place& place) {
  if (step.value == nullptr || !isFree(graph, in, step.name)) return graph.failed();
  if (!in.row->is(TypeKind::kRecord)) {
    graph.oneofRow(in, place);
    return graph.failed();
  }
  ExprChecker checker = graph.checker(in, place);
  ExprRef value = checker.infer(*step.value);
  if (value->type->isError()) return graph.failed();
  StreamInfo out = in;
  if (auto why = graph.nondeterminismOf(*value, in))
    out.nondeterministic.emplace(step.name.text, Nondeterminism{"call " + step.name.text, why->span});
  return withField(graph, out, step.name, value->type, "call", {value}, place);
}

}  // namespace streamc::sema
