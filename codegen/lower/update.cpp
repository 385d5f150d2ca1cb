// State: job.lateness, job.update (a row into the entry of its key in the slice of its window), job.narrow.
#include "codegen/lower/job_emitter.h"
#include "codegen/lower/key_bytes.h"
#include "ir/stream/decimals.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Support/ErrorHandling.h"

namespace streamc::codegen {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;

constexpr unsigned kStreamStringBytes = 16;
constexpr uint64_t kRowsAhead = 12;  // between asking memory for a cell and changing it

}  // namespace

// start = offset + floor((t - offset) / size) * size, without leaving 64 bits on the way. At the two ends of time
// windows are cut off, so that every start has an end and none is INT64_MIN, which stands for "no window" in tables and
// for -infinity in watermarks.
JobEmitter::Window JobEmitter::windowOf(stream::TumbleAttr window, llvm::Value* event_time) {
  auto& builder = this->builder();
  const int64_t size = window.getSizeUs();
  const int64_t offset = ((window.getOffsetUs() % size) + size) % size;
  llvm::Value* zero = builder.getInt64(0);
  llvm::Value* into = builder.CreateSRem(event_time, builder.getInt64(size));  // (-size, size)
  auto wrap = [&] {
    into =
        builder.CreateSelect(builder.CreateICmpSLT(into, zero), builder.CreateAdd(into, builder.getInt64(size)), into);
  };
  wrap();
  if (offset != 0) {
    into = builder.CreateSub(into, builder.getInt64(offset));
    wrap();
  }
  using namespace llvm::Intrinsic;
  llvm::Value* start = builder.CreateBinaryIntrinsic(ssub_sat, event_time, into);
  start = builder.CreateBinaryIntrinsic(smax, start, builder.getInt64(INT64_MIN + 1));
  start = builder.CreateBinaryIntrinsic(smin, start, builder.getInt64(INT64_MAX - size));
  llvm::Value* end = builder.CreateAdd(start, builder.getInt64(size));
  return {start, end};
}

// This worker's share of a table.
llvm::Value* JobEmitter::tableShare(uint32_t table) {
  llvm::Value*& share = shares_[table];
  if (!share) share = abi().call(prologue(), AbiFn::stream_core_table, {task(), prologue().getInt32(table)});
  return share;
}

void JobEmitter::emitLateness(job::LatenessOp op) {
  if (inCalmLoop()) return emitCalmLateness(op);
  auto& builder = this->builder();
  auto table = mlir::cast<job::TableOp>(index_.opOf(op.getTable()));
  Window window = windowOf(table.getWindow(), scalar(op.getEventTime()));
  llvm::Value* watermark = scalar(op.getWatermark());
  llvm::Value* late = builder.CreateICmpSLE(window.end, watermark);
  abi().call(builder, AbiFn::stream_state_count,
             {tableShare(index_.idOf(op.getTable())), builder.CreateZExt(late, builder.getInt8Ty())});
  bind(op.getLate(), late);
  bind(op.getLateBy(), builder.CreateBinaryIntrinsic(llvm::Intrinsic::ssub_sat, watermark, window.end));
}

// A sum of 128 bits fits when cutting it off and widening it again changes nothing.
void JobEmitter::emitNarrow(job::NarrowOp op) {
  auto& builder = this->builder();
  llvm::Value* wide = scalar(op.getValue());
  llvm::Type* type = partTypes(builder.getContext(), op.getType()).front();
  llvm::Value* narrow = builder.CreateTrunc(wide, type);
  llvm::Value* again =
      op.getIsUnsigned() ? builder.CreateZExt(narrow, wide->getType()) : builder.CreateSExt(narrow, wide->getType());
  const char* sign = op.getIsUnsigned() ? "u" : "i";
  rejectIf(builder.CreateICmpNE(wide, again), op, Cause::kOverflow,
           "the sum does not fit into " + (sign + std::to_string(type->getIntegerBitWidth())));
  bind(op, narrow);
}

