#include "codegen/layout/value_shape.h"

#include "ir/stream/types.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {

ValueShape shapeOf(mlir::Type type) {
  if (auto optional = mlir::dyn_cast<ir::stream::OptType>(type)) {
    ValueShape shape = shapeOf(optional.getElement());
    shape.optional = true;
    return shape;
  }
  type = ir::stream::storageType(type);
  if (mlir::isa<ir::stream::StringType, ir::stream::ListType>(type)) {
    return {.bytes = 16, .align = 8, .variable = true};
  }
  if (type.isIntOrFloat()) {
    uint32_t bytes = (type.getIntOrFloatBitWidth() + 7) / 8;  // i1 takes a byte
    return {.bytes = bytes, .align = bytes < 8 ? bytes : 8};
  }
  llvm::report_fatal_error("codegen: a type without a shape in memory");
}

ElementLayout elementLayoutOf(mlir::Type list) {
  std::vector<ValueShape> leaves;
  for (const ir::stream::Column& column : mlir::cast<ir::stream::ListType>(list).getElement()) {
    leaves.push_back(shapeOf(column.type));
  }
  return layoutElement(leaves);
}

}  // namespace streamc::codegen
