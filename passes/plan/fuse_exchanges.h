// fuse-exchanges: a second version of a process for jobs of one worker, in which an exchange hands nothing over.
//
//     job.process @p0 input @quakes … { … job.write @x0(%region, %mag, %t, %wm) }
//     job.process @p1 input @x0 step "by_region/aggregate" … { job.lateness … job.update @t0 … }
//  ─▶ both, and
//     job.process @p0_fused instead_of @p0 input @quakes …
//         { … job.flow step "by_region/aggregate" … { job.lateness … job.update @t0 … } }
//
// An exchange is fused where one operation of the job writes to it, directly behind a source, an exchange or a table:
// then the rows, their order and the watermark are the same on both its sides when there is one worker. What counts or
// paces rows (limit, throttle) keeps its exchange. The number of workers is known at start only, so both versions are
// in the job; they share tables, sinks and everything that a checkpoint holds.
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"

namespace streamc::passes {

std::unique_ptr<mlir::Pass> createFuseExchangesPass();

}  // namespace streamc::passes
