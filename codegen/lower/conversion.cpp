// Casts and conversions between the language's types. Column types say what is meant (signedness), values are in
// storage types. To an integer: a fraction is cut off toward zero, out of range and NaN reject. To a float: the nearest
// one.
#include "codegen/lower/row_emitter.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

bool isUnsigned(mlir::Type type) { return type.isUnsignedInteger() || type.isInteger(1); }

// Integers, times and truth values: what is an iN in a register.
bool isIntegral(mlir::Type type) {
  return mlir::isa<mlir::IntegerType, stream::TimestampType, stream::DurationType>(type);
}

unsigned widthOf(mlir::Type type) { return mlir::isa<mlir::IntegerType>(type) ? type.getIntOrFloatBitWidth() : 64; }

// The language's name of a type.
std::string nameOf(mlir::Type type) {
  if (mlir::isa<stream::BytesType>(type)) return "bytes";
  if (mlir::isa<stream::DateType>(type)) return "date";
  if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
    return "decimal(" + std::to_string(decimal.getPrecision()) + ", " + std::to_string(decimal.getScale()) + ")";
  }
  if (isString(type)) return "string";
  if (mlir::isa<stream::TimestampType>(type)) return "timestamp";
  if (mlir::isa<stream::DurationType>(type)) return "duration";
  if (type.isInteger(1)) return "bool";
  std::string bits = std::to_string(type.getIntOrFloatBitWidth());
  if (mlir::isa<mlir::FloatType>(type)) return "f" + bits;
  return (type.isUnsignedInteger() ? "u" : "i") + bits;
}

bool isDecimal(mlir::Type type) { return mlir::isa<stream::DecimalType>(type); }

// Whether `value`, an integer of type `from`, lies outside of `to`; null when that cannot be.
llvm::Value* integerMisfit(llvm::IRBuilderBase& builder, llvm::Value* value, mlir::Type from, mlir::Type to) {
  const unsigned from_bits = widthOf(from), to_bits = widthOf(to);
  const bool from_unsigned = isUnsigned(from), to_unsigned = isUnsigned(to);
  llvm::Type* type = value->getType();
  llvm::Value* misfit = nullptr;
  auto either = [&](llvm::Value* more) { misfit = misfit ? builder.CreateOr(misfit, more) : more; };
  // The greatest value of `to` bounds when `from` reaches beyond it.
  const unsigned from_reach = from_unsigned ? from_bits : from_bits - 1, to_reach = to_unsigned ? to_bits : to_bits - 1;
  if (from_reach > to_reach) {
    auto* greatest = llvm::ConstantInt::get(type->getContext(), llvm::APInt::getLowBitsSet(from_bits, to_reach));
    either(from_unsigned ? builder.CreateICmpUGT(value, greatest) : builder.CreateICmpSGT(value, greatest));
  }
  if (!from_unsigned && to_unsigned) {
    either(builder.CreateICmpSLT(value, llvm::ConstantInt::get(type, 0)));
  } else if (!from_unsigned && from_bits > to_bits) {
    auto* least = llvm::ConstantInt::get(type->getContext(), llvm::APInt::getSignedMinValue(to_bits).sext(from_bits));
    either(builder.CreateICmpSLT(value, least));
  }
  return misfit;
}

// Whether `value`, a float, has no integer of type `to` when its fraction is cut off: it fits when
// least - 1 < value < greatest + 1. The upper bound is a power of two, which is exact.
llvm::Value* floatMisfit(llvm::IRBuilderBase& builder, llvm::Value* value, mlir::Type to) {
  const unsigned bits = widthOf(to);
  const bool is_unsigned = isUnsigned(to);
  llvm::Type* type = value->getType();
  const llvm::fltSemantics& semantics = type->getFltSemantics();

  llvm::APFloat above(semantics);  // greatest + 1 = 2^reach
  above.convertFromAPInt(llvm::APInt::getOneBitSet(bits + 2, is_unsigned ? bits : bits - 1), false,
                         llvm::APFloat::rmNearestTiesToEven);
  llvm::Value* fits_above = builder.CreateFCmpOLT(value, llvm::ConstantFP::get(type, above));
  llvm::Value* fits_below;
  if (is_unsigned) {
    fits_below = builder.CreateFCmpOGT(value, llvm::ConstantFP::get(type, -1.0));
  } else {
    // least - 1 where the type has it, else least itself is the first float that fits.
    llvm::APFloat below(semantics);
    llvm::APInt least_less_one = llvm::APInt::getSignedMinValue(bits).sext(bits + 2) - 1;
    auto status = below.convertFromAPInt(least_less_one, true, llvm::APFloat::rmNearestTiesToEven);
    fits_below = status == llvm::APFloat::opOK ? builder.CreateFCmpOGT(value, llvm::ConstantFP::get(type, below))
                                               : builder.CreateFCmpOGE(value, llvm::ConstantFP::get(type, below));
  }
  return builder.CreateNot(builder.CreateAnd(fits_above, fits_below));  // NaN compares false: it does not fit
}

