#include "dsl/render.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "dsl/suggest.h"

namespace streamc {

STREAMC_DIAGNOSTIC(kTestError, "E0999", Severity::kError, "an error of this test");
STREAMC_DIAGNOSTIC(kTestWarning, "W0999", Severity::kWarning, "a warning of this test");

namespace {

class Render : public testing::Test {
 protected:
  const SourceFile& add(std::string text) { return files_.add("t.stream", std::move(text)); }
  // The span of the first `text` in the file.
  static Span of(const SourceFile& file, std::string_view text) {
    const std::size_t at = file.text().find(text);
    return file.span(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + text.size()));
  }
  std::string render(const Diagnostic& diagnostic) const { return renderDiagnostic(diagnostic, files_); }

  SourceFiles files_;
};

TEST_F(Render, LabelsGapsNotesAndHelp) {
  const SourceFile& file =
      add("source bids: Bid from x\n"
          "\n"
          "type Bid = { id: i64, price: f64? }\n"
          "\n"
          "\n"
          "bids\n"
          "| where price > 5\n"
          "| to stdout\n"
          "\n"
          "\n");
  const Diagnostic diagnostic =
      Diagnostic(kTestError, of(file, "price > 5").atBegin(), "`price` may be null")
          .label("f64?")
          .because(of(file, "?"), "declared optional here")
          .note("SQL would drop these records\nwithout a word")
          .fix(Fix::insertBefore(of(file, "price > 5"), "price != null and ", "leave them out"))
          .fix(Fix::replace(of(file, "price >"), "(price ?? 0.0) >", "give them a value"));
  EXPECT_EQ(render(diagnostic),
            "error[E0999]: `price` may be null\n"
            " --> t.stream:7:9\n"
            "  |\n"
            "3 | type Bid = { id: i64, price: f64? }\n"
            "  |                                 - declared optional here\n"
            "...\n"
            "7 | | where price > 5\n"
            "  |         ^ f64?\n"
            "  |\n"
            "  = note: SQL would drop these records\n"
            "          without a word\n"
            "help: leave them out\n"
            "7 | | where price != null and price > 5\n"
            "+ |         ~~~~~~~~~~~~~~~~~~\n"
            "help: or give them a value\n"
            "7 | | where (price ?? 0.0) > 5\n"
            "+ |         ~~~~~~~~~~~~~~~~\n");
}

TEST_F(Render, NeighbouringLinesHaveNoGapAndTheGutterFitsTheLastLine) {
  const SourceFile& file = add("\n\n\n\n\n\n\n\nnine\nten\n");
  EXPECT_EQ(render(Diagnostic(kTestWarning, of(file, "ten"), "m").because(of(file, "nine"), "n")),
            "warning[W0999]: m\n"
            "  --> t.stream:10:1\n"
            "   |\n"
            " 9 | nine\n"
            "   | ---- n\n"
            "10 | ten\n"
            "   | ^^^\n");
}

TEST_F(Render, CaretsStandUnderTabsAndWideCharacters) {
  const SourceFile& file = add("\ta\t\xE4\xB8\x96\xE7\x95\x8C = b\xCC\x81 c\x01 \xFF d");
  EXPECT_EQ(render(Diagnostic(kTestError, of(file, "\xE7\x95\x8C"), "m")),
            "error[E0999]: m\n"
            " --> t.stream:1:5\n"
            "  |\n"
            "1 |     a   \xE4\xB8\x96\xE7\x95\x8C = b\xCC\x81 c\xE2\x90\x81 \xEF\xBF\xBD d\n"
            "  |           ^^\n");
}

TEST_F(Render, EmptySpansAndTheEndOfTheFile) {
  const SourceFile& file = add("abc");
  EXPECT_EQ(render(Diagnostic(kTestError, file.span(3, 3), "m")),
            "error[E0999]: m\n --> t.stream:1:4\n  |\n1 | abc\n  |    ^\n");
  const SourceFile& empty = files_.add("empty.stream", "");
  EXPECT_EQ(render(Diagnostic(kTestError, empty.span(0, 0), "m")),
            "error[E0999]: m\n --> empty.stream:1:1\n  |\n1 |\n  | ^\n");
}

TEST_F(Render, SpansOverLinesAreMarkedOnTheirFirst) {
  const SourceFile& file = add("first line\nsecond");
  EXPECT_EQ(render(Diagnostic(kTestError, file.span(6, 17), "m")),
            "error[E0999]: m\n --> t.stream:1:7\n  |\n1 | first line\n  |       ^^^^\n");
}

TEST_F(Render, LabelsInOtherFiles) {
  const SourceFile& first = add("use it\n");
  const SourceFile& second = files_.add("lib.stream", "\ndeclare it\n");
  EXPECT_EQ(render(Diagnostic(kTestError, of(first, "it"), "m").because(of(second, "it"), "here")),
            "error[E0999]: m\n --> t.stream:1:5\n  |\n1 | use it\n  |     ^^\n ::: lib.stream:2:1\n  |\n2 | declare "
            "it\n  |         -- here\n");
}

TEST_F(Render, EditsOverLines) {
  const SourceFile& file = add("one\ntwo three\nfour");
  const Fix insert = Fix::insertAfter(of(file, "one"), "\n  more", "insert a line");
  const Fix join = Fix::replace(file.span(3, 8), " ", "join two");
  EXPECT_EQ(render(Diagnostic(kTestError, of(file, "one"), "m").fix(insert).fix(join)),
            "error[E0999]: m\n --> t.stream:1:1\n  |\n1 | one\n  | ^^^\n  |\n"
            "help: insert a line\n1 | one\n+ |   more\n+ | ~~~~~~\n"
            "help: or join two\n1 | one three\n+ |    ~\n");
}

TEST_F(Render, LongLinesAreShownAroundTheMark) {
  const SourceFile& file = add(std::string(50'000, 'a') + "XYZ" + std::string(50'000, 'b'));
  const std::string text = render(Diagnostic(kTestError, of(file, "XYZ"), "m"));
  EXPECT_LT(text.size(), 600u);
  const std::size_t source = text.find("1 | ");
  const std::size_t marks = text.find("  | ", source);
  // The ellipsis is three bytes and one cell.
  EXPECT_EQ(text.find("XYZ") - source - 2, text.find("^^^") - marks);
}

TEST_F(Render, Colours) {
  const SourceFile& file = add("abc");
  const std::string text = renderDiagnostic(Diagnostic(kTestError, of(file, "b"), "m"), files_, {.use_colour = true});
  EXPECT_NE(text.find("\x1b[1;31merror[E0999]\x1b[0m"), std::string::npos);
  EXPECT_NE(text.find("\x1b[1;31m^\x1b[0m"), std::string::npos);
  EXPECT_EQ(render(Diagnostic(kTestError, of(file, "b"), "m")).find('\x1b'), std::string::npos);
}

TEST_F(Render, JsonLines) {
  const SourceFile& file = add("\xC3\xA4 \"b\"\n");
  const Diagnostic diagnostic =
      Diagnostic(kTestError, of(file, "\"b\""), "say \"\t\xFF\x01\"")
          .label("l")
          .because(file.span(0, 2), "s")
          .note("n")
          .fix(Fix::replace(of(file, "\"b\""), "c\nd", "h", Applicability::kMachineApplicable));
  EXPECT_EQ(
      jsonDiagnostic(diagnostic, files_),
      R"({"code": "E0999", "severity": "error", "message": "say \"\t\ufffd\u0001\"", "file": "t.stream", "line": 1, )"
      R"("column": 3, "spans": [{"file": "t.stream", "line": 1, "column": 3, "end_line": 1, "end_column": 6, )"
      R"("begin": 3, "end": 6, "label": "l", "primary": true}, {"file": "t.stream", "line": 1, "column": 1, )"
      R"("end_line": 1, "end_column": 2, "begin": 0, "end": 2, "label": "s", "primary": false}], "notes": ["n"], )"
      R"("fixes": [{"help": "h", "applicability": "machine_applicable", "edits": [{"file": "t.stream", "line": 1, )"
      R"("column": 3, "end_line": 1, "end_column": 6, "begin": 3, "end": 6, "replacement": "c\nd"}]}]})"
      "\n");
}

