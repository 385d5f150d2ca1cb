#include "passes/share_streams.h"

#include "ir/stream/ops.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::passes {
namespace {

namespace stream = ir::stream;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;
using stream::Column;
using stream::RowAttr;
using stream::SourceOp;

// The attributes that say who a step is, not what it does.
bool isIdentity(StringRef name, bool of_source) {
  return name == "step" || name == "operator_id" || name == "errors" ||
         (of_source && (name == "name" || name == "demand"));
}

SmallVector<mlir::NamedAttribute> meaningOf(Operation* op) {
  SmallVector<mlir::NamedAttribute> meaning;
  const bool of_source = mlir::isa<SourceOp>(op);
  for (mlir::NamedAttribute attribute : op->getAttrDictionary())
    if (!isIdentity(attribute.getName(), of_source)) meaning.push_back(attribute);
  return meaning;
}

bool haveEqualCode(Operation* a, Operation* b) {
  for (auto [left, right] : llvm::zip_equal(a->getRegions(), b->getRegions())) {
    if (!mlir::OperationEquivalence::isRegionEquivalentTo(&left, &right, mlir::OperationEquivalence::IgnoreLocations))
      return false;
  }
  return true;
}

bool areEqual(Operation* a, Operation* b) {
  return a->getName() == b->getName() && a->getOperands() == b->getOperands() && meaningOf(a) == meaningOf(b) &&
         a->getNumRegions() == b->getNumRegions() && haveEqualCode(a, b);
}

// Whether a step goes by the place of its rows: their source's number among all sources is part of it.
bool looksAtPlace(Operation* op) {
  auto step = mlir::dyn_cast<stream::RowRegionOpInterface>(op);
  return step && llvm::is_contained(step.getUses().getAsValueRange<mlir::StringAttr>(), stream::kPartitionColumn);
}

// Whether something downstream breaks ties by the source of a row.
bool breaksTies(Value rows) {
  return llvm::any_of(rows.getUsers(), [](Operation* user) {
    if (auto aggregate = mlir::dyn_cast<stream::AggregateOp>(user)) {
      for (auto one : aggregate.getAggregates().getAsRange<stream::AggregateAttr>()) {
        using enum stream::AggregateFunction;
        if (one.getFunction() == kFirst || one.getFunction() == kLast || one.getFunction() == kAny) return true;
      }
    }
    return llvm::any_of(user->getResults(), breaksTies);
  });
}

class Sharing {
 public:
  explicit Sharing(Notes* notes) : notes_(notes) {}

  bool run(mlir::ModuleOp module) {
    has_samples_ = llvm::any_of(*module.getBody(), [](Operation& op) { return looksAtPlace(&op); });
    SmallVector<SourceOp> sources;
    for (SourceOp source : llvm::to_vector(module.getOps<SourceOp>())) shareSource(source, sources);
    SmallVector<Operation*> steps;
    for (Operation& op : llvm::make_early_inc_range(*module.getBody())) shareStep(&op, steps);
    return changed_;
  }

 private:
  // Why a source that equals another one is read for itself; "" if it need not be.
  std::string obstacle(SourceOp source, SourceOp same) {
    if (!source.getFormat().empty()) return "a record that cannot be decoded is rejected once for each of them";
    if (source.getMaxAheadUs()) return "a time far ahead is rejected once for each of them";
    if (stream::mayReject(source.getBody())) return "its event time may reject a record, once for each of them";
    if (has_samples_) return "a sample goes by the numbers of the sources";
    if (breaksTies(source.getResult()) || breaksTies(same.getResult()))
      return "ties of `first` and `last` go by source";
    return "";
  }

  void shareSource(SourceOp source, SmallVector<SourceOp>& seen) {
    for (SourceOp same : seen) {
      if (!areEqual(same, source)) continue;
      const std::string why_not = obstacle(source, same);
      note(notes_, {"share-streams", source.getOperatorId().str(), why_not.empty(),
                    (why_not.empty() ? "reads what " : "equals ") + same.getOperatorId().str() +
                        (why_not.empty() ? " reads, once for both" : ", and is read for itself: " + why_not)});
      if (!why_not.empty()) continue;
      read(same, source);
      return;
    }
    seen.push_back(source);
  }

