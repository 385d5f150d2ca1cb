// Shapes of IR types: how the values of a column or storage type lie in memory (runtime-lib/abi/values.h).
#ifndef CODEGEN_LAYOUT_VALUE_SHAPE_H
#define CODEGEN_LAYOUT_VALUE_SHAPE_H

#include "codegen/layout/cell_layout.h"
#include "mlir/IR/Types.h"

namespace streamc::codegen {

// Of a column type or a storage type. Any other type is our bug and aborts.
ValueShape shapeOf(mlir::Type type);

// Of an element of a list: its leaves in order.
ElementLayout elementLayoutOf(mlir::Type list);

}  // namespace streamc::codegen

#endif
