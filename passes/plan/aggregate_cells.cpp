#include "passes/plan/aggregate_cells.h"

#include "ir/job/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::passes {
namespace {

using ir::stream::AggregateFunction;
using mlir::FloatType;
using mlir::IntegerType;
using mlir::Location;
using mlir::OpBuilder;
using mlir::Type;
using mlir::Value;
using mlir::ValueRange;
namespace arith = mlir::arith;
namespace stream = ir::stream;

using Values = llvm::SmallVector<Value>;

Type optional(Type type) { return mlir::isa<stream::OptType>(type) ? type : stream::OptType::get(type); }
Type unwrapped(Type type) {
  auto opt = mlir::dyn_cast<stream::OptType>(type);
  return opt ? opt.getElement() : type;
}
bool isUnsigned(Type column) {
  auto integer = mlir::dyn_cast<IntegerType>(unwrapped(column));
  return integer && (integer.isUnsigned() || integer.getWidth() == 1);
}
bool isFloat(Type column) { return mlir::isa<FloatType>(unwrapped(column)); }
bool isText(Type column) { return mlir::isa<stream::StringType, stream::BytesType>(unwrapped(column)); }
stream::DecimalType decimalOf(Type column) { return mlir::dyn_cast<stream::DecimalType>(unwrapped(column)); }

// Whether 128 bits may not be enough on the way to a sum: 2^34 numbers of 28 digits fit, which are more than a cell
// meets.
bool needsCarry(Type column) {
  stream::DecimalType decimal = decimalOf(column);
  return decimal && decimal.getPrecision() > 28;
}

// The argument of a row that counts, and whether it counts (null = always).
struct Counted {
  Value value;
  Value counts;
};
Counted counted(OpBuilder& b, Location loc, const AggregateShape& shape, Value argument) {
  if (!shape.conditional) return {argument, nullptr};
  if (shape.function == AggregateFunction::kCount) return {nullptr, argument};
  return {b.create<stream::GetOp>(loc, argument), b.create<stream::IsSomeOp>(loc, argument)};
}
Value keepUnless(OpBuilder& b, Location loc, Value counts, Value changed, Value old) {
  return counts ? b.create<arith::SelectOp>(loc, counts, changed, old).getResult() : changed;
}

Value integer(OpBuilder& b, Location loc, int64_t value, Type type) {
  return b.create<arith::ConstantOp>(loc, b.getIntegerAttr(type, value));
}
Value plusOne(OpBuilder& b, Location loc, Value n) {
  return b.create<arith::AddIOp>(loc, n, integer(b, loc, 1, n.getType()));
}

// The number in the type in which sums are kept: i128 for integers, durations and decimals, f64 for floats.
Type sumType(OpBuilder& b, Type argument) {
  return isFloat(argument) ? Type(b.getF64Type()) : Type(b.getIntegerType(128));
}
Value widened(OpBuilder& b, Location loc, Value value, Type argument) {
  Type sum = sumType(b, argument);
  if (isFloat(argument)) return value.getType() == sum ? value : b.create<arith::ExtFOp>(loc, sum, value).getResult();
  if (value.getType() == sum) return value;
  if (isUnsigned(argument)) return b.create<arith::ExtUIOp>(loc, sum, value);
  return b.create<arith::ExtSIOp>(loc, sum, value);
}
Value plus(OpBuilder& b, Location loc, Value sum, Value addend) {
  if (mlir::isa<FloatType>(sum.getType())) return b.create<arith::AddFOp>(loc, sum, addend);
  return b.create<arith::AddIOp>(loc, sum, addend);
}
// The upper 64 bits of a sum of 192, after `addend` made `sum` of what it was: plus the carry and the addend's sign.
Value carried(OpBuilder& b, Location loc, Value high, Value sum, Value addend) {
  Type i64 = b.getI64Type();
  Value carry = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, sum, addend);
  Value sign = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, addend, integer(b, loc, 0, addend.getType()));
  Value up = b.create<arith::ExtUIOp>(loc, i64, carry), down = b.create<arith::ExtUIOp>(loc, i64, sign);
  return b.create<arith::SubIOp>(loc, b.create<arith::AddIOp>(loc, high, up), down);
}
// An i128 as the result's integer (rejecting what does not fit), or a f64 as the result's float.
Value narrowed(OpBuilder& b, Location loc, Value sum, Type result) {
  Type storage = stream::storageType(unwrapped(result));
  if (!mlir::isa<FloatType>(sum.getType())) return b.create<ir::job::NarrowOp>(loc, storage, sum, isUnsigned(result));
  return storage == sum.getType() ? sum : b.create<arith::TruncFOp>(loc, storage, sum).getResult();
}

