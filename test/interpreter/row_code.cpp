#include "test/interpreter/row_code.h"

#include <cmath>

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "test/interpreter/decimals.h"
#include "test/interpreter/json.h"

namespace streamc::referee {

namespace arith = mlir::arith;
namespace scf = mlir::scf;
namespace stream = ir::stream;
using mlir::Operation;
using stream::Cause;

std::vector<Value> RowCode::run(mlir::Region& region, llvm::ArrayRef<Value> arguments) {
  values_.clear();
  for (auto [argument, value] : llvm::zip_equal(region.getArguments(), arguments)) set(argument, value);
  return runInside(region);
}

std::vector<Value> RowCode::runInside(mlir::Region& region) {
  for (Operation& op : region.front()) {
    if (op.hasTrait<mlir::OpTrait::IsTerminator>()) break;
    RowFunction function = rowFunctionOf(op.getName().getStringRef());
    if (function == nullptr) throw Stuck("the referee does not know " + op.getName().getStringRef().str());
    try {
      function(op, *this);
    } catch (Rejected& rejected) {
      if (!rejected.place) rejected.place = op.getLoc();
      throw;
    }
  }
  std::vector<Value> yielded;
  for (mlir::Value value : region.front().getTerminator()->getOperands()) yielded.push_back(get(value));
  return yielded;
}

namespace {

// ---------------------------------------------------------------- helpers

template <typename Op>
using Meaning = void (*)(Op op, RowCode& code);

unsigned widthOfResult(Operation* op) { return op->getResult(0).getType().getIntOrFloatBitWidth(); }

bool isUnknown(const RowCode& code, Operation* op) {
  return llvm::any_of(op->getOperands(), [&](mlir::Value operand) { return code.get(operand).is<Unspecified>(); });
}

// A pure operation on unspecified operands has an unspecified result.
template <typename Compute>
void pure(Operation* op, RowCode& code, Compute&& compute) {
  if (isUnknown(code, op)) return code.set(op->getResult(0), Unspecified{});
  code.set(op->getResult(0), compute());
}

struct Pair {
  Int left, right;
};
Pair numbers(Operation* op, RowCode& code, bool is_unsigned) {
  unsigned width = op->getOperand(0).getType().getIntOrFloatBitWidth();
  auto read = [&](unsigned i) {
    const Value& value = code.get(op->getOperand(i));
    return is_unsigned ? asUnsigned(value) : asSigned(value, width);
  };
  return {read(0), read(1)};
}

void storeChecked(Operation* op, RowCode& code, Int value, bool is_unsigned) {
  unsigned width = widthOfResult(op);
  Int least = is_unsigned ? Int{0} : -(Int{1} << (width - 1));
  Int greatest = (Int{1} << (is_unsigned ? width : width - 1)) - 1;
  if (value < least || value > greatest) throw Rejected{Cause::kOverflow, textOf(value) + " does not fit"};
  code.set(op->getResult(0), ofInt(value, width));
}

// ---------------------------------------------------------------- stream: arithmetic

void checkedAdd(stream::CheckedAddOp op, RowCode& code) {
  Pair of = numbers(op, code, op.getIsUnsigned());
  storeChecked(op, code, of.left + of.right, op.getIsUnsigned());
}
void checkedSub(stream::CheckedSubOp op, RowCode& code) {
  Pair of = numbers(op, code, op.getIsUnsigned());
  storeChecked(op, code, of.left - of.right, op.getIsUnsigned());
}
void checkedMul(stream::CheckedMulOp op, RowCode& code) {
  Pair of = numbers(op, code, op.getIsUnsigned());
  Int product = 0;  // of two u64 it may need 128 bits without a sign
  if (__builtin_mul_overflow(of.left, of.right, &product)) throw Rejected{Cause::kOverflow, "a product"};
  storeChecked(op, code, product, op.getIsUnsigned());
}
void checkedNeg(stream::CheckedNegOp op, RowCode& code) {
  storeChecked(op, code, -asSigned(code.get(op.getValue()), widthOfResult(op)), false);
}
void div(stream::DivOp op, RowCode& code) {
  Pair of = numbers(op, code, op.getIsUnsigned());
  if (of.right == 0) throw Rejected{Cause::kDivideByZero, "div"};
  storeChecked(op, code, of.left / of.right, op.getIsUnsigned());
}
void mod(stream::ModOp op, RowCode& code) {
  Pair of = numbers(op, code, op.getIsUnsigned());
  if (of.right == 0) throw Rejected{Cause::kDivideByZero, "mod"};
  storeChecked(op, code, of.left % of.right, op.getIsUnsigned());
}
void divFloat(stream::DivFloatOp op, RowCode& code) {
  double left = asFloat(code.get(op.getLhs())), right = asFloat(code.get(op.getRhs()));
  if (right == 0) throw Rejected{Cause::kDivideByZero, "/"};
  code.set(op.getResult(), narrowedTo(op.getType(), left / right));
}

stream::DecimalType decimal(mlir::Type type) { return mlir::cast<stream::DecimalType>(type); }

void roundDecimal(stream::RoundDecimalOp op, RowCode& code) {
  pure(op, code, [&]() -> Value {
    stream::DecimalType from = decimal(op.getFrom()), to = decimal(op.getTo());
    auto made = decimalQuotient(numberOf(code.get(op.getValue()), from), from.getScale(), 1, 0, to, op.getRounding());
    if (!made) throw Stuck("a rounded decimal does not fit its type");
    return ofInt(*made, to.storageBits());
  });
}
void divideDecimal(stream::DivideDecimalOp op, RowCode& code) {
  stream::DecimalType lhs = decimal(op.getLhsType()), rhs = decimal(op.getRhsType()), to = decimal(op.getTo());
  Int divisor = numberOf(code.get(op.getRhs()), rhs);
  if (divisor == 0) throw Rejected{Cause::kDivideByZero, "divide"};
  auto made = decimalQuotient(numberOf(code.get(op.getLhs()), lhs), lhs.getScale(), divisor, rhs.getScale(), to,
                              op.getRounding());
  if (!made) throw Rejected{Cause::kOverflow, "a quotient"};
  code.set(op.getResult(), ofInt(*made, to.storageBits()));
}

// ---------------------------------------------------------------- stream: the rest

void cast(stream::CastOp op, RowCode& code) {
  code.set(op.getResult(), castTo(code.get(op.getValue()), op.getFrom(), op.getTo()));
}
void convert(stream::ConvertOp op, RowCode& code) {
  pure(op, code, [&] { return castTo(code.get(op.getValue()), op.getFrom(), op.getTo()); });
}
void none(stream::NoneOp op, RowCode& code) { code.set(op.getResult(), Null{}); }
void some(stream::SomeOp op, RowCode& code) { code.set(op.getResult(), code.get(op.getValue())); }
void isSome(stream::IsSomeOp op, RowCode& code) {
  pure(op, code, [&] { return ofBool(!code.get(op.getOptional()).is<Null>()); });
}
void getValue(stream::GetOp op, RowCode& code) {
  const Value& optional = code.get(op.getOptional());
  code.set(op.getResult(), optional.is<Null>() ? Value(Unspecified{}) : optional);
}
void assertPresent(stream::AssertPresentOp op, RowCode& code) {
  const Value& optional = code.get(op.getOptional());
  if (optional.is<Unspecified>()) throw Stuck("an unspecified value decides whether a row is rejected");
  if (optional.is<Null>()) throw Rejected{Cause::kNull, "null"};
  code.set(op.getResult(), optional);
}
void stringConstant(stream::StringConstantOp op, RowCode& code) { code.set(op.getResult(), op.getValue().str()); }
void compareString(stream::CompareStringOp op, RowCode& code) {
  const std::string &left = asText(code.get(op.getLhs())), &right = asText(code.get(op.getRhs()));
  auto holds = [&] {
    switch (op.getPredicate()) {
      case stream::ComparePredicate::kEqual:
        return left == right;
      case stream::ComparePredicate::kNotEqual:
        return left != right;
      case stream::ComparePredicate::kLess:
        return left < right;
      case stream::ComparePredicate::kLessEqual:
        return left <= right;
      case stream::ComparePredicate::kGreater:
        return left > right;
      case stream::ComparePredicate::kGreaterEqual:
        return left >= right;
    }
    throw Stuck("a comparison that the referee does not know");
  };
  code.set(op.getResult(), ofBool(holds()));
}
void format(stream::FormatOp op, RowCode& code) {
  auto parts = op.getParts().getAsValueRange<mlir::StringAttr>();
  std::string text = (*parts.begin()).str();
  for (auto [value, type, part] :
       llvm::zip_equal(op.getValues(), op.getTypes().getAsValueRange<mlir::TypeAttr>(), llvm::drop_begin(parts)))
    text += textOf(code.get(value), type) + part.str();
  code.set(op.getResult(), std::move(text));
}
void call(stream::CallOp op, RowCode& code) {
  std::vector<Value> args;
  for (mlir::Value arg : op.getArgs()) args.push_back(code.get(arg));
  auto types = llvm::to_vector(op.getArgTypes().getAsValueRange<mlir::TypeAttr>());
  code.set(op.getResult(), callBuiltin(op.getCallee(), args, types, op.getResultType()));
}
uint64_t mixed(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}
uint64_t fnv1a(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  return hash;
}
void rank(stream::RankOp op, RowCode& code) {
  uint64_t hash = mixed(fnv1a(op.getSalt().str()));
  for (auto [operand, type] : llvm::zip_equal(op.getValues(), op.getTypes().getAsValueRange<mlir::TypeAttr>())) {
    const Value& value = code.get(operand);
    uint64_t word = 0x9e3779b97f4a7c15;
    mlir::Type plain = unwrapped(type);
    if (isText(plain)) {
      if (!value.is<Null>()) word = fnv1a(asText(value));
    } else if (!value.is<Null>()) {
      word = static_cast<uint64_t>(isUnsigned(plain) || plain.isInteger(1) ? asUnsigned(value)
                                                                           : asSigned(value, widthOf(plain)));
    }
    hash = mixed(hash ^ word);
  }
  code.set(op.getResult(), static_cast<double>(hash >> 11) * 0x1p-53);
}
void param(stream::ParamOp op, RowCode& code) { code.set(op.getResult(), code.params().at(op.getSlot())); }

void decode(stream::DecodeOp op, RowCode& code) {
  Timestamps timestamps = Timestamps::kText;
  if (auto unit = op.getOptions().getAs<mlir::StringAttr>("timestamps")) {
    if (unit == "s") timestamps = Timestamps::kSeconds;
    if (unit == "ms") timestamps = Timestamps::kMillis;
    if (unit == "us") timestamps = Timestamps::kMicros;
  }
  std::vector<Value> values;
  try {
    values = decodeRow(asText(code.get(op.getText())), op.getColumns(), timestamps);
  } catch (const JsonFailure& failure) {
    throw Rejected{Cause::kDecode, failure.detail};
  }
  unsigned result = 0;
  for (auto [column, value] : llvm::zip_equal(op.getColumns(), values)) {
    if (!column.check) code.set(op.getResults()[result++], value);
  }
}

void listSize(stream::ListSizeOp op, RowCode& code) {
  pure(op, code, [&] { return ofInt(static_cast<Int>(asList(code.get(op.getList())).size()), 64); });
}
void listGet(stream::ListGetOp op, RowCode& code) {
  const auto& items = asList(code.get(op.getList()));
  Int index = asSigned(code.get(op.getIndex()), 64);
  if (index < 0 || index >= static_cast<Int>(items.size())) throw Stuck("stream.list_get behind the end of a list");
  auto leaf = op.getList().getType().getElement().indexOf(op.getLeaf());
  code.set(op.getResult(), items[static_cast<size_t>(index)][*leaf]);
}
void indexCheck(stream::IndexCheckOp op, RowCode& code) {
  Int index = asSigned(code.get(op.getIndex()), 64);
  if (index < 0 || index >= static_cast<Int>(asList(code.get(op.getList())).size()))
    throw Rejected{Cause::kMissing, "index " + textOf(index)};
}
void list(stream::ListOp op, RowCode& code) {
  size_t leaves = op.getResult().getType().getElement().size();
  auto made = std::make_shared<std::vector<Leaves>>();
  for (size_t i = 0; leaves > 0 && i < op.getLeaves().size(); i += leaves) {
    Leaves element;
    for (mlir::Value leaf : op.getLeaves().slice(i, leaves)) element.push_back(code.get(leaf));
    made->push_back(std::move(element));
  }
  code.set(op.getResult(), List(std::move(made)));
}
void catchRejection(stream::CatchOp op, RowCode& code) {
  std::vector<Value> results;
  try {
    results = code.runInside(op.getAttempt());
  } catch (const Rejected&) {
    results = code.runInside(op.getFallback());
  }
  for (auto [result, value] : llvm::zip_equal(op.getResults(), results)) code.set(result, value);
}

// ---------------------------------------------------------------- arith and scf

void constant(arith::ConstantOp op, RowCode& code) {
  mlir::Attribute value = op.getValue();
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(value)) {
    llvm::APFloat wide = number.getValue();
    bool loses = false;
    wide.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &loses);
    return code.set(op.getResult(), wide.convertToDouble());
  }
  llvm::APInt bits = mlir::cast<mlir::IntegerAttr>(value).getValue();
  Word word = bits.getLoBits(64).getZExtValue();
  if (bits.getBitWidth() > 64) word |= static_cast<Word>(bits.lshr(64).getZExtValue()) << 64;
  code.set(op.getResult(), Bits{word});
}
void select(arith::SelectOp op, RowCode& code) {
  const Value& condition = code.get(op.getCondition());
  if (condition.is<Unspecified>()) return code.set(op.getResult(), Unspecified{});
  code.set(op.getResult(), code.get(isTrue(condition) ? op.getTrueValue() : op.getFalseValue()));
}

