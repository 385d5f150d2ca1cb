// The fast path of the JSON decoder against the general one: the same rows and the same messages for every record,
// whatever was learned before, however the lines are cut into calls, on each instruction set.
#include "runtime-lib/formats/json_fast.h"

#include <random>
#include <string>
#include <vector>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/test_rows.h"

namespace streamrt {
namespace {

using test::columns;
using test::ColumnText;
using test::Rows;
using Path = JsonDecoder::Path;

constexpr uint32_t kRows = 16;

// One decoder and its rows; what it makes of a record, as text.
class Side {
 public:
  Side(const std::vector<ColumnText>& schema, JsonOptions options, Path path, bool patient = true)
      : rows_(columns(schema), kRows), decoder_(rows_.schema(), options), encoder_(stored(rows_.schema()), {}) {
    decoder_.usePath(path, patient);
  }

  // Each line's row, or its message. `cut`: rows of each call.
  std::vector<std::string> lines(const std::string& text, uint32_t cut) {
    std::vector<char> padded(text.begin(), text.end());
    padded.resize(text.size() + JsonDecoder::kTextPadding, '"');  // what stands there must not matter
    std::vector<std::string> out;
    decoder_.open({padded.data(), text.size()});
    for (size_t at = 0; at < text.size();) {
      rows_.arena().reset();
      JsonLine places[kRows];
      RowTarget target = rows_.target(0);
      const size_t before = at;
      at = decoder_.decodeLines(at, target, cut, 1 << 20, places);
      size_t begin = before;
      for (uint32_t row = 0; row < target.row; ++row) {
        EXPECT_EQ(places[row].begin, begin);
        begin += places[row].size + 1;
        if (text[begin - 1] == '\r') ++begin;
        out.push_back(show(row));
      }
      EXPECT_EQ(begin, at);
      taken_fast_ += target.row;
      if (target.row == cut || at == text.size()) continue;
      size_t end = std::min(text.find('\n', at), text.size());
      std::string_view line(padded.data() + at, end - at);
      if (line.ends_with('\r')) line.remove_suffix(1);
      out.push_back(decode(line));
      at = std::min(end + 1, text.size());
    }
    return out;
  }

  std::string record(const std::string& text) {
    rows_.arena().reset();
    const std::vector<char> exact(text.begin(), text.end());  // reading beyond it is noticed
    return decode({exact.data(), exact.size()});
  }

  std::string view(std::string_view record) {
    rows_.arena().reset();
    return decode(record);
  }

  size_t takenFast() const { return taken_fast_; }

 private:
  static std::vector<Column> stored(const std::vector<Column>& all) {
    std::vector<Column> schema;
    for (const Column& column : all) {
      if (!column.check) schema.push_back(column);
    }
    return schema;
  }

  std::string decode(std::string_view record) {
    DecodeError error;
    if (!decoder_.decode(record, rows_.target(3), error)) return "refused: " + error.detail;
    return show(3);
  }

  std::string show(uint32_t row) {
    ByteBuffer out;
    EncodeError error;
    if (!encoder_.encode(rows_.source(row), out, error)) return "unwritable: " + error.detail;
    return std::string(out.view());
  }

