// The `stream` dialect: registration, attributes and their verifiers, constants, attributes of the module.
#include "ir/stream/assembly.h"
#include "ir/stream/ops.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectImplementation.h"

#include "ir/stream/stream_dialect.cpp.inc"
#include "ir/stream/stream_enums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/stream/stream_attrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/stream/stream_types.cpp.inc"

namespace streamc::ir::stream {

using mlir::Attribute;
using mlir::failure;
using mlir::InFlightDiagnostic;
using mlir::LogicalResult;
using mlir::Operation;
using mlir::success;
using mlir::Type;
using EmitError = llvm::function_ref<InFlightDiagnostic()>;

void StreamDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/stream/stream_types.cpp.inc"
      >();
}

void StreamDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/stream/stream_attrs.cpp.inc"
      >();
}

void StreamDialect::initialize() {
  registerTypes();
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "ir/stream/stream_ops.cpp.inc"
      >();
}

Operation* StreamDialect::materializeConstant(mlir::OpBuilder& builder, Attribute value, Type type,
                                              mlir::Location loc) {
  if (llvm::isa<StringType>(type)) {
    auto text = llvm::dyn_cast<mlir::StringAttr>(value);
    return text ? builder.create<StringConstantOp>(loc, type, text).getOperation() : nullptr;
  }
  return mlir::arith::ConstantOp::materialize(builder, value, type, loc);
}

static LogicalResult verifyParams(Operation* op, Attribute value) {
  auto params = llvm::dyn_cast<mlir::ArrayAttr>(value);
  if (!params) return op->emitOpError() << "attribute " << kParamsAttr << " must be an array";
  for (Attribute param : params) {
    if (!llvm::isa<ParamAttr>(param))
      return op->emitOpError() << "attribute " << kParamsAttr << " has the element " << param;
  }
  return success();
}

LogicalResult StreamDialect::verifyOperationAttribute(Operation* op, mlir::NamedAttribute attribute) {
  llvm::StringRef name = attribute.getName().getValue();
  if (!llvm::isa<mlir::ModuleOp>(op)) return op->emitOpError() << "attribute " << name << " belongs on the module";
  if (name == kJobAttr) {
    if (llvm::isa<mlir::StringAttr>(attribute.getValue())) return success();
    return op->emitOpError() << "attribute " << name << " must be a string";
  }
  if (name == kSettingsAttr) {
    if (llvm::isa<mlir::DictionaryAttr>(attribute.getValue())) return success();
    return op->emitOpError() << "attribute " << name << " must be a dictionary";
  }
  if (name == kParamsAttr) return verifyParams(op, attribute.getValue());
  return op->emitOpError() << "unknown attribute " << name;
}

// ---------------------------------------------------------------- types

LogicalResult OptType::verify(EmitError emit_error, Type element) {
  if (llvm::isa<OptType>(element))
    return emit_error() << "an optional of an optional is the same optional: do not nest";
  if (isColumnType(element) || isStorageType(element)) return success();
  return emit_error() << "no optional may hold type " << element;
}

static LogicalResult verifyPlainColumns(EmitError emit_error, RowAttr row) {
  for (const Column& column : row) {
    if (column.check)
      return emit_error() << "column " << column.name << " is marked check, which only job sources have";
    if (column.lenient) return emit_error() << "column " << column.name << " is lenient, which only sources have";
  }
  return success();
}

LogicalResult StreamType::verify(EmitError emit_error, RowAttr row) { return verifyPlainColumns(emit_error, row); }

LogicalResult ListType::verify(EmitError emit_error, RowAttr element) {
  return verifyPlainColumns(emit_error, element);
}

LogicalResult TableType::verify(EmitError emit_error, RowAttr row, mlir::ArrayAttr key) {
  if (failed(verifyPlainColumns(emit_error, row))) return failure();
  for (Attribute name : key) {
    auto text = llvm::dyn_cast<mlir::StringAttr>(name);
    if (!text) return emit_error() << "the key of a table is a list of names, not " << name;
    if (!row.contains(text)) return emit_error() << "key " << name << " is not a column of the table";
  }
  return success();
}

// ---------------------------------------------------------------- attributes

LogicalResult TumbleAttr::verify(EmitError emit_error, int64_t size_us, int64_t offset_us) {
  if (size_us <= 0) return emit_error() << "a window must be longer than nothing, not " << size_us << " us";
  if (offset_us < 0 || offset_us >= size_us) {
    return emit_error() << "the offset of a window lies in [0, size), but is " << offset_us << " us";
  }
  return success();
}

LogicalResult ParamAttr::verify(EmitError emit_error, mlir::StringAttr name, Type type, mlir::StringAttr, Attribute) {
  if (isColumnType(type)) return success();
  return emit_error() << "parameter " << name << " has type " << type << ", which no parameter may have";
}

ProjectedAttr ProjectedAttr::kept(mlir::StringAttr name, mlir::StringAttr source) {
  return get(name.getContext(), name, source, -1);
}

ProjectedAttr ProjectedAttr::computed(mlir::StringAttr name, int64_t index) {
  return get(name.getContext(), name, mlir::StringAttr(), index);
}

LogicalResult ProjectedAttr::verify(EmitError emit_error, mlir::StringAttr name, mlir::StringAttr source,
                                    int64_t index) {
  if (static_cast<bool>(source) == (index >= 0)) {
    return emit_error() << "column " << name << " must be either kept or computed";
  }
  return success();
}

