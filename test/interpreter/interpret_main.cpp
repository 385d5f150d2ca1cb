// The referee as a command, for test/run and for looking at one program:
//
//   interpret job.stream [--base DIR] [--param name=value …]
//
// Reads inputs and writes outputs as the job would, relative to --base (default: the directory of the job). Exit code
// 0, 65 when a record failed under `errors: fail`, 1 for a program that does not compile, 3 when the referee cannot
// judge.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "test/interpreter/interpreter.h"
#include "test/interpreter/value.h"
#include "tools/driver/compile.h"

namespace {

using namespace streamc;

struct Command {
  std::string job;
  std::filesystem::path base;
  referee::World world;
};

std::optional<std::string> contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<Command> commandOf(const std::vector<std::string>& words) {
  Command command;
  for (size_t i = 1; i < words.size(); ++i) {
    bool has_value = i + 1 < words.size();
    if (words[i] == "--base" && has_value) {
      command.base = words[++i];
    } else if (words[i] == "--param" && has_value) {
      std::string text = words[++i];
      size_t equals = text.find('=');
      if (equals == std::string::npos) return std::nullopt;
      command.world.params[text.substr(0, equals)] = text.substr(equals + 1);
    } else if (command.job.empty() && !words[i].starts_with("--")) {
      command.job = words[i];
    } else {
      return std::nullopt;
    }
  }
  if (command.base.empty()) command.base = std::filesystem::path(command.job).parent_path();
  if (command.job.empty()) return std::nullopt;
  command.world.read = [base = command.base](const std::string& path) -> std::optional<std::string> {
    if (path != "-") return contents(base / path);
    auto input = llvm::MemoryBuffer::getSTDIN();
    return input ? std::optional((*input)->getBuffer().str()) : std::nullopt;
  };
  command.world.variable = [](const std::string& name) { return llvm::sys::Process::GetEnv(name); };
  return command;
}

void writeOutcome(const referee::Outcome& outcome, const std::filesystem::path& base) {
  for (const auto& [target, lines] : outcome.lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    if (target == referee::kStandardOutput) {
      llvm::outs() << text;
    } else if (target == referee::kStandardError) {
      llvm::errs() << text;
    } else {
      std::ofstream(base / target, std::ios::binary) << text;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  llvm::InitLLVM init(argc, argv);
  std::optional<Command> command = commandOf({argv, argv + argc});
  if (!command) {
    llvm::errs() << "usage: interpret job.stream [--base DIR] [--param name=value …]\n";
    return 2;
  }
  driver::Compilation compilation({.path = command->job});
  if (driver::compile(compilation, driver::Border::kStream) != driver::Outcome::kReached) {
    llvm::errs() << command->job << " does not compile; see streamc check\n";
    return 1;
  }
  try {
    referee::Outcome outcome = referee::evaluate(*compilation.ir, command->world);
    writeOutcome(outcome, command->base);
    return outcome.exit_code;
  } catch (const referee::Stuck& stuck) {
    llvm::errs() << command->job << ": " << stuck.what() << "\n";
    return 3;
  }
}
