#include "passes/prune_columns.h"

#include "ir/stream/ops.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
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

// Removes code without effect whose results nobody uses, inside out.
void eraseDeadCode(mlir::Region& region) {
  for (mlir::Block& block : region) {
    for (Operation& op : llvm::make_early_inc_range(llvm::reverse(block))) {
      for (mlir::Region& inner : op.getRegions()) eraseDeadCode(inner);
      if (mlir::isOpTriviallyDead(&op)) op.erase();
    }
  }
}

// Backward over the steps: what each needs of its inputs. Then forward: rows of just that.
class Pruning {
 public:
  explicit Pruning(mlir::ModuleOp module) : module_(module) {}

  // Whether anything changed.
  bool run() {
    for (Operation& op : llvm::reverse(*module_.getBody())) demandOfInputs(&op);
    for (Operation& op : llvm::make_early_inc_range(*module_.getBody())) setRows(&op);
    return changed_;
  }

 private:
  using Names = llvm::StringSet<>;

  void need(Value value, RowAttr row) {
    for (const Column& column : row) needed_[value].insert(column.name.getValue());
  }
  // By value, here and below: a new entry of needed_ moves the others.
  void need(Value value, Names names) {
    for (StringRef name : names.keys()) needed_[value].insert(name);
  }
  // Pseudo columns stay out: they are no part of a row.
  void needUses(stream::RowRegionOpInterface op, Value input) {
    for (StringRef name : op.getUses().getAsValueRange<mlir::StringAttr>()) {
      if (op.getUsedRow().contains(name)) needed_[input].insert(name);
    }
  }

  void demandOfInputs(Operation* op) {
    llvm::TypeSwitch<Operation*>(op)
        .Case([&](stream::SinkOp sink) {
          sink_rows_[sink] = sink.getRow();
          need(sink.getInput(), sink.getRow());
        })
        .Case<stream::WhereOp, stream::AssertOp>([&](auto step) {
          tidy(step);
          needUses(step, step.getInput());
          need(step.getInput(), needed_[step.getResult()]);
        })
        .Case([&](stream::RouteOp step) {
          tidy(step);
          needUses(step, step.getInput());
          for (Value arm : step.getResults()) need(step.getInput(), needed_[arm]);
        })
        .Case<stream::LimitOp, stream::ThrottleOp>([&](auto step) { need(step.getInput(), needed_[step.getResult()]); })
        .Case([&](stream::UnionOp step) {
          for (Value input : step.getInputs()) need(input, needed_[step.getResult()]);
        })
        .Case([&](stream::FlattenOp step) {
          const Names needed = needed_[step.getResult()];
          needed_[step.getInput()].insert(step.getList());
          for (StringRef name : needed.keys()) {
            if (!step.leafOf(name)) needed_[step.getInput()].insert(name);
          }
        })
        .Case([&](stream::ProjectOp step) { demandOfProject(step); })
        .Case([&](stream::AggregateOp step) { demandOfAggregate(step); });
  }

  void demandOfProject(stream::ProjectOp op) {
    const Names needed = needed_[op.getResult()];
    mlir::OperandRange yielded = stream::yieldedValues(op.getBody());
    SmallVector<mlir::Attribute> columns;
    SmallVector<Value> yields;
    for (auto column : op.getColumns().getAsRange<stream::ProjectedAttr>()) {
      if (!needed.contains(column.getName())) continue;
      if (column.isKept()) {
        columns.push_back(column);
        needed_[op.getInput()].insert(column.getSource());
        continue;
      }
      columns.push_back(stream::ProjectedAttr::computed(column.getName(), static_cast<int64_t>(yields.size())));
      yields.push_back(yielded[column.getIndex()]);
    }
    changed_ |= columns.size() != op.getColumns().size();
    op.setColumnsAttr(mlir::ArrayAttr::get(op.getContext(), columns));
    op.getBody().front().getTerminator()->setOperands(yields);
    tidy(op);
    needUses(op, op.getInput());
  }

  // Aggregates whose result is not needed go, except those that may reject a row when they are emitted.
  void demandOfAggregate(stream::AggregateOp op) {
    const Names needed = needed_[op.getResult()];
    mlir::OperandRange yielded = stream::yieldedValues(op.getBody());
    SmallVector<mlir::Attribute> aggregates;
    SmallVector<Value> yields;
    for (auto aggregate : op.getAggregates().getAsRange<stream::AggregateAttr>()) {
      bool may_reject = aggregate.getFunction() == stream::AggregateFunction::kSum &&
                        !llvm::isa<mlir::FloatType>(aggregate.getArgType());
      if (!may_reject && !needed.contains(aggregate.getName())) continue;
      int64_t arg = -1;
      if (aggregate.hasArg()) {
        arg = static_cast<int64_t>(yields.size());
        yields.push_back(yielded[aggregate.getArg()]);
      }
      aggregates.push_back(stream::AggregateAttr::get(op.getContext(), aggregate.getName(), aggregate.getFunction(),
                                                      arg, aggregate.getArgType(), aggregate.getConditional()));
    }
    changed_ |= aggregates.size() != op.getAggregates().size();
    op.setAggregatesAttr(mlir::ArrayAttr::get(op.getContext(), aggregates));
    op.getBody().front().getTerminator()->setOperands(yields);
    tidy(op);
    for (StringRef key : op.getKeys().getAsValueRange<mlir::StringAttr>()) needed_[op.getInput()].insert(key);
    needUses(op, op.getInput());
    const Names late = needed_[op.getLate()];
    for (StringRef name : late.keys()) {
      if (op.getUsedRow().contains(name)) needed_[op.getInput()].insert(name);
    }
  }

