// Graph ops of the `stream` dialect: construction from plain data, verifiers, names of block arguments.
#include "ir/stream/ops.h"

#include <algorithm>

#include "ir/stream/assembly.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"

#include "ir/stream/stream_interfaces.cpp.inc"
#define GET_OP_CLASSES
#include "ir/stream/stream_ops.cpp.inc"

namespace streamc::ir::stream {

using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::failure;
using mlir::LogicalResult;
using mlir::OpBuilder;
using mlir::Operation;
using mlir::OperationState;
using mlir::Region;
using mlir::success;
using mlir::Type;
using mlir::Value;

// ---------------------------------------------------------------- queries

bool mayReject(Region& region) {
  for (mlir::Block& block : region) {
    for (Operation& op : block) {
      if (mayReject(&op)) return true;
    }
  }
  return false;
}

bool mayReject(Operation* op) {
  if (auto attempt = llvm::dyn_cast<CatchOp>(op)) return mayReject(attempt.getFallback());
  if (auto rejecting = llvm::dyn_cast<MayReject>(op); rejecting && !rejecting.getRejectCauses().empty()) return true;
  return llvm::any_of(op->getRegions(), [](Region& region) { return mayReject(region); });
}

mlir::OperandRange yieldedValues(Region& region) {
  return llvm::cast<YieldOp>(region.front().getTerminator()).getValues();
}

// ---------------------------------------------------------------- construction

static void addStep(OpBuilder& builder, OperationState& state, const StepSpec& step) {
  state.addAttribute("step", builder.getStringAttr(step.step));
  state.addAttribute("operator_id", builder.getStringAttr(step.operator_id));
  state.addAttribute("errors", mlir::FlatSymbolRefAttr::get(builder.getContext(), step.errors));
}

// Adds `uses` and the region whose arguments are those columns of the row. REQUIRES: the row has them.
template <typename BodyBuilder>
static void addRowRegion(OpBuilder& builder, OperationState& state, RowAttr row, ArrayRef<StringRef> uses,
                         const BodyBuilder& body) {
  state.addAttribute("uses", builder.getStrArrayAttr(uses));
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types = llvm::map_to_vector(uses, [&](StringRef name) {
    Type type = storageTypeOf(row, name);
    if (!type) llvm::report_fatal_error("a region uses the column '" + name + "', which its row has not");
    return type;
  });
  SmallVector<mlir::Location> locations(types.size(), state.location);
  mlir::Block* block = builder.createBlock(state.addRegion(), {}, types, locations);
  SmallVector<Value> values = body(builder, state.location, block->getArguments());
  builder.create<YieldOp>(state.location, values);
}

void SourceOp::build(OpBuilder& builder, OperationState& state, RowAttr row, const SourceSpec& spec,
                     const StepSpec& step) {
  auto set = [&](mlir::StringAttr name, std::optional<int64_t> value) {
    if (value) state.addAttribute(name, builder.getI64IntegerAttr(*value));
  };
  state.addAttribute(getNameAttrName(state.name), builder.getStringAttr(spec.name));
  state.addAttribute(getConnectorAttrName(state.name), builder.getStringAttr(spec.connector));
  state.addAttribute(getOptionsAttrName(state.name), spec.options);
  state.addAttribute(getFormatAttrName(state.name), builder.getStringAttr(spec.format));
  state.addAttribute(getFormatOptionsAttrName(state.name), spec.format_options);
  state.addAttribute(getDemandAttrName(state.name), spec.demand);
  set(getMaxRecordAttrName(state.name), spec.max_record);
  set(getWaitUsAttrName(state.name), spec.wait_us);
  set(getIdleUsAttrName(state.name), spec.idle_us);
  set(getMaxAheadUsAttrName(state.name), spec.max_ahead_us);
  addStep(builder, state, step);
  if (spec.time) {
    addRowRegion(builder, state, spec.demand, spec.time_uses, spec.time);
  } else {
    state.addAttribute(getUsesAttrName(state.name), builder.getStrArrayAttr({}));
    state.addRegion();
  }
  state.addTypes(StreamType::get(row));
}

void SinkOp::build(OpBuilder& builder, OperationState& state, Value input, const SinkSpec& spec, const StepSpec& step) {
  state.addOperands(input);
  state.addAttribute(getNameAttrName(state.name), builder.getStringAttr(spec.name));
  state.addAttribute(getConnectorAttrName(state.name), builder.getStringAttr(spec.connector));
  state.addAttribute(getOptionsAttrName(state.name), spec.options);
  state.addAttribute(getFormatAttrName(state.name), builder.getStringAttr(spec.format));
  state.addAttribute(getFormatOptionsAttrName(state.name), spec.format_options);
  state.addAttribute(getKeyAttrName(state.name), builder.getStrArrayAttr(spec.key));
  if (spec.choice) state.addAttribute(getChoiceAttrName(state.name), spec.choice);
  addStep(builder, state, step);
}

void ErrorsOp::build(OpBuilder& builder, OperationState& state, RowAttr row, StringRef scope, const StepSpec& step) {
  state.addAttribute(getScopeAttrName(state.name), mlir::FlatSymbolRefAttr::get(builder.getContext(), scope));
  addStep(builder, state, step);
  state.addTypes(StreamType::get(row));
}

void WhereOp::build(OpBuilder& builder, OperationState& state, Value input, ArrayRef<StringRef> uses,
                    RowBodyBuilder body, const StepSpec& step) {
  state.addOperands(input);
  addStep(builder, state, step);
  addRowRegion(builder, state, rowOf(input.getType()), uses, body);
  state.addTypes(input.getType());
}

void RouteOp::build(OpBuilder& builder, OperationState& state, Value input, ArrayRef<StringRef> uses,
                    RowBodyBuilder body, unsigned arms, const StepSpec& step) {
  state.addOperands(input);
  addStep(builder, state, step);
  addRowRegion(builder, state, rowOf(input.getType()), uses, body);
  state.addTypes(SmallVector<Type>(arms, input.getType()));
}

void LimitOp::build(OpBuilder& builder, OperationState& state, Value input, mlir::Attribute amount,
                    const StepSpec& step) {
  state.addOperands(input);
  state.addAttribute(getAmountAttrName(state.name), amount);
  addStep(builder, state, step);
  state.addTypes(input.getType());
}

void ThrottleOp::build(OpBuilder& builder, OperationState& state, Value input, mlir::Attribute amount,
                       const StepSpec& step) {
  state.addOperands(input);
  state.addAttribute(getAmountAttrName(state.name), amount);
  addStep(builder, state, step);
  state.addTypes(input.getType());
}

void AssertOp::build(OpBuilder& builder, OperationState& state, Value input, ArrayRef<StringRef> uses,
                     RowBodyBuilder body, StringRef message, const StepSpec& step) {
  state.addOperands(input);
  state.addAttribute(getMessageAttrName(state.name), builder.getStringAttr(message));
  addStep(builder, state, step);
  addRowRegion(builder, state, rowOf(input.getType()), uses, body);
  state.addTypes(input.getType());
}

void ProjectOp::build(OpBuilder& builder, OperationState& state, Type result, Value input, ArrayRef<StringRef> uses,
                      RowBodyBuilder body, ArrayRef<ProjectedAttr> columns, const StepSpec& step) {
  state.addOperands(input);
  state.addAttribute(getColumnsAttrName(state.name),
                     builder.getArrayAttr(SmallVector<mlir::Attribute>(columns.begin(), columns.end())));
  addStep(builder, state, step);
  addRowRegion(builder, state, rowOf(input.getType()), uses, body);
  state.addTypes(result);
}

void AggregateOp::build(OpBuilder& builder, OperationState& state, Type result, Value input, ArrayRef<StringRef> keys,
                        TumbleAttr window, bool late_drop, ArrayRef<StringRef> uses, RowBodyBuilder body,
                        ArrayRef<AggregateAttr> aggregates, const StepSpec& step) {
  RowAttr row = rowOf(input.getType());
  state.addOperands(input);
  state.addAttribute(getKeysAttrName(state.name), builder.getStrArrayAttr(keys));
  if (window) state.addAttribute(getWindowAttrName(state.name), window);
  if (late_drop) state.addAttribute(getLateDropAttrName(state.name), builder.getUnitAttr());
  state.addAttribute(getAggregatesAttrName(state.name),
                     builder.getArrayAttr(SmallVector<mlir::Attribute>(aggregates.begin(), aggregates.end())));
  addStep(builder, state, step);
  addRowRegion(builder, state, row, uses, body);
  state.addTypes({result, StreamType::get(lateRow(row))});
}

void FlattenOp::build(OpBuilder& builder, OperationState& state, Type result, Value input, StringRef list, StringRef as,
                      const StepSpec& step) {
  state.addOperands(input);
  state.addAttribute(getListAttrName(state.name), builder.getStringAttr(list));
  state.addAttribute(getAsAttrName(state.name), builder.getStringAttr(as));
  addStep(builder, state, step);
  state.addTypes(result);
}

void UnionOp::build(OpBuilder& builder, OperationState& state, mlir::ValueRange inputs, const StepSpec& step) {
  state.addOperands(inputs);
  addStep(builder, state, step);
  state.addTypes(inputs.front().getType());
}

// ---------------------------------------------------------------- names

static void nameArguments(mlir::ArrayAttr uses, Region& region, mlir::OpAsmSetValueNameFn set_name) {
  for (auto [argument, name] : llvm::zip(region.getArguments(), uses.getAsRange<mlir::StringAttr>())) {
    StringRef column = name.getValue();
    column.consume_front("$");
    set_name(argument, splitPath(column).back());
  }
}

void SourceOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  nameArguments(getUses(), region, set_name);
}
void WhereOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  nameArguments(getUses(), region, set_name);
}
void RouteOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  nameArguments(getUses(), region, set_name);
}
void AssertOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  nameArguments(getUses(), region, set_name);
}
void ProjectOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  nameArguments(getUses(), region, set_name);
}
void AggregateOp::getAsmBlockArgumentNames(Region& region, mlir::OpAsmSetValueNameFn set_name) {
  nameArguments(getUses(), region, set_name);
}

