#include "frontend/lower/expression.h"

#include "dsl/builtins.h"
#include "frontend/lower/demand.h"
#include "ir/stream/ops.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::lower {

namespace arith = mlir::arith;
namespace scf = mlir::scf;
namespace stream = ir::stream;
using mlir::Location;
using mlir::Type;
using mlir::Value;
using sema::Expr;
using sema::ExprKind;

mlir::Location locationOf(Span span, const SourceFiles& files, mlir::MLIRContext* context) {
  const SourceFile& file = files.get(span);
  LineColumn place = file.lineColumn(span.begin);
  return mlir::FileLineColLoc::get(context, file.name(), place.line, place.column);
}

std::vector<std::string> pathOfColumn(const Expr& column) {
  if (column.name.empty()) return {};
  return {column.name};
}

// The index of a symbol or variant.
static int16_t indexOf(TypeRef type, std::string_view name) {
  if (type->is(TypeKind::kEnum)) return static_cast<int16_t>(llvm::find(type->symbols, name) - type->symbols.begin());
  return static_cast<int16_t>(type->field(name) - type->fields.data());
}

Value ExpressionLowering::boolean(Location loc, bool value) {
  return builder_.create<arith::ConstantOp>(loc, builder_.getBoolAttr(value));
}

ValueTree ExpressionLowering::lower(const Expr& expr, const Want& unnormalized) {
  Want want = normalized(expr.type, unnormalized);
  if (want.empty()) return {.type = expr.type};
  switch (expr.kind) {
    case ExprKind::kLiteral:
      if (std::holds_alternative<std::monostate>(expr.literal.value))
        return zeroTree(expr.type, want, builder_, loc(expr));
      return leaf(expr, literal(expr));
    case ExprKind::kColumn:
      return treeOfColumns(expr.type, want, pathOfColumn(expr),
                           [&](const std::string& name) { return columns_.at(name); });
    case ExprKind::kEventTime:
      return leaf(expr, columns_.at(stream::kEventTimeColumn.str()));
    case ExprKind::kWindowStart:
      return leaf(expr, columns_.at(stream::kWindowStartColumn.str()));
    case ExprKind::kWindowEnd:
      return leaf(expr, columns_.at(stream::kWindowEndColumn.str()));
    case ExprKind::kParam:
      return leaf(expr, builder_.create<stream::ParamOp>(loc(expr), storage(expr.type), expr.index));
    case ExprKind::kLocal:
      return locals_.at(expr.name).part(want);
    case ExprKind::kLet:
      return let(expr, want);
    case ExprKind::kField: {
      ValueTree tree = lower(*expr.args[0], argWant(expr, 0, want)).field(expr.name);
      return tree;
    }
    case ExprKind::kOptField:
      return optionalField(expr, want);
    case ExprKind::kNegate:
    case ExprKind::kAdd:
    case ExprKind::kSub:
    case ExprKind::kMul:
    case ExprKind::kDivFloat:
    case ExprKind::kDivInt:
    case ExprKind::kModInt:
      return leaf(expr, arithmetic(expr));
    case ExprKind::kEqual:
    case ExprKind::kNotEqual: {
      Value same = equal(loc(expr), lower(*expr.args[0], Want::whole()), lower(*expr.args[1], Want::whole()));
      if (expr.kind == ExprKind::kEqual) return leaf(expr, same);
      return leaf(expr, builder_.create<arith::XOrIOp>(loc(expr), same, boolean(loc(expr), true)));
    }
    case ExprKind::kLess:
    case ExprKind::kLessEqual:
    case ExprKind::kGreater:
    case ExprKind::kGreaterEqual:
      return leaf(expr, comparison(expr));
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return leaf(expr, shortCircuit(expr));
    case ExprKind::kNot: {
      Value operand = scalar(*expr.args[0]);
      return leaf(expr, builder_.create<arith::XOrIOp>(loc(expr), operand, boolean(loc(expr), true)));
    }
    case ExprKind::kIf: {
      Value condition = scalar(*expr.args[0]);
      ValueTree tree = branch(
          loc(expr), condition, [&] { return lower(*expr.args[1], want); }, [&] { return lower(*expr.args[2], want); });
      tree.type = expr.type;
      return tree;
    }
    case ExprKind::kCoalesce:
      return coalesced(expr, want);
    case ExprKind::kIsNull: {
      Value there = isPresent(loc(expr), lower(*expr.args[0], argWant(expr, 0, want)));
      return leaf(expr, builder_.create<arith::XOrIOp>(loc(expr), there, boolean(loc(expr), true)));
    }
    case ExprKind::kIsVariant:
      return leaf(expr, isVariant(expr));
    case ExprKind::kPayload: {
      ValueTree whole = lower(*expr.args[0], argWant(expr, 0, want));
      return whole.value ? leaf(expr, narrowed(loc(expr), whole).value) : whole.field(expr.name);
    }
    case ExprKind::kNarrow:
      return narrowed(loc(expr), lower(*expr.args[0], want));
    case ExprKind::kAssertPresent:
      return assertPresent(expr, want);
    case ExprKind::kToOptional:
      return present(loc(expr), expr.type, lower(*expr.args[0], want));
    case ExprKind::kConvert:
      return leaf(expr, convert(loc(expr), scalar(*expr.args[0]), expr.args[0]->type, expr.type));
    case ExprKind::kCast:
      return leaf(expr, cast(expr));
    case ExprKind::kCall: {
      std::string_view target = builtins()[expr.index].target;
      if (target == "list_first") return endOfList(expr, want, true);
      if (target == "list_last") return endOfList(expr, want, false);
      return leaf(expr, call(expr));
    }
    case ExprKind::kCatch:
      return caught(expr, want);
    case ExprKind::kRecord:
      return record(expr, want);
    case ExprKind::kList:
      return leaf(expr, list(expr));
    case ExprKind::kIndex: {
      Value items = scalar(*expr.args[0]);
      Value index = convert(loc(expr), scalar(*expr.args[1]), expr.args[1]->type, nullptr);
      builder_.create<stream::IndexCheckOp>(loc(expr), items, index);
      return element(loc(expr), items, index, expr.type, want);
    }
    case ExprKind::kIn:
      return leaf(expr, isIn(expr));
    case ExprKind::kFString:
      return leaf(expr, formatted(expr));
  }
  llvm::report_fatal_error("lower: unknown kind of expression");
}