// `and` with 0 and `or` with all ones do not depend on the other side.
void logic(Operation* op, RowCode& code, bool is_and) {
  unsigned width = widthOfResult(op);
  Value decided = is_and ? ofInt(0, width) : ofInt(-1, width);
  for (mlir::Value operand : op->getOperands())
    if (code.get(operand) == decided) return code.set(op->getResult(0), decided);
  pure(op, code, [&] {
    Word left = std::get<Bits>(code.get(op->getOperand(0))).word,
         right = std::get<Bits>(code.get(op->getOperand(1))).word;
    return Value(Bits{is_and ? left & right : left | right});
  });
}
void andBits(arith::AndIOp op, RowCode& code) { logic(op, code, true); }
void orBits(arith::OrIOp op, RowCode& code) { logic(op, code, false); }
void xorBits(arith::XOrIOp op, RowCode& code) {
  pure(op, code, [&] {
    return Value(Bits{std::get<Bits>(code.get(op.getLhs())).word ^ std::get<Bits>(code.get(op.getRhs())).word});
  });
}

void compareIntegers(arith::CmpIOp op, RowCode& code) {
  using Predicate = arith::CmpIPredicate;
  Predicate predicate = op.getPredicate();
  bool is_unsigned = predicate == Predicate::ult || predicate == Predicate::ule || predicate == Predicate::ugt ||
                     predicate == Predicate::uge;
  pure(op, code, [&] {
    Pair of = numbers(op, code, is_unsigned);
    switch (predicate) {
      case Predicate::eq:
        return ofBool(of.left == of.right);
      case Predicate::ne:
        return ofBool(of.left != of.right);
      case Predicate::slt:
      case Predicate::ult:
        return ofBool(of.left < of.right);
      case Predicate::sle:
      case Predicate::ule:
        return ofBool(of.left <= of.right);
      case Predicate::sgt:
      case Predicate::ugt:
        return ofBool(of.left > of.right);
      case Predicate::sge:
      case Predicate::uge:
        return ofBool(of.left >= of.right);
    }
    throw Stuck("a comparison that the referee does not know");
  });
}

