// Any text through the lexer, the parser and sema: programs or diagnostics, both of which can be printed. A text that
// says `use` finds itself, which is the hardest module to load.
#include <cstdint>
#include <string>

#include "dsl/render.h"
#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"
#include "frontend/sema/check.h"

using namespace streamc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceFiles files;
  DiagnosticSink sink;
  const SourceFile& file = files.add("fuzz.stream", std::string(reinterpret_cast<const char*>(data), size));
  lex::TokenStream tokens = lex::lex(file, sink);
  ast::Module module = parse::parse(file, tokens, sink);
  auto load = [&](std::string_view path, FileId) -> sema::LoadedModule {
    if (path.size() % 2 == 0) return {.error = "cannot be read"};
    return {.module = &module};
  };
  std::vector<sema::Program> programs = sema::check(module, files, sink, {.load = load});
  for (const sema::Program& program : programs) {
    if (!sink.hasErrors()) (void)sema::dump(program, files);
    sema::reportNotBuilt(program, Severity::kWarning, sink);
  }
  sink.sortByPlace();
  (void)renderDiagnostics(sink, files, {.use_colour = false});
  (void)jsonDiagnostics(sink, files);
  return 0;
}