// ---------------------------------------------------------------- branches

ValueTree ExpressionLowering::branch(Location loc, Value condition, const Branch& then_branch,
                                     const Branch& else_branch) {
  mlir::Region then_region, else_region;
  ValueTree then_tree, else_tree;
  {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.createBlock(&then_region);
    then_tree = then_branch();
    builder_.createBlock(&else_region);
    else_tree = else_branch();
  }
  llvm::SmallVector<Value> then_leaves = then_tree.leaves(), else_leaves = else_tree.leaves();
  llvm::SmallVector<Value> results;
  if (stream::mayRunAnyway(then_region) && stream::mayRunAnyway(else_region)) {
    for (mlir::Region* region : {&then_region, &else_region}) {
      builder_.getInsertionBlock()->getOperations().splice(builder_.getInsertionPoint(),
                                                           region->front().getOperations());
    }
    for (auto [then_value, else_value] : llvm::zip_equal(then_leaves, else_leaves)) {
      results.push_back(builder_.create<arith::SelectOp>(loc, condition, then_value, else_value));
    }
  } else {
    auto op = builder_.create<scf::IfOp>(loc, mlir::TypeRange(mlir::ValueRange(then_leaves)), condition,
                                         /*addThenBlock=*/false, /*addElseBlock=*/false);
    op.getThenRegion().takeBody(then_region);
    op.getElseRegion().takeBody(else_region);
    mlir::OpBuilder::atBlockEnd(&op.getThenRegion().front()).create<scf::YieldOp>(loc, then_leaves);
    mlir::OpBuilder::atBlockEnd(&op.getElseRegion().front()).create<scf::YieldOp>(loc, else_leaves);
    llvm::append_range(results, op.getResults());
  }
  return then_tree.withLeaves(results);
}

Value ExpressionLowering::logic(Location loc, Value condition, const std::function<Value()>& then_branch,
                                const std::function<Value()>& else_branch) {
  return branch(
             loc, condition, [&] { return ValueTree{.value = then_branch()}; },
             [&] { return ValueTree{.value = else_branch()}; })
      .value;
}

