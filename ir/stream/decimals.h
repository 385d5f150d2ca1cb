// What folds and code generation share about decimals. Pure.
#pragma once

#include "llvm/ADT/APInt.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/Types.h"

namespace streamc::ir::stream {

// 10^digits. REQUIRES: it fits.
llvm::APInt powerOfTen(unsigned digits, unsigned bits);

// The constant that a number of one column type is in a decimal type; null when it does not fit exactly, or `to` is no
// decimal.
mlir::Attribute convertDecimalConstant(mlir::Attribute constant, mlir::Type from, mlir::Type to);

}  // namespace streamc::ir::stream
