// Row ops of MLIR's arith dialect: each is one LLVM instruction, without nsw, nuw or fast-math flags.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "codegen/lower/row_emitter.h"
#include "llvm/ADT/TypeSwitch.h"

namespace streamc::codegen {
namespace {

namespace arith = mlir::arith;
using Binary = llvm::Instruction::BinaryOps;
using Conversion = llvm::Instruction::CastOps;

llvm::CmpInst::Predicate integerPredicate(arith::CmpIPredicate predicate) {
  switch (predicate) {
    case arith::CmpIPredicate::eq:
      return llvm::CmpInst::ICMP_EQ;
    case arith::CmpIPredicate::ne:
      return llvm::CmpInst::ICMP_NE;
    case arith::CmpIPredicate::slt:
      return llvm::CmpInst::ICMP_SLT;
    case arith::CmpIPredicate::sle:
      return llvm::CmpInst::ICMP_SLE;
    case arith::CmpIPredicate::sgt:
      return llvm::CmpInst::ICMP_SGT;
    case arith::CmpIPredicate::sge:
      return llvm::CmpInst::ICMP_SGE;
    case arith::CmpIPredicate::ult:
      return llvm::CmpInst::ICMP_ULT;
    case arith::CmpIPredicate::ule:
      return llvm::CmpInst::ICMP_ULE;
    case arith::CmpIPredicate::ugt:
      return llvm::CmpInst::ICMP_UGT;
    case arith::CmpIPredicate::uge:
      return llvm::CmpInst::ICMP_UGE;
  }
  llvm_unreachable("integer predicate");
}

llvm::CmpInst::Predicate floatPredicate(arith::CmpFPredicate predicate) {
  switch (predicate) {
    case arith::CmpFPredicate::AlwaysFalse:
      return llvm::CmpInst::FCMP_FALSE;
    case arith::CmpFPredicate::OEQ:
      return llvm::CmpInst::FCMP_OEQ;
    case arith::CmpFPredicate::OGT:
      return llvm::CmpInst::FCMP_OGT;
    case arith::CmpFPredicate::OGE:
      return llvm::CmpInst::FCMP_OGE;
    case arith::CmpFPredicate::OLT:
      return llvm::CmpInst::FCMP_OLT;
    case arith::CmpFPredicate::OLE:
      return llvm::CmpInst::FCMP_OLE;
    case arith::CmpFPredicate::ONE:
      return llvm::CmpInst::FCMP_ONE;
    case arith::CmpFPredicate::ORD:
      return llvm::CmpInst::FCMP_ORD;
    case arith::CmpFPredicate::UEQ:
      return llvm::CmpInst::FCMP_UEQ;
    case arith::CmpFPredicate::UGT:
      return llvm::CmpInst::FCMP_UGT;
    case arith::CmpFPredicate::UGE:
      return llvm::CmpInst::FCMP_UGE;
    case arith::CmpFPredicate::ULT:
      return llvm::CmpInst::FCMP_ULT;
    case arith::CmpFPredicate::ULE:
      return llvm::CmpInst::FCMP_ULE;
    case arith::CmpFPredicate::UNE:
      return llvm::CmpInst::FCMP_UNE;
    case arith::CmpFPredicate::UNO:
      return llvm::CmpInst::FCMP_UNO;
    case arith::CmpFPredicate::AlwaysTrue:
      return llvm::CmpInst::FCMP_TRUE;
  }
  llvm_unreachable("float predicate");
}

std::optional<Binary> binaryInstruction(mlir::Operation* op) {
  return llvm::TypeSwitch<mlir::Operation*, std::optional<Binary>>(op)
      .Case<arith::AddIOp>([](auto) { return Binary::Add; })
      .Case<arith::SubIOp>([](auto) { return Binary::Sub; })
      .Case<arith::MulIOp>([](auto) { return Binary::Mul; })
      .Case<arith::DivSIOp>([](auto) { return Binary::SDiv; })
      .Case<arith::DivUIOp>([](auto) { return Binary::UDiv; })
      .Case<arith::RemSIOp>([](auto) { return Binary::SRem; })
      .Case<arith::RemUIOp>([](auto) { return Binary::URem; })
      .Case<arith::AndIOp>([](auto) { return Binary::And; })
      .Case<arith::OrIOp>([](auto) { return Binary::Or; })
      .Case<arith::XOrIOp>([](auto) { return Binary::Xor; })
      .Case<arith::ShLIOp>([](auto) { return Binary::Shl; })
      .Case<arith::ShRSIOp>([](auto) { return Binary::AShr; })
      .Case<arith::ShRUIOp>([](auto) { return Binary::LShr; })
      .Case<arith::AddFOp>([](auto) { return Binary::FAdd; })
      .Case<arith::SubFOp>([](auto) { return Binary::FSub; })
      .Case<arith::MulFOp>([](auto) { return Binary::FMul; })
      .Case<arith::DivFOp>([](auto) { return Binary::FDiv; })
      .Case<arith::RemFOp>([](auto) { return Binary::FRem; })
      .Default([](auto) { return std::nullopt; });
}

std::optional<llvm::Intrinsic::ID> binaryIntrinsic(mlir::Operation* op) {
  return llvm::TypeSwitch<mlir::Operation*, std::optional<llvm::Intrinsic::ID>>(op)
      .Case<arith::MaxSIOp>([](auto) { return llvm::Intrinsic::smax; })
      .Case<arith::MinSIOp>([](auto) { return llvm::Intrinsic::smin; })
      .Case<arith::MaxUIOp>([](auto) { return llvm::Intrinsic::umax; })
      .Case<arith::MinUIOp>([](auto) { return llvm::Intrinsic::umin; })
      .Case<arith::MaximumFOp>([](auto) { return llvm::Intrinsic::maximum; })
      .Case<arith::MinimumFOp>([](auto) { return llvm::Intrinsic::minimum; })
      .Case<arith::MaxNumFOp>([](auto) { return llvm::Intrinsic::maxnum; })
      .Case<arith::MinNumFOp>([](auto) { return llvm::Intrinsic::minnum; })
      .Default([](auto) { return std::nullopt; });
}

std::optional<Conversion> conversionInstruction(mlir::Operation* op) {
  return llvm::TypeSwitch<mlir::Operation*, std::optional<Conversion>>(op)
      .Case<arith::ExtSIOp>([](auto) { return Conversion::SExt; })
      .Case<arith::ExtUIOp>([](auto) { return Conversion::ZExt; })
      .Case<arith::TruncIOp>([](auto) { return Conversion::Trunc; })
      .Case<arith::SIToFPOp>([](auto) { return Conversion::SIToFP; })
      .Case<arith::UIToFPOp>([](auto) { return Conversion::UIToFP; })
      .Case<arith::FPToSIOp>([](auto) { return Conversion::FPToSI; })
      .Case<arith::FPToUIOp>([](auto) { return Conversion::FPToUI; })
      .Case<arith::ExtFOp>([](auto) { return Conversion::FPExt; })
      .Case<arith::TruncFOp>([](auto) { return Conversion::FPTrunc; })
      .Case<arith::BitcastOp>([](auto) { return Conversion::BitCast; })
      .Default([](auto) { return std::nullopt; });
}

llvm::Constant* constantOf(llvm::LLVMContext& context, mlir::Attribute value) {
  if (auto integer = mlir::dyn_cast<mlir::IntegerAttr>(value)) {
    return llvm::ConstantInt::get(context, integer.getValue());  // i1 too: a BoolAttr is an IntegerAttr
  }
  return llvm::ConstantFP::get(context, mlir::cast<mlir::FloatAttr>(value).getValue());
}

}  // namespace

// Whether a constant divides a number, `x mod d == 0`, without a division: x times the inverse of d's odd part is small
// exactly for its multiples, and that has a vector form. Null: it is another comparison.
//   Source: H. S. Warren, "Hacker's Delight", 10-17.
llvm::Value* RowEmitter::emitDivides(mlir::arith::CmpIOp compare) {
  using mlir::arith::CmpIPredicate;
  const bool equal = compare.getPredicate() == CmpIPredicate::eq;
  auto remainder = compare.getLhs().getDefiningOp<ir::stream::ModOp>();
  auto constant = [](mlir::Value value) {
    auto op = value.getDefiningOp<mlir::arith::ConstantOp>();
    return op ? mlir::dyn_cast<mlir::IntegerAttr>(op.getValue()) : mlir::IntegerAttr();
  };
  if ((!equal && compare.getPredicate() != CmpIPredicate::ne) || !remainder) return nullptr;
  mlir::IntegerAttr zero = constant(compare.getRhs()), divisor = constant(remainder->getOperand(1));
  if (!zero || !zero.getValue().isZero() || !divisor) return nullptr;
  const bool is_unsigned = remainder->hasAttr("is_unsigned");
  llvm::APInt d = is_unsigned ? divisor.getValue() : divisor.getValue().abs();
  if (d.ule(1) || d.isPowerOf2()) return nullptr;  // LLVM knows these

  const unsigned bits = d.getBitWidth(), twos = d.countr_zero();
  const llvm::APInt odd = d.lshr(twos);
  llvm::APInt inverse = odd;  // right in three bits; each step doubles them (Newton)
  for (unsigned right = 3; right < bits; right *= 2) inverse *= llvm::APInt(bits, 2) - odd * inverse;
  llvm::APInt most = llvm::APInt::getMaxValue(bits).udiv(d), shift(bits, 0);
  if (!is_unsigned) {
    shift = llvm::APInt::getSignedMaxValue(bits).udiv(odd);
    shift.clearLowBits(twos);
    most = (shift << 1).lshr(twos);
  }
  llvm::Type* type = builder_.getIntNTy(bits);
  auto number = [&](const llvm::APInt& value) { return llvm::ConstantInt::get(type, value); };
  llvm::Value* x = builder_.CreateMul(scalar(remainder->getOperand(0)), number(inverse));
  if (!is_unsigned) x = builder_.CreateAdd(x, number(shift));
  if (twos != 0)
    x = builder_.CreateIntrinsic(llvm::Intrinsic::fshr, {type}, {x, x, llvm::ConstantInt::get(type, twos)});
  return builder_.CreateICmp(equal ? llvm::CmpInst::ICMP_ULE : llvm::CmpInst::ICMP_UGT, x, number(most));
}

bool RowEmitter::emitArith(mlir::Operation* op) {
  if (auto constant = mlir::dyn_cast<arith::ConstantOp>(op)) {
    bind(constant, constantOf(builder_.getContext(), constant.getValue()));
  } else if (auto instruction = binaryInstruction(op)) {
    bind(op->getResult(0), builder_.CreateBinOp(*instruction, scalar(op->getOperand(0)), scalar(op->getOperand(1))));
  } else if (auto intrinsic = binaryIntrinsic(op)) {
    bind(op->getResult(0),
         builder_.CreateBinaryIntrinsic(*intrinsic, scalar(op->getOperand(0)), scalar(op->getOperand(1))));
  } else if (auto conversion = conversionInstruction(op)) {
    llvm::Type* to = partTypes(builder_.getContext(), op->getResult(0).getType()).front();
    bind(op->getResult(0), builder_.CreateCast(*conversion, scalar(op->getOperand(0)), to));
  } else if (auto compare = mlir::dyn_cast<arith::CmpIOp>(op)) {
    llvm::Value* divides = emitDivides(compare);
    bind(compare, divides ? divides
                          : builder_.CreateICmp(integerPredicate(compare.getPredicate()), scalar(compare.getLhs()),
                                                scalar(compare.getRhs())));
  } else if (auto compare = mlir::dyn_cast<arith::CmpFOp>(op)) {
    bind(compare, builder_.CreateFCmp(floatPredicate(compare.getPredicate()), scalar(compare.getLhs()),
                                      scalar(compare.getRhs())));
  } else if (auto negate = mlir::dyn_cast<arith::NegFOp>(op)) {
    bind(negate, builder_.CreateFNeg(scalar(negate.getOperand())));
  } else if (auto select = mlir::dyn_cast<arith::SelectOp>(op)) {
    Parts parts;
    llvm::Value* condition = scalar(select.getCondition());
    for (auto [yes, no] : llvm::zip_equal(get(select.getTrueValue()), get(select.getFalseValue()))) {
      parts.push_back(builder_.CreateSelect(condition, yes, no));
    }
    bind(select, parts);
  } else {
    return false;
  }
  return true;
}

}  // namespace streamc::codegen
