// What a format can hold: rows against the format of the connector that reads or writes them.
#pragma once

#include "frontend/sema/graph.h"

namespace streamc::sema {

// Reports fields that the connector's format has no form for. False after a report.
bool checkFormatRow(Context& context, const Connector& connector, TypeRef row, Span span);

// What the runtime must know of the whole row, demanded or not: for CSV the names of all cells, as a line of CSV.
void addFormatOptions(Connector& connector, TypeRef row);

}  // namespace streamc::sema
