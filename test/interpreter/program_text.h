// A program that is a text, not a file: compiled to the stream dialect for the referee, and on to machine code.
#pragma once

#include <memory>
#include <string>

#include "tools/driver/compile.h"

namespace streamc::referee {

struct TextCompilation : driver::Compilation {
  using Compilation::Compilation;
  driver::Outcome outcome = driver::Outcome::kReached;
  std::string messages;  // diagnostics, when it stopped
};

// Compiles up to a border (by default the stream dialect); relative paths of the program start anywhere.
std::unique_ptr<TextCompilation> compileText(const std::string& name, const std::string& text,
                                             driver::Border until = driver::Border::kStream);

}  // namespace streamc::referee