  Rows rows_;
  JsonDecoder decoder_;
  JsonEncoder encoder_;
  size_t taken_fast_ = 0;
};

const std::vector<ColumnText> kBid = {{"auction", "i64"},    {"bidder", "u32"},  {"price", "f64?"},
                                      {"channel", "string"}, {"url", "string"},  {"dateTime", "timestamp"},
                                      {"hot", "bool?"},      {"tag", "string?"}, {"side", "enum<buy,sell,hold>?"}};
const std::vector<std::string> kBids = {
    R"({"auction":1007,"bidder":2001,"price":12.5,"channel":"Google","url":"https://x.y/?a=1","dateTime":"2023-11-14T22:13:20.123Z","hot":true,"side":"sell","tag":"a","extra":"zzz"})",
    R"({"auction":0,"bidder":4294967295,"price":-0.001,"channel":"channel-77","url":"","dateTime":"2024-02-29T00:00:00Z","hot":false,"side":null,"tag":null,"extra":"\u00e9\"\\"})",
    R"({"auction":-42,"bidder":7,"price":null,"channel":"ñandú €","url":"a\/b","dateTime":"1999-12-31T23:59:59.999999Z","hot":null,"side":"hold","tag":"\ud83d\ude00","extra":""})",
    R"({ "auction": 9223372036854775807, "bidder": 1e3, "price": 3, "channel": "c", "url": "u", "dateTime": "2023-11-14T22:13:20+01:00", "extra": [1,-2.5,0.1] })",
    R"({"extra":{"a":[1,{"b":"]"}],"c":null},"tag":"last","side":"buy","hot":true,"dateTime":"2023-11-14T22:13:20Z","url":"u","channel":"c","price":1e-3,"bidder":1,"auction":2})",
    R"({"extra":{"a":[1,{"b":"]"}],"c":null},"tag":"last","side":"other","hot":true,"dateTime":"2023-11-14T22:13:20Z","url":"u","channel":"c","price":1e-3,"bidder":1,"auction":2})",
};

void expectSame(const std::vector<std::string>& expected, const std::vector<std::string>& actual,
                const std::string& text) {
  ASSERT_EQ(expected.size(), actual.size()) << text;
  for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(expected[i], actual[i]) << text;
}

class FastPathTest : public testing::TestWithParam<Path> {};

TEST_P(FastPathTest, EveryByteMutated) {
  Side fast(kBid, {}, GetParam());
  Side single(kBid, {}, GetParam());
  Side general(kBid, {}, Path::kGeneral);
  std::string good;
  for (const std::string& bid : kBids) good += bid + "\n";
  for (int i = 0; i < 3; ++i) expectSame(general.lines(good, kRows), fast.lines(good, kRows), good);
  size_t broken = 0;
  for (const std::string& bid : kBids) {
    for (size_t at = 0; at < bid.size(); ++at) {
      std::vector<std::string> variants;
      for (const char c : std::string_view("\"\\{}[]:,0159-+.eEnutf xZT\t\r\x01\x7f\x80\xc3\xff"))
        variants.push_back(bid.substr(0, at) + c + bid.substr(at + 1));
      variants.push_back(bid.substr(0, at) + bid.substr(at + 1));
      variants.push_back(bid.substr(0, at));
      for (const char c : std::string_view("\"\\,0-. }")) variants.push_back(bid.substr(0, at) + c + bid.substr(at));
      for (const std::string& variant : variants) {
        const std::string text = bid + "\n" + variant + "\n" + kBids[0] + "\n";
        const std::vector<std::string> expected = general.lines(text, kRows);
        ASSERT_NO_FATAL_FAILURE(expectSame(expected, fast.lines(text, kRows), text));
        ASSERT_EQ(general.record(variant), single.record(variant)) << variant;
        if (expected.size() > 1 && expected[1].starts_with("refused")) ++broken;
      }
    }
  }
  EXPECT_GT(broken, 5000u);
  EXPECT_GT(fast.takenFast(), 20000u);
}

// A record that is a part of a longer one in memory: what stands behind it does not count.
TEST_P(FastPathTest, RecordsEndWhereTheyEnd) {
  Side single(kBid, {}, GetParam());
  Side general(kBid, {}, Path::kGeneral);
  std::string text;
  for (const std::string& bid : kBids) text += bid + "\n" + bid + "\n";
  for (int round = 0; round < 3; ++round) {
    for (size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
      const std::string_view rest = std::string_view(text).substr(begin);
      const size_t size = rest.find('\n');
      EXPECT_EQ(single.view(rest.substr(0, size)), general.view(rest.substr(0, size)));
      for (size_t cut = 0; cut <= size + 2 && cut <= rest.size(); ++cut)
        ASSERT_EQ(single.view(rest.substr(0, cut)), general.view(rest.substr(0, cut))) << rest.substr(0, cut);
    }
  }
}

