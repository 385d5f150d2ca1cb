// Builds the job of a stream module, step by step. Internal to passes/plan; plan.h says what comes out.
#pragma once

#include <string>
#include <vector>

#include "ir/job/ops.h"
#include "ir/stream/ops.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/plan/row_values.h"

namespace streamc::passes {

class Planner {
 public:
  explicit Planner(mlir::ModuleOp module);
  void run();

 private:
  // An aggregate with the symbols it becomes.
  struct Keyed {
    ir::stream::AggregateOp step;
    ir::job::ExchangeOp exchange;
    ir::job::TableOp table;
  };

  void planErrorScopes();
  void planSource(ir::stream::SourceOp source);
  void planAggregate(Keyed& keyed);
  // A limit or throttle: all rows go through one worker.
  void planGate(mlir::Operation* step);
  void planErrors(ir::stream::ErrorsScopeOp scope);

  // What the users of `rows` do with one row, each in turn, where `builder` stands.
  void emitConsumers(mlir::OpBuilder& builder, mlir::Value rows, const RowValues& row);
  void emitStep(mlir::OpBuilder& builder, mlir::Operation* step, const RowValues& row);
  void emitWhere(mlir::OpBuilder& builder, ir::stream::WhereOp step, const RowValues& row);
  void emitRoute(mlir::OpBuilder& builder, ir::stream::RouteOp step, const RowValues& row);
  void emitAssert(mlir::OpBuilder& builder, ir::stream::AssertOp step, const RowValues& row);
  void emitFlatten(mlir::OpBuilder& builder, ir::stream::FlattenOp step, const RowValues& row);
  ir::job::FlattenOp planFlatten(ir::stream::FlattenOp step, const RowValues& row);
  void emitProject(mlir::OpBuilder& builder, ir::stream::ProjectOp step, RowValues row);
  void emitLate(mlir::OpBuilder& builder, const Keyed& keyed, const RowValues& row, mlir::Value late_by);
  void emitUpdate(mlir::OpBuilder& builder, const Keyed& keyed, const RowValues& row);
  void emitFire(const Keyed& keyed);

  ir::job::ExchangeOp gateOf(mlir::Operation* step);
  Keyed& keyedOf(ir::stream::AggregateOp step);
  ir::stream::RowAttr exchangedColumns(ir::stream::AggregateOp step);
  ir::stream::RowAttr firedColumns(ir::stream::AggregateOp step);
  ir::job::SinkOp sinkOf(ir::stream::SinkOp step);
  ir::job::ProcessOp process(llvm::StringRef input, ir::stream::RowAttr columns, ir::stream::StepOpInterface step);
  std::string unique(llvm::StringRef wanted);

  mlir::ModuleOp module_;
  mlir::OpBuilder symbols_;  // appends to the module
  std::vector<std::unique_ptr<Keyed>> keyed_;
  llvm::DenseMap<mlir::Operation*, Keyed*> keyed_of_;
  llvm::DenseMap<mlir::Operation*, ir::job::ExchangeOp> gates_;
  llvm::SmallVector<ir::job::SinkOp> sinks_;
  llvm::DenseMap<mlir::Operation*, ir::job::FlattenOp> flattens_;
  llvm::StringSet<> names_;
  std::string late_drops_;  // symbol of the scope that counts rows of `late drop`
  bool origins_ = false;    // somebody needs to know where the sources had their rows
  unsigned processes_ = 0;
};

}  // namespace streamc::passes
