#include "runtime-lib/formats/json_decoder.h"

#include <bit>
#include <cmath>

#include "runtime-lib/formats/test_rows.h"

namespace streamrt {
namespace {

using test::columns;
using test::ColumnText;
using test::Rows;

// Decodes `record`; "" when it was taken, else the error.
std::string decode(Rows& rows, std::string_view record, JsonOptions options = {}, uint32_t row = 0) {
  JsonDecoder decoder(rows.schema(), options);
  DecodeError error;
  std::string once;
  // Twice: the second time the keys are predicted.
  for (int i = 0; i < 2; ++i) {
    // A copy of exactly its size, so that reading beyond the end is noticed.
    auto exact = std::make_unique<std::vector<char>>(record.begin(), record.end());
    const bool ok = decoder.decode({exact->data(), exact->size()}, rows.target(row), error);
    if (ok) {
      static std::vector<std::unique_ptr<std::vector<char>>> kept;  // the row has views of it
      kept.push_back(std::move(exact));
    }
    const std::string outcome = ok ? "" : error.detail;
    if (i == 0) once = outcome;
    EXPECT_EQ(outcome, once) << record;
  }
  return once;
}

std::string decodeOne(const std::string& type, const std::string& value, JsonOptions options = {}) {
  Rows rows(columns({{"x", type}}));
  return decode(rows, "{\"x\":" + value + "}", options);
}

TEST(JsonDecoder, AllTypes) {
  Rows rows(columns({{"b", "bool"},
                     {"i8", "i8"},
                     {"i16", "i16"},
                     {"i32", "i32"},
                     {"i64", "i64"},
                     {"u8", "u8"},
                     {"u16", "u16"},
                     {"u32", "u32"},
                     {"u64", "u64"},
                     {"f32", "f32"},
                     {"f64", "f64"},
                     {"s", "string"},
                     {"t", "timestamp"},
                     {"d", "duration"}}));
  for (uint32_t row : {0u, 3u}) {
    ASSERT_EQ(decode(rows, R"( {"b":true,"i8":-128,"i16":32767,"i32":-2147483648,"i64":9223372036854775807,
        "u8":255, "u16" : 65535 ,"u32":4294967295,"u64":18446744073709551615,"f32":0.1,"f64":-1.5e300,
        "s":"añ","t":"1970-01-01T00:00:01Z","d":"1m30s"} )",
                     {}, row),
              "");
    EXPECT_EQ(rows.at<uint8_t>(0, row), 1);
    EXPECT_EQ(rows.at<int8_t>(1, row), -128);
    EXPECT_EQ(rows.at<int16_t>(2, row), 32767);
    EXPECT_EQ(rows.at<int32_t>(3, row), INT32_MIN);
    EXPECT_EQ(rows.at<int64_t>(4, row), INT64_MAX);
    EXPECT_EQ(rows.at<uint8_t>(5, row), 255);
    EXPECT_EQ(rows.at<uint16_t>(6, row), 65535);
    EXPECT_EQ(rows.at<uint32_t>(7, row), UINT32_MAX);
    EXPECT_EQ(rows.at<uint64_t>(8, row), UINT64_MAX);
    EXPECT_EQ(rows.at<float>(9, row), 0.1f);
    EXPECT_EQ(rows.at<double>(10, row), -1.5e300);
    EXPECT_EQ(rows.text(11, row), "añ");
    EXPECT_EQ(rows.at<StreamString>(11, row).zero, 0u);
    EXPECT_EQ(rows.at<int64_t>(12, row), 1'000'000);
    EXPECT_EQ(rows.at<int64_t>(13, row), 90'000'000);
  }
  EXPECT_EQ(static_cast<uint8_t>(rows.at<char>(0, 1)), 0xee) << "other rows are left alone";
}

TEST(JsonDecoder, IntegersAreExact) {
  auto read = [](const std::string& type, const std::string& text) -> std::string {
    Rows rows(columns({{"x", type}}));
    std::string error = decode(rows, "{\"x\":" + text + "}");
    if (!error.empty()) return error.find("fit") != std::string::npos ? "range" : "type";
    if (type == "u64") return std::to_string(rows.at<uint64_t>(0));
    if (type == "i64") return std::to_string(rows.at<int64_t>(0));
    if (type == "i8") return std::to_string(rows.at<int8_t>(0));
    return std::to_string(rows.at<uint8_t>(0));
  };
  const struct {
    const char* type;
    const char* text;
    const char* expected;
  } kCases[] = {
      {"i64", "0", "0"},
      {"i64", "-0", "0"},
      {"i64", "-0.0e5", "0"},
      {"i64", "0e999999999999999", "0"},
      {"i64", "9007199254740993", "9007199254740993"},
      {"i64", "9007199254740993.0", "9007199254740993"},
      {"i64", "9223372036854775807", "9223372036854775807"},
      {"i64", "9223372036854775808", "range"},
      {"i64", "-9223372036854775808", "-9223372036854775808"},
      {"i64", "-9223372036854775809", "range"},
      {"i64", "9223372036854775807.000", "9223372036854775807"},
      {"i64", "922337203685477580.7e1", "9223372036854775807"},
      {"i64", "92233720368547758070e-1", "9223372036854775807"},
      {"i64", "1.0", "1"},
      {"i64", "1e3", "1000"},
      {"i64", "1E+3", "1000"},
      {"i64", "1.5", "type"},
      {"i64", "1.5e1", "15"},
      {"i64", "1e-1", "type"},
      {"i64", "10e-1", "1"},
      {"i64", "1e18", "1000000000000000000"},
      {"i64", "1e19", "range"},
      {"i64", "1e400", "range"},
      {"i64", "1e99999999999999999999", "range"},
      {"i64", "1e-99999999999999999999", "type"},
      {"i64", "0.000000000000000000000000001e27", "1"},
      {"i64", "1000000000000000000000000000e-27", "1"},
      {"i64", "123456789012345678", "123456789012345678"},
      {"i64", "1234567890123456789", "1234567890123456789"},
      {"i64", "18446744073709551616", "range"},
      {"i64", "\"1\"", "type"},
      {"i64", "true", "type"},
      {"i64", "[1]", "type"},
      {"u64", "18446744073709551615", "18446744073709551615"},
      {"u64", "18446744073709551616", "range"},
      {"u64", "-1", "range"},
      {"u64", "-0", "0"},
      {"u64", "-0.0", "0"},
      {"i8", "127", "127"},
      {"i8", "128", "range"},
      {"i8", "-128", "-128"},
      {"i8", "-129", "range"},
      {"u8", "255.0", "255"},
      {"u8", "256", "range"},
      {"u8", "-1", "range"},
  };
  for (const auto& c : kCases) EXPECT_EQ(read(c.type, c.text), c.expected) << c.type << " " << c.text;
}

