// The loop for a calm batch: one in which no row is rejected. Most batches are; for them the checks of a process need
// no branches, and a loop without branches becomes vectors.
//
//   calm:     for all rows: values, wrapped where they do not fit; failed |= what went wrong; which rows pass a filter
//             failed? → rowwise, as if nothing had happened
//             else what the rows do besides: event times are told, sinks get their rows, tables are updated
//             (deferred.cpp); return
//   rowwise:  row by row, with exact rejections (process.cpp)
//
// Until the test nothing is changed that anybody sees: values go to places of the outputs' columns that have no rows
// yet. That no row of a batch is late for a table is known from its least event time and its greatest watermark. Only
// code that cannot trap and has no calls is calm: every row computes everything, also behind a filter that it does not
// pass. Memory accesses of the loop are marked parallel: columns never overlap.
//   Source of the idea: P. Boncz et al., "MonetDB/X100", CIDR 2005 (selection vectors); checked arithmetic as in
//   Vectorwise: S. Héman et al., "Vectorized data processing on the Cell Broadband Engine", 2007.
#include "codegen/layout/value_shape.h"
#include "codegen/lower/calm_loop.h"
#include "codegen/lower/job_emitter.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::codegen {

namespace arith = mlir::arith;
namespace job = ir::job;
namespace scf = mlir::scf;
namespace stream = ir::stream;

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

// Whether the operation and what stands in it is straight, or is known how to be treated.
bool JobEmitter::isCalm(mlir::Operation* op) const {
  auto all = [&](mlir::Block& block) { return llvm::all_of(block, [&](mlir::Operation& in) { return isCalm(&in); }); };
  if (mlir::isa<scf::YieldOp, job::RejectOp, job::LatenessOp>(op)) return true;
  if (auto flow = mlir::dyn_cast<job::FlowOp>(op)) return all(flow.getRegion().front());
  if (auto branch = mlir::dyn_cast<scf::IfOp>(op)) {
    bool on_time = branch.getCondition().getDefiningOp<job::LatenessOp>() != nullptr && branch.getNumResults() == 0;
    return (on_time || all(*branch.thenBlock())) && (!branch.elseBlock() || all(*branch.elseBlock()));
  }
  // What goes from row to row is known behind the loop only.
  auto deferred_only = [&](mlir::Value value) {
    return llvm::all_of(value.getUsers(), [&](mlir::Operation* user) {
      if (auto update = user->getParentOfType<job::UpdateOp>()) user = update;
      return mlir::isa<job::LatenessOp>(user) ? mlir::isa<job::ObserveOp>(op) : canBeDeferred(user);
    });
  };
  if (mlir::isa<job::ObserveOp, job::OriginOp>(op)) return llvm::all_of(op->getResults(), deferred_only);
  if (auto write = mlir::dyn_cast<job::WriteOp>(op); write && positional_.contains(write)) {
    // A text that is made is made by a call; one that is passed on is not touched.
    return llvm::all_of(write.getValues(), [](mlir::Value value) {
      return !isText(value.getType()) || mlir::isa<mlir::BlockArgument>(value);
    });
  }
  return canBeDeferred(op) || isStraightOp(op);
}

bool JobEmitter::canBeCalm(mlir::Block& body) {
  return llvm::all_of(body, [&](mlir::Operation& op) { return isCalm(&op); });
}

