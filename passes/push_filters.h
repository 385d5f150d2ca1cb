// Filters go up: a `where` moves before the steps that it does not depend on, so that what it drops is not computed.
//
//     %1 = stream.project %0 …  columns {a = keep x, b = yield 0}      %1 = stream.where %0 (%x = x) …
//     %2 = stream.where %1 (%a = a) …                             →    %2 = stream.project %1 …
//
// It moves past a projection whose columns it uses only as they came, past a union (into each input) and past a flatten
// of whose elements it uses none. It never moves past
//   * a step that may reject: the rows that it would drop are rejected there, and somebody reads that;
//   * a limit, throttle or sample, which count or choose among the rows they see; an aggregate, which keeps them;
//   * a step that others read as well: they want all of its rows.
// A filter that may reject itself moves past a projection only: elsewhere a row would be rejected another number of
// times. (Selection push-down; for streams, Hirzel et al., "A catalog of stream processing optimizations", 2014,
// operator reordering.)
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"
#include "passes/notes.h"

namespace streamc::passes {

// `notes` may be null; else it lives as long as the pass.
std::unique_ptr<mlir::Pass> createPushFiltersPass(Notes* notes = nullptr);

}  // namespace streamc::passes
