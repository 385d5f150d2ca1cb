// Ops of the `job` dialect: construction, verifiers, names of block arguments.
#include "ir/job/ops.h"

#include "ir/stream/assembly.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::ir::job {

using mlir::failure;
using mlir::LogicalResult;
using mlir::Operation;
using mlir::Region;
using mlir::success;
using mlir::Type;
using stream::Column;
using stream::ColumnRole;
using stream::parseDictionary;
using stream::parseLimits;
using stream::parseWord;
using stream::printDictionary;
using stream::printLimits;
using stream::printWord;
using stream::RowAttr;

// ---------------------------------------------------------------- assembly

// `{1 n : i64, 2 sum : f64}`
static mlir::ParseResult parseCell(mlir::OpAsmParser& parser, mlir::ArrayAttr& cell) {
  llvm::SmallVector<mlir::Attribute> fields;
  auto parse_field = [&]() -> mlir::ParseResult {
    int64_t id;
    std::string name;
    Type type;
    llvm::SMLoc loc = parser.getCurrentLocation();
    if (parser.parseInteger(id) || parser.parseKeywordOrString(&name) || parser.parseColon() ||
        stream::parseColumnType(parser, type)) {
      return failure();
    }
    fields.push_back(FieldAttr::getChecked([&] { return parser.emitError(loc); }, parser.getContext(), id,
                                           parser.getBuilder().getStringAttr(name), type));
    return success(static_cast<bool>(fields.back()));
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Braces, parse_field)) return failure();
  cell = parser.getBuilder().getArrayAttr(fields);
  return success();
}

static void printCell(mlir::OpAsmPrinter& printer, Operation*, mlir::ArrayAttr cell) {
  printer << "{";
  llvm::interleaveComma(cell.getAsRange<FieldAttr>(), printer, [&](FieldAttr field) {
    printer << field.getId() << " ";
    printer.printKeywordOrString(field.getName().getValue());
    printer << " : ";
    stream::printColumnType(printer, field.getType());
  });
  printer << "}";
}

}  // namespace streamc::ir::job

#define GET_OP_CLASSES
#include "ir/job/job_ops.cpp.inc"

namespace streamc::ir::job {

// ---------------------------------------------------------------- queries

RowAttr inputColumns(Operation* symbol) {
  if (auto source = llvm::dyn_cast_or_null<SourceOp>(symbol)) return source.getColumns();
  if (auto exchange = llvm::dyn_cast_or_null<ExchangeOp>(symbol)) return exchange.getColumns();
  if (auto table = llvm::dyn_cast_or_null<TableOp>(symbol)) return table.getFired();
  if (auto flatten = llvm::dyn_cast_or_null<FlattenOp>(symbol)) return flatten.getFlattened();
  if (llvm::isa_and_nonnull<ErrorsOp>(symbol)) return stream::errorsRow(symbol->getContext());
  return {};
}

RowAttr inputColumns(ProcessOp process) {
  return inputColumns(mlir::SymbolTable::lookupNearestSymbolFrom(process, process.getInputAttr()));
}

RowAttr targetColumns(Operation* symbol) {
  if (auto flatten = llvm::dyn_cast_or_null<FlattenOp>(symbol)) return flatten.getColumns();
  if (auto exchange = llvm::dyn_cast_or_null<ExchangeOp>(symbol)) return exchange.getColumns();
  if (auto sink = llvm::dyn_cast_or_null<SinkOp>(symbol)) return sink.getColumns();
  return {};
}

static llvm::SmallVector<Type> cellTypes(TableOp table) {
  return llvm::map_to_vector(table.getCell().getAsRange<FieldAttr>(),
                             [](FieldAttr field) { return stream::storageType(field.getType()); });
}

llvm::SmallVector<Type> fireArguments(TableOp table) {
  llvm::SmallVector<Type> types = table.getKey().storageTypes();
  llvm::append_range(types, cellTypes(table));
  types.append(2, mlir::IntegerType::get(table.getContext(), 64));
  return types;
}

// ---------------------------------------------------------------- construction

static mlir::Block* addBlock(mlir::OperationState& state, mlir::TypeRange types) {
  llvm::SmallVector<mlir::Location> locations(types.size(), state.location);
  mlir::Block& block = state.addRegion()->emplaceBlock();
  block.addArguments(types, locations);
  return &block;
}

void ProcessOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, llvm::StringRef name,
                      llvm::StringRef input, RowAttr columns, llvm::StringRef step, llvm::StringRef errors) {
  state.addAttribute(getSymNameAttrName(state.name), builder.getStringAttr(name));
  state.addAttribute(getInputAttrName(state.name), mlir::FlatSymbolRefAttr::get(builder.getContext(), input));
  state.addAttribute(getStepAttrName(state.name), builder.getStringAttr(step));
  state.addAttribute(getErrorsAttrName(state.name), mlir::FlatSymbolRefAttr::get(builder.getContext(), errors));
  addBlock(state, columns.storageTypes());
}

void FireOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, TableOp table, llvm::StringRef step,
                   llvm::StringRef errors) {
  state.addAttribute(getTableAttrName(state.name), mlir::FlatSymbolRefAttr::get(table.getSymNameAttr()));
  state.addAttribute(getStepAttrName(state.name), builder.getStringAttr(step));
  state.addAttribute(getErrorsAttrName(state.name), mlir::FlatSymbolRefAttr::get(builder.getContext(), errors));
  addBlock(state, fireArguments(table));
}

void FlowOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, llvm::StringRef step,
                   llvm::StringRef errors) {
  state.addAttribute(getStepAttrName(state.name), builder.getStringAttr(step));
  state.addAttribute(getErrorsAttrName(state.name), mlir::FlatSymbolRefAttr::get(builder.getContext(), errors));
  addBlock(state, {});
}

void UpdateOp::build(mlir::OpBuilder&, mlir::OperationState& state, TableOp table, mlir::ValueRange key,
                     mlir::Value event_time, mlir::ValueRange values) {
  state.addAttribute(getTableAttrName(state.name), mlir::FlatSymbolRefAttr::get(table.getSymNameAttr()));
  state.addOperands(key);
  state.addOperands(event_time);
  state.addOperands(values);
  state.getOrAddProperties<Properties>().operandSegmentSizes = {static_cast<int32_t>(key.size()), 1,
                                                                static_cast<int32_t>(values.size())};
  llvm::SmallVector<Type> types = cellTypes(table);
  llvm::append_range(types, values.getTypes());
  addBlock(state, types);
}

// ---------------------------------------------------------------- names

void ProcessOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  RowAttr columns = inputColumns(*this);
  if (!columns) return;
  for (auto [argument, column] : llvm::zip(region.getArguments(), columns.storedColumns())) {
    llvm::StringRef name = column.name.getValue();
    name.consume_front("$");
    set_name(argument, stream::splitPath(name).back());
  }
}

void FireOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  auto table = mlir::SymbolTable::lookupNearestSymbolFrom<TableOp>(*this, getTableAttr());
  if (!table) return;
  llvm::SmallVector<std::string> names;
  for (const Column& column : table.getKey()) names.push_back(stream::splitPath(column.name.getValue()).back());
  for (auto field : table.getCell().getAsRange<FieldAttr>()) names.push_back(field.getName().str());
  names.push_back("window_start");
  names.push_back("window_end");
  for (auto [argument, name] : llvm::zip(region.getArguments(), names)) set_name(argument, name);
}

// ---------------------------------------------------------------- verifiers of symbols

static LogicalResult verifyErrors(Operation* op, mlir::SymbolTableCollection& symbols, mlir::FlatSymbolRefAttr scope) {
  if (symbols.lookupNearestSymbolFrom<ErrorsOp>(op, scope)) return success();
  return op->emitOpError() << "refers to " << scope << ", which is no job.errors";
}

static LogicalResult verifyTypes(Operation* op, llvm::StringRef what, mlir::TypeRange types, mlir::TypeRange expected) {
  if (llvm::equal(types, expected)) return success();
  mlir::InFlightDiagnostic error = op->emitOpError() << what << " must have types (";
  llvm::interleaveComma(expected, error);
  error << ") but have (";
  llvm::interleaveComma(types, error);
  return error << ")";
}

// Columns of anything but a source have values; those of edges are fields of the user.
static LogicalResult verifyColumns(Operation* op, RowAttr columns, bool of_source, bool may_have_times) {
  for (const Column& column : columns) {
    if (column.check && !of_source) return op->emitOpError() << "has the check column " << column.name;
    if (column.lenient && !of_source) return op->emitOpError() << "has the lenient column " << column.name;
    if (!may_have_times && column.role != ColumnRole::kField && column.role != ColumnRole::kPresent) {
      return op->emitOpError() << "has the column " << column.name << " of a role that stays inside a job";
    }
  }
  return success();
}

