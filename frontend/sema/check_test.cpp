// check() over texts: what is accepted, with which types, and which codes the others get.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"
#include "frontend/sema/check.h"

namespace streamc::sema {
namespace {

struct Checked {
  SourceFiles files;
  DiagnosticSink sink;
  ast::Module module;
  std::vector<Program> programs;

  explicit Checked(const std::string& text) {
    const SourceFile& file = files.add("test.stream", text);
    module = parse::parse(file, lex::lex(file, sink), sink);
    programs = check(module, files, sink);
  }

  std::string codes() const {
    std::string all;
    for (const Diagnostic& diagnostic : sink.diagnostics())
      all += (all.empty() ? "" : " ") + std::string(diagnostic.code());
    return all;
  }
  std::string messages() const {
    std::string all;
    for (const Diagnostic& diagnostic : sink.diagnostics()) {
      all += std::string(diagnostic.code()) + " " + diagnostic.message + " [" +
             std::string(files.get(diagnostic.primary.span).text(diagnostic.primary.span)) + "]\n";
    }
    return all;
  }
  std::string text() const { return programs.empty() ? messages() : dump(programs[0], files); }
};

TEST(Check, HelloWorld) {
  Checked checked(R"(from file("app.jsonl", format: json) as { level: string, service: string, message: string }
| where level == "ERROR"
| to stdout
)");
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.text(), R"(job test delivery at_least_once
errors 0: stderr
source 0 flow1/source: file(path: "app.jsonl") format json bounded
  row { level: string, service: string, message: string }
  demand level service message
  errors 0
sink 0 flow1/to: stdout() format json errors 0
#0 flow1/source: source 0
  stream<{ level: string, service: string, message: string }>
  demand level service message
  may reject decode@1:1 to errors 0
#1 flow1/where: where #0
  if (level == "ERROR")
  stream<{ level: string, service: string, message: string }>
  demand level service message
#2 flow1/to: sink 0 #1
  stream<{ level: string, service: string, message: string }>
  demand level service message
)");
}

}  // namespace
}  // namespace streamc::sema
