#include "frontend/lower/value_tree.h"

#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace streamc::lower {

namespace stream = ir::stream;

const ValueTree& ValueTree::field(std::string_view field_name) const {
  for (const ValueTree& tree : fields) {
    if (tree.name == field_name) return tree;
  }
  llvm::report_fatal_error(llvm::Twine("lower: field '") + std::string(field_name) + "' is used but not demanded");
}

llvm::SmallVector<mlir::Value> ValueTree::leaves() const {
  llvm::SmallVector<mlir::Value> values;
  const_cast<ValueTree*>(this)->visit([&](mlir::Value& value) { values.push_back(value); });
  return values;
}

ValueTree ValueTree::part(const Want& want) const {
  if (!isRecordLike(type)) return *this;
  ValueTree result{.type = type, .present = present};
  for (const ValueTree& tree : fields) {
    Want field_want = want.field(tree.name);
    if (!field_want.empty()) result.addField(tree.name, tree.part(field_want));
  }
  return result;
}

ValueTree ValueTree::withLeaves(llvm::ArrayRef<mlir::Value> values) const {
  ValueTree result = *this;
  const mlir::Value* next = values.begin();
  result.visit([&](mlir::Value& value) { value = *next++; });
  return result;
}

ValueTree treeOfColumns(TypeRef type, const Want& want, const std::vector<std::string>& path,
                        const std::function<mlir::Value(const std::string&)>& leaf) {
  ValueTree tree{.type = type};
  if (want.empty() || type->is(TypeKind::kNull)) return tree;
  if (!isRecordLike(type)) {
    tree.value = leaf(stream::joinPath(path));
    return tree;
  }
  if (hasHead(type)) tree.present = leaf(stream::joinPath(path));
  std::vector<std::string> field_path = path;
  for (const FieldType& field : TypeContext::unwrap(type)->fields) {
    Want field_want = want.field(field.name);
    if (field_want.empty()) continue;
    field_path.push_back(field.name);
    tree.addField(field.name, treeOfColumns(field.type, field_want, field_path, leaf));
    field_path.pop_back();
  }
  return tree;
}

mlir::Value zeroValue(mlir::Type type, mlir::OpBuilder& builder, mlir::Location loc) {
  if (llvm::isa<stream::StringType>(type)) return builder.create<stream::StringConstantOp>(loc, type, "");
  if (llvm::isa<stream::OptType>(type)) return builder.create<stream::NoneOp>(loc, type);
  if (llvm::isa<stream::ListType>(type)) return builder.create<stream::ListOp>(loc, type, mlir::ValueRange());
  return builder.create<mlir::arith::ConstantOp>(loc, builder.getZeroAttr(type));
}

ValueTree zeroTree(TypeRef type, const Want& want, mlir::OpBuilder& builder, mlir::Location loc) {
  ValueTree tree{.type = type};
  if (want.empty() || type->is(TypeKind::kNull)) return tree;
  if (!isRecordLike(type)) {
    tree.value = zeroValue(stream::storageType(columnType(type, builder.getContext())), builder, loc);
    return tree;
  }
  if (hasHead(type)) {
    mlir::Type head = isOneof(type) ? mlir::Type(builder.getI16Type()) : mlir::Type(builder.getI1Type());
    if (isOneof(type) && type->isOptional()) head = stream::OptType::get(head);
    tree.present = zeroValue(head, builder, loc);
  }
  for (const FieldType& field : TypeContext::unwrap(type)->fields) {
    Want field_want = want.field(field.name);
    if (!field_want.empty()) tree.addField(field.name, zeroTree(field.type, field_want, builder, loc));
  }
  return tree;
}

}  // namespace streamc::lower
