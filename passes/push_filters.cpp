#include "passes/push_filters.h"

#include "ir/stream/ops.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

namespace streamc::passes {
namespace {

namespace stream = ir::stream;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;
using stream::WhereOp;

// A filter by rank: which rows it keeps must not depend on what stands before it.
bool isSample(WhereOp filter) {
  return filter.getBody().walk([](stream::RankOp) { return mlir::WalkResult::interrupt(); }).wasInterrupted();
}

// The columns of the input by the names that a projection gives them; those it computes are not there.
llvm::StringMap<StringRef> keptColumns(stream::ProjectOp project) {
  llvm::StringMap<StringRef> kept;
  for (auto column : project.getColumns().getAsRange<stream::ProjectedAttr>())
    if (column.isKept()) kept[column.getName()] = column.getSource();
  return kept;
}

// Sets the columns that a region uses; of two arguments for one column the first stays.
void setUses(WhereOp filter, llvm::ArrayRef<StringRef> names) {
  mlir::Block& block = filter.getBody().front();
  SmallVector<StringRef> uses;
  unsigned next = 0;
  for (StringRef name : names) {
    auto known = llvm::find(uses, name);
    if (known == uses.end()) {
      uses.push_back(name);
      ++next;
      continue;
    }
    block.getArgument(next).replaceAllUsesWith(block.getArgument(static_cast<unsigned>(known - uses.begin())));
    block.eraseArgument(next);
  }
  filter.setUsesAttr(mlir::OpBuilder(filter).getStrArrayAttr(uses));
}

class Pushing {
 public:
  explicit Pushing(Notes* notes) : notes_(notes) {}

  bool run(mlir::ModuleOp module) {
    // In the order of the program: a filter that has moved makes room for those behind it.
    for (WhereOp filter : llvm::to_vector(module.getOps<WhereOp>())) push(filter);
    return changed_;
  }

 private:
  void push(WhereOp filter) {
    if (isSample(filter)) return;
    Operation* before = filter.getInput().getDefiningOp();
    const bool is_shared = !filter.getInput().hasOneUse();
    llvm::TypeSwitch<Operation*>(before)
        .Case<stream::ProjectOp, stream::UnionOp, stream::FlattenOp>([&](auto step) {
          if (is_shared) return stays(filter, before, "others read what it makes, and want all of it");
          pushPast(filter, step);
        })
        .Case([&](stream::AssertOp) { stays(filter, before, "it rejects rows that the filter would hide"); })
        .Case<stream::LimitOp, stream::ThrottleOp>([&](auto) { stays(filter, before, "it counts the rows it sees"); })
        .Case([&](stream::AggregateOp) { stays(filter, before, "it makes its rows of all that come in"); })
        .Case([&](WhereOp other) {
          if (isSample(other)) return stays(filter, before, "it chooses among the rows it sees");
          if (stream::mayReject(other.getBody()))
            stays(filter, before, "it may reject a row that the filter would hide");
        });
  }

  void pushPast(WhereOp filter, stream::ProjectOp project) {
    if (stream::mayReject(project.getBody()))
      return stays(filter, project, "it may reject a row that the filter would hide");
    llvm::StringMap<StringRef> kept = keptColumns(project);
    SmallVector<StringRef> names;
    for (StringRef name : filter.getUses().getAsValueRange<mlir::StringAttr>()) {
      auto source = kept.find(name);
      if (source != kept.end()) {
        names.push_back(source->second);
      } else if (stream::isPseudoColumn(name)) {
        names.push_back(name);
      } else {
        return stays(filter, project, "it computes `" + name.str() + "`, which the filter asks for");
      }
    }
    WhereOp moved = copyBefore(project, filter, project.getInput());
    setUses(moved, names);
    project->setOperand(0, moved.getResult());
    replace(filter, project.getResult());
    did(moved, project);
    push(moved);
  }

  void pushPast(WhereOp filter, stream::UnionOp all) {
    if (stream::mayReject(filter.getBody())) return stays(filter, all, "the filter may reject, and is one step");
    SmallVector<WhereOp> moved;
    for (mlir::OpOperand& input : all->getOpOperands()) {
      moved.push_back(copyBefore(all, filter, input.get()));
      input.set(moved.back().getResult());
    }
    replace(filter, all.getResult());
    did(moved.front(), all);
    for (WhereOp one : moved) push(one);
  }

  void pushPast(WhereOp filter, stream::FlattenOp flatten) {
    if (stream::mayReject(filter.getBody()))
      return stays(filter, flatten, "the filter may reject, for each element of its own");
    for (StringRef name : filter.getUses().getAsValueRange<mlir::StringAttr>())
      if (flatten.leafOf(name))
        return stays(filter, flatten, "the filter asks for `" + name.str() + "` of the element");
    WhereOp moved = copyBefore(flatten, filter, flatten.getInput());
    flatten->setOperand(0, moved.getResult());
    replace(filter, flatten.getResult());
    did(moved, flatten);
    push(moved);
  }

  WhereOp copyBefore(Operation* step, WhereOp filter, Value input) {
    mlir::OpBuilder builder(step);
    auto copy = mlir::cast<WhereOp>(builder.clone(*filter));
    copy->setOperand(0, input);
    copy.getResult().setType(input.getType());
    return copy;
  }
  void replace(WhereOp filter, Value rows) {
    filter.getResult().replaceAllUsesWith(rows);
    filter.erase();
    changed_ = true;
  }

  void did(WhereOp filter, stream::StepOpInterface past) {
    note(notes_, {"push-filters", filter.getOperatorId().str(), true, "before " + past.getOperatorId().str()});
  }
  void stays(WhereOp filter, Operation* behind, const std::string& why) {
    auto step = mlir::cast<stream::StepOpInterface>(behind);
    note(notes_, {"push-filters", filter.getOperatorId().str(), false,
                  "stays behind " + step.getOperatorId().str() + ": " + why});
  }

  Notes* notes_;
  bool changed_ = false;
};

struct PushFiltersPass : mlir::PassWrapper<PushFiltersPass, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PushFiltersPass)
  explicit PushFiltersPass(Notes* notes) : notes(notes) {}

  StringRef getArgument() const final { return "push-filters"; }
  StringRef getDescription() const final { return "move filters before the steps that they do not depend on"; }
  void runOnOperation() final {
    if (!Pushing(notes).run(getOperation())) markAllAnalysesPreserved();
  }

  Notes* notes;
};

}  // namespace

std::unique_ptr<mlir::Pass> createPushFiltersPass(Notes* notes) { return std::make_unique<PushFiltersPass>(notes); }

}  // namespace streamc::passes
