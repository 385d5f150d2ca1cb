// Control flow of row-level code: scf.if and stream.catch. Values that leave a region become phis of their parts.
#include "codegen/lower/module_state.h"
#include "codegen/lower/row_emitter.h"
#include "llvm/IR/MDBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::codegen {

namespace scf = mlir::scf;
namespace stream = ir::stream;

// The builder stands at the start of the block where the arms meet; each arm is the block it comes from and its values.
void RowEmitter::join(mlir::ResultRange results,
                      llvm::ArrayRef<std::pair<llvm::BasicBlock*, llvm::SmallVector<Parts>>> arms) {
  for (auto [i, result] : llvm::enumerate(results)) {
    auto types = partTypes(builder_.getContext(), result.getType());
    Parts parts;
    for (auto [p, type] : llvm::enumerate(types)) {
      auto* phi = builder_.CreatePHI(type, arms.size());
      for (const auto& [block, values] : arms) phi->addIncoming(values[i][p], block);
      parts.push_back(phi);
    }
    bind(result, parts);
  }
}

bool RowEmitter::emitControl(mlir::Operation* op) {
  if (auto branch = mlir::dyn_cast<scf::IfOp>(op)) {
    emitIf(branch);
  } else if (auto guarded = mlir::dyn_cast<stream::CatchOp>(op)) {
    emitCatch(guarded);
  } else {
    return false;
  }
  return true;
}

void RowEmitter::emitIf(scf::IfOp op) {
  llvm::BasicBlock* then = makeBlock("then");
  llvm::BasicBlock* otherwise = op.elseBlock() ? makeBlock("else") : nullptr;
  llvm::BasicBlock* done = makeBlock("endif");
  llvm::MDNode* weights =
      isUnlikely(op.getCondition()) ? llvm::MDBuilder(builder_.getContext()).createUnlikelyBranchWeights() : nullptr;
  builder_.CreateCondBr(scalar(op.getCondition()), then, otherwise ? otherwise : done, weights);
  llvm::SmallVector<std::pair<llvm::BasicBlock*, llvm::SmallVector<Parts>>, 2> arms;
  auto arm = [&](llvm::BasicBlock* start, mlir::Block* body) {
    begin(start);
    llvm::SmallVector<Parts> values = emitBlock(*body);
    arms.emplace_back(builder_.GetInsertBlock(), std::move(values));
    builder_.CreateBr(done);
  };
  arm(then, op.thenBlock());
  if (otherwise) arm(otherwise, op.elseBlock());
  begin(done);
  join(op.getResults(), arms);
}

void RowEmitter::emitCatch(stream::CatchOp op) {
  llvm::BasicBlock* fallback = makeBlock("fallback");
  llvm::BasicBlock* done = makeBlock("caught");
  llvm::SmallVector<std::pair<llvm::BasicBlock*, llvm::SmallVector<Parts>>, 2> arms;

  fallbacks_.push_back(fallback);
  llvm::SmallVector<Parts> attempt = emitBlock(op.getAttempt().front());
  fallbacks_.pop_back();
  arms.emplace_back(builder_.GetInsertBlock(), std::move(attempt));
  builder_.CreateBr(done);

  begin(fallback);
  llvm::SmallVector<Parts> instead = emitBlock(op.getFallback().front());
  arms.emplace_back(builder_.GetInsertBlock(), std::move(instead));
  builder_.CreateBr(done);

  begin(done);
  join(op.getResults(), arms);
}

}  // namespace streamc::codegen