void compareFloats(arith::CmpFOp op, RowCode& code) {
  using Predicate = arith::CmpFPredicate;
  pure(op, code, [&] {
    double left = asFloat(code.get(op.getLhs())), right = asFloat(code.get(op.getRhs()));
    bool unordered = std::isnan(left) || std::isnan(right);
    switch (op.getPredicate()) {
      case Predicate::AlwaysFalse:
        return ofBool(false);
      case Predicate::AlwaysTrue:
        return ofBool(true);
      case Predicate::ORD:
        return ofBool(!unordered);
      case Predicate::UNO:
        return ofBool(unordered);
      case Predicate::OEQ:
        return ofBool(left == right);
      case Predicate::ONE:
        return ofBool(!unordered && left != right);
      case Predicate::OLT:
        return ofBool(left < right);
      case Predicate::OLE:
        return ofBool(left <= right);
      case Predicate::OGT:
        return ofBool(left > right);
      case Predicate::OGE:
        return ofBool(left >= right);
      case Predicate::UEQ:
        return ofBool(unordered || left == right);
      case Predicate::UNE:
        return ofBool(left != right);
      case Predicate::ULT:
        return ofBool(!(left >= right));
      case Predicate::ULE:
        return ofBool(!(left > right));
      case Predicate::UGT:
        return ofBool(!(left <= right));
      case Predicate::UGE:
        return ofBool(!(left < right));
    }
    throw Stuck("a comparison that the referee does not know");
  });
}