// Many lines of one shape that end with CR LF, and among them one that only seems to.
TEST_P(FastPathTest, LineEnds) {
  for (const char end : std::string_view("\"\\\x01\t\r} ")) {
    const std::vector<ColumnText> schema = {{"a", "i64"}, {"b", "string"}};
    Side fast(schema, {}, GetParam());
    Side general(schema, {}, Path::kGeneral);
    std::string text;
    for (int i = 0; i < 30; ++i)
      text += R"({"a":12,"b":"x","c":"y"})" + (i == 24 ? std::string(1, end) + "\n" : std::string("\r\n"));
    for (int i = 0; i < 3; ++i) expectSame(general.lines(text, kRows), fast.lines(text, kRows), text);
    EXPECT_GT(fast.takenFast(), 70u);
  }
}

// A record whose key is repeated teaches nothing about the values that did not count.
TEST_P(FastPathTest, RepeatedKeysTeachNothing) {
  Side fast({{"a", "i64"}, {"b", "i64"}, {"r.x", "i64"}}, {}, GetParam());
  Side general({{"a", "i64"}, {"b", "i64"}, {"r.x", "i64"}}, {}, Path::kGeneral);
  std::string text;
  for (int i = 0; i < 3; ++i) {
    for (const char* line :
         {R"({"a":1,"b":2,"r":{"x":3}})", R"({"a":null,"b":1,"a":5,"r":{"x":3}})", R"({"a":null,"b":2,"r":{"x":3}})",
          R"({"a":1,"b":2,"r":null,"r":{"x":3}})", R"({"a":1,"b":2,"r":null})", R"({"r":{"x":1,"x":2},"a":1,"b":2})",
          R"({"a":1,"b":2,"r":{"x":3},"r":{"x":4}})", R"({"a":1,"b":2,"r":{"x":3},"r":{}})", R"({"a":1,"b":2,"r":{}})"})
      text += std::string(line) + "\n";
  }
  for (int i = 0; i < 3; ++i) expectSame(general.lines(text, kRows), fast.lines(text, kRows), text);
  EXPECT_GT(fast.takenFast(), 5u);
}

// Values and blanks at random, in random order, with and without optional fields, cut at random.
class Records {
 public:
  explicit Records(uint64_t seed) : random_(seed) {}

  size_t below(size_t n) { return random_() % n; }

  std::string next() {
    const char* const colon = kStyles[style_ % 3][0];
    const char* const comma = kStyles[style_ % 3][1];
    if (below(50) == 0) style_ = below(3);
    std::vector<std::string> members = {
        std::string("\"i\"") + colon + number(),
        std::string("\"f\"") + colon + number(),
        std::string("\"s\"") + colon + text(),
        std::string("\"r\"") + colon +
            (below(6) == 0 ? "null" : "{\"y\":" + number() + (below(3) == 0 ? "" : ",\"z\":" + text()) + "}"),
        std::string("\"t\"") + colon + time(),
        std::string("\"l\"") + colon + "[" + (below(4) == 0 ? "" : number() + "," + number()) + "]",
        std::string("\"x\"") + colon + any(),
        std::string("\"w\"") + colon + any(),
        std::string("\"n\"") + colon + (below(2) == 0 ? "12" : "-7"),
        std::string("\"d\"") + colon + (below(30) == 0 ? "\"1 hour\"" : "\"1m30s\""),
    };
    if (below(20) == 0) std::swap(members[below(members.size())], members[below(members.size())]);
    if (below(20) == 0) members.erase(members.begin() + static_cast<ptrdiff_t>(below(members.size())));
    if (below(40) == 0) members.push_back(members[below(members.size())]);
    std::string out = below(50) == 0 ? " {" : "{";
    for (size_t i = 0; i < members.size(); ++i) out += (i == 0 ? "" : comma) + members[i];
    out += "}";
    if (below(60) == 0) out.resize(below(out.size() + 1));
    if (below(60) == 0 && !out.empty()) out[below(out.size())] = static_cast<char>(1 + below(255));
    std::erase(out, '\n');
    return out;
  }

