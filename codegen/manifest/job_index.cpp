#include "codegen/manifest/job_index.h"

#include <algorithm>

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/ErrorHandling.h"

namespace streamc::codegen {
namespace {

namespace job = ir::job;

// The layout that the plan prescribes: there is no other.
CellLayout layoutFor(job::TableOp table) {
  auto given = table.getLayout();
  if (!given) llvm::report_fatal_error("codegen: table @" + table.getSymName() + " has no layout (layout-state)");
  CellLayout layout;
  layout.fixed_key = given->getKeyFixed() >= 0;
  layout.key_bytes = layout.fixed_key ? given->getKeyFixed() : kBlobRefBytes;
  layout.size = given->getCellSize();
  for (auto [offset, validity] : llvm::zip_equal(given->getOffsets().asArrayRef(), given->getValidity().asArrayRef())) {
    SlotOffset slot{.value = static_cast<uint32_t>(offset), .validity = std::nullopt};
    if (validity >= 0) slot.validity = static_cast<uint32_t>(validity);
    layout.fields.push_back(slot);
  }
  return layout;
}

}  // namespace

void JobIndex::number(mlir::Operation* op, llvm::StringRef name, size_t id) {
  symbols_[name] = {op, static_cast<uint32_t>(id)};
}

JobIndex::JobIndex(mlir::ModuleOp of) : module(of) {
  auto collect = [&](auto op, auto& list) {
    number(op, op.getSymName(), list.size());
    list.push_back(op);
  };
  for (mlir::Operation& op : module.getOps()) {
    llvm::TypeSwitch<mlir::Operation*>(&op)
        .Case<job::ErrorsOp>([&](auto op) { collect(op, errors); })
        .Case<job::SourceOp>([&](auto op) { collect(op, sources); })
        .Case<job::ExchangeOp>([&](auto op) { collect(op, exchanges); })
        .Case<job::TableOp>([&](auto op) { collect(op, tables); })
        .Case<job::FlattenOp>([&](auto op) { collect(op, flattens); })
        .Case<job::SinkOp>([&](auto op) { collect(op, sinks); })
        .Case<job::ProcessOp>([&](auto op) {
          if (op.getInsteadOf()) {
            fused.push_back({op, 0, {}});
          } else {
            collect(op, processes);
          }
        });
  }
  fires.resize(tables.size());
  for (auto fire : module.getOps<job::FireOp>()) fires[idOf(fire.getTable())] = fire;
  for (job::TableOp table : tables) layouts_.push_back(layoutFor(table));
  for (job::ProcessOp process : processes) collectEffects(process);
  for (Fused& version : fused) {
    version.process = idOf(*version.op.getInsteadOf());
    collectEffects(version.op);
    collectInside(version, processes[version.process]);
  }
}

void JobIndex::collectEffects(job::ProcessOp process) {
  Effects& effects = effects_[process.getSymName()];
  process.walk([&](mlir::Operation* op) {
    if (auto write = mlir::dyn_cast<job::WriteOp>(op)) {
      if (!llvm::is_contained(effects.outputs, write.getTarget())) effects.outputs.push_back(write.getTarget());
    } else if (auto decode = mlir::dyn_cast<ir::stream::DecodeOp>(op)) {
      decodes.push_back(decode);
    } else if (auto update = mlir::dyn_cast<job::UpdateOp>(op)) {
      uint32_t table = idOf(update.getTable());
      if (!llvm::is_contained(effects.updated, table)) effects.updated.push_back(table);
    }
  });
}

// The processes behind exchanges that `process` writes to and `fused` does not, and those behind them.
void JobIndex::collectInside(Fused& version, job::ProcessOp process) const {
  for (llvm::StringRef output : outputsOf(process)) {
    if (llvm::is_contained(outputsOf(version.op), output) || !mlir::isa<job::ExchangeOp>(opOf(output))) continue;
    uint32_t reader = *processFedBy(output);
    version.inside.push_back(reader);
    collectInside(version, processes[reader]);
  }
}

uint32_t JobIndex::idOf(llvm::StringRef symbol) const {
  auto found = symbols_.find(symbol);
  if (found == symbols_.end()) llvm::report_fatal_error(llvm::Twine("codegen: unknown symbol @") + symbol);
  return found->second.id;
}

uint32_t JobIndex::idOf(ir::stream::DecodeOp decode) const {
  return static_cast<uint32_t>(llvm::find(decodes, decode) - decodes.begin());
}

mlir::Operation* JobIndex::opOf(llvm::StringRef symbol) const {
  auto found = symbols_.find(symbol);
  if (found == symbols_.end()) llvm::report_fatal_error(llvm::Twine("codegen: unknown symbol @") + symbol);
  return found->second.op;
}

std::optional<uint32_t> JobIndex::processFedBy(llvm::StringRef symbol) const {
  for (auto [id, process] : llvm::enumerate(processes)) {
    if (auto op = process; op.getInput() == symbol) return id;
  }
  return std::nullopt;
}

uint32_t JobIndex::ownerOf(uint32_t table) const {
  for (auto [number, process] : llvm::enumerate(processes)) {
    if (llvm::is_contained(tablesOf(process), table)) return number;
  }
  llvm::report_fatal_error("codegen: a table that no process updates");
}

uint32_t JobIndex::functionOfFire(uint32_t table) const {
  auto before = std::count_if(fires.begin(), fires.begin() + table, [](job::FireOp fire) { return bool(fire); });
  return static_cast<uint32_t>(processes.size() + before);
}

uint32_t JobIndex::functionCount() const { return functionOfFused(fused.size()); }

}  // namespace streamc::codegen
