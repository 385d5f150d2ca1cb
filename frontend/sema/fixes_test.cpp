// The edits that messages propose, applied: over the programs of the end-to-end tests with one token deleted, doubled
// or misspelt at a time. An edit gives a text that is no worse as syntax, and does away with its message; one that is
// called safe (machine applicable) leaves fewer messages than there were.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "dsl/render.h"
#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"
#include "frontend/sema/check.h"

namespace streamc::sema {
namespace {

struct Checked {
  explicit Checked(const std::string& text) {
    const SourceFile& file = files.add("x.stream", text);
    lex::TokenStream tokens = lex::lex(file, sink);
    ast::Module module = parse::parse(file, tokens, sink);
    check(module, files, sink);
    sink.sortByPlace();
  }
  // Where the first error is that a text has as syntax; its end when there is none.
  std::ptrdiff_t firstSyntaxError() const {
    auto first = static_cast<std::ptrdiff_t>(files.get(FileId{0}).text().size());
    for (const Diagnostic& d : sink.diagnostics())
      if (d.code().starts_with("E01")) first = std::min<std::ptrdiff_t>(first, d.primary.span.begin);
    return first;
  }
  size_t syntaxErrors() const {
    return static_cast<size_t>(std::count_if(sink.diagnostics().begin(), sink.diagnostics().end(),
                                             [](const Diagnostic& d) { return d.code().starts_with("E01"); }));
  }
  bool has(std::string_view code, std::ptrdiff_t begin) const {
    return std::any_of(sink.diagnostics().begin(), sink.diagnostics().end(), [&](const Diagnostic& d) {
      return d.code() == code && static_cast<std::ptrdiff_t>(d.primary.span.begin) == begin;
    });
  }
  SourceFiles files;
  DiagnosticSink sink;
};

// Back to front, so that places stay right. Edits of one fix do not overlap.
std::string applied(std::string text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_TRUE(i == 0 || edits[i].span.end <= edits[i - 1].span.begin) << "edits of one fix overlap";
    text.replace(edits[i].span.begin, edits[i].span.size(), edits[i].replacement);
  }
  return text;
}

// Where what began at `begin` begins after the edits.
std::ptrdiff_t moved(std::ptrdiff_t begin, const std::vector<Edit>& edits) {
  std::ptrdiff_t by = 0;
  for (const Edit& edit : edits)
    if (edit.span.end <= begin)
      by += static_cast<std::ptrdiff_t>(edit.replacement.size()) - static_cast<std::ptrdiff_t>(edit.span.size());
  return begin + by;
}

std::vector<std::string> programs() {
  std::vector<std::filesystem::path> paths;
  for (const char* directory : {"test/run", "examples"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
      if (entry.path().extension() == ".stream") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

// One mistake in `text` at a token.
std::string mistaken(const std::string& text, Span at, unsigned kind) {
  std::string word = text.substr(at.begin, at.size());
  switch (kind % 5) {
    case 0:
      word = "";
      break;
    case 1:
      word += " " + word;
      break;
    case 2:
      word += "x";
      break;
    case 3:
      word = "'" + word + "'";
      break;
    default:
      if (word.size() > 1) std::swap(word[0], word[1]);
  }
  return text.substr(0, at.begin) + word + text.substr(at.end);
}

class Fixes {
 public:
  void look(const std::string& text) {
    Checked before(text);
    for (const Diagnostic& diagnostic : before.sink.diagnostics())
      for (const Fix& fix : diagnostic.fixes) {
        if (fix.edits.empty() || fix.applicability == Applicability::kHasPlaceholders) continue;
        // Of a text that is broken as syntax only the syntax is mended; the rest of what is said rests on guesses.
        if (before.syntaxErrors() > 0 && !diagnostic.code().starts_with("E01")) continue;
        ++tried_;
        std::string after_text = applied(text, fix.edits);
        Checked after(after_text);
        bool safe = fix.applicability == Applicability::kMachineApplicable;
        const char* wrong = nullptr;
        if (after.syntaxErrors() > before.syntaxErrors())
          wrong = "the text is worse as syntax";
        else if (after.has(diagnostic.code(), moved(diagnostic.primary.span.begin, fix.edits)))
          wrong = "the message is still there";
        else if (safe && after.sink.diagnostics().size() >= before.sink.diagnostics().size() &&
                 !revealed(before, after))
          wrong = "a safe fix does not lead to fewer messages";
        if (wrong == nullptr) continue;
        std::string what = std::string(diagnostic.code()) + " `" + fix.help + "`";
        if (++failures_[what] > 1) continue;  // one example of each
        ADD_FAILURE() << what << ": " << wrong << "\n"
                      << renderDiagnostics(before.sink, before.files, {.use_colour = false}) << "---- applied:\n"
                      << after_text << "---- then:\n"
                      << renderDiagnostics(after.sink, after.files, {.use_colour = false});
      }
  }
  size_t tried() const { return tried_; }

 private:
  // What was mended hid another mistake of the syntax, further on: no message less, but a step.
  static bool revealed(const Checked& before, const Checked& after) {
    return before.syntaxErrors() > 0 && after.firstSyntaxError() > before.firstSyntaxError();
  }

  size_t tried_ = 0;
  std::map<std::string, size_t> failures_;
};

TEST(Fixes, LeadToATextThatIsBetter) {
  Fixes fixes;
  unsigned turn = 0;
  for (const std::string& text : programs()) {
    SourceFiles files;
    DiagnosticSink sink;
    lex::TokenStream tokens = lex::lex(files.add("x.stream", text), sink);
    for (const lex::Token& token : tokens.tokens)
      if (token.begin < token.end && ++turn % 7 == 0) fixes.look(mistaken(text, tokens.span(token), turn / 7));
  }
  EXPECT_GT(fixes.tried(), 500u);
}

TEST(Fixes, OfErrorsNone) {
  Fixes fixes;
  fixes.look("job j with { errors: none }\nfrom file(\"x\", format: json) as { n: i64 } | to stdout\n");
  fixes.look("job j with { errors: none }\nfrom generate(rate: 10/s, count: 5) | select { v: n + 1 } | to stdout\n");
  EXPECT_EQ(fixes.tried(), 2u);
}

}  // namespace
}  // namespace streamc::sema
