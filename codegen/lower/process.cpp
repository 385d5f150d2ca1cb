// A process: the loop over the rows of its input, its flows, and what leaves it.
#include "codegen/layout/value_shape.h"
#include "codegen/lower/job_emitter.h"
#include "codegen/lower/key_bytes.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/IR/MDBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::codegen {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;

// The values of input columns do not change while the function runs: LLVM may move their loads to where they are used.
void markInvariant(llvm::ArrayRef<llvm::Value*> parts) {
  for (llvm::Value* part : parts) {
    auto* instruction = llvm::dyn_cast<llvm::Instruction>(part);
    if (instruction && !llvm::isa<llvm::LoadInst>(instruction)) {
      instruction = llvm::dyn_cast<llvm::Instruction>(instruction->getOperand(0));  // the byte of a truth value
    }
    if (auto* load = llvm::dyn_cast_or_null<llvm::LoadInst>(instruction)) {
      load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(load->getContext(), {}));
    }
  }
}

llvm::Value* elementOf(llvm::IRBuilderBase& builder, llvm::Value* column, llvm::Value* row, uint64_t bytes) {
  return builder.CreateInBoundsGEP(llvm::ArrayType::get(builder.getInt8Ty(), bytes), column, row);
}

}  // namespace

mlir::BlockArgument inputColumn(mlir::Value value, mlir::Block& body) {
  auto argument = mlir::dyn_cast<mlir::BlockArgument>(value);
  return argument && argument.getOwner() == &body ? argument : mlir::BlockArgument();
}

bool comesOnceARow(mlir::Operation* op) {
  for (mlir::Operation* around = op->getParentOp(); !mlir::isa<job::ProcessOp>(around); around = around->getParentOp())
    if (!mlir::isa<job::FlowOp, mlir::scf::IfOp>(around)) return false;
  return true;
}

llvm::Function* emitProcess(ModuleState& state, const JobIndex& index, job::ProcessOp op, uint32_t number) {
  auto* pointer = llvm::PointerType::getUnqual(state.context());
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(state.context()), {pointer, pointer}, false);
  auto* function =
      llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, "process_" + op.getSymName(), state.module());
  function->setDoesNotThrow();
  function->setUWTableKind(llvm::UWTableKind::Async);  // so that reports of crashes see past it
  function->getArg(0)->setName("task");
  function->getArg(1)->setName("in");
  state.debug().describe(function, op.getLoc());
  JobEmitter(state, index, function, function->getArg(0)).emitProcessBody(op, number);
  return function;
}

void JobEmitter::emitProcessBody(job::ProcessOp op, uint32_t number) {
  auto& builder = this->builder();
  mlir::Operation* producer = index_.opOf(op.getInput());
  process_ = op;
  number_ = number;
  batch_ = function_->getArg(1);
  if (auto source = mlir::dyn_cast<job::SourceOp>(producer)) source_ = source.getName().str();

  llvm::DebugLoc here = module().debugLocation(op.getLoc(), function_);
  prologue().SetCurrentDebugLocation(here);
  builder.SetCurrentDebugLocation(here);
  llvm::Value* rows = abi().call(prologue(), AbiFn::stream_core_rows, {batch_});
  rows = prologue().CreateZExt(rows, builder.getInt64Ty(), "rows");

  mlir::Block& block = op.getRegion().front();
  openSinks(block);
  if (canBeCalm(block)) {
    llvm::BasicBlock* rowwise = makeBlock("rowwise");
    emitCalm(block, job::inputColumns(producer), rows, rowwise);
    begin(rowwise);
  }

  stageKeys(block, job::inputColumns(producer), rows);
  remarkProcess(block);

  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::BasicBlock* head = makeBlock("row.head");
  llvm::BasicBlock* body = makeBlock("row.body");
  llvm::BasicBlock* next = makeBlock("row.next");
  llvm::BasicBlock* exit = makeBlock("exit");
  builder.CreateBr(head);
  begin(head);
  auto* row = builder.CreatePHI(builder.getInt64Ty(), 2, "row");
  row->addIncoming(builder.getInt64(0), before);
  builder.CreateCondBr(builder.CreateICmpULT(row, rows), body, exit);
  row_ = row;

  begin(body);
  bindInputColumns(block, job::inputColumns(producer), [](mlir::BlockArgument) { return true; });
  openFrame(next, op.getStep(), op.getErrors());
  emitBlock(block);
  closeFrame(next);

  begin(next);
  row->addIncoming(builder.CreateNUWAdd(row, builder.getInt64(1)), next);
  builder.CreateBr(head);
  begin(exit);
  builder.CreateRetVoid();
}

