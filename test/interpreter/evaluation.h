// The state of one evaluation: rows of every stream, rejections of every scope, lines of every sink. Internal to the
// referee; interpreter.h says what it is about.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/stream/ops.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "test/interpreter/interpreter.h"
#include "test/interpreter/json.h"
#include "test/interpreter/row_code.h"
#include "test/interpreter/value.h"

namespace streamc::referee {

// The record that a row was made of; unknown behind an exchange.
struct Origin {
  std::string source;
  Int partition = 0, offset = 0;
  std::optional<std::string> input;
};

struct Window {
  Int start, end;
  friend auto operator<=>(const Window&, const Window&) = default;
};

struct Row {
  std::vector<Value> values;  // in the order of the stream's columns
  std::optional<Int> event_time;
  std::optional<Int> watermark;  // of its partition just before it; nothing: −∞
  std::optional<Window> window;  // of a row that a window fired
  std::shared_ptr<const Origin> origin;
  // Source and partition (as one number), position in it, of the record that it was made of; also behind an exchange.
  std::optional<std::pair<Int, Int>> place;
};
using Rows = std::vector<Row>;

struct Rejection {
  ir::stream::Cause cause;
  std::string step, place;
  Row row;
};

class Evaluation {
 public:
  Evaluation(mlir::ModuleOp module, const World& world);
  Outcome run();

  // For the steps.
  const World& world() const { return world_; }
  const std::vector<Value>& params() const { return params_; }
  mlir::Type paramType(int64_t slot) const { return param_types_.at(static_cast<size_t>(slot)); }
  const Rows& rowsOf(mlir::Value value);
  void setRows(mlir::Value value, Rows rows) { rows_[value] = std::move(rows); }
  void reject(mlir::Operation* step, const Row& row, ir::stream::Cause cause, mlir::Location place);
  void write(const std::string& target, std::string line) { outcome_.lines[target].push_back(std::move(line)); }
  void open(const std::string& target) { outcome_.lines[target]; }
  void noteLate() { outcome_.has_late = true; }
  // Evaluates all that may reject into the scope, as far as it does not read these errors itself.
  void evaluateScope(ir::stream::ErrorsOp errors);
  const std::vector<Rejection>& rejectionsOf(llvm::StringRef scope) { return rejections_[scope.str()]; }
  std::vector<Value> errorValues(const Rejection& rejection, ir::stream::RowAttr columns) const;

  std::string optionText(mlir::Attribute option) const;
  Int optionInteger(mlir::Attribute option) const;
  double optionReal(mlir::Attribute option) const;

 private:
  void evaluate(mlir::Operation* op);
  std::vector<mlir::Operation*> stepsOf(llvm::StringRef scope) const;
  llvm::DenseSet<mlir::Operation*> originsOf(mlir::Operation* op) const;
  std::string placeOf(mlir::Location location) const;

  mutable mlir::ModuleOp module_;  // a handle
  const World& world_;
  std::vector<Value> params_;
  std::vector<mlir::Type> param_types_;
  llvm::DenseSet<mlir::Operation*> started_;
  llvm::DenseMap<mlir::Value, Rows> rows_;
  std::map<std::string, std::vector<Rejection>> rejections_;
  Outcome outcome_;
};

using StepFunction = void (*)(mlir::Operation& op, Evaluation& evaluation);
// The meaning of the step of that name; null when the referee does not know it.
StepFunction stepFunctionOf(llvm::StringRef operation);

// Runs the region of a step for rows, with its columns and pseudo columns as arguments.
class RegionRunner {
 public:
  RegionRunner(mlir::Region& region, mlir::ArrayAttr uses, ir::stream::RowAttr columns, Evaluation& evaluation);
  // Throws Rejected.
  std::vector<Value> run(const Row& row);

 private:
  mlir::Region& region_;
  std::vector<std::string> names_;
  std::vector<int> columns_;  // -1: a pseudo column
  RowCode code_;
};

}  // namespace streamc::referee