// `value` if `present`, else null; plain when the result is not optional. Built in a branch, because a rejection must
// not happen for a value that is not there.
Value presentOr(OpBuilder& b, Location loc, Type result, Value present, llvm::function_ref<Value(OpBuilder&)> value) {
  if (!mlir::isa<stream::OptType>(result)) return value(b);
  Type storage = stream::storageType(result);
  auto branch = b.create<mlir::scf::IfOp>(loc, mlir::TypeRange{storage}, present, /*withElseRegion=*/true);
  OpBuilder then_builder = branch.getThenBodyBuilder();
  Value some = then_builder.create<stream::SomeOp>(loc, value(then_builder));
  then_builder.create<mlir::scf::YieldOp>(loc, some);
  OpBuilder else_builder = branch.getElseBodyBuilder();
  Value none = else_builder.create<stream::NoneOp>(loc, storage);
  else_builder.create<mlir::scf::YieldOp>(loc, none);
  return branch.getResult(0);
}

// Whether `fresh` takes the place of `kept` for min (or max). NaN is the greatest number; text goes by code point.
Value replaces(OpBuilder& b, Location loc, const AggregateShape& shape, Value fresh, Value kept) {
  bool min = shape.function == AggregateFunction::kMin;
  if (isText(shape.argument)) {
    auto predicate = min ? stream::ComparePredicate::kLess : stream::ComparePredicate::kGreater;
    return b.create<stream::CompareStringOp>(loc, predicate, fresh, kept);
  }
  if (isFloat(shape.argument)) {
    auto predicate = min ? arith::CmpFPredicate::OLT : arith::CmpFPredicate::OGT;
    Value better = b.create<arith::CmpFOp>(loc, predicate, fresh, kept);
    Value other = min ? kept : fresh;
    Value nan = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNO, other, other);
    return b.create<arith::OrIOp>(loc, better, nan);
  }
  bool is_unsigned = isUnsigned(shape.argument);
  auto predicate = min ? (is_unsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt)
                       : (is_unsigned ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt);
  return b.create<arith::CmpIOp>(loc, predicate, fresh, kept);
}

// ---------------------------------------------------------------------------------------------------- the functions

struct Recipe {
  AggregateFunction function;
  llvm::SmallVector<CellField> (*fields)(OpBuilder&, const AggregateShape&);
  Values (*update)(OpBuilder&, Location, const AggregateShape&, ValueRange fields, Counted row, const RowOrder& order);
  Value (*finish)(OpBuilder&, Location, const AggregateShape&, ValueRange fields);
};

// count: n
llvm::SmallVector<CellField> countFields(OpBuilder& b, const AggregateShape&) { return {{"", b.getI64Type()}}; }
Values countUpdate(OpBuilder& b, Location loc, const AggregateShape&, ValueRange fields, Counted row, const RowOrder&) {
  return {keepUnless(b, loc, row.counts, plusOne(b, loc, fields[0]), fields[0])};
}
Value countFinish(OpBuilder&, Location, const AggregateShape&, ValueRange fields) { return fields[0]; }

// The fields that a sum begins with: 128 bits (or f64), and 64 more for decimals whose sums may need them.
llvm::SmallVector<CellField> sumOnly(OpBuilder& b, Type argument, llvm::StringRef name) {
  llvm::SmallVector<CellField> fields = {{name.str(), sumType(b, argument)}};
  if (needsCarry(argument)) fields.push_back({"high", b.getI64Type()});
  return fields;
}
Values addTo(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields, Counted row) {
  Value addend = widened(b, loc, row.value, shape.argument);
  Value sum = plus(b, loc, fields[0], addend);
  Values updated = {keepUnless(b, loc, row.counts, sum, fields[0])};
  if (needsCarry(shape.argument)) {
    updated.push_back(keepUnless(b, loc, row.counts, carried(b, loc, fields[1], sum, addend), fields[1]));
  }
  return updated;
}
Value totalOf(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields, Value count) {
  stream::DecimalType result = decimalOf(shape.result);
  int64_t more = static_cast<int64_t>(result.getScale()) - static_cast<int64_t>(decimalOf(shape.argument).getScale());
  Value carry = needsCarry(shape.argument) ? fields[1] : Value();
  return b.create<ir::job::DecimalTotalOp>(loc, fields[0].getType(), fields[0], carry, count, count ? more : 0);
}

