// A program as machine code in this process, and its runs under the simulator: the side that is judged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "codegen/jit/jit.h"
#include "test/interpreter/interpreter.h"
#include "test/interpreter/program_text.h"
#include "test/random/program.h"

namespace streamc::random_programs {

// How a program becomes machine code.
struct CompileChoice {
  bool fold = true;
  bool prune_columns = true;
  int level = 2;  // of LLVM: 0, 2 (as `streamc run`), 3 (as `streamc build`)

  std::string text() const;
};

struct RunChoice {
  unsigned workers = 1;
  unsigned batch = 2048;
  uint64_t seed = 1;  // of the simulator: who takes its turn when, and how much a read gives

  std::string text() const;
};

// Goes on from a compilation that stands at Border::kStream (whose module it consumes).
class CompiledProgram {
 public:
  CompiledProgram(std::unique_ptr<referee::TextCompilation> compilation, const CompileChoice& choice);

  // Exit code and outputs as the referee reports them; lines of standard error are only the rows among them.
  referee::Outcome run(const Program& program, const RunChoice& choice) const;

 private:
  std::string job_;
  std::unique_ptr<referee::TextCompilation> compilation_;
  std::optional<codegen::JitJob> code_;
};

}  // namespace streamc::random_programs
