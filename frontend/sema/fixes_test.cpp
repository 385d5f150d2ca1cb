// The edits that messages propose, applied. An edit gives a text that is no worse as syntax, and does away with its
// message; one that is called safe (machine applicable) leaves fewer messages than there were.
#include <gtest/gtest.h>

#include <algorithm>
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
  size_t count(std::string_view code) const {
    return static_cast<size_t>(std::count_if(sink.diagnostics().begin(), sink.diagnostics().end(),
                                             [&](const Diagnostic& d) { return d.code().starts_with(code); }));
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

class Fixes {
 public:
  void look(const std::string& text) {
    Checked before(text);
    for (const Diagnostic& diagnostic : before.sink.diagnostics())
      for (const Fix& fix : diagnostic.fixes) {
        if (fix.edits.empty() || fix.applicability == Applicability::kHasPlaceholders) continue;
        ++tried_;
        std::string after_text = applied(text, fix.edits);
        Checked after(after_text);
        bool safe = fix.applicability == Applicability::kMachineApplicable;
        const char* wrong = nullptr;
        if (after.count("E01") > before.count("E01"))
          wrong = "the text is worse as syntax";
        else if (after.count(diagnostic.code()) >= before.count(diagnostic.code()))
          wrong = "the message is still there";
        else if (safe && after.sink.diagnostics().size() >= before.sink.diagnostics().size())
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
  size_t tried_ = 0;
  std::map<std::string, size_t> failures_;
};

TEST(Fixes, OfErrorsNone) {
  Fixes fixes;
  fixes.look("job j with { errors: none }\nfrom file(\"x\", format: json) as { n: i64 } | to stdout\n");
  fixes.look("job j with { errors: none }\nfrom generate(rate: 10/s, count: 5) | select { v: n + 1 } | to stdout\n");
  EXPECT_EQ(fixes.tried(), 2u);
}

}  // namespace
}  // namespace streamc::sema
