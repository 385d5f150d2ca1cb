// The `job` dialect: registration, attributes and their verifiers.
#include "ir/job/ops.h"
#include "ir/stream/assembly.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectImplementation.h"

#include "ir/job/job_dialect.cpp.inc"
#include "ir/job/job_enums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/job/job_attrs.cpp.inc"

namespace streamc::ir::job {

using mlir::failure;
using mlir::LogicalResult;
using mlir::success;
using mlir::Type;
using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

void JobDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/job/job_attrs.cpp.inc"
      >();
}

void JobDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "ir/job/job_ops.cpp.inc"
      >();
}

LogicalResult FieldAttr::verify(EmitError emit_error, int64_t id, mlir::StringAttr name, Type type) {
  if (id < 1) return emit_error() << "field " << name << " needs a positive id, not " << id;
  if (stream::isColumnType(type) || type.isSignlessInteger(128)) return success();
  return emit_error() << "field " << name << " has type " << type << ", which no field may have";
}

mlir::Attribute FieldAttr::parse(mlir::AsmParser& parser, Type) {
  int64_t id;
  std::string name;
  Type type;
  if (parser.parseLess()) return {};
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseInteger(id) || parser.parseKeywordOrString(&name) || parser.parseColon() ||
      stream::parseColumnType(parser, type) || parser.parseGreater()) {
    return {};
  }
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(), id,
                    mlir::StringAttr::get(parser.getContext(), name), type);
}

void FieldAttr::print(mlir::AsmPrinter& printer) const {
  printer << "<" << getId() << " ";
  printer.printKeywordOrString(getName().getValue());
  printer << " : ";
  stream::printColumnType(printer, getType());
  printer << ">";
}

LogicalResult LayoutAttr::verify(EmitError emit_error, int64_t key_fixed, int64_t cell_size,
                                 mlir::DenseI64ArrayAttr offsets, mlir::DenseI64ArrayAttr validity) {
  if (key_fixed < -1) return emit_error() << "an inline key cannot have " << key_fixed << " bytes";
  if (cell_size < 0) return emit_error() << "a cell cannot have " << cell_size << " bytes";
  if (offsets.size() != validity.size()) return emit_error() << "offsets and validity are lists of the same fields";
  for (auto [offset, valid] : llvm::zip(offsets.asArrayRef(), validity.asArrayRef())) {
    if (offset < 0 || offset >= cell_size || valid < -1 || valid >= cell_size) {
      return emit_error() << "offsets " << offset << " and " << valid << " do not both lie in a cell of " << cell_size
                          << " bytes";
    }
  }
  return success();
}

}  // namespace streamc::ir::job