  // Rows of `source` are those of `same` from now on, which has the columns of both.
  void read(SourceOp same, SourceOp source) {
    const RowAttr rows = source.getRow(), rows_of_same = same.getRow();
    same.setDemandAttr(both(same.getDemand(), source.getDemand()));
    same.getResult().setType(stream::StreamType::get(both(rows_of_same, rows)));
    narrow(same, rows_of_same, same);
    source.getResult().replaceAllUsesWith(narrow(same, rows, source));
    source.erase();
    changed_ = true;
  }

  RowAttr both(RowAttr first, RowAttr second) {
    SmallVector<Column> columns(first.getColumns());
    for (const Column& column : second)
      if (!first.contains(column.name)) columns.push_back(column);
    return RowAttr::get(first.getContext(), columns);
  }

  // The rows of `same` with those columns only, in the name of a source; its former users get them when it is `same`.
  Value narrow(SourceOp same, RowAttr row, SourceOp named) {
    if (same.getRow() == row) return same.getResult();
    SmallVector<mlir::OpOperand*> users;
    for (mlir::OpOperand& use : same.getResult().getUses()) users.push_back(&use);
    mlir::OpBuilder builder(named->getContext());
    builder.setInsertionPointAfter(named);
    SmallVector<stream::ProjectedAttr> columns;
    for (const Column& column : row) columns.push_back(stream::ProjectedAttr::kept(column.name, column.name));
    auto nothing = [](mlir::OpBuilder&, mlir::Location, mlir::ValueRange) { return SmallVector<Value>(); };
    Value narrowed = builder.create<stream::ProjectOp>(
        named.getLoc(), stream::StreamType::get(row), same.getResult(), llvm::ArrayRef<StringRef>(), nothing, columns,
        stream::StepSpec{named.getStep(), named.getOperatorId(), named.getErrors()});
    if (named == same)
      for (mlir::OpOperand* use : users) use->set(narrowed);
    return narrowed;
  }

  void shareStep(Operation* op, SmallVector<Operation*>& seen) {
    const bool can_be = mlir::isa<stream::WhereOp, stream::ProjectOp, stream::FlattenOp, stream::UnionOp>(op);
    const bool has_state = mlir::isa<stream::AggregateOp>(op);
    if (!can_be && !has_state) return;
    for (Operation* same : seen) {
      if (!areEqual(same, op) || same->getResultTypes() != op->getResultTypes()) continue;
      auto step = mlir::cast<stream::StepOpInterface>(op), first = mlir::cast<stream::StepOpInterface>(same);
      std::string why_not = has_state               ? "a table belongs to its step"
                            : stream::mayReject(op) ? "a rejected row says which step it was"
                                                    : "";
      note(notes_, {"share-streams", step.getOperatorId().str(), why_not.empty(),
                    (why_not.empty() ? "is computed as " : "equals ") + first.getOperatorId().str() +
                        (why_not.empty() ? ", once for both" : ", and is computed for itself: " + why_not)});
      if (!why_not.empty()) break;
      op->replaceAllUsesWith(same);
      op->erase();
      changed_ = true;
      return;
    }
    seen.push_back(op);
  }

  Notes* notes_;
  bool has_samples_ = false;
  bool changed_ = false;
};

struct ShareStreamsPass : mlir::PassWrapper<ShareStreamsPass, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ShareStreamsPass)
  explicit ShareStreamsPass(Notes* notes) : notes(notes) {}

  StringRef getArgument() const final { return "share-streams"; }
  StringRef getDescription() const final { return "read equal sources and compute equal steps once"; }
  void runOnOperation() final {
    if (!Sharing(notes).run(getOperation())) markAllAnalysesPreserved();
  }

  Notes* notes;
};

}  // namespace

std::unique_ptr<mlir::Pass> createShareStreamsPass(Notes* notes) { return std::make_unique<ShareStreamsPass>(notes); }

}  // namespace streamc::passes
