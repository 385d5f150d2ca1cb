// What a process was made into, said by the same functions that chose it: see remark.h.
#include "codegen/lower/job_emitter.h"
#include "codegen/lower/remark.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace streamc::codegen {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;

// What an operation does, in words of the language.
std::string deedOf(mlir::Operation* op) {
  return llvm::TypeSwitch<mlir::Operation*, std::string>(op)
      .Case([](stream::CallOp call) { return "calls `" + call.getCallee().str() + "`"; })
      .Case([](stream::FormatOp) { return std::string("makes a text"); })
      .Case([](stream::CompareStringOp) { return std::string("compares texts"); })
      .Case([](stream::DecodeOp) { return std::string("decodes a text"); })
      .Case<stream::DivOp, stream::ModOp>([](auto) { return std::string("divides by what is no constant"); })
      .Case([](job::WriteOp) { return std::string("hands on a text that is made here, or several rows for one"); })
      .Case([](job::ObserveOp) { return std::string("looks at the watermark before each row"); })
      .Case([](job::OriginOp) { return std::string("looks at the place of each row"); })
      .Case<mlir::arith::RemSIOp, mlir::arith::RemUIOp>([](auto) { return std::string("takes a remainder"); })
      .Case<mlir::arith::DivSIOp, mlir::arith::DivUIOp>([](auto) { return std::string("divides integers"); })
      .Default([](mlir::Operation* other) {
        std::string name = other->getName().stripDialect().str();
        std::replace(name.begin(), name.end(), '_', ' ');
        return "does `" + name + "`, which takes a row at a time";
      });
}

}  // namespace

// The first operation that no loop without branches can hold; a constant stands for what it is used by.
mlir::Operation* JobEmitter::firstNotCalm(mlir::Block& block) const {
  for (mlir::Operation& op : block) {
    if (isCalm(&op) || mlir::isa<stream::StringConstantOp>(op)) continue;
    if (mlir::isa<job::FlowOp, mlir::scf::IfOp>(op)) {
      for (mlir::Region& region : op.getRegions())
        for (mlir::Block& inner : region)
          if (mlir::Operation* found = firstNotCalm(inner)) return found;
    }
    return &op;
  }
  return nullptr;
}

void JobEmitter::remarkProcess(mlir::Block& body) {
  auto say = [&](Remark::About about, llvm::StringRef subject, bool done, std::string text) {
    module().remarks().push_back({about, process_.getSymName().str(), subject.str(), done, std::move(text)});
  };
  mlir::Operation* obstacle = firstNotCalm(body);
  const bool is_calm = canBeCalm(body);
  if (is_calm) {
    say(Remark::About::kLoop, "", true,
        "without branches; a batch in which a row is rejected is done again row by row");
  } else {
    say(Remark::About::kLoop, "", false,
        "without branches, since " +
            (obstacle ? module().place(obstacle->getLoc()) + " " + deedOf(obstacle) : "a constant text is handed on"));
  }
  process_->walk([&](job::UpdateOp update) {
    job::TableOp table = index_.tables[index_.idOf(update.getTable())];
    const bool is_ahead = wantsHashes(update) && (is_calm || staged_.contains(update));
    say(Remark::About::kKeys, table.getOperatorId(), is_ahead,
        is_ahead ? "keys are hashed a batch at a time, and memory is asked for their cells in advance"
        : wantsHashes(update)
            ? "asked for in advance, since the loop has branches, and several tables or a key that is made in it"
            : "asked for in advance, since the key has several parts and no fixed size");
  });
  process_->walk([&](job::WriteOp write) {
    auto sink = mlir::dyn_cast<job::SinkOp>(index_.opOf(write.getTarget()));
    if (!sink) return;
    llvm::StringRef name = sink.getName() == sink.getConnector() ? sink.getOperatorId() : sink.getName();
    auto is_input = [&](mlir::Value value) { return static_cast<bool>(inputColumn(value, body)); };
    const bool in_place = positional_.contains(write);
    say(Remark::About::kSink, name, in_place,
        in_place
            ? std::to_string(llvm::count_if(write.getValues(), is_input)) + " of " +
                  std::to_string(write.getValues().size()) + " columns are those of the input; rows keep their places"
        : comesOnceARow(write) ? "in place, since several steps write to it"
                               : "in place, since a row may become several");
  });
}

}  // namespace streamc::codegen
