// The builtin functions as generated code calls them: through their symbols and calling convention.
#include <charconv>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "runtime-lib/builtins/calendar_hot.h"
#include "runtime-lib/builtins/number_hot.h"
#include "runtime-lib/builtins/unicode_case.h"
#include "runtime-lib/formats/utf8.h"

// The task of these tests: memory that is never given back before the end, each block apart from the others.
namespace {
std::deque<std::unique_ptr<char[]>> scratch_blocks;
}
void* stream_core_scratch(void*, int64_t bytes) {
  scratch_blocks.push_back(std::make_unique<char[]>(static_cast<size_t>(bytes) + 1));
  return scratch_blocks.back().get();
}

namespace {

const std::string kFails = "<fails>";
const std::string kNull = "<null>";

struct Arg {  // a text as two arguments
  std::string text;
  void* data() { return text.data(); }
  uint32_t size() const { return static_cast<uint32_t>(text.size()); }
};

std::string textOf(const StreamString& result) {
  EXPECT_EQ(result.zero, 0u);
  return {result.data, result.size};
}

using TextToText = void (*)(void*, void*, void*, uint32_t);
std::string call(TextToText function, std::string s) {
  StreamString out;
  function(nullptr, &out, s.data(), static_cast<uint32_t>(s.size()));
  return textOf(out);
}

TEST(Text, LengthCountsCodePoints) {
  auto length = [](std::string s) { return stream_text_length(nullptr, s.data(), static_cast<uint32_t>(s.size())); };
  EXPECT_EQ(length(""), 0);
  EXPECT_EQ(length("añb"), 3);
  EXPECT_EQ(length("😀😀"), 2);
  EXPECT_EQ(length("e\xcc\x81"), 2) << "a combining mark is a code point";
  std::string longer(1000, 'a');
  EXPECT_EQ(length(longer + "é"), 1001);
  EXPECT_EQ(stream_text_byte_length(nullptr, longer.data(), 7), 7);
}

TEST(Text, LowerAndUpperMapSimply) {
  EXPECT_EQ(call(stream_text_lower, ""), "");
  EXPECT_EQ(call(stream_text_lower, "no change 123 {}~"), "no change 123 {}~");
  EXPECT_EQ(call(stream_text_lower, "ABCXYZ[]@`"), "abcxyz[]@`");
  EXPECT_EQ(call(stream_text_upper, "abcxyz{}@`"), "ABCXYZ{}@`");
  EXPECT_EQ(call(stream_text_lower, "ÀÑß Σ ДЖ"), "àñß σ дж");
  EXPECT_EQ(call(stream_text_upper, "àñß σς дж ÿ"), "ÀÑß ΣΣ ДЖ Ÿ");
  EXPECT_EQ(call(stream_text_lower, "İ"), "i") << "the simple mapping, one code point";
  EXPECT_EQ(call(stream_text_upper, "ŉǰﬁ"), "ŉǰﬁ") << "no simple mapping";
  EXPECT_EQ(call(stream_text_upper, "ᾀ"), "ᾈ");
  EXPECT_EQ(call(stream_text_lower, "ȺȺȺȺ"), "ⱥⱥⱥⱥ") << "two bytes become three";
  EXPECT_EQ(call(stream_text_lower, "K"), "k") << "three bytes become one";
  EXPECT_EQ(call(stream_text_lower, "𐐀"), "𐐨");
  EXPECT_EQ(call(stream_text_upper, "日本語"), "日本語");
}

TEST(Text, CaseMappingKeepsTextValid) {
  int changed = 0;
  for (uint32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    for (uint32_t mapped : {streamrt::lowerOf(c), streamrt::upperOf(c)}) {
      if (mapped == c) continue;
      ++changed;
      ASSERT_TRUE(mapped <= 0x10ffff && !(mapped >= 0xd800 && mapped <= 0xdfff)) << c;
      char from[4];
      char to[4];
      const auto from_bytes = streamrt::writeUtf8(from, c) - from;
      const auto to_bytes = streamrt::writeUtf8(to, mapped) - to;
      ASSERT_LE(to_bytes * 2, from_bytes * 3) << c << ": the room that lower and upper take";
    }
  }
  EXPECT_GT(changed, 2700);
}

TEST(Text, Trim) {
  EXPECT_EQ(call(stream_text_trim, ""), "");
  EXPECT_EQ(call(stream_text_trim, " \t\r\n "), "");
  EXPECT_EQ(call(stream_text_trim, "  a b  "), "a b");
  EXPECT_EQ(call(stream_text_trim, "\xc2\xa0\xe3\x80\x80x\xe2\x80\xa8"), "x");
  EXPECT_EQ(call(stream_text_trim, "\xe2\x80\x8bx"), "\xe2\x80\x8bx") << "a zero-width space is no white space";
}

using TextsToBool = uint8_t (*)(void*, void*, uint32_t, void*, uint32_t);
bool test(TextsToBool function, Arg s, Arg part) {
  return function(nullptr, s.data(), s.size(), part.data(), part.size()) == 1;
}

TEST(Text, ContainsStartsEnds) {
  EXPECT_TRUE(test(stream_text_contains, {"abc"}, {"bc"}));
  EXPECT_TRUE(test(stream_text_contains, {"abc"}, {""}));
  EXPECT_TRUE(test(stream_text_contains, {""}, {""}));
  EXPECT_FALSE(test(stream_text_contains, {""}, {"a"}));
  EXPECT_FALSE(test(stream_text_contains, {"ab"}, {"abc"}));
  EXPECT_TRUE(test(stream_text_starts_with, {"abc"}, {"ab"}));
  EXPECT_TRUE(test(stream_text_starts_with, {"abc"}, {""}));
  EXPECT_FALSE(test(stream_text_starts_with, {"abc"}, {"bc"}));
  EXPECT_TRUE(test(stream_text_ends_with, {"abc"}, {"bc"}));
  EXPECT_FALSE(test(stream_text_ends_with, {"abc"}, {"ab"}));
  EXPECT_FALSE(test(stream_text_ends_with, {"c"}, {"bc"}));
}

using TextsToIndex = uint8_t (*)(void*, void*, void*, uint32_t, void*, uint32_t);
std::string index(TextsToIndex function, Arg s, Arg part) {
  int64_t out = -7;
  return function(nullptr, &out, s.data(), s.size(), part.data(), part.size()) == 1 ? std::to_string(out) : kNull;
}

TEST(Text, IndexOf) {
  EXPECT_EQ(index(stream_text_index_of, {"a,b,c"}, {","}), "1");
  EXPECT_EQ(index(stream_text_last_index_of, {"a,b,c"}, {","}), "3");
  EXPECT_EQ(index(stream_text_index_of, {"ñ,b"}, {","}), "1");
  EXPECT_EQ(index(stream_text_index_of, {"abc"}, {"x"}), kNull);
  EXPECT_EQ(index(stream_text_last_index_of, {"abc"}, {"x"}), kNull);
  EXPECT_EQ(index(stream_text_index_of, {"añc"}, {""}), "0");
  EXPECT_EQ(index(stream_text_last_index_of, {"añc"}, {""}), "3");
  EXPECT_EQ(index(stream_text_index_of, {""}, {"a"}), kNull);
  EXPECT_EQ(index(stream_text_last_index_of, {"aaa"}, {"aa"}), "1");
  EXPECT_EQ(index(stream_text_index_of, {"aaa"}, {"aaa"}), "0");
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    std::string part;
    for (size_t k = random() % 12; k > 0; --k) text += static_cast<char>('a' + random() % 2);
    for (size_t k = random() % 4; k > 0; --k) part += static_cast<char>('a' + random() % 2);
    auto expected = [](size_t at) { return at == std::string::npos ? kNull : std::to_string(at); };
    ASSERT_EQ(index(stream_text_index_of, {text}, {part}), expected(text.find(part))) << text << " " << part;
    ASSERT_EQ(index(stream_text_last_index_of, {text}, {part}), expected(text.rfind(part))) << text << " " << part;
  }
  scratch_blocks.clear();
  const std::string hostile(1 << 20, 'a');
  EXPECT_EQ(index(stream_text_last_index_of, {hostile}, {"b" + std::string(1 << 16, 'a')}), kNull);
  EXPECT_EQ(index(stream_text_index_of, {hostile}, {std::string(1 << 16, 'a') + "b"}), kNull);
}

