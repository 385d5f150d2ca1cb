#include "frontend/lex/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "test/support/golden.h"

namespace streamc::lex {
namespace {

// "kind:text" of all tokens but the end, separated by blanks, and the codes of the errors behind a bar.
std::string lexed(std::string text) {
  SourceFiles files;
  const SourceFile& file = files.add("test.stream", std::move(text));
  DiagnosticSink sink;
  const TokenStream stream = lex(file, sink);
  std::string out;
  for (const Token& token : stream.tokens) {
    if (token.kind == TokenKind::kEnd) break;
    if (!out.empty()) out += ' ';
    out += stream.text(token);
    switch (token.kind) {
      case TokenKind::kInt:
        out += ":i";
        break;
      case TokenKind::kFloat:
        out += ":f";
        break;
      case TokenKind::kDuration:
        out += ":d";
        break;
      case TokenKind::kSize:
        out += ":s";
        break;
      case TokenKind::kRate:
        out += ":r";
        break;
      case TokenKind::kTimestamp:
        out += ":t";
        break;
      case TokenKind::kError:
        out += ":error";
        break;
      default:
        break;
    }
  }
  for (const Diagnostic& diagnostic : sink.diagnostics()) out += " |" + std::string(diagnostic.code());
  return out;
}

// The decoded value of the first token.
std::string value(std::string text, std::string* codes = nullptr) {
  SourceFiles files;
  const SourceFile& file = files.add("test.stream", std::move(text));
  DiagnosticSink sink;
  const TokenStream stream = lex(file, sink);
  if (codes != nullptr) {
    for (const Diagnostic& diagnostic : sink.diagnostics()) *codes += diagnostic.code();
  }
  const Token& first = stream.tokens.front();
  return stream.string(first.kind == TokenKind::kFStringBegin ? stream.tokens[1] : first);
}

TEST(Lexer, RatesAreNotDivisions) {
  EXPECT_EQ(lexed("10/s"), "10/s:r");
  EXPECT_EQ(lexed("10 / s"), "10:i / s");
  EXPECT_EQ(lexed("10/ s"), "10:i / s");
  EXPECT_EQ(lexed("10/seconds"), "10:i / seconds");
  EXPECT_EQ(lexed("1.5k/h"), "1.5k/h:r");
  EXPECT_EQ(lexed("1_000/m.x"), "1_000/m:r . x");
  EXPECT_EQ(lexed("x/s"), "x / s");
  EXPECT_EQ(lexed("10s/s"), "10s:d / s");
  EXPECT_EQ(lexed("10/s2"), "10:i / s2");
}

TEST(Lexer, DurationsAreOneToken) {
  EXPECT_EQ(lexed("1h30m"), "1h30m:d");
  EXPECT_EQ(lexed("1.5d500ms"), "1.5d500ms:d");
  EXPECT_EQ(lexed("1h 30m"), "1h:d 30m:d");
  EXPECT_EQ(lexed("5m.x"), "5m:d . x");
  EXPECT_EQ(lexed("1h30"), "1h30:error |E0115");
  EXPECT_EQ(lexed("5mm"), "5mm:error |E0115");
  EXPECT_EQ(lexed("1_0s"), "1_0s:error |E0115");
}

TEST(Lexer, SizesHaveCapitals) {
  EXPECT_EQ(lexed("64KB 4GiB 10B 1.5MB"), "64KB:s 4GiB:s 10B:s 1.5MB:s");
  EXPECT_EQ(lexed("10kB"), "10kB:error |E0115");
  EXPECT_EQ(lexed("10GBs"), "10GBs:error |E0115");
}

TEST(Lexer, CountsAndFractions) {
  EXPECT_EQ(lexed("50k 30M 2G 1_000 0"), "50k:i 30M:i 2G:i 1_000:i 0:i");
  EXPECT_EQ(lexed("1.5 1_0.2_5 1.5e-3 1.5E+10"), "1.5:f 1_0.2_5:f 1.5e-3:f 1.5E+10:f");
  EXPECT_EQ(lexed("1.5and x"), "1.5:f and x");
  EXPECT_EQ(lexed("1.5e"), "1.5:f e");
  EXPECT_EQ(lexed("1.5e+"), "1.5:f e +");
  EXPECT_EQ(lexed("1.floor()"), "1:i . floor ( )");
  EXPECT_EQ(lexed("1..2"), "1:i . . 2:i");
  EXPECT_EQ(lexed("1e3"), "1e3:error |E0115");
  EXPECT_EQ(lexed("0x10"), "0x10:error |E0115");
  EXPECT_EQ(lexed("-5"), "- 5:i");
}

TEST(Lexer, TimestampsTakeAsMuchAsFits) {
  EXPECT_EQ(lexed("@2024-10-08"), "@2024-10-08:t");
  EXPECT_EQ(lexed("@2024-10-08T00:00:01Z"), "@2024-10-08T00:00:01Z:t");
  EXPECT_EQ(lexed("@2024-10-08T00:00+05:30"), "@2024-10-08T00:00+05:30:t");
  EXPECT_EQ(lexed("@2024-10-08T00:00:01.25-05"), "@2024-10-08T00:00:01.25:t - 05:i");
  EXPECT_EQ(lexed("@2024-10-08T00"), "@2024-10-08:t T00");
  EXPECT_EQ(lexed("@2024-10-8"), "@2024-10-8:error |E0115");
}

TEST(Lexer, PunctuationIsLongestFirst) {
  EXPECT_EQ(lexed("a?.b??c?d...e.f"), "a ?. b ?? c ? d ... e . f");
  EXPECT_EQ(lexed("->=>==!=<=>=<>"), "-> => == != <= >= < >");
  EXPECT_EQ(lexed("a!=b! =c"), "a != b ! = c");
}

TEST(Lexer, WordsAndQuotedNames) {
  EXPECT_EQ(lexed("f r fx \"s\" f\"\" r\"\\\""), "f r fx \"s\" f\" \" r\"\\\"");
  EXPECT_EQ(lexed("`order by` _ _x9"), "`order by` _ _x9");
  EXPECT_EQ(lexed("`a\nb`"), "`a:error b `:error |E0113 |E0113");
}

TEST(Lexer, StringsAreDecoded) {
  EXPECT_EQ(value(R"("a\n\t\r\\\"\'b")"), "a\n\t\r\\\"'b");
  EXPECT_EQ(value(R"("\u{1F600}\u{e9}")"), "\xF0\x9F\x98\x80\xC3\xA9");
  EXPECT_EQ(value("\"\\0\""), std::string(1, '\0'));
  EXPECT_EQ(value(R"(r"\d\")"), R"(\d\)");
  EXPECT_EQ(value("\"\"\"a\r\n\"b\" \\n\"\"\""), "a\n\"b\" \\n");
  EXPECT_EQ(value("\"\"\"\"\"\""), "");
  EXPECT_EQ(value(R"(f"{{\u{41}}}")"), "{A}");
}

TEST(Lexer, BadEscapesAreReportedAndKept) {
  for (const std::string_view bad : {"\\q", "\\u{}", "\\u{110000}", "\\u{D800}", "\\u{1234567}", "\\u12", "\\u{12"}) {
    std::string codes;
    EXPECT_EQ(value("\"" + std::string(bad) + "\"", &codes), bad);
    EXPECT_EQ(codes, "E0114") << bad;
  }
}

TEST(Lexer, FStringsAreBracketed) {
  EXPECT_EQ(lexed(R"(f"a{b + 1}c")"), R"(f" a { b + 1:i } c ")");
  EXPECT_EQ(lexed(R"(f"{ {p: 1}.p }")"), R"(f" { { p : 1:i } . p } ")");
  EXPECT_EQ(lexed(R"(f"{m[\"k\"]}")"), R"(f" { m [ \"k\" ] } ")");
  EXPECT_EQ(lexed(R"(f"{}")"), R"(f" { :error } " |E0119)");
  EXPECT_EQ(lexed(R"(f"{a" b)"), R"(f" { a:error  " b |E0119)");
  EXPECT_EQ(lexed(R"(f"a}b")"), R"(f" a}b " |E0119)");
  EXPECT_EQ(lexed("f\"{a # b}\""), "f\" { a # b}:error  \" |E0119 |E0119");
}

TEST(Lexer, SpansOfFStringExpressionsAreTheirs) {
  SourceFiles files;
  const SourceFile& file = files.add("t", "x = f\"ab{cd}\"");
  DiagnosticSink sink;
  const TokenStream stream = lex(file, sink);
  ASSERT_EQ(stream.tokens.size(), 9u);
  EXPECT_EQ(stream.text(stream.tokens[5]), "cd");
  EXPECT_EQ(stream.tokens[5].begin, 9u);
}

TEST(Lexer, WhatWasPlainlyMeantGoesOn) {
  EXPECT_EQ(lexed("a ; b"), "a b |E0121");
  EXPECT_EQ(lexed("'it''s'"), "'it' 's' |E0117 |E0117");
  EXPECT_EQ(lexed("a // b\nc"), "a c |E0118");
  EXPECT_EQ(lexed("a /* b\n*/ c"), "a c |E0118");
  EXPECT_EQ(lexed("a \xE2\x89\xA4 b"), "a \xE2\x89\xA4 b |E0112");
  EXPECT_EQ(lexed("gr\xC3\xB6\xC3\x9F"
                  "e x"),
            "gr\xC3\xB6\xC3\x9F"
            "e x |E0112");
  EXPECT_EQ(lexed("a\xC2\xA0"
                  "b"),
            "a b |E0112");
  EXPECT_EQ(lexed("$$$ $"), "$$$:error $:error |E0112 |E0112");
}

TEST(Lexer, BytesThatAreNoText) {
  EXPECT_EQ(lexed("\xEF\xBB\xBF"
                  "a"),
            "a");
  EXPECT_EQ(lexed(std::string("a\0\0b", 4)), std::string("a \0\0:error b |E0111", 19));
  EXPECT_EQ(lexed("# \xFF\xFF\na"), "a |E0111");
  EXPECT_EQ(lexed("\xFF\xFE"
                  "a"),
            " |E0111");
  EXPECT_EQ(lexed(""), "");
  EXPECT_EQ(lexed("a \r\n b\r"), "a b");
  EXPECT_EQ(lexed("# no line end"), "");
}

TEST(Lexer, LineStartsAreMarked) {
  SourceFiles files;
  const SourceFile& file = files.add("t", "a b # c\n# d\r\nc");
  DiagnosticSink sink;
  const TokenStream stream = lex(file, sink);
  ASSERT_EQ(stream.tokens.size(), 4u);
  EXPECT_TRUE(stream.tokens[0].after_break);
  EXPECT_FALSE(stream.tokens[1].after_break);
  EXPECT_TRUE(stream.tokens[2].after_break);
  ASSERT_EQ(stream.comments.size(), 2u);
  EXPECT_EQ(file.text().substr(stream.comments[1].begin, stream.comments[1].end - stream.comments[1].begin), "# d");
}

TEST(Lexer, TokensAsText) {
  SourceFiles files;
  const SourceFile& file = files.add("t",
                                     "source o: T from file(\"a\\n.jsonl\") time at wait 1h30m\n"
                                     "o | throttle 1.5k/h | where x > 4GiB and at < @2024-10-08 # comment\n"
                                     "  | extend { `a b`: f\"{x}: y\", n: 50k, d: 1_0.50 }\n");
  DiagnosticSink sink;
  test::expectGolden("frontend/lex/testdata/tokens.txt", dumpTokens(lex(file, sink)));
  EXPECT_FALSE(sink.hasErrors());
}

}  // namespace
}  // namespace streamc::lex
