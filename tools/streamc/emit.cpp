// `streamc --emit=BORDER FILE`: what the compiler knows at one of its borders.
#include <unistd.h>

#include <cstdio>

#include "tools/streamc/command.h"

namespace streamc::tools {

int emitBorder(const std::string& border, const std::string& path, const std::string& job, const std::string& output) {
  std::optional<driver::Border> until = driver::borderNamed(border);
  if (!until) {
    std::fprintf(stderr,
                 "streamc: --emit=%s is none of tokens, ast, program, stream, stream-opt, job, llvm, asm, obj\n",
                 border.c_str());
    return kUsage;
  }
  if (border == "obj" && output.empty() && isatty(STDOUT_FILENO)) {
    std::fputs("streamc: --emit=obj writes bytes; give it a file with -o\n", stderr);
    return kUsage;
  }
  driver::Compilation compilation({.path = path, .job = job});
  driver::Outcome outcome = driver::compile(compilation, *until);
  int code = Messages{}.report(compilation, outcome);
  // Tokens and trees of a broken text are worth seeing; behind them there is nothing.
  if (outcome != driver::Outcome::kReached && compilation.reached != *until) return code;

  std::string text = driver::print(compilation, *until);
  FILE* file = output.empty() || output == "-" ? stdout : std::fopen(output.c_str(), "wb");
  bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file && file != stdout) written = std::fclose(file) == 0 && written;
  if (file == stdout) written = std::fflush(stdout) == 0 && written;
  if (!written) {
    std::fprintf(stderr, "streamc: cannot write %s\n", output.empty() ? "to standard output" : output.c_str());
    return kUnavailable;
  }
  return code;
}

}  // namespace streamc::tools
