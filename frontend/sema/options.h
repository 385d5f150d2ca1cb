// Connectors as written: the call after `from`, `to`, `via` against the tables of connectors.h.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "frontend/sema/connectors.h"
#include "frontend/sema/graph.h"

namespace streamc::sema {

// kafka(topic: "t", format: json)   stdout   null
struct ConnectorCall {
  const ast::Name* name = nullptr;
  const std::vector<ast::Arg>* args = nullptr;  // null: no parentheses
  Span span;
};
// Null name: it is not written as a connector, which has been reported.
ConnectorCall connectorCall(Context& context, const ast::Expr& expr);
ConnectorCall connectorCall(const ast::PathCall& call);

struct CheckedConnector {
  Connector connector;
  const ConnectorRow* row = nullptr;
  const Option* option(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name) const;
};
// Checks everything but the options about rows, which checkRowOptions does where the row is known.
std::optional<CheckedConnector> checkConnector(Graph& graph, const ConnectorCall& call, bool of_source,
                                               const Scope& names);
void checkRowOptions(Graph& graph, const ConnectorCall& call, bool of_source, const StreamInfo& rows,
                     const Scope& names);
// The options of a format that stands for itself: `json(timestamps: ms)`. False after a report.
bool checkFormatOptions(Graph& graph, const ConnectorCall& format, const Scope& names, std::vector<Option>& options);
// The argument of an option; null when it is not given.
const ast::Arg* findArgument(const ConnectorCall& call, std::string_view option);
// An expression that is known when the job starts, as the manifest stores it; none after a report.
std::optional<OptionValue> optionValue(Graph& graph, const Expr& value);
// The rows of `meta`.
TypeRef metaType(Context& context, std::string_view fields);

}  // namespace streamc::sema
