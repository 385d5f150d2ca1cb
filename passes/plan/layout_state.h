// layout-state: decides how the cells of each table lie in memory, and writes the decision into the table.
//
//     job.table @t0 … key {k: i64} cell {1 n : i64, 2 any : i1, 3 best : opt<i32>} …
//  ─▶ job.table @t0 … layout <key_fixed = 8, cell_size = 32, offsets = [8, 20, 16], validity = [-1, -1, 21]>
//
//   ┌────────────┬──────────────────────────────────────────────┬────────────────┬───────────┐
//   │ key part   │ fields by alignment: 16- and 8-byte, 4, 2, 1 │ validity bytes │ pad to 8  │
//   └────────────┴──────────────────────────────────────────────┴────────────────┴───────────┘
//
// The key part is the canonical key itself when all keys have the same size (then a look-up compares bytes in place),
// else a reference to it in the blob pages of the segment. Fields of one alignment keep the order of their ids, so an
// added aggregate moves as little as possible. A decision depends on types alone, never on the CPU: it is part of the
// manifest.
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"

namespace streamc::passes {

std::unique_ptr<mlir::Pass> createLayoutStatePass();

}  // namespace streamc::passes
