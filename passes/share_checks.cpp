#include "passes/share_checks.h"

#include "ir/stream/ops.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::passes {
namespace {

namespace stream = ir::stream;
using mlir::Operation;

// The ops without regions whose only effect is that they may reject.
bool isCheck(Operation* op) {
  auto rejecting = llvm::dyn_cast<stream::MayReject>(op);
  if (!rejecting || op->getNumRegions() > 0) return false;
  auto effects = llvm::dyn_cast<mlir::MemoryEffectOpInterface>(op);
  if (!effects) return llvm::isa<stream::IndexCheckOp>(op);
  llvm::SmallVector<mlir::MemoryEffects::EffectInstance> instances;
  effects.getEffects(instances);
  return !instances.empty() && llvm::all_of(instances, [](const mlir::MemoryEffects::EffectInstance& effect) {
    return effect.getResource() == stream::RejectionResource::get();
  });
}

// Available checks, innermost scope last. A linear look: regions have few checks.
class Sharing {
 public:
  int visit(mlir::Region& region) {
    for (mlir::Block& block : region) {
      size_t scope = available_.size();
      for (Operation& op : llvm::make_early_inc_range(block)) visit(&op);
      available_.resize(scope);
    }
    return shared_;
  }

 private:
  void visit(Operation* op) {
    if (!isCheck(op)) {
      for (mlir::Region& region : op->getRegions()) visit(region);
      return;
    }
    for (Operation* earlier : available_) {
      if (!mlir::OperationEquivalence::isEquivalentTo(earlier, op, mlir::OperationEquivalence::IgnoreLocations))
        continue;
      op->replaceAllUsesWith(earlier);
      op->erase();
      ++shared_;
      return;
    }
    available_.push_back(op);
  }

  llvm::SmallVector<Operation*> available_;
  int shared_ = 0;
};

struct ShareChecksPass : mlir::PassWrapper<ShareChecksPass, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ShareChecksPass)

  llvm::StringRef getArgument() const final { return "share-checks"; }
  llvm::StringRef getDescription() const final { return "evaluate equal expressions that may reject once"; }
  void runOnOperation() final {
    int shared = 0;
    // Each step has checks of its own: their sites name it.
    getOperation().walk([&](stream::RowRegionOpInterface step) { shared += Sharing().visit(step.getBody()); });
    if (shared == 0) markAllAnalysesPreserved();
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> createShareChecksPass() { return std::make_unique<ShareChecksPass>(); }

}  // namespace streamc::passes
