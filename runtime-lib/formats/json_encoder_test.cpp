#include "runtime-lib/formats/json_encoder.h"

#include <cmath>
#include <limits>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/test_rows.h"

namespace streamrt {
namespace {

using test::columns;
using test::Rows;

std::string encode(const Rows& rows, JsonOptions options = {}, uint32_t row = 0) {
  JsonEncoder encoder(rows.schema(), options);
  ByteBuffer out;
  out.append("before");
  EncodeError error;
  if (!encoder.encode(rows.source(row), out, error)) {
    EXPECT_EQ(out.view(), "before") << "a row that fails leaves nothing behind";
    return "!" + error.detail;
  }
  EXPECT_TRUE(out.view().starts_with("before"));
  EXPECT_TRUE(out.view().ends_with("\n"));
  return std::string(out.view().substr(6, out.size() - 7));
}

TEST(JsonEncoder, AllTypesInTheOrderOfColumns) {
  Rows rows(columns({{"b", "bool"},
                     {"i8", "i8"},
                     {"i64", "i64"},
                     {"u64", "u64"},
                     {"f32", "f32"},
                     {"f64", "f64"},
                     {"s", "string"},
                     {"t", "timestamp"},
                     {"d", "duration"},
                     {"i16", "i16"},
                     {"u8", "u8"},
                     {"i32", "i32"},
                     {"u16", "u16"},
                     {"u32", "u32"}}));
  const uint32_t row = 2;
  rows.at<uint8_t>(0, row) = 1;
  rows.at<int8_t>(1, row) = -128;
  rows.at<int64_t>(2, row) = INT64_MIN;
  rows.at<uint64_t>(3, row) = UINT64_MAX;
  rows.at<float>(4, row) = 0.1f;
  rows.at<double>(5, row) = 4;
  rows.setText(6, "añ\n", row);
  rows.at<int64_t>(7, row) = 1'728'345'600'000'000;
  rows.at<int64_t>(8, row) = 129'600'000'000;
  rows.at<int16_t>(9, row) = -32768;
  rows.at<uint8_t>(10, row) = 255;
  rows.at<int32_t>(11, row) = INT32_MIN;
  rows.at<uint16_t>(12, row) = 65535;
  rows.at<uint32_t>(13, row) = UINT32_MAX;
  EXPECT_EQ(
      encode(rows, {}, row),
      R"({"b":true,"i8":-128,"i64":-9223372036854775808,"u64":18446744073709551615,"f32":0.1,"f64":4.0,"s":"añ\n",)"
      R"("t":"2024-10-08T00:00:00Z","d":"1d12h","i16":-32768,"u8":255,"i32":-2147483648,"u16":65535,"u32":4294967295})");
}

TEST(JsonEncoder, NoColumns) { EXPECT_EQ(encode(Rows(columns({}))), "{}"); }

TEST(JsonEncoder, NullsAndCheckedColumns) {
  Rows rows(columns({{"a", "i64?"}, {"skipped", "i64 check"}, {"b", "string?"}}));
  rows.setPresent(0, false);
  rows.setPresent(1, false);
  EXPECT_EQ(encode(rows), R"({"a":null,"b":null})");
  rows.setPresent(0, true);
  rows.at<int64_t>(0) = 0;
  rows.setPresent(1, true);
  rows.setText(1, "");
  EXPECT_EQ(encode(rows), R"({"a":0,"b":""})");
}

TEST(JsonEncoder, DottedNamesNest) {
  Rows rows(
      columns({{"a.x", "i64"}, {"b", "i64"}, {"a.y.z", "i64"}, {"c\\.d", "i64"}, {"a.y.w", "i64"}, {"q\"\n", "i64"}}));
  for (size_t i = 0; i < 6; ++i) rows.at<int64_t>(i) = static_cast<int64_t>(i);
  EXPECT_EQ(encode(rows), R"({"a":{"x":0,"y":{"z":2,"w":4}},"b":1,"c.d":3,"q\"\n":5})");
}

TEST(JsonEncoder, OptionalRecordsAreNull) {
  Rows rows(columns({{"r.x", "i64"}, {"r.in.y", "i64?"}, {"r.in", "present"}, {"r", "present"}, {"z", "i64"}}));
  rows.at<int64_t>(0) = 1;
  rows.at<int64_t>(1) = 2;
  rows.setPresent(1, true);
  rows.at<int64_t>(4) = 9;
  rows.at<uint8_t>(2) = 1;
  rows.at<uint8_t>(3) = 1;
  EXPECT_EQ(encode(rows), R"({"r":{"x":1,"in":{"y":2}},"z":9})");
  rows.setPresent(1, false);
  EXPECT_EQ(encode(rows), R"({"r":{"x":1,"in":{"y":null}},"z":9})");
  rows.at<uint8_t>(2) = 0;
  EXPECT_EQ(encode(rows), R"({"r":{"x":1,"in":null},"z":9})");
  rows.at<uint8_t>(3) = 0;
  EXPECT_EQ(encode(rows), R"({"r":null,"z":9})");
}

TEST(JsonEncoder, StringsAreEscapedWhereTheyMustBe) {
  auto write = [](std::string_view text) {
    Rows rows(columns({{"x", "string"}}));
    rows.setText(0, text);
    const std::string line = encode(rows);
    return line.substr(5, line.size() - 6);
  };
  EXPECT_EQ(write(std::string("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(write("\b\f\n\r\t\"\\/"), R"("\b\f\n\r\t\"\\/")");
  EXPECT_EQ(write("añ€😀\xe2\x80\xa8"), "\"añ€😀\xe2\x80\xa8\"");
  for (size_t at = 0; at < 40; ++at) {
    std::string text(40, 'z');
    text[at] = '\n';
    EXPECT_EQ(write(text), "\"" + text.substr(0, at) + "\\n" + text.substr(at + 1) + "\"");
  }
  EXPECT_EQ(write(std::string(1000, '\x02')).size(), 2 + 6000u);
}

TEST(JsonEncoder, WhatJsonCannotSayIsRefused) {
  for (double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                       -std::numeric_limits<double>::infinity()}) {
    Rows rows(columns({{"a", "i64"}, {"r.x", "f64"}, {"f", "f32"}}));
    rows.at<int64_t>(0) = 1;
    rows.at<float>(2) = 1.5f;
    rows.at<double>(1) = value;
    const std::string name = std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    EXPECT_EQ(encode(rows), "!field \"r.x\": " + name + " cannot be written as JSON");
    JsonOptions lenient;
    lenient.lenient = true;
    EXPECT_EQ(encode(rows, lenient), R"({"a":1,"r":{"x":null},"f":1.5})");
    rows.at<double>(1) = 0;
    rows.at<float>(2) = static_cast<float>(value);
    EXPECT_EQ(encode(rows), "!field \"f\": " + name + " cannot be written as JSON");
  }
  Rows rows(columns({{"t", "timestamp"}}));
  rows.at<int64_t>(0) = 253'402'300'800'000'000;  // 10000-01-01
  EXPECT_EQ(encode(rows), "!field \"t\": RFC 3339 has no year for +10000-01-01T00:00:00Z");
  rows.at<int64_t>(0) = -62'167'219'200'000'001;
  EXPECT_EQ(encode(rows), "!field \"t\": RFC 3339 has no year for -00001-12-31T23:59:59.999999Z");
  rows.at<int64_t>(0) = INT64_MIN;
  EXPECT_TRUE(encode(rows).starts_with("!field"));
}

TEST(JsonEncoder, TimestampsAsIntegersRoundDown) {
  Rows rows(columns({{"t", "timestamp"}}));
  auto write = [&](JsonTimestamps unit, int64_t micros) {
    rows.at<int64_t>(0) = micros;
    JsonOptions options;
    options.timestamps = unit;
    return encode(rows, options);
  };
  EXPECT_EQ(write(JsonTimestamps::kSeconds, 1'999'999), R"({"t":1})");
  EXPECT_EQ(write(JsonTimestamps::kSeconds, -1), R"({"t":-1})");
  EXPECT_EQ(write(JsonTimestamps::kMillis, 1'728'345'600'000'001), R"({"t":1728345600000})");
  EXPECT_EQ(write(JsonTimestamps::kMicros, INT64_MIN), R"({"t":-9223372036854775808})");
}

TEST(JsonEncoder, ListsReadBack) {
  Rows rows(columns({{"items",
                      "list",
                      {{"sku", "string"}, {"n", "i32?"}, {"r", "present"}, {"r.x", "f64"}, {"tags", "list<string>"}}},
                     {"m", "list<list<i64?>>"},
                     {"e", "list<bool>?"}}));
  JsonDecoder decoder(rows.schema(), {});
  DecodeError error;
  for (
      std::string_view line :
      {R"({"items":[{"sku":"a","n":1,"r":{"x":2.5},"tags":["p","q"]},{"sku":"b","n":null,"r":null,"tags":[]}],"m":[[1,null],[],[3]],"e":[true,false]})",
       R"({"items":[],"m":[],"e":null})"}) {
    ASSERT_TRUE(decoder.decode(line, rows.target(), error)) << error.detail;
    EXPECT_EQ(encode(rows), line);
  }
}

TEST(JsonEncoder, ObjectsWithoutLineEnd) {
  Rows rows(columns({{"x", "i64"}}));
  rows.at<int64_t>(0) = 5;
  JsonEncoder encoder(rows.schema(), {});
  ByteBuffer out;
  EncodeError error;
  ASSERT_TRUE(encoder.encodeObject(rows.source(), out, error));
  EXPECT_EQ(out.view(), R"({"x":5})");
}

TEST(JsonEncoder, EnumsAndOneofs) {
  Rows rows(columns({{"k", "enum<a,b \"x\">"},
                     {"o", "enum<a>?"},
                     {"e", "variant<p,q,none(),gone>?"},
                     {"e.p.x", "i64"},
                     {"e.q", "list<enum<a,b>>"},
                     {"last", "bool"}}));
  int16_t symbols[] = {1, 0};
  rows.at<int16_t>(0) = 1;
  rows.setPresent(1, false);
  rows.setPresent(2, true);
  rows.at<int16_t>(2) = 0;
  rows.at<int64_t>(3) = 5;
  rows.at<StreamList>(4) = {nullptr, 0, 0};
  rows.at<uint8_t>(5) = 1;
  EXPECT_EQ(encode(rows), R"({"k":"b \"x\"","o":null,"e":{"p":{"x":5}},"last":true})");
  rows.setPresent(1, true);
  rows.at<int16_t>(1) = 0;
  rows.at<int16_t>(2) = 1;
  struct Element {  // an i16, rounded up to 8 bytes
    int16_t symbol;
    char rest[6];
  } elements[] = {{symbols[0], {}}, {symbols[1], {}}};
  rows.at<StreamList>(4) = {elements, 2, 0};
  EXPECT_EQ(encode(rows), R"({"k":"b \"x\"","o":"a","e":{"q":["b","a"]},"last":true})");
  rows.at<int16_t>(2) = 2;
  EXPECT_EQ(encode(rows), R"({"k":"b \"x\"","o":"a","e":{"none":null},"last":true})");
  rows.at<int16_t>(2) = 3;
  EXPECT_EQ(encode(rows), R"({"k":"b \"x\"","o":"a","e":{"gone":{}},"last":true})") << "a payload without columns";
  rows.setPresent(2, false);
  EXPECT_EQ(encode(rows), R"({"k":"b \"x\"","o":"a","e":null,"last":true})");

  Rows whole(columns({{"", "variant<p,none()>"}, {"p.x", "i64"}}));
  whole.at<int16_t>(0) = 0;
  whole.at<int64_t>(1) = 5;
  EXPECT_EQ(encode(whole), R"({"p":{"x":5}})");
  whole.at<int16_t>(0) = 1;
  EXPECT_EQ(encode(whole), R"({"none":null})");
}

}  // namespace
}  // namespace streamrt
