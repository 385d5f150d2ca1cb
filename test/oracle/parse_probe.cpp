// Reads texts from standard input, separated by NUL bytes, and prints a line for each: "ok", or the codes of its
// errors. One process for thousands of texts, so that the oracle test is fast.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"
#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"

namespace {

std::string readAll(std::FILE* in) {
  std::string out;
  char buffer[1 << 16];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, in)) out.append(buffer, got);
  return out;
}

std::string verdict(std::string text) {
  streamc::SourceFiles files;
  const streamc::SourceFile& file = files.add("probe.stream", std::move(text));
  streamc::DiagnosticSink sink;
  const streamc::lex::TokenStream tokens = streamc::lex::lex(file, sink);
  streamc::parse::parse(file, tokens, sink);
  std::string codes;
  for (const streamc::Diagnostic& diagnostic : sink.diagnostics()) {
    if (!codes.empty()) codes += ' ';
    codes += diagnostic.code();
  }
  return codes.empty() ? "ok" : codes;
}

}  // namespace

int main() {
  const std::string all = readAll(stdin);
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\0', begin), all.size());
    std::printf("%s\n", verdict(all.substr(begin, end - begin)).c_str());
    begin = end + 1;
  }
  return 0;
}