// A staging point: the hashes of all keys of the batch in a loop of their own, which becomes vectors, so that an update
// can ask memory for the cells of rows to come. Only for keys that are columns of the input.
//   Source: P. Menon et al., "Relaxed operator fusion for in-memory databases", VLDB 2017.
void JobEmitter::stageKeys(mlir::Block& body, stream::RowAttr row, llvm::Value* rows) {
  llvm::SmallVector<job::UpdateOp> updates;
  body.getParentOp()->walk([&](job::UpdateOp op) { updates.push_back(op); });
  auto of_input = [&](mlir::Value key) { return static_cast<bool>(inputColumn(key, body)); };
  if (updates.size() != 1) return;
  job::UpdateOp op = updates.front();
  if (!wantsHashes(op) || !llvm::all_of(op.getKey(), of_input)) return;

  auto& builder = this->builder();
  llvm::Value* hashes = abi().call(prologue(), AbiFn::stream_core_scratch, {task(), prologue().CreateShl(rows, 3)});
  forRows(rows, "keys", [&](llvm::Value* number) {
    row_ = number;
    bindInputColumns(body, row, [&](mlir::BlockArgument column) { return llvm::is_contained(op.getKey(), column); });
    builder.CreateAlignedStore(hashOf(op), builder.CreateInBoundsGEP(builder.getInt64Ty(), hashes, number),
                               llvm::Align(8));
  });
  staged_[op] = {hashes, nullptr, rows};
}

// The key of an update, or of a write to an exchange that goes by it.
KeyBytes JobEmitter::keyOf(mlir::Operation* op) {
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<Parts> values;
  if (auto update = mlir::dyn_cast<job::UpdateOp>(op)) {
    job::TableOp table = index_.tables[index_.idOf(update.getTable())];
    for (auto [column, value] : llvm::zip_equal(table.getKey().getColumns(), update.getKey())) {
      types.push_back(column.type);
      values.push_back(get(value));
    }
  } else {
    auto write = mlir::cast<job::WriteOp>(op);
    auto exchange = mlir::cast<job::ExchangeOp>(index_.opOf(write.getTarget()));
    stream::RowAttr row = exchange.getColumns();
    for (auto name : exchange.getKey().getAsValueRange<mlir::StringAttr>()) {
      unsigned column = *row.indexOf(name);
      types.push_back(row.getColumns()[column].type);
      values.push_back(get(write.getValues()[column]));
    }
  }
  return makeKeyBytes(*this, types, values);
}

llvm::Value* JobEmitter::hashOf(mlir::Operation* op) {
  KeyBytes key = keyOf(op);
  return abi().call(builder(), AbiFn::stream_state_hash, {task(), key.data, key.size});
}

// Whether hashes are computed in advance: keys of one size and texts. Others cost as much to put together twice as is
// saved.
bool JobEmitter::wantsHashes(mlir::Operation* op) const {
  if (auto write = mlir::dyn_cast<job::WriteOp>(op)) {
    auto exchange = mlir::dyn_cast<job::ExchangeOp>(index_.opOf(write.getTarget()));
    return exchange && exchange.getKind() == job::ExchangeKind::kHash;
  }
  auto update = mlir::cast<job::UpdateOp>(op);
  const uint32_t table = index_.idOf(update.getTable());
  if (index_.layoutOf(table).fixed_key) return true;
  return update.getKey().size() == 1 && isString(update.getKey().front().getType());
}

// The hash of the key of the current row, from where it stands if it was computed in advance.
llvm::Value* JobEmitter::stagedHash(mlir::Operation* op, llvm::function_ref<KeyBytes()> key) {
  auto found = staged_.find(op);
  if (found == staged_.end()) {
    KeyBytes bytes = key();
    return abi().call(builder(), AbiFn::stream_state_hash, {task(), bytes.data, bytes.size});
  }
  const Staged& staged = found->second;
  auto& builder = this->builder();
  llvm::Value* number = staged.number ? staged.number : row_;
  return builder.CreateAlignedLoad(
      builder.getInt64Ty(), builder.CreateInBoundsGEP(builder.getInt64Ty(), staged.hashes, number), llvm::Align(8));
}

