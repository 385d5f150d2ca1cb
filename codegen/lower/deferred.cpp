// What a calm batch (calm.cpp) does row by row: updates of tables, and writes whose rows do not keep their places. Such
// an operation has a loop of its own behind the calm one, when it is known that nothing goes wrong:
//
//     calm loop:  … values of all rows, by vectors; those that the operation needs go to arrays, and a byte says
//     whether
//                 the row comes by
//     rows:       the numbers of the rows that come by
//     hashes:     of their keys, so that memory can be asked for cells in advance (a staging point)
//     deferred:   row by row: the operation itself, as process.cpp and update.cpp emit it
//
//   Source: P. Menon et al., "Relaxed operator fusion for in-memory databases", VLDB 2017.
#include "codegen/layout/value_shape.h"
#include "codegen/lower/calm_loop.h"
#include "codegen/lower/job_emitter.h"
#include "llvm/Support/MathExtras.h"
#include "mlir/Transforms/RegionUtils.h"

namespace streamc::codegen {

namespace job = ir::job;
namespace stream = ir::stream;

namespace {

// A truth value takes a byte.
llvm::Type* storedType(llvm::Type* part) {
  return part->isIntegerTy(1) ? llvm::Type::getInt8Ty(part->getContext()) : part;
}

uint64_t storedBytes(llvm::Type* part) {
  return part->isPointerTy() ? 8 : llvm::divideCeil(part->getPrimitiveSizeInBits(), 8);
}

// Of these the value is asked for again in the loop of the operation: it goes from row to row.
bool isAskedAgain(mlir::Value value) {
  return mlir::isa_and_nonnull<job::ObserveOp, job::OriginOp>(value.getDefiningOp());
}

}  // namespace

bool JobEmitter::canBeDeferred(mlir::Operation* op) const {
  if (mlir::isa<job::UpdateOp>(op)) return comesOnceARow(op);
  auto write = mlir::dyn_cast<job::WriteOp>(op);
  if (!write || !comesOnceARow(op)) return false;
  // Rows of several writes to one target would change their order.
  return writes_to_.lookup(write.getTarget()) == 1;
}

// In the calm loop: what the operation needs of this row is kept.
void JobEmitter::defer(mlir::Operation* op) {
  auto& builder = this->builder();
  mlir::Block& body = process_.getRegion().front();
  Deferred deferred;
  deferred.op = op;
  deferred.flags = calmFlags();
  llvm::SetVector<mlir::Value> needed;
  needed.insert(op->operand_begin(), op->operand_end());
  mlir::getUsedValuesDefinedAbove(op->getRegions(), needed);
  deferred.needed = needed.takeVector();
  for (mlir::Value value : deferred.needed) {
    if (inputColumn(value, body) || isAskedAgain(value)) continue;
    Parts arrays;
    for (llvm::Value* part : get(value)) {
      if (llvm::isa<llvm::Constant>(part)) {
        arrays.push_back(nullptr);  // it is the same for all rows
        continue;
      }
      llvm::Type* type = storedType(part->getType());
      llvm::Value* bytes = prologue().CreateMul(calm_->rows, prologue().getInt64(storedBytes(type)));
      llvm::Value* array = abi().call(prologue(), AbiFn::stream_core_scratch, {task(), bytes});
      if (type != part->getType()) part = builder.CreateZExt(part, type);
      builder.CreateAlignedStore(part, builder.CreateInBoundsGEP(type, array, row_),
                                 llvm::Align(std::min<uint64_t>(storedBytes(type), 8)));
      arrays.push_back(array);
    }
    deferred.saved[value] = std::move(arrays);
  }
  calm_->deferred.push_back(std::move(deferred));
}

// The values that the operation needs, of row `row_`.
void JobEmitter::bindDeferred(mlir::Block& body, stream::RowAttr row, const Deferred& deferred) {
  auto& builder = this->builder();
  bindInputColumns(body, row,
                   [&](mlir::BlockArgument argument) { return llvm::is_contained(deferred.needed, argument); });
  for (mlir::Value value : deferred.needed) {
    if (inputColumn(value, body)) continue;
    if (auto origin = value.getDefiningOp<job::OriginOp>()) {
      emitOrigin(origin);
      continue;
    }
    if (value.getDefiningOp<job::ObserveOp>()) {
      bind(value, builder.CreateAlignedLoad(builder.getInt64Ty(),
                                            builder.CreateInBoundsGEP(builder.getInt64Ty(), calm_->watermarks, row_),
                                            llvm::Align(8)));
      continue;
    }
    Parts parts = get(value);
    for (auto [part, array] : llvm::zip_equal(parts, deferred.saved.find(value)->second)) {
      if (!array) continue;
      llvm::Type* type = storedType(part->getType());
      llvm::Value* stored = builder.CreateAlignedLoad(type, builder.CreateInBoundsGEP(type, array, row_),
                                                      llvm::Align(std::min<uint64_t>(storedBytes(type), 8)));
      part = type == part->getType() ? stored : builder.CreateTrunc(stored, part->getType());
    }
    bind(value, parts);
  }
}

// A loop over numbers below `count`.
void JobEmitter::forRows(llvm::Value* count, const llvm::Twine& name, llvm::function_ref<void(llvm::Value*)> emit) {
  auto& builder = this->builder();
  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::BasicBlock* head = makeBlock(name);
  llvm::BasicBlock* body = makeBlock(name + ".row");
  llvm::BasicBlock* done = makeBlock(name + ".done");
  builder.CreateBr(head);
  begin(head);
  auto* number = builder.CreatePHI(builder.getInt64Ty(), 2, "number");
  number->addIncoming(builder.getInt64(0), before);
  builder.CreateCondBr(builder.CreateICmpULT(number, count), body, done);
  begin(body);
  emit(number);
  number->addIncoming(builder.CreateNUWAdd(number, builder.getInt64(1)), builder.GetInsertBlock());
  builder.CreateBr(head);
  begin(done);
}

// Whether the rows come from a source that reads values as they lie in memory: their next ones wait there.
bool JobEmitter::readsImages() const {
  auto source = mlir::dyn_cast<job::SourceOp>(index_.opOf(job::ProcessOp(process_).getInput()));
  return source && source.getFormat().empty();
}

void JobEmitter::emitDeferred(mlir::Block& body, stream::RowAttr row, const Deferred& deferred, bool is_first) {
  auto& builder = this->builder();
  llvm::Value* count = calm_->rows;
  llvm::Value* places = nullptr;
  if (deferred.flags) {
    llvm::Value* bytes = prologue().CreateShl(calm_->rows, 2);
    places = abi().call(prologue(), AbiFn::stream_core_scratch, {task(), bytes});
    count = abi().call(builder, AbiFn::stream_core_pick, {deferred.flags, calm_->rows, places});
  }
  auto go_to = [&](llvm::Value* number) {
    row_ = number;
    if (!places) return;
    llvm::Value* place = builder.CreateAlignedLoad(
        builder.getInt32Ty(), builder.CreateInBoundsGEP(builder.getInt32Ty(), places, number), llvm::Align(4));
    row_ = builder.CreateZExt(place, builder.getInt64Ty());
  };

  if (wantsHashes(deferred.op)) {
    llvm::Value* hashes =
        abi().call(prologue(), AbiFn::stream_core_scratch, {task(), prologue().CreateShl(calm_->rows, 3)});
    forRows(count, "hashes", [&](llvm::Value* number) {
      go_to(number);
      bindDeferred(body, row, deferred);
      builder.CreateAlignedStore(hashOf(deferred.op), builder.CreateInBoundsGEP(builder.getInt64Ty(), hashes, number),
                                 llvm::Align(8));
    });
    staged_[deferred.op] = {hashes, nullptr, count};
  }
  if (mlir::isa<job::UpdateOp>(deferred.op)) {
    last_slice_ = {stackSlot(8, "last.start"), stackSlot(8, "last.size"), stackSlot(8, "last.slice")};
    builder.CreateStore(builder.getInt64(0), last_slice_->start);
    builder.CreateStore(builder.getInt64(0), last_slice_->size);  // no row before
    builder.CreateStore(llvm::ConstantPointerNull::get(builder.getPtrTy()), last_slice_->slice);
  }
  forRows(count, "deferred", [&](llvm::Value* number) {
    go_to(number);
    bindDeferred(body, row, deferred);
    if (auto staged = staged_.find(deferred.op); staged != staged_.end()) staged->second.number = number;
    if (is_first && readsImages()) abi().call(builder, AbiFn::stream_core_ask_ahead, {batch_, number});
    emitOp(deferred.op);
  });
  staged_.erase(deferred.op);
  last_slice_.reset();
}

}  // namespace streamc::codegen