void JobEmitter::emitCalm(mlir::Block& body, stream::RowAttr row, llvm::Value* rows, llvm::BasicBlock* otherwise) {
  auto& builder = this->builder();
  auto& context = builder.getContext();
  llvm::Type* i64 = builder.getInt64Ty();
  CalmLoop calm;
  calm_ = &calm;
  calm.rows = rows;
  calm.before = builder.GetInsertBlock();
  calm.loop = makeBlock("calm");
  llvm::BasicBlock* after = makeBlock("calm.after");
  llvm::BasicBlock* done = makeBlock("calm.done");
  builder.CreateBr(calm.loop);  // a batch that is run has a row
  begin(calm.loop);
  auto* number = builder.CreatePHI(i64, 2, "row");
  row_ = number;
  bindInputColumns(body, row, [](mlir::BlockArgument) { return true; });
  emitBlock(body);
  if (builder.GetInsertBlock() != calm.loop) llvm::report_fatal_error("codegen: a calm loop has branches");

  // Each iteration may run beside any other.
  auto* group = llvm::MDNode::getDistinct(context, {});
  for (llvm::Instruction& instruction : *calm.loop)
    if (instruction.mayReadOrWriteMemory()) instruction.setMetadata(llvm::LLVMContext::MD_access_group, group);
  llvm::Value* next = builder.CreateNUWAdd(number, builder.getInt64(1));
  number->addIncoming(builder.getInt64(0), calm.before);
  number->addIncoming(next, calm.loop);
  for (const CalmLoop::Accumulator& sum : calm.accumulators) sum.phi->addIncoming(sum.now, calm.loop);
  auto* back = builder.CreateCondBr(builder.CreateICmpULT(next, rows), calm.loop, after);
  auto* parallel = llvm::MDNode::get(context, {llvm::MDString::get(context, "llvm.loop.parallel_accesses"), group});
  auto* properties = llvm::MDNode::getDistinct(context, {nullptr, parallel});
  properties->replaceOperandWith(0, properties);
  back->setMetadata(llvm::LLVMContext::MD_loop, properties);

  begin(after);
  if (llvm::Value* bad = calmFailed()) {
    branchUnlikely(bad, otherwise, done);
  } else {
    builder.CreateBr(done);
    begin(done);
  }
  finishCalm();
  // No longer in the loop: rows go their ways one by one.
  auto later = std::move(calm.deferred);
  calm.is_over = true;
  for (const Deferred& deferred : later) emitDeferred(body, row, deferred, &deferred == later.begin());
  builder.CreateRetVoid();
  calm_ = nullptr;
}

// Behind the loop, i1: whether anything went wrong. Null: nothing can.
llvm::Value* JobEmitter::calmFailed() {
  auto& builder = this->builder();
  llvm::Value* bad = nullptr;
  auto either = [&](llvm::Value* one) { bad = bad ? builder.CreateOr(bad, one) : one; };
  if (calm_->failed) either(builder.CreateICmpNE(calm_->now(*calm_->failed), builder.getInt64(0)));
  for (const CalmLoop::OnTime& rows : calm_->on_time) {
    auto table = mlir::cast<job::TableOp>(index_.opOf(job::LatenessOp(rows.op).getTable()));
    Window first = windowOf(table.getWindow(), calm_->now(rows.least));
    llvm::Value* watermark =
        rows.watermark ? calm_->now(*rows.watermark)
                       : abi().call(builder, AbiFn::stream_time_bound, {batch_, calm_->now(*calm_->greatest)});
    either(builder.CreateICmpSLE(first.end, watermark));
  }
  return bad;
}

// Nothing went wrong: what the rows do all together.
void JobEmitter::finishCalm() {
  auto& builder = this->builder();
  llvm::Value* count = builder.CreateTrunc(calm_->rows, builder.getInt32Ty());
  if (calm_->times && calm_->watermarks) {
    forRows(calm_->rows, "observe", [&](llvm::Value* number) {
      auto at = [&](llvm::Value* array) { return builder.CreateInBoundsGEP(builder.getInt64Ty(), array, number); };
      llvm::Value* time = builder.CreateAlignedLoad(builder.getInt64Ty(), at(calm_->times), llvm::Align(8));
      llvm::Value* watermark = abi().call(builder, AbiFn::stream_time_observe, {batch_, time});
      builder.CreateAlignedStore(watermark, at(calm_->watermarks), llvm::Align(8));
    });
  } else if (calm_->times) {
    abi().call(builder, AbiFn::stream_time_observe_all, {batch_, calm_->now(*calm_->greatest), calm_->times, count});
  }
  for (const CalmLoop::OnTime& rows : calm_->on_time) {
    llvm::Value* passed = rows.passed ? calm_->now(*rows.passed) : calm_->rows;
    abi().call(builder, AbiFn::stream_state_count_all,
               {tableShare(index_.idOf(job::LatenessOp(rows.op).getTable())), passed});
  }
  for (const CalmLoop::Taken& taken : calm_->taken) {
    if (taken.flags) {
      abi().call(builder, AbiFn::stream_core_take_some, {taken.batch, count, taken.flags});
    } else {
      abi().call(builder, AbiFn::stream_core_take_all, {taken.batch, count});
    }
  }
}

// A byte for each row: whether it comes by here. Null: every row does.
llvm::Value* JobEmitter::calmFlags() {
  auto& builder = this->builder();
  if (!calm_->path) return nullptr;
  llvm::Value* flags = abi().call(prologue(), AbiFn::stream_core_scratch, {task(), calm_->rows});
  builder.CreateAlignedStore(builder.CreateZExt(calm_->path, builder.getInt8Ty()),
                             builder.CreateInBoundsGEP(builder.getInt8Ty(), flags, row_), llvm::Align(1));
  return flags;
}

