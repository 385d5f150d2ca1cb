#include "frontend/lower/columns.h"

#include "llvm/Support/ErrorHandling.h"

namespace streamc::lower {

using ir::stream::Column;

Want Want::ofPaths(TypeRef type, const std::vector<sema::FieldPath>& paths) {
  Want want;
  for (const sema::FieldPath& path : paths) {
    Want* at = &want;
    TypeRef at_type = type;
    for (const std::string& name : path) {
      at = &at->fields[name];
      at_type = TypeContext::unwrap(at_type)->field(name)->type;
    }
    (isRecordLike(at_type) ? at->presence : at->all) = true;
  }
  return want;
}

bool Want::isPresence() const {
  return !all && (fields.empty() ? presence : fields.size() == 1 && fields.begin()->second.isPresence());
}

Want Want::field(std::string_view name) const {
  if (all) return whole();
  auto found = fields.find(name);
  return found == fields.end() ? Want() : found->second;
}

void Want::add(const Want& other) {
  all |= other.all;
  presence |= other.presence;
  for (const auto& [name, want] : other.fields) fields[name].add(want);
}

mlir::Type columnType(TypeRef type, mlir::MLIRContext* context) {
  namespace stream = ir::stream;
  using mlir::IntegerType;
  switch (type->kind) {
    case TypeKind::kBool:
      return IntegerType::get(context, 1);
    case TypeKind::kI8:
    case TypeKind::kI16:
    case TypeKind::kI32:
    case TypeKind::kI64:
      return IntegerType::get(context, type->bits());
    case TypeKind::kU8:
    case TypeKind::kU16:
    case TypeKind::kU32:
    case TypeKind::kU64:
      return IntegerType::get(context, type->bits(), IntegerType::Unsigned);
    case TypeKind::kF32:
      return mlir::Float32Type::get(context);
    case TypeKind::kF64:
      return mlir::Float64Type::get(context);
    case TypeKind::kString:
      return stream::StringType::get(context);
    case TypeKind::kTimestamp:
      return stream::TimestampType::get(context);
    case TypeKind::kDuration:
      return stream::DurationType::get(context);
    case TypeKind::kEnum: {
      if (type->open) return stream::StringType::get(context);
      auto symbols = llvm::map_to_vector(
          type->symbols, [&](const std::string& symbol) { return mlir::StringAttr::get(context, symbol); });
      return stream::EnumType::get(context, symbols);
    }
    case TypeKind::kDate:
      return stream::DateType::get(context);
    case TypeKind::kBytes:
      return stream::BytesType::get(context);
    case TypeKind::kDecimal:
      return stream::DecimalType::get(context, type->precision, type->scale);
    case TypeKind::kOptional:
      return stream::OptType::get(columnType(type->element, context));
    case TypeKind::kList: {
      llvm::SmallVector<Column> element;
      appendColumns(type->element, Want::whole(), {}, context, element);
      return stream::ListType::get(stream::RowAttr::get(context, element));
    }
    default:
      break;
  }
  llvm::report_fatal_error(llvm::Twine("lower: no column can have type ") + toString(type));
}

bool isOneof(TypeRef type) { return TypeContext::unwrap(type)->is(TypeKind::kOneof); }
bool isRecordLike(TypeRef type) { return TypeContext::unwrap(type)->is(TypeKind::kRecord) || isOneof(type); }
bool hasHead(TypeRef type) { return isOneof(type) || (type->isOptional() && isRecordLike(type)); }

ir::stream::VariantType variantType(TypeRef oneof, mlir::MLIRContext* context) {
  llvm::SmallVector<mlir::StringAttr> symbols;
  llvm::SmallVector<bool> has_payload;
  for (const FieldType& variant : oneof->fields) {
    symbols.push_back(mlir::StringAttr::get(context, variant.name));
    has_payload.push_back(!variant.type->is(TypeKind::kNull));
  }
  return ir::stream::VariantType::get(context, symbols, has_payload);
}

void appendColumns(TypeRef type, const Want& want, const std::vector<std::string>& path, mlir::MLIRContext* context,
                   llvm::SmallVectorImpl<Column>& columns) {
  if (want.empty() || type->is(TypeKind::kNull)) return;
  if (!isRecordLike(type)) {
    columns.push_back(Column::field(ir::stream::joinPath(path), columnType(type, context)));
    return;
  }
  if (isOneof(type)) {
    mlir::Type variant = variantType(TypeContext::unwrap(type), context);
    if (type->isOptional()) variant = ir::stream::OptType::get(variant);
    columns.push_back(Column::field(ir::stream::joinPath(path), variant));
  } else if (type->isOptional()) {
    columns.push_back(Column::present(ir::stream::joinPath(path), context));
  }
  std::vector<std::string> field_path = path;
  for (const FieldType& field : TypeContext::unwrap(type)->fields) {
    field_path.push_back(field.name);
    appendColumns(field.type, want.field(field.name), field_path, context, columns);
    field_path.pop_back();
  }
}

ir::stream::RowAttr rowColumns(TypeRef row, const Want& want, mlir::MLIRContext* context) {
  llvm::SmallVector<Column> columns;
  appendColumns(row, want, {}, context, columns);
  return ir::stream::RowAttr::get(context, columns);
}

}  // namespace streamc::lower