template <typename Op, typename Compute>
void floats(Op op, RowCode& code, Compute compute) {
  pure(op, code, [&] {
    return Value(narrowedTo(op.getType(), compute(asFloat(code.get(op.getLhs())), asFloat(code.get(op.getRhs())))));
  });
}
void addFloats(arith::AddFOp op, RowCode& code) {
  floats(op, code, [](double a, double b) { return a + b; });
}
void subFloats(arith::SubFOp op, RowCode& code) {
  floats(op, code, [](double a, double b) { return a - b; });
}
void mulFloats(arith::MulFOp op, RowCode& code) {
  floats(op, code, [](double a, double b) { return a * b; });
}
void negFloat(arith::NegFOp op, RowCode& code) {
  pure(op, code, [&] { return Value(-asFloat(code.get(op.getOperand()))); });
}

template <typename Op, typename Compute>
void wrapping(Op op, RowCode& code, Compute compute) {
  pure(op, code, [&] {
    Word left = std::get<Bits>(code.get(op.getLhs())).word, right = std::get<Bits>(code.get(op.getRhs())).word;
    return ofInt(static_cast<Int>(compute(left, right)), widthOfResult(op));
  });
}
void addBits(arith::AddIOp op, RowCode& code) {
  wrapping(op, code, [](Word a, Word b) { return a + b; });
}
void subBits(arith::SubIOp op, RowCode& code) {
  wrapping(op, code, [](Word a, Word b) { return a - b; });
}
void mulBits(arith::MulIOp op, RowCode& code) {
  wrapping(op, code, [](Word a, Word b) { return a * b; });
}
void extendSigned(arith::ExtSIOp op, RowCode& code) {
  pure(op, code, [&] {
    return ofInt(asSigned(code.get(op.getIn()), op.getIn().getType().getIntOrFloatBitWidth()), widthOfResult(op));
  });
}
void extendUnsigned(arith::ExtUIOp op, RowCode& code) {
  pure(op, code, [&] { return ofInt(asUnsigned(code.get(op.getIn())), widthOfResult(op)); });
}
void truncate(arith::TruncIOp op, RowCode& code) {
  pure(op, code, [&] { return ofInt(asUnsigned(code.get(op.getIn())), widthOfResult(op)); });
}

