#include "dsl/source_file.h"

#include <gtest/gtest.h>

#include <string>

#include "dsl/unicode.h"

namespace streamc {
namespace {

TEST(SourceFile, LinesAndColumnsAreOneBased) {
  const SourceFile file(0, "t", "ab\ncd\r\n\rx");
  EXPECT_EQ(file.lineColumn(0), (LineColumn{1, 1}));
  EXPECT_EQ(file.lineColumn(2), (LineColumn{1, 3}));
  EXPECT_EQ(file.lineColumn(3), (LineColumn{2, 1}));
  EXPECT_EQ(file.lineColumn(8), (LineColumn{4, 1}));
  EXPECT_EQ(file.lineColumn(1000), (LineColumn{4, 2}));
  EXPECT_EQ(file.lineCount(), 4u);
  EXPECT_EQ(file.lineText(2), "cd");
  EXPECT_EQ(file.lineText(3), "");
  EXPECT_EQ(file.lineText(4), "x");
}

TEST(SourceFile, ColumnsCountCodePoints) {
  const SourceFile file(0, "t", "\xC3\xA4\xF0\x9F\x98\x80z\n\xFF\xFFq");
  EXPECT_EQ(file.lineColumn(2), (LineColumn{1, 2}));
  EXPECT_EQ(file.lineColumn(6), (LineColumn{1, 3}));
  EXPECT_EQ(file.lineColumn(10), (LineColumn{2, 3}));
}

TEST(SourceFile, ColumnsAreTheSameOnVeryLongLines) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a\xC3\xA4\xE2\x82\xAC";
  const SourceFile file(0, "t", "first\n" + text);
  for (std::uint32_t i = 0; i < 5000; i += 37) {
    EXPECT_EQ(file.lineColumn(6 + i * 6), (LineColumn{2, i * 3 + 1}));
    EXPECT_EQ(file.lineColumn(6 + i * 6 + 1), (LineColumn{2, i * 3 + 2}));
    EXPECT_EQ(file.lineColumn(6 + i * 6 + 3), (LineColumn{2, i * 3 + 3}));
  }
}

TEST(SourceFile, AByteOrderMarkIsNoColumn) {
  const SourceFile file(0, "t", "\xEF\xBB\xBFx y");
  EXPECT_EQ(file.lineColumn(3), (LineColumn{1, 1}));
  EXPECT_EQ(file.lineColumn(5), (LineColumn{1, 3}));
  EXPECT_EQ(file.lineText(1), "x y");
}

TEST(SourceFile, EmptyTextHasOneLine) {
  const SourceFile file(0, "t", "");
  EXPECT_EQ(file.lineCount(), 1u);
  EXPECT_EQ(file.lineColumn(0), (LineColumn{1, 1}));
  EXPECT_EQ(file.lineText(1), "");
}

TEST(Unicode, InvalidSequencesAreOneByteEach) {
  for (const char* text :
       {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8", "\xE2\x82", "\xC3("}) {
    const unicode::Decoded c = unicode::decode(text);
    EXPECT_FALSE(c.valid) << text;
    EXPECT_EQ(c.bytes, 1u) << text;
  }
}

TEST(Unicode, AppendIsTheInverseOfDecode) {
  for (const char32_t c : {U'a', U'\x7F', U'\x80', U'\u07FF', U'\u0800', U'\uFFFD', U'\U00010000', U'\U0010FFFF'}) {
    std::string text;
    unicode::append(text, c);
    const unicode::Decoded decoded = unicode::decode(text);
    EXPECT_TRUE(decoded.valid);
    EXPECT_EQ(decoded.code_point, c);
    EXPECT_EQ(decoded.bytes, text.size());
  }
}

TEST(Unicode, DisplayWidths) {
  EXPECT_EQ(unicode::displayWidth(U'a'), 1);
  EXPECT_EQ(unicode::displayWidth(U'\u4E16'), 2);
  EXPECT_EQ(unicode::displayWidth(U'\U0001F600'), 2);
  EXPECT_EQ(unicode::displayWidth(U'\u0301'), 0);
}

}  // namespace
}  // namespace streamc
