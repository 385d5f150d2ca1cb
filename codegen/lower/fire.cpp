// job.fire: the entries of a due window become rows of the batch that the table's process gets.
#include "codegen/lower/job_emitter.h"
#include "codegen/lower/key_bytes.h"

namespace streamc::codegen {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;

constexpr unsigned kStreamStringBytes = 16;

// How many leading values of the yield are arguments of the fire (keys, fields, bounds of the window): they are known
// before anything can be rejected.
unsigned leadingArguments(mlir::Block& body, mlir::Operation* yield) {
  unsigned count = 0;
  for (mlir::Value value : yield->getOperands()) {
    auto argument = mlir::dyn_cast<mlir::BlockArgument>(value);
    if (!argument || argument.getOwner() != &body) break;
    ++count;
  }
  return count;
}

}  // namespace

llvm::Function* emitFire(ModuleState& state, const JobIndex& index, uint32_t table) {
  auto& context = state.context();
  auto* pointer = llvm::PointerType::getUnqual(context);
  auto* i64 = llvm::Type::getInt64Ty(context);
  auto* type =
      llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                              {pointer, pointer, pointer, llvm::Type::getInt32Ty(context), i64, i64, pointer}, false);
  job::TableOp op = index.tables[table];
  auto* function =
      llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, "fire_" + op.getSymName(), state.module());
  function->setDoesNotThrow();
  function->setUWTableKind(llvm::UWTableKind::Async);
  const char* names[] = {"task", "slice", "cells", "count", "window_start", "window_end", "out"};
  for (auto [argument, name] : llvm::zip_equal(function->args(), names)) argument.setName(name);
  job::FireOp fire = index.fires[table];
  state.debug().describe(function, fire.getLoc());
  JobEmitter(state, index, function, function->getArg(0)).emitFireBody(table);
  return function;
}

void JobEmitter::emitFireBody(uint32_t table_id) {
  auto& builder = this->builder();
  job::TableOp table = index_.tables[table_id];
  job::FireOp op = index_.fires[table_id];
  const CellLayout& layout = index_.layoutOf(table_id);
  llvm::Value *slice = function_->getArg(1), *cells = function_->getArg(2), *out = function_->getArg(6);
  mlir::Block& block = op.getRegion().front();
  mlir::Operation* yield = block.getTerminator();
  auto columns = table.getFired().getColumns();
  number_ = index_.ownerOf(table_id);
  batch_ = out;
  row_columns_ = leadingArguments(block, yield);

  llvm::DebugLoc here = module().debugLocation(op.getLoc(), function_);
  prologue().SetCurrentDebugLocation(here);
  builder.SetCurrentDebugLocation(here);
  llvm::Value* count = prologue().CreateZExt(function_->getArg(3), builder.getInt64Ty());

  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::BasicBlock* head = makeBlock("cell.head");
  llvm::BasicBlock* body = makeBlock("cell.body");
  llvm::BasicBlock* rejected = makeBlock("cell.rejected");
  llvm::BasicBlock* next = makeBlock("cell.next");
  llvm::BasicBlock* exit = makeBlock("exit");
  builder.CreateBr(head);
  begin(head);
  auto* number = builder.CreatePHI(builder.getInt64Ty(), 2, "cell.number");
  number->addIncoming(builder.getInt64(0), before);
  builder.CreateCondBr(builder.CreateICmpULT(number, count), body, exit);

  begin(body);
  llvm::Value* cell =
      builder.CreateLoad(builder.getPtrTy(), builder.CreateInBoundsGEP(builder.getPtrTy(), cells, number));
  unsigned argument = 0;
  llvm::SmallVector<mlir::Type> key_types;
  for (const stream::Column& column : table.getKey().getColumns()) key_types.push_back(column.type);
  KeyBytes key{cell, builder.getInt64(layout.key_bytes)};
  if (!layout.fixed_key) {
    llvm::AllocaInst* text = stackSlot(kStreamStringBytes, "key");
    abi().call(builder, AbiFn::stream_state_get_string, {slice, cell, text});
    Parts bytes = loadValue(builder, stream::StringType::get(op.getContext()), text, nullptr);
    key = {bytes[0], builder.CreateZExt(bytes[1], builder.getInt64Ty())};
  }
  for (Parts& parts : readKeyBytes(*this, key_types, key)) bind(block.getArgument(argument++), parts);
  for (auto [i, field] : llvm::enumerate(table.getCell().getAsRange<job::FieldAttr>())) {
    bind(block.getArgument(argument++), loadField(slice, cell, field.getType(), layout.fields[i]));
  }
  bind(block.getArgument(argument++), function_->getArg(4));
  bind(block.getArgument(argument++), function_->getArg(5));

  // The row is claimed first, with what is known of it: a rejection shows these columns.
  llvm::Value* claimed = abi().call(builder, AbiFn::stream_core_claim, {out});
  row_ = builder.CreateZExt(claimed, builder.getInt64Ty(), "row");
  for (unsigned i = 0; i < *row_columns_; ++i) storeColumn(out, i, columns[i].type, get(yield->getOperand(i)), row_);
  openFrame(rejected, op.getStep(), op.getErrors());
  llvm::SmallVector<Parts> values = emitBlock(block);
  for (unsigned i = *row_columns_; i < columns.size(); ++i) storeColumn(out, i, columns[i].type, values[i], row_);
  closeFrame(next);

  begin(rejected);
  abi().call(builder, AbiFn::stream_core_unclaim, {out});
  builder.CreateBr(next);

  begin(next);
  number->addIncoming(builder.CreateNUWAdd(number, builder.getInt64(1)), next);
  builder.CreateBr(head);
  begin(exit);
  builder.CreateRetVoid();
}

}  // namespace streamc::codegen
