// Functions of a job: a process over the rows of a batch (StreamProcessFn), and what finishes the entries of a due
// window (StreamFireFn), see runtime-lib/abi/job_image.h.
//
//   process:  entry (column pointers, tables, parameters: once) → rows → body → next row
//   fire:     entry                                             → cells → body → next cell
//
// The rejection of a row ends the innermost frame: a job.flow, else the row. Frames are a stack of exit blocks with the
// step and the error scope that belong to them.
#ifndef CODEGEN_LOWER_JOB_EMITTER_H
#define CODEGEN_LOWER_JOB_EMITTER_H

#include "codegen/lower/key_bytes.h"
#include "codegen/lower/module_state.h"
#include "codegen/lower/row_emitter.h"
#include "codegen/manifest/job_index.h"

namespace streamc::codegen {

// Both define a function in the module of `state` and return it.
llvm::Function* emitProcess(ModuleState& state, const JobIndex& index, uint32_t process);
llvm::Function* emitFire(ModuleState& state, const JobIndex& index, uint32_t table);

// The parts that a process and a fire share.
class JobEmitter : public RowEmitter {
 public:
  JobEmitter(ModuleState& module, const JobIndex& index, llvm::Function* function, llvm::Value* task)
      : RowEmitter(module, function, task), index_(index), function_(function) {}

  void emitProcessBody(uint32_t process);  // process.cpp
  void emitFireBody(uint32_t table);       // fire.cpp

 private:
  // A part of the code whose rejections go on at `exit`. They meet in one block, which is made when the first is met:
  // one call for all of them, and phis for what differs.
  struct Frame {
    llvm::BasicBlock* exit;
    llvm::StringRef step;
    uint32_t errors;
    llvm::BasicBlock* rejected = nullptr;
    llvm::PHINode *site = nullptr, *detail = nullptr, *detail_size = nullptr;
  };
  void openFrame(llvm::BasicBlock* exit, llvm::StringRef step, llvm::StringRef errors);
  void closeFrame(llvm::BasicBlock* next);

  llvm::BasicBlock* rejection(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail) override;
  bool emitGraphOp(mlir::Operation* op) override;
  bool isUnlikely(mlir::Value condition) const override;
  void rejectIf(llvm::Value* bad, mlir::Operation* op, Cause cause, llvm::StringRef message,
                Detail detail = {}) override;
  void reject(mlir::Operation* op, Cause cause, llvm::StringRef message, Detail detail = {}) override;
  bool isStraight() const override { return calm_ != nullptr; }
  void emitIf(mlir::scf::IfOp op) override;

  // calm.cpp: the loop for a batch in which nothing goes wrong
  struct CalmLoop;
  bool canBeCalm(mlir::Block& body);
  void emitCalm(mlir::Block& body, ir::stream::RowAttr row, llvm::Value* rows, llvm::BasicBlock* otherwise);
  void emitCalmObserve(ir::job::ObserveOp op);
  void emitCalmWrite(ir::job::WriteOp op, llvm::Value* batch);

  // process.cpp
  void openSinks(mlir::Block& body);
  void bindInputColumns(mlir::Block& body, ir::stream::RowAttr row);
  void emitFlow(ir::job::FlowOp op);
  void emitObserve(ir::job::ObserveOp op);
  void emitOrigin(ir::job::OriginOp op);
  void emitWrite(ir::job::WriteOp op);
  void storeComputed(ir::job::WriteOp op, llvm::Value* batch);
  void emitDecode(ir::stream::DecodeOp op);
  void storeColumn(llvm::Value* batch, unsigned column, mlir::Type type, const Parts& parts, llvm::Value* row);

  // update.cpp
  KeyBytes keyOf(ir::job::UpdateOp op);
  llvm::Value* hashOf(ir::job::UpdateOp op);
  void stageKeys(mlir::Block& body, ir::stream::RowAttr row, llvm::Value* rows);
  struct Window {
    llvm::Value* start;
    llvm::Value* end;
  };
  Window windowOf(ir::stream::TumbleAttr window, llvm::Value* event_time);
  void emitLateness(ir::job::LatenessOp op);
  void emitNarrow(ir::job::NarrowOp op);
  void emitDecimalTotal(ir::job::DecimalTotalOp op);
  void emitUpdate(ir::job::UpdateOp op);
  Parts loadField(llvm::Value* slice, llvm::Value* cell, mlir::Type type, const SlotOffset& slot);
  void storeField(llvm::Value* slice, llvm::Value* cell, mlir::Type type, const SlotOffset& slot, const Parts& parts,
                  const Parts& before);

  const JobIndex& index_;
  llvm::Function* function_;
  uint32_t process_ = 0;
  llvm::Value* batch_ = nullptr;         // whose row is rejected
  llvm::Value* row_ = nullptr;           // i64
  std::optional<std::string> source_;    // of the sites of this function
  std::optional<uint32_t> row_columns_;  // in a fire: the leading columns that are stored already
  llvm::SmallVector<Frame> frames_;
  llvm::DenseMap<mlir::Operation*, llvm::Value*>
      positional_;  // writes to sinks whose rows keep their places → the batch
  // The hashes of all rows' keys for an update, when they are computed in advance, and the number of rows.
  llvm::DenseMap<mlir::Operation*, llvm::Value*> staged_;
  llvm::Value* rows_ = nullptr;
  CalmLoop* calm_ = nullptr;  // while it is being emitted
};

}  // namespace streamc::codegen

#endif