std::string slice(Arg s, int64_t from, int64_t to) {
  StreamString out;
  stream_text_slice(nullptr, &out, s.data(), s.size(), from, to);
  return textOf(out);
}

TEST(Text, SliceMovesIndexesToTheEnds) {
  EXPECT_EQ(slice({"añbc"}, 1, 3), "ñb");
  EXPECT_EQ(slice({"abc"}, 0, 3), "abc");
  EXPECT_EQ(slice({"abc"}, -5, 2), "ab");
  EXPECT_EQ(slice({"abc"}, 2, 100), "c");
  EXPECT_EQ(slice({"abc"}, 2, 2), "");
  EXPECT_EQ(slice({"abc"}, 2, 1), "");
  EXPECT_EQ(slice({"abc"}, 7, 9), "");
  EXPECT_EQ(slice({""}, 0, 1), "");
  EXPECT_EQ(slice({"😀é"}, INT64_MIN, INT64_MAX), "😀é");
  EXPECT_EQ(slice({"😀é"}, INT64_MAX, INT64_MAX), "");
  StreamString out;
  Arg s{"añbc"};
  stream_text_slice_from(nullptr, &out, s.data(), s.size(), 2);
  EXPECT_EQ(textOf(out), "bc");
  stream_text_slice_from(nullptr, &out, s.data(), s.size(), INT64_MIN);
  EXPECT_EQ(textOf(out), "añbc");
}