TEST(JsonDecoder, FloatsAreCorrectlyRounded) {
  auto read = [](const std::string& text) {
    Rows rows(columns({{"x", "f64"}}));
    EXPECT_EQ(decode(rows, "{\"x\":" + text + "}"), "") << text;
    return rows.at<double>(0);
  };
  EXPECT_EQ(read("0.1"), 0.1);
  EXPECT_EQ(read("1e23"), 1e23);
  EXPECT_EQ(read("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(read("9007199254740993.00000000000000000000000000001"), 9007199254740994.0);
  EXPECT_EQ(read("1.7976931348623157e308"), 1.7976931348623157e308);
  EXPECT_EQ(read("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(read("4.9406564584124654e-324"), 4.9406564584124654e-324);
  EXPECT_EQ(read("2e-324"), 0.0);
  EXPECT_EQ(read("1e-400"), 0.0);
  EXPECT_TRUE(std::signbit(read("-1e-400")));
  EXPECT_TRUE(std::signbit(read("-0")));
  EXPECT_TRUE(std::signbit(read("-0.0")));
  EXPECT_EQ(read("123456789.123456789"), 123456789.123456789);
  EXPECT_EQ(read("0." + std::string(400, '0') + "1e401"), 1.0);
  EXPECT_EQ(read("1" + std::string(400, '0') + "e-400"), 1.0);
  for (const char* text : {"1e400", "-1e400", "1.8e308", "1e99999999999999999999"}) {
    EXPECT_NE(decodeOne("f64", text).find("does not fit into f64"), std::string::npos) << text;
  }
  Rows rows(columns({{"x", "f32"}}));
  ASSERT_EQ(decode(rows, R"({"x":16777217})"), "");
  EXPECT_EQ(rows.at<float>(0), 16777216.0f);
  ASSERT_EQ(decode(rows, R"({"x":1.00000005960464477539062500001})"), "");  // halfway, then a little more
  EXPECT_EQ(std::bit_cast<uint32_t>(rows.at<float>(0)), 0x3f800001u) << "rounded once, not through f64";
  EXPECT_NE(decodeOne("f32", "1e39"), "");
  EXPECT_EQ(decodeOne("f32", "1e-60"), "");
}

TEST(JsonDecoder, SyntaxIsThatOfRfc8259) {
  const char* const kBad[] = {
      "",
      " ",
      "{",
      "}",
      "[]",
      "1",
      "\"a\"",
      "null",
      "{\"x\":1",
      "{\"x\":1,}",
      "{\"x\"}",
      "{\"x\":}",
      "{x:1}",
      "{'x':1}",
      "{\"x\":1}}",
      "{\"x\":1} 2",
      "{\"x\":1}{\"x\":1}",
      "{\"x\":01}",
      "{\"x\":-}",
      "{\"x\":+1}",
      "{\"x\":.5}",
      "{\"x\":1.}",
      "{\"x\":1e}",
      "{\"x\":1e+}",
      "{\"x\":0x10}",
      "{\"x\":NaN}",
      "{\"x\":Infinity}",
      "{\"x\":-Infinity}",
      "{\"x\":nul}",
      "{\"x\":nulll}",
      "{\"x\":1 \"y\":2}",
      "{\"x\" 1}",
      "{,}",
      "{\"x\":1,,\"y\":2}",
      "{\"x\":1,\"y\":tru}",
      "{\"x\":1,\"y\":[1,]}",
      "{\"x\":1,\"y\":[1 2]}",
      "{\"x\":1,\"y\":[1}",
      "{\"x\":1,\"y\":{\"z\":1]}",
      "{\"x\":1,\"y\":\"\\x\"}",
      "{\"x\":1,\"y\":\"\\u12g4\"}",
      "{\"x\":1,\"y\":\"\\u12\"}",
      "{\"x\":1,\"y\":\"a\nb\"}",
      "{\"x\":1,\"y\":\"a}",
      "{\"x\":1,\"y\":\"a\\\"}",
      "{\"x\":1,\"y\":01}",
      "{\"x\":1,\"y\":{\"z\"}}",
      "{\"x\":1,\"y\":{1:2}}",
      "{\"x\":1,\"y\":-a}",
      "{\"x\":1,\"y\":1.e5}",
      "{\"x\":1,\"\ty\":1}",
      "\xef\xbb\xbf{\"x\":1}",
      "{\"x\":1}\x01",
  };
  for (const char* text : kBad) {
    Rows rows(columns({{"x", "i64"}}));
    const std::string error = decode(rows, text);
    EXPECT_TRUE(error.starts_with("byte ")) << text << " → " << error;
  }
  for (const std::string& nul : {std::string("{\"x\":1}\0", 8), std::string("\0", 1), std::string("{\"x\"\0:1}", 9),
                                 std::string("{\"y\":\"a\0b\",\"x\":1}", 18)}) {
    Rows rows(columns({{"x", "i64"}}));
    EXPECT_TRUE(decode(rows, nul).starts_with("byte "));
  }
  const char* const kGood[] = {
      "{\"x\":1}",
      "\t{\r\n\"x\" : 1 } \r\n",
      "{\"y\":[],\"z\":{},\"x\":1}",
      "{\"y\":[[[{}]]],\"x\":1}",
      "{\"y\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud800\",\"x\":1}",
      "{\"y\":-0.5e-10,\"x\":1}",
      "{\"\":2,\"x\":1}",
      "{\"y\":\"\xff\xfe\",\"x\":1}",
      "{\"y\":[1,\"a\",null,true,false,{\"x\":5}],\"x\":1}",
      "{\"y\":\"\x7f\",\"x\":1}",
  };
  for (const char* text : kGood) {
    Rows rows(columns({{"x", "i64"}}));
    EXPECT_EQ(decode(rows, text), "") << text;
    EXPECT_EQ(rows.at<int64_t>(0), 1);
  }
}

TEST(JsonDecoder, NoFieldDemandedStillChecksSyntax) {
  Rows rows(columns({}));
  EXPECT_EQ(decode(rows, "{}"), "");
  EXPECT_EQ(decode(rows, "{\"a\":[1,2,{\"b\":null}]}"), "");
  EXPECT_NE(decode(rows, "{\"a\":[1,2,{\"b\":null}}"), "");
  EXPECT_NE(decode(rows, "[]"), "");
}

TEST(JsonDecoder, MissingNullAndOptional) {
  Rows rows(columns({{"a", "i64"}, {"b", "string?"}, {"c", "f64?"}}));
  EXPECT_EQ(decode(rows, R"({"a":1,"b":"x","c":2})"), "");
  EXPECT_EQ(rows.present(1), 1);
  EXPECT_EQ(decode(rows, R"({"a":1,"b":null})"), "");
  EXPECT_EQ(rows.present(1), 0);
  EXPECT_EQ(rows.present(2), 0);
  EXPECT_EQ(rows.text(1).size(), 0u);
  EXPECT_EQ(rows.at<double>(2), 0.0) << "a null value's bytes are initialised";
  EXPECT_EQ(decode(rows, R"({"b":"x"})"), "field \"a\" is missing");
  EXPECT_EQ(decode(rows, R"({"a":null})"), "field \"a\": expected i64, found null");
  EXPECT_EQ(decode(rows, R"({"a":1,"b":7})"), "field \"b\": expected string, found 7");
}

TEST(JsonDecoder, OfARepeatedKeyTheLastCounts) {
  Rows rows(columns({{"a", "i64"}, {"r", "present"}, {"r.x", "i64"}, {"r.y", "i64?"}, {"l", "list<i64>?"}}));
  EXPECT_EQ(decode(rows, R"({"a":1,"a":2})"), "");
  EXPECT_EQ(rows.at<int64_t>(0), 2);
  EXPECT_EQ(decode(rows, R"({"a":"text","a":2})"), "");
  EXPECT_EQ(decode(rows, R"({"a":1,"a":"text"})"), "field \"a\": expected i64, found \"text\"");
  EXPECT_EQ(decode(rows, R"({"a":1,"a":null})"), "field \"a\": expected i64, found null");
  EXPECT_EQ(decode(rows, R"({"a":1,"r":{"x":1,"y":2},"r":{"x":3}})"), "");
  EXPECT_EQ(rows.at<int64_t>(2), 3);
  EXPECT_EQ(rows.present(3), 0) << "the last record counts, not a mixture";
  EXPECT_EQ(decode(rows, R"({"a":1,"r":{"x":"bad"},"r":{"x":3}})"), "");
  EXPECT_EQ(decode(rows, R"({"a":1,"r":{},"r":{"x":3}})"), "");
  EXPECT_EQ(decode(rows, R"({"a":1,"r":{"x":3},"r":{}})"), "field \"r.x\" is missing");
  EXPECT_EQ(decode(rows, R"({"a":1,"r":{"x":3},"r":null})"), "");
  EXPECT_EQ(rows.at<uint8_t>(1), 0);
  EXPECT_EQ(decode(rows, R"({"a":1,"r":5,"r":null})"), "");
  EXPECT_EQ(decode(rows, R"({"a":1,"l":[1,"x"],"l":[1]})"), "");
  EXPECT_EQ(rows.at<StreamList>(4).count, 1u);
  EXPECT_EQ(decode(rows, R"({"a":1,"\u0061":4})"), "");
  EXPECT_EQ(rows.at<int64_t>(0), 4) << "an escaped key is the same key";
}

TEST(JsonDecoder, NestedRecords) {
  Rows rows(columns({{"p.mag", "f64"}, {"p.place.name", "string?"}, {"id", "i64"}, {"a\\.b", "i64?"}}));
  EXPECT_EQ(decode(rows, R"({"p":{"mag":1.5,"other":[{}],"place":{"name":"x"}},"id":7,"a.b":3})"), "");
  EXPECT_EQ(rows.at<double>(0), 1.5);
  EXPECT_EQ(rows.text(1), "x");
  EXPECT_EQ(rows.at<int64_t>(3), 3);
  EXPECT_EQ(decode(rows, R"({"id":7,"p":{"place":{},"mag":2}})"), "");
  EXPECT_EQ(rows.present(1), 0);
  EXPECT_EQ(decode(rows, R"({"id":7,"p":{"mag":2}})"), "field \"p.place\" is missing");
  EXPECT_EQ(decode(rows, R"({"id":7})"), "field \"p\" is missing");
  EXPECT_EQ(decode(rows, R"({"id":7,"p":null})"), "field \"p\": expected a record, found null");
  EXPECT_EQ(decode(rows, R"({"id":7,"p":[1]})"), "field \"p\": expected a record, found [1]");
  EXPECT_EQ(decode(rows, R"({"id":7,"p":{"mag":"x","place":{}}})"), "field \"p.mag\": expected f64, found \"x\"");
}

TEST(JsonDecoder, OptionalRecords) {
  Rows rows(columns({{"r.x", "i64"}, {"r.in.y", "string"}, {"r.in", "present"}, {"r", "present"}}));
  EXPECT_EQ(decode(rows, R"({"r":{"x":1,"in":{"y":"a"}}})"), "");
  EXPECT_EQ(rows.at<uint8_t>(2), 1);
  EXPECT_EQ(rows.at<uint8_t>(3), 1);
  EXPECT_EQ(decode(rows, R"({"r":{"x":1}})"), "");
  EXPECT_EQ(rows.at<uint8_t>(2), 0);
  EXPECT_EQ(rows.at<uint8_t>(3), 1);
  EXPECT_EQ(rows.text(1), "");
  for (const char* absent : {"{}", "{\"r\":null}"}) {
    rows.at<int64_t>(0) = 99;
    EXPECT_EQ(decode(rows, absent), "");
    EXPECT_EQ(rows.at<int64_t>(0), 0);
    EXPECT_EQ(rows.at<uint8_t>(2), 0);
    EXPECT_EQ(rows.at<uint8_t>(3), 0);
  }
  EXPECT_EQ(decode(rows, R"({"r":{"in":{"y":"a"}}})"), "field \"r.x\" is missing");
  Rows only(columns({{"r", "present"}}));  // whether it is there is all that is asked
  EXPECT_EQ(decode(only, R"({"r":{"anything":[1]}})"), "");
  EXPECT_EQ(only.at<uint8_t>(0), 1);
  EXPECT_EQ(decode(only, R"({"r":5})"), "field \"r\": expected a record, found 5");
}

TEST(JsonDecoder, CheckedColumnsAreValidatedAndNotStored) {
  Rows rows(columns({{"a", "i64 check"},
                     {"b", "i64"},
                     {"c", "string? check"},
                     {"d", "i64"},
                     {"r", "present check"},
                     {"r.x", "i64 check"},
                     {"l", "list<i64> check"}}));
  EXPECT_EQ(decode(rows, R"({"a":1,"b":2,"c":"x","d":4,"l":[1]})"), "");
  EXPECT_EQ(rows.at<int64_t>(0), 2);
  EXPECT_EQ(rows.at<int64_t>(1), 4);
  EXPECT_EQ(decode(rows, R"({"a":"1","b":2,"d":4,"l":[]})"), "field \"a\": expected i64, found \"1\"");
  EXPECT_EQ(decode(rows, R"({"b":2,"d":4,"l":[]})"), "field \"a\" is missing");
  EXPECT_EQ(decode(rows, R"({"a":1,"b":2,"d":4,"l":[],"r":{}})"), "field \"r.x\" is missing");
  EXPECT_EQ(decode(rows, R"({"a":1,"b":2,"d":4,"l":["x"]})"), "field \"l[0]\": expected i64, found \"x\"");
}

TEST(JsonDecoder, LenientColumnsRejectNothing) {
  Rows rows(columns({{"n", "i64? lenient"},
                     {"l", "list<i64>? lenient"},
                     {"r.x", "i64"},
                     {"r.y", "string? lenient"},
                     {"o", "present lenient"},
                     {"o.z", "bool? lenient"},
                     {"all.a", "f64? lenient"}}));
  auto present = [&](size_t column) { return rows.present(column) != 0 ? "yes" : "no"; };
  EXPECT_EQ(decode(rows, R"({"n":7,"l":[1],"r":{"x":1,"y":"a"},"o":{"z":true},"all":{"a":1}})"), "");
  for (size_t column : {0u, 1u, 3u, 5u, 6u}) EXPECT_STREQ(present(column), "yes") << column;
  EXPECT_EQ(rows.at<int64_t>(0), 7);
  EXPECT_EQ(rows.at<uint8_t>(4), 1);

  for (const char* nothing : {
           R"({"r":{"x":1}})",
           R"({"n":null,"l":null,"r":{"x":1,"y":null},"o":null,"all":null})",
           R"({"n":"7","l":{},"r":{"x":1,"y":5},"o":5,"all":[]})",
           R"({"n":1.5,"l":[1,"x",2,{}],"r":{"x":1,"y":"\ud800"},"o":{"z":0},"all":{"a":"1"}})",
           R"({"n":9223372036854775808,"l":["x"],"r":{"x":1,"y":[]},"o":"","all":{}})",
           R"({"n":7,"n":"7","l":[1],"l":[null],"r":{"y":"a","x":1,"y":0},"o":{"z":true},"o":1,"all":{"a":1},"all":1})",
       }) {
    SCOPED_TRACE(nothing);
    rows.at<uint8_t>(4) = 1;
    EXPECT_EQ(decode(rows, nothing), "");
    for (size_t column : {0u, 1u, 3u, 5u, 6u}) EXPECT_STREQ(present(column), "no") << column;
    EXPECT_EQ(rows.at<uint8_t>(4), std::string_view(nothing).find("\"z\":0") == std::string_view::npos ? 0 : 1);
  }
  // A later value that fits counts, and what is demanded is so as ever.
  EXPECT_EQ(decode(rows, R"({"n":"7","n":8,"l":["x"],"l":[1,2],"r":{"x":1}})"), "");
  EXPECT_EQ(rows.at<int64_t>(0), 8);
  EXPECT_EQ(rows.at<StreamList>(1).count, 2u);
  EXPECT_EQ(decode(rows, R"({"n":"7","l":["x"],"r":{"y":5}})"), "field \"r.x\" is missing");
  EXPECT_EQ(decode(rows, R"({"l":["x"],"r":5})"), "field \"r\": expected a record, found 5");
  EXPECT_EQ(decode(rows, R"({"l":["x"]})"), "field \"r\" is missing");
  EXPECT_NE(decode(rows, R"({"n":tru,"r":{"x":1}})"), "") << "syntax is checked everywhere";
  // A presence that is demanded makes no difference for what lies inside, and the other way round.
  Rows strict(columns({{"o", "present check"}, {"o.z", "i64? lenient"}}));
  EXPECT_EQ(decode(strict, R"({"o":{"z":"x"}})"), "");
  EXPECT_EQ(decode(strict, R"({"o":1})"), "field \"o\": expected a record, found 1");
}

TEST(JsonDecoder, Strings) {
  auto read = [](const std::string& json) -> std::string {
    Rows rows(columns({{"x", "string"}}));
    const std::string error = decode(rows, "{\"x\":" + json + ",\"tail\":0}");
    return error.empty() ? std::string(rows.text(0)) : "!" + error;
  };
  EXPECT_EQ(read(R"("")"), "");
  EXPECT_EQ(read(R"("plain text that is longer than one vector")"), "plain text that is longer than one vector");
  EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(read(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "Aé€😀");
  EXPECT_EQ(read(R"("\u0000")"), std::string("\0", 1));
  EXPECT_EQ(read(R"("\uFFFF\udbff\udfff")"), "\xef\xbf\xbf\xf4\x8f\xbf\xbf");
  EXPECT_EQ(read("\"añ€😀\""), "añ€😀");
  EXPECT_EQ(read("\"" + std::string(100, 'a') + "\\n" + std::string(100, 'b') + "\""),
            std::string(100, 'a') + "\n" + std::string(100, 'b'));
  for (const char* half : {R"("\ud800")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\u0041")", R"("\udc00")",
                           R"("\ud800\ud800")", R"("\ude00\ud83d")"}) {
    EXPECT_NE(read(half).find("whole surrogate pairs"), std::string::npos) << half;
  }
  const char* const kInvalid[] = {"\xff",
                                  "\xc0\x80",
                                  "\xc1\xbf",
                                  "\xe0\x80\x80",
                                  "\xed\xa0\x80",
                                  "\xf0\x80\x80\x80",
                                  "\xf4\x90\x80\x80",
                                  "\xf5\x80\x80\x80",
                                  "\x80",
                                  "\xc3",
                                  "\xe2\x82",
                                  "\xf0\x9f\x98",
                                  "aaaaaaaaaaaaaaaaaaaaaaaaa\xff"};
  for (const char* bytes : kInvalid) {
    EXPECT_NE(read("\"" + std::string(bytes) + "\"").find("valid UTF-8"), std::string::npos);
    EXPECT_NE(read("\"" + std::string(bytes) + "\\n\"").find("valid UTF-8"), std::string::npos);
  }
  for (size_t at = 0; at < 40; ++at) {  // the closing quote and the escape at every place of a vector
    std::string text(40, 'z');
    text[at] = '"';
    std::string json = "\"" + text.substr(0, at) + "\\\"" + text.substr(at + 1) + "\"";
    EXPECT_EQ(read(json), text);
    EXPECT_EQ(read("\"" + text.substr(0, at) + "\""), text.substr(0, at));
  }
}

TEST(JsonDecoder, Timestamps) {
  auto read = [](const std::string& json, JsonTimestamps unit = JsonTimestamps::kRfc3339) -> std::string {
    Rows rows(columns({{"x", "timestamp"}}));
    JsonOptions options;
    options.timestamps = unit;
    const std::string error = decode(rows, "{\"x\":" + json + "}", options);
    return error.empty() ? std::to_string(rows.at<int64_t>(0)) : "!" + error;
  };
  EXPECT_EQ(read(R"("1970-01-01T00:00:00Z")"), "0");
  EXPECT_EQ(read(R"("1970-01-01t00:00:00z")"), "0");
  EXPECT_EQ(read(R"("2024-10-08T02:00:00+02:00")"), "1728345600000000");
  EXPECT_EQ(read(R"("2024-10-07T19:30:00-04:30")"), "1728345600000000");
  EXPECT_EQ(read(R"("1969-12-31T23:59:59.999999Z")"), "-1");
  EXPECT_EQ(read(R"("1970-01-01T00:00:00.1Z")"), "100000");
  EXPECT_EQ(read(R"("1970-01-01T00:00:00.123456000Z")"), "123456");
  EXPECT_NE(read(R"("1970-01-01T00:00:00.1234567Z")").find("microseconds"), std::string::npos);
  EXPECT_EQ(read(R"("9999-12-31T23:59:59.999999Z")"), "253402300799999999");
  EXPECT_EQ(read(R"("0000-01-01T00:00:00Z")"), "-62167219200000000");
  EXPECT_EQ(read(R"("2024-02-29T00:00:00Z")"), "1709164800000000");
  EXPECT_EQ(read(R"("1970-01-01T00:00:\u0030\u0030Z")"), "0");
  for (const char* bad : {R"("2023-02-29T00:00:00Z")",
                          R"("2024-13-01T00:00:00Z")",
                          R"("2024-00-01T00:00:00Z")",
                          R"("2024-01-32T00:00:00Z")",
                          R"("2024-01-01T24:00:00Z")",
                          R"("2024-01-01T00:60:00Z")",
                          R"("2024-01-01T00:00:60Z")",
                          R"("2024-01-01T00:00:00")",
                          R"("2024-01-01")",
                          R"("2024-01-01 00:00:00Z")",
                          R"("2024-01-01T00:00:00.Z")",
                          R"("2024-01-01T00:00:00+2:00")",
                          R"("2024-01-01T00:00:00+0200")",
                          R"("2024-01-01T00:00:00+24:00")",
                          R"("2024-01-01T00:00:00ZZ")",
                          R"("")",
                          "0",
                          "null",
                          R"(" 2024-01-01T00:00:00Z")",
                          R"("-024-01-01T00:00:00Z")",
                          R"("2024-1-01T00:00:000Z")"}) {
    EXPECT_TRUE(read(bad).starts_with("!field")) << bad;
  }
  EXPECT_EQ(read("1728345600", JsonTimestamps::kSeconds), "1728345600000000");
  EXPECT_EQ(read("-1", JsonTimestamps::kMillis), "-1000");
  EXPECT_EQ(read("1.5e3", JsonTimestamps::kMicros), "1500");
  EXPECT_TRUE(read("1.5", JsonTimestamps::kMillis).starts_with("!field"));
  EXPECT_TRUE(read("9223372036854775807", JsonTimestamps::kMillis).starts_with("!field"));
  EXPECT_EQ(read("9223372036854775807", JsonTimestamps::kMicros), "9223372036854775807");
  EXPECT_TRUE(read(R"("1970-01-01T00:00:00Z")", JsonTimestamps::kMillis).starts_with("!field"));
}

TEST(JsonDecoder, Durations) {
  auto read = [](const std::string& text) -> std::string {
    Rows rows(columns({{"x", "duration"}}));
    const std::string error = decode(rows, "{\"x\":\"" + text + "\"}");
    return error.empty() ? std::to_string(rows.at<int64_t>(0)) : "!";
  };
  EXPECT_EQ(read("0s"), "0");
  EXPECT_EQ(read("1d12h"), "129600000000");
  EXPECT_EQ(read("1m30s"), "90000000");
  EXPECT_EQ(read("1.5h"), "5400000000");
  EXPECT_EQ(read("500ms"), "500000");
  EXPECT_EQ(read("7us"), "7");
  EXPECT_EQ(read("1500ns"), "!");
  EXPECT_EQ(read("2000ns"), "2");
  EXPECT_EQ(read("-1m30s"), "-90000000");
  EXPECT_EQ(read("0.000001s"), "1");
  EXPECT_EQ(read("0.0000001s"), "!");
  EXPECT_EQ(read("9223372036854775807us"), "9223372036854775807");
  EXPECT_EQ(read("-9223372036854775808us"), "-9223372036854775808");
  EXPECT_EQ(read("9223372036854775808us"), "!");
  EXPECT_EQ(read("99999999999999999999999999999999999999999d"), "!");
  EXPECT_EQ(read("0.00000000000000000000000000000000000000000000d"), "0");
  EXPECT_EQ(read("0.3333333333333333333333333333333333333333333d"), "!");
  for (const char* bad : {"", "1", "s", "1x", "1 s", "1s ", "--1s", "+1s", "1.s", ".5s", "1..5s", "1mo", "1s1"}) {
    EXPECT_EQ(read(bad), "!") << bad;
  }
}

TEST(JsonDecoder, ListsOfScalars) {
  Rows rows(columns({{"x", "list<i64>"}, {"s", "list<string?>?"}}));
  EXPECT_EQ(decode(rows, R"({"x":[],"s":[ "a" , null,"b\n"]})"), "");
  EXPECT_EQ(rows.at<StreamList>(0).count, 0u);
  ASSERT_EQ(rows.at<StreamList>(1).count, 3u);
  EXPECT_EQ(rows.present(1), 1);
  const char* element = static_cast<const char*>(rows.at<StreamList>(1).data);  // 24 bytes: StreamString, validity
  EXPECT_EQ(element[16], 1);
  EXPECT_EQ(element[24 + 16], 0);
  const auto* last = reinterpret_cast<const StreamString*>(element + 48);
  EXPECT_EQ(std::string_view(last->data, last->size), "b\n");
  EXPECT_EQ(decode(rows, R"({"x":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,-18]})"), "");
  ASSERT_EQ(rows.at<StreamList>(0).count, 18u);
  EXPECT_EQ(rows.present(1), 0);
  const auto* numbers = static_cast<const int64_t*>(rows.at<StreamList>(0).data);
  for (int i = 0; i < 17; ++i) EXPECT_EQ(numbers[i], i + 1);
  EXPECT_EQ(numbers[17], -18);
  EXPECT_EQ(decode(rows, R"({"x":[1,null]})"), "field \"x[1]\": expected i64, found null");
  EXPECT_EQ(decode(rows, R"({"x":["a","b",3,"c"]})"), "field \"x[0]\": expected i64, found \"a\"");
  EXPECT_EQ(decode(rows, R"({"x":{}})"), "field \"x\": expected list, found {}");
  EXPECT_EQ(decode(rows, R"({"x":null})"), "field \"x\": expected list, found null");
  EXPECT_TRUE(decode(rows, R"({"x":[1,]})").starts_with("byte 8"));
}

TEST(JsonDecoder, ListsOfRecordsAndLists) {
  Rows rows(
      columns({{"items", "list", {{"sku", "string"}, {"n", "i32?"}, {"at.x", "f64"}, {"tags", "list<string>"}}}}));
  EXPECT_EQ(
      decode(rows, R"({"items":[{"sku":"a","n":1,"at":{"x":2},"tags":["p","q"]},{"at":{"x":3},"tags":[],"sku":"b"}]})"),
      "");
  const StreamList list = rows.at<StreamList>(0);
  ASSERT_EQ(list.count, 2u);
  const ElementLayout layout = elementLayout(rows.schema()[0].element);
  const char* second = static_cast<const char*>(list.data) + layout.element_bytes;
  const char* first = static_cast<const char*>(list.data);
  EXPECT_EQ(*reinterpret_cast<const double*>(first + layout.leaves[2].offset), 2.0);
  EXPECT_EQ(reinterpret_cast<const StreamList*>(first + layout.leaves[3].offset)->count, 2u);
  EXPECT_EQ(first[layout.leaves[1].validity_offset], 1);
  EXPECT_EQ(second[layout.leaves[1].validity_offset], 0);
  EXPECT_EQ(*reinterpret_cast<const double*>(second + layout.leaves[2].offset), 3.0);
  EXPECT_EQ(decode(rows, R"({"items":[{"sku":"a","at":{"x":2},"tags":[]},{"sku":"b","at":{},"tags":[]}]})"),
            "field \"items[1].at.x\" is missing");
  EXPECT_EQ(decode(rows, R"({"items":[{"sku":1,"at":{"x":2},"tags":[]},{"sku":"b","at":{"x":1},"tags":[]}]})"),
            "field \"items[0].sku\": expected string, found 1")
      << "a good element does not make up for a bad one";
  EXPECT_EQ(decode(rows, R"({"items":[5]})"), "field \"items[0]\": expected a record, found 5");
  Rows nested(columns({{"m", "list<list<i64>>"}}));
  EXPECT_EQ(decode(nested, R"({"m":[[1,2],[],[3]]})"), "");
  const auto* inner = static_cast<const StreamList*>(nested.at<StreamList>(0).data);
  ASSERT_EQ(nested.at<StreamList>(0).count, 3u);
  EXPECT_EQ(inner[0].count, 2u);
  EXPECT_EQ(static_cast<const int64_t*>(inner[2].data)[0], 3);
  EXPECT_EQ(decode(nested, R"({"m":[[1,2],["x"]]})"), "field \"m[1][0]\": expected i64, found \"x\"");
}

TEST(JsonDecoder, DepthIsLimited) {
  Rows rows(columns({{"x", "i64"}}));
  auto nested = [](size_t depth) {
    return "{\"y\":" + std::string(depth, '[') + std::string(depth, ']') + ",\"x\":1}";
  };
  EXPECT_EQ(decode(rows, nested(JsonDecoder::kDepthMax - 1)), "");
  EXPECT_NE(decode(rows, nested(JsonDecoder::kDepthMax)).find("no deeper nesting"), std::string::npos);
  EXPECT_NE(decode(rows, "{\"y\":" + std::string(1'000'000, '[')), "");
  std::string objects = "{\"y\":";
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_NE(decode(rows, objects), "");
}

TEST(JsonDecoder, MessagesQuoteWhatStoodThere) {
  EXPECT_EQ(decodeOne("i64", "\"" + std::string(100, 'a') + "\""),
            "field \"x\": expected i64, found \"" + std::string(39, 'a') + "…");
  EXPECT_EQ(decodeOne("u8", "300"), "field \"x\": 300 does not fit into u8");
  EXPECT_EQ(decodeOne("bool", "1"), "field \"x\": expected bool, found 1");
  EXPECT_EQ(decodeOne("string", "\"a\xff\""), "field \"x\": expected valid UTF-8, found \"a\\xff\"");
  EXPECT_EQ(decodeOne("string", "\"a"), "byte 8: expected a closing quote, found the end of the record");
  EXPECT_EQ(decodeOne("i64", "1]"), "byte 6: expected ',' or '}', found ]}");
}

TEST(JsonDecoder, KeysArePredictedWhateverTheirOrder) {
  std::vector<ColumnText> texts;
  for (int i = 0; i < 100; ++i) texts.push_back({"key" + std::to_string(i), "i64"});
  texts.push_back({"a key that is longer than the thirty-two bytes of a known key", "i64"});
  Rows rows(columns(texts));
  JsonDecoder decoder(rows.schema(), {});
  DecodeError error;
  for (size_t round = 0; round < 300; ++round) {
    std::string record = "{";
    for (size_t i = 0; i < texts.size(); ++i) {
      const size_t which = round % 3 == 0 ? i : (i * (round * 2 + 1) + round) % texts.size();
      if (round % 2 == 1) record += "\"unknown" + std::to_string(round * 1000 + i) + "\":[],";
      record += "\"" + texts[which].name + "\":" + std::to_string(which + round) + ",";
      if (round % 3 != 0) record += "\"" + texts[i].name + "\":" + std::to_string(i + round) + ",";
    }
    record.back() = '}';
    ASSERT_TRUE(decoder.decode(record, rows.target(), error)) << error.detail;
    for (size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(rows.at<int64_t>(i), static_cast<int64_t>(i + round));
  }
}

TEST(JsonDecoder, EnumsAreTheNumbersOfTheirSymbols) {
  Rows rows(columns({{"k", "enum<zulu,alpha,Mike,added \"x\">"}, {"o", "enum<a,b>?"}}));
  for (int i = 0; i < 4; ++i) {
    const char* texts[] = {R"("zulu")", R"("alpha")", R"("M\u0069ke")", R"("added \"x\"")"};
    EXPECT_EQ(decode(rows, std::string("{\"k\":") + texts[i] + "}"), "");
    EXPECT_EQ(rows.at<int16_t>(0), i);
    EXPECT_EQ(rows.present(1), 0);
  }
  EXPECT_EQ(decode(rows, R"({"k":"alpha","o":"b"})"), "");
  EXPECT_EQ(rows.at<int16_t>(1), 1);
  EXPECT_EQ(rows.present(1), 1);
  EXPECT_EQ(decode(rows, R"({"k":"beta"})"),
            R"(field "k": expected one of "zulu", "alpha", "Mike", "added "x"", found "beta")");
  EXPECT_EQ(decode(rows, R"({"k":"Zulu"})"),
            R"(field "k": expected one of "zulu", "alpha", "Mike", "added "x"", found "Zulu")");
  EXPECT_EQ(decode(rows, R"({"k":0})"), R"(field "k": expected a symbol, found 0)");
  EXPECT_EQ(decode(rows, R"({"k":null})"), R"(field "k": expected a symbol, found null)");
  EXPECT_EQ(decode(rows, R"({"k":"alpha","o":""})"), R"(field "o": expected one of "a", "b", found "")");
  EXPECT_EQ(decode(rows, R"({"k":"beta","k":"alpha","o":5,"o":null})"), "") << "the last one counts";
  EXPECT_EQ(rows.at<int16_t>(0), 1);
}

TEST(JsonDecoder, AOneofIsOneVariantAndZeroElsewhere) {
  Rows rows(
      columns({{"e", "variant<a,b,none(),unwanted>"}, {"e.a.x", "i64"}, {"e.a.note", "string?"}, {"e.b", "f64?"}}));
  EXPECT_EQ(decode(rows, R"({"e":{"a":{"x":5,"note":"n"}}})"), "");
  EXPECT_EQ(rows.at<int16_t>(0), 0);
  EXPECT_EQ(rows.at<int64_t>(1), 5);
  EXPECT_EQ(rows.text(2), "n");
  EXPECT_EQ(rows.present(3), 0) << "not the variant: null";
  EXPECT_EQ(decode(rows, R"({"e" : { "b" : 1.5 } })"), "");
  EXPECT_EQ(rows.at<int16_t>(0), 1);
  EXPECT_EQ(rows.at<int64_t>(1), 0);
  EXPECT_EQ(rows.text(2), "");
  EXPECT_EQ(rows.at<double>(3), 1.5);
  EXPECT_EQ(decode(rows, R"({"e":{"b":null}})"), "") << "a payload that may be null";
  EXPECT_EQ(rows.present(3), 0);
  EXPECT_EQ(decode(rows, R"({"e":{"none":null}})"), "");
  EXPECT_EQ(rows.at<int16_t>(0), 2);
  EXPECT_EQ(decode(rows, R"({"e":{"unwanted":[{"x":1e999},"\ud800"]}})"), "") << "syntax is all that is checked";
  EXPECT_EQ(rows.at<int16_t>(0), 3);
  EXPECT_EQ(decode(rows, R"({"e":{"a":{"x":"no"},"a":{"x":1}}})"), "") << "the last one counts";
  EXPECT_EQ(decode(rows, R"({"e":{"a":{"x":"no"}},"e":{"none":null}})"), "");
  EXPECT_EQ(rows.at<int16_t>(0), 2);

  EXPECT_EQ(decode(rows, R"({"e":{}})"),
            R"(field "e": expected one of "a", "b", "none", "unwanted", found an object without a key)");
  EXPECT_EQ(decode(rows, R"({"e":{"c":{"x":1}}})"),
            R"(field "e": expected one of "a", "b", "none", "unwanted", found "c")");
  EXPECT_EQ(decode(rows, R"({"e":{"a":{"x":1},"none":null}})"),
            R"(field "e": expected one variant, found "none" as well)");
  EXPECT_EQ(decode(rows, R"({"e":{"none":5}})"), R"(field "e.none": expected null, found 5)");
  EXPECT_EQ(decode(rows, R"({"e":{"a":null}})"), R"(field "e.a": expected a record, found null)");
  EXPECT_EQ(decode(rows, R"({"e":{"a":{"note":"n"}}})"), R"(field "e.a.x" is missing)");
  EXPECT_EQ(decode(rows, R"({"e":"a"})"), R"(field "e": expected an object of one variant, found "a")");
  EXPECT_EQ(decode(rows, R"({"e":null})"), R"(field "e": expected an object of one variant, found null)");
  EXPECT_EQ(decode(rows, R"({})"), R"(field "e" is missing)");
  EXPECT_EQ(decode(rows, R"({"e":{"a":{"x":1}})").substr(0, 8), "byte 18:");
  EXPECT_EQ(decode(rows, R"({"e":{"a" {"x":1}}})"), "byte 10: expected ':', found {\"x\":1}}}");
  EXPECT_EQ(decode(rows, R"({"e":{"none":null,}})"), "byte 18: expected a key, found }}");
}

TEST(JsonDecoder, ARecordOrAnElementMayBeAOneof) {
  Rows rows(columns({{"", "variant<a,b()>"}, {"a.x", "i64"}}));
  EXPECT_EQ(decode(rows, R"({"a":{"x":5}})"), "");
  EXPECT_EQ(rows.at<int16_t>(0), 0);
  EXPECT_EQ(rows.at<int64_t>(1), 5);
  EXPECT_EQ(decode(rows, R"({"b":null})"), "");
  EXPECT_EQ(rows.at<int16_t>(0), 1);
  EXPECT_EQ(decode(rows, R"({"c":null})"), R"(the record: expected one of "a", "b", found "c")");
  EXPECT_EQ(decode(rows, "{}"), R"(the record: expected one of "a", "b", found an object without a key)");

  Rows lists(columns({{"l", "list", {{"", "variant<a,b()>?"}, {"a.x", "i64"}}}}));
  EXPECT_EQ(decode(lists, R"({"l":[{"a":{"x":7}},{"b":null}]})"), "");
  const auto& list = lists.at<StreamList>(0);
  ASSERT_EQ(list.count, 2u);
  const auto* elements = static_cast<const char*>(list.data);  // i16, its validity, i64: 16 bytes
  EXPECT_EQ(elements[0], 0);
  EXPECT_EQ(elements[2], 1);
  EXPECT_EQ(elements[8], 7);
  EXPECT_EQ(elements[16], 1);
  EXPECT_EQ(elements[24], 0);
  EXPECT_EQ(decode(lists, R"({"l":[{"b":null},{"a":{"x":""}}]})"), R"(field "l[1].a.x": expected i64, found "")");
  EXPECT_EQ(decode(lists, R"({"l":[{"b":null},{"c":1}]})"), R"(field "l[1]": expected one of "a", "b", found "c")");
}

}  // namespace
}  // namespace streamrt
