// Wrong texts: what is reported, that one mistake is one message, and that what stands around it is still read.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "frontend/parse/parse_fixture.h"

namespace streamc::parse {
namespace {

struct Case {
  const char* text;
  const char* codes;
};

TEST(Recovery, OneMistakeIsOneMessage) {
  const std::vector<Case> cases = {
      {"a | where (x > | select { b } | to c", "E0101"},
      {"a | where (x > 1 | select { b } | to c", "E0123"},
      {"a | where x > ) | select { b } | to c", "E0101"},
      {"a | where f(x | select { b }\nb | wher c", "E0123 E0104"},
      {"a | select { b: , c } | where x + | to c", "E0101 E0101"},
      {"a | | to c", "E0101"},
      {"a |", "E0101"},
      {"| to c", "E0101"},
      {"stream = a | to c\nb | to c", "E0101"},
      {"source a: from x\nb | to c", "E0101"},
      {"source a: list<i64 from x\nb | to c", "E0101"},
      {"}\na | to b", "E0101"},
      {"a | to b }", "E0101"},
      {"job j {\n  source a T from x\n  a | wher x | to c\n  b | to c\n}", "E0101 E0104"},
      {"job j {\n  a | to c\n", "E0123"},
      {"a | route {\n  when x to b\n  else => to c\n}", "E0101"},
      {"a | route {\n  when x => to b c d\n  else => wher y\n} | to z", "E0101 E0104"},
      {"a | join (b | wher c) as d on e | to f", "E0104"},
      {"a | join (b | where ) as d on e | to f", "E0101"},
      {"a | extend { b: f\"{c +}{d}\" } | wher e", "E0101 E0104"},
      {"a | where x $ y | wher z", "E0112 E0104"},
      {"a | where 10kB > x | wher z", "E0115 E0104"},
      {"fn f(a: i64 -> i64 = a\nb | wher c", "E0123 E0104"},
      {"type T = { a: i64, b }\nb | wher c", "E0101 E0104"},
      {"process P(in: stream<S>) -> S {\n  on in e {\n    let = 3\n    x = \n    emit e\n  }\n  state n: i64 "
       "unbounded\n}",
       "E0101"},
      {"extern \"C++\" from \"x\" {\n  fn f(a) -> i64\n  fn g() -> i64\n  fn h() i64\n}", "E0101 E0101"},
      {"test \"t\" {\n  given a\n  expect b [1\n  check c\n}\na | wher b", "E0101 E0123 E0104"},
      {"a | where x\n\n\nbogus 1 2 3\n\nb | wher c", "E0101 E0104"},
  };
  for (const Case& c : cases) {
    const Parsed parsed(c.text);
    EXPECT_EQ(parsed.codes(), c.codes) << c.text << "\n" << parsed.messages();
  }
}

TEST(Recovery, StepsAroundTheMistakeAreRead) {
  const Parsed parsed("a | where x > | select { b } | wher c | to d");
  const auto* flow = parsed.module.decls.at(0)->as<ast::FlowDecl>();
  ASSERT_NE(flow, nullptr);
  ASSERT_EQ(flow->pipeline->steps.size(), 4u);
  EXPECT_NE(flow->pipeline->steps[0]->as<ast::ErrorStep>(), nullptr);
  EXPECT_NE(flow->pipeline->steps[1]->as<ast::ShapeStep>(), nullptr);
  EXPECT_NE(flow->pipeline->steps[2]->as<ast::ErrorStep>(), nullptr);
  EXPECT_NE(flow->pipeline->steps[3]->as<ast::ToStep>(), nullptr);
  EXPECT_TRUE(parsed.module.decls[0]->is_broken);
}

TEST(Recovery, BrokenDeclarationsKeepTheirNames) {
  const Parsed parsed("source orders: Order from\nstream s: strem = a\ntype T = { a }\nfn f(x) = 3\norders | to b");
  ASSERT_EQ(parsed.module.decls.size(), 5u);
  for (const std::size_t i : {1u, 2u, 3u}) {
    const ast::Decl& decl = *parsed.module.decls[i];
    EXPECT_TRUE(decl.is_broken) << i;
    ASSERT_NE(decl.name(), nullptr) << i;
  }
  EXPECT_EQ(parsed.module.decls[1]->name()->text, "s");
  EXPECT_FALSE(parsed.module.decls[4]->is_broken);
}

TEST(Recovery, NoPointerThatMustBeSetIsNull) {
  // dump() walks the whole tree; so does sema.
  for (const char* text : {"source a",
                           "table t: T key",
                           "sink s to",
                           "stream s =",
                           "pipe p",
                           "process P",
                           "for x in",
                           "job",
                           "test",
                           "live",
                           "live fn f",
                           "extern \"C\"",
                           "service s at",
                           "channel c:",
                           "param p",
                           "type T",
                           "fn f",
                           "a | join b as",
                           "a | match by k within 1h {",
                           "a | route { when",
                           "a | top 3",
                           "union(",
                           "sql"}) {
    const Parsed parsed(text);
    EXPECT_TRUE(parsed.sink.hasErrors()) << text;
    EXPECT_FALSE(parsed.dump().empty());
  }
}

TEST(Recovery, MissingPipesAreTakenAsRead) {
  const Parsed parsed("orders\n  where price > 5\n  to stdout\n");
  EXPECT_EQ(parsed.codes(), "E0102 E0102");
  EXPECT_EQ(parsed.module.decls.size(), 1u);
  EXPECT_EQ(parsed.module.decls[0]->as<ast::FlowDecl>()->pipeline->steps.size(), 2u);
}

std::string repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Recovery, DeepNestingIsADiagnostic) {
  constexpr int kDeep = 10'000;
  const std::vector<std::string> texts = {
      "a | where " + repeat("(", kDeep) + "1" + repeat(")", kDeep),
      "a | where " + repeat("(", kDeep),
      "a | where " + repeat("[", kDeep),
      "a | where " + repeat("{a:", kDeep),
      "a | where " + repeat("f(", kDeep),
      "a | where x" + repeat("[x", kDeep),
      "a | where " + repeat("not ", kDeep) + "x",
      "a | where " + repeat("- ", kDeep) + "x",
      "a | where " + repeat("if ", kDeep),
      "a | where " + repeat("match ", kDeep),
      "a | where " + repeat("x ?? ", kDeep) + "x",
      "a | where " + repeat("x catch ", kDeep) + "x",
      "a | where x" + repeat(" + x", kDeep),
      "a | where x" + repeat(" * x", kDeep),
      "a | where x" + repeat(" and x", kDeep),
      "a | where x" + repeat(".x", kDeep),
      "a | where x" + repeat("!", kDeep),
      "a | where x" + repeat("()", kDeep),
      "type T = " + repeat("list<", kDeep),
      "type T = " + repeat("{a:", kDeep),
      "stream s = " + repeat("union((", kDeep),
      "a | " + repeat("route { else => ", kDeep),
      repeat("job j { ", kDeep),
      repeat("for x in y { ", kDeep),
      "process P() -> S { on x y " + repeat("{ for x in y ", kDeep),
      "process P() -> S { on x y { if a {}" + repeat(" else if a {}", kDeep),
  };
  for (const std::string& text : texts) {
    const Parsed parsed(text);
    EXPECT_NE(parsed.codes().find("E0110"), std::string::npos) << text.substr(0, 60) << " → " << parsed.codes();
    EXPECT_LE(parsed.sink.errorCount(), 3u) << text.substr(0, 60) << "\n" << parsed.messages().substr(0, 2000);
  }
}

TEST(Recovery, LongFlatTextsAreFine) {
  const Parsed parsed("a" + repeat(" | where x > 1", 20'000) + "\nb | where x in [" + repeat("1, ", 100'000) + "2]");
  EXPECT_EQ(parsed.codes(), "");
}

}  // namespace
}  // namespace streamc::parse
