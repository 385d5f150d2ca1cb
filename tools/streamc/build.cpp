// `streamc build FILE -o JOB`: an executable that needs glibc and nothing else.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "codegen/link/link.h"
#include "tools/driver/bundle.h"
#include "tools/streamc/command.h"

namespace streamc::tools {

void addBuild(CLI::App& app, Action& run) {
  struct Options {
    std::string path, output, job, cpu;
    bool timing = false, no_cache = false;
    Messages messages;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("build", "Make an executable");
  command->add_option("FILE", options->path, "The .stream file")->required();
  command->add_option("-o,--output", options->output, "The executable; default is the file's name without .stream");
  command->add_option("--job", options->job, "Which job of the file");
  command->add_option("--cpu", options->cpu, "CPU to compile for; default x86-64-v3, \"native\" is this machine");
  command->add_flag("--no-cache", options->no_cache, "Compile anew, and keep nothing (see streamc cache)");
  command->add_flag("--timing", options->timing, "Say how long each phase took");
  options->messages.addOptions(*command);
  command->callback([&run, options] {
    run = [options]() -> int {
      driver::Compilation compilation({.path = options->path,
                                       .job = options->job,
                                       .target = {.purpose = codegen::Purpose::kAot, .cpu = options->cpu},
                                       .use_cache = !options->no_cache});
      driver::Outcome outcome = driver::compile(compilation, driver::Border::kObject);
      if (int code = options->messages.report(compilation, outcome)) return code;
      tellCacheNote(compilation);

      std::string output = options->output;
      if (output.empty()) output = std::filesystem::path(options->path).stem().string();
      auto linked =
          codegen::link({.object = compilation.object, .output = output, .bundle = driver::bundleDirectory()});
      if (!linked) {
        std::fprintf(stderr, "streamc: %s: %s\n", linked.error().code.c_str(), linked.error().message.c_str());
        return kUnavailable;
      }
      if (options->timing) printTiming(compilation);
      return kOk;
    };
  });
}

}  // namespace streamc::tools
