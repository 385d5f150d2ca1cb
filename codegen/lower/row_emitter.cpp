#include "codegen/lower/row_emitter.h"

#include "codegen/lower/module_state.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Support/ErrorHandling.h"

namespace streamc::codegen {

RowEmitter::RowEmitter(ModuleState& module, llvm::Function* function, llvm::Value* task)
    : module_(module), function_(function), task_(task), builder_(module.context()), prologue_(module.context()) {
  auto* entry = llvm::BasicBlock::Create(module.context(), "entry", function);
  auto* start = llvm::BasicBlock::Create(module.context(), "start", function);
  prologue_.SetInsertPoint(llvm::BranchInst::Create(start, entry));
  builder_.SetInsertPoint(start);
}

Abi& RowEmitter::abi() { return module_.abi(); }

const Parts& RowEmitter::get(mlir::Value value) const {
  auto found = values_.find(value);
  if (found == values_.end()) llvm::report_fatal_error("codegen: a value is used before it was emitted");
  return found->second;
}

llvm::Value* RowEmitter::scalar(mlir::Value value) const {
  const Parts& parts = get(value);
  assert(parts.size() == 1 && "a scalar was expected");
  return parts.front();
}

llvm::SmallVector<Parts> RowEmitter::emitBlock(mlir::Block& block) {
  for (mlir::Operation& op : block) {
    if (!op.hasTrait<mlir::OpTrait::IsTerminator>()) {
      emitOp(&op);
      continue;
    }
    llvm::SmallVector<Parts> results;
    for (mlir::Value operand : op.getOperands()) results.push_back(get(operand));
    return results;
  }
  return {};
}

void RowEmitter::emitOp(mlir::Operation* op) {
  llvm::DebugLoc outer = builder_.getCurrentDebugLocation();
  builder_.SetCurrentDebugLocation(module_.debugLocation(op->getLoc(), function_));
  if (!emitArith(op) && !emitChecked(op) && !emitConversion(op) && !emitDecimal(op) && !emitOptional(op) &&
      !emitText(op) && !emitCall(op) && !emitList(op) && !emitControl(op) && !emitGraphOp(op)) {
    llvm::report_fatal_error(llvm::Twine("codegen: no code for the op ") + op->getName().getStringRef());
  }
  builder_.SetCurrentDebugLocation(outer);
}

llvm::BasicBlock* RowEmitter::makeBlock(const llvm::Twine& name) {
  return llvm::BasicBlock::Create(module_.context(), name, function_);
}

void RowEmitter::begin(llvm::BasicBlock* block) {
  block->moveAfter(&function_->back());
  builder_.SetInsertPoint(block);
}

llvm::AllocaInst* RowEmitter::stackSlot(uint64_t bytes, const llvm::Twine& name) {
  auto* slot = prologue_.CreateAlloca(llvm::ArrayType::get(builder_.getInt8Ty(), bytes), nullptr, name);
  slot->setAlignment(llvm::Align(8));
  return slot;
}

void RowEmitter::branchUnlikely(llvm::Value* bad, llvm::BasicBlock* otherwise, llvm::BasicBlock* then) {
  auto* weights = llvm::MDBuilder(module_.context()).createUnlikelyBranchWeights();
  builder_.CreateCondBr(bad, otherwise, then, weights);
  begin(then);
}

void RowEmitter::rejectIf(llvm::Value* bad, mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  if (auto* constant = llvm::dyn_cast<llvm::ConstantInt>(bad); constant && constant->isZero()) return;
  llvm::BasicBlock* target = fallbacks_.empty() ? rejection(op, cause, message, detail) : fallbacks_.back();
  branchUnlikely(bad, target, makeBlock("ok"));
}

void RowEmitter::reject(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) {
  builder_.CreateBr(fallbacks_.empty() ? rejection(op, cause, message, detail) : fallbacks_.back());
  // What follows in this block is never reached, but the walk goes on: give it a place.
  begin(makeBlock("unreachable"));
}

}  // namespace streamc::codegen