// sum: the sum, and whether anything counted when that can fail to be
llvm::SmallVector<CellField> sumFields(OpBuilder& b, const AggregateShape& shape) {
  llvm::SmallVector<CellField> fields = sumOnly(b, shape.argument, "");
  if (shape.conditional) fields.push_back({"any", b.getI1Type()});
  return fields;
}
Values sumUpdate(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields, Counted row,
                 const RowOrder&) {
  Values updated = addTo(b, loc, shape, fields, row);
  if (shape.conditional) updated.push_back(b.create<arith::OrIOp>(loc, fields.back(), row.counts));
  return updated;
}
Value sumFinish(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields) {
  return presentOr(b, loc, shape.result, shape.conditional ? fields.back() : Value(), [&](OpBuilder& in) {
    return decimalOf(shape.argument) ? totalOf(in, loc, shape, fields, {}) : narrowed(in, loc, fields[0], shape.result);
  });
}

// avg: the sum and the number
llvm::SmallVector<CellField> avgFields(OpBuilder& b, const AggregateShape& shape) {
  llvm::SmallVector<CellField> fields = sumOnly(b, shape.argument, "sum");
  fields.push_back({"n", b.getI64Type()});
  return fields;
}
Values avgUpdate(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields, Counted row,
                 const RowOrder&) {
  Values updated = addTo(b, loc, shape, fields, row);
  updated.push_back(keepUnless(b, loc, row.counts, plusOne(b, loc, fields.back()), fields.back()));
  return updated;
}
Value avgFinish(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields) {
  Value count = fields.back();
  Value any = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, count, integer(b, loc, 0, count.getType()));
  return presentOr(b, loc, shape.result, any, [&](OpBuilder& in) -> Value {
    if (decimalOf(shape.argument)) return totalOf(in, loc, shape, fields, count);
    if (!isFloat(shape.result)) {  // of durations
      Value n = in.create<arith::ExtSIOp>(loc, fields[0].getType(), count);
      return narrowed(in, loc, in.create<arith::DivSIOp>(loc, fields[0], n), shape.result);
    }
    Type f64 = in.getF64Type();
    Value sum = isFloat(shape.argument) ? fields[0] : in.create<arith::SIToFPOp>(loc, f64, fields[0]).getResult();
    Value n = in.create<arith::SIToFPOp>(loc, f64, count);
    return narrowed(in, loc, in.create<arith::DivFOp>(loc, sum, n), shape.result);
  });
}

// min, max: the value, null before the first
llvm::SmallVector<CellField> bestFields(OpBuilder&, const AggregateShape& shape) {
  return {{"", optional(shape.argument)}};
}
Values bestUpdate(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields, Counted row,
                  const RowOrder&) {
  Value any = b.create<stream::IsSomeOp>(loc, fields[0]);
  auto better = b.create<mlir::scf::IfOp>(loc, mlir::TypeRange{b.getI1Type()}, any, /*withElseRegion=*/true);
  OpBuilder then_builder = better.getThenBodyBuilder();
  Value kept = then_builder.create<stream::GetOp>(loc, fields[0]);
  then_builder.create<mlir::scf::YieldOp>(loc, replaces(then_builder, loc, shape, row.value, kept));
  OpBuilder else_builder = better.getElseBodyBuilder();
  else_builder.create<mlir::scf::YieldOp>(loc, integer(else_builder, loc, 1, b.getI1Type()));
  Value takes = better.getResult(0);
  if (row.counts) takes = b.create<arith::AndIOp>(loc, takes, row.counts);
  return {b.create<arith::SelectOp>(loc, takes, b.create<stream::SomeOp>(loc, row.value), fields[0])};
}
Value bestFinish(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields) {
  if (mlir::isa<stream::OptType>(shape.result)) return fields[0];
  return b.create<stream::GetOp>(loc, fields[0]);
}

