// The symbols of a job module, numbered: what the manifest calls ids and generated code passes to the runtime. Numbers
// are dense and in the order of the module, one sequence for each kind. Read-only after construction.
#ifndef CODEGEN_MANIFEST_JOB_INDEX_H
#define CODEGEN_MANIFEST_JOB_INDEX_H

#include <cstdint>
#include <optional>
#include <vector>

#include "codegen/layout/cell_layout.h"
#include "ir/job/ops.h"
#include "llvm/ADT/StringMap.h"
#include "mlir/IR/BuiltinOps.h"

namespace streamc::codegen {

class JobIndex {
 public:
  explicit JobIndex(mlir::ModuleOp module);

  mlir::ModuleOp module;
  std::vector<ir::job::ErrorsOp> errors;
  std::vector<ir::job::SourceOp> sources;
  std::vector<ir::job::ExchangeOp> exchanges;
  std::vector<ir::job::TableOp> tables;
  std::vector<ir::job::FlattenOp> flattens;
  std::vector<ir::job::SinkOp> sinks;
  std::vector<ir::job::ProcessOp> processes;  // without those that stand for others
  std::vector<ir::job::FireOp> fires;         // of table i, or null
  std::vector<ir::stream::DecodeOp> decodes;  // wherever they stand

  // A process that runs instead of others where the job has one worker.
  struct Fused {
    ir::job::ProcessOp op;
    uint32_t process;              // the one it stands for, whose number it has
    std::vector<uint32_t> inside;  // the others: what they read it does not write
  };
  std::vector<Fused> fused;

  // Number of a symbol among those of its kind.
  uint32_t idOf(llvm::StringRef symbol) const;
  // Number of a decode in `decodes`.
  uint32_t idOf(ir::stream::DecodeOp decode) const;
  mlir::Operation* opOf(llvm::StringRef symbol) const;

  // Targets of the writes of a process, each once, in order: the index is `output` of stream_core_route.
  const std::vector<llvm::StringRef>& outputsOf(ir::job::ProcessOp process) const { return effectsOf(process).outputs; }
  // Numbers of the tables that a process updates.
  const std::vector<uint32_t>& tablesOf(ir::job::ProcessOp process) const { return effectsOf(process).updated; }
  // The process that a symbol (source, exchange, table, flatten, errors) feeds.
  std::optional<uint32_t> processFedBy(llvm::StringRef symbol) const;
  // The process that updates a table.
  uint32_t ownerOf(uint32_t table) const;

  // Functions of the job image: processes first, then fires, then fused processes.
  uint32_t functionOfProcess(uint32_t process) const { return process; }
  uint32_t functionOfFire(uint32_t table) const;
  uint32_t functionOfFused(size_t number) const { return functionOfFire(fires.size()) + static_cast<uint32_t>(number); }
  uint32_t functionCount() const;

  const CellLayout& layoutOf(uint32_t table) const { return layouts_[table]; }

 private:
  void number(mlir::Operation* op, llvm::StringRef name, size_t id);

  struct Entry {
    mlir::Operation* op;
    uint32_t id;
  };
  struct Effects {
    std::vector<llvm::StringRef> outputs;
    std::vector<uint32_t> updated;
  };
  const Effects& effectsOf(ir::job::ProcessOp process) const { return effects_.at(process.getSymName()); }
  void collectEffects(ir::job::ProcessOp process);
  void collectInside(Fused& fused, ir::job::ProcessOp process) const;

  llvm::StringMap<Entry> symbols_;
  llvm::StringMap<Effects> effects_;
  std::vector<CellLayout> layouts_;
};

}  // namespace streamc::codegen

#endif
