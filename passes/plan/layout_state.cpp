#include "passes/plan/layout_state.h"

#include "ir/job/ops.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::passes {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;

// Bytes and alignment of a value in a cell, without its validity byte.
struct Extent {
  int64_t bytes;
  int64_t align;
};

// A reference to bytes in the blob pages: StreamBlobRef of runtime-lib/abi/values.h.
constexpr Extent kBlobRef = {16, 8};

Extent extentOf(mlir::Type column_type) {
  mlir::Type type = column_type;
  if (auto opt = mlir::dyn_cast<stream::OptType>(type)) type = opt.getElement();
  if (mlir::isa<stream::StringType, stream::BytesType, stream::ListType>(type)) return kBlobRef;
  int64_t bits = stream::storageType(type).getIntOrFloatBitWidth();
  int64_t bytes = bits == 1 ? 1 : bits / 8;
  return {bytes, std::min<int64_t>(bytes, 8)};
}

bool isOptional(mlir::Type type) { return mlir::isa<stream::OptType>(type); }
int64_t roundUp(int64_t offset, int64_t align) { return (offset + align - 1) / align * align; }

// Size of the canonical key if it is the same for all keys, else -1.
int64_t fixedKeyBytes(stream::RowAttr key) {
  int64_t bytes = 0;
  for (const stream::Column& column : key) {
    if (isOptional(column.type) || mlir::isa<stream::StringType, stream::BytesType, stream::ListType>(column.type)) {
      return -1;
    }
    bytes += extentOf(column.type).bytes;
  }
  return bytes == 0 ? -1 : bytes;
}

job::LayoutAttr layoutOf(job::TableOp table) {
  int64_t key_fixed = fixedKeyBytes(table.getKey());
  int64_t offset = roundUp(key_fixed < 0 ? kBlobRef.bytes : key_fixed, 8);
  auto fields = llvm::to_vector(table.getCell().getAsRange<job::FieldAttr>());
  llvm::SmallVector<int64_t> offsets(fields.size()), validity(fields.size(), -1);
  for (int64_t align : {8, 4, 2, 1})
    for (auto [i, field] : llvm::enumerate(fields)) {
      Extent extent = extentOf(field.getType());
      if (extent.align != align) continue;
      offsets[i] = offset;
      offset += extent.bytes;
    }
  for (auto [i, field] : llvm::enumerate(fields))
    if (isOptional(field.getType())) validity[i] = offset++;
  mlir::Builder builder(table.getContext());
  return job::LayoutAttr::get(table.getContext(), key_fixed, roundUp(offset, 8), builder.getDenseI64ArrayAttr(offsets),
                              builder.getDenseI64ArrayAttr(validity));
}

class LayoutStatePass : public mlir::PassWrapper<LayoutStatePass, mlir::OperationPass<mlir::ModuleOp>> {
 public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LayoutStatePass)
  llvm::StringRef getArgument() const final { return "layout-state"; }
  llvm::StringRef getDescription() const final { return "decide how the cells of each table lie in memory"; }
  void runOnOperation() final {
    for (job::TableOp table : getOperation().getOps<job::TableOp>()) table.setLayoutAttr(layoutOf(table));
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> createLayoutStatePass() { return std::make_unique<LayoutStatePass>(); }

}  // namespace streamc::passes