std::string replace(Arg s, Arg part, Arg by) {
  StreamString out;
  return stream_text_replace(nullptr, &out, s.data(), s.size(), part.data(), part.size(), by.data(), by.size()) == 1
             ? textOf(out)
             : kFails;
}

TEST(Text, Replace) {
  EXPECT_EQ(replace({"a-b-c"}, {"-"}, {"+"}), "a+b+c");
  EXPECT_EQ(replace({"a-b-c"}, {"-"}, {""}), "abc");
  EXPECT_EQ(replace({"--"}, {"-"}, {"<->"}), "<-><->");
  EXPECT_EQ(replace({"aaa"}, {"aa"}, {"b"}), "ba");
  EXPECT_EQ(replace({"abc"}, {""}, {"x"}), "abc");
  EXPECT_EQ(replace({""}, {"a"}, {"x"}), "");
  EXPECT_EQ(replace({"aa"}, {"aa"}, {""}), "");
  EXPECT_EQ(replace({std::string(1 << 10, 'a')}, {"a"}, {std::string(16 << 10, 'b')}).size(), 16u << 20);
  EXPECT_EQ(replace({std::string((1 << 10) + 1, 'a')}, {"a"}, {std::string(16 << 10, 'b')}), kFails);
}

std::vector<std::string> split(Arg& s, Arg separator) {
  StreamList out;
  stream_text_split(nullptr, &out, s.data(), s.size(), separator.data(), separator.size());
  EXPECT_EQ(out.zero, 0u);
  std::vector<std::string> parts;
  for (uint32_t i = 0; i < out.count; ++i) parts.push_back(textOf(static_cast<const StreamString*>(out.data)[i]));
  return parts;
}

std::string join(std::vector<std::string> parts, Arg separator) {
  std::vector<StreamString> texts;
  for (const std::string& part : parts) texts.push_back({part.data(), static_cast<uint32_t>(part.size()), 0});
  StreamString out;
  return stream_text_join(nullptr, &out, texts.data(), static_cast<uint32_t>(texts.size()), separator.data(),
                          separator.size()) == 1
             ? textOf(out)
             : kFails;
}

