#include "passes/plan/row_origin.h"

#include "llvm/ADT/SetVector.h"

namespace streamc::passes {
namespace {

namespace stream = ir::stream;

// How rows come to a stream through steps that make a row of a row.
struct Roads {
  llvm::SetVector<mlir::Operation*> sources;
  bool some_wait = false;  // behind a limit or throttle, which has a channel of its own
  bool some_meet = false;  // in a union
};

// False: a stateful step (or a stream of errors) lies between.
bool collectRoads(mlir::Value rows, Roads& roads) {
  mlir::Operation* op = rows.getDefiningOp();
  if (mlir::isa<stream::SourceOp>(op)) return roads.sources.insert(op), true;
  roads.some_wait |= mlir::isa<stream::LimitOp, stream::ThrottleOp>(op);
  roads.some_meet |= mlir::isa<stream::UnionOp>(op);
  if (!mlir::isa<stream::WhereOp, stream::AssertOp, stream::ProjectOp, stream::UnionOp, stream::RouteOp,
                 stream::LimitOp, stream::ThrottleOp>(op))
    return false;
  return llvm::all_of(op->getOperands(), [&](mlir::Value input) { return collectRoads(input, roads); });
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
  Roads roads;
  if (!collectRoads(step.getInput(), roads)) return false;
  return roads.sources.size() > 1 || (roads.some_wait && roads.some_meet) ||
         !hasOnePartition(mlir::cast<stream::SourceOp>(roads.sources.front()));
}

bool usesBelow(mlir::Value rows, llvm::StringRef pseudo_column) {
  bool is_origin = pseudo_column == stream::kPartitionColumn || pseudo_column == stream::kPositionColumn;
  return llvm::any_of(rows.getUsers(), [&](mlir::Operation* user) {
    if (auto step = mlir::dyn_cast<stream::RowRegionOpInterface>(user)) {
      auto uses = step.getUses().getAsValueRange<mlir::StringAttr>();
      if (llvm::is_contained(uses, pseudo_column)) return true;
    }
    if (auto aggregate = mlir::dyn_cast<stream::AggregateOp>(user)) {
      return (is_origin && needsOrigin(aggregate)) || usesBelow(aggregate.getLate(), pseudo_column);
    }
    return llvm::any_of(user->getResults(), [&](mlir::Value result) { return usesBelow(result, pseudo_column); });
  });
}

bool hasEventTime(mlir::Value rows) {
  mlir::Operation* op = rows.getDefiningOp();
  if (auto source = mlir::dyn_cast<stream::SourceOp>(op)) return source.hasTime();
  if (mlir::isa<stream::AggregateOp>(op)) return true;
  return !mlir::isa<stream::ErrorsOp>(op) && llvm::all_of(op->getOperands(), hasEventTime);
}

}  // namespace streamc::passes
