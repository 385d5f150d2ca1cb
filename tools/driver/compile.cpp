#include "tools/driver/compile.h"

#include <filesystem>
#include <utility>

#include "codegen/lower/emit.h"
#include "codegen/lower/hot_bitcode.h"
#include "codegen/object/assemble.h"
#include "codegen/object/optimize.h"
#include "frontend/lex/lexer.h"
#include "frontend/lower/lower.h"
#include "frontend/parse/parse.h"
#include "frontend/sema/check.h"
#include "ir/job/ops.h"
#include "llvm/Target/TargetMachine.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/optimize.h"
#include "passes/plan/pipeline.h"
#include "tools/driver/compile_cache.h"
#include "tools/driver/crash.h"
#include "tools/driver/read_source.h"

namespace streamc::driver {
namespace {

struct BorderName {
  std::string_view name;
  Border border;
};
constexpr BorderName kBorderNames[] = {
    {"tokens", Border::kTokens},
    {"ast", Border::kAst},
    {"program", Border::kProgram},
    {"stream", Border::kStream},
    {"stream-opt", Border::kStreamOpt},
    {"job", Border::kJob},
    {"llvm", Border::kLlvm},
    {"asm", Border::kMachine},
    {"obj", Border::kObject},
};

// Loads the files of `use "…"` for sema; each file once, found relative to the file that names it.
class UsedFiles {
 public:
  explicit UsedFiles(Compilation& compilation) : c_(compilation) {}

  sema::LoadedModule load(std::string_view path, FileId from) {
    std::filesystem::path resolved = std::filesystem::path(c_.files.get(from).name()).parent_path() / path;
    std::string name = resolved.lexically_normal().string();
    for (const auto& used : c_.used_modules)
      if (c_.files.get(used->file).name() == name) return {.module = used.get()};
    auto text = readSource(name);
    if (!text) return {.error = "cannot be read: " + text.error()};
    const SourceFile& file = c_.files.add(name, std::move(*text));
    lex::TokenStream tokens = lex::lex(file, c_.diagnostics);
    c_.used_modules.push_back(std::make_unique<ast::Module>(parse::parse(file, tokens, c_.diagnostics)));
    return {.module = c_.used_modules.back().get()};
  }

 private:
  Compilation& c_;
};

// The job that was asked for. `run` and `build` need exactly one.
const sema::Program* choose(const Compilation& c) {
  for (const sema::Program& program : c.programs)
    if (c.request.job.empty() || program.name == c.request.job) return &program;
  return nullptr;
}

std::string jobNames(const Compilation& c) {
  std::string names;
  for (const sema::Program& program : c.programs) names += (names.empty() ? "" : ", ") + program.name;
  return names;
}

std::string baseOf(const Compilation& c) { return std::filesystem::absolute(c.request.path).parent_path().string(); }

// Where the object of this compilation is kept; nothing when it is not.
class Kept {
 public:
  // REQUIRES: the program is checked.
  explicit Kept(Compilation& c) : c_(c) {
    if (!c.request.use_cache) return;
    CompileCache::Opened opened = CompileCache::open();
    cache_ = std::move(opened.cache);
    c.cache_note = std::move(opened.problem);
    if (cache_) key_ = cacheKey({c.files, c.request.path, baseOf(c), c.program()->name, c.request.target});
  }
  bool find() {
    std::optional<std::string> object = cache_ ? cache_->find(key_) : std::nullopt;
    if (object) c_.object = std::move(*object);
    return c_.from_cache = object.has_value();
  }
  void put() {
    if (!cache_) return;
    if (std::optional<std::string> problem = cache_->put(key_, c_.object)) c_.cache_note = std::move(*problem);
  }

