#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "dsl/render.h"
#include "tools/streamc/command.h"

namespace streamc::tools {
namespace {

bool wantsColour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && isatty(STDERR_FILENO);
}

}  // namespace

void Messages::addOptions(CLI::App& command) {
  command
      .add_option_function<std::string>(
          "--message-format",
          [this](const std::string& name) { format = name == "json" ? MessageFormat::kJson : MessageFormat::kHuman; },
          "human, or json: one object a line on standard output")
      ->check(CLI::IsMember({"human", "json"}));
}

int Messages::report(driver::Compilation& compilation, driver::Outcome outcome) const {
  compilation.diagnostics.sortByPlace();
  if (format == MessageFormat::kJson)
    std::fputs(jsonDiagnostics(compilation.diagnostics, compilation.files).c_str(), stdout);
  else if (!compilation.diagnostics.diagnostics().empty())
    std::fputs(renderDiagnostics(compilation.diagnostics, compilation.files, {.use_colour = wantsColour()}).c_str(),
               stderr);

  if (outcome == driver::Outcome::kEnvironmentError) {
    std::fprintf(stderr, "streamc: %s\n", compilation.failure.c_str());
    return kUserMistake;
  }
  return outcome == driver::Outcome::kUserError || compilation.diagnostics.hasErrors() ? kUserMistake : kOk;
}

void tellCacheNote(const driver::Compilation& compilation) {
  if (!compilation.cache_note.empty())
    std::fprintf(stderr, "streamc: note: compiled without a cache: %s (--no-cache silences this)\n",
                 compilation.cache_note.c_str());
}

void printTiming(const driver::Compilation& compilation) {
  for (const auto& phase : compilation.phases)
    std::fprintf(stderr, "%-10.*s %7.1f ms\n", static_cast<int>(phase.name.size()), phase.name.data(),
                 static_cast<double>(phase.took.count()) / 1000.0);
}

}  // namespace streamc::tools
