// `streamc run FILE`: compile into memory and run here. Options behind the file are the job's own.
#include <cstdio>
#include <memory>
#include <vector>

#include "codegen/jit/jit.h"
#include "runtime-lib/hot/abi_symbols.h"
#include "runtime-lib/main/stream_main.h"
#include "tools/streamc/command.h"

namespace streamc::tools {
namespace {

std::vector<codegen::JitSymbol> runtimeSymbols() {
  std::vector<codegen::JitSymbol> symbols;
  for (const auto& symbol : streamrt::abiSymbols()) symbols.push_back({symbol.name, symbol.address});
  return symbols;
}

}  // namespace

void addRun(CLI::App& app, Action& run) {
  struct Options {
    std::string path, job;
    bool timing = false;
    Messages messages;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run",
                                         "Compile in memory and run.\n"
                                         "Options that are not listed here are the job's own: --workers, --param, "
                                         "…; see `streamc run FILE --job-help`");
  command->add_option("FILE", options->path, "The .stream file")->required();
  command->add_option("--job", options->job, "Which job of the file");
  command->add_flag("--timing", options->timing, "Say how long each phase of the compiler took");
  options->messages.addOptions(*command);
  command->allow_extras();
  command->callback([&run, options, command] {
    run = [options, extras = command->remaining()]() -> int {
      driver::Compilation compilation(
          {.path = options->path, .job = options->job, .target = {.purpose = codegen::Purpose::kJit}});
      driver::Outcome outcome = driver::compile(compilation, driver::Border::kMachine);
      if (int code = options->messages.report(compilation, outcome)) return code;

      auto symbols = runtimeSymbols();
      auto job = codegen::JitJob::load(std::move(compilation.llvm), std::move(compilation.machine), symbols);
      if (!job) {
        std::fprintf(stderr, "streamc: %s: %s\n", job.error().code.c_str(), job.error().message.c_str());
        return kInternal;
      }
      if (options->timing) printTiming(compilation);

      // The job sees its own command line: its name, then what streamc did not take.
      std::vector<std::string> words = {compilation.program()->name};
      for (const std::string& word : extras) words.push_back(word == "--job-help" ? "--help" : word);
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      return streamrt::streamMain(*job->image(), static_cast<int>(words.size()), argv.data());
    };
  });
}

}  // namespace streamc::tools
