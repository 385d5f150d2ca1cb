// Row ops of the `stream` dialect: construction from plain data and verifiers. Folding: folds.cpp.
#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::ir::stream {

using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::failure;
using mlir::LogicalResult;
using mlir::OpBuilder;
using mlir::Operation;
using mlir::OperationState;
using mlir::success;
using mlir::Type;
using mlir::TypeAttr;
using mlir::Value;

// ---------------------------------------------------------------- queries

// Whether the code may run although its result is not needed: cheap, without effect, and not looking into text or
// lists, which may be unspecified where an optional is null.
bool mayRunAnyway(mlir::Region& region) {
  constexpr int kOpsMax = 8;
  int count = 0;
  for (mlir::Operation& op : region.front()) {
    if (op.hasTrait<mlir::OpTrait::IsTerminator>()) continue;
    if (++count > kOpsMax || op.getNumRegions() > 0 || !mlir::isMemoryEffectFree(&op) || !mlir::isSpeculatable(&op)) {
      return false;
    }
    bool is_plain = llvm::isa<NoneOp, SomeOp, IsSomeOp, GetOp, ParamOp, ConvertOp, StringConstantOp>(op) ||
                    op.getDialect()->getNamespace() == mlir::arith::ArithDialect::getDialectNamespace();
    if (!is_plain) return false;
  }
  return true;
}

SmallVector<Cause> DivOp::getRejectCauses() {
  if (getIsUnsigned()) return {Cause::kDivideByZero};
  return {Cause::kDivideByZero, Cause::kOverflow};
}

// ---------------------------------------------------------------- conversions

static void buildConversion(OperationState& state, Value value, Type from, Type to) {
  state.addOperands(value);
  state.addAttribute("from", TypeAttr::get(from));
  state.addAttribute("to", TypeAttr::get(to));
  state.addTypes(storageType(to));
}

void CastOp::build(OpBuilder&, OperationState& state, Value value, Type from, Type to) {
  buildConversion(state, value, from, to);
}
void ConvertOp::build(OpBuilder&, OperationState& state, Value value, Type from, Type to) {
  buildConversion(state, value, from, to);
}

static LogicalResult verifyStorage(Operation* op, Type value, Type column, StringRef what) {
  if (!isColumnType(column)) return op->emitOpError() << what << " has type " << column << ", which no column may have";
  if (value == storageType(column)) return success();
  return op->emitOpError() << what << " has type " << value << ", but " << column << " is stored as "
                           << storageType(column);
}

LogicalResult CastOp::verify() {
  if (failed(verifyStorage(*this, getValue().getType(), getFrom(), "operand"))) return failure();
  return verifyStorage(*this, getResult().getType(), getTo(), "result");
}

// Digits that the greatest value of an integer type has.
static unsigned digitsOf(mlir::IntegerType integer) {
  switch (integer.getWidth()) {
    case 8:
      return 3;
    case 16:
      return 5;
    case 32:
      return 10;
    default:
      return integer.isUnsigned() ? 20 : 19;
  }
}

static bool decimalConvertsExactly(Type from, Type to) {
  auto to_decimal = llvm::dyn_cast<DecimalType>(to);
  if (auto from_decimal = llvm::dyn_cast<DecimalType>(from)) {
    if (!to_decimal) return llvm::isa<mlir::FloatType>(to);  // the nearest one
    return from_decimal.getScale() <= to_decimal.getScale() && from_decimal.wholeDigits() <= to_decimal.wholeDigits();
  }
  auto integer = llvm::dyn_cast<mlir::IntegerType>(from);
  return integer && integer.getWidth() > 1 && digitsOf(integer) <= to_decimal.wholeDigits();
}

bool convertsExactly(Type from, Type to) {
  if (from == to) return true;
  if (llvm::isa<DecimalType>(from) || llvm::isa<DecimalType>(to)) return decimalConvertsExactly(from, to);
  if (llvm::isa<TimestampType>(from) && llvm::isa<DateType>(to)) return true;
  if (llvm::isa<StringType>(from) && llvm::isa<BytesType>(to)) return true;
  auto from_integer = llvm::dyn_cast<mlir::IntegerType>(from);
  auto to_integer = llvm::dyn_cast<mlir::IntegerType>(to);
  if (from_integer && to_integer) {
    if (from_integer.getWidth() == 1 || to_integer.getWidth() == 1) return false;
    if (from_integer.isUnsigned() == to_integer.isUnsigned()) return from_integer.getWidth() <= to_integer.getWidth();
    return from_integer.isUnsigned() && from_integer.getWidth() < to_integer.getWidth();
  }
  if (from_integer) return from_integer.getWidth() > 1 && llvm::isa<mlir::FloatType>(to);
  return from.isF32() && to.isF64();
}