TEST(Text, SplitAndJoin) {
  using Parts = std::vector<std::string>;
  const struct {
    const char* text;
    const char* separator;
    Parts parts;
  } kCases[] = {
      {"a,b", ",", {"a", "b"}}, {"a,b,,c", ",", {"a", "b", "", "c"}}, {"", ",", {""}},         {",", ",", {"", ""}},
      {"abc", ",", {"abc"}},    {"a--b-c", "--", {"a", "b-c"}},       {"aaa", "aa", {"", "a"}}};
  for (const auto& c : kCases) {
    Arg s{c.text};
    EXPECT_EQ(split(s, {c.separator}), c.parts) << c.text;
    EXPECT_EQ(join(c.parts, {c.separator}), c.text);
  }
  Arg points{"añ😀"};
  EXPECT_EQ(split(points, {""}), (Parts{"a", "ñ", "😀"}));
  Arg empty{""};
  EXPECT_EQ(split(empty, {""}), (Parts{""}));
  EXPECT_EQ(join({}, {","}), "");
  EXPECT_EQ(join({std::string(8 << 20, 'a'), std::string(8 << 20, 'a')}, {","}), kFails);
}

std::string repeat(Arg s, int64_t times) {
  StreamString out;
  return stream_text_repeat(nullptr, &out, s.data(), s.size(), times) == 1 ? textOf(out) : kFails;
}

TEST(Text, Repeat) {
  EXPECT_EQ(repeat({"ab"}, 3), "ababab");
  EXPECT_EQ(repeat({"ab"}, 0), "");
  EXPECT_EQ(repeat({"ab"}, -1), "");
  EXPECT_EQ(repeat({""}, INT64_MAX), "");
  EXPECT_EQ(repeat({"a"}, 16 << 20).size(), 16u << 20);
  EXPECT_EQ(repeat({"a"}, (16 << 20) + 1), kFails);
  EXPECT_EQ(repeat({"ab"}, INT64_MAX), kFails);
}

using Pad = uint8_t (*)(void*, void*, void*, uint32_t, int64_t, void*, uint32_t);
std::string pad(Pad function, Arg s, int64_t length, Arg fill) {
  StreamString out;
  return function(nullptr, &out, s.data(), s.size(), length, fill.data(), fill.size()) == 1 ? textOf(out) : kFails;
}

TEST(Text, PadAndReverse) {
  EXPECT_EQ(pad(stream_text_pad_left, {"7"}, 3, {"0"}), "007");
  EXPECT_EQ(pad(stream_text_pad_right, {"7"}, 4, {"ab"}), "7aba");
  EXPECT_EQ(pad(stream_text_pad_left, {"ñ"}, 4, {"é😀"}), "é😀éñ");
  EXPECT_EQ(pad(stream_text_pad_left, {"abc"}, 3, {"0"}), "abc");
  EXPECT_EQ(pad(stream_text_pad_left, {"abc"}, INT64_MIN, {"0"}), "abc");
  EXPECT_EQ(pad(stream_text_pad_left, {"abc"}, 9, {""}), "abc");
  EXPECT_EQ(pad(stream_text_pad_right, {""}, INT64_MAX, {"0"}), kFails);
  EXPECT_EQ(pad(stream_text_pad_right, {"a"}, 16 << 20, {"0"}).size(), 16u << 20);
  EXPECT_EQ(pad(stream_text_pad_right, {"a"}, (16 << 20) + 1, {"0"}), kFails);
  EXPECT_EQ(call(stream_text_reverse, ""), "");
  EXPECT_EQ(call(stream_text_reverse, "añ😀b"), "b😀ña");
}

template <class T>
std::string cast(uint8_t (*function)(void*, void*, void*, uint32_t), std::string text) {
  T out{};
  if (function(nullptr, &out, text.data(), static_cast<uint32_t>(text.size())) == 0) return kFails;
  if constexpr (sizeof(T) == 1) return std::to_string(static_cast<int>(out));
  return std::to_string(out);
}

