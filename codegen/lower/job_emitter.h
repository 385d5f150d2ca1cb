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
// `number` is the process's; one that stands for another has the other's.
llvm::Function* emitProcess(ModuleState& state, const JobIndex& index, ir::job::ProcessOp process, uint32_t number);
llvm::Function* emitFire(ModuleState& state, const JobIndex& index, uint32_t table);

// Whether an op of a process runs at most once for each row: nothing that repeats stands around it.
bool comesOnceARow(mlir::Operation* op);

// The column of the input that a value of a process is; null if it is computed.
mlir::BlockArgument inputColumn(mlir::Value value, mlir::Block& body);

// The parts that a process and a fire share.
class JobEmitter : public RowEmitter {
 public:
  JobEmitter(ModuleState& module, const JobIndex& index, llvm::Function* function, llvm::Value* task)
      : RowEmitter(module, function, task), index_(index), function_(function) {}

  void emitProcessBody(ir::job::ProcessOp op, uint32_t number);  // process.cpp
  void emitFireBody(uint32_t table);                             // fire.cpp

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
  bool isStraight() const override { return inCalmLoop(); }
  void emitIf(mlir::scf::IfOp op) override;

  // calm.cpp: the loop for a batch in which nothing goes wrong
  struct CalmLoop;
  bool canBeCalm(mlir::Block& body);
  void emitCalm(mlir::Block& body, ir::stream::RowAttr row, llvm::Value* rows, llvm::BasicBlock* otherwise);
  void emitCalmObserve(ir::job::ObserveOp op);
  void emitCalmLateness(ir::job::LatenessOp op);
  void emitCalmWrite(ir::job::WriteOp op, llvm::Value* batch);
  bool inCalmLoop() const;
  bool isCalm(mlir::Operation* op) const;
  llvm::Value* calmFlags();
  llvm::Value* calmFailed();
  void finishCalm();

  // deferred.cpp: what changes state or leaves the process, row by row behind the calm loop
  struct Deferred {
    mlir::Operation* op = nullptr;
    llvm::Value* flags = nullptr;              // a byte a row: whether it comes by here; null: every row
    llvm::SmallVector<mlir::Value> needed;     // values that it uses
    llvm::DenseMap<mlir::Value, Parts> saved;  // of these, arrays of those that the calm loop computed
  };
  bool canBeDeferred(mlir::Operation* op) const;
  void defer(mlir::Operation* op);
  bool readsImages() const;
  void emitDeferred(mlir::Block& body, ir::stream::RowAttr row, const Deferred& deferred, bool is_first);
  void bindDeferred(mlir::Block& body, ir::stream::RowAttr row, const Deferred& deferred);
  void forRows(llvm::Value* count, const llvm::Twine& name, llvm::function_ref<void(llvm::Value* number)> emit);

  // remarks.cpp
  void remarkProcess(mlir::Block& body);
  mlir::Operation* firstNotCalm(mlir::Block& block) const;

  // process.cpp
  void openSinks(mlir::Block& body);
  // One block argument for each column with a value; of these the needed ones.
  void bindInputColumns(mlir::Block& body, ir::stream::RowAttr row,
                        llvm::function_ref<bool(mlir::BlockArgument)> is_needed);
  void emitFlow(ir::job::FlowOp op);
  void emitObserve(ir::job::ObserveOp op);
  void emitOrigin(ir::job::OriginOp op);
  uint32_t outputTo(llvm::StringRef target) const;
  void emitWrite(ir::job::WriteOp op);
  void storeComputed(ir::job::WriteOp op, llvm::Value* batch);
  void emitDecode(ir::stream::DecodeOp op);
  void storeData(mlir::Type type, const Parts& parts, llvm::Value* slot, llvm::Value* validity);
  void storeColumn(llvm::Value* batch, unsigned column, mlir::Type type, const Parts& parts, llvm::Value* row);

  // update.cpp
  KeyBytes keyOf(mlir::Operation* op);
  llvm::Value* hashOf(mlir::Operation* op);
  bool wantsHashes(mlir::Operation* op) const;
  llvm::Value* stagedHash(mlir::Operation* op, llvm::function_ref<KeyBytes()> key);
  void stageKeys(mlir::Block& body, ir::stream::RowAttr row, llvm::Value* rows);
  struct Window {
    llvm::Value* start;
    llvm::Value* end;
  };
  Window windowOf(ir::stream::TumbleAttr window, llvm::Value* event_time);
  llvm::Value* tableShare(uint32_t table);
  void emitLateness(ir::job::LatenessOp op);
  void emitNarrow(ir::job::NarrowOp op);
  void emitDecimalTotal(ir::job::DecimalTotalOp op);
  void emitUpdate(ir::job::UpdateOp op);
  llvm::Value* sliceFor(ir::job::UpdateOp op);
  void askAhead(ir::job::UpdateOp op, llvm::Value* slice);
  Parts loadField(llvm::Value* slice, llvm::Value* cell, mlir::Type type, const SlotOffset& slot);
  void storeField(llvm::Value* slice, llvm::Value* cell, mlir::Type type, const SlotOffset& slot, const Parts& parts,
                  const Parts& before);

  const JobIndex& index_;
  llvm::Function* function_;
  ir::job::ProcessOp process_;           // not of a fire
  uint32_t number_ = 0;                  // of the process, or of the one that owns the table
  llvm::Value* batch_ = nullptr;         // whose row is rejected
  llvm::Value* row_ = nullptr;           // i64
  std::optional<std::string> source_;    // of the sites of this function
  std::optional<uint32_t> row_columns_;  // in a fire: the leading columns that are stored already
  llvm::SmallVector<Frame> frames_;
  llvm::DenseMap<mlir::Operation*, llvm::Value*>
      positional_;                                 // writes to sinks whose rows keep their places → the batch
  llvm::StringMap<unsigned> writes_to_;            // how many writes of the process each target has
  llvm::DenseMap<uint32_t, llvm::Value*> shares_;  // of tables
  // The hashes of the keys of an update or a write, computed in advance.
  struct Staged {
    llvm::Value* hashes;
    llvm::Value* number;  // of the current row among them
    llvm::Value* count;
  };
  llvm::DenseMap<mlir::Operation*, Staged> staged_;
  // The slice that the row before went to, while rows of a table stand one behind another.
  struct LastSlice {
    llvm::AllocaInst *start, *size, *slice;
  };
  std::optional<LastSlice> last_slice_;
  CalmLoop* calm_ = nullptr;  // while it is being emitted
};

}  // namespace streamc::codegen

#endif