// The rows that come by here are the sink's.
void JobEmitter::emitCalmWrite(job::WriteOp op, llvm::Value* batch) {
  storeComputed(op, batch);
  calm_->taken.push_back({batch, calmFlags()});
}

void JobEmitter::emitCalmObserve(job::ObserveOp op) {
  auto& builder = this->builder();
  llvm::Value* event_time = scalar(op.getEventTime());
  calm_->greatest = calm_->add(builder, builder.getInt64(INT64_MIN));
  llvm::Value*& greatest = calm_->now(*calm_->greatest);
  greatest = builder.CreateBinaryIntrinsic(llvm::Intrinsic::smax, greatest, event_time);
  if (mlir::BlockArgument column = inputColumn(op.getEventTime(), *op->getBlock())) {
    // The event time is a column: there the times stand already.
    calm_->times =
        abi().call(prologue(), AbiFn::stream_core_column, {batch_, prologue().getInt32(column.getArgNumber())});
  } else {
    calm_->times = abi().call(prologue(), AbiFn::stream_time_room, {batch_});
    llvm::Value* slot = builder.CreateInBoundsGEP(builder.getInt64Ty(), calm_->times, row_);
    builder.CreateAlignedStore(event_time, slot, llvm::Align(8));
  }
  bool is_kept = llvm::any_of(op.getWatermark().getUsers(),
                              [](mlir::Operation* user) { return !mlir::isa<job::LatenessOp>(user); });
  if (!is_kept) return;
  calm_->watermarks =
      abi().call(prologue(), AbiFn::stream_core_scratch, {task(), prologue().CreateShl(calm_->rows, 3)});
}

// In a calm batch nothing is late: of the rows that come by here the earliest must not be late for the latest
// watermark.
void JobEmitter::emitCalmLateness(job::LatenessOp op) {
  auto& builder = this->builder();
  using namespace llvm::Intrinsic;
  auto or_else = [&](llvm::Value* value, int64_t otherwise) {
    return calm_->path ? builder.CreateSelect(calm_->path, value, builder.getInt64(otherwise)) : value;
  };
  CalmLoop::OnTime rows{op, calm_->add(builder, builder.getInt64(INT64_MAX)), {}, {}};
  llvm::Value*& least = calm_->now(rows.least);
  least = builder.CreateBinaryIntrinsic(smin, least, or_else(scalar(op.getEventTime()), INT64_MAX));
  if (!op.getWatermark().getDefiningOp<job::ObserveOp>()) {
    rows.watermark = calm_->add(builder, builder.getInt64(INT64_MIN));
    llvm::Value*& greatest = calm_->now(*rows.watermark);
    greatest = builder.CreateBinaryIntrinsic(smax, greatest, or_else(scalar(op.getWatermark()), INT64_MIN));
  }
  if (calm_->path) {
    rows.passed = calm_->add(builder, builder.getInt64(0));
    llvm::Value*& passed = calm_->now(*rows.passed);
    passed = builder.CreateAdd(passed, builder.CreateZExt(calm_->path, builder.getInt64Ty()));
  }
  calm_->on_time.push_back(rows);
  bind(op.getLate(), builder.getFalse());
  bind(op.getLateBy(), builder.getInt64(0));
}

void JobEmitter::rejectIf(llvm::Value* bad, mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  if (!inCalmLoop()) return RowEmitter::rejectIf(bad, op, cause, message, detail);
  auto& builder = this->builder();
  if (calm_->path) bad = builder.CreateAnd(bad, calm_->path);
  if (!calm_->failed) calm_->failed = calm_->add(builder, builder.getInt64(0));
  llvm::Value*& failed = calm_->now(*calm_->failed);
  failed = builder.CreateOr(failed, builder.CreateZExt(bad, builder.getInt64Ty()));
}

void JobEmitter::reject(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  if (!inCalmLoop()) return RowEmitter::reject(op, cause, message, detail);
  rejectIf(builder().getTrue(), op, cause, message, detail);
}

bool JobEmitter::inCalmLoop() const { return calm_ != nullptr && !calm_->is_over; }

// Both arms are computed; what leaves them is selected.
void JobEmitter::emitIf(scf::IfOp op) {
  if (!inCalmLoop()) return RowEmitter::emitIf(op);
  auto& builder = this->builder();
  if (op.getCondition().getDefiningOp<job::LatenessOp>() && op.getNumResults() == 0) {
    // Of rows that are late there are none.
    if (op.elseBlock()) emitBlock(*op.elseBlock());
    return;
  }
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