// "%by_region.aggregate": results are named by the step that makes them.
static void nameResult(StringRef operator_id, Value result, mlir::OpAsmSetValueNameFn set_name) {
  std::string name = operator_id.str();
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '#'; }, '.');
  set_name(result, name);
}

void SourceOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void ErrorsOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void WhereOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void RouteOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  if (!getResults().empty()) nameResult(getOperatorId(), getResults().front(), set_name);
}
void LimitOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void ThrottleOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void AssertOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void ProjectOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void FlattenOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void UnionOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
}
void AggregateOp::getAsmResultNames(mlir::OpAsmSetValueNameFn set_name) {
  nameResult(getOperatorId(), getResult(), set_name);
  nameResult(getOperatorId().rsplit('/').first.str() + "/late", getLate(), set_name);
}

// ---------------------------------------------------------------- causes

SmallVector<Cause> SourceOp::getRejectCauses() {
  if (hasTime()) return {Cause::kDecode, Cause::kTime};
  return {Cause::kDecode};
}

SmallVector<Cause> SinkOp::getRejectCauses() { return {Cause::kEncode}; }

// A sum of integers is accumulated in 128 bits and must fit 64 when it is emitted.
SmallVector<Cause> AggregateOp::getRejectCauses() {
  SmallVector<Cause> causes;
  bool sums_integers = llvm::any_of(getAggregates().getAsRange<AggregateAttr>(), [](AggregateAttr aggregate) {
    return aggregate.getFunction() == AggregateFunction::kSum && !llvm::isa<mlir::FloatType>(aggregate.getArgType());
  });
  if (sums_integers) causes.push_back(Cause::kOverflow);
  if (getWindow() && !getLateDrop() && getLate().use_empty()) causes.push_back(Cause::kLate);
  return causes;
}

