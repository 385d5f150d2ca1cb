// The `job` dialect: attributes and ops. Descriptions: job_dialect.td, job_ops.td.
#pragma once

#include "ir/stream/ops.h"
#include "ir/stream/types.h"
#include "mlir/IR/Dialect.h"

#include "ir/job/job_dialect.h.inc"
#include "ir/job/job_enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/job/job_attrs.h.inc"
#define GET_OP_CLASSES
#include "ir/job/job_ops.h.inc"

namespace streamc::ir::job {

// The columns of the rows that a process gets: those of its source, exchange, scope of errors or, for a table, the
// fired ones. `check` columns of a source are included, but no block argument stands for them. Null when the symbol is
// none of these.
stream::RowAttr inputColumns(ProcessOp process);
stream::RowAttr inputColumns(mlir::Operation* symbol);

// The columns that a write to an exchange or sink needs; null for another symbol.
stream::RowAttr targetColumns(mlir::Operation* symbol);

// Types of the block arguments of a fire of this table: key columns, fields of the cell, window start and end.
llvm::SmallVector<mlir::Type> fireArguments(TableOp table);

}  // namespace streamc::ir::job