// `and`, `or`: plain logic when the right side may run anyway, else it runs only when the left side does not decide.
Value ExpressionLowering::shortCircuit(const Expr& expr) {
  bool is_and = expr.kind == ExprKind::kAnd;
  Value left = scalar(*expr.args[0]);
  mlir::Region right_region;
  Value right;
  {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.createBlock(&right_region);
    right = scalar(*expr.args[1]);
  }
  if (stream::mayRunAnyway(right_region)) {
    builder_.getInsertionBlock()->getOperations().splice(builder_.getInsertionPoint(),
                                                         right_region.front().getOperations());
    if (is_and) return builder_.create<arith::AndIOp>(loc(expr), left, right);
    return builder_.create<arith::OrIOp>(loc(expr), left, right);
  }
  auto op = builder_.create<scf::IfOp>(loc(expr), builder_.getI1Type(), left, /*withElseRegion=*/true);
  mlir::Block* evaluated = is_and ? op.thenBlock() : op.elseBlock();
  mlir::Block* decided = is_and ? op.elseBlock() : op.thenBlock();
  evaluated->getOperations().splice(evaluated->begin(), right_region.front().getOperations());
  mlir::OpBuilder::atBlockEnd(evaluated).create<scf::YieldOp>(loc(expr), right);
  mlir::OpBuilder::InsertionGuard guard(builder_);
  builder_.setInsertionPointToEnd(decided);
  builder_.create<scf::YieldOp>(loc(expr), boolean(loc(expr), !is_and));
  return op.getResult(0);
}

ValueTree ExpressionLowering::caught(const Expr& expr, const Want& want) {
  mlir::Region attempt, fallback;
  ValueTree tree, other;
  {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.createBlock(&attempt);
    tree = lower(*expr.args[0], want);
    builder_.createBlock(&fallback);
    other = lower(*expr.args[1], want);
  }
  llvm::SmallVector<Value> leaves = tree.leaves(), other_leaves = other.leaves();
  mlir::OperationState state(loc(expr), stream::CatchOp::getOperationName());
  state.addTypes(mlir::TypeRange(mlir::ValueRange(leaves)));
  state.addRegion()->takeBody(attempt);
  state.addRegion()->takeBody(fallback);
  auto op = llvm::cast<stream::CatchOp>(builder_.create(state));
  mlir::OpBuilder::atBlockEnd(&op.getAttempt().front()).create<stream::YieldOp>(loc(expr), leaves);
  mlir::OpBuilder::atBlockEnd(&op.getFallback().front()).create<stream::YieldOp>(loc(expr), other_leaves);
  return tree.withLeaves(llvm::to_vector_of<Value>(op.getResults()));
}

Value ExpressionLowering::lenient(const Expr& expr, const Want& want, llvm::ArrayRef<std::string> lenient_columns,
                                  bool never_rejects) {
  Location place = loc(expr);
  auto computed = [&]() -> Value {
    std::map<std::string, Value> outside = columns_;
    for (const std::string& name : lenient_columns) {
      Value& value = columns_.at(name);
      value = builder_.create<stream::GetOp>(place, value);
    }
    Value value = lower(expr, want).leaves().back();
    columns_ = std::move(outside);
    if (want.isPresence() || llvm::isa<stream::OptType>(value.getType())) return value;
    return builder_.create<stream::SomeOp>(place, value);
  };
  auto nothing = [&](Type type) { return zeroValue(type, builder_, place); };
  auto attempt = [&]() -> Value {
    if (!never_rejects) return computed();
    mlir::Region body, fallback;
    Value value, null;
    {
      mlir::OpBuilder::InsertionGuard guard(builder_);
      builder_.createBlock(&body);
      value = computed();
      builder_.create<stream::YieldOp>(place, value);
      builder_.createBlock(&fallback);
      null = nothing(value.getType());
      builder_.create<stream::YieldOp>(place, null);
    }
    mlir::OperationState state(place, stream::CatchOp::getOperationName());
    state.addTypes(value.getType());
    state.addRegion()->takeBody(body);
    state.addRegion()->takeBody(fallback);
    return builder_.create(state)->getResult(0);
  };
  Value there;
  for (const std::string& name : lenient_columns) {
    Value is_there = builder_.create<stream::IsSomeOp>(place, columns_.at(name));
    there = there ? builder_.create<arith::AndIOp>(place, there, is_there).getResult() : is_there;
  }
  if (!there) return attempt();
  Type type;
  return logic(
      place, there,
      [&] {
        Value value = attempt();
        type = value.getType();
        return value;
      },
      [&] { return nothing(type); });
}

