// The JSON decoder against simdjson: random documents, and documents broken at random places. Both must agree whether a
// text is JSON, and about every demanded value. Where our rules are stricter or looser than JSON's, the test says so.
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>

#include <simdjson.h>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/test_rows.h"

namespace streamrt {
namespace {

using test::columns;
using test::Rows;

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  size_t below(size_t n) { return random_() % n; }

  std::string document() {
    std::string out = blanks() + "{";
    const char* const keys[] = {"i", "f", "s", "b", "r", "l", "x", "\\u0069", "other key that is long enough", ""};
    const size_t count = below(12);
    for (size_t i = 0; i < count; ++i) {
      if (i != 0) out += "," + blanks();
      const std::string key = keys[below(std::size(keys))];
      out += "\"" + key + "\"" + blanks() + ":" + blanks() + valueFor(key) + blanks();
    }
    return out + "}" + blanks();
  }

  std::string broken(std::string text) {
    for (size_t times = 1 + below(3); times > 0 && !text.empty(); --times) {
      const size_t at = below(text.size());
      const char kBytes[] = "{}[]\",:\\0123456789.eE+-tfn \n\x01\x80\xff\xc3ua";
      switch (below(4)) {
        case 0:
          text.erase(at, 1 + below(4));
          break;
        case 1:
          text.insert(at, 1, kBytes[below(sizeof kBytes - 1)]);
          break;
        case 2:
          text[at] = kBytes[below(sizeof kBytes - 1)];
          break;
        default:
          text.resize(at);
      }
    }
    return text;
  }

 private:
  std::string blanks() { return below(4) == 0 ? std::string(below(3), " \t\r\n"[below(4)]) : ""; }

  std::string valueFor(const std::string& key) {
    if (below(10) == 0) return any(0);
    switch (key.empty() ? 'x' : key[0]) {
      case 'i':
        return number();
      case 'f':
        return number();
      case 's':
        return text();
      case 'b':
        return below(2) == 0 ? "true" : "false";
      case 'r': {
        std::string out = "{\"y\":" + number();
        if (below(2) == 0) out += ",\"z\":" + text();
        return out + "}";
      }
      case 'l': {
        std::string out = "[";
        for (size_t n = below(6); n > 0; --n) out += number() + (n > 1 ? "," : "");
        return out + "]";
      }
      default:
        return any(0);
    }
  }

  std::string any(int depth) {
    switch (below(depth > 4 ? 5 : 7)) {
      case 0:
        return number();
      case 1:
        return text();
      case 2:
        return "true";
      case 3:
        return "null";
      case 4:
        return "false";
      case 5: {
        std::string out = "[";
        for (size_t n = below(4); n > 0; --n) out += any(depth + 1) + (n > 1 ? "," : "");
        return out + "]";
      }
      default: {
        std::string out = "{";
        for (size_t n = below(4); n > 0; --n) out += text() + ":" + any(depth + 1) + (n > 1 ? "," : "");
        return out + "}";
      }
    }
  }

  std::string digits(size_t n) {
    std::string out;
    for (size_t i = 0; i < n; ++i) out += static_cast<char>('0' + below(10));
    return out;
  }

  std::string number() {
    std::string out = below(3) == 0 ? "-" : "";
    const size_t whole = below(12) == 0 ? 15 + below(7) : 1 + below(4);
    std::string integer = digits(whole);
    const size_t first = std::min(integer.find_first_not_of('0'), integer.size() - 1);
    out += integer.substr(first);
    if (below(3) == 0) out += "." + digits(1 + below(below(6) == 0 ? 25 : 5));
    if (below(5) == 0)
      out += std::string(1, "eE"[below(2)]) +
             (below(2) == 0   ? "-"
              : below(2) == 0 ? "+"
                              : "") +
             digits(below(10) == 0 ? 3 : 1);
    return out;
  }

  std::string text() {
    std::string out = "\"";
    const char* const pieces[] = {"a",
                                  "bc",
                                  " ",
                                  "ñ",
                                  "€",
                                  "😀",
                                  "\\n",
                                  "\\\"",
                                  "\\\\",
                                  "\\/",
                                  "\\u0041",
                                  "\\u00e9",
                                  "\\ud83d\\ude00",
                                  "\\ud83d",
                                  "\\udc00",
                                  "0123456789abcdef",
                                  "{",
                                  ",",
                                  ":"};
    for (size_t n = below(below(5) == 0 ? 30 : 6); n > 0; --n)
      out += pieces[below(std::size(pieces) - (below(200) == 0 ? 0 : 6))];
    return out + "\"";
  }