// The number itself, once it is known to fit.
llvm::Value* convertNumber(llvm::IRBuilderBase& builder, llvm::Value* value, mlir::Type from, mlir::Type to) {
  llvm::Type* type = partTypes(builder.getContext(), to).front();
  if (isIntegral(from) && isIntegral(to)) {
    return isUnsigned(from) ? builder.CreateZExtOrTrunc(value, type) : builder.CreateSExtOrTrunc(value, type);
  }
  if (isIntegral(from)) return isUnsigned(from) ? builder.CreateUIToFP(value, type) : builder.CreateSIToFP(value, type);
  if (isIntegral(to)) return isUnsigned(to) ? builder.CreateFPToUI(value, type) : builder.CreateFPToSI(value, type);
  return builder.CreateFPCast(value, type);
}

constexpr int64_t kMicrosPerDay = 86'400'000'000;

// The day in UTC of an instant: every one has a day in 32 bits.
llvm::Value* dayOf(llvm::IRBuilderBase& builder, llvm::Value* micros) {
  llvm::Value* length = builder.getInt64(kMicrosPerDay);
  llvm::Value* day = builder.CreateSDiv(micros, length);
  llvm::Value* rest = builder.CreateSub(micros, builder.CreateMul(day, length));
  llvm::Value* before = builder.CreateSExt(builder.CreateICmpSLT(rest, builder.getInt64(0)), builder.getInt64Ty());
  return builder.CreateTrunc(builder.CreateAdd(day, before), builder.getInt32Ty());
}

}  // namespace

bool RowEmitter::emitConversion(mlir::Operation* op) {
  if (auto convert = mlir::dyn_cast<stream::ConvertOp>(op)) {
    mlir::Type from = convert.getFrom(), to = convert.getTo();
    Parts parts = get(convert.getValue());
    const mlir::Type source = withoutOptional(from), target = withoutOptional(to);
    if (isDecimal(source) || isDecimal(target)) {
      parts.front() = convertDecimal(parts.front(), source, target);
    } else if (mlir::isa<stream::DateType>(target)) {
      parts.front() = dayOf(builder_, parts.front());
    } else if (!isString(source) && !isList(source)) {
      parts.front() = convertNumber(builder_, parts.front(), source, target);
    }
    if (isOptional(to) && !isOptional(from)) parts.push_back(builder_.getTrue());
    bind(convert, parts);
    return true;
  }
  auto cast = mlir::dyn_cast<stream::CastOp>(op);
  if (!cast) return false;
  bind(cast, emitCast(op, get(cast.getValue()), cast.getFrom(), cast.getTo()));
  return true;
}

Parts RowEmitter::emitCast(mlir::Operation* op, llvm::ArrayRef<llvm::Value*> parts, mlir::Type from, mlir::Type to) {
  if (isDecimal(to)) return {castToDecimal(op, parts, from, to)};
  if (isDecimal(from) && !isString(to)) return {castFromDecimal(op, parts.front(), from, to)};
  if (mlir::isa<stream::BytesType>(from)) {
    llvm::Value* ok = abi().call(builder_, AbiFn::stream_bytes_is_text, {parts[0], parts[1]});
    rejectIf(builder_.CreateICmpEQ(ok, builder_.getInt8(0)), op, Cause::kCast, "the bytes are no valid UTF-8");
    return Parts(parts.begin(), parts.end());
  }
  if (mlir::isa<stream::DateType>(from) && mlir::isa<stream::TimestampType>(to)) {
    llvm::Value* pair = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smul_with_overflow,
                                                       builder_.CreateSExt(parts.front(), builder_.getInt64Ty()),
                                                       builder_.getInt64(kMicrosPerDay));
    rejectIf(builder_.CreateExtractValue(pair, 1), op, Cause::kCast, "the date does not fit into timestamp");
    return {builder_.CreateExtractValue(pair, 0)};
  }
  if (isString(to) && isString(from)) return Parts(parts.begin(), parts.end());
  if (isString(from)) {
    auto parse = findAbiFn("stream_text_to_" + nameOf(to));
    if (!parse) llvm::report_fatal_error(llvm::Twine("codegen: no cast of text to ") + nameOf(to));
    llvm::AllocaInst* slot = stackSlot(8, "cast");
    llvm::Value* ok = abi().call(builder_, *parse, {task_, slot, parts[0], parts[1]});
    rejectIf(builder_.CreateICmpEQ(ok, builder_.getInt8(0)), op, Cause::kCast, "the text is no " + nameOf(to),
             {.data = parts[0], .size = parts[1]});
    return loadValue(builder_, to, slot, nullptr);
  }
  if (isString(to)) return textOf(from, parts);
  llvm::Value* value = parts.front();
  llvm::Value* misfit = nullptr;
  if (isIntegral(to)) {
    misfit = isIntegral(from) ? integerMisfit(builder_, value, from, to) : floatMisfit(builder_, value, to);
  }
  if (misfit) rejectIf(misfit, op, Cause::kCast, "the " + nameOf(from) + " does not fit into " + nameOf(to));
  return {convertNumber(builder_, value, from, to)};
}

}  // namespace streamc::codegen