// ---------------------------------------------------------------- verifiers

static LogicalResult verifyErrors(Operation* op, mlir::SymbolTableCollection& symbols, mlir::FlatSymbolRefAttr scope) {
  if (symbols.lookupNearestSymbolFrom<ErrorsScopeOp>(op, scope)) return success();
  return op->emitOpError() << "refers to " << scope << ", which is no stream.errors_scope";
}

LogicalResult SourceOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult SinkOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult WhereOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult RouteOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult LimitOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult ThrottleOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult AssertOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult ProjectOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult AggregateOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult FlattenOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult UnionOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  return verifyErrors(*this, symbols, getErrorsAttr());
}
LogicalResult ErrorsOp::verifySymbolUses(mlir::SymbolTableCollection& symbols) {
  auto scope = symbols.lookupNearestSymbolFrom<ErrorsScopeOp>(*this, getScopeAttr());
  if (!scope) return emitOpError() << "carries " << getScopeAttr() << ", which is no stream.errors_scope";
  if (scope.getPolicy() != ErrorPolicy::kStream) {
    return emitOpError() << "carries " << getScopeAttr() << ", whose policy is "
                         << stringifyErrorPolicy(scope.getPolicy()) << " and not stream";
  }
  for (Operation* other = (*this)->getPrevNode(); other; other = other->getPrevNode()) {
    auto errors = llvm::dyn_cast<ErrorsOp>(other);
    if (errors && errors.getScope() == getScope())
      return emitOpError() << "is the second one that carries " << getScopeAttr();
  }
  return verifyErrors(*this, symbols, getErrorsAttr());
}