 private:
  static constexpr const char* kStyles[3][2] = {{":", ","}, {": ", ", "}, {":  ", " ,"}};

  std::string digits(size_t n) {
    std::string out;
    for (size_t i = 0; i < n; ++i) out += static_cast<char>('0' + below(10));
    return out;
  }
  std::string number() {
    if (below(30) == 0) {
      const char* const edges[] = {"9223372036854775807",
                                   "9223372036854775808",
                                   "-9223372036854775808",
                                   "-9223372036854775809",
                                   "9007199254740993",
                                   "9007199254740992",
                                   "9999999999999999",
                                   "10000000000000000",
                                   "99999999999999999",
                                   "0",
                                   "-0",
                                   "00",
                                   "-",
                                   "-01",
                                   "1.0",
                                   "1.50",
                                   "1e3",
                                   "1E-2",
                                   "0.1e1",
                                   "123456789012345.678",
                                   "0.30000000000000004",
                                   "1.7976931348623157e308",
                                   "1e309",
                                   "4.9e-324",
                                   "1e-400",
                                   "null",
                                   "true",
                                   ".5",
                                   "5.",
                                   "12345678",
                                   "123456789",
                                   "0.1234567890123456",
                                   "0.12345678901234567",
                                   "99999999.99999999"};
      return edges[below(std::size(edges))];
    }
    std::string out = below(3) == 0 ? "-" : "";
    out += std::string(1, static_cast<char>('1' + below(9))) + digits(below(10));
    if (below(3) == 0) out += "." + digits(1 + below(6));
    return out;
  }
  std::string text() {
    std::string out = "\"";
    const char* const pieces[] = {
        "a",    "bc ",     "0123456789abcdef", ",",       ":",    "{",   "ñ", "€", "😀", "\\n", "\\\"",
        "\\\\", "\\u0041", "\\ud83d\\ude00",   "\\ud83d", "\xff", "\\x", "\t"};
    for (size_t n = below(6); n > 0; --n) {
      const size_t common = below(12) == 0 ? (below(5) == 0 ? std::size(pieces) : 14) : 6;
      out += pieces[below(common)];
    }
    return out + "\"";
  }
  std::string time() {
    const char* const times[] = {
        "2023-11-14T22:13:20.123Z",     "2023-11-14T22:13:21Z",    "2023-11-15T00:00:00.000001Z",
        "2023-02-29T00:00:00Z",         "2023-11-14t22:13:20z",    "2023-11-14T24:00:00Z",
        "2023-11-14T22:13:20.1234567Z", "2023-11-14T22:13:20.12Z", "2023-11-14T22:13:60Z",
        "2023-11-14 22:13:20Z",         "0000-01-01T00:00:00Z",    "9999-12-31T23:59:59.999999Z",
        "2023-11-14T22:13:20.123+05:30"};
    return std::string("\"") + times[below(6) == 0 ? below(std::size(times)) : below(3)] + "\"";
  }
  std::string any() {
    switch (below(9)) {
      case 0:
        return text();
      case 1:
        return "[" + number() + "," + number() + "]";
      case 2:
        return "{\"k\":" + text() + ",\"m\":[" + text() + "]}";
      case 3:
        return below(2) == 0 ? "{}" : "[]";
      case 4:
        return "null";
      case 5:
        return "true";
      default:
        return number();
    }
  }

  std::mt19937_64 random_;
  size_t style_ = 0;
};

