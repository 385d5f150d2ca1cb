#include "test/interpreter/program_text.h"

#include "dsl/render.h"
#include "frontend/lex/lexer.h"

namespace streamc::referee {

std::unique_ptr<TextCompilation> compileText(const std::string& name, const std::string& text, driver::Border until) {
  auto made = std::make_unique<TextCompilation>(
      driver::CompileRequest{.path = name, .target = {.purpose = codegen::Purpose::kJit}});
  // The first step of the walk, with the text at hand.
  made->tokens = lex::lex(made->files.add(name, text), made->diagnostics);
  made->reached = driver::Border::kTokens;
  made->outcome = driver::compile(*made, until);
  if (made->outcome != driver::Outcome::kReached)
    made->messages = made->failure + renderDiagnostics(made->diagnostics, made->files);
  return made;
}

}  // namespace streamc::referee
