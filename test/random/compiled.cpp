#include "test/random/compiled.h"

#include <sstream>

#include "codegen/lower/hot_bitcode.h"
#include "codegen/object/assemble.h"
#include "llvm/Support/ErrorHandling.h"
#include "passes/optimize.h"
#include "runtime-lib/hot/abi_symbols.h"
#include "runtime-lib/io/sim_env.h"
#include "runtime-lib/main/stream_main.h"

namespace streamc::random_programs {

std::string CompileChoice::text() const {
  return "O" + std::to_string(level) + (fold ? "" : " without folding") + (prune_columns ? "" : " without pruning");
}

std::string RunChoice::text() const {
  return std::to_string(workers) + " workers, batches of " + std::to_string(batch) + ", simulator seed " +
         std::to_string(seed);
}

CompiledProgram::CompiledProgram(std::unique_ptr<referee::TextCompilation> compilation, const CompileChoice& choice)
    : job_(compilation->program()->name), compilation_(std::move(compilation)) {
  driver::Compilation& c = *compilation_;
  passes::optimize(*c.ir, {.fold = choice.fold, .prune_columns = choice.prune_columns});
  c.reached = driver::Border::kStreamOpt;
  c.request.target = {.purpose = choice.level == 3 ? codegen::Purpose::kAot : codegen::Purpose::kJit, .cpu = "native"};
  if (choice.level == 0) {
    driver::compile(c, driver::Border::kLlvm);
    auto machine = codegen::makeTargetMachine(c.request.target);
    if (!machine) llvm::report_fatal_error("no machine for this processor");
    c.machine = std::move(*machine);
    c.machine->setOptLevel(llvm::CodeGenOptLevel::None);
    codegen::linkHotBitcode(*c.llvm.module);
    c.llvm.module->setTargetTriple(c.machine->getTargetTriple().str());
    c.llvm.module->setDataLayout(c.machine->createDataLayout());
    c.object = codegen::assemble(*c.llvm.module, *c.machine);
  } else {
    driver::compile(c, driver::Border::kObject);
  }
  static const std::vector<codegen::JitSymbol> kSymbols = [] {
    std::vector<codegen::JitSymbol> symbols;
    for (const auto& symbol : streamrt::abiSymbols()) symbols.push_back({symbol.name, symbol.address});
    return symbols;
  }();
  auto code = codegen::JitJob::load(std::move(c.object), kSymbols);
  if (!code) llvm::report_fatal_error(llvm::Twine("the job's code cannot be loaded: ") + code.error().message);
  code_.emplace(std::move(*code));
}

namespace {

constexpr const char* kBase = "/base";

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

referee::Outcome CompiledProgram::run(const Program& program, const RunChoice& choice) const {
  streamrt::SimEnv env({.seed = choice.seed, .read_max = 1 + choice.seed * 977 % 20'000});
  for (const auto& [path, lines] : program.inputs)
    env.putFile(std::string(kBase) + "/" + path, program.inputText(path));
  std::vector<std::string> words = {
      job_,     "--base", kBase, "--workers", std::to_string(choice.workers), "--batch", std::to_string(choice.batch),
      "--quiet"};
  for (const auto& [name, text] : program.params) {
    words.push_back("--param");
    words.push_back(name + "=" + text);
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  referee::Outcome outcome;
  outcome.exit_code = streamrt::streamMain(*code_->image(), static_cast<int>(argv.size()), argv.data(), &env);
  for (const std::string& path : env.disk().paths()) {
    std::string prefix = std::string(kBase) + "/";
    bool is_input = path.starts_with(prefix) && program.inputs.contains(path.substr(prefix.size()));
    if (is_input) continue;
    std::vector<std::string> lines = linesOf(env.file(path).value_or(""));
    if (path == referee::kStandardError)
      std::erase_if(lines, [](const std::string& line) { return !line.starts_with('{'); });
    outcome.lines[path.starts_with(prefix) ? path.substr(prefix.size()) : path] = std::move(lines);
  }
  return outcome;
}

}  // namespace streamc::random_programs
