// Canonical forms of steps and of `catch`. A pattern may join two steps only when a rejection inside either still names
// its own step and goes to its own scope of errors.
#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

namespace streamc::ir::stream {

namespace arith = mlir::arith;
namespace scf = mlir::scf;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::failure;
using mlir::LogicalResult;
using mlir::Operation;
using mlir::OpRewritePattern;
using mlir::PatternRewriter;
using mlir::success;
using mlir::Value;

bool dropUnusedColumns(RowRegionOpInterface op) {
  if (op.getBody().empty()) return false;
  mlir::Block& block = op.getBody().front();
  SmallVector<mlir::Attribute> uses;
  llvm::BitVector unused(block.getNumArguments());
  for (auto [index, argument] : llvm::enumerate(block.getArguments())) {
    if (argument.use_empty()) {
      unused.set(index);
    } else {
      uses.push_back(op.getUses()[index]);
    }
  }
  if (unused.none()) return false;
  block.eraseArguments(unused);
  op.setUsesAttr(mlir::ArrayAttr::get(op->getContext(), uses));
  return true;
}

namespace {

// Columns that the region does not look at are no arguments of it.
template <typename Op>
struct DropUnusedColumns : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter& rewriter) const override {
    bool has_unused = llvm::any_of(op.getBody().getArguments(), [](Value argument) { return argument.use_empty(); });
    if (!has_unused) return failure();
    rewriter.modifyOpInPlace(op, [&] { dropUnusedColumns(llvm::cast<RowRegionOpInterface>(op.getOperation())); });
    return success();
  }
};

// `where true`, `assert true`: the input.
template <typename Op>
struct ConditionAlwaysHolds : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter& rewriter) const override {
    if (!mlir::matchPattern(yieldedValues(op.getBody())[0], mlir::m_One()) || mayReject(op.getBody())) return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

StepSpec specOf(StepOpInterface op) { return {op.getStep(), op.getOperatorId(), op.getErrors()}; }

// The identity of the step that stands for two joined ones: that of the one that may reject. None when both may and
// they differ.
template <typename Op>
std::optional<StepSpec> joinedSpec(Op first, Op second) {
  bool first_rejects = mayReject(first.getBody()), second_rejects = mayReject(second.getBody());
  StepSpec first_spec = specOf(first), second_spec = specOf(second);
  if (first_rejects && second_rejects &&
      (first_spec.step != second_spec.step || first_spec.errors != second_spec.errors)) {
    return std::nullopt;
  }
  return first_rejects ? first_spec : second_spec;
}

SmallVector<StringRef> usesOf(RowRegionOpInterface op) {
  return llvm::to_vector(op.getUses().template getAsValueRange<mlir::StringAttr>());
}

// The columns of both, each once; `index` says where the second's are.
SmallVector<StringRef> joinUses(RowRegionOpInterface first, llvm::ArrayRef<StringRef> second,
                                SmallVector<size_t>& index) {
  SmallVector<StringRef> uses = usesOf(first);
  for (StringRef name : second) {
    auto found = llvm::find(uses, name);
    index.push_back(found - uses.begin());
    if (found == uses.end()) uses.push_back(name);
  }
  return uses;
}

// Clones the code of a region without its yield; returns what it would yield.
SmallVector<Value> cloneBody(mlir::OpBuilder& builder, mlir::Region& region, mlir::ValueRange arguments,
                             mlir::IRMapping& mapping) {
  mapping.map(region.getArguments(), arguments);
  for (Operation& op : region.front().without_terminator()) builder.clone(op, mapping);
  return llvm::map_to_vector(yieldedValues(region), [&](Value value) { return mapping.lookupOrDefault(value); });
}

// where a; where b  →  where a and b, in which b is only evaluated where a holds.
struct JoinWheres : OpRewritePattern<WhereOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(WhereOp second, PatternRewriter& rewriter) const override {
    auto first = second.getInput().getDefiningOp<WhereOp>();
    if (!first || !first->hasOneUse()) return failure();
    std::optional<StepSpec> spec = joinedSpec(first, second);
    if (!spec) return failure();
    SmallVector<size_t> second_index;
    auto first_op = llvm::cast<RowRegionOpInterface>(first.getOperation());
    SmallVector<StringRef> uses =
        joinUses(first_op, usesOf(llvm::cast<RowRegionOpInterface>(second.getOperation())), second_index);
    auto body = [&](mlir::OpBuilder& builder, mlir::Location loc, mlir::ValueRange arguments) -> SmallVector<Value> {
      mlir::IRMapping mapping;
      Value holds = cloneBody(builder, first.getBody(), arguments.take_front(first.getUses().size()), mapping)[0];
      SmallVector<Value> second_arguments =
          llvm::map_to_vector(second_index, [&](size_t index) -> Value { return arguments[index]; });
      if (mayRunAnyway(second.getBody())) {
        Value also = cloneBody(builder, second.getBody(), second_arguments, mapping)[0];
        return {builder.create<arith::AndIOp>(loc, holds, also)};
      }
      auto both = builder.create<scf::IfOp>(
          loc, holds,
          [&](mlir::OpBuilder& then_builder, mlir::Location) {
            then_builder.create<scf::YieldOp>(loc,
                                              cloneBody(then_builder, second.getBody(), second_arguments, mapping));
          },
          [&](mlir::OpBuilder& else_builder, mlir::Location) {
            Value no = else_builder.create<arith::ConstantOp>(loc, else_builder.getBoolAttr(false));
            else_builder.create<scf::YieldOp>(loc, no);
          });
      return {both.getResult(0)};
    };
    auto joined = rewriter.create<WhereOp>(second.getLoc(), first.getInput(), uses, body, *spec);
    rewriter.replaceOp(second, joined.getResult());
    rewriter.eraseOp(first);
    return success();
  }
};