static LogicalResult verifyKey(Operation* op, mlir::ArrayAttr key, RowAttr columns) {
  for (auto name : key.getAsRange<mlir::StringAttr>()) {
    const Column* column = columns.find(name);
    if (!column) return op->emitOpError() << "has key " << name << ", which is none of its columns";
    if (llvm::isa<mlir::FloatType, stream::ListType, stream::VariantType>(column->type)) {
      return op->emitOpError() << "has key " << name << " of type " << column->type << ", which cannot be a key";
    }
  }
  return success();
}

LogicalResult SourceOp::verify() {
  if (getMaxRecord() == 0 || static_cast<int64_t>(getMaxRecord()) < 0)
    return emitOpError() << "needs a positive max_record";
  if (!getTime() && (getWaitUs() || getIdleUs() || getMaxAheadUs())) {
    return emitOpError() << "has wait, idle or max_ahead, but no event time";
  }
  return verifyColumns(*this, getColumns(), /*of_source=*/true, /*may_have_times=*/false);
}

LogicalResult SourceOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}

LogicalResult ExchangeOp::verify() {
  if ((getKind() == ExchangeKind::kHash) == getKey().empty())
    return emitOpError() << "has a key exactly when it hashes";
  if ((getLimit() || getThrottle()) && getKind() != ExchangeKind::kGather)
    return emitOpError() << "counts or paces rows of several workers";
  if (failed(verifyKey(*this, getKey(), getColumns()))) return failure();
  return verifyColumns(*this, getColumns(), /*of_source=*/false, /*may_have_times=*/true);
}

LogicalResult TableOp::verify() {
  llvm::DenseSet<int64_t> ids;
  llvm::DenseSet<mlir::Attribute> names;
  for (auto field : getCell().getAsRange<FieldAttr>()) {
    if (!ids.insert(field.getId()).second) return emitOpError() << "has two fields with id " << field.getId();
    if (!names.insert(field.getName()).second) return emitOpError() << "has two fields " << field.getName();
  }
  if (std::optional<LayoutAttr> layout = getLayout();
      layout && layout->getOffsets().size() != static_cast<int64_t>(getCell().size())) {
    return emitOpError() << "has a layout of " << layout->getOffsets().size() << " fields for " << getCell().size();
  }
  llvm::SmallVector<mlir::Attribute> key_names;
  for (const Column& column : getKey()) key_names.push_back(column.name);
  if (failed(verifyKey(*this, mlir::ArrayAttr::get(getContext(), key_names), getKey()))) return failure();
  if (failed(verifyColumns(*this, getKey(), /*of_source=*/false, /*may_have_times=*/false))) return failure();
  return verifyColumns(*this, getFired(), /*of_source=*/false, /*may_have_times=*/true);
}

LogicalResult FlattenOp::verify() {
  auto columns = getColumns().getColumns();
  auto list = columns.empty() ? stream::ListType() : llvm::dyn_cast<stream::ListType>(columns.back().type);
  if (!list) return emitOpError() << "needs a list as its last column";
  auto kept = columns.drop_back();
  auto flattened = getFlattened().getColumns();
  if (flattened.size() != kept.size() + getLeaves().size() || flattened.take_front(kept.size()) != kept)
    return emitOpError() << "gives the kept columns and a column for each leaf";
  for (auto [column, leaf] :
       llvm::zip_equal(flattened.drop_front(kept.size()), getLeaves().getAsRange<mlir::StringAttr>())) {
    const Column* source = list.getElement().find(leaf);
    if (!source) return emitOpError() << "takes leaf " << leaf << ", which its elements have not";
    if (source->type != column.type) return emitOpError() << "gives leaf " << leaf << " another type";
  }
  return success();
}

LogicalResult SinkOp::verify() {
  if (failed(verifyKey(*this, getKey(), getColumns()))) return failure();
  return verifyColumns(*this, getColumns(), /*of_source=*/false, /*may_have_times=*/false);
}

LogicalResult SinkOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}

// ---------------------------------------------------------------- verifiers of code

