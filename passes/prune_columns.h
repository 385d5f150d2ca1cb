// Column pruning: no column that nothing needs leaves a decoder, a project or an aggregate.
//
//   before: %s = source … demand {mag, place, code, time} : {mag, place, code, time}
//           %p = project %s … columns {region = yield 0, loud = yield 1, code = keep code} : {region, loud, code}
//           sink of {region}
//   after:  %s = source … demand {mag, place, code, time} : {place}
//           %p = project %s … columns {region = yield 0} : {region}
//
// A source goes on demanding what the program as written demands: what is not in its row is decoded and validated, and
// not stored. Expressions that may reject are never removed: `lower` made only demanded ones. Late rows keep what the
// program reads of them. Rows of sinks and of unions are exact: where an input has more, a project takes it away.
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"

namespace streamc::passes {

std::unique_ptr<mlir::Pass> createPruneColumnsPass();

}  // namespace streamc::passes