// project; project  →  one, when only the second reads the first.
struct JoinProjects : OpRewritePattern<ProjectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ProjectOp second, PatternRewriter& rewriter) const override {
    auto first = second.getInput().getDefiningOp<ProjectOp>();
    if (!first || !first->hasOneUse()) return failure();
    std::optional<StepSpec> spec = joinedSpec(first, second);
    if (!spec) return failure();

    llvm::StringMap<ProjectedAttr> first_columns;
    for (auto column : first.getColumns().getAsRange<ProjectedAttr>()) first_columns[column.getName()] = column;
    // What the second uses of the first's input directly: kept columns and pseudo columns.
    SmallVector<StringRef> direct;
    for (StringRef name : usesOf(llvm::cast<RowRegionOpInterface>(second.getOperation()))) {
      auto column = first_columns.find(name);
      if (column == first_columns.end()) {
        direct.push_back(name);
      } else if (column->second.isKept()) {
        direct.push_back(column->second.getSource());
      }
    }
    SmallVector<size_t> direct_index;
    SmallVector<StringRef> uses =
        joinUses(llvm::cast<RowRegionOpInterface>(first.getOperation()), direct, direct_index);

    SmallVector<ProjectedAttr> columns;
    auto body = [&](mlir::OpBuilder& builder, mlir::Location, mlir::ValueRange arguments) {
      mlir::IRMapping mapping;
      SmallVector<Value> computed =
          cloneBody(builder, first.getBody(), arguments.take_front(first.getUses().size()), mapping);
      SmallVector<Value> second_arguments;
      size_t next_direct = 0;
      for (StringRef name : usesOf(llvm::cast<RowRegionOpInterface>(second.getOperation()))) {
        auto column = first_columns.find(name);
        bool is_computed = column != first_columns.end() && !column->second.isKept();
        second_arguments.push_back(is_computed ? computed[column->second.getIndex()]
                                               : Value(arguments[direct_index[next_direct++]]));
      }
      SmallVector<Value> yields = cloneBody(builder, second.getBody(), second_arguments, mapping);
      for (auto column : second.getColumns().getAsRange<ProjectedAttr>()) {
        if (!column.isKept()) {
          columns.push_back(column);
          continue;
        }
        ProjectedAttr origin = first_columns.lookup(column.getSource());
        if (origin.isKept()) {
          columns.push_back(ProjectedAttr::kept(column.getName(), origin.getSource()));
        } else {
          columns.push_back(ProjectedAttr::computed(column.getName(), static_cast<int64_t>(yields.size())));
          yields.push_back(computed[origin.getIndex()]);
        }
      }
      return yields;
    };
    // The body fills in the columns, so the op is made with none and gets them afterwards.
    auto joined = rewriter.create<ProjectOp>(second.getLoc(), second.getType(), first.getInput(), uses, body,
                                             llvm::ArrayRef<ProjectedAttr>(), *spec);
    joined.setColumnsAttr(rewriter.getArrayAttr(SmallVector<mlir::Attribute>(columns.begin(), columns.end())));
    rewriter.replaceOp(second, joined.getResult());
    rewriter.eraseOp(first);
    return success();
  }
};

