// The loop for a calm batch: one in which no row is rejected. Most batches are; for them the checks of a process need
// no branches, and a loop without branches becomes vectors.
//
//   calm:     for all rows: values, wrapped where they do not fit; failed |= what went wrong; which rows pass a filter
//             failed? → rowwise, as if nothing had happened
//             else what the rows do besides: event times are told, sinks get their rows; return
//   rowwise:  row by row, with exact rejections (process.cpp)
//
// Until the test nothing is changed that anybody sees: values go to places of the outputs' columns that have no rows
// yet. Only code that cannot trap and has no calls is calm: every row computes everything, also behind a filter that it
// does not pass. Memory accesses of the loop are marked parallel: columns never overlap.
//   Source of the idea: P. Boncz et al., "MonetDB/X100", CIDR 2005 (selection vectors); checked arithmetic as in
//   Vectorwise: S. Héman et al., "Vectorized data processing on the Cell Broadband Engine", 2007.
#include "codegen/layout/value_shape.h"
#include "codegen/lower/job_emitter.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::codegen {

namespace arith = mlir::arith;
namespace job = ir::job;
namespace scf = mlir::scf;
namespace stream = ir::stream;

// What is known while the loop is emitted.
struct JobEmitter::CalmLoop {
  llvm::Value* path = nullptr;      // i1: whether the row comes by here; null: every row does
  llvm::Value* failed = nullptr;    // i64, not 0: something went wrong in this row or an earlier one
  llvm::Value* greatest = nullptr;  // event time
  llvm::Value* times = nullptr;     // of all rows
  struct Taken {
    llvm::Value* batch;
    llvm::Value* flags;  // null: all rows
  };
  llvm::SmallVector<Taken> taken;
  llvm::Value* rows = nullptr;
};

namespace {

bool isConstantDivisor(mlir::Value divisor) {
  auto constant = divisor.getDefiningOp<arith::ConstantOp>();
  auto value = constant ? mlir::dyn_cast<mlir::IntegerAttr>(constant.getValue()) : mlir::IntegerAttr();
  return value && !value.getValue().isZero() && !value.getValue().isAllOnes();
}

bool isText(mlir::Type type) { return isString(withoutOptional(type)) || isList(withoutOptional(type)); }

bool isFloat(mlir::Type type) { return mlir::isa<mlir::FloatType>(withoutOptional(type)); }

// Whether the op is straight code: no call, no trap, no value that is undefined for some input.
bool isStraightOp(mlir::Operation* op) {
  if (mlir::isa<arith::ConstantOp, arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::AndIOp, arith::OrIOp,
                arith::XOrIOp, arith::CmpIOp, arith::CmpFOp, arith::SelectOp, arith::AddFOp, arith::SubFOp,
                arith::MulFOp, arith::DivFOp, arith::NegFOp, arith::ExtSIOp, arith::ExtUIOp, arith::TruncIOp,
                arith::SIToFPOp, arith::UIToFPOp, arith::ExtFOp, arith::TruncFOp, arith::MaxSIOp, arith::MinSIOp,
                arith::MaxUIOp, arith::MinUIOp>(op))
    return true;
  if (mlir::isa<stream::CheckedAddOp, stream::CheckedSubOp, stream::CheckedMulOp, stream::CheckedNegOp,
                stream::DivFloatOp, stream::SomeOp, stream::NoneOp, stream::IsSomeOp, stream::GetOp,
                stream::AssertPresentOp>(op))
    return true;
  if (mlir::isa<stream::DivOp, stream::ModOp>(op)) return isConstantDivisor(op->getOperand(1));
  if (auto convert = mlir::dyn_cast<stream::ConvertOp>(op))
    return !isText(convert.getFrom()) && !isText(convert.getTo()) &&
           (!isFloat(convert.getFrom()) || isFloat(convert.getTo()));
  if (auto cast = mlir::dyn_cast<stream::CastOp>(op))
    return !isText(cast.getFrom()) && !isText(cast.getTo()) && (!isFloat(cast.getFrom()) || isFloat(cast.getTo()));
  return false;
}

}  // namespace

bool JobEmitter::canBeCalm(mlir::Block& body) {
  bool calm = true;
  body.getParentOp()->walk([&](mlir::Operation* op) {
    if (op == body.getParentOp() || mlir::isa<job::FlowOp, scf::IfOp, scf::YieldOp, job::RejectOp>(op)) return;
    if (auto write = mlir::dyn_cast<job::WriteOp>(op)) {
      calm &= positional_.contains(write);
      // A text that is made is made by a call; one that is passed on is not touched.
      for (mlir::Value value : write.getValues())
        calm &= !isText(value.getType()) || mlir::isa<mlir::BlockArgument>(value);
    } else if (auto observe = mlir::dyn_cast<job::ObserveOp>(op)) {
      calm &= observe.getWatermark().use_empty();
    } else {
      calm &= isStraightOp(op);
    }
  });
  return calm;
}

