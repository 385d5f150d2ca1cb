// `streamc run FILE`: compile into memory and run here. Options behind the file are the job's own.
#include <unistd.h>

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

// perf looks for this file under exactly this name, whatever TMPDIR says, when it meets addresses that belong to no
// file.
void writePerfMap(const std::string& map) {
  std::string path = std::string(P_tmpdir) + "/perf-" + std::to_string(getpid()) + ".map";
  std::FILE* file = std::fopen(path.c_str(), "we");
  bool written = file != nullptr && std::fwrite(map.data(), 1, map.size(), file) == map.size();
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  if (!written)
    std::fprintf(stderr, "streamc: note: cannot write %s; perf will not know the job's functions\n", path.c_str());
}

}  // namespace

void addRun(CLI::App& app, Action& run) {
  struct Options {
    std::string path, job;
    bool timing = false, no_cache = false, perf = false;
    Messages messages;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run",
                                         "Compile in memory and run.\n"
                                         "Options that are not listed here are the job's own: --workers, --param, "
                                         "…; see `streamc run FILE --job-help`");
  command->add_option("FILE", options->path, "The .stream file")->required();
  command->add_option("--job", options->job, "Which job of the file");
  command->add_flag("--no-cache", options->no_cache, "Compile anew, and keep nothing (see streamc cache)");
  command->add_flag("--perf", options->perf, "Tell `perf report` the names of the job's functions (perf-PID.map)");
  command->add_flag("--timing", options->timing, "Say how long each phase of the compiler took");
  options->messages.addOptions(*command);
  command->allow_extras();
  command->callback([&run, options, command] {
    run = [options, extras = command->remaining()]() -> int {
      driver::Compilation compilation({.path = options->path,
                                       .job = options->job,
                                       .target = {.purpose = codegen::Purpose::kJit},
                                       .use_cache = !options->no_cache});
      driver::Outcome outcome = driver::compile(compilation, driver::Border::kObject);
      if (int code = options->messages.report(compilation, outcome)) return code;
      tellCacheNote(compilation);

      auto symbols = runtimeSymbols();
      std::string perf_map;
      auto job = codegen::JitJob::load(compilation.object, symbols, options->perf ? &perf_map : nullptr);
      if (!job) {
        std::fprintf(stderr, "streamc: %s: %s\n", job.error().code.c_str(), job.error().message.c_str());
        return kInternal;
      }
      if (options->perf) writePerfMap(perf_map);
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