// A sink that one write of the process feeds gets at most one row for each row of the input. Its rows then keep the
// place of the row they are made of: columns that are passed on are shared instead of copied, others are written in
// place.
void JobEmitter::openSinks(mlir::Block& body) {
  llvm::DenseMap<llvm::StringRef, llvm::SmallVector<job::WriteOp, 1>> writes;
  llvm::SmallVector<llvm::StringRef> order;
  body.getParentOp()->walk([&](job::WriteOp write) {
    ++writes_to_[write.getTarget()];
    auto& list = writes[write.getTarget()];
    if (list.empty()) order.push_back(write.getTarget());
    list.push_back(write);
  });
  auto& at = prologue();
  for (llvm::StringRef target : order) {
    auto sink = mlir::dyn_cast<job::SinkOp>(index_.opOf(target));
    if (!sink || writes[target].size() != 1) continue;
    job::WriteOp write = writes[target].front();
    if (!comesOnceARow(write)) continue;
    llvm::Value* batch = abi().call(at, AbiFn::stream_core_sink, {task(), at.getInt32(outputTo(target))});
    abi().call(at, AbiFn::stream_core_select, {batch});
    for (auto [i, value] : llvm::enumerate(write.getValues())) {
      mlir::BlockArgument column = inputColumn(value, body);
      if (!column) continue;
      abi().call(at, AbiFn::stream_core_forward, {batch, at.getInt32(i), batch_, at.getInt32(column.getArgNumber())});
    }
    positional_[write] = batch;
  }
}

// Addresses of columns are taken once, unused columns not at all.
void JobEmitter::bindInputColumns(mlir::Block& body, stream::RowAttr row,
                                  llvm::function_ref<bool(mlir::BlockArgument)> is_needed) {
  auto columns = row.storedColumns();
  for (auto [i, column] : llvm::enumerate(columns)) {
    mlir::BlockArgument argument = body.getArgument(i);
    if (argument.use_empty() || !is_needed(argument)) continue;
    auto& at = prologue();
    llvm::Value* number = at.getInt32(i);
    llvm::Value* values = abi().call(at, AbiFn::stream_core_column, {batch_, number});
    llvm::Value* slot = elementOf(builder(), values, row_, shapeOf(column.type).bytes);
    llvm::Value* validity = nullptr;
    if (isOptional(column.type)) {
      validity = elementOf(builder(), abi().call(at, AbiFn::stream_core_validity, {batch_, number}), row_, 1);
    }
    Parts parts = loadValue(builder(), column.type, slot, validity);
    markInvariant(parts);
    bind(argument, parts);
  }
}

bool JobEmitter::emitGraphOp(mlir::Operation* op) {
  return llvm::TypeSwitch<mlir::Operation*, bool>(op)
      .Case<job::FlowOp>([&](auto flow) { return emitFlow(flow), true; })
      .Case<job::ObserveOp>([&](auto observe) { return emitObserve(observe), true; })
      .Case<job::OriginOp>([&](auto origin) { return emitOrigin(origin), true; })
      .Case<stream::DecodeOp>([&](auto decode) { return emitDecode(decode), true; })
      .Case<job::WriteOp>([&](auto write) { return emitWrite(write), true; })
      .Case<job::LatenessOp>([&](auto lateness) { return emitLateness(lateness), true; })
      .Case<job::NarrowOp>([&](auto narrow) { return emitNarrow(narrow), true; })
      .Case<job::DecimalTotalOp>([&](auto total) { return emitDecimalTotal(total), true; })
      .Case<job::UpdateOp>([&](auto update) { return emitUpdate(update), true; })
      .Case<job::RejectOp>([&](auto rejection) {
        reject(rejection, rejection.getCause(), rejection.getMessage());
        return true;
      })
      .Default([](auto) { return false; });
}

// Most rows are on time.
bool JobEmitter::isUnlikely(mlir::Value condition) const {
  return condition.getDefiningOp<job::LatenessOp>() != nullptr;
}

void JobEmitter::emitFlow(job::FlowOp op) {
  if (inCalmLoop()) return void(emitBlock(op.getRegion().front()));
  llvm::BasicBlock* exit = makeBlock("flow.exit");
  openFrame(exit, op.getStep(), op.getErrors());
  emitBlock(op.getRegion().front());
  closeFrame(exit);
  begin(exit);
}

void JobEmitter::emitObserve(job::ObserveOp op) {
  llvm::Value* event_time = scalar(op.getEventTime());
  auto source = mlir::dyn_cast<job::SourceOp>(index_.opOf(process_.getInput()));
  if (source && source.getMaxAheadUs()) {
    // Before it counts: a time far ahead must not make everything after it late.
    llvm::Value* ahead = abi().call(builder(), AbiFn::stream_time_too_far_ahead, {batch_, event_time});
    rejectIf(builder().CreateICmpNE(ahead, builder().getInt8(0)), op, Cause::kTime,
             "the event time lies too far ahead of the clock");
  }
  if (inCalmLoop()) return emitCalmObserve(op);
  bind(op, abi().call(builder(), AbiFn::stream_time_observe, {batch_, event_time}));
}