// Checks `uses` against the row and the block arguments, and that the region ends with a stream.yield.
static LogicalResult verifyRowRegion(Operation* op, mlir::ArrayAttr uses, Region& body, RowAttr row) {
  mlir::Block& block = body.front();
  if (uses.size() != block.getNumArguments()) {
    return op->emitOpError() << "uses " << uses.size() << " columns, but its region has " << block.getNumArguments()
                             << " arguments";
  }
  llvm::DenseSet<mlir::Attribute> seen;
  for (auto [name, argument] : llvm::zip(uses.getAsRange<mlir::StringAttr>(), block.getArguments())) {
    Type expected = storageTypeOf(row, name);
    if (!expected) return op->emitOpError() << "uses column " << name << ", which its row has not";
    if (!seen.insert(name).second) return op->emitOpError() << "uses column " << name << " twice";
    if (argument.getType() != expected) {
      return op->emitOpError() << "uses column " << name << " as " << argument.getType() << ", but its storage type is "
                               << expected;
    }
  }
  if (block.empty() || !llvm::isa<YieldOp>(block.back()))
    return op->emitOpError() << "needs a region that ends with stream.yield";
  return success();
}

static LogicalResult verifyYields(Operation* op, Region& body, mlir::TypeRange expected) {
  mlir::TypeRange yielded = yieldedValues(body).getTypes();
  if (llvm::equal(yielded, expected)) return success();
  mlir::InFlightDiagnostic error = op->emitOpError() << "has a region that must yield (";
  llvm::interleaveComma(expected, error);
  error << ") but yields (";
  llvm::interleaveComma(yielded, error);
  return error << ")";
}

static LogicalResult verifyCondition(Operation* op, mlir::ArrayAttr uses, Region& body, RowAttr row) {
  if (failed(verifyRowRegion(op, uses, body, row))) return failure();
  return verifyYields(op, body, Type(mlir::IntegerType::get(op->getContext(), 1)));
}

static LogicalResult verifyOptionValue(Operation* op, mlir::StringAttr name, mlir::Attribute value) {
  if (auto concat = llvm::dyn_cast<ConcatAttr>(value)) {
    for (mlir::Attribute part : concat.getParts()) {
      if (failed(verifyOptionValue(op, name, part))) return failure();
    }
    return success();
  }
  if (llvm::isa<mlir::StringAttr, mlir::IntegerAttr, mlir::FloatAttr, ParamRefAttr, EnvAttr>(value)) return success();
  return op->emitOpError() << "has option " << name << " with value " << value
                           << ", which is neither a literal nor known when the job starts";
}