  void tidy(stream::RowRegionOpInterface op) {
    eraseDeadCode(op.getBody());
    changed_ |= stream::dropUnusedColumns(op);
  }

  RowAttr filtered(RowAttr row, const Names& needed) {
    SmallVector<Column> columns;
    for (const Column& column : row) {
      if (needed.contains(column.name.getValue())) columns.push_back(column);
    }
    return RowAttr::get(row.getContext(), columns);
  }

  void setRow(Value value, RowAttr row) {
    mlir::Type type = stream::withRow(value.getType(), row);
    if (type == value.getType()) return;
    value.setType(type);
    changed_ = true;
  }

  void setRows(Operation* op) {
    llvm::TypeSwitch<Operation*>(op)
        .Case<stream::SourceOp, stream::ErrorsOp>([&](auto step) {
          setRow(step.getResult(), filtered(step.getResult().getType().getRow(), needed_[step.getResult()]));
        })
        .Case([&](stream::RouteOp step) {
          for (Value arm : step.getResults()) setRow(arm, stream::rowOf(step.getInput().getType()));
        })
        .Case<stream::WhereOp, stream::AssertOp, stream::LimitOp, stream::ThrottleOp>(
            [&](auto step) { setRow(step.getResult(), stream::rowOf(step.getInput().getType())); })
        .Case([&](stream::FlattenOp step) {
          setRow(step.getResult(), filtered(step.getRow(), needed_[step.getResult()]));
        })
        .Case([&](stream::ProjectOp step) { setRow(step.getResult(), projectedRow(step)); })
        .Case([&](stream::AggregateOp step) {
          setRow(step.getResult(), aggregatedRow(step));
          setRow(step.getLate(), stream::lateRow(step.getUsedRow()));
        })
        .Case([&](stream::UnionOp step) {
          RowAttr row = filtered(stream::rowOf(step.getResult().getType()), needed_[step.getResult()]);
          for (mlir::OpOperand& input : step->getOpOperands()) setExactly(input, row);
          setRow(step.getResult(), row);
        })
        .Case([&](stream::SinkOp step) { setExactly(step->getOpOperand(0), sink_rows_.lookup(step)); });
  }

  RowAttr projectedRow(stream::ProjectOp op) {
    Names names;
    for (auto column : op.getColumns().getAsRange<stream::ProjectedAttr>()) names.insert(column.getName());
    return filtered(op.getRow(), names);
  }

  RowAttr aggregatedRow(stream::AggregateOp op) {
    Names names;
    for (const Column& key : op.getRow().getColumns().take_front(op.getKeys().size()))
      names.insert(key.name.getValue());
    for (auto aggregate : op.getAggregates().getAsRange<stream::AggregateAttr>()) names.insert(aggregate.getName());
    return filtered(op.getRow(), names);
  }

  // Puts a project before an operand whose row has more than it should.
  void setExactly(mlir::OpOperand& operand, RowAttr row) {
    if (stream::rowOf(operand.get().getType()) == row) return;
    mlir::OpBuilder builder(operand.getOwner());
    auto step = llvm::cast<stream::StepOpInterface>(operand.getOwner());
    SmallVector<stream::ProjectedAttr> columns;
    for (const Column& column : row) columns.push_back(stream::ProjectedAttr::kept(column.name, column.name));
    auto nothing = [](mlir::OpBuilder&, mlir::Location, mlir::ValueRange) { return SmallVector<Value>(); };
    auto project =
        builder.create<stream::ProjectOp>(operand.getOwner()->getLoc(), stream::withRow(operand.get().getType(), row),
                                          operand.get(), llvm::ArrayRef<StringRef>(), nothing, columns,
                                          stream::StepSpec{step.getStep(), step.getOperatorId(), step.getErrors()});
    operand.set(project.getResult());
    changed_ = true;
  }

  mlir::ModuleOp module_;
  llvm::DenseMap<Value, Names> needed_;
  llvm::DenseMap<Operation*, RowAttr> sink_rows_;  // before anything changed
  bool changed_ = false;
};

struct PruneColumnsPass : mlir::PassWrapper<PruneColumnsPass, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PruneColumnsPass)

  StringRef getArgument() const final { return "prune-columns"; }
  StringRef getDescription() const final { return "remove columns that nothing needs, down to the decoder"; }
  void runOnOperation() final {
    if (!Pruning(getOperation()).run()) markAllAnalysesPreserved();
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> createPruneColumnsPass() { return std::make_unique<PruneColumnsPass>(); }

}  // namespace streamc::passes
