// What the parser makes of right texts: trees of the whole grammar as goldens, and the decisions that a golden hides.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "frontend/parse/parse_fixture.h"
#include "test/support/golden.h"

namespace streamc::parse {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// The tree of one expression, as a step's condition.
std::string expr(const std::string& text) {
  const Parsed parsed("x | where " + text);
  EXPECT_EQ(parsed.codes(), "") << text << "\n" << parsed.messages();
  const std::string dump = parsed.dump();
  // Flat: without the three lines around it, places and indentation.
  std::istringstream lines(dump);
  std::string out;
  std::string line;
  for (int i = 0; std::getline(lines, line); ++i) {
    if (i < 3) continue;
    const std::size_t begin = line.find_first_not_of(' ');
    out += std::string((begin - 4) / 2, '.') + line.substr(begin, line.rfind(" @") - begin) + "\n";
  }
  return out;
}

TEST(Parser, WholeGrammar) {
  const Parsed parsed(readFile("test/oracle/examples/z_coverage.stream"));
  EXPECT_EQ(parsed.codes(), "");
  test::expectGolden("frontend/parse/testdata/ast/coverage.ast", parsed.dump());
}

TEST(Parser, Declarations) {
  const Parsed parsed(readFile("frontend/parse/testdata/ast/declarations.stream"));
  EXPECT_EQ(parsed.codes(), "") << parsed.messages();
  test::expectGolden("frontend/parse/testdata/ast/declarations.ast", parsed.dump());
}

TEST(Parser, Precedence) {
  EXPECT_EQ(expr("a or b and not c == d ?? e + f * -g.h"),
            "binary or\n.name a\n.binary and\n..name b\n..not\n...binary ==\n....name c\n....binary ??\n.....name d\n"
            ".....binary +\n......name e\n......binary *\n.......name f\n.......negate\n........field h\n.........of: "
            "name g\n");
  EXPECT_EQ(expr("a - b - c"), "binary -\n.binary -\n..name a\n..name b\n.name c\n");
  EXPECT_EQ(expr("a ?? b ?? c"), "binary ??\n.name a\n.binary ??\n..name b\n..name c\n");
  EXPECT_EQ(expr("a + b catch c or d"),
            "catch\n.value: binary +\n..name a\n..name b\n.fallback: binary or\n..name c\n..name d\n");
  EXPECT_EQ(expr("(a + b) * c"), "binary *\n.binary +\n..name a\n..name b\n.name c\n");
  EXPECT_EQ(expr("a div b mod c"), "binary mod\n.binary div\n..name a\n..name b\n.name c\n");
  EXPECT_EQ(expr("a.b[0].c!"), "non-null\n.field c\n..of: index\n...of: field b\n....of: name a\n...at: int 0\n");
}

TEST(Parser, WordsAreNamesWhereTheGrammarHasNoKeyword) {
  EXPECT_EQ(expr("a + if"), "binary +\n.name a\n.name if\n");
  EXPECT_EQ(expr("a * not"), "binary *\n.name a\n.name not\n");
  EXPECT_EQ(expr("`if` == `this`"), "binary ==\n.name if\n.name this\n");
  EXPECT_EQ(expr("where.select.join"), "field join\n.of: field select\n..of: name where\n");
  EXPECT_EQ(expr("{ if, match: 1, this }"), "record\n.shorthand if\n.match: int 1\n.shorthand this\n");
  EXPECT_EQ(expr("by(ttl: per)"), "call\n.callee: name by\n.ttl: name per\n");
}

TEST(Parser, SplitsTheEndOfATypeFromAnAssignment) {
  const Parsed parsed("param a: list<i64>= [1]\nparam b: map<string, list<i64?>>?= null\nstream s: stream<T>= x");
  EXPECT_EQ(parsed.codes(), "") << parsed.messages();
  ASSERT_EQ(parsed.module.decls.size(), 3u);
  EXPECT_NE(parsed.module.decls[0]->as<ast::ParamDecl>()->value, nullptr);
}

TEST(Parser, FStringPartsHaveTheirPlaces) {
  const Parsed parsed("x | extend { a: f\"n {b.c + 1} m\" }");
  ASSERT_EQ(parsed.codes(), "");
  const auto* flow = parsed.module.decls[0]->as<ast::FlowDecl>();
  const auto* step = flow->pipeline->steps[0]->as<ast::ShapeStep>();
  const auto* text = step->record.items[0].value->as<ast::FString>();
  ASSERT_EQ(text->parts.size(), 3u);
  EXPECT_EQ(text->parts[0].text, "n ");
  EXPECT_EQ(parsed.file.text(text->parts[1].expr->span), "b.c + 1");
  EXPECT_EQ(text->parts[2].text, " m");
}

TEST(Parser, SpansCoverTheirText) {
  const Parsed parsed(
      "source orders: Order from file(\"o\") time at wait 1s\norders | left join latest t as u on a == b ttl 1h");
  ASSERT_EQ(parsed.codes(), "");
  const ast::Decl& source = *parsed.module.decls[0];
  EXPECT_EQ(parsed.file.text(source.span), "source orders: Order from file(\"o\") time at wait 1s");
  EXPECT_EQ(parsed.file.text(source.keyword_span), "source");
  EXPECT_EQ(parsed.file.text(source.name()->span), "orders");
  const ast::Step& join = *parsed.module.decls[1]->as<ast::FlowDecl>()->pipeline->steps[0];
  EXPECT_EQ(parsed.file.text(join.keyword_span), "left join");
  EXPECT_EQ(parsed.file.text(join.span), "left join latest t as u on a == b ttl 1h");
  EXPECT_EQ(parsed.file.text(join.as<ast::JoinStep>()->bound->span), "ttl 1h");
}

TEST(Parser, ExpressionIdsAreDense) {
  const Parsed parsed("x | where a + b > f(c, d => d * 2) | extend { e: if g then [1] else { h: 2 }.h }");
  ASSERT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.module.expr_count, 18u);
}

TEST(Parser, DocCommentsBelongToTheDeclarationBelow) {
  const Parsed parsed("## not this one\n\n# plain\n## first\n##second\nsource a: T from x\n## c\n\nsource b: T from x");
  ASSERT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.module.decls[0]->doc, "first\nsecond");
  EXPECT_EQ(parsed.module.decls[1]->doc, "");
}

TEST(Parser, NumbersCarryTheirValues) {
  EXPECT_EQ(expr("1h30m"), "duration 5400000000 us\n");
  EXPECT_EQ(expr("50k"), "int 50000\n");
  EXPECT_EQ(expr("1_0.50"), "fraction 10.50\n");
  EXPECT_EQ(expr("10/s"), "rate 1 in 100000 us\n");
  EXPECT_EQ(expr("10 / s"), "binary /\n.int 10\n.name s\n");
}

TEST(Parser, EmptyFilesAreFine) {
  for (const char* text : {"", "\n\n", "# comment", "\xEF\xBB\xBF"}) {
    const Parsed parsed(text);
    EXPECT_EQ(parsed.codes(), "");
    EXPECT_TRUE(parsed.module.decls.empty());
  }
}

}  // namespace
}  // namespace streamc::parse
