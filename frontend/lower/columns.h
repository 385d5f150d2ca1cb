// Language types as columns: what `lower` flattens records into. Internal to frontend/lower.
#pragma once

#include <map>
#include <string>

#include "dsl/type.h"
#include "frontend/sema/program.h"
#include "ir/stream/types.h"

namespace streamc::lower {

// Which part of a value is demanded: all of it, or of a record some fields. An expression of which nothing is demanded
// is not evaluated at all. Of an optional record any demand includes whether it is there, of a `oneof` which variant it
// is; its fields are the payloads of the variants.
struct Want {
  bool all = false;
  bool presence = false;
  std::map<std::string, Want, std::less<>> fields;

  static Want whole() { return {.all = true}; }
  static Want ofPresence() { return {.presence = true}; }
  // The leaves at these paths of a value of that type; a path that ends at an optional record is its presence, one
  // that ends at a `oneof` is which variant it is.
  static Want ofPaths(TypeRef type, const std::vector<sema::FieldPath>& paths);

  // Whether it ends at the presence of an optional record.
  bool isPresence() const;
  bool empty() const { return !all && !presence && fields.empty(); }
  // Demand of a field of a record of which this is wanted.
  Want field(std::string_view name) const;
  void add(const Want& other);
};

// The column type of a scalar, an optional scalar or a list.
mlir::Type columnType(TypeRef type, mlir::MLIRContext* context);

// Whether values of the type are taken apart: records and `oneof`s, optional or not.
bool isRecordLike(TypeRef type);
bool isOneof(TypeRef type);
// Whether such a value has a column of its own before its leaves: whether an optional record is there, the variant.
bool hasHead(TypeRef type);
// The variants of a `oneof` as a column type.
ir::stream::VariantType variantType(TypeRef oneof, mlir::MLIRContext* context);

// Leaf columns of a value of that type at that path, as far as wanted, in declaration order. An optional record has its
// presence column before its leaves, a `oneof` the column of its variant. Payloads that are nothing have no column.
void appendColumns(TypeRef type, const Want& want, const std::vector<std::string>& path, mlir::MLIRContext* context,
                   llvm::SmallVectorImpl<ir::stream::Column>& columns);

// The same for a row.
ir::stream::RowAttr rowColumns(TypeRef row, const Want& want, mlir::MLIRContext* context);

}  // namespace streamc::lower
