// Row-level code, from MLIR regions into an LLVM function that is being built. The code between two consumers of the
// runtime: everything that works on one row. Used by process_emitter (a process, a fire function), which sets up the
// function, the loop over rows and the frames; the graph-level ops of the job dialect are its, the row ops are here.
//
// The walk is in order, once. State: a table from MLIR values to parts (values.h), and a stack of frames that says
// where a rejection goes. A rejection is a branch, marked unlikely, to a block of its own that calls stream_core_reject
// and goes on at the exit of the frame; in a `stream.catch` it goes to the fallback without a call. One C++ file for
// each family of ops: arith, checked, conversion, decimal, optional, text, list, control.
#ifndef CODEGEN_LOWER_ROW_EMITTER_H
#define CODEGEN_LOWER_ROW_EMITTER_H

#include <functional>

#include "codegen/lower/abi.h"
#include "codegen/lower/values.h"
#include "ir/stream/ops.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/IRBuilder.h"

namespace mlir::arith {
class CmpIOp;
}
namespace mlir::scf {
class IfOp;
}
namespace streamc {
struct Builtin;
}

namespace streamc::codegen {

class ModuleState;  // module_state.h: sites, string constants, debug information

using ir::stream::Cause;

// What is appended to a site's message: a text that the row itself brings. Null: nothing.
struct Detail {
  llvm::Value* data = nullptr;
  llvm::Value* size = nullptr;
};

class RowEmitter {
 public:
  RowEmitter(ModuleState& module, llvm::Function* function, llvm::Value* task);
  virtual ~RowEmitter() = default;
  RowEmitter(const RowEmitter&) = delete;
  RowEmitter& operator=(const RowEmitter&) = delete;

  llvm::IRBuilder<>& builder() { return builder_; }
  ModuleState& module() { return module_; }
  llvm::Value* task() const { return task_; }
  Abi& abi();

  // ---- values ----
  void bind(mlir::Value value, llvm::ArrayRef<llvm::Value*> parts) {
    values_[value] = Parts(parts.begin(), parts.end());
  }
  const Parts& get(mlir::Value value) const;
  llvm::Value* scalar(mlir::Value value) const;  // REQUIRES: a value of one part

  // ---- code ----
  // Emits a block up to its terminator, if it has one; returns the parts of the terminator's operands.
  llvm::SmallVector<Parts> emitBlock(mlir::Block& block);
  llvm::BasicBlock* makeBlock(const llvm::Twine& name);
  // Goes on in a block, which becomes the last of the function: code reads in the order in which it is emitted.
  void begin(llvm::BasicBlock* block);
  // Memory of the function, in its entry block: 8-aligned.
  llvm::AllocaInst* stackSlot(uint64_t bytes, const llvm::Twine& name);
  // For code that is the same for all rows: stands in the entry block, before the first row.
  llvm::IRBuilder<>& prologue() { return prologue_; }
  // Ends the current block with a branch and goes on in `then`; cold says that `otherwise` is hardly ever taken.
  void branchUnlikely(llvm::Value* bad, llvm::BasicBlock* otherwise, llvm::BasicBlock* then);

  // ---- rejection ----
  // The row is rejected where `bad` (i1) holds. `message` is that of the site.
  virtual void rejectIf(llvm::Value* bad, mlir::Operation* op, Cause cause, llvm::StringRef message,
                        Detail detail = {});
  // The current row is rejected here; the builder is left without a place to go on.
  virtual void reject(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail = {});

 protected:
  // Whether the code must be straight, for a loop that LLVM makes vectors of: no branches and nothing that traps.
  virtual bool isStraight() const { return false; }
  virtual void emitIf(mlir::scf::IfOp op);

  // The block where the rejection of the current row goes on. The builder stands at the end of the block that will
  // branch to it. Not called inside a stream.catch.
  virtual llvm::BasicBlock* rejection(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) = 0;
  // An op that is not a row op. False: unknown.
  virtual bool emitGraphOp(mlir::Operation* op) { return false; }

  // Whether a condition is known to hold for few rows only.
  virtual bool isUnlikely(mlir::Value condition) const { return false; }

  void emitOp(mlir::Operation* op);

 private:
  bool emitArith(mlir::Operation* op);  // arith.cpp
  llvm::Value* emitDivides(mlir::arith::CmpIOp compare);
  bool emitChecked(mlir::Operation* op);  // checked.cpp
  llvm::Value* emitStraight(mlir::Operation* op, llvm::Value*& bad);
  llvm::Value* divide(mlir::Operation* op, llvm::Value* dividend, llvm::Value* divisor, bool is_unsigned);
  llvm::Value* remainder(mlir::Operation* op, llvm::Value* dividend, llvm::Value* divisor, bool is_unsigned);
  bool emitConversion(mlir::Operation* op);  // conversion.cpp
  Parts emitCast(mlir::Operation* op, llvm::ArrayRef<llvm::Value*> parts, mlir::Type from, mlir::Type to);
  bool emitDecimal(mlir::Operation* op);  // decimal.cpp
  llvm::Value* convertDecimal(llvm::Value* value, mlir::Type from, mlir::Type to);
  llvm::Value* castToDecimal(mlir::Operation* op, llvm::ArrayRef<llvm::Value*> parts, mlir::Type from, mlir::Type to);
  llvm::Value* castFromDecimal(mlir::Operation* op, llvm::Value* value, mlir::Type from, mlir::Type to);
  bool emitOptional(mlir::Operation* op);  // optional.cpp
  bool emitText(mlir::Operation* op);      // text.cpp
  void emitRank(ir::stream::RankOp op);    // rank.cpp
  llvm::Value* compareText(ir::stream::CompareStringOp op);
  Parts textOf(mlir::Type column_type, llvm::ArrayRef<llvm::Value*> parts);
  Parts symbolText(ir::stream::EnumType type, llvm::Value* index);
  Parts concatenate(llvm::ArrayRef<Parts> texts);
  bool emitCall(mlir::Operation* op);  // call.cpp, inline_builtin.cpp
  void callBuiltin(ir::stream::CallOp op, const Builtin& row);
  Parts inlineBuiltin(ir::stream::CallOp op, const Builtin& row);
  Parts listEnd(ir::stream::CallOp op, bool first);
  bool emitList(mlir::Operation* op);  // list.cpp
  Parts loadLeaf(mlir::Type list, llvm::Value* data, llvm::Value* index, unsigned leaf);
  bool emitControl(mlir::Operation* op);  // control.cpp
  void emitCatch(ir::stream::CatchOp op);
  void join(mlir::ResultRange results, llvm::ArrayRef<std::pair<llvm::BasicBlock*, llvm::SmallVector<Parts>>> arms);

  ModuleState& module_;
  llvm::Function* function_;
  llvm::Value* task_;
  llvm::IRBuilder<> builder_;
  llvm::IRBuilder<> prologue_;
  llvm::DenseMap<mlir::Value, Parts> values_;
  llvm::SmallVector<llvm::BasicBlock*> fallbacks_;  // of the enclosing stream.catch, innermost last
};

}  // namespace streamc::codegen

#endif