TEST(Casts, IntegersFromText) {
  EXPECT_EQ(cast<int8_t>(stream_text_to_i8, "-128"), "-128");
  EXPECT_EQ(cast<int8_t>(stream_text_to_i8, "128"), kFails);
  EXPECT_EQ(cast<int16_t>(stream_text_to_i16, "32767"), "32767");
  EXPECT_EQ(cast<int16_t>(stream_text_to_i16, "-32769"), kFails);
  EXPECT_EQ(cast<int32_t>(stream_text_to_i32, "+2147483647"), "2147483647");
  EXPECT_EQ(cast<int32_t>(stream_text_to_i32, "2147483648"), kFails);
  EXPECT_EQ(cast<int64_t>(stream_text_to_i64, "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(cast<int64_t>(stream_text_to_i64, "9223372036854775808"), kFails);
  EXPECT_EQ(cast<uint8_t>(stream_text_to_u8, "255"), "255");
  EXPECT_EQ(cast<uint8_t>(stream_text_to_u8, "256"), kFails);
  EXPECT_EQ(cast<uint8_t>(stream_text_to_u8, "-1"), kFails);
  EXPECT_EQ(cast<uint16_t>(stream_text_to_u16, "65536"), kFails);
  EXPECT_EQ(cast<uint32_t>(stream_text_to_u32, "4294967295"), "4294967295");
  EXPECT_EQ(cast<uint32_t>(stream_text_to_u32, "4294967296"), kFails);
  EXPECT_EQ(cast<uint64_t>(stream_text_to_u64, "18446744073709551615"), "18446744073709551615");
  for (const char* bad : {"", " 1", "1 ", "1.0", "1e3", "٣"}) EXPECT_EQ(cast<int64_t>(stream_text_to_i64, bad), kFails);
}

TEST(Casts, OtherScalarsFromText) {
  EXPECT_EQ(cast<double>(stream_text_to_f64, "2.50"), std::to_string(2.5));
  EXPECT_EQ(cast<double>(stream_text_to_f64, "nan"), kFails);
  EXPECT_EQ(cast<double>(stream_text_to_f64, "1e400"), kFails);
  EXPECT_EQ(cast<float>(stream_text_to_f32, "1e39"), kFails);
  EXPECT_EQ(cast<uint8_t>(stream_text_to_bool, "true"), "1");
  EXPECT_EQ(cast<uint8_t>(stream_text_to_bool, "false"), "0");
  for (const char* bad : {"", "True", "1", "true "}) EXPECT_EQ(cast<uint8_t>(stream_text_to_bool, bad), kFails);
  EXPECT_EQ(cast<int64_t>(stream_text_to_timestamp, "1970-01-01T00:00:01Z"), "1000000");
  EXPECT_EQ(cast<int64_t>(stream_text_to_timestamp, "1970-01-01"), kFails);
  EXPECT_EQ(cast<int64_t>(stream_text_to_timestamp, "1970-01-01T00:00:01.0000001Z"), kFails);
  EXPECT_EQ(cast<int64_t>(stream_text_to_duration, "1m30s"), "90000000");
  EXPECT_EQ(cast<int64_t>(stream_text_to_duration, "90"), kFails);
}

TEST(Casts, ToText) {
  StreamString out;
  stream_text_of_bool(nullptr, &out, 1);
  EXPECT_EQ(textOf(out), "true");
  stream_text_of_bool(nullptr, &out, 0);
  EXPECT_EQ(textOf(out), "false");
  stream_text_of_i64(nullptr, &out, INT64_MIN);
  EXPECT_EQ(textOf(out), "-9223372036854775808");
  stream_text_of_u64(nullptr, &out, -1);
  EXPECT_EQ(textOf(out), "18446744073709551615");
  stream_text_of_f32(nullptr, &out, 0.1f);
  EXPECT_EQ(textOf(out), "0.1");
  stream_text_of_f64(nullptr, &out, 4);
  EXPECT_EQ(textOf(out), "4.0");
  stream_text_of_f64(nullptr, &out, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(textOf(out), "-Infinity");
  stream_text_of_timestamp(nullptr, &out, 1'500'000);
  EXPECT_EQ(textOf(out), "1970-01-01T00:00:01.500Z");
  stream_text_of_timestamp(nullptr, &out, INT64_MIN);
  EXPECT_EQ(textOf(out), "-290308-12-21T19:59:05.224192Z");
  stream_text_of_duration(nullptr, &out, 90'000'000);
  EXPECT_EQ(textOf(out), "1m30s");
}

TEST(Numbers, RoundFloorCeilTrunc) {
  EXPECT_EQ(stream_number_round(nullptr, 2.5), 3.0);
  EXPECT_EQ(stream_number_round(nullptr, -2.5), -3.0);
  EXPECT_EQ(stream_number_round(nullptr, 0.49999999999999994), 0.0);
  EXPECT_EQ(stream_number_round(nullptr, -0.49999999999999994), -0.0);
  EXPECT_TRUE(std::signbit(stream_number_round(nullptr, -0.2)));
  EXPECT_EQ(stream_number_round(nullptr, 4503599627370497.5), 4503599627370498.0);
  EXPECT_EQ(stream_number_round(nullptr, 9007199254740991.0), 9007199254740991.0);
  EXPECT_EQ(stream_number_round(nullptr, 1e300), 1e300);
  EXPECT_TRUE(std::isnan(stream_number_round(nullptr, NAN)));
  EXPECT_EQ(stream_number_round(nullptr, -INFINITY), -INFINITY);
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) {
    const double x = static_cast<double>(static_cast<int64_t>(random())) / static_cast<double>(1ull << (random() % 64));
    ASSERT_EQ(stream_number_round(nullptr, x), std::round(x)) << x;
  }
  EXPECT_EQ(stream_number_floor(nullptr, -2.5), -3.0);
  EXPECT_EQ(stream_number_ceil(nullptr, 2.1), 3.0);
  EXPECT_EQ(stream_number_trunc(nullptr, -2.9), -2.0);
  EXPECT_EQ(stream_number_sqrt(nullptr, 2.25), 1.5);
  EXPECT_TRUE(std::isnan(stream_number_sqrt(nullptr, -1)));
}

TEST(Numbers, RoundToDigitsIsDecidedOnTheExactValue) {
  auto round = [](double x, int64_t digits) { return stream_number_round_digits(nullptr, x, digits); };
  EXPECT_EQ(round(2.345, 2), 2.35);  // 2.34500000000000019984…
  EXPECT_EQ(round(2.675, 2), 2.67);  // 2.67499999999999982236…
  EXPECT_EQ(round(1.005, 2), 1.0);   // 1.00499999999999989342…
  EXPECT_EQ(round(0.125, 2), 0.13);  // a half
  EXPECT_EQ(round(-0.125, 2), -0.13);
  EXPECT_EQ(round(0.375, 2), 0.38);
  EXPECT_EQ(round(2.5, 0), 3.0);
  EXPECT_EQ(round(15, -1), 20.0);
  EXPECT_EQ(round(14.999999999999998, -1), 10.0);
  EXPECT_EQ(round(-25, -1), -30.0);
  EXPECT_EQ(round(4, -1), 0.0);
  EXPECT_EQ(round(5, -1), 10.0);
  EXPECT_EQ(round(99.5, -2), 100.0);
  EXPECT_EQ(round(49.5, -2), 0.0);
  EXPECT_EQ(round(123.456, 30), 123.456);
  EXPECT_EQ(round(123.456, INT64_MAX), 123.456);
  EXPECT_EQ(round(123.456, INT64_MIN), 0.0);
  EXPECT_TRUE(std::signbit(round(-123.456, INT64_MIN)));
  EXPECT_EQ(round(1.7976931348623157e308, 2), 1.7976931348623157e308);
  EXPECT_EQ(round(1.7976931348623157e308, -308), INFINITY);
  EXPECT_EQ(round(5e-324, 323), 0.0);
  EXPECT_EQ(round(5e-324, 324), 5e-324);
  EXPECT_EQ(round(0.5, 0), 1.0);
  EXPECT_EQ(round(4503599627370497.5, 0), 4503599627370498.0);
  EXPECT_TRUE(std::isnan(round(NAN, 2)));
  EXPECT_EQ(round(INFINITY, 2), INFINITY);
  // Against rounding of the exact decimal digits, which printf gives when it is not a half.
  std::mt19937_64 random(9);
  for (int i = 0; i < 50000; ++i) {
    const double x = static_cast<double>(static_cast<int64_t>(random() >> (random() % 50))) / 1e6;
    const int digits = static_cast<int>(random() % 8);
    char text[400];
    snprintf(text, sizeof text, "%.40f", x);
    std::string exact(text);
    const size_t at = exact.find('.') + 1 + static_cast<size_t>(digits);
    if (exact.find_first_not_of('0', at + 1) == std::string::npos && exact[at] == '5') continue;
    const int size = snprintf(text, sizeof text, "%.*f", digits, x);
    double expected = 0;
    std::from_chars(text, text + size, expected);
    ASSERT_EQ(round(x, digits), expected) << exact << " to " << digits;
  }
}

TEST(Time, FromAndToIntegers) {
  int64_t out = 0;
  EXPECT_EQ(stream_time_from_s(nullptr, &out, -1), 1);
  EXPECT_EQ(out, -1'000'000);
  EXPECT_EQ(stream_time_from_s(nullptr, &out, INT64_MAX / 1'000'000 + 1), 0);
  EXPECT_EQ(stream_time_from_ms(nullptr, &out, INT64_MIN / 1'000), 1);
  EXPECT_EQ(stream_time_from_ms(nullptr, &out, INT64_MIN), 0);
  EXPECT_EQ(stream_time_from_us(nullptr, INT64_MIN), INT64_MIN);
  EXPECT_EQ(stream_time_unix_s(nullptr, -1), -1);
  EXPECT_EQ(stream_time_unix_s(nullptr, -1'000'000), -1);
  EXPECT_EQ(stream_time_unix_s(nullptr, -1'000'001), -2);
  EXPECT_EQ(stream_time_unix_s(nullptr, 999'999), 0);
  EXPECT_EQ(stream_time_unix_ms(nullptr, INT64_MIN), INT64_MIN / 1000 - 1);
  EXPECT_EQ(stream_time_unix_us(nullptr, INT64_MAX), INT64_MAX);
  EXPECT_EQ(stream_time_seconds(nullptr, -1'999'999), -1);
  EXPECT_EQ(stream_time_millis(nullptr, -1'999), -1);
  EXPECT_EQ(stream_time_micros(nullptr, -1), -1);
}

TEST(Time, FloorAndCeil) {
  auto floored = [](int64_t t, int64_t to) {
    int64_t out = 0;
    return stream_time_floor(nullptr, &out, t, to) == 1 ? std::to_string(out) : kFails;
  };
  auto ceiled = [](int64_t t, int64_t to) {
    int64_t out = 0;
    return stream_time_ceil(nullptr, &out, t, to) == 1 ? std::to_string(out) : kFails;
  };
  EXPECT_EQ(floored(3'661, 3'600), "3600");
  EXPECT_EQ(floored(3'600, 3'600), "3600");
  EXPECT_EQ(floored(-1, 3'600), "-3600");
  EXPECT_EQ(floored(0, 3'600), "0");
  EXPECT_EQ(ceiled(3'601, 3'600), "7200");
  EXPECT_EQ(ceiled(3'600, 3'600), "3600");
  EXPECT_EQ(ceiled(-1, 3'600), "0");
  EXPECT_EQ(ceiled(-3'600, 3'600), "-3600");
  EXPECT_EQ(floored(5, 0), kFails);
  EXPECT_EQ(floored(5, -1), kFails);
  EXPECT_EQ(ceiled(5, 0), kFails);
  EXPECT_EQ(floored(INT64_MIN + 1, 1'000'000), kFails);
  EXPECT_EQ(ceiled(INT64_MAX - 1, 1'000'000), kFails);
  EXPECT_EQ(floored(INT64_MAX, INT64_MAX), std::to_string(INT64_MAX));
  EXPECT_EQ(floored(INT64_MIN, 1), std::to_string(INT64_MIN));
}

TEST(Time, Parts) {
  const int64_t t = 1'709'251'199'999'999;  // 2024-02-29T23:59:59.999999Z, a Thursday
  EXPECT_EQ(stream_time_year(nullptr, t), 2024);
  EXPECT_EQ(stream_time_month(nullptr, t), 2);
  EXPECT_EQ(stream_time_day(nullptr, t), 29);
  EXPECT_EQ(stream_time_hour(nullptr, t), 23);
  EXPECT_EQ(stream_time_minute(nullptr, t), 59);
  EXPECT_EQ(stream_time_second(nullptr, t), 59);
  EXPECT_EQ(stream_time_weekday(nullptr, t), 4);
  EXPECT_EQ(stream_time_weekday(nullptr, t + 1), 5);
  EXPECT_EQ(stream_time_month(nullptr, t + 1), 3);
  EXPECT_EQ(stream_time_day(nullptr, t + 1), 1);
  EXPECT_EQ(stream_time_year(nullptr, -1), 1969);
  EXPECT_EQ(stream_time_hour(nullptr, -1), 23);
  EXPECT_EQ(stream_time_second(nullptr, -1), 59);
  EXPECT_EQ(stream_time_weekday(nullptr, -1), 3);
  EXPECT_EQ(stream_time_weekday(nullptr, 0), 4);
  for (int day = 0; day < 7; ++day) {  // 2024-10-07 was a Monday
    EXPECT_EQ(stream_time_weekday(nullptr, (1'728'259'200 + day * 86'400ll) * 1'000'000), day + 1);
  }
  EXPECT_EQ(stream_time_year(nullptr, INT64_MIN), -290308);
  EXPECT_EQ(stream_time_year(nullptr, INT64_MAX), 294247);
}

TEST(Lists, Contains) {
  const int64_t numbers[] = {1, -2, INT64_MAX};
  auto* items = const_cast<int64_t*>(numbers);
  EXPECT_EQ(stream_list_contains_i64(nullptr, items, 3, -2), 1);
  EXPECT_EQ(stream_list_contains_i64(nullptr, items, 3, 0), 0);
  EXPECT_EQ(stream_list_contains_i64(nullptr, nullptr, 0, 0), 0);
  struct {
    int32_t value;
    int32_t filler;
  } narrow[] = {{1, 7}, {2, 8}};
  EXPECT_EQ(stream_list_contains_i32(nullptr, narrow, 2, 2), 1);
  EXPECT_EQ(stream_list_contains_i32(nullptr, narrow, 2, 7), 0);
  double floats[] = {0.5, NAN, -0.0};
  EXPECT_EQ(stream_list_contains_f64(nullptr, floats, 3, 0.5), 1);
  EXPECT_EQ(stream_list_contains_f64(nullptr, floats, 3, NAN), 0);
  EXPECT_EQ(stream_list_contains_f64(nullptr, floats, 3, 0.0), 1);
  uint64_t truths[] = {0, 0};
  EXPECT_EQ(stream_list_contains_bool(nullptr, truths, 2, 1), 0);
  EXPECT_EQ(stream_list_contains_bool(nullptr, truths, 2, 0), 1);
  StreamString texts[] = {{"a", 1, 0}, {"", 0, 0}};
  EXPECT_EQ(stream_list_contains_string(nullptr, texts, 2, const_cast<char*>(""), 0), 1);
  EXPECT_EQ(stream_list_contains_string(nullptr, texts, 1, const_cast<char*>(""), 0), 0);
  EXPECT_EQ(stream_list_contains_string(nullptr, texts, 2, const_cast<char*>("ab"), 1), 1);
}

}  // namespace