LogicalResult ProcessOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  Operation* input = symbols.lookupNearestSymbolFrom(*this, getInputAttr());
  RowAttr columns = inputColumns(input);
  if (!columns) return emitOpError() << "has input " << getInputAttr() << ", which gives no rows";
  if (auto errors = llvm::dyn_cast<ErrorsOp>(input); errors && errors.getPolicy() != stream::ErrorPolicy::kStream) {
    return emitOpError() << "has input " << getInputAttr() << ", whose policy is not stream";
  }
  if (failed(verifyErrors(*this, symbols, getErrorsAttr()))) return failure();
  if (mlir::FlatSymbolRefAttr other = getInsteadOfAttr()) {
    auto process = symbols.lookupNearestSymbolFrom<ProcessOp>(*this, other);
    if (!process || process.getInsteadOf() || process.getInput() != getInput())
      return emitOpError() << "stands for " << other << ", which is no process of the same input";
  }
  return verifyTypes(*this, "arguments", getRegion().getArgumentTypes(), columns.storageTypes());
}

LogicalResult FireOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  auto table = symbols.lookupNearestSymbolFrom<TableOp>(*this, getTableAttr());
  if (!table) return emitOpError() << "refers to " << getTableAttr() << ", which is no job.table";
  for (Operation* other = (*this)->getPrevNode(); other; other = other->getPrevNode()) {
    auto fire = llvm::dyn_cast<FireOp>(other);
    if (fire && fire.getTable() == getTable()) return emitOpError() << "is the second one of " << getTableAttr();
  }
  if (failed(verifyErrors(*this, symbols, getErrorsAttr()))) return failure();
  if (failed(verifyTypes(*this, "arguments", getRegion().getArgumentTypes(), fireArguments(table)))) return failure();
  auto yield = llvm::cast<YieldOp>(getRegion().front().getTerminator());
  return verifyTypes(*this, "yielded values", yield.getValues().getTypes(), table.getFired().storageTypes());
}

LogicalResult FlowOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}

LogicalResult ObserveOp::verify() {
  auto process = llvm::cast<ProcessOp>((*this)->getParentOp());
  auto source = mlir::SymbolTable::lookupNearestSymbolFrom<SourceOp>(process, process.getInputAttr());
  if (source && source.getTime()) return success();
  return emitOpError() << "belongs into the process of a source with event time";
}

LogicalResult OriginOp::verify() {
  auto process = llvm::cast<ProcessOp>((*this)->getParentOp());
  Operation* input = mlir::SymbolTable::lookupNearestSymbolFrom(process, process.getInputAttr());
  if (!input || llvm::isa<SourceOp>(input)) return success();
  return emitOpError() << "belongs into the process of a source";
}

LogicalResult WriteOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  RowAttr columns = targetColumns(symbols.lookupNearestSymbolFrom(*this, getTargetAttr()));
  if (!columns) return emitOpError() << "writes to " << getTargetAttr() << ", which is no exchange, flatten or sink";
  return verifyTypes(*this, "values", getValues().getTypes(), columns.storageTypes());
}

LogicalResult UpdateOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  auto table = symbols.lookupNearestSymbolFrom<TableOp>(*this, getTableAttr());
  if (!table) return emitOpError() << "refers to " << getTableAttr() << ", which is no job.table";
  if (failed(verifyTypes(*this, "keys", getKey().getTypes(), table.getKey().storageTypes()))) return failure();
  llvm::SmallVector<Type> types = cellTypes(table);
  if (failed(verifyTypes(*this, "yielded values", getUpdate().front().back().getOperandTypes(), types)))
    return failure();
  llvm::append_range(types, getValues().getTypes());
  return verifyTypes(*this, "arguments", getUpdate().getArgumentTypes(), types);
}

LogicalResult UpdateOp::verifyRegions() {
  mlir::Block& update = getUpdate().front();
  if (update.empty() || !llvm::isa<YieldOp>(update.back()))
    return emitOpError() << "needs a region that ends with job.yield";
  if (stream::mayReject(getUpdate())) return emitOpError() << "may not reject while it changes a cell";
  return success();
}

LogicalResult LatenessOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  if (symbols.lookupNearestSymbolFrom<TableOp>(*this, getTableAttr())) return success();
  return emitOpError() << "refers to " << getTableAttr() << ", which is no job.table";
}

LogicalResult RejectOp::verify() {
  Operation* next = (*this)->getNextNode();
  if (!next || next->hasTrait<mlir::OpTrait::IsTerminator>()) return success();
  return emitOpError() << "ends the row, so " << next->getName() << " cannot follow it";
}

}  // namespace streamc::ir::job
