// Row-level code of the referee: one function for each operation that may stand in a region, which says what the
// operation means and nothing else. Called by the steps (steps.cpp) for each row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/stream/ops.h"
#include "llvm/ADT/DenseMap.h"
#include "test/interpreter/value.h"

namespace streamc::referee {

// A row leaves its flow. `place` is where; the innermost operation that knows it says so.
struct Rejected {
  ir::stream::Cause cause;
  std::string detail;
  std::optional<mlir::Location> place = std::nullopt;
};

class RowCode {
 public:
  // `params` by slot.
  explicit RowCode(const std::vector<Value>& params) : params_(params) {}

  // What the region yields for these arguments. Throws Rejected and Stuck.
  std::vector<Value> run(mlir::Region& region, llvm::ArrayRef<Value> arguments);

  const Value& get(mlir::Value value) const { return values_.find(value)->second; }
  void set(mlir::Value value, Value to) { values_[value] = std::move(to); }
  const std::vector<Value>& params() const { return params_; }
  // Runs the operations of a region's block and returns what its terminator yields; for operations with regions.
  std::vector<Value> runInside(mlir::Region& region);

 private:
  const std::vector<Value>& params_;
  llvm::DenseMap<mlir::Value, Value> values_;
};

using RowFunction = void (*)(mlir::Operation& op, RowCode& code);
// The meaning of the operation of that name; null when the referee does not know it.
RowFunction rowFunctionOf(llvm::StringRef operation);

// A call of a builtin function by the table of the language (dsl/builtins.def). Throws Rejected.
Value callBuiltin(llvm::StringRef name, llvm::ArrayRef<Value> args, llvm::ArrayRef<mlir::Type> types,
                  mlir::Type result);
// Whether the referee has that function.
bool hasBuiltin(llvm::StringRef name);

// The conversions of stream.cast and stream.convert between column types. Throws Rejected with cause cast.
Value castTo(const Value& value, mlir::Type from, mlir::Type to);

}  // namespace streamc::referee