 private:
  Compilation& c_;
  std::optional<CompileCache> cache_;
  CacheKey key_;
};

}  // namespace

std::optional<Border> borderNamed(std::string_view name) {
  for (const BorderName& row : kBorderNames)
    if (row.name == name) return row.border;
  return std::nullopt;
}

Compilation::Compilation(CompileRequest what) : request(std::move(what)) {}
Compilation::~Compilation() = default;

const sema::Program* Compilation::program() const { return choose(*this); }

Outcome compile(Compilation& c, Border until) {
  CrashScope scope(c);
  auto started = std::chrono::steady_clock::now();
  // Closes a phase: from here on what `border` promises is true. Says whether the walk goes on.
  auto passed = [&](Border border, std::string_view phase) {
    auto now = std::chrono::steady_clock::now();
    c.phases.push_back({phase, std::chrono::duration_cast<std::chrono::microseconds>(now - started)});
    started = now;
    c.reached = border;
    crashIfAsked(phase);
    return border < until;
  };

  if (c.reached < Border::kTokens) {
    auto text = readSource(c.request.path);
    if (!text) {
      c.failure = "cannot read " + c.request.path + ": " + text.error();
      return Outcome::kEnvironmentError;
    }
    const SourceFile& file = c.files.add(c.request.path, std::move(*text));
    // We have the text; nothing else of the outside world matters from here to the object file, but files it uses.
    c.tokens = lex::lex(file, c.diagnostics);
    if (!passed(Border::kTokens, "lex")) return Outcome::kReached;
  }

  if (c.reached < Border::kAst) {
    // Every byte belongs to a token or a diagnostic.
    c.module = parse::parse(*c.tokens.file, c.tokens, c.diagnostics);
    if (!passed(Border::kAst, "parse")) return c.diagnostics.hasErrors() ? Outcome::kUserError : Outcome::kReached;
  }

  if (c.reached < Border::kProgram) {
    // There is a tree, however broken the text. Sema looks at it even so: more errors in one run.
    UsedFiles used(c);
    c.programs = sema::check(c.module, c.files, c.diagnostics,
                             {.load = [&](std::string_view path, FileId from) { return used.load(path, from); }});
    bool go_on = passed(Border::kProgram, "check");
    if (c.diagnostics.hasErrors()) return Outcome::kUserError;
    if (c.request.will_run) {
      for (const sema::Program& program : c.programs) sema::reportNotBuilt(program, Severity::kError, c.diagnostics);
      if (c.diagnostics.hasErrors()) return Outcome::kUserError;
    }
    if (!go_on) return Outcome::kReached;
  }

  std::optional<Kept> kept;
  if (c.reached < Border::kStream) {
    // Names, types, time, windows and demand are known, and there is no error: behind this line nothing is the user's
    // fault any more.
    if (c.request.job.empty() && c.programs.size() > 1) {
      c.failure = "the file has several jobs (" + jobNames(c) + "); choose one with --job";
      return Outcome::kEnvironmentError;
    }
    const sema::Program* program = c.program();
    if (program == nullptr) {
      c.failure = c.programs.empty() ? "the file has no job: no flow ends in a sink"
                                     : "there is no job " + c.request.job + "; the file has " + jobNames(c);
      return Outcome::kEnvironmentError;
    }
    if (until == Border::kObject && kept.emplace(c).find()) {
      passed(Border::kObject, "cache");
      return Outcome::kReached;
    }
    c.mlir = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    c.mlir->loadDialect<ir::stream::StreamDialect, ir::job::JobDialect, mlir::arith::ArithDialect,
                        mlir::scf::SCFDialect>();
    c.ir = lower::lower(*program, c.files, *c.mlir);
    if (!passed(Border::kStream, "lower")) return Outcome::kReached;
  }

  if (c.reached < Border::kStreamOpt) {
    // What is meant, one op a step.
    passes::optimize(*c.ir, {.notes = &c.notes});
    if (!passed(Border::kStreamOpt, "optimize")) return Outcome::kReached;
  }

  if (c.reached < Border::kJob) {
    // Rows carry only what somebody needs.
    passes::plan(*c.ir);
    if (!passed(Border::kJob, "plan")) return Outcome::kReached;
  }

  if (c.reached < Border::kLlvm) {
    // How it runs: processes between exchanges, tables with their layout.
    codegen::EmittedJob emitted =
        codegen::emit(*c.ir, {.main_file = c.request.path, .base = baseOf(c), .compiler = "streamc " STREAMC_VERSION});
    c.llvm = std::move(emitted.llvm);
    c.manifest = std::move(emitted.manifest);
    c.remarks = std::move(emitted.remarks);
    if (!passed(Border::kLlvm, "emit")) return Outcome::kReached;
  }

  if (c.reached < Border::kMachine) {
    // Nothing below knows of streams.
    auto machine = codegen::makeTargetMachine(c.request.target);
    if (!machine) {
      c.failure = machine.error().code + ": " + machine.error().message;
      return Outcome::kEnvironmentError;
    }
    c.machine = std::move(*machine);
    codegen::linkHotBitcode(*c.llvm.module);
    codegen::optimize(*c.llvm.module, *c.machine, c.request.target.purpose);
    if (!passed(Border::kMachine, "llvm")) return Outcome::kReached;
  }

  if (c.reached < Border::kObject) {
    // The fastest code we know of, as LLVM writes it.
    c.object = codegen::assemble(*c.llvm.module, *c.machine);
    passed(Border::kObject, "object");
    if (kept) kept->put();
  }
  return Outcome::kReached;
}

}  // namespace streamc::driver
