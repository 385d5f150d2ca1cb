#include "passes/plan/row_values.h"

#include "mlir/IR/IRMapping.h"

namespace streamc::passes {

RowValues::RowValues(ir::stream::RowAttr row, mlir::ValueRange values) {
  auto columns = row.storedColumns();
  assert(columns.size() == values.size() && "a value for each stored column");
  for (auto [column, value] : llvm::zip(columns, values)) values_[column.name.getValue()] = value;
}

mlir::Value RowValues::get(llvm::StringRef column) const {
  mlir::Value value = values_.lookup(column);
  if (!value) llvm::report_fatal_error("plan: no value for column " + llvm::Twine(column));
  return value;
}

llvm::SmallVector<mlir::Value> RowValues::get(ir::stream::RowAttr row) const {
  llvm::SmallVector<mlir::Value> values;
  for (const ir::stream::Column& column : row) values.push_back(get(column.name));
  return values;
}

// Columns that a row has besides those of its type, and keeps through every step that makes a row of a row.
static bool staysWithRow(llvm::StringRef column) {
  return ir::stream::isPseudoColumn(column) || column == ir::stream::kWatermarkColumn;
}

RowValues RowValues::pseudoColumns() const {
  RowValues pseudo;
  for (const auto& entry : values_)
    if (staysWithRow(entry.getKey())) pseudo.values_[entry.getKey()] = entry.getValue();
  return pseudo;
}

llvm::SmallVector<mlir::Value> copyRowCode(mlir::OpBuilder& builder, mlir::Region& region, mlir::ArrayAttr uses,
                                           const RowValues& row) {
  mlir::IRMapping mapping;
  mlir::Block& block = region.front();
  for (auto [use, argument] : llvm::zip(uses, block.getArguments()))
    mapping.map(argument, row.get(mlir::cast<mlir::StringAttr>(use)));
  for (mlir::Operation& op : block.without_terminator()) builder.clone(op, mapping);
  llvm::SmallVector<mlir::Value> yielded;
  for (mlir::Value value : block.getTerminator()->getOperands()) yielded.push_back(mapping.lookupOrDefault(value));
  return yielded;
}

}  // namespace streamc::passes