static mlir::ParseResult parseProjected(mlir::AsmParser& parser, Attribute& result) {
  std::string name, source;
  int64_t index = -1;
  mlir::StringAttr kept;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeywordOrString(&name) || parser.parseEqual()) return failure();
  if (succeeded(parser.parseOptionalKeyword("keep"))) {
    if (parser.parseKeywordOrString(&source)) return failure();
    kept = mlir::StringAttr::get(parser.getContext(), source);
  } else if (parser.parseKeyword("yield") || parser.parseInteger(index)) {
    return failure();
  }
  result = parser.getChecked<ProjectedAttr>(loc, parser.getContext(), mlir::StringAttr::get(parser.getContext(), name),
                                            kept, index);
  return success(static_cast<bool>(result));
}

static void printProjected(mlir::AsmPrinter& printer, ProjectedAttr column) {
  printer.printKeywordOrString(column.getName().getValue());
  printer << " = ";
  if (column.isKept()) {
    printer << "keep ";
    printer.printKeywordOrString(column.getSource().getValue());
  } else {
    printer << "yield " << column.getIndex();
  }
}

Attribute ProjectedAttr::parse(mlir::AsmParser& parser, Type) {
  Attribute result;
  if (parser.parseLess() || parseProjected(parser, result) || parser.parseGreater()) return {};
  return result;
}

void ProjectedAttr::print(mlir::AsmPrinter& printer) const {
  printer << "<";
  printProjected(printer, *this);
  printer << ">";
}

AggregateAttr AggregateAttr::count(mlir::StringAttr name) {
  return get(name.getContext(), name, AggregateFunction::kCount, -1, Type(), false);
}

LogicalResult AggregateAttr::verify(EmitError emit_error, mlir::StringAttr name, AggregateFunction function,
                                    int64_t arg, Type arg_type, bool conditional) {
  if (arg < -1) return emit_error() << "aggregate " << name << " has the argument " << arg;
  if ((arg >= 0) != static_cast<bool>(arg_type))
    return emit_error() << "aggregate " << name << " needs the type of its argument";
  if (function == AggregateFunction::kCount && (arg >= 0) != conditional) {
    return emit_error() << "count " << name << " has an argument exactly when it is conditional";
  }
  if (arg < 0 && function != AggregateFunction::kCount)
    return emit_error() << "aggregate " << name << " needs an argument";
  return success();
}

static mlir::ParseResult parseAggregate(mlir::AsmParser& parser, Attribute& result) {
  std::string name;
  llvm::StringRef keyword;
  int64_t arg = -1;
  Type arg_type;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeywordOrString(&name) || parser.parseEqual() || parser.parseKeyword(&keyword)) return failure();
  std::optional<AggregateFunction> function = symbolizeAggregateFunction(keyword);
  if (!function) return parser.emitError(loc) << "there is no aggregate function " << keyword;
  if (succeeded(parser.parseOptionalLParen()) &&
      (parser.parseInteger(arg) || parser.parseColon() || parseColumnType(parser, arg_type) || parser.parseRParen())) {
    return failure();
  }
  bool conditional = succeeded(parser.parseOptionalKeyword("where"));
  result = parser.getChecked<AggregateAttr>(loc, parser.getContext(), mlir::StringAttr::get(parser.getContext(), name),
                                            *function, arg, arg_type, conditional);
  return success(static_cast<bool>(result));
}

static void printAggregate(mlir::AsmPrinter& printer, AggregateAttr aggregate) {
  printer.printKeywordOrString(aggregate.getName().getValue());
  printer << " = " << stringifyAggregateFunction(aggregate.getFunction());
  if (aggregate.hasArg()) {
    printer << "(" << aggregate.getArg() << " : ";
    printColumnType(printer, aggregate.getArgType());
    printer << ")";
  }
  if (aggregate.getConditional()) printer << " where";
}

Attribute AggregateAttr::parse(mlir::AsmParser& parser, Type) {
  Attribute result;
  if (parser.parseLess() || parseAggregate(parser, result) || parser.parseGreater()) return {};
  return result;
}

void AggregateAttr::print(mlir::AsmPrinter& printer) const {
  printer << "<";
  printAggregate(printer, *this);
  printer << ">";
}

// ---------------------------------------------------------------- lists of them in ops

using ParseOne = mlir::ParseResult (*)(mlir::AsmParser&, Attribute&);

static mlir::ParseResult parseBracedList(mlir::OpAsmParser& parser, mlir::ArrayAttr& list, ParseOne parse_one) {
  llvm::SmallVector<Attribute> elements;
  auto parse_element = [&] { return parse_one(parser, elements.emplace_back()); };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Braces, parse_element)) return failure();
  list = parser.getBuilder().getArrayAttr(elements);
  return success();
}

mlir::ParseResult parseProjectedColumns(mlir::OpAsmParser& parser, mlir::ArrayAttr& columns) {
  return parseBracedList(parser, columns, parseProjected);
}

void printProjectedColumns(mlir::OpAsmPrinter& printer, Operation*, mlir::ArrayAttr columns) {
  printer << "{";
  llvm::interleaveComma(columns.getAsRange<ProjectedAttr>(), printer,
                        [&](ProjectedAttr column) { printProjected(printer, column); });
  printer << "}";
}

mlir::ParseResult parseAggregates(mlir::OpAsmParser& parser, mlir::ArrayAttr& aggregates) {
  return parseBracedList(parser, aggregates, parseAggregate);
}

void printAggregates(mlir::OpAsmPrinter& printer, Operation*, mlir::ArrayAttr aggregates) {
  printer << "{";
  llvm::interleaveComma(aggregates.getAsRange<AggregateAttr>(), printer,
                        [&](AggregateAttr aggregate) { printAggregate(printer, aggregate); });
  printer << "}";
}

}  // namespace streamc::ir::stream
