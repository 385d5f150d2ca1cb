// Optionals: the parts of a value and its presence.
#include "codegen/lower/row_emitter.h"

namespace streamc::codegen {

namespace stream = ir::stream;

bool RowEmitter::emitOptional(mlir::Operation* op) {
  if (auto none = mlir::dyn_cast<stream::NoneOp>(op)) {
    bind(none, zeroValue(builder_.getContext(), none.getType()));
  } else if (auto some = mlir::dyn_cast<stream::SomeOp>(op)) {
    Parts parts = get(some.getValue());
    parts.push_back(builder_.getTrue());
    bind(some, parts);
  } else if (auto is_some = mlir::dyn_cast<stream::IsSomeOp>(op)) {
    bind(is_some, get(is_some.getOptional()).back());
  } else if (auto value = mlir::dyn_cast<stream::GetOp>(op)) {
    bind(value, withoutPresence(get(value.getOptional())));
  } else if (auto value = mlir::dyn_cast<stream::AssertPresentOp>(op)) {
    Parts parts = get(value.getOptional());
    rejectIf(builder_.CreateNot(parts.back()), op, Cause::kNull, "the value is null");
    bind(value, withoutPresence(parts));
  } else {
    return false;
  }
  return true;
}

}  // namespace streamc::codegen
