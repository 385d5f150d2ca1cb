// `to files(…)`: the directories that rows are divided among, and when a file is whole.
#pragma once

#include "frontend/sema/graph.h"
#include "frontend/sema/options.h"

namespace streamc::sema {

// partition: [country, date(at)]. What is no column of the row becomes one behind the others, named `$by_` and the name
// of the directory, that the sink does not write. Returns the rows with those columns; none after a report. `connector`
// gets the option as the runtime reads it.
std::optional<StreamInfo> dividedRows(Graph& graph, const StreamInfo& in, const ConnectorCall& call,
                                      Connector& connector, const Place& place, const Scope& names);

}  // namespace streamc::sema