void JobEmitter::emitCalm(mlir::Block& body, stream::RowAttr row, llvm::Value* rows, llvm::BasicBlock* otherwise) {
  auto& builder = this->builder();
  auto& context = builder.getContext();
  llvm::Type* i64 = builder.getInt64Ty();
  CalmLoop calm;
  calm.rows = rows;
  calm_ = &calm;

  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::BasicBlock* loop = makeBlock("calm");
  llvm::BasicBlock* after = makeBlock("calm.after");
  llvm::BasicBlock* done = makeBlock("calm.done");
  builder.CreateBr(loop);  // a batch that is run has a row
  begin(loop);
  auto* number = builder.CreatePHI(i64, 2, "row");
  auto* failed = builder.CreatePHI(i64, 2, "failed");
  auto* greatest = builder.CreatePHI(i64, 2, "greatest");
  row_ = number;
  calm.failed = failed;
  calm.greatest = greatest;
  bindInputColumns(body, row);
  emitBlock(body);
  if (builder.GetInsertBlock() != loop) llvm::report_fatal_error("codegen: a calm loop has branches");

  // Each iteration may run beside any other.
  auto* group = llvm::MDNode::getDistinct(context, {});
  for (llvm::Instruction& instruction : *loop)
    if (instruction.mayReadOrWriteMemory()) instruction.setMetadata(llvm::LLVMContext::MD_access_group, group);
  llvm::Value* next = builder.CreateNUWAdd(number, builder.getInt64(1));
  number->addIncoming(builder.getInt64(0), before);
  number->addIncoming(next, loop);
  failed->addIncoming(builder.getInt64(0), before);
  failed->addIncoming(calm.failed, loop);
  greatest->addIncoming(builder.getInt64(INT64_MIN), before);
  greatest->addIncoming(calm.greatest, loop);
  auto* back = builder.CreateCondBr(builder.CreateICmpULT(next, rows), loop, after);
  auto* parallel = llvm::MDNode::get(context, {llvm::MDString::get(context, "llvm.loop.parallel_accesses"), group});
  auto* properties = llvm::MDNode::getDistinct(context, {nullptr, parallel});
  properties->replaceOperandWith(0, properties);
  back->setMetadata(llvm::LLVMContext::MD_loop, properties);

  begin(after);
  branchUnlikely(builder.CreateICmpNE(calm.failed, builder.getInt64(0)), otherwise, done);
  llvm::Value* count = builder.CreateTrunc(rows, builder.getInt32Ty());
  if (calm.times) abi().call(builder, AbiFn::stream_time_observe_all, {batch_, calm.greatest, calm.times, count});
  for (const CalmLoop::Taken& taken : calm.taken) {
    if (taken.flags) {
      abi().call(builder, AbiFn::stream_core_take_some, {taken.batch, count, taken.flags});
    } else {
      abi().call(builder, AbiFn::stream_core_take_all, {taken.batch, count});
    }
  }
  builder.CreateRetVoid();
  calm_ = nullptr;
}

// The rows that come by here are the sink's.
void JobEmitter::emitCalmWrite(job::WriteOp op, llvm::Value* batch) {
  auto& builder = this->builder();
  storeComputed(op, batch);
  llvm::Value* flags = nullptr;
  if (calm_->path) {
    flags = abi().call(prologue(), AbiFn::stream_core_scratch, {task(), calm_->rows});
    llvm::Value* flag = builder.CreateInBoundsGEP(builder.getInt8Ty(), flags, row_);
    builder.CreateAlignedStore(builder.CreateZExt(calm_->path, builder.getInt8Ty()), flag, llvm::Align(1));
  }
  calm_->taken.push_back({batch, flags});
}

void JobEmitter::emitCalmObserve(job::ObserveOp op) {
  auto& builder = this->builder();
  llvm::Value* event_time = scalar(op.getEventTime());
  calm_->greatest = builder.CreateBinaryIntrinsic(llvm::Intrinsic::smax, calm_->greatest, event_time);
  auto argument = mlir::dyn_cast<mlir::BlockArgument>(op.getEventTime());
  if (argument && argument.getOwner() == op->getBlock()) {
    // The event time is a column: there the times stand already.
    calm_->times =
        abi().call(prologue(), AbiFn::stream_core_column, {batch_, prologue().getInt32(argument.getArgNumber())});
    return;
  }
  calm_->times = abi().call(prologue(), AbiFn::stream_time_room, {batch_});
  llvm::Value* slot = builder.CreateInBoundsGEP(builder.getInt64Ty(), calm_->times, row_);
  builder.CreateAlignedStore(event_time, slot, llvm::Align(8));
}

void JobEmitter::rejectIf(llvm::Value* bad, mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  if (!calm_) return RowEmitter::rejectIf(bad, op, cause, message, detail);
  auto& builder = this->builder();
  if (calm_->path) bad = builder.CreateAnd(bad, calm_->path);
  calm_->failed = builder.CreateOr(calm_->failed, builder.CreateZExt(bad, builder.getInt64Ty()));
}

void JobEmitter::reject(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  if (!calm_) return RowEmitter::reject(op, cause, message, detail);
  rejectIf(builder().getTrue(), op, cause, message, detail);
}

// Both arms are computed; what leaves them is selected.
void JobEmitter::emitIf(scf::IfOp op) {
  if (!calm_) return RowEmitter::emitIf(op);
  auto& builder = this->builder();
  llvm::Value* condition = scalar(op.getCondition());
  llvm::Value* outer = calm_->path;
  auto under = [&](llvm::Value* taken, mlir::Block* block) {
    calm_->path = outer ? builder.CreateAnd(outer, taken) : taken;
    auto values = emitBlock(*block);
    calm_->path = outer;
    return values;
  };
  auto then = under(condition, op.thenBlock());
  if (!op.elseBlock()) return;
  auto otherwise = under(builder.CreateNot(condition), op.elseBlock());
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Parts parts;
    for (auto [yes, no] : llvm::zip_equal(then[i], otherwise[i]))
      parts.push_back(builder.CreateSelect(condition, yes, no));
    bind(result, parts);
  }
}

}  // namespace streamc::codegen