static LogicalResult verifyOptions(Operation* op, mlir::DictionaryAttr options) {
  for (mlir::NamedAttribute option : options) {
    if (failed(verifyOptionValue(op, option.getName(), option.getValue()))) return failure();
  }
  return success();
}

LogicalResult SourceOp::verify() {
  for (const Column& column : getRow()) {
    const Column* demanded = getDemand().find(column.name);
    if (!demanded) return emitOpError() << "has the column " << column.name << " which it does not demand";
    Column decoded = *demanded;
    decoded.lenient = false;  // says how it is decoded; what the row holds is an optional like others
    if (decoded != column) return emitOpError() << "demands column " << column.name << " with another type or role";
  }
  if (getMaxRecord() <= 0) return emitOpError() << "needs a positive max_record";
  if (!hasTime() && (getWaitUs() || getIdleUs() || getMaxAheadUs())) {
    return emitOpError() << "has wait, idle or max_ahead, but no event time";
  }
  for (std::optional<uint64_t> time : {getWaitUs(), getIdleUs(), getMaxAheadUs()}) {
    if (time && static_cast<int64_t>(*time) < 0) return emitOpError() << "has a negative wait, idle or max_ahead";
  }
  return success(succeeded(verifyOptions(*this, getOptions())) && succeeded(verifyOptions(*this, getFormatOptions())));
}

LogicalResult SourceOp::verifyRegions() {
  if (!hasTime()) return getUses().empty() ? success() : emitOpError() << "uses columns without a time region";
  if (failed(verifyRowRegion(*this, getUses(), getBody(), getDemand()))) return failure();
  for (auto name : getUses().getAsRange<mlir::StringAttr>()) {
    if (isPseudoColumn(name)) return emitOpError() << "cannot use " << name << " to compute it";
  }
  return verifyYields(*this, getBody(), Type(mlir::IntegerType::get(getContext(), 64)));
}

LogicalResult SinkOp::verify() {
  for (auto name : getKey().getAsRange<mlir::StringAttr>()) {
    if (!getRow().contains(name)) return emitOpError() << "has key " << name << ", which is no column of its input";
  }
  return success(succeeded(verifyOptions(*this, getOptions())) && succeeded(verifyOptions(*this, getFormatOptions())));
}

LogicalResult ErrorsOp::verify() {
  RowAttr full = errorsRow(getContext());
  for (const Column& column : getResult().getType().getRow()) {
    const Column* known = full.find(column.name);
    if (!known || *known != column)
      return emitOpError() << "has the column " << column.name << ", which rows of errors have not";
  }
  return success();
}

RowAttr FlattenOp::getElement() { return llvm::cast<ListType>(getUsedRow().find(getList())->type).getElement(); }

std::optional<std::string> FlattenOp::leafOf(StringRef column) {
  if (column == getAs()) return "";
  if (column.consume_front(getAs()) && column.consume_front(".")) return column.str();
  return std::nullopt;
}

LogicalResult FlattenOp::verify() {
  const Column* list = getUsedRow().find(getList());
  if (!list || !llvm::isa<ListType>(list->type))
    return emitOpError() << "flattens " << getListAttr() << ", which is no list of its input";
  for (const Column& column : getRow()) {
    std::optional<std::string> leaf = leafOf(column.name.getValue());
    const Column* source = leaf ? getElement().find(*leaf) : getUsedRow().find(column.name);
    if (!source) return emitOpError() << "has column " << column.name << ", which is neither kept nor of the element";
    if (source->type != column.type || source->role != column.role)
      return emitOpError() << "has column " << column.name << " with another type or role than where it comes from";
  }
  return success();
}

LogicalResult WhereOp::verifyRegions() {
  return verifyCondition(*this, getUses(), getBody(), rowOf(getInput().getType()));
}

LogicalResult RouteOp::verifyRegions() {
  if (failed(verifyRowRegion(*this, getUses(), getBody(), getUsedRow()))) return failure();
  for (Type type : getResultTypes()) {
    if (type != getInput().getType())
      return emitOpError() << "has an arm of type " << type << " and not of its input's";
  }
  return verifyYields(*this, getBody(), Type(mlir::IntegerType::get(getContext(), 64)));
}