// A plain sum is in range or not; what has more than 128 bits or is divided goes through the runtime.
void JobEmitter::emitDecimalTotal(job::DecimalTotalOp op) {
  auto& builder = this->builder();
  llvm::Value* sum = scalar(op.getSum());
  const char* message = op.getCount() ? "the mean has more than 38 digits" : "the sum has more than 38 digits";
  if (!op.getCarry() && !op.getCount()) {
    llvm::APInt limit = stream::powerOfTen(stream::DecimalType::kPrecisionMax, 128);
    auto constant = [&](const llvm::APInt& value) { return llvm::ConstantInt::get(builder.getContext(), value); };
    llvm::Value* outside =
        builder.CreateOr(builder.CreateICmpSGE(sum, constant(limit)), builder.CreateICmpSLE(sum, constant(-limit)));
    rejectIf(outside, op, Cause::kOverflow, message);
    bind(op, sum);
    return;
  }
  llvm::Value* high =
      op.getCarry() ? scalar(op.getCarry()) : builder.CreateTrunc(builder.CreateAShr(sum, 127), builder.getInt64Ty());
  llvm::Value* count = op.getCount() ? scalar(op.getCount()) : builder.getInt64(1);
  llvm::AllocaInst* slot = stackSlot(16, "total");
  llvm::Value* fits = abi().call(builder, AbiFn::stream_decimal_total,
                                 {slot, sum, high, count, builder.getInt32(static_cast<uint32_t>(op.getMore()))});
  rejectIf(builder.CreateICmpEQ(fits, builder.getInt8(0)), op, Cause::kOverflow, message);
  bind(op, builder.CreateAlignedLoad(builder.getInt128Ty(), slot, llvm::Align(8)));
}

// The slice of the window that holds the event time. Rows that follow one another are mostly of one window.
llvm::Value* JobEmitter::sliceFor(job::UpdateOp op) {
  auto& builder = this->builder();
  const uint32_t table_id = index_.idOf(op.getTable());
  stream::TumbleAttr span = job::TableOp(index_.tables[table_id]).getWindow();
  llvm::Value* event_time = scalar(op.getEventTime());
  if (!last_slice_) {
    return abi().call(builder, AbiFn::stream_state_slice, {tableShare(table_id), windowOf(span, event_time).start});
  }
  llvm::BasicBlock* other = makeBlock("slice.other");
  llvm::BasicBlock* known = makeBlock("slice.known");
  llvm::Value* into = builder.CreateSub(event_time, builder.CreateLoad(builder.getInt64Ty(), last_slice_->start));
  llvm::Value* size = builder.CreateLoad(builder.getInt64Ty(), last_slice_->size);  // 0 before the first row
  builder.CreateCondBr(builder.CreateICmpUGE(into, size), other, known,
                       llvm::MDBuilder(builder.getContext()).createUnlikelyBranchWeights());
  begin(other);
  llvm::Value* start = windowOf(span, event_time).start;
  builder.CreateStore(start, last_slice_->start);
  builder.CreateStore(builder.getInt64(span.getSizeUs()), last_slice_->size);
  builder.CreateStore(abi().call(builder, AbiFn::stream_state_slice, {tableShare(table_id), start}),
                      last_slice_->slice);
  builder.CreateBr(known);
  begin(known);
  return builder.CreateLoad(builder.getPtrTy(), last_slice_->slice);
}

// Asks memory for the cell of a row to come. Rows that follow one another are mostly of one window; asking the wrong
// slice only costs a line of the cache.
void JobEmitter::askAhead(job::UpdateOp op, llvm::Value* slice) {
  auto found = staged_.find(op);
  if (found == staged_.end()) return;
  auto& builder = this->builder();
  Staged staged = found->second;
  llvm::Value* number = staged.number ? staged.number : row_;
  llvm::Value* last = builder.CreateSub(staged.count, builder.getInt64(1));
  llvm::Value* later = builder.CreateBinaryIntrinsic(llvm::Intrinsic::umin,
                                                     builder.CreateAdd(number, builder.getInt64(kRowsAhead)), last);
  llvm::Value* hash = builder.CreateAlignedLoad(
      builder.getInt64Ty(), builder.CreateInBoundsGEP(builder.getInt64Ty(), staged.hashes, later), llvm::Align(8));
  abi().call(builder, AbiFn::stream_state_ask, {slice, hash});
}

