// A command of streamc: its options and what it does. One file a command; main.cpp is the list.
#pragma once

#include <functional>
#include <string>

#include "CLI/App.hpp"
#include "tools/driver/compile.h"

namespace streamc::tools {

// Exit codes that scripts may rely on (docs/how-to/exit-codes.md).
enum ExitCode : int {
  kOk = 0,
  kUserMistake = 1,
  kUsage = 2,
  kInternal = 70,
  kUnavailable = 69,
};

enum class MessageFormat : uint8_t { kHuman, kJson };

// What the messages of all commands look like.
struct Messages {
  MessageFormat format = MessageFormat::kHuman;
  void addOptions(CLI::App& command);
  // Prints what the compilation has to say (diagnostics to stderr, or as JSON lines to stdout; a failure of the
  // environment to stderr) and returns the exit code that fits.
  int report(driver::Compilation& compilation, driver::Outcome outcome) const;
};

// Adds the command to the application; `run` is set to what it does when it was chosen on the command line.
using Action = std::function<int()>;
void addCheck(CLI::App& app, Action& run);
void addRun(CLI::App& app, Action& run);
void addBuild(CLI::App& app, Action& run);
void addExplain(CLI::App& app, Action& run);
void addCache(CLI::App& app, Action& run);

// `streamc --emit=BORDER FILE`
int emitBorder(const std::string& border, const std::string& path, const std::string& job, const std::string& output);

// What the cache of compiled jobs could not do, on stderr; --no-cache says that nobody cares.
void tellCacheNote(const driver::Compilation& compilation);

// "12.3 ms" for each phase, on stderr.
void printTiming(const driver::Compilation& compilation);

}  // namespace streamc::tools