Value ExpressionLowering::optionalWhere(const Expr& condition, const Expr& value) {
  Location place = loc(condition);
  return logic(
      place, scalar(condition), [&]() -> Value { return builder_.create<stream::SomeOp>(place, scalar(value)); },
      [&]() -> Value { return builder_.create<stream::NoneOp>(place, stream::OptType::get(storage(value.type))); });
}

// ---------------------------------------------------------------- optionals and records

Value ExpressionLowering::isPresent(Location loc, const ValueTree& optional) {
  if (optional.present && !isOneof(optional.type)) return optional.present;
  Value whole = optional.present ? optional.present : optional.value;
  return builder_.create<stream::IsSomeOp>(loc, whole);
}

ValueTree ExpressionLowering::narrowed(Location loc, const ValueTree& optional) {
  ValueTree result = optional;
  result.type = TypeContext::unwrap(optional.type);
  if (optional.value && optional.type->isOptional()) result.value = builder_.create<stream::GetOp>(loc, optional.value);
  if (!isOneof(optional.type)) {
    result.present = {};
  } else if (optional.type->isOptional()) {
    result.present = builder_.create<stream::GetOp>(loc, optional.present);
  }
  return result;
}

// The optional that holds a value which may be optional itself (then it is the same optional).
ValueTree ExpressionLowering::present(Location loc, TypeRef optional_type, const ValueTree& value) {
  ValueTree result = value;
  result.type = optional_type;
  if (value.type->isOptional()) return result;
  if (isOneof(optional_type)) {
    result.present = builder_.create<stream::SomeOp>(loc, value.present);
  } else if (isRecordLike(optional_type)) {
    result.present = boolean(loc, true);
  } else {
    result.value = builder_.create<stream::SomeOp>(loc, value.value);
  }
  return result;
}

// Whether a oneof or enum is that variant or symbol; null is none.
Value ExpressionLowering::isVariant(const Expr& expr) {
  Location place = loc(expr);
  ValueTree subject = lower(*expr.args[0], argWant(expr, 0, Want::whole()));
  TypeRef type = TypeContext::unwrap(subject.type);
  auto test = [&](Value value) -> Value {
    if (type->open) {
      bool is_other = !llvm::is_contained(type->symbols, expr.name);
      Value known = boolean(place, false);
      for (const std::string& symbol : is_other ? type->symbols : std::vector{expr.name}) {
        Value text = builder_.create<stream::StringConstantOp>(place, value.getType(), symbol);
        Value same = builder_.create<stream::CompareStringOp>(place, builder_.getI1Type(),
                                                              stream::ComparePredicate::kEqual, value, text);
        known = builder_.create<arith::OrIOp>(place, known, same);
      }
      return is_other ? builder_.create<arith::XOrIOp>(place, known, boolean(place, true)).getResult() : known;
    }
    Value index = builder_.create<arith::ConstantOp>(place, builder_.getI16IntegerAttr(indexOf(type, expr.name)));
    return builder_.create<arith::CmpIOp>(place, arith::CmpIPredicate::eq, value, index);
  };
  Value whole = subject.present ? subject.present : subject.value;
  if (!subject.type->isOptional()) return test(whole);
  return logic(
      place, builder_.create<stream::IsSomeOp>(place, whole),
      [&] { return test(builder_.create<stream::GetOp>(place, whole)); }, [&] { return boolean(place, false); });
}

ValueTree ExpressionLowering::optionalField(const Expr& expr, const Want& want) {
  ValueTree base = lower(*expr.args[0], argWant(expr, 0, want));
  Location place = loc(expr);
  ValueTree field = present(place, expr.type, base.field(expr.name));
  if (field.present && !isOneof(expr.type)) {
    field.present = builder_.create<arith::AndIOp>(place, base.present, field.present);
  } else {
    Value& whole = field.present ? field.present : field.value;
    Value none = builder_.create<stream::NoneOp>(place, whole.getType());
    whole = builder_.create<arith::SelectOp>(place, base.present, whole, none);
  }
  return field;
}

