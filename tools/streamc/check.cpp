// `streamc check FILE…`: everything that can be known without running.
#include <memory>
#include <vector>

#include "frontend/sema/check.h"
#include "tools/streamc/command.h"

namespace streamc::tools {

void addCheck(CLI::App& app, Action& run) {
  struct Options {
    std::vector<std::string> paths;
    Messages messages;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "Look for mistakes; run nothing");
  command->add_option("FILE", options->paths, "The .stream files; - reads standard input")->required();
  options->messages.addOptions(*command);
  command->callback([&run, options] {
    run = [options] {
      int worst = kOk;
      for (const std::string& path : options->paths) {
        driver::Compilation compilation({.path = path, .will_run = false});
        driver::Outcome outcome = driver::compile(compilation, driver::Border::kProgram);
        // What is not executed yet is a warning here, and only when nothing else is wrong.
        if (outcome == driver::Outcome::kReached)
          for (const sema::Program& program : compilation.programs)
            sema::reportNotBuilt(program, Severity::kWarning, compilation.diagnostics);
        worst = std::max(worst, options->messages.report(compilation, outcome));
      }
      return worst;
    };
  });
}

}  // namespace streamc::tools
