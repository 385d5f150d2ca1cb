#include "frontend/sema/file_sinks.h"

#include <algorithm>

#include "frontend/sema/diagnostics.h"
#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kPartitionName, "E0816", Severity::kError,
                   "a directory of a sink has no name, or two have the same");

namespace {

// What an item of `partition` calls its directories: the field, or the function that makes the value.
std::string nameOf(const ast::Expr& expr) {
  if (const auto* name = expr.as<ast::NameRef>()) return name->name.text;
  if (const auto* field = expr.as<ast::FieldExpr>()) return field->name.text;
  if (const auto* call = expr.as<ast::CallExpr>()) return nameOf(*call->callee);
  return "";
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

}  // namespace

std::optional<StreamInfo> dividedRows(Graph& graph, const StreamInfo& in, const ConnectorCall& call,
                                      Connector& connector, const Place& place, const Scope& names) {
  const ast::Arg* arg = findArgument(call, "partition");
  if (arg == nullptr || arg->value == nullptr || in.failed || !in.row->is(TypeKind::kRecord)) return in;
  Context& context = graph.context;
  std::vector<const ast::Expr*> items;
  if (const auto* list = arg->value->as<ast::ListExpr>()) {
    for (const ast::ExprPtr& item : list->items) items.push_back(item.get());
  } else {
    items.push_back(arg->value.get());
  }

  ExprChecker checker(graph.job, names, graph.rowScope(in, {}));
  std::vector<FieldType> row = in.row->fields;
  ProjectNode project;
  for (const FieldType& field : row) {
    project.fields.push_back(
        {.name = field.name, .expr = makeExpr(ExprKind::kColumn, field.type, arg->span, {}, field.name)});
  }
  std::string columns;
  std::vector<std::string> used;
  for (const ast::Expr* item : items) {
    ExprRef value = checker.infer(*item);
    if (value->type->isError()) return std::nullopt;
    std::string name = nameOf(*item);
    bool doubled = std::find(used.begin(), used.end(), name) != used.end();
    if (name.empty() || doubled) {
      context.sink.report(
          Diagnostic(kPartitionName, item->span,
                     doubled ? "two directories would be called `" + name + "=…`"
                             : "what shall the directories be called that this value names?")
              .note("`extend { name: … }` before the sink makes it a field, and its directories are called `name=…`"));
      return std::nullopt;
    }
    used.push_back(name);
    if (!graph.checkKeyType(name, TypeContext::unwrap(value->type), item->span)) return std::nullopt;
    bool is_field = item->is<ast::NameRef>() && in.row->field(name) != nullptr;
    if (!is_field) {
      name = "$by_" + name;
      row.push_back({name, value->type});
      project.fields.push_back({.name = name, .expr = std::move(value)});
    }
    columns += (columns.empty() ? "" : ",") + quoted(name);
  }
  for (Option& option : connector.options) {
    if (option.name == "partition") option.value.literal = {columns};
  }
  if (row.size() == in.row->fields.size()) return in;
  return graph.add(in, place.group, "divide", arg->span, context.types.record(std::move(row)), std::move(project));
}

}  // namespace streamc::sema
