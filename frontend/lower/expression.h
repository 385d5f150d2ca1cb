// Expressions of a checked program as row-level code. Internal to frontend/lower.
//
// One ExpressionLowering belongs to one region. The caller first asks which columns the region's expressions use
// (collectColumns), makes the region with those as arguments, and then lowers each expression with what is wanted of
// it.
#pragma once

#include <map>

#include "dsl/source_file.h"
#include "frontend/lower/value_tree.h"

namespace streamc::lower {

mlir::Location locationOf(Span span, const SourceFiles& files, mlir::MLIRContext* context);

// Demand on columns: field name of the row → what of it; pseudo columns by their names.
using ColumnWants = std::map<std::string, Want, std::less<>>;

// The path of a kColumn in the row; of a row that is a oneof it is empty.
std::vector<std::string> pathOfColumn(const sema::Expr& column);

// Adds what evaluating `want` of the expression needs of the row.
void collectColumns(const sema::Expr& expr, const Want& want, ColumnWants& columns);

class ExpressionLowering {
 public:
  // `columns` holds the values of all leaf columns and pseudo columns that the expressions use, by column name.
  ExpressionLowering(mlir::OpBuilder& builder, const SourceFiles& files, std::map<std::string, mlir::Value> columns)
      : builder_(builder), files_(files), columns_(std::move(columns)) {}

  // REQUIRES: something is wanted. The code is put at the builder's insertion point.
  ValueTree lower(const sema::Expr& expr, const Want& want);
  // The value of an expression that is no record.
  mlir::Value scalar(const sema::Expr& expr) { return lower(expr, Want::whole()).value; }
  // One of two values; only the one that the condition chooses is computed.
  mlir::Value choice(const sema::Expr& condition, const std::function<mlir::Value()>& then_branch,
                     const std::function<mlir::Value()>& else_branch) {
    return logic(loc(condition), scalar(condition), then_branch, else_branch);
  }
  // One leaf of the expression's value, the one that `want` ends at, as an optional (a presence: as it is), from
  // columns some of which are lenient: optional although their fields are not. Null where one of those is null, and
  // with `never_rejects` also where computing it fails.
  mlir::Value lenient(const sema::Expr& expr, const Want& want, llvm::ArrayRef<std::string> lenient_columns,
                      bool never_rejects);
  // The value where the condition holds, else null; the value is only computed there.
  mlir::Value optionalWhere(const sema::Expr& condition, const sema::Expr& value);

 private:
  using Branch = std::function<ValueTree()>;

  ValueTree leaf(const sema::Expr& expr, mlir::Value value) { return {.type = expr.type, .value = value}; }
  mlir::Location loc(const sema::Expr& expr) { return locationOf(expr.span, files_, builder_.getContext()); }
  mlir::Type column(TypeRef type) { return columnType(type, builder_.getContext()); }
  mlir::Type storage(TypeRef type) { return ir::stream::storageType(column(type)); }
  mlir::Value boolean(mlir::Location loc, bool value);

  // Both branches as a select when that is cheap and harmless, else as scf.if.
  ValueTree branch(mlir::Location loc, mlir::Value condition, const Branch& then_branch, const Branch& else_branch);
  mlir::Value logic(mlir::Location loc, mlir::Value condition, const std::function<mlir::Value()>& then_branch,
                    const std::function<mlir::Value()>& else_branch);

  mlir::Value shortCircuit(const sema::Expr& expr);

  mlir::Value literal(const sema::Expr& expr);
  mlir::Value arithmetic(const sema::Expr& expr);
  mlir::Value comparison(const sema::Expr& expr);
  mlir::Value equal(mlir::Location loc, const ValueTree& a, const ValueTree& b);
  mlir::Value convert(mlir::Location loc, mlir::Value value, TypeRef from, TypeRef to);
  mlir::Value cast(const sema::Expr& expr);
  mlir::Value isPresent(mlir::Location loc, const ValueTree& optional);
  mlir::Value call(const sema::Expr& expr);
  mlir::Value isIn(const sema::Expr& expr);
  mlir::Value formatted(const sema::Expr& expr);
  mlir::Value list(const sema::Expr& expr);

  ValueTree let(const sema::Expr& expr, const Want& want);
  mlir::Value isVariant(const sema::Expr& expr);
  ValueTree optionalField(const sema::Expr& expr, const Want& want);
  ValueTree narrowed(mlir::Location loc, const ValueTree& optional);
  ValueTree present(mlir::Location loc, TypeRef optional_type, const ValueTree& value);
  ValueTree assertPresent(const sema::Expr& expr, const Want& want);
  ValueTree coalesced(const sema::Expr& expr, const Want& want);
  ValueTree caught(const sema::Expr& expr, const Want& want);
  ValueTree record(const sema::Expr& expr, const Want& want);
  ValueTree element(mlir::Location loc, mlir::Value list, mlir::Value index, TypeRef type, const Want& want);
  ValueTree endOfList(const sema::Expr& expr, const Want& want, bool first);

  mlir::OpBuilder& builder_;
  const SourceFiles& files_;
  std::map<std::string, mlir::Value> columns_;
  std::map<std::string, ValueTree> locals_;
};

}  // namespace streamc::lower
