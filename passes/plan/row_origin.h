// Whether an aggregate must know where the sources had its rows. `first`, `last` and `any` go by event time; of equal
// times by source, partition and position, and behind a stateful step by arrival. Rows of one partition arrive in the
// order of their positions, so the two columns travel through an exchange only where rows of several partitions meet:
//
//     source (partitions: 4) ─ where ─ aggregate { last(x) }    needs them
//     source (one file)      ─ where ─ aggregate { last(x) }    does not: arrival is the same
//     union(x ─ throttle, x) ─ aggregate { last(x) }          needs them: one road is slower
//     … ─ aggregate ─ aggregate { last(x) }                     does not: arrival is the rule
#pragma once

#include "ir/stream/ops.h"

namespace streamc::passes {

// Whether a function looks at the order of rows.
bool goesByOrder(ir::stream::AggregateAttr aggregate);

bool needsOrigin(ir::stream::AggregateOp step);

// Whether something that the rows of this stream come to, before they become other rows, uses a pseudo column (the
// partition and position also by needsOrigin); and whether they have event time.
bool usesBelow(mlir::Value rows, llvm::StringRef pseudo_column);
bool hasEventTime(mlir::Value rows);

}  // namespace streamc::passes