// A literal that is positive, or what is known when the job starts.
LogicalResult LimitOp::verify() {
  if (auto count = llvm::dyn_cast<mlir::IntegerAttr>(getAmount()); count && count.getInt() >= 0) return success();
  if (llvm::isa<ParamRefAttr, EnvAttr>(getAmount())) return success();
  return emitOpError() << "lets " << getAmount() << " rows through, which is no number of rows";
}

LogicalResult ThrottleOp::verify() {
  if (auto rate = llvm::dyn_cast<mlir::FloatAttr>(getAmount()); rate && rate.getValueAsDouble() > 0) return success();
  if (llvm::isa<ParamRefAttr, EnvAttr>(getAmount())) return success();
  return emitOpError() << "lets " << getAmount() << " rows a second through, which is no rate";
}

LogicalResult AssertOp::verifyRegions() {
  return verifyCondition(*this, getUses(), getBody(), rowOf(getInput().getType()));
}

static LogicalResult verifyProjected(ProjectOp op, const Column& column, ProjectedAttr projected) {
  if (column.name != projected.getName()) {
    return op.emitOpError() << "projects " << projected.getName() << " where its result has column " << column.name;
  }
  if (projected.isKept()) {
    const Column* source = op.getUsedRow().find(projected.getSource());
    if (!source) return op.emitOpError() << "keeps column " << projected.getSource() << ", which its input has not";
    if (source->type != column.type) {
      return op.emitOpError() << "keeps column " << projected.getSource() << " of type " << source->type << " as "
                              << column.type;
    }
    return success();
  }
  mlir::OperandRange yielded = yieldedValues(op.getBody());
  if (projected.getIndex() >= static_cast<int64_t>(yielded.size())) {
    return op.emitOpError() << "projects yield " << projected.getIndex() << ", but its region yields " << yielded.size()
                            << " values";
  }
  Type type = yielded[projected.getIndex()].getType();
  if (type == storageType(column.type)) return success();
  return op.emitOpError() << "yields " << type << " for column " << column.name << " of type " << column.type;
}

LogicalResult ProjectOp::verifyRegions() {
  if (failed(verifyRowRegion(*this, getUses(), getBody(), getUsedRow()))) return failure();
  if (getInput().getType().getTypeID() != getResult().getType().getTypeID()) {
    return emitOpError() << "makes a stream of a table or a table of a stream";
  }
  if (getColumns().size() != getRow().size()) {
    return emitOpError() << "projects " << getColumns().size() << " columns, but its result has " << getRow().size();
  }
  for (auto [column, projected] : llvm::zip(getRow(), getColumns().getAsRange<ProjectedAttr>())) {
    if (failed(verifyProjected(*this, column, projected))) return failure();
  }
  return success();
}

// Whether a result column may have that type.
static bool isResultOf(AggregateAttr aggregate, Type result) {
  Type arg = aggregate.getArgType();
  if (aggregate.getConditional() && aggregate.getFunction() != AggregateFunction::kCount) {
    auto optional = llvm::dyn_cast<OptType>(result);
    if (!optional) return false;
    result = optional.getElement();
  }
  switch (aggregate.getFunction()) {
    case AggregateFunction::kCount:
      return result.isSignlessInteger(64) && (!arg || arg.isInteger(1));
    case AggregateFunction::kSum:
      if (llvm::isa<mlir::IntegerType>(arg)) return result.isSignlessInteger(64);
      if (llvm::isa<DecimalType>(arg)) return llvm::isa<DecimalType>(result);
      return llvm::isa<mlir::FloatType>(arg) ? llvm::isa<mlir::FloatType>(result)
                                             : llvm::isa<DurationType>(arg) && arg == result;
    case AggregateFunction::kAvg:
      if (llvm::isa<DurationType>(arg)) return arg == result;
      if (llvm::isa<DecimalType>(arg)) return llvm::isa<DecimalType>(result);
      return arg.isIntOrFloat() && llvm::isa<mlir::FloatType>(result);
    case AggregateFunction::kMin:
    case AggregateFunction::kMax:
    case AggregateFunction::kFirst:
    case AggregateFunction::kLast:
    case AggregateFunction::kAny:
      return result == arg;
  }
  return false;
}

