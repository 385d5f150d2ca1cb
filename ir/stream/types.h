// The `stream` dialect, its types, attributes and enums. Descriptions are in stream_types.td; ops are in ops.h.
#pragma once

#include <optional>

#include "ir/stream/column.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"

#include "ir/stream/stream_dialect.h.inc"
#include "ir/stream/stream_enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/stream/stream_attrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/stream/stream_types.h.inc"

namespace streamc::ir::stream {

// Discardable attributes of the module.
inline constexpr llvm::StringLiteral kJobAttr = "stream.job";            // string: name of the job
inline constexpr llvm::StringLiteral kSettingsAttr = "stream.settings";  // dictionary: delivery, checkpoint_us, …
inline constexpr llvm::StringLiteral kParamsAttr = "stream.params";      // array of ParamAttr; index = slot

// The row of a stream or table type. REQUIRES: it is one of them.
RowAttr rowOf(mlir::Type stream_or_table);
// The same stream or table with another row.
mlir::Type withRow(mlir::Type stream_or_table, RowAttr row);

// Storage type of a column or pseudo column of that row; null when there is no such column.
mlir::Type storageTypeOf(RowAttr row, llvm::StringRef column);

// The row of every stream of rejected rows.
RowAttr errorsRow(mlir::MLIRContext* context);
// The row of the late rows of a step: its input and `late_by`.
RowAttr lateRow(RowAttr input);

}  // namespace streamc::ir::stream