void JobEmitter::emitUpdate(job::UpdateOp op) {
  if (inCalmLoop()) return defer(op);
  auto& builder = this->builder();
  const uint32_t table_id = index_.idOf(op.getTable());
  job::TableOp table = index_.tables[table_id];
  const CellLayout& layout = index_.layoutOf(table_id);
  KeyBytes key = keyOf(op);
  llvm::Value* hash = stagedHash(op, [&] { return key; });
  llvm::Value* slice = sliceFor(op);
  askAhead(op, slice);
  // Whether it is new is not asked: the fields of a new cell are zero, which is what they begin with.
  llvm::Value* inserted = llvm::ConstantPointerNull::get(builder.getPtrTy());
  AbiFn upsert = layout.fixed_key ? AbiFn::stream_state_upsert_fixed : AbiFn::stream_state_upsert_blob;
  llvm::Value* cell = abi().call(builder, upsert, {slice, key.data, key.size, hash, inserted});

  mlir::Block& body = op.getUpdate().front();
  auto fields = table.getCell().getAsRange<job::FieldAttr>();
  llvm::SmallVector<mlir::Type> field_types;
  llvm::SmallVector<Parts> before;
  for (auto [i, field] : llvm::enumerate(fields)) {
    field_types.push_back(field.getType());
    before.push_back(loadField(slice, cell, field.getType(), layout.fields[i]));
    bind(body.getArgument(i), before.back());
  }
  for (auto [i, value] : llvm::enumerate(op.getValues())) bind(body.getArgument(field_types.size() + i), get(value));
  llvm::SmallVector<Parts> after = emitBlock(body);
  // A split of the table happens in upsert alone, so `cell` is still where it was.
  mlir::Operation* yield = body.getTerminator();
  for (size_t i = 0; i < field_types.size(); ++i) {
    if (yield->getOperand(i) == body.getArgument(i)) continue;  // unchanged
    // A debugger that stops on an aggregate's line stops here.
    if (mlir::Operation* made_by = yield->getOperand(i).getDefiningOp()) {
      builder.SetCurrentDebugLocation(module().debugLocation(made_by->getLoc(), function_));
    }
    storeField(slice, cell, field_types[i], layout.fields[i], after[i], before[i]);
  }
}

Parts JobEmitter::loadField(llvm::Value* slice, llvm::Value* cell, mlir::Type type, const SlotOffset& slot) {
  auto& builder = this->builder();
  llvm::Value* at = offsetBy(builder, cell, slot.value);
  llvm::Value* validity = slot.validity ? offsetBy(builder, cell, *slot.validity) : nullptr;
  mlir::Type value = withoutOptional(type);
  if (isList(value)) llvm::report_fatal_error("codegen: lists cannot be kept in state");
  if (!isString(value)) return loadValue(builder, type, at, validity);
  llvm::AllocaInst* text = stackSlot(kStreamStringBytes, "text");
  abi().call(builder, AbiFn::stream_state_get_string, {slice, at, text});
  return loadValue(builder, type, text, validity);
}

// A text is stored only where it is another one: where it is still the view of the old bytes, nothing is to be done,
// and the bytes that it refers to may have moved by the time an earlier field was stored.
void JobEmitter::storeField(llvm::Value* slice, llvm::Value* cell, mlir::Type type, const SlotOffset& slot,
                            const Parts& parts, const Parts& before) {
  auto& builder = this->builder();
  llvm::Value* at = offsetBy(builder, cell, slot.value);
  llvm::Value* validity = slot.validity ? offsetBy(builder, cell, *slot.validity) : nullptr;
  if (!isString(withoutOptional(type))) return storeData(type, parts, at, validity);
  llvm::BasicBlock* put = makeBlock("put");
  llvm::BasicBlock* done = makeBlock("stored");
  llvm::Value* changed =
      builder.CreateOr(builder.CreateICmpNE(parts[0], before[0]), builder.CreateICmpNE(parts[1], before[1]));
  llvm::Value* size = parts[1];
  if (validity) {
    builder.CreateAlignedStore(builder.CreateZExt(parts.back(), builder.getInt8Ty()), validity, llvm::Align(1));
    size = builder.CreateSelect(parts.back(), size, builder.getInt32(0));
  }
  builder.CreateCondBr(changed, put, done);
  begin(put);
  abi().call(builder, AbiFn::stream_state_put_string, {slice, at, parts[0], size});
  builder.CreateBr(done);
  begin(done);
}

}  // namespace streamc::codegen