static LogicalResult verifyAggregate(AggregateOp op, const Column& column, AggregateAttr aggregate) {
  if (column.name != aggregate.getName()) {
    return op.emitOpError() << "computes " << aggregate.getName() << " where its result has column " << column.name;
  }
  mlir::OperandRange yielded = yieldedValues(op.getBody());
  if (aggregate.getArg() >= static_cast<int64_t>(yielded.size())) {
    return op.emitOpError() << "aggregates yield " << aggregate.getArg() << ", but its region yields " << yielded.size()
                            << " values";
  }
  if (aggregate.hasArg()) {
    Type expected = storageType(aggregate.getArgType());
    if (aggregate.getConditional() && aggregate.getFunction() != AggregateFunction::kCount)
      expected = llvm::isa<OptType>(expected) ? Type() : OptType::get(expected);
    if (yielded[aggregate.getArg()].getType() != expected) {
      return op.emitOpError() << "yields " << yielded[aggregate.getArg()].getType() << " for aggregate "
                              << aggregate.getName() << ", whose " << (aggregate.getConditional() ? "conditional " : "")
                              << "argument is a " << aggregate.getArgType();
    }
  }
  if (isResultOf(aggregate, column.type)) return success();
  return op.emitOpError() << "has column " << column.name << " of type " << column.type << ", which cannot be the "
                          << stringifyAggregateFunction(aggregate.getFunction());
}

static LogicalResult verifyKeys(AggregateOp op) {
  RowAttr input = op.getUsedRow(), result = op.getRow();
  for (auto [index, name] : llvm::enumerate(op.getKeys().getAsRange<mlir::StringAttr>())) {
    const Column* column = input.find(name);
    if (!column) return op.emitOpError() << "has key " << name << ", which is no column of its input";
    if (llvm::isa<mlir::FloatType, ListType>(column->type)) {
      return op.emitOpError() << "has key " << name << " of type " << column->type << ", which cannot be a key";
    }
    const Column& out = result.getColumns()[index];
    if (out.type != column->type) {
      return op.emitOpError() << "must have key " << name << " of type " << column->type << " as column " << index
                              << " of its result, which is " << out.name << " of type " << out.type;
    }
  }
  return success();
}

LogicalResult AggregateOp::verifyRegions() {
  if (failed(verifyRowRegion(*this, getUses(), getBody(), getUsedRow()))) return failure();
  if (getRow().size() != getKeys().size() + getAggregates().size()) {
    return emitOpError() << "has " << getKeys().size() << " keys and " << getAggregates().size()
                         << " aggregates, but its result has " << getRow().size() << " columns";
  }
  if (failed(verifyKeys(*this))) return failure();
  ArrayRef<Column> columns = getRow().getColumns().drop_front(getKeys().size());
  for (auto [column, aggregate] : llvm::zip(columns, getAggregates().getAsRange<AggregateAttr>())) {
    if (failed(verifyAggregate(*this, column, aggregate))) return failure();
  }
  auto table = llvm::dyn_cast<TableType>(getResult().getType());
  if (static_cast<bool>(getWindow()) == static_cast<bool>(table)) {
    return emitOpError() << "results in a stream exactly when it has a window";
  }
  if (table) {
    auto names = llvm::map_range(getRow().getColumns().take_front(getKeys().size()),
                                 [](const Column& column) -> mlir::Attribute { return column.name; });
    if (!llvm::equal(table.getKey(), names)) return emitOpError() << "results in a table with another key than its own";
  }
  if (getLateDrop() && !getWindow()) return emitOpError() << "drops late rows without a window";
  if (getUsedRow().contains("late_by")) return emitOpError() << "has an input with a column late_by";
  if (getLate().getType().getRow() != lateRow(getUsedRow())) {
    return emitOpError() << "has late rows that are not its input and late_by";
  }
  return success();
}

}  // namespace streamc::ir::stream
