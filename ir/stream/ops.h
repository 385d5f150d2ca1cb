// The ops of the `stream` dialect, and the plain data they are built from. Descriptions: stream_ops.td (steps),
// stream_row_ops.td (row-level code).
#pragma once

#include <functional>
#include <optional>

#include "ir/stream/types.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace streamc::ir::stream {

// What rejecting writes to.
struct RejectionResource : mlir::SideEffects::Resource::Base<RejectionResource> {
  llvm::StringRef getName() override { return "stream.rejection"; }
};

// What every step says about itself.
struct StepSpec {
  llvm::StringRef step;         // "where": in messages and rows of errors
  llvm::StringRef operator_id;  // "strong/where": stable identity
  llvm::StringRef errors;       // symbol of the error scope
};

// Builds the code of a region from the values of the used columns; returns what the region yields.
using RowBodyBuilder =
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder&, mlir::Location, mlir::ValueRange)>;

struct SourceSpec {
  llvm::StringRef name;
  llvm::StringRef connector;
  mlir::DictionaryAttr options;
  llvm::StringRef format;
  mlir::DictionaryAttr format_options;
  RowAttr demand;
  int64_t max_record = 16 << 20;
  // Event time: without `time` the stream has none.
  std::function<llvm::SmallVector<mlir::Value>(mlir::OpBuilder&, mlir::Location, mlir::ValueRange)> time;
  llvm::SmallVector<llvm::StringRef> time_uses;
  std::optional<int64_t> wait_us, idle_us, max_ahead_us;
};

struct SinkSpec {
  llvm::StringRef name;
  llvm::StringRef connector;
  mlir::DictionaryAttr options;
  llvm::StringRef format;
  mlir::DictionaryAttr format_options;
  llvm::SmallVector<llvm::StringRef> key;
  ChoiceAttr choice = {};
};

}  // namespace streamc::ir::stream

#include "ir/stream/stream_interfaces.h.inc"

#define GET_OP_CLASSES
#include "ir/stream/stream_ops.h.inc"

namespace streamc::ir::stream {

// Whether anything inside the op (or the op itself) may reject a row. A `stream.catch` keeps the rejections of its
// first region to itself.
bool mayReject(mlir::Operation* op);
bool mayReject(mlir::Region& region);

// Whether the code (one block, terminator or not) may run although its result is not needed: cheap, without effect, and
// not looking into text or lists, which may be unspecified where an optional is null.
bool mayRunAnyway(mlir::Region& region);

// Whether every value of one column type is a value of the other, or (integer to float) is rounded to one: what
// stream.convert does.
bool convertsExactly(mlir::Type from, mlir::Type to);

// Removes the arguments of the region that nothing in it uses, and their columns from `uses`. Whether there were any.
bool dropUnusedColumns(RowRegionOpInterface op);

// The values that the region yields. REQUIRES: one block that ends with stream.yield.
mlir::OperandRange yieldedValues(mlir::Region& region);

}  // namespace streamc::ir::stream
