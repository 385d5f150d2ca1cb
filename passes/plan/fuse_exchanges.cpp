#include "passes/plan/fuse_exchanges.h"

#include "ir/job/ops.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

namespace streamc::passes {
namespace {

namespace job = ir::job;

class FuseExchangesPass : public mlir::PassWrapper<FuseExchangesPass, mlir::OperationPass<mlir::ModuleOp>> {
 public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(FuseExchangesPass)
  llvm::StringRef getArgument() const final { return "fuse-exchanges"; }
  llvm::StringRef getDescription() const final { return "processes for one worker, without exchanges"; }

  void runOnOperation() final {
    findReaders();
    for (job::ProcessOp process : llvm::to_vector(getOperation().getOps<job::ProcessOp>())) {
      // What stands inside of another process is no longer reached.
      if (readers_.contains(process.getInput())) continue;
      if (writesToFused(process)) fuse(process);
    }
  }

 private:
  // The exchanges that can be fused, and who reads them.
  void findReaders() {
    readers_.clear();
    llvm::StringMap<llvm::SmallVector<job::ProcessOp, 1>> writers;
    for (auto process : getOperation().getOps<job::ProcessOp>())
      process.walk([&](job::WriteOp write) { writers[write.getTarget()].push_back(process); });
    for (auto process : getOperation().getOps<job::ProcessOp>()) {
      auto exchange = mlir::SymbolTable::lookupNearestSymbolFrom<job::ExchangeOp>(process, process.getInputAttr());
      if (!exchange || exchange.getLimit() || exchange.getThrottle()) continue;
      auto found = writers.find(exchange.getSymName());
      if (found == writers.end() || found->second.size() != 1 || !mayOwnTables(found->second.front())) continue;
      readers_[exchange.getSymName()] = process;
    }
  }

  // Rows of errors and flattened rows come in the middle of the run of another process.
  static bool mayOwnTables(job::ProcessOp process) {
    mlir::Operation* input = mlir::SymbolTable::lookupNearestSymbolFrom(process, process.getInputAttr());
    return !mlir::isa_and_nonnull<job::ErrorsOp, job::FlattenOp>(input);
  }

  bool writesToFused(job::ProcessOp process) {
    return process
        .walk([&](job::WriteOp write) {
          return readers_.contains(write.getTarget()) ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
        })
        .wasInterrupted();
  }

  void fuse(job::ProcessOp process) {
    mlir::OpBuilder after(process->getContext());
    after.setInsertionPointAfter(process);
    auto fused = mlir::cast<job::ProcessOp>(after.clone(*process));
    fused.setSymName((process.getSymName() + "_fused").str());
    fused.setInsteadOf(process.getSymName());
    // What comes in may write to the next exchange.
    for (bool any = true; any;) {
      any = false;
      llvm::SmallVector<job::WriteOp> writes;
      fused.walk([&](job::WriteOp write) { writes.push_back(write); });
      for (job::WriteOp write : writes) {
        job::ProcessOp reader = readers_.lookup(write.getTarget());
        if (!reader) continue;
        inlineAt(write, reader);
        any = true;
      }
    }
  }

  // The code of the reader in the place of the write, in a flow of its own: its rejections are its own.
  static void inlineAt(job::WriteOp write, job::ProcessOp reader) {
    mlir::OpBuilder at(write);
    auto flow = at.create<job::FlowOp>(reader.getLoc(), reader.getStep(), reader.getErrors());
    mlir::OpBuilder inside = mlir::OpBuilder::atBlockEnd(&flow.getRegion().front());
    mlir::Block& body = reader.getRegion().front();
    mlir::IRMapping values;
    values.map(body.getArguments(), write.getValues());
    for (mlir::Operation& op : body) inside.clone(op, values);
    write.erase();
  }

  llvm::StringMap<job::ProcessOp> readers_;
};

}  // namespace

std::unique_ptr<mlir::Pass> createFuseExchangesPass() { return std::make_unique<FuseExchangesPass>(); }

}  // namespace streamc::passes
