// Sharing of checks: an expression that may reject is evaluated once where it stood twice.
//
//   before: %a = stream.cast %s : string -> i64        after: %a = stream.cast %s : string -> i64
//           %b = stream.cast %s : string -> i64               use of %a, %a
//           use of %a, %b
//
// MLIR's CSE leaves ops with effects alone. Rejecting is one that may be shared: if the first op rejects, the second is
// never reached, and if it does not, neither would the second. The first must stand where it is always evaluated before
// the second; what is evaluated in a branch or in the first region of a `catch` is not shared with what follows.
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"

namespace streamc::passes {

std::unique_ptr<mlir::Pass> createShareChecksPass();

}  // namespace streamc::passes
