#include "ir/stream/integer_range.h"

#include <algorithm>

#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

namespace streamc::ir::stream {

IntegerRange operator*(IntegerRange a, IntegerRange b) {
  // Bounds of u64 times u64 need 128 bits without a sign: anything that large is simply "too large for 64 bits".
  constexpr __int128 kLarge = static_cast<__int128>(1) << 100;
  auto multiply = [](__int128 x, __int128 y) {
    __int128 product;
    bool negative = (x < 0) != (y < 0);
    if (__builtin_mul_overflow(x, y, &product)) return negative ? -kLarge : kLarge;
    return product;
  };
  auto [low, high] =
      std::minmax({multiply(a.low, b.low), multiply(a.low, b.high), multiply(a.high, b.low), multiply(a.high, b.high)});
  return {low, high};
}

IntegerRange rangeOfType(mlir::Type type, bool is_unsigned) {
  unsigned width = type.getIntOrFloatBitWidth();
  if (width > 64) return {-(static_cast<__int128>(1) << 126), static_cast<__int128>(1) << 126};
  __int128 count = static_cast<__int128>(1) << width;
  if (is_unsigned) return {0, count - 1};
  return {-(count / 2), count / 2 - 1};
}

static IntegerRange rangeOf(mlir::Value value, bool is_unsigned, int depth) {
  IntegerRange all = rangeOfType(value.getType(), is_unsigned);
  if (value.getType().getIntOrFloatBitWidth() > 64) return all;  // their sums and products would not fit these bounds
  llvm::APInt constant;
  if (mlir::matchPattern(value, mlir::m_ConstantInt(&constant))) return IntegerRange::ofConstant(constant, is_unsigned);
  mlir::Operation* op = value.getDefiningOp();
  if (!op || depth == 0) return all;

  auto within = [&](IntegerRange range) { return all.contains(range) ? range : all; };
  if (auto convert = llvm::dyn_cast<ConvertOp>(op)) {
    auto from = llvm::dyn_cast<mlir::IntegerType>(convert.getFrom());
    return from ? within(rangeOf(convert.getValue(), from.isUnsigned(), depth - 1)) : all;
  }
  // Arithmetic without overflow: of the checked ops a value only comes out when there was none.
  auto combine = [&](auto binary, auto operation) {
    if (binary.getIsUnsigned() != is_unsigned) return all;
    IntegerRange exact =
        operation(rangeOf(binary.getLhs(), is_unsigned, depth - 1), rangeOf(binary.getRhs(), is_unsigned, depth - 1));
    return IntegerRange{std::max(exact.low, all.low), std::min(exact.high, all.high)};
  };
  if (auto add = llvm::dyn_cast<CheckedAddOp>(op)) return combine(add, [](auto a, auto b) { return a + b; });
  if (auto sub = llvm::dyn_cast<CheckedSubOp>(op)) return combine(sub, [](auto a, auto b) { return a - b; });
  if (auto mul = llvm::dyn_cast<CheckedMulOp>(op)) return combine(mul, [](auto a, auto b) { return a * b; });
  // Unchecked ones may wrap, unless what they compute cannot leave the type.
  auto unchecked = [&](auto binary, auto operation) {
    return within(
        operation(rangeOf(binary.getLhs(), is_unsigned, depth - 1), rangeOf(binary.getRhs(), is_unsigned, depth - 1)));
  };
  if (auto add = llvm::dyn_cast<mlir::arith::AddIOp>(op)) return unchecked(add, [](auto a, auto b) { return a + b; });
  if (auto sub = llvm::dyn_cast<mlir::arith::SubIOp>(op)) return unchecked(sub, [](auto a, auto b) { return a - b; });
  if (auto mul = llvm::dyn_cast<mlir::arith::MulIOp>(op)) return unchecked(mul, [](auto a, auto b) { return a * b; });
  if (auto select = llvm::dyn_cast<mlir::arith::SelectOp>(op)) {
    IntegerRange a = rangeOf(select.getTrueValue(), is_unsigned, depth - 1);
    IntegerRange b = rangeOf(select.getFalseValue(), is_unsigned, depth - 1);
    return {std::min(a.low, b.low), std::max(a.high, b.high)};
  }
  if (llvm::isa<ListSizeOp>(op)) return {0, (static_cast<__int128>(1) << 32) - 1};
  // A remainder by a constant lies on the dividend's side of zero and is nearer to it than the constant.
  if (auto rem = llvm::dyn_cast<mlir::arith::RemUIOp>(op);
      rem && mlir::matchPattern(rem.getRhs(), mlir::m_ConstantInt(&constant))) {
    return is_unsigned ? within({0, IntegerRange::ofConstant(constant, true).high - 1}) : all;
  }
  if (auto rem = llvm::dyn_cast<mlir::arith::RemSIOp>(op);
      rem && mlir::matchPattern(rem.getRhs(), mlir::m_ConstantInt(&constant))) {
    __int128 divisor = IntegerRange::ofConstant(constant, false).low;
    __int128 largest = (divisor < 0 ? -divisor : divisor) - 1;
    return is_unsigned ? all : within({-largest, largest});
  }
  return all;
}

IntegerRange rangeOf(mlir::Value value, bool is_unsigned) { return rangeOf(value, is_unsigned, 6); }

}  // namespace streamc::ir::stream
