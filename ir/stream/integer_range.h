// What is known about an integer without running: an interval, found by looking a few ops back. Lets folding take
// checks away that can never fail. Internal to ir/.
#pragma once

#include "llvm/ADT/APInt.h"
#include "mlir/IR/Value.h"

namespace streamc::ir::stream {

// All integers from low to high. Bounds of 64-bit arithmetic, products included, fit 128 bits.
struct IntegerRange {
  __int128 low, high;

  static IntegerRange ofConstant(const llvm::APInt& value, bool is_unsigned) {
    __int128 exact =
        is_unsigned ? static_cast<__int128>(value.getZExtValue()) : static_cast<__int128>(value.getSExtValue());
    return {exact, exact};
  }
  bool contains(IntegerRange other) const { return low <= other.low && other.high <= high; }
  friend IntegerRange operator+(IntegerRange a, IntegerRange b) { return {a.low + b.low, a.high + b.high}; }
  friend IntegerRange operator-(IntegerRange a, IntegerRange b) { return {a.low - b.high, a.high - b.low}; }
  friend IntegerRange operator*(IntegerRange a, IntegerRange b);
};

// What a type of at most 64 bits can hold.
IntegerRange rangeOfType(mlir::Type type, bool is_unsigned);

// What a value can be. REQUIRES: an integer of at most 64 bits.
IntegerRange rangeOf(mlir::Value value, bool is_unsigned);

}  // namespace streamc::ir::stream
