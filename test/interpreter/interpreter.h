// The referee: evaluates a module of the `stream` dialect, as frontend/lower makes it, on whole inputs. Every stream is
// the list of all its rows, every step a loop over them, every window a map: slow, obvious, and written without a look
// at passes, codegen and the runtime, so that a difference means that one of the two readings of the language is wrong.
//
// What the language leaves open (which of two inputs arrives first, where a row behind an exchange came from) is either
// an Unspecified value, which the comparison skips, or avoided by whoever makes the programs.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlir/IR/BuiltinOps.h"

namespace streamc::referee {

// What a job sees of the outside.
struct World {
  std::function<std::optional<std::string>(const std::string& path)> read;  // "-" is standard input
  std::map<std::string, std::string> params;                                // --param name=text
  std::function<std::optional<std::string>(const std::string& name)> variable;
};

inline constexpr const char* kStandardOutput = "<stdout>";
inline constexpr const char* kStandardError = "<stderr>";

// What a job leaves: lines without their ends, in no order, by path. After exit code 65 (errors: fail) nothing counts.
struct Outcome {
  int exit_code = 0;
  std::map<std::string, std::vector<std::string>> lines;
  bool has_rejections = false, has_late = false;  // whether any row was rejected, or came late
};

// Throws Stuck when the module or the world is not what the referee can judge.
Outcome evaluate(mlir::ModuleOp module, const World& world);

// Whether the referee evaluates operations of that name at all, as a step or in a row.
bool knowsOperation(llvm::StringRef operation);

}  // namespace streamc::referee
