// A text, read and parsed, with everything that belongs to it kept alive. For tests of this room.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "dsl/diagnostic.h"
#include "dsl/render.h"
#include "dsl/source_file.h"
#include "frontend/ast/dump.h"
#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"

namespace streamc::parse {

struct Parsed {
  explicit Parsed(std::string text, std::string name = "test.stream")
      : file(files.add(std::move(name), std::move(text))),
        tokens(lex::lex(file, sink)),
        module(parse(file, tokens, sink)) {}
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;

  // The codes of all messages, in order, separated by blanks.
  std::string codes() const {
    std::string out;
    for (const Diagnostic& diagnostic : sink.diagnostics()) {
      if (!out.empty()) out += ' ';
      out += diagnostic.code();
    }
    return out;
  }
  std::string dump() const { return ast::dumpAst(module, file); }
  std::string messages() const { return renderDiagnostics(sink, files); }

  SourceFiles files;
  DiagnosticSink sink;
  const SourceFile& file;
  lex::TokenStream tokens;
  ast::Module module;
};

}  // namespace streamc::parse
