#include "test/random/mutants.h"

#include "ir/stream/ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace streamc::random_programs {

namespace arith = mlir::arith;
namespace stream = ir::stream;

namespace {

template <typename Op, typename Change>
void each(mlir::ModuleOp module, Change change) {
  std::vector<Op> found;
  module.walk([&](Op op) { found.push_back(op); });
  for (Op op : found) change(op);
}

void lessIsLessOrEqual(mlir::ModuleOp module) {
  each<arith::CmpIOp>(module, [](arith::CmpIOp op) {
    if (op.getPredicate() == arith::CmpIPredicate::slt) op.setPredicate(arith::CmpIPredicate::sle);
  });
}

void unsignedIsSigned(mlir::ModuleOp module) {
  each<arith::CmpIOp>(module, [](arith::CmpIOp op) {
    using Predicate = arith::CmpIPredicate;
    constexpr std::pair<Predicate, Predicate> kSigned[] = {{Predicate::ult, Predicate::slt},
                                                           {Predicate::ule, Predicate::sle},
                                                           {Predicate::ugt, Predicate::sgt},
                                                           {Predicate::uge, Predicate::sge}};
    for (auto [from, to] : kSigned) {
      if (op.getPredicate() != from) continue;
      op.setPredicate(to);
      break;
    }
  });
}

void sumsWrap(mlir::ModuleOp module) {
  each<stream::CheckedAddOp>(module, [](stream::CheckedAddOp op) {
    mlir::OpBuilder builder(op);
    op.replaceAllUsesWith(builder.create<arith::AddIOp>(op.getLoc(), op.getLhs(), op.getRhs()).getResult());
    op.erase();
  });
}

void nullIsSomething(mlir::ModuleOp module) {
  each<stream::AssertPresentOp>(module, [](stream::AssertPresentOp op) {
    mlir::Type type = op.getResult().getType();
    if (!type.isIntOrFloat()) return;  // of null there is nothing to look into
    mlir::OpBuilder builder(op);
    op.replaceAllUsesWith(builder.create<stream::GetOp>(op.getLoc(), op.getOptional()).getResult());
    op.erase();
  });
}

void decimalsAreCut(mlir::ModuleOp module) {
  each<stream::RoundDecimalOp>(module, [](stream::RoundDecimalOp op) { op.setRounding(stream::Rounding::kTrunc); });
  each<stream::DivideDecimalOp>(module, [](stream::DivideDecimalOp op) { op.setRounding(stream::Rounding::kTrunc); });
}

void windowsAreShifted(mlir::ModuleOp module) {
  each<stream::AggregateOp>(module, [](stream::AggregateOp op) {
    auto window = op.getWindow();
    if (!window) return;
    constexpr int64_t kSecond = 1'000'000;
    op.setWindowAttr(stream::TumbleAttr::get(op.getContext(), window->getSizeUs(),
                                             (window->getOffsetUs() + kSecond) % window->getSizeUs()));
  });
}

void waitIsLonger(mlir::ModuleOp module) {
  each<stream::SourceOp>(module, [](stream::SourceOp op) {
    if (op.getWaitUs()) op.setWaitUs(*op.getWaitUs() + 1);
  });
}

void lastIsFirst(mlir::ModuleOp module) {
  each<stream::AggregateOp>(module, [](stream::AggregateOp op) {
    llvm::SmallVector<mlir::Attribute> changed;
    for (auto aggregate : op.getAggregates().getAsRange<stream::AggregateAttr>()) {
      bool is_last = aggregate.getFunction() == stream::AggregateFunction::kLast;
      changed.push_back(stream::AggregateAttr::get(
          op.getContext(), aggregate.getName(), is_last ? stream::AggregateFunction::kFirst : aggregate.getFunction(),
          aggregate.getArg(), aggregate.getArgType(), aggregate.getConditional()));
    }
    op.setAggregatesAttr(mlir::ArrayAttr::get(op.getContext(), changed));
  });
}

void stepsAreNameless(mlir::ModuleOp module) {
  each<stream::ProjectOp>(module, [](stream::ProjectOp op) { op.setStep("step"); });
}

void columnsAreMixedUp(mlir::ModuleOp module) {
  each<stream::ProjectOp>(module, [](stream::ProjectOp op) {
    // Of two kept columns of one type the first is taken twice.
    llvm::SmallVector<mlir::Attribute> columns(op.getColumns().getValue());
    stream::ProjectedAttr first;
    mlir::Type first_type;
    for (mlir::Attribute& attribute : columns) {
      auto column = mlir::cast<stream::ProjectedAttr>(attribute);
      if (!column.isKept()) continue;
      mlir::Type type = op.getRow().find(column.getName().getValue())->type;
      if (!first) first = column, first_type = type;
      if (type == first_type) attribute = stream::ProjectedAttr::kept(column.getName(), first.getSource());
    }
    op.setColumnsAttr(mlir::ArrayAttr::get(op.getContext(), columns));
  });
}

}  // namespace

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> kMutants = {
      {"< of integers is <=", lessIsLessOrEqual},
      {"unsigned numbers are compared with a sign", unsignedIsSigned},
      {"sums wrap around instead of rejecting", sumsWrap},
      {"x! of null goes on", nullIsSomething},
      {"decimals are cut off instead of rounded", decimalsAreCut},
      {"windows begin a second later", windowsAreShifted},
      {"the watermark is a microsecond behind", waitIsLonger},
      {"last is first", lastIsFirst},
      {"rows of errors name another step", stepsAreNameless},
      {"a kept column is another column", columnsAreMixedUp},
  };
  return kMutants;
}

}  // namespace streamc::random_programs