TEST_F(Render, SinksAreSortedCountedAndBounded) {
  const SourceFile& file = add("abc");
  DiagnosticSink sink;
  sink.report(Diagnostic(kTestError, file.span(2, 3), "third"));
  sink.report(Diagnostic(kTestWarning, file.span(0, 1), "first"));
  sink.report(Diagnostic(kTestError, file.span(0, 1), "second"));
  sink.sortByPlace();
  EXPECT_EQ(sink.diagnostics()[0].message, "first");
  EXPECT_EQ(sink.diagnostics()[1].message, "second");
  EXPECT_EQ(sink.diagnostics()[2].message, "third");
  const std::string text = renderDiagnostics(sink, files_);
  EXPECT_EQ(text.substr(text.rfind("\n\n")), "\n\n2 errors, 1 warning\n");
  for (std::size_t i = 0; i < 2 * DiagnosticSink::kMaxKept; ++i)
    sink.report(Diagnostic(kTestError, file.span(0, 1), "m"));
  EXPECT_EQ(sink.diagnostics().size(), DiagnosticSink::kMaxKept);
  EXPECT_EQ(sink.errorCount() + sink.warningCount(), sink.diagnostics().size() + sink.droppedCount());
  EXPECT_EQ(renderDiagnostics(DiagnosticSink(), files_), "");
}