  std::mt19937_64 random_;
};

// What simdjson makes of a document for our columns. `error` when it is no JSON or a demanded value is not of its type.
struct Expected {
  bool is_json = false;
  bool taken = false;
  std::optional<int64_t> i;
  std::optional<double> f;
  std::optional<std::string> s;
  std::optional<bool> b;
  bool r = false;
  double y = 0;
  std::optional<std::vector<int64_t>> l;
};

// An integer as our rules have it: also 1.0 and 1e3. Nothing when it is not in range or not integral; `sure` is false
// when the value lies where a double cannot tell.
std::optional<int64_t> integerOf(simdjson::dom::element element, bool& sure) {
  int64_t value;
  if (element.get_int64().get(value) == simdjson::SUCCESS) {
    if (element.is_double()) sure = false;
    return value;
  }
  double real;
  if (!element.is_double() || element.get_double().get(real) != simdjson::SUCCESS) return std::nullopt;
  if (std::abs(real) >= 0x1p30 || std::abs(real) < 1e-10) sure = false;  // 0 may be 1e-400
  if (std::trunc(real) != real || std::abs(real) >= 0x1p63) {
    if (std::abs(real - std::round(real)) < 1e-6 * std::abs(real)) sure = false;  // 1.00000000000000000001
    return std::nullopt;
  }
  return static_cast<int64_t>(real);
}

bool readExpected(simdjson::dom::object object, Expected& expected, bool& sure) {
  bool ok = true;
  expected.taken = true;
  // The last of a repeated key counts: every occurrence overwrites the outcome of the one before.
  std::map<std::string, bool> good;
  for (auto [key, value] : object) {
    const std::string name(key);
    bool& fine = good[name];
    if (name == "i") {
      expected.i = value.is_null() ? std::nullopt : integerOf(value, sure);
      fine = value.is_null() || expected.i.has_value();
    } else if (name == "f") {
      double real = 0;
      fine = value.is_null() || (value.is_number() && value.get_double().get(real) == simdjson::SUCCESS);
      expected.f = value.is_null() ? std::nullopt : std::optional<double>(real);
    } else if (name == "s") {
      std::string_view text;
      fine = value.is_null() || value.get_string().get(text) == simdjson::SUCCESS;
      expected.s = value.is_null() ? std::nullopt : std::optional<std::string>(text);
    } else if (name == "b") {
      bool truth = false;
      fine = value.is_null() || value.get_bool().get(truth) == simdjson::SUCCESS;
      expected.b = value.is_null() ? std::nullopt : std::optional<bool>(truth);
    } else if (name == "r") {
      expected.r = !value.is_null();
      simdjson::dom::object inside;
      if (value.is_null()) {
        fine = true;
      } else if (value.get_object().get(inside) != simdjson::SUCCESS) {
        fine = false;
      } else {
        fine = false;
        for (auto [k, v] : inside) {
          if (k == "y") fine = v.is_number() && v.get_double().get(expected.y) == simdjson::SUCCESS;
        }
      }
    } else if (name == "l") {
      simdjson::dom::array items;
      expected.l = value.is_null() ? std::nullopt : std::optional<std::vector<int64_t>>(std::in_place);
      fine = value.is_null() || value.get_array().get(items) == simdjson::SUCCESS;
      if (!value.is_null() && fine) {
        for (auto item : items) {
          const std::optional<int64_t> number = integerOf(item, sure);
          fine = fine && number.has_value();
          expected.l->push_back(number.value_or(0));
        }
      }
    } else {
      fine = true;
    }
  }
  for (const auto& [name, fine] : good) ok = ok && fine;
  expected.taken = ok;
  return ok;
}

TEST(JsonOracle, AgreesWithSimdjson) {
  Rows rows(columns({{"i", "i64?"},
                     {"f", "f64?"},
                     {"s", "string?"},
                     {"b", "bool?"},
                     {"r", "present"},
                     {"r.y", "f64"},
                     {"l", "list<i64>?"}}));
  JsonDecoder decoder(rows.schema(), {});
  JsonEncoder encoder(rows.schema(), {});
  simdjson::dom::parser parser;
  Generator generate(20241008);
  size_t json = 0;
  size_t taken = 0;
  size_t unsure = 0;
  constexpr int kDocuments = 50000;
  for (int round = 0; round < kDocuments; ++round) {
    std::string text = generate.document();
    if (round % 2 == 1) text = generate.broken(text);
    const std::vector<char> exact(text.begin(), text.end());  // no byte behind it
    DecodeError error;
    rows.arena().reset();
    const bool ok = decoder.decode({exact.data(), exact.size()}, rows.target(), error);
    const bool syntax_error = !ok && error.detail.starts_with("byte ");

    simdjson::dom::element document;
    const auto outcome = parser.parse(text).get(document);
    simdjson::dom::object object;
    if (outcome != simdjson::SUCCESS || document.get_object().get(object) != simdjson::SUCCESS) {
      // simdjson refuses the whole text for what we only refuse where it is demanded: bytes that are not UTF-8, halves
      // of surrogate pairs, numbers out of range.
      if (syntax_error) continue;
      if (outcome == simdjson::UTF8_ERROR || outcome == simdjson::STRING_ERROR || outcome == simdjson::NUMBER_ERROR ||
          outcome == simdjson::NUMBER_OUT_OF_RANGE) {
        ++unsure;
        continue;
      }
      ASSERT_FALSE(ok) << text;
      ASSERT_TRUE(syntax_error) << text << "\n" << error.detail;
      continue;
    }
    ++json;
    ASSERT_FALSE(syntax_error) << text << "\n" << error.detail;
    Expected expected;
    bool sure = true;
    readExpected(object, expected, sure);
    if (!sure) {
      ++unsure;
      continue;
    }
    ASSERT_EQ(ok, expected.taken) << text << "\n" << error.detail;
    if (!ok) continue;
    ++taken;
    ASSERT_EQ(rows.present(0), expected.i.has_value()) << text;
    if (expected.i) ASSERT_EQ(rows.at<int64_t>(0), *expected.i) << text;
    ASSERT_EQ(rows.present(1), expected.f.has_value()) << text;
    if (expected.f) ASSERT_EQ(rows.at<double>(1), *expected.f) << text;  // simdjson's -0 is 0
    ASSERT_EQ(rows.present(2), expected.s.has_value()) << text;
    if (expected.s) ASSERT_EQ(rows.text(2), *expected.s) << text;
    ASSERT_EQ(rows.present(3), expected.b.has_value()) << text;
    if (expected.b) ASSERT_EQ(rows.at<uint8_t>(3) != 0, *expected.b) << text;
    ASSERT_EQ(rows.at<uint8_t>(4) != 0, expected.r) << text;
    if (expected.r) ASSERT_EQ(rows.at<double>(5), expected.y) << text;
    ASSERT_EQ(rows.present(6), expected.l.has_value()) << text;
    if (expected.l) {
      const auto& list = rows.at<StreamList>(6);
      ASSERT_EQ(list.count, expected.l->size()) << text;
      for (uint32_t k = 0; k < list.count; ++k)
        ASSERT_EQ(static_cast<const int64_t*>(list.data)[k], (*expected.l)[k]) << text;
    }

    // And what we write is JSON that says the same.
    ByteBuffer line;
    EncodeError encode_error;
    ASSERT_TRUE(encoder.encode(rows.source(), line, encode_error));
    simdjson::dom::element again;
    ASSERT_EQ(parser.parse(line.data(), line.size()).get(again), simdjson::SUCCESS) << line.view();
    if (expected.s) ASSERT_EQ(std::string_view(again["s"]), *expected.s);
    if (expected.f) ASSERT_EQ(double(again["f"]), *expected.f) << line.view();
    if (expected.i) ASSERT_EQ(int64_t(again["i"]), *expected.i);
  }
  // The test means something only while most documents can be compared.
  EXPECT_GT(json, kDocuments / 2u);
  EXPECT_GT(taken, kDocuments / 8u);
  EXPECT_LT(unsure, kDocuments / 3u);
}

}  // namespace
}  // namespace streamrt