// Its number among the outputs of the process.
uint32_t JobEmitter::outputTo(llvm::StringRef target) const {
  const auto& outputs = index_.outputsOf(process_);
  return static_cast<uint32_t>(std::find(outputs.begin(), outputs.end(), target) - outputs.begin());
}

// The source's number stands above the partition's, so that partitions of all sources are ordered.
void JobEmitter::emitOrigin(job::OriginOp op) {
  if (inCalmLoop()) return;  // bindDeferred
  auto& at = prologue();
  const uint64_t source = index_.idOf(process_.getInput());
  llvm::Value* partition = abi().call(at, AbiFn::stream_core_partition, {batch_});
  partition = at.CreateOr(at.CreateZExt(partition, at.getInt64Ty()), at.getInt64(source << 32), "partition");
  bind(op.getPartition(), partition);
  bind(op.getPosition(), abi().call(builder(), AbiFn::stream_core_position,
                                    {batch_, builder().CreateTrunc(row_, builder().getInt32Ty())}));
}

void JobEmitter::emitWrite(job::WriteOp op) {
  auto& builder = this->builder();
  if (llvm::Value* batch = positional_.lookup(op)) {
    if (inCalmLoop()) return emitCalmWrite(op, batch);
    storeComputed(op, batch);
    abi().call(builder, AbiFn::stream_core_claim_from, {batch, builder.CreateTrunc(row_, builder.getInt32Ty())});
    return;
  }
  if (inCalmLoop()) return defer(op);
  llvm::Value* hash = builder.getInt64(0);
  stream::RowAttr row;
  mlir::Operation* target = index_.opOf(op.getTarget());
  if (auto exchange = mlir::dyn_cast<job::ExchangeOp>(target)) {
    row = exchange.getColumns();
    if (exchange.getKind() == job::ExchangeKind::kHash) hash = stagedHash(op, [&] { return keyOf(op); });
  } else {
    row = job::targetColumns(target);
  }
  llvm::Value* batch =
      abi().call(builder, AbiFn::stream_core_route, {task(), builder.getInt32(outputTo(op.getTarget())), hash});
  llvm::Value* claimed =
      !mlir::isa<job::ExchangeOp>(target)
          ? abi().call(builder, AbiFn::stream_core_claim_from, {batch, builder.CreateTrunc(row_, builder.getInt32Ty())})
          : abi().call(builder, AbiFn::stream_core_claim, {batch});
  claimed = builder.CreateZExt(claimed, builder.getInt64Ty());
  for (auto [i, value] : llvm::enumerate(op.getValues())) {
    storeColumn(batch, i, row.getColumns()[i].type, get(value), claimed);
  }
}

// The columns that are not the input's own, at the place of the input's row.
void JobEmitter::storeComputed(job::WriteOp op, llvm::Value* batch) {
  stream::RowAttr row = mlir::cast<job::SinkOp>(index_.opOf(op.getTarget())).getColumns();
  mlir::Block& body = process_.getRegion().front();
  for (auto [i, value] : llvm::enumerate(op.getValues())) {
    if (inputColumn(value, body)) continue;
    storeColumn(batch, i, row.getColumns()[i].type, get(value), row_);
  }
}

// The decoder of the runtime fills a row of a batch of its own; the results are read from there.
void JobEmitter::emitDecode(stream::DecodeOp op) {
  auto& builder = this->builder();
  constexpr unsigned kDetailSize = 8, kBatch = 16;  // in what stream_core_decode writes
  const Parts text = get(op.getText());
  llvm::AllocaInst* slot = stackSlot(24, "decoded");
  llvm::Value* number = builder.getInt32(index_.idOf(op));
  llvm::Value* decoded = abi().call(builder, AbiFn::stream_core_decode, {task(), number, text[0], text[1], slot});
  Detail detail{.data = builder.CreateLoad(builder.getPtrTy(), slot),
                .size = builder.CreateLoad(builder.getInt32Ty(), offsetBy(builder, slot, kDetailSize))};
  rejectIf(builder.CreateICmpEQ(decoded, builder.getInt8(0)), op, Cause::kDecode, "cannot decode the text", detail);
  llvm::Value* batch = builder.CreateLoad(builder.getPtrTy(), offsetBy(builder, slot, kBatch));
  auto columns = op.getColumns().storedColumns();
  for (auto [i, column] : llvm::enumerate(columns)) {
    llvm::Value* at = builder.getInt32(i);
    llvm::Value* value = abi().call(builder, AbiFn::stream_core_column, {batch, at});
    llvm::Value* validity = nullptr;
    if (isOptional(column.type)) validity = abi().call(builder, AbiFn::stream_core_validity, {batch, at});
    bind(op.getResults()[i], loadValue(builder, column.type, value, validity));
  }
}

