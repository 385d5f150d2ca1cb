// The values of one row while a process is built: a value for each column, by name. Pseudo columns ("$event_time") are
// columns here. Copied freely: a step changes its own copy.
#pragma once

#include "ir/stream/ops.h"
#include "llvm/ADT/StringMap.h"

namespace streamc::passes {

class RowValues {
 public:
  RowValues() = default;
  // The stored columns of a row, bound to the arguments of a block in order.
  RowValues(ir::stream::RowAttr row, mlir::ValueRange values);

  void set(llvm::StringRef column, mlir::Value value) { values_[column] = value; }
  // Null when the row has no such column.
  mlir::Value find(llvm::StringRef column) const { return values_.lookup(column); }
  // REQUIRES: the row has the column.
  mlir::Value get(llvm::StringRef column) const;
  llvm::SmallVector<mlir::Value> get(ir::stream::RowAttr row) const;
  // Only what every row has besides its own columns: event time, watermark, window, origin.
  RowValues pseudoColumns() const;

 private:
  llvm::StringMap<mlir::Value> values_;
};

// Copies the code of a step's region to where `builder` stands, with the used columns taken from `row`; returns what
// the region yields.
llvm::SmallVector<mlir::Value> copyRowCode(mlir::OpBuilder& builder, mlir::Region& region, mlir::ArrayAttr uses,
                                           const RowValues& row);

}  // namespace streamc::passes
