// plan: from what is meant to how it runs. A module in the `stream` dialect becomes one in the `job` dialect.
//
//     %s = stream.source "feed" …                     job.source @feed …
//     %w = stream.where %s …                          job.process @p0 input @feed { where, then job.write @x0 }
//     %r, %late = stream.aggregate %w by ["k"] …  ─▶  job.exchange @x0 hash key ["k"] …
//     stream.sink %r "out" …                          job.table @t0 … ; job.process @p1 input @x0 { lateness, update }
//                                                     job.fire @t0 … ; job.process @p2 input @t0 { job.write @out }
//
// Steps between two exchanges are fused: they become the nested body of one process, values stay in registers. The
// graph is cut in front of an aggregate (rows of a group must meet), behind its table (rows come when windows close)
// and at error scopes. Consumers of one stream are siblings; a step that may reject stands in a job.flow of its own, in
// which its consumers nest, so a rejection ends exactly what depends on it.
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"

namespace streamc::passes {

std::unique_ptr<mlir::Pass> createPlanPass();

}  // namespace streamc::passes
