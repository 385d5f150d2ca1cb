// Any bytes through the lexer and the parser: a tree and diagnostics, whose places lie in the text; the tree can be
// printed, and so can the messages, with and without colour.
#include <cstdint>
#include <string>

#include "dsl/render.h"
#include "frontend/ast/dump.h"
#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"
#include "test/fuzz/require.h"

using namespace streamc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  SourceFiles files;
  DiagnosticSink sink;
  const SourceFile& file = files.add("fuzz.stream", std::string(reinterpret_cast<const char*>(data), size));
  lex::TokenStream tokens = lex::lex(file, sink);
  ast::Module module = parse::parse(file, tokens, sink);
  (void)ast::dumpAst(module, file);
  sink.sortByPlace();
  (void)renderDiagnostics(sink, files, {.use_colour = size % 2 == 0});
  (void)jsonDiagnostics(sink, files);
  auto inText = [&](Span span) {
    streamc_fuzz::require(span.begin <= span.end && span.end <= size, "a place lies in the text");
  };
  for (const Diagnostic& diagnostic : sink.diagnostics()) {
    inText(diagnostic.primary.span);
    for (const Label& label : diagnostic.secondary) inText(label.span);
    for (const Fix& fix : diagnostic.fixes)
      for (const Edit& edit : fix.edits) inText(edit.span);
  }
  return 0;
}
