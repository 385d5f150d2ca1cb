// What each aggregate function keeps in a cell, how a row changes it, and what it says in the end.
//
// Called by the plan pass, which turns these into the cell fields of a `job.table`, the region of a `job.update` and
// the body of a `job.fire`. Behind it nobody knows aggregate functions: code generation sees fields and arithmetic. A
// new function is a new row of the table in aggregate_cells.cpp.
//
// A fresh cell is all zero bytes: every number 0, every optional null. So no function needs to know whether a row is
// the first of its group.
#pragma once

#include <string>

#include "ir/stream/ops.h"
#include "mlir/IR/Builders.h"

namespace streamc::passes {

// One aggregate of a step, with its types.
struct AggregateShape {
  ir::stream::AggregateFunction function;
  mlir::Type argument;       // column type of the argument; null for count()
  mlir::Type result;         // column type of the result
  bool conditional;          // the argument is optional in the region: null = the row does not count
  bool by_position = false;  // rows of one event time have an order of their own (RowOrder), not that of their arrival
};

// What decides which row is first. Any may be null: then arrival decides.
struct RowOrder {
  mlir::Value event_time;  // i64
  mlir::Value partition;   // i64, like the next one: with `by_position`
  mlir::Value position;
};

struct CellField {
  std::string suffix;  // behind the aggregate's name: "sum", "n", "" …
  mlir::Type type;     // a column type, or i128
};

// The fields that one aggregate needs, in a fixed order.
llvm::SmallVector<CellField> cellFields(const AggregateShape& shape);

// The fields after a row. `argument` has storage type (optional when conditional, null meaning that the row does not
// count; the condition itself for a conditional count; null for count()).
llvm::SmallVector<mlir::Value> updateFields(mlir::OpBuilder& builder, mlir::Location loc, const AggregateShape& shape,
                                            mlir::ValueRange fields, mlir::Value argument, const RowOrder& order);

// The result, of the result's storage type. May reject with `overflow`: a sum is checked when it is emitted.
mlir::Value finishFields(mlir::OpBuilder& builder, mlir::Location loc, const AggregateShape& shape,
                         mlir::ValueRange fields);

}  // namespace streamc::passes