LogicalResult ConvertOp::verify() {
  if (failed(verifyStorage(*this, getValue().getType(), getFrom(), "operand"))) return failure();
  if (failed(verifyStorage(*this, getResult().getType(), getTo(), "result"))) return failure();
  if (convertsExactly(getFrom(), getTo())) return success();
  return emitOpError() << "from " << getFrom() << " to " << getTo() << " may fail: use stream.cast";
}

// ---------------------------------------------------------------- optionals

LogicalResult SomeOp::verify() {
  if (getResult().getType().getElement() == getValue().getType()) return success();
  return emitOpError() << "makes " << getResult().getType() << " of " << getValue().getType();
}

static LogicalResult verifyUnwrapped(Operation* op, OptType optional, Type result) {
  if (optional.getElement() == result) return success();
  return op->emitOpError() << "takes " << result << " out of " << optional;
}
LogicalResult GetOp::verify() { return verifyUnwrapped(*this, getOptional().getType(), getResult().getType()); }
LogicalResult AssertPresentOp::verify() {
  return verifyUnwrapped(*this, getOptional().getType(), getResult().getType());
}

// ---------------------------------------------------------------- strings, functions, parameters

LogicalResult FormatOp::verify() {
  if (getParts().size() != getValues().size() + 1) {
    return emitOpError() << "has " << getParts().size() << " texts around " << getValues().size() << " values";
  }
  if (getTypes().size() != getValues().size()) return emitOpError() << "needs a type for each value";
  for (auto [value, type] : llvm::zip(getValues(), getTypes().getAsValueRange<TypeAttr>())) {
    if (failed(verifyStorage(*this, value.getType(), type, "value"))) return failure();
    if (llvm::isa<ListType, OptType, BytesType>(type)) return emitOpError() << "cannot print " << type;
  }
  return success();
}

void CallOp::build(OpBuilder& builder, OperationState& state, StringRef callee, mlir::ValueRange args,
                   ArrayRef<Type> arg_types, Type result_type, ArrayRef<Cause> fails) {
  SmallVector<mlir::Attribute> causes = llvm::map_to_vector(
      fails, [&](Cause cause) -> mlir::Attribute { return CauseAttr::get(builder.getContext(), cause); });
  state.addOperands(args);
  state.addAttribute(getCalleeAttrName(state.name), builder.getStringAttr(callee));
  state.addAttribute(getArgTypesAttrName(state.name), builder.getTypeArrayAttr(arg_types));
  state.addAttribute(getResultTypeAttrName(state.name), TypeAttr::get(result_type));
  state.addAttribute(getFailsAttrName(state.name), builder.getArrayAttr(causes));
  state.addTypes(storageType(result_type));
}

SmallVector<Cause> CallOp::getRejectCauses() {
  return llvm::map_to_vector(getFails().getAsRange<CauseAttr>(), [](CauseAttr cause) { return cause.getValue(); });
}

void CallOp::getEffects(
    llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>>& effects) {
  if (!getFails().empty()) effects.emplace_back(mlir::MemoryEffects::Write::get(), RejectionResource::get());
}

LogicalResult CallOp::verify() {
  if (getArgTypes().size() != getArgs().size()) return emitOpError() << "needs a type for each argument";
  for (auto [arg, type] : llvm::zip(getArgs(), getArgTypes().getAsValueRange<TypeAttr>())) {
    if (failed(verifyStorage(*this, arg.getType(), type, "argument"))) return failure();
  }
  return verifyStorage(*this, getResult().getType(), getResultType(), "result");
}