void branch(scf::IfOp op, RowCode& code) {
  const Value& condition = code.get(op.getCondition());
  mlir::Region& region = isTrue(condition) ? op.getThenRegion() : op.getElseRegion();
  if (region.empty()) return;
  std::vector<Value> results = code.runInside(region);
  for (auto [result, value] : llvm::zip_equal(op.getResults(), results)) code.set(result, value);
}

// ---------------------------------------------------------------- the table

template <typename Op, void (*meaning)(Op, RowCode&)>
void call(Operation& op, RowCode& code) {
  meaning(mlir::cast<Op>(op), code);
}
template <typename Op, void (*meaning)(Op, RowCode&)>
void add(llvm::StringMap<RowFunction>& table) {
  table[Op::getOperationName()] = call<Op, meaning>;
}

llvm::StringMap<RowFunction> makeTable() {
  llvm::StringMap<RowFunction> table;
  add<stream::CheckedAddOp, checkedAdd>(table);
  add<stream::DecodeOp, decode>(table);
  add<stream::CheckedSubOp, checkedSub>(table);
  add<stream::CheckedMulOp, checkedMul>(table);
  add<stream::CheckedNegOp, checkedNeg>(table);
  add<stream::DivOp, div>(table);
  add<stream::ModOp, mod>(table);
  add<stream::DivFloatOp, divFloat>(table);
  add<stream::CastOp, cast>(table);
  add<stream::ConvertOp, convert>(table);
  add<stream::RoundDecimalOp, roundDecimal>(table);
  add<stream::DivideDecimalOp, divideDecimal>(table);
  add<stream::NoneOp, none>(table);
  add<stream::SomeOp, some>(table);
  add<stream::IsSomeOp, isSome>(table);
  add<stream::GetOp, getValue>(table);
  add<stream::AssertPresentOp, assertPresent>(table);
  add<stream::StringConstantOp, stringConstant>(table);
  add<stream::CompareStringOp, compareString>(table);
  add<stream::FormatOp, format>(table);
  add<stream::CallOp, call>(table);
  add<stream::ParamOp, param>(table);
  add<stream::RankOp, rank>(table);
  add<stream::ListSizeOp, listSize>(table);
  add<stream::ListGetOp, listGet>(table);
  add<stream::IndexCheckOp, indexCheck>(table);
  add<stream::ListOp, list>(table);
  add<stream::CatchOp, catchRejection>(table);
  add<arith::ConstantOp, constant>(table);
  add<arith::SelectOp, select>(table);
  add<arith::AndIOp, andBits>(table);
  add<arith::OrIOp, orBits>(table);
  add<arith::XOrIOp, xorBits>(table);
  add<arith::CmpIOp, compareIntegers>(table);
  add<arith::CmpFOp, compareFloats>(table);
  add<arith::AddFOp, addFloats>(table);
  add<arith::SubFOp, subFloats>(table);
  add<arith::MulFOp, mulFloats>(table);
  add<arith::NegFOp, negFloat>(table);
  add<arith::AddIOp, addBits>(table);
  add<arith::SubIOp, subBits>(table);
  add<arith::MulIOp, mulBits>(table);
  add<arith::ExtSIOp, extendSigned>(table);
  add<arith::ExtUIOp, extendUnsigned>(table);
  add<arith::TruncIOp, truncate>(table);
  add<scf::IfOp, branch>(table);
  return table;
}

}  // namespace