ValueTree ExpressionLowering::assertPresent(const Expr& expr, const Want& want) {
  ValueTree optional = lower(*expr.args[0], want);
  Location place = loc(expr);
  ValueTree result = narrowed(place, optional);
  if (!optional.present || isOneof(optional.type)) {
    Value& whole = optional.present ? result.present : result.value;
    whole.getDefiningOp()->erase();
    whole = builder_.create<stream::AssertPresentOp>(place, optional.present ? optional.present : optional.value);
    return result;
  }
  // A record has no optional to open: its presence becomes one, whose value nobody needs.
  Value there = builder_.create<stream::SomeOp>(place, optional.present);
  Value none = builder_.create<stream::NoneOp>(place, there.getType());
  Value optional_there = builder_.create<arith::SelectOp>(place, optional.present, there, none);
  builder_.create<stream::AssertPresentOp>(place, optional_there);
  return result;
}

ValueTree ExpressionLowering::coalesced(const Expr& expr, const Want& want) {
  ValueTree optional = lower(*expr.args[0], argWant(expr, 0, want));
  ValueTree result = branch(
      loc(expr), isPresent(loc(expr), optional),
      [&] {
        ValueTree value = narrowed(loc(expr), optional);
        return expr.type->isOptional() ? present(loc(expr), expr.type, value) : value;
      },
      [&] { return lower(*expr.args[1], want); });
  result.type = expr.type;
  return result;
}

ValueTree ExpressionLowering::record(const Expr& expr, const Want& want) {
  ValueTree result{.type = expr.type};
  const std::vector<FieldType>& fields = expr.type->fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    Want field_want = argWant(expr, i, want);
    if (!field_want.empty()) result.addField(fields[i].name, lower(*expr.args[i], field_want));
  }
  return result;
}

ValueTree ExpressionLowering::let(const Expr& expr, const Want& want) {
  ValueTree bound = lower(*expr.args[0], letWant(expr, want));
  auto outer = locals_.extract(expr.name);
  locals_.emplace(expr.name, std::move(bound));
  ValueTree result = lower(*expr.args[1], want);
  locals_.erase(expr.name);
  if (outer) locals_.insert(std::move(outer));
  return result;
}

// ---------------------------------------------------------------- lists

ValueTree ExpressionLowering::element(Location loc, Value list, Value index, TypeRef type, const Want& want) {
  return treeOfColumns(type, want, {}, [&](const std::string& leaf) -> Value {
    return builder_.create<stream::ListGetOp>(loc, list, index, leaf);
  });
}

ValueTree ExpressionLowering::endOfList(const Expr& expr, const Want& want, bool first) {
  Location place = loc(expr);
  Value items = scalar(*expr.args[0]);
  TypeRef element_type = expr.args[0]->type->element;
  Value zero = builder_.create<arith::ConstantOp>(place, builder_.getI64IntegerAttr(0));
  Value size = builder_.create<stream::ListSizeOp>(place, items);
  Value some = builder_.create<arith::CmpIOp>(place, arith::CmpIPredicate::ne, size, zero);
  return branch(
      place, some,
      [&] {
        Value one = builder_.create<arith::ConstantOp>(place, builder_.getI64IntegerAttr(1));
        Value index = first ? zero : builder_.create<arith::SubIOp>(place, size, one).getResult();
        return present(place, expr.type, element(place, items, index, element_type, want));
      },
      [&] { return zeroTree(expr.type, want, builder_, place); });
}

Value ExpressionLowering::list(const Expr& expr) {
  llvm::SmallVector<Value> leaves;
  for (const sema::ExprRef& item : expr.args) llvm::append_range(leaves, lower(*item, Want::whole()).leaves());
  return builder_.create<stream::ListOp>(loc(expr), column(expr.type), leaves);
}

Value ExpressionLowering::isIn(const Expr& expr) {
  const Expr& items = *expr.args[1];
  Location place = loc(expr);
  if (items.kind != ExprKind::kList) {
    llvm::SmallVector<Value> args = {scalar(items), scalar(*expr.args[0])};
    llvm::SmallVector<Type> types = {column(items.type), column(expr.args[0]->type)};
    return builder_.create<stream::CallOp>(place, "contains", args, types, builder_.getI1Type(),
                                           llvm::ArrayRef<stream::Cause>());
  }
  ValueTree wanted = lower(*expr.args[0], Want::whole());
  llvm::SmallVector<ValueTree> elements =
      llvm::map_to_vector(items.args, [&](const sema::ExprRef& item) { return lower(*item, Want::whole()); });
  Value found = boolean(place, false);
  for (const ValueTree& item : elements) {
    found = builder_.create<arith::OrIOp>(place, found, equal(place, wanted, item));
  }
  return found;
}

}  // namespace streamc::lower