TEST_P(FastPathTest, RandomRecords) {
  const std::vector<ColumnText> schema = {{"i", "i64?"},      {"f", "f64"},        {"s", "string?"},
                                          {"r", "present"},   {"r.y", "f64"},      {"r.z", "string?"},
                                          {"t", "timestamp"}, {"l", "list<f64>?"}, {"x", "i32? check"},
                                          {"n", "i8"},        {"d", "duration?"},  {"u.v", "u64?"}};
  std::vector<ColumnText> loose = schema;
  std::erase_if(loose, [](const ColumnText& column) { return column.name == "x" || column.name == "u.v"; });
  std::vector<ColumnText> lenient = schema;
  for (ColumnText& column : lenient) {
    if (column.name != "i" && column.type.find('?') != std::string::npos && !column.type.ends_with("check"))
      column.type += " lenient";
  }
  for (const auto& columns : {loose, schema, lenient}) {
    Side fast(columns, {}, GetParam());
    Side single(columns, {}, GetParam());
    Side general(columns, {}, Path::kGeneral);
    Records records(7);
    for (int round = 0; round < 4000; ++round) {
      std::string text;
      std::vector<std::string> lines;
      for (size_t n = 1 + records.below(8); n > 0; --n) {
        const std::string line = records.next();
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        lines.push_back(line);
        text += line + (records.below(10) == 0 ? "\r\n" : "\n");
      }
      if (!text.empty() && records.below(4) == 0) text.pop_back();
      const auto expected = general.lines(text, kRows);
      ASSERT_NO_FATAL_FAILURE(
          expectSame(expected, fast.lines(text, 1 + static_cast<uint32_t>(records.below(kRows))), text));
      for (const std::string& line : lines) ASSERT_EQ(general.record(line), single.record(line)) << line;
    }
    if (&columns == &loose) EXPECT_GT(fast.takenFast(), 1000u);
  }
}

// A text longer than a window of the fast path, and records that are longer than one.
TEST_P(FastPathTest, LongTextsAndRecords) {
  Side fast(kBid, {}, GetParam());
  Side general(kBid, {}, Path::kGeneral);
  std::mt19937_64 random(3);
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    std::string bid = kBids[random() % 3];
    const size_t extra = bid.find("\"extra\":\"") + 9;
    bid.insert(extra, std::string(random() % 100 == 0 ? random() % 200'000 : random() % 300, 'e'));
    text += bid + "\n";
  }
  expectSame(general.lines(text, kRows), fast.lines(text, kRows), "long");
  EXPECT_GT(fast.takenFast(), 1500u);
}

// Nothing in common between records: the fast path gives up without harm.
TEST_P(FastPathTest, RecordsWithoutAShape) {
  Side fast(kBid, {}, GetParam(), false);
  Side general(kBid, {}, Path::kGeneral);
  std::mt19937_64 random(4);
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    std::string bid = kBids[0];
    for (size_t n = 1 + random() % 4; n > 0; --n) bid.insert(1, "\"k" + std::to_string(random() % 100'000) + "\":1,");
    text += bid + "\n";
  }
  expectSame(general.lines(text, kRows), fast.lines(text, kRows), "no shape");
}

TEST_P(FastPathTest, TimestampsAsNumbers) {
  for (const JsonTimestamps unit : {JsonTimestamps::kSeconds, JsonTimestamps::kMillis, JsonTimestamps::kMicros}) {
    JsonOptions options;
    options.timestamps = unit;
    const std::vector<ColumnText> schema = {{"t", "timestamp"}, {"u", "timestamp?"}};
    Side fast(schema, options, GetParam());
    Side general(schema, options, Path::kGeneral);
    std::string text;
    for (const char* value : {"1", "0", "-1", "1700000000", "1700000000000", "9223372036854", "9223372036855",
                              "-9223372036854", "-9223372036855", "9223372036854775", "9223372036854776",
                              "-9223372036854776", "9999999999999999", "1e3", "1.0", "1.5", "null", "253402300799"}) {
      text += std::string("{\"t\":5,\"u\":") + value + "}\n{\"t\":" + value + ",\"u\":null}\n";
    }
    for (int i = 0; i < 3; ++i) expectSame(general.lines(text, kRows), fast.lines(text, kRows), text);
    EXPECT_GT(fast.takenFast(), 20u);
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, FastPathTest, testing::Values(Path::kBest, Path::kAvx2),
                         [](const auto& kernel) { return kernel.param == Path::kBest ? "Best" : "Avx2"; });

}  // namespace
}  // namespace streamrt