RowFunction rowFunctionOf(llvm::StringRef operation) {
  static const llvm::StringMap<RowFunction> kTable = makeTable();
  return kTable.lookup(operation);
}

// ---------------------------------------------------------------- casts

Value castTo(const Value& value, mlir::Type from, mlir::Type to) {
  auto fail = [&]() -> Value { throw Rejected{Cause::kCast, textOf(value, from)}; };
  auto fitted = [&](Int number) {
    return number < leastOf(to) || number > greatestOf(to) ? fail() : ofInt(number, widthOf(to));
  };
  auto decimalOrFail = [&](std::optional<Int> units) { return units ? ofInt(*units, widthOf(to)) : fail(); };
  if (auto target = mlir::dyn_cast<stream::DecimalType>(to)) {
    if (isText(from)) return decimalOrFail(parseDecimal(asText(value), target));
    if (isFloat(from)) return decimalOrFail(decimalOf(asFloat(value), target));
    return decimalOrFail(decimalOf(numberOf(value, from), from, target));
  }
  if (auto source = mlir::dyn_cast<stream::DecimalType>(from)) {
    if (isInteger(to)) {
      Int number = numberOf(value, from);
      for (unsigned i = 0; i < source.getScale(); ++i) number /= 10;
      return fitted(number);
    }
    return *parseFloat(textOf(value, from), to.isF32());
  }
  if (mlir::isa<stream::BytesType>(to) || mlir::isa<stream::BytesType>(from)) {
    return mlir::isa<stream::BytesType>(to) || llvm::json::isUTF8(asText(value)) ? value : fail();
  }
  if (mlir::isa<stream::DateType>(to)) {
    if (!isText(from)) return ofInt(floorDivided(numberOf(value, from), kMicrosPerDay), 32);
    std::optional<Int> day = parseDate(asText(value));
    return day ? ofInt(*day, 32) : fail();
  }
  if (mlir::isa<stream::DateType>(from)) {
    Int micros = numberOf(value, from) * kMicrosPerDay;
    return micros < INT64_MIN || micros > INT64_MAX ? fail() : ofInt(micros, 64);
  }
  if (isText(from)) {
    const std::string& text = asText(value);
    if (to.isInteger(1)) return text == "true" || text == "false" ? ofBool(text == "true") : fail();
    if (isInteger(to)) {
      std::optional<Int> number = parseInteger(text);
      return number ? fitted(*number) : fail();
    }
    if (isFloat(to)) {
      std::optional<double> number = parseFloat(text, to.isF32());
      return number && !std::isinf(*number) ? Value(*number) : fail();
    }
    if (mlir::isa<stream::TimestampType>(to)) {
      std::optional<Int> micros = parseTimestamp(text);
      return micros ? ofInt(*micros, 64) : fail();
    }
    if (mlir::isa<stream::DurationType>(to)) {
      std::optional<Int> micros = parseDuration(text);
      return micros ? ofInt(*micros, 64) : fail();
    }
  }
  if (isFloat(from)) {
    double number = asFloat(value);
    if (isFloat(to)) return narrowedTo(to, number);
    constexpr double kFar = 1e30;
    if (!std::isfinite(number) || std::fabs(number) > kFar) return fail();
    return fitted(static_cast<Int>(std::trunc(number)));
  }
  if (isInteger(from) || from.isInteger(1)) {
    Int number = numberOf(value, from);
    if (to.isF32()) return static_cast<double>(static_cast<float>(number));
    if (to.isF64()) return static_cast<double>(number);
    if (isInteger(to)) return fitted(number);
  }
  throw Stuck("a conversion that the referee does not know");
}

}  // namespace streamc::referee
