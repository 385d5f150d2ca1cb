// Lists: elements one after another in memory (layout/cell_layout.h, layoutElement), and parameters of the job.
#include "codegen/layout/value_shape.h"
#include "codegen/lower/row_emitter.h"
#include "llvm/Support/ErrorHandling.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

unsigned leafIndex(mlir::Type list, llvm::StringRef name) {
  auto element = mlir::cast<stream::ListType>(list).getElement();
  auto index = element.indexOf(name);
  if (!index) llvm::report_fatal_error(llvm::Twine("codegen: a list without the leaf ") + name);
  return *index;
}

mlir::Type leafType(mlir::Type list, unsigned leaf) {
  return mlir::cast<stream::ListType>(list).getElement().getColumns()[leaf].type;
}

}  // namespace

Parts RowEmitter::loadLeaf(mlir::Type list, llvm::Value* data, llvm::Value* index, unsigned leaf) {
  ElementLayout layout = elementLayoutOf(list);
  const SlotOffset& slot = layout.leaves[leaf];
  llvm::Value* element =
      builder_.CreateInBoundsGEP(builder_.getInt8Ty(), data, builder_.CreateMul(index, builder_.getInt64(layout.size)));
  return loadValue(builder_, leafType(list, leaf), offsetBy(builder_, element, slot.value),
                   slot.validity ? offsetBy(builder_, element, *slot.validity) : nullptr);
}

bool RowEmitter::emitList(mlir::Operation* op) {
  if (auto size = mlir::dyn_cast<stream::ListSizeOp>(op)) {
    bind(size, builder_.CreateZExt(get(size.getList())[1], builder_.getInt64Ty()));
  } else if (auto element = mlir::dyn_cast<stream::ListGetOp>(op)) {
    mlir::Type list = element.getList().getType();
    bind(element,
         loadLeaf(list, get(element.getList())[0], scalar(element.getIndex()), leafIndex(list, element.getLeaf())));
  } else if (auto check = mlir::dyn_cast<stream::IndexCheckOp>(op)) {
    llvm::Value* count = builder_.CreateZExt(get(check.getList())[1], builder_.getInt64Ty());
    // One unsigned comparison: a negative index is a huge one.
    rejectIf(builder_.CreateICmpUGE(scalar(check.getIndex()), count), op, Cause::kMissing,
             "the index lies outside of the list");
  } else if (auto list = mlir::dyn_cast<stream::ListOp>(op)) {
    ElementLayout layout = elementLayoutOf(list.getType());
    const size_t width = layout.leaves.size();
    const size_t count = width == 0 ? 0 : list.getLeaves().size() / width;
    llvm::Value* data =
        abi().call(builder_, AbiFn::stream_core_scratch, {task_, builder_.getInt64(count * layout.size)});
    for (auto [i, value] : llvm::enumerate(list.getLeaves())) {
      const SlotOffset& slot = layout.leaves[i % width];
      llvm::Value* element = offsetBy(builder_, data, i / width * layout.size);
      storeValue(builder_, leafType(list.getType(), i % width), get(value), offsetBy(builder_, element, slot.value),
                 slot.validity ? offsetBy(builder_, element, *slot.validity) : nullptr);
    }
    bind(list, {data, builder_.getInt32(count)});
  } else if (auto param = mlir::dyn_cast<stream::ParamOp>(op)) {
    // The same for all rows: read once, before the first.
    llvm::Value* slot = abi().call(prologue_, AbiFn::stream_core_param, {task_, prologue_.getInt32(param.getSlot())});
    llvm::Value* validity = isOptional(param.getType()) ? offsetBy(prologue_, slot, 16) : nullptr;
    bind(param, loadValue(prologue_, param.getType(), slot, validity));
  } else {
    return false;
  }
  return true;
}

}  // namespace streamc::codegen
