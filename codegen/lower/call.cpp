// Calls of builtin functions: finding the row of dsl/builtins.def that a stream.call means, and the call by the
// convention of stream_abi.def, which is derived from the row's signature here and nowhere else.
#include "codegen/lower/row_emitter.h"
#include "dsl/builtins.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

bool isKind(mlir::Type type, TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return type.isInteger(1);
    case TypeKind::kI8:
      return type.isInteger(8) && !type.isUnsignedInteger();
    case TypeKind::kI16:
      return type.isInteger(16) && !type.isUnsignedInteger();
    case TypeKind::kI32:
      return type.isInteger(32) && !type.isUnsignedInteger();
    case TypeKind::kI64:
      return type.isInteger(64) && !type.isUnsignedInteger();
    case TypeKind::kU8:
      return type.isUnsignedInteger(8);
    case TypeKind::kU16:
      return type.isUnsignedInteger(16);
    case TypeKind::kU32:
      return type.isUnsignedInteger(32);
    case TypeKind::kU64:
      return type.isUnsignedInteger(64);
    case TypeKind::kF32:
      return type.isF32();
    case TypeKind::kF64:
      return type.isF64();
    case TypeKind::kString:
      return mlir::isa<stream::StringType>(type);
    case TypeKind::kBytes:
      return mlir::isa<stream::BytesType>(type);
    case TypeKind::kDate:
      return mlir::isa<stream::DateType>(type);
    case TypeKind::kTimestamp:
      return mlir::isa<stream::TimestampType>(type);
    case TypeKind::kDuration:
      return mlir::isa<stream::DurationType>(type);
    default:
      return false;
  }
}

bool admits(char variable, mlir::Type type) {
  const bool is_integer = mlir::isa<mlir::IntegerType>(type) && !type.isInteger(1);
  const bool is_float = mlir::isa<mlir::FloatType>(type);
  const bool is_decimal = mlir::isa<stream::DecimalType>(type);
  switch (variable) {
    case 'T':
      return !isOptional(type);
    case 'N':
      return is_integer || is_float || is_decimal;
    case 'D':
      return is_decimal;
    case 'I':
      return is_integer;
    case 'S':
      return is_integer && !type.isUnsignedInteger();
    case 'F':
      return is_float;
    case 'O':
      return is_integer || is_float || is_decimal ||
             mlir::isa<stream::TimestampType, stream::DurationType, stream::DateType>(type);
    default:
      return false;
  }
}

// Whether a column type is one that a signature's type stands for; binds the row's variable.
bool fits(mlir::Type type, const BuiltinType& wanted, mlir::Type& bound) {
  if (isOptional(type) != wanted.optional) return false;
  type = withoutOptional(type);
  if (isList(type) != wanted.list) return wanted.variable == 'T' && !wanted.list && (!bound || bound == type);
  if (wanted.list) {
    auto element = mlir::cast<stream::ListType>(type).getElement();
    if (element.size() != 1 || !element.getColumns()[0].name.getValue().empty()) {
      return wanted.variable == 'T' && (!bound || bound == type);  // a list of records
    }
    type = element.getColumns()[0].type;
  }
  if (!wanted.variable) return isKind(type, wanted.kind);
  if (!admits(wanted.variable, type) || (bound && bound != type)) return false;
  bound = type;
  return true;
}

bool matches(stream::CallOp op, const Builtin& row) {
  if (op.getArgTypes().size() != row.param_count) return false;
  mlir::Type bound;
  for (auto [type, param] : llvm::zip_equal(op.getArgTypes().getAsValueRange<mlir::TypeAttr>(), row.params())) {
    if (!fits(type, param.type, bound)) return false;
  }
  return true;
}

const Builtin& rowOf(stream::CallOp op) {
  const Builtin* found = nullptr;
  builtinsNamed(op.getCallee(), [&](const Builtin& row) {
    if (!found && matches(op, row)) found = &row;
  });
  if (found) return *found;
  std::string text;
  llvm::raw_string_ostream(text) << "codegen: no builtin fits " << *op;
  llvm::report_fatal_error(llvm::Twine(text));
}

// What a failed call is rejected with.
Cause causeOf(stream::CallOp op) {
  auto causes = op.getRejectCauses();
  return causes.empty() ? Cause::kFunction : causes.front();
}

}  // namespace

bool RowEmitter::emitCall(mlir::Operation* op) {
  auto call = mlir::dyn_cast<stream::CallOp>(op);
  if (!call) return false;
  const Builtin& row = rowOf(call);
  if (row.how == BuiltinHow::Inline) {
    bind(call, inlineBuiltin(call, row));
  } else {
    callBuiltin(call, row);
  }
  return true;
}

void RowEmitter::callBuiltin(stream::CallOp op, const Builtin& row) {
  auto function = findAbiFn(row.target);
  if (!function) llvm::report_fatal_error(llvm::Twine("codegen: the ABI has no ") + llvm::StringRef(row.target));
  llvm::Function* callee = abi().declare(*function);

  mlir::Type result = op.getResult().getType();
  const bool is_optional = isOptional(result);
  const bool is_scalar = !isString(withoutOptional(result)) && !isList(withoutOptional(result));
  const bool through_memory = !is_scalar || is_optional || row.mayFail();

  llvm::SmallVector<llvm::Value*> arguments = {task_};
  llvm::AllocaInst* slot = nullptr;
  if (through_memory) arguments.push_back(slot = stackSlot(16, "result"));
  for (mlir::Value operand : op.getArgs()) {
    for (llvm::Value* part : get(operand)) {
      // A truth value, or presence, travels as I8.
      arguments.push_back(part->getType()->isIntegerTy(1) ? builder_.CreateZExt(part, builder_.getInt8Ty()) : part);
    }
  }
  llvm::Value* returned = abi().call(builder_, *function, arguments);
  if (!through_memory) {
    if (result.isInteger(1)) returned = builder_.CreateICmpNE(returned, builder_.getInt8(0));
    bind(op, returned);
    return;
  }
  llvm::Value* yes = nullptr;
  if (!callee->getReturnType()->isVoidTy()) yes = builder_.CreateICmpNE(returned, builder_.getInt8(0));
  if (row.mayFail()) {
    rejectIf(builder_.CreateNot(yes), op, causeOf(op), ("the function '" + op.getCallee() + "' failed").str());
  }
  Parts parts = loadValue(builder_, withoutOptional(result), slot, nullptr);
  if (is_optional) {
    // The slot says nothing when the result is null.
    Parts null = zeroValue(builder_.getContext(), withoutOptional(result));
    for (auto [part, zero] : llvm::zip_equal(parts, null)) part = builder_.CreateSelect(yes, part, zero);
    parts.push_back(yes);
  }
  bind(op, parts);
}

}  // namespace streamc::codegen
