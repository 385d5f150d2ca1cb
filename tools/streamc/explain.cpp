// `streamc explain FILE`: what a job will do, keep and cost. `streamc explain E0203`: the story of a message.
#include "tools/driver/explain.h"

#include <cctype>
#include <cstdio>
#include <memory>

#include "dsl/diagnostic.h"
#include "tools/streamc/command.h"

namespace streamc::tools {
namespace {

bool looksLikeCode(const std::string& text) {
  if (text.size() != 5 || (text[0] != 'E' && text[0] != 'W')) return false;
  for (size_t i = 1; i < 5; ++i)
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) return false;
  return true;
}

int explainCode(const std::string& code) {
  bool found = false;
  for (const DiagnosticKind* kind : registeredDiagnostics())
    if (kind->code() == code) {
      std::printf("%s: %s\n", code.c_str(), std::string(kind->summary()).c_str());
      found = true;
    }
  if (!found) std::fprintf(stderr, "streamc: there is no message %s\n", code.c_str());
  return found ? kOk : kUserMistake;
}

}  // namespace

void addExplain(CLI::App& app, Action& run) {
  struct Options {
    std::string what, job;
    bool json = false;
    Messages messages;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("explain", "Say what a job will do, keep and cost; or what a message means");
  command->add_option("FILE|CODE", options->what, "A .stream file, or the code of a message")->required();
  command->add_option("--job", options->job, "Which job of the file");
  command->add_flag("--json", options->json, "One JSON object instead of text");
  options->messages.addOptions(*command);
  command->callback([&run, options] {
    run = [options]() -> int {
      if (looksLikeCode(options->what)) return explainCode(options->what);
      driver::Compilation compilation({.path = options->what, .job = options->job});
      driver::Outcome outcome = driver::compile(compilation, driver::Border::kLlvm);
      if (int code = options->messages.report(compilation, outcome)) return code;
      std::fputs((options->json ? driver::explainJson(compilation) : driver::explain(compilation)).c_str(), stdout);
      return kOk;
    };
  });
}

}  // namespace streamc::tools
