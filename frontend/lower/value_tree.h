// A lowered value: one SSA value for a scalar or list, a tree of them for a record. Internal to frontend/lower.
//
// The shape follows from the language type and what is wanted of it, so two trees of the same type and demand have the
// same leaves in the same order; that is what branches yield and columns are made of.
#pragma once

#include <functional>

#include "frontend/lower/columns.h"
#include "mlir/IR/Builders.h"

namespace streamc::lower {

struct ValueTree {
  TypeRef type = nullptr;
  mlir::Value value;              // of anything but records: has the storage type of the column
  mlir::Value present;            // of an optional record: i1; of a oneof: its variant, i16 or an optional of that
  std::vector<ValueTree> fields;  // of a record: what is wanted, in declaration order; of a oneof: payloads
  std::string name;               // of a field: its name

  void addField(const std::string& field_name, ValueTree tree) {
    tree.name = field_name;
    fields.push_back(std::move(tree));
  }
  // The field of that name. REQUIRES: it was wanted.
  const ValueTree& field(std::string_view field_name) const;

  // Visits presence and leaves in the order of appendColumns.
  template <typename Visit>
  void visit(Visit&& visit_value) {
    if (value) visit_value(value);
    if (present) visit_value(present);
    for (ValueTree& field : fields) field.visit(visit_value);
  }
  llvm::SmallVector<mlir::Value> leaves() const;
  // What is wanted of it. REQUIRES: the tree has it.
  ValueTree part(const Want& want) const;
  // The same shape with other leaves.
  ValueTree withLeaves(llvm::ArrayRef<mlir::Value> values) const;
};

// The tree of the columns at a path: `leaf` gives the value of a column by its name.
ValueTree treeOfColumns(TypeRef type, const Want& want, const std::vector<std::string>& path,
                        const std::function<mlir::Value(const std::string& column)>& leaf);

// A tree of zeros: null where optional, else 0, false, "", an empty list.
ValueTree zeroTree(TypeRef type, const Want& want, mlir::OpBuilder& builder, mlir::Location loc);

// 0, false, "", none or an empty list of that storage type.
mlir::Value zeroValue(mlir::Type storage_type, mlir::OpBuilder& builder, mlir::Location loc);

}  // namespace streamc::lower