TEST(Registry, KindsRegisterThemselves) {
  std::vector<std::string> codes;
  for (const DiagnosticKind* kind : registeredDiagnostics()) codes.emplace_back(kind->code());
  EXPECT_EQ(codes, (std::vector<std::string>{"E0999", "W0999"}));
  EXPECT_EQ(registeredDiagnostics()[0]->name(), "kTestError");
  EXPECT_TRUE(registeredDiagnostics()[0]->declaredIn().ends_with("render_test.cpp"));
}

TEST(Suggest, NearestFirst) {
  const std::vector<std::string_view> steps = {"where", "select", "set", "drop", "aggregate", "top", "to", "window"};
  const auto near = [&](std::string_view name) { return suggest(name, std::span(steps)); };
  EXPECT_EQ(near("agregate"), (std::vector<std::string>{"aggregate"}));
  EXPECT_EQ(near("WHERE"), std::vector<std::string>{});
  EXPECT_EQ(near("Where"), (std::vector<std::string>{"where"}));
  EXPECT_EQ(near("slect"), (std::vector<std::string>{"select"}));
  EXPECT_EQ(near("wehre"), (std::vector<std::string>{"where"}));
  EXPECT_EQ(near("agg"), (std::vector<std::string>{"aggregate"}));
  EXPECT_EQ(near("zzzzzz"), std::vector<std::string>{});
  EXPECT_EQ(near("where"), std::vector<std::string>{});
}

TEST(Suggest, Distances) {
  EXPECT_EQ(editDistance("abc", "abc", 10), 0u);
  EXPECT_EQ(editDistance("abc", "acb", 10), 2u);
  EXPECT_EQ(editDistance("abc", "aBc", 10), 1u);
  EXPECT_EQ(editDistance("", "abc", 10), 6u);
  EXPECT_EQ(editDistance("kitten", "sitting", 10), 6u);
  EXPECT_EQ(editDistance("kitten", "sitting", 3), 4u);
  EXPECT_EQ(editDistance(std::string(1000, 'a'), std::string(1000, 'b'), 3), 4u);
}

TEST(Suggest, OrLists) {
  EXPECT_EQ(orList(std::vector<std::string>{"a"}), "`a`");
  EXPECT_EQ(orList(std::vector<std::string>{"a", "b", "c"}), "`a`, `b` or `c`");
}

}  // namespace
}  // namespace streamc
