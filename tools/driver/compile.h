// The walk of a program, from a path to machine code, in one function that narrates it.
//
// Called by the commands of streamc and by tests. A Compilation owns everything that is made on the way; compile() goes
// on from where the Compilation stands to the border that is asked for, so a command may look at what a border holds
// and then go on. After a border, what the next phase consumed is gone (the stream module once it is planned, for
// instance). Not thread-safe; independent Compilations are.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/llvm_module.h"
#include "codegen/lower/remark.h"
#include "codegen/object/target.h"
#include "dsl/diagnostic.h"
#include "dsl/source_file.h"
#include "frontend/ast/ast.h"
#include "frontend/lex/token.h"
#include "frontend/sema/program.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "passes/notes.h"

namespace streamc::driver {

// What exists when a phase is over; in the order of the walk. The names are those of --emit.
enum class Border : uint8_t { kStart, kTokens, kAst, kProgram, kStream, kStreamOpt, kJob, kLlvm, kMachine, kObject };

// "tokens", "ast", …; nullopt for a name that is none. "asm" is kMachine, "obj" kObject.
std::optional<Border> borderNamed(std::string_view name);

struct CompileRequest {
  std::string path;      // of the .stream file; "-" reads standard input
  std::string job;       // which job of the file; empty: the only one
  bool will_run = true;  // refuse what is not executed yet (E0109); else warn (W0109)
  codegen::TargetSpec target;
  bool use_cache = false;  // take the object from an earlier compilation when there is one, and keep what is made
};

// Why a compilation stopped short of its border.
enum class Outcome : uint8_t {
  kReached,
  kUserError,         // diagnostics say what
  kEnvironmentError,  // `failure` says what: a file that cannot be read, a CPU that does not exist
};

struct Compilation {
  explicit Compilation(CompileRequest what);
  Compilation(const Compilation&) = delete;
  ~Compilation();

  CompileRequest request;
  SourceFiles files;
  DiagnosticSink diagnostics;
  std::string failure;

  Border reached = Border::kStart;
  lex::TokenStream tokens;
  ast::Module module;
  std::vector<std::unique_ptr<ast::Module>> used_modules;  // of `use "file"`, loaded while checking
  std::vector<sema::Program> programs;                     // one a job
  std::unique_ptr<mlir::MLIRContext> mlir;
  mlir::OwningOpRef<mlir::ModuleOp> ir;  // stream dialect, then job dialect
  codegen::LlvmModule llvm;              // not optimised before kMachine
  std::string manifest;
  passes::Notes notes;       // of the passes over stream IR
  codegen::Remarks remarks;  // of code generation
  std::unique_ptr<llvm::TargetMachine> machine;
  std::string object;      // bytes of an ELF file
  std::string cache_note;  // one sentence when the cache could not be used
  bool from_cache = false;

  // Wall time of each phase, in the order they ran; for --timing.
  struct Phase {
    std::string_view name;
    std::chrono::microseconds took;
  };
  std::vector<Phase> phases;

  const sema::Program* program() const;  // the job asked for; null before kProgram
};

Outcome compile(Compilation& compilation, Border until);

// The stable text of what a border holds. REQUIRES: the compilation stands exactly at `border`.
std::string print(Compilation& compilation, Border border);

}  // namespace streamc::driver
