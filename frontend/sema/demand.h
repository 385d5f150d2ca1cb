// Demand: which fields the program as written depends on (language reference, "What is evaluated", 1).
//
// Walks the nodes from the sinks back to the sources and fills Node::demand, Node::kept, the `demanded` flags and the
// demand of sources. `where`, `assert`, keys and event time always demand; sinks demand all columns of their rows;
// `.errors` never demands. Through `.late` only the steps behind it demand (conditions, keys, aggregates); what its
// rows only show, or computed columns in them, is kept.
#pragma once

#include "frontend/sema/program.h"

namespace streamc::sema {

void computeDemand(Program& program);

}  // namespace streamc::sema
