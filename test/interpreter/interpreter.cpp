#include "test/interpreter/interpreter.h"
#include "test/interpreter/decimals.h"

#include "test/interpreter/evaluation.h"
#include "test/interpreter/row_code.h"

namespace streamc::referee {

namespace stream = ir::stream;
using mlir::Operation;

// ---------------------------------------------------------------- parameters and options

namespace {

Value literalValue(mlir::Attribute attribute, mlir::Type type) {
  if (!attribute || mlir::isa<mlir::UnitAttr>(attribute)) return Null{};
  if (auto text = mlir::dyn_cast<mlir::StringAttr>(attribute)) {
    if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
      return ofInt(*parseDecimal(text.getValue(), decimal), widthOf(type));
    }
    auto symbols = mlir::dyn_cast<stream::EnumType>(type);
    if (!symbols) return text.getValue().str();
    return ofInt(llvm::find(symbols.getSymbols(), text) - symbols.getSymbols().begin(), 16);
  }
  if (auto truth = mlir::dyn_cast<mlir::BoolAttr>(attribute)) return ofBool(truth.getValue());
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(attribute)) return narrowedTo(type, number.getValueAsDouble());
  llvm::APInt bits = mlir::cast<mlir::IntegerAttr>(attribute).getValue();
  bool is_unsigned = mlir::cast<mlir::IntegerAttr>(attribute).getType().isUnsignedInteger();
  Int integer = is_unsigned ? static_cast<Int>(bits.getZExtValue()) : static_cast<Int>(bits.getSExtValue());
  if (isFloat(type)) return narrowedTo(type, static_cast<double>(integer));
  return ofInt(integer, widthOf(type));
}

Value parameterValue(stream::ParamAttr param, const World& world) {
  mlir::Type type = unwrapped(param.getType());
  auto parsed = [&](const std::string& text) -> Value {
    if (isText(type)) return text;
    if (auto symbols = mlir::dyn_cast<stream::EnumType>(type)) {
      for (auto [index, symbol] : llvm::enumerate(symbols.getSymbols()))
        if (symbol.getValue() == text) return ofInt(static_cast<Int>(index), 16);
      throw Stuck("parameter " + param.getName().str() + " has no value of its type");
    }
    return castTo(text, stream::StringType::get(type.getContext()), type);
  };
  try {
    if (auto given = world.params.find(param.getName().str()); given != world.params.end())
      return parsed(given->second);
    if (param.getEnv() && world.variable)
      if (auto text = world.variable(param.getEnv().str())) return parsed(*text);
  } catch (const Rejected&) {
    throw Stuck("parameter " + param.getName().str() + " has no value of its type");
  }
  if (!param.getDefaultValue() && !mlir::isa<stream::OptType>(param.getType()))
    throw Stuck("parameter " + param.getName().str() + " has no value");
  return literalValue(param.getDefaultValue(), type);
}

}  // namespace

Evaluation::Evaluation(mlir::ModuleOp module, const World& world) : module_(module), world_(world) {
  if (auto params = module->getAttrOfType<mlir::ArrayAttr>(stream::kParamsAttr)) {
    for (auto param : params.getAsRange<stream::ParamAttr>()) {
      params_.push_back(parameterValue(param, world));
      param_types_.push_back(param.getType());
    }
  }
}

std::string Evaluation::optionText(mlir::Attribute option) const {
  if (auto text = mlir::dyn_cast_or_null<mlir::StringAttr>(option)) return text.getValue().str();
  if (auto param = mlir::dyn_cast_or_null<stream::ParamRefAttr>(option))
    return textOf(params_.at(param.getSlot()), param_types_.at(param.getSlot()));
  if (auto env = mlir::dyn_cast_or_null<stream::EnvAttr>(option)) {
    auto text = world_.variable ? world_.variable(env.getName().str()) : std::nullopt;
    return text ? *text : optionText(env.getDefaultValue());
  }
  if (auto concat = mlir::dyn_cast_or_null<stream::ConcatAttr>(option)) {
    std::string text;
    for (mlir::Attribute part : concat.getParts()) text += optionText(part);
    return text;
  }
  throw Stuck("an option that the referee does not understand");
}

Int Evaluation::optionInteger(mlir::Attribute option) const {
  if (auto number = mlir::dyn_cast<mlir::IntegerAttr>(option))
    return static_cast<Int>(number.getValue().getSExtValue());
  if (auto param = mlir::dyn_cast<stream::ParamRefAttr>(option))
    return numberOf(params_.at(param.getSlot()), unwrapped(param_types_.at(param.getSlot())));
  throw Stuck("an option that is no integer");
}

double Evaluation::optionReal(mlir::Attribute option) const {
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(option)) return number.getValueAsDouble();
  return static_cast<double>(optionInteger(option));
}

// ---------------------------------------------------------------- the graph