LogicalResult ParamOp::verify() {
  auto module = (*this)->getParentOfType<mlir::ModuleOp>();
  auto params = module ? module->getAttrOfType<mlir::ArrayAttr>(kParamsAttr) : mlir::ArrayAttr();
  int64_t slot = static_cast<int64_t>(getSlot());
  if (!params || slot < 0 || slot >= static_cast<int64_t>(params.size())) {
    return emitOpError() << "reads slot " << slot << ", which the module's " << kParamsAttr << " has not";
  }
  auto param = llvm::dyn_cast<ParamAttr>(params[slot]);
  return param ? verifyStorage(*this, getResult().getType(), param.getType(), "parameter") : success();
}

// ---------------------------------------------------------------- lists

void ListGetOp::build(OpBuilder& builder, OperationState& state, Value list, Value index, StringRef leaf) {
  const Column* column = llvm::cast<ListType>(list.getType()).getElement().find(leaf);
  if (!column) llvm::report_fatal_error("list_get of the leaf '" + leaf + "', which the elements have not");
  build(builder, state, storageType(column->type), list, index, leaf);
}

LogicalResult ListGetOp::verify() {
  const Column* column = getList().getType().getElement().find(getLeaf());
  if (!column) return emitOpError() << "reads leaf " << getLeafAttr() << ", which the elements have not";
  return verifyStorage(*this, getResult().getType(), column->type, "leaf");
}

LogicalResult ListOp::verify() {
  SmallVector<Type> element = getResult().getType().getElement().storageTypes();
  if (element.empty() || getLeaves().size() % element.size() != 0) {
    return emitOpError() << "has " << getLeaves().size() << " leaves for elements of " << element.size();
  }
  for (auto [index, leaf] : llvm::enumerate(getLeaves())) {
    Type expected = element[index % element.size()];
    if (leaf.getType() != expected) {
      return emitOpError() << "has leaf " << index << " of type " << leaf.getType() << " instead of " << expected;
    }
  }
  return success();
}

// ---------------------------------------------------------------- control

void CatchOp::build(OpBuilder& builder, OperationState& state, mlir::TypeRange results, RowBodyBuilder attempt,
                    RowBodyBuilder fallback) {
  OpBuilder::InsertionGuard guard(builder);
  for (RowBodyBuilder body : {attempt, fallback}) {
    builder.createBlock(state.addRegion());
    builder.create<YieldOp>(state.location, body(builder, state.location, {}));
  }
  state.addTypes(results);
}

LogicalResult CatchOp::verifyRegions() {
  for (mlir::Region* region : {&getAttempt(), &getFallback()}) {
    mlir::Block& block = region->front();
    if (block.getNumArguments() != 0) return emitOpError() << "has a region with arguments";
    if (block.empty() || !llvm::isa<YieldOp>(block.back()))
      return emitOpError() << "needs regions that end with stream.yield";
    if (!llvm::equal(yieldedValues(*region).getTypes(), getResultTypes())) {
      return emitOpError() << "has a region that does not yield its results";
    }
  }
  return success();
}

// ---------------------------------------------------------------- records in texts

void DecodeOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, Value text, llvm::StringRef format,
                     mlir::DictionaryAttr options, RowAttr columns) {
  build(builder, state, columns.storageTypes(), text, builder.getStringAttr(format), options, columns);
}

LogicalResult DecodeOp::verify() {
  if (llvm::equal(getColumns().storageTypes(), getResultTypes())) return mlir::success();
  return emitOpError() << "needs a result for each column that has a value";
}

LogicalResult DecodeOp::canonicalize(DecodeOp op, mlir::PatternRewriter& rewriter) {
  if (llvm::none_of(op.getResults(), [](Value result) { return result.use_empty(); })) return mlir::failure();
  llvm::SmallVector<Column> columns(op.getColumns().getColumns());
  llvm::SmallVector<Value> used;
  unsigned next = 0;
  for (Column& column : columns) {
    if (column.check) continue;
    Value result = op.getResults()[next++];
    column.check = result.use_empty();
    if (!column.check) used.push_back(result);
  }
  auto row = RowAttr::get(op.getContext(), columns);
  auto decode = rewriter.create<DecodeOp>(op.getLoc(), op.getText(), op.getFormat(), op.getOptions(), row);
  for (auto [before, after] : llvm::zip_equal(used, decode.getResults())) rewriter.replaceAllUsesWith(before, after);
  rewriter.eraseOp(op);
  return mlir::success();
}

}  // namespace streamc::ir::stream
