// What is known while the loop of calm batches is emitted (calm.cpp, deferred.cpp).
#ifndef CODEGEN_LOWER_CALM_LOOP_H
#define CODEGEN_LOWER_CALM_LOOP_H

#include "codegen/lower/job_emitter.h"

namespace streamc::codegen {

struct JobEmitter::CalmLoop {
  llvm::Value* rows = nullptr;
  llvm::BasicBlock* before = nullptr;
  llvm::BasicBlock* loop = nullptr;
  bool is_over = false;         // the code behind it is being emitted
  llvm::Value* path = nullptr;  // i1: whether the row comes by here; null: every row does

  // A value that goes from row to row.
  struct Accumulator {
    llvm::PHINode* phi;
    llvm::Value* now;
  };
  llvm::SmallVector<Accumulator> accumulators;
  std::optional<size_t> failed;       // i64, not 0: something went wrong
  std::optional<size_t> greatest;     // event time
  llvm::Value* times = nullptr;       // of all rows
  llvm::Value* watermarks = nullptr;  // just before each row, where somebody needs them

  // A table whose rows have to be on time.
  struct OnTime {
    ir::job::LatenessOp op;
    size_t least;                     // event time
    std::optional<size_t> watermark;  // the greatest; none: the source's
    std::optional<size_t> passed;     // how many rows came; none: all
  };
  llvm::SmallVector<OnTime> on_time;

  struct Taken {
    llvm::Value* batch;
    llvm::Value* flags;  // null: all rows
  };
  llvm::SmallVector<Taken> taken;
  llvm::SmallVector<Deferred> deferred;

  size_t add(llvm::IRBuilderBase& builder, llvm::Value* start) {
    llvm::IRBuilderBase::InsertPointGuard guard(builder);
    builder.SetInsertPoint(loop, loop->begin());
    auto* phi = builder.CreatePHI(start->getType(), 2);
    phi->addIncoming(start, before);
    accumulators.push_back({phi, phi});
    return accumulators.size() - 1;
  }
  llvm::Value*& now(size_t number) { return accumulators[number].now; }
};

}  // namespace streamc::codegen

#endif