// Stores a value of a row, in a column or a cell. Nothing of the runtime's own lies there: what its hot functions have
// loaded of batches, tables and slices is still right afterwards, which LLVM is told in the words of their types.
void JobEmitter::storeData(mlir::Type type, const Parts& parts, llvm::Value* slot, llvm::Value* validity) {
  auto& builder = this->builder();
  llvm::BasicBlock* block = builder.GetInsertBlock();
  llvm::Instruction* before = block->empty() ? nullptr : &block->back();
  storeValue(builder, type, parts, slot, validity);
  llvm::MDBuilder types(builder.getContext());
  llvm::MDNode* data = types.createTBAAScalarTypeNode("streamc data", types.createTBAARoot("Simple C++ TBAA"));
  llvm::MDNode* tag = types.createTBAAStructTagNode(data, data, 0);
  auto at = before ? std::next(before->getIterator()) : block->begin();
  for (; at != block->end(); ++at)
    if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&*at)) store->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
}

void JobEmitter::storeColumn(llvm::Value* batch, unsigned column, mlir::Type type, const Parts& parts,
                             llvm::Value* row) {
  auto& builder = this->builder();
  llvm::Value* number = builder.getInt32(column);
  llvm::Value* values = abi().call(builder, AbiFn::stream_core_column, {batch, number});
  llvm::Value* slot = elementOf(builder, values, row, shapeOf(type).bytes);
  llvm::Value* validity = nullptr;
  if (isOptional(type)) {
    validity = elementOf(builder, abi().call(builder, AbiFn::stream_core_validity, {batch, number}), row, 1);
  }
  mlir::Type value = withoutOptional(type);
  if (!isString(value) && !isList(value)) return storeData(type, parts, slot, validity);
  llvm::Value* size = parts[1];
  if (validity) {
    // A null refers to nothing that could be copied.
    size = builder.CreateSelect(parts.back(), size, builder.getInt32(0));
    builder.CreateAlignedStore(builder.CreateZExt(parts.back(), builder.getInt8Ty()), validity, llvm::Align(1));
  }
  if (isString(value)) {
    abi().call(builder, AbiFn::stream_core_keep_string, {batch, slot, parts[0], size});
  } else {
    abi().call(builder, AbiFn::stream_core_keep_list, {batch, number, slot, parts[0], size});
  }
}

void JobEmitter::openFrame(llvm::BasicBlock* exit, llvm::StringRef step, llvm::StringRef errors) {
  frames_.push_back({.exit = exit, .step = step, .errors = index_.idOf(errors)});
}

// The code of the frame ends here and goes on at `next`; the rows that it rejected go on at its exit.
void JobEmitter::closeFrame(llvm::BasicBlock* next) {
  auto& builder = this->builder();
  Frame frame = frames_.pop_back_val();
  builder.CreateBr(next);
  if (!frame.rejected) return;
  begin(frame.rejected);
  abi().call(
      builder, AbiFn::stream_core_reject,
      {task(), batch_, builder.CreateTrunc(row_, builder.getInt32Ty()), frame.site, frame.detail, frame.detail_size});
  builder.CreateBr(frame.exit);
}

llvm::BasicBlock* JobEmitter::rejection(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  auto& builder = this->builder();
  Frame& frame = frames_.back();
  if (!frame.rejected) {
    frame.rejected = makeBlock("rejected");
    llvm::IRBuilder<> phis(frame.rejected);
    frame.site = phis.CreatePHI(builder.getInt32Ty(), 2, "site");
    frame.detail = phis.CreatePHI(builder.getPtrTy(), 2, "detail");
    frame.detail_size = phis.CreatePHI(builder.getInt32Ty(), 2, "detail.size");
  }
  uint32_t site = module().sites().add({.cause = stream::stringifyCause(cause).str(),
                                        .step = frame.step.str(),
                                        .place = module().place(op->getLoc()),
                                        .message = message.str(),
                                        .errors = frame.errors,
                                        .process = number_,
                                        .source = source_,
                                        .row_columns = row_columns_});
  llvm::BasicBlock* from = builder.GetInsertBlock();
  frame.site->addIncoming(builder.getInt32(site), from);
  frame.detail->addIncoming(detail.data ? detail.data : llvm::ConstantPointerNull::get(builder.getPtrTy()), from);
  frame.detail_size->addIncoming(detail.size ? detail.size : builder.getInt32(0), from);
  return frame.rejected;
}

}  // namespace streamc::codegen
