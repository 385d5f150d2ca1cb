// State: job.lateness, job.update (a row into the entry of its key in the slice of its window), job.narrow.
#include "codegen/lower/job_emitter.h"
#include "codegen/lower/key_bytes.h"
#include "ir/stream/decimals.h"
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

void JobEmitter::emitLateness(job::LatenessOp op) {
  auto& builder = this->builder();
  auto table = mlir::cast<job::TableOp>(index_.opOf(op.getTable()));
  Window window = windowOf(table.getWindow(), scalar(op.getEventTime()));
  llvm::Value* watermark = scalar(op.getWatermark());
  llvm::Value* late = builder.CreateICmpSLE(window.end, watermark);
  abi().call(builder, AbiFn::stream_time_count_late, {task(), builder.CreateZExt(late, builder.getInt8Ty())});
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
// can ask memory for the cells of rows to come. Only for keys that are columns of the input and of one size: others
// cost as much to compute ahead as they save.
//   Source: P. Menon et al., "Relaxed operator fusion for in-memory databases", VLDB 2017.
void JobEmitter::stageKeys(mlir::Block& body, stream::RowAttr row, llvm::Value* rows) {
  llvm::SmallVector<job::UpdateOp> updates;
  body.getParentOp()->walk([&](job::UpdateOp op) { updates.push_back(op); });
  auto of_input = [&](mlir::Value key) {
    auto argument = mlir::dyn_cast<mlir::BlockArgument>(key);
    return argument && argument.getOwner() == &body;
  };
  if (updates.size() != 1) return;
  job::UpdateOp op = updates.front();
  const uint32_t table_id = index_.idOf(op.getTable());
  if (!index_.layoutOf(table_id).fixed_key || !llvm::all_of(op.getKey(), of_input)) return;

  auto& builder = this->builder();
  rows_ = rows;
  llvm::Value* bytes = prologue().CreateShl(rows, 3);
  llvm::Value* hashes = abi().call(prologue(), AbiFn::stream_core_scratch, {task(), bytes});
  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::BasicBlock* loop = makeBlock("keys");
  llvm::BasicBlock* done = makeBlock("keys.done");
  builder.CreateBr(loop);  // a batch that is run has a row
  begin(loop);
  auto* number = builder.CreatePHI(builder.getInt64Ty(), 2, "row");
  row_ = number;
  bindInputColumns(body, row);
  builder.CreateAlignedStore(hashOf(op), builder.CreateInBoundsGEP(builder.getInt64Ty(), hashes, number),
                             llvm::Align(8));
  llvm::Value* next = builder.CreateNUWAdd(number, builder.getInt64(1));
  number->addIncoming(builder.getInt64(0), before);
  number->addIncoming(next, builder.GetInsertBlock());
  builder.CreateCondBr(builder.CreateICmpULT(next, rows), loop, done);
  begin(done);
  staged_[op] = hashes;
}

KeyBytes JobEmitter::keyOf(job::UpdateOp op) {
  job::TableOp table = index_.tables[index_.idOf(op.getTable())];
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<Parts> values;
  for (auto [column, value] : llvm::zip_equal(table.getKey().getColumns(), op.getKey())) {
    types.push_back(column.type);
    values.push_back(get(value));
  }
  return makeKeyBytes(*this, types, values);
}

llvm::Value* JobEmitter::hashOf(job::UpdateOp op) {
  KeyBytes key = keyOf(op);
  return abi().call(builder(), AbiFn::stream_state_hash, {task(), key.data, key.size});
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

void JobEmitter::emitUpdate(job::UpdateOp op) {
  auto& builder = this->builder();
  const uint32_t table_id = index_.idOf(op.getTable());
  job::TableOp table = index_.tables[table_id];
  const CellLayout& layout = index_.layoutOf(table_id);
  Window window = windowOf(table.getWindow(), scalar(op.getEventTime()));

  KeyBytes key = keyOf(op);
  llvm::Value* hashes = staged_.lookup(op);
  auto staged = [&](llvm::Value* row) -> llvm::Value* {
    return builder.CreateAlignedLoad(builder.getInt64Ty(), builder.CreateInBoundsGEP(builder.getInt64Ty(), hashes, row),
                                     llvm::Align(8));
  };
  llvm::Value* hash =
      hashes ? staged(row_) : abi().call(builder, AbiFn::stream_state_hash, {task(), key.data, key.size});
  llvm::Value* share = abi().call(prologue(), AbiFn::stream_core_table, {task(), prologue().getInt32(table_id)});
  llvm::Value* slice = abi().call(builder, AbiFn::stream_state_slice, {share, window.start});
  if (hashes) {
    // Rows that follow one another are mostly of one window; asking the wrong slice only costs a line of the cache.
    llvm::Value* last = builder.CreateSub(rows_, builder.getInt64(1));
    llvm::Value* later = builder.CreateBinaryIntrinsic(llvm::Intrinsic::umin,
                                                       builder.CreateAdd(row_, builder.getInt64(kRowsAhead)), last);
    abi().call(builder, AbiFn::stream_state_ask, {slice, staged(later)});
  }
  llvm::Value* inserted =
      stackSlot(1, "inserted");  // not needed: fields of a new cell are zero, which is what they begin with
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
  if (!isString(withoutOptional(type))) {
    storeValue(builder, type, parts, at, validity);
    return;
  }
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