// A column that is yielded as it came in is kept; what no column takes is not yielded; what two take is yielded once.
struct TidyYields : OpRewritePattern<ProjectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ProjectOp op, PatternRewriter& rewriter) const override {
    mlir::OperandRange yielded = yieldedValues(op.getBody());
    SmallVector<Value> values;
    SmallVector<mlir::Attribute> columns;
    for (auto [column, projected] : llvm::zip(op.getRow(), op.getColumns().getAsRange<ProjectedAttr>())) {
      if (projected.isKept()) {
        columns.push_back(projected);
        continue;
      }
      Value value = yielded[projected.getIndex()];
      if (auto source = keptSource(op, value, column)) {
        columns.push_back(ProjectedAttr::kept(column.name, source));
        continue;
      }
      auto found = llvm::find(values, value);
      columns.push_back(ProjectedAttr::computed(column.name, found - values.begin()));
      if (found == values.end()) values.push_back(value);
    }
    mlir::ArrayAttr attribute = rewriter.getArrayAttr(columns);
    if (attribute == op.getColumns() && values.size() == yielded.size()) return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setColumnsAttr(attribute);
      op.getBody().front().getTerminator()->setOperands(values);
    });
    return success();
  }

  // The input column that an argument of the region is, if the output column may be kept from it.
  static mlir::StringAttr keptSource(ProjectOp op, Value value, const Column& column) {
    auto argument = llvm::dyn_cast<mlir::BlockArgument>(value);
    if (!argument || argument.getOwner() != &op.getBody().front()) return {};
    auto name = llvm::cast<mlir::StringAttr>(op.getUses()[argument.getArgNumber()]);
    const Column* source = op.getUsedRow().find(name);
    return source && source->type == column.type ? name : mlir::StringAttr();
  }
};

// A project that keeps every column under its name, in order, is its input.
struct ProjectKeepsAll : OpRewritePattern<ProjectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ProjectOp op, PatternRewriter& rewriter) const override {
    if (op.getInput().getType() != op.getType() || mayReject(op.getBody())) return failure();
    bool keeps_all = llvm::all_of(op.getColumns().getAsRange<ProjectedAttr>(),
                                  [](ProjectedAttr column) { return column.getSource() == column.getName(); });
    if (!keeps_all) return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

// What cannot reject needs no catching.
struct CatchNothing : OpRewritePattern<CatchOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CatchOp op, PatternRewriter& rewriter) const override {
    if (mayReject(op.getAttempt())) return failure();
    mlir::Block& block = op.getAttempt().front();
    Operation* yield = block.getTerminator();
    SmallVector<Value> values(yield->getOperands());
    rewriter.inlineBlockBefore(&block, op);
    rewriter.eraseOp(yield);
    rewriter.replaceOp(op, values);
    return success();
  }
};

}  // namespace

void WhereOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<DropUnusedColumns<WhereOp>, ConditionAlwaysHolds<WhereOp>, JoinWheres>(context);
}
void RouteOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<DropUnusedColumns<RouteOp>>(context);
}
void AssertOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<DropUnusedColumns<AssertOp>, ConditionAlwaysHolds<AssertOp>>(context);
}
void ProjectOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<DropUnusedColumns<ProjectOp>, JoinProjects, TidyYields, ProjectKeepsAll>(context);
}
void AggregateOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<DropUnusedColumns<AggregateOp>>(context);
}
void SourceOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<DropUnusedColumns<SourceOp>>(context);
}
void CatchOp::getCanonicalizationPatterns(mlir::RewritePatternSet& patterns, mlir::MLIRContext* context) {
  patterns.add<CatchNothing>(context);
}

}  // namespace streamc::ir::stream
