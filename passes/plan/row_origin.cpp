#include "passes/plan/row_origin.h"

#include "llvm/ADT/SetVector.h"

namespace streamc::passes {
namespace {

namespace stream = ir::stream;

// The sources that the rows of a stream come from, through steps that make a row of a row. False: a stateful step (or
// a stream of errors) lies between.
bool collectSources(mlir::Value rows, llvm::SetVector<mlir::Operation*>& sources) {
  mlir::Operation* op = rows.getDefiningOp();
  if (mlir::isa<stream::SourceOp>(op)) return sources.insert(op), true;
  if (!mlir::isa<stream::WhereOp, stream::AssertOp, stream::ProjectOp, stream::UnionOp>(op)) return false;
  return llvm::all_of(op->getOperands(), [&](mlir::Value input) { return collectSources(input, sources); });
}

// The connectors that are read as one sequence, always. Of others the option `partitions` says it, else nobody knows.
bool hasOnePartition(stream::SourceOp source) {
  llvm::StringRef connector = source.getConnector();
  if (connector == "file" || connector == "stdin") return true;
  if (connector != "generate" && connector != "nexmark") return false;
  mlir::Attribute partitions = source.getOptions().get("partitions");
  auto number = mlir::dyn_cast_if_present<mlir::IntegerAttr>(partitions);
  return !partitions || (number && number.getValue() == 1);
}

}  // namespace

bool goesByOrder(stream::AggregateAttr aggregate) {
  switch (aggregate.getFunction()) {
    case stream::AggregateFunction::kFirst:
    case stream::AggregateFunction::kLast:
    case stream::AggregateFunction::kAny:
      return true;
    default:
      return false;
  }
}

bool needsOrigin(stream::AggregateOp step) {
  if (llvm::none_of(step.getAggregates().getAsRange<stream::AggregateAttr>(), goesByOrder)) return false;
  llvm::SetVector<mlir::Operation*> sources;
  if (!collectSources(step.getInput(), sources)) return false;
  return sources.size() > 1 || !hasOnePartition(mlir::cast<stream::SourceOp>(sources.front()));
}

}  // namespace streamc::passes