// first, last: the order of the kept row, whether there is one, the value. `any` is `first`.
llvm::SmallVector<CellField> edgeFields(OpBuilder& b, const AggregateShape& shape) {
  Type i64 = b.getI64Type();
  llvm::SmallVector<CellField> fields = {{"at", i64}};
  if (shape.by_position) fields.append({{"partition", i64}, {"position", i64}});
  fields.append({{"any", b.getI1Type()}, {"", shape.argument}});
  return fields;
}
// Whether `fresh` stands before `kept` (or behind), by the first pair that differs; `equal` if none does.
Value standsBefore(OpBuilder& b, Location loc, bool before, llvm::ArrayRef<std::pair<Value, Value>> fresh_and_kept,
                   Value equal) {
  Value result = equal;
  for (auto [fresh, kept] : llvm::reverse(fresh_and_kept)) {
    auto predicate = before ? arith::CmpIPredicate::slt : arith::CmpIPredicate::sgt;
    Value differs = b.create<arith::CmpIOp>(loc, predicate, fresh, kept);
    Value same = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, fresh, kept);
    result = b.create<arith::OrIOp>(loc, differs, b.create<arith::AndIOp>(loc, same, result));
  }
  return result;
}
Values edgeUpdate(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields, Counted row,
                  const RowOrder& order) {
  const bool last = shape.function == AggregateFunction::kLast;
  Values ranks = {order.event_time};
  if (shape.by_position) ranks.append({order.partition, order.position});
  llvm::SmallVector<std::pair<Value, Value>> ranked;
  for (auto [i, rank] : llvm::enumerate(ranks))
    if (rank) ranked.push_back({rank, fields[i]});
  Value any = fields[ranks.size()];
  Value one = integer(b, loc, 1, b.getI1Type());
  // What is equal in all of these goes by arrival: the last one to come is last.
  Value beats = standsBefore(b, loc, !last, ranked, last ? one : integer(b, loc, 0, b.getI1Type()));
  Value takes = b.create<arith::OrIOp>(loc, b.create<arith::XOrIOp>(loc, any, one), beats);
  if (row.counts) takes = b.create<arith::AndIOp>(loc, takes, row.counts);
  Values updated;
  for (auto [i, rank] : llvm::enumerate(ranks))
    updated.push_back(rank ? b.create<arith::SelectOp>(loc, takes, rank, fields[i]).getResult() : fields[i]);
  updated.push_back(b.create<arith::OrIOp>(loc, any, takes));
  updated.push_back(b.create<arith::SelectOp>(loc, takes, row.value, fields.back()));
  return updated;
}
Value edgeFinish(OpBuilder& b, Location loc, const AggregateShape& shape, ValueRange fields) {
  if (!shape.conditional || mlir::isa<stream::OptType>(shape.argument)) return fields.back();
  return presentOr(b, loc, shape.result, fields.drop_back().back(), [&](OpBuilder&) { return fields.back(); });
}

constexpr Recipe kRecipes[] = {
    {AggregateFunction::kCount, countFields, countUpdate, countFinish},
    {AggregateFunction::kSum, sumFields, sumUpdate, sumFinish},
    {AggregateFunction::kAvg, avgFields, avgUpdate, avgFinish},
    {AggregateFunction::kMin, bestFields, bestUpdate, bestFinish},
    {AggregateFunction::kMax, bestFields, bestUpdate, bestFinish},
    {AggregateFunction::kFirst, edgeFields, edgeUpdate, edgeFinish},
    {AggregateFunction::kLast, edgeFields, edgeUpdate, edgeFinish},
    {AggregateFunction::kAny, edgeFields, edgeUpdate, edgeFinish},
};

const Recipe& recipeOf(AggregateFunction function) {
  for (const Recipe& recipe : kRecipes)
    if (recipe.function == function) return recipe;
  llvm::report_fatal_error("aggregate function without a recipe");
}

}  // namespace

llvm::SmallVector<CellField> cellFields(const AggregateShape& shape) {
  OpBuilder builder(shape.result.getContext());
  return recipeOf(shape.function).fields(builder, shape);
}

Values updateFields(OpBuilder& builder, Location loc, const AggregateShape& shape, ValueRange fields, Value argument,
                    const RowOrder& order) {
  Counted row = counted(builder, loc, shape, argument);
  return recipeOf(shape.function).update(builder, loc, shape, fields, row, order);
}

Value finishFields(OpBuilder& builder, Location loc, const AggregateShape& shape, ValueRange fields) {
  return recipeOf(shape.function).finish(builder, loc, shape, fields);
}

}  // namespace streamc::passes
