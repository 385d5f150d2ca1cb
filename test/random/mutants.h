// Planted mistakes: what a wrong lowering or pass would do to a module. They prove that the referee can fail: each must
// be found within some programs.
#pragma once

#include <string>
#include <vector>

#include "mlir/IR/BuiltinOps.h"

namespace streamc::random_programs {

struct Mutant {
  std::string name;  // what is wrong
  void (*apply)(mlir::ModuleOp module);
};

const std::vector<Mutant>& mutants();

}  // namespace streamc::random_programs