const Rows& Evaluation::rowsOf(mlir::Value value) {
  Operation* op = value.getDefiningOp();
  evaluate(op);
  return rows_.find(value)->second;
}

void Evaluation::evaluate(Operation* op) {
  if (!started_.insert(op).second) return;
  for (mlir::Value operand : op->getOperands()) evaluate(operand.getDefiningOp());
  StepFunction function = stepFunctionOf(op->getName().getStringRef());
  if (function == nullptr) throw Stuck("the referee does not know " + op->getName().getStringRef().str());
  function(*op, *this);
}

// Everything that the operation's rows may come from, through streams of errors too.
llvm::DenseSet<Operation*> Evaluation::originsOf(Operation* op) const {
  llvm::DenseSet<Operation*> seen;
  std::vector<Operation*> open = {op};
  while (!open.empty()) {
    Operation* next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    for (mlir::Value operand : next->getOperands()) open.push_back(operand.getDefiningOp());
    if (auto errors = mlir::dyn_cast<stream::ErrorsOp>(next))
      for (Operation* step : stepsOf(errors.getScope())) open.push_back(step);
  }
  return seen;
}

std::vector<Operation*> Evaluation::stepsOf(llvm::StringRef scope) const {
  std::vector<Operation*> steps;
  for (Operation& op : *module_.getBody())
    if (auto step = mlir::dyn_cast<stream::StepOpInterface>(op); step && step.getErrors() == scope)
      steps.push_back(&op);
  return steps;
}

// The steps that reject into a scope come before its errors; those that read the errors themselves reject into nowhere.
void Evaluation::evaluateScope(stream::ErrorsOp errors) {
  for (Operation* step : stepsOf(errors.getScope()))
    if (step != errors && !originsOf(step).contains(errors)) evaluate(step);
}

Outcome Evaluation::run() {
  for (Operation& op : *module_.getBody()) evaluate(&op);
  for (auto& [scope, rejections] : rejections_) {
    if (rejections.empty()) continue;
    auto policy = mlir::SymbolTable::lookupNearestSymbolFrom<stream::ErrorsScopeOp>(
                      module_, mlir::StringAttr::get(module_.getContext(), scope))
                      .getPolicy();
    if (policy == stream::ErrorPolicy::kFail) outcome_.exit_code = 65;
    if (policy != stream::ErrorPolicy::kStderr) continue;
    stream::RowAttr columns = stream::errorsRow(module_.getContext());
    for (const Rejection& rejection : rejections)
      write(kStandardError, encodeRow(errorValues(rejection, columns), columns, Timestamps::kText));
  }
  return std::move(outcome_);
}

Outcome evaluate(mlir::ModuleOp module, const World& world) { return Evaluation(module, world).run(); }

bool knowsOperation(llvm::StringRef operation) {
  // Terminators are read by whoever runs their region.
  return operation == stream::YieldOp::getOperationName() || stepFunctionOf(operation) != nullptr ||
         rowFunctionOf(operation) != nullptr;
}

// ---------------------------------------------------------------- rejections

void Evaluation::reject(Operation* step, const Row& row, stream::Cause cause, mlir::Location place) {
  if (cause != stream::Cause::kLate) outcome_.has_rejections = true;
  auto interface = mlir::cast<stream::StepOpInterface>(step);
  rejections_[interface.getErrors().str()].push_back(
      {.cause = cause, .step = interface.getStep().str(), .place = placeOf(place), .row = row});
}

std::string Evaluation::placeOf(mlir::Location location) const {
  auto place = location->findInstanceOf<mlir::FileLineColLoc>();
  if (!place) return "";
  llvm::StringRef file = place.getFilename().getValue();
  return llvm::Twine(file.substr(file.rfind('/') + 1) + ":" + llvm::Twine(place.getLine()) + ":" +
                     llvm::Twine(place.getColumn()))
      .str();
}

std::vector<Value> Evaluation::errorValues(const Rejection& rejection, stream::RowAttr columns) const {
  const Row& row = rejection.row;
  const Origin* origin = row.origin.get();
  auto of = [&](llvm::StringRef column) -> Value {
    if (column == "cause") return stream::stringifyCause(rejection.cause).str();
    if (column == "step") return rejection.step;
    if (column == "place") return rejection.place;
    if (column == "event_time")
      return row.event_time && hasPlainYear(*row.event_time) ? ofInt(*row.event_time, 64) : Value(Null{});
    if (column == "input" && origin && origin->input) return *origin->input;
    if (column == "source" && origin) return origin->source;
    if (column == "partition" && origin) return ofInt(origin->partition, 32);
    if (column == "offset" && origin) return ofInt(origin->offset, 64);
    return Unspecified{};  // the message is for people; behind an exchange nothing more is known
  };
  std::vector<Value> values;
  for (const stream::Column& column : columns) values.push_back(of(column.name.getValue()));
  return values;
}

}  // namespace streamc::referee
