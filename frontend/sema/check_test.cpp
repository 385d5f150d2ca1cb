// check() over small texts: types, narrowing, literals, demand, causes, and the code of each mistake.
#include <gtest/gtest.h>

#include <string>

#include "test/support/checked_text.h"

namespace streamc::sema {
namespace {

// A source `s` with one field of many types, event time and a bounded input.
std::string onRow(const std::string& rest) {
  return R"(type Row = { id: i64, n: i32, small: i8, big: u64, x: f64, single: f32, name: string, code: string(8), flag: bool,
             at: timestamp, took: duration, price: f64?, label: string?, tags: list<string>,
             pos: { lat: f64, lon: f64?, tag: string? }, maybe: { a: i64, b: i64? }?, deep: { in: { a: i64 }, opt: { a: i64 }? }? }
source s: Row from file("s.jsonl", format: json) time at wait 10s
)" + rest;
}

std::string selected(const std::string& expression) {
  CheckedText checked(onRow("s | select { v: " + expression + " } | to stdout\n"));
  if (checked.programs.empty()) return checked.codes();
  const Node& node = checked.programs[0].nodes.at(1);
  std::string value = checked.lines("v = ");
  return toString(node.row->fields.at(0).type) + " " + value.substr(4);
}
std::string codesOf(const std::string& step) { return CheckedText(onRow("s | " + step + " | to stdout\n")).codes(); }

TEST(Check, HelloWorld) {
  CheckedText checked(R"(from file("app.jsonl", format: json) as { level: string, service: string, message: string }
| where level == "ERROR"
| to stdout
)");
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.dumped(), R"(job test delivery at_least_once
errors 0: stderr
source 0 flow1/source: file(path: "app.jsonl") format json bounded
  row { level: string, service: string, message: string }
  demand level service message
  errors 0
sink 0 flow1/to: stdout() format json errors 0
#0 flow1/source: source 0
  stream<{ level: string, service: string, message: string }>
  demand level service message
  may reject decode@1:1 to errors 0
#1 flow1/where: where #0
  if (level == "ERROR")
  stream<{ level: string, service: string, message: string }>
  demand level service message
#2 flow1/to: sink 0 #1
  stream<{ level: string, service: string, message: string }>
  demand level service message
)");
}

TEST(Literals, TakeTheTypeOfTheirContext) {
  EXPECT_EQ(selected("n + 1"), "i32 (n + 1:i32)");
  EXPECT_EQ(selected("1 + n"), "i32 (1:i32 + n)");
  EXPECT_EQ(selected("x > 5"), "bool (x > 5:f64)");
  EXPECT_EQ(selected("single * 0.5"), "f32 (single * 0.5:f32)");
  EXPECT_EQ(selected("1"), "i64 1:i64");
  EXPECT_EQ(selected("1.5"), "f64 1.5:f64");
  EXPECT_EQ(selected("1 + 2.5"), "f64 (1:f64 + 2.5:f64)");
  EXPECT_EQ(selected("small == -128"), "bool (small == -128:i8)");
  EXPECT_EQ(selected("price ?? 0"), "f64 (price ?? 0:f64)");
  EXPECT_EQ(selected("if flag then 1 else n"), "i32 if(flag, 1:i32, n)");
  EXPECT_EQ(selected("took * 2"), "duration (took * 2:i64)");
  EXPECT_EQ(selected("2k"), "i64 2000:i64");
  EXPECT_EQ(selected("18446744073709551615"), "u64 18446744073709551615:u64");
  EXPECT_EQ(selected("n in [1, 2]"), "bool (n in [1:i32, 2:i32])");
  EXPECT_EQ(selected("n == 3000000000"), "bool (convert<i64>(n) == 3000000000:i64)");
}

TEST(Conversions, WidenOnlyExactly) {
  EXPECT_EQ(selected("n + id"), "i64 (convert<i64>(n) + id)");
  EXPECT_EQ(selected("n * x"), "f64 (convert<f64>(n) * x)");
  EXPECT_EQ(selected("small + single"), "f32 (convert<f32>(small) + single)");
  EXPECT_EQ(selected("id * x"), "E0205");
  EXPECT_EQ(selected("id + big"), "E0205");
  EXPECT_EQ(selected("f64(id) * x"), "f64 (cast<f64>(id) * x)");
  EXPECT_EQ(selected("id / 2"), "f64 (convert<f64>(id) / convert<f64>(2:i64))");
  EXPECT_EQ(selected("id div 2"), "i64 (id div 2:i64)");
  EXPECT_EQ(selected("x div 2.0"), "E0224");
  EXPECT_EQ(selected("name == code"), "bool (name == convert<string>(code))");
  EXPECT_EQ(selected("if flag then n else id"), "i64 if(flag, convert<i64>(n), id)");
  EXPECT_EQ(selected("if flag then x else null"), "f64? if(flag, some(x), null)");
  EXPECT_EQ(selected("if flag then x else name"), "E0228");
  EXPECT_EQ(selected("[n, id]"), "list<i64> [convert<i64>(n), id]");
}

TEST(Time, InstantsAndDurationsCombine) {
  EXPECT_EQ(selected("at + 1h"), "timestamp (at + 1h)");
  EXPECT_EQ(selected("at - @2024-01-01"), "duration (at - 1704067200000000)");
  EXPECT_EQ(selected("took / 1s"), "f64 (convert<f64>(took) / convert<f64>(1s))");
  EXPECT_EQ(selected("at.hour"), "i64 hour(at)");
  EXPECT_EQ(selected("event_time.floor(1h)"), "timestamp floor(event_time, 1h)");
  EXPECT_EQ(selected("at + 5"), "E0224");
  EXPECT_EQ(selected("at + at"), "E0224");
}

TEST(Nulls, AreCompileErrorsWhereNothingHasAnAnswer) {
  EXPECT_EQ(selected("price > 5"), "E0203");
  EXPECT_EQ(selected("price + 1.0"), "E0203");
  EXPECT_EQ(selected("maybe.a"), "E0203");
  EXPECT_EQ(selected("label.lower()"), "E0203");
  EXPECT_EQ(selected("f\"{label}\""), "E0203");
  EXPECT_EQ(selected("price == null"), "bool is_null(price)");
  EXPECT_EQ(selected("price == 5"), "bool (price == some(5:f64))");
  EXPECT_EQ(selected("label in [\"a\"]"), "bool (not(is_null(label)) and (narrow(label) in [\"a\"]))");
  EXPECT_EQ(selected("maybe?.a"), "i64? maybe?.a");
  EXPECT_EQ(selected("deep?.in.a"), "i64? deep?.in?.a");
  EXPECT_EQ(selected("deep?.opt.a"), "E0203");
  EXPECT_EQ(selected("maybe?.b ?? 0"), "i64 (maybe?.b ?? 0:i64)");
  EXPECT_EQ(selected("price!"), "f64 present(price)");
  EXPECT_EQ(selected("label?.lower()"), "string? if(is_null(label), null, some(lower(narrow(label))))");
}

TEST(Narrowing, FollowsConditions) {
  EXPECT_EQ(selected("price != null and price > 5"), "bool (not(is_null(price)) and (narrow(price) > 5:f64))");
  EXPECT_EQ(selected("price == null or price > 5"), "bool (is_null(price) or (narrow(price) > 5:f64))");
  EXPECT_EQ(selected("not (price == null) and price > 5"), "bool (not(is_null(price)) and (narrow(price) > 5:f64))");
  EXPECT_EQ(selected("if price is null then 0.0 else price"), "f64 if(is_null(price), 0:f64, narrow(price))");
  EXPECT_EQ(selected("maybe?.b != null and maybe.b > 1"),
            "bool (not(is_null(maybe?.b)) and (narrow(narrow(maybe).b) > 1:i64))");
  EXPECT_EQ(selected("price == 5.0 and price > 1"), "bool ((price == some(5:f64)) and (narrow(price) > 1:f64))");
  EXPECT_EQ(selected("price != null or price > 5"), "E0203");
}

TEST(Narrowing, OfWhereChangesTheRow) {
  CheckedText checked(
      onRow("s | where maybe != null and pos.lon != null | select { a: maybe.a, lon: pos.lon } | to stdout\n"));
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.lines("maybe ="), "maybe = narrow(maybe)");
  EXPECT_EQ(checked.lines("pos ="), "pos = { lat: pos.lat, lon: narrow(pos.lon), tag: pos.tag }");
  EXPECT_EQ(checked.lines("a ="), "a = maybe.a");
}

TEST(Causes, HaveTheirPlaces) {
  auto causes = [](const std::string& expression) {
    CheckedText checked(onRow("s | select { v: " + expression + " } | to null\n"));
    if (checked.programs.empty()) return checked.messages();
    std::string all;
    for (const PlacedCause& cause : checked.programs[0].nodes.at(1).causes) {
      all += (all.empty() ? "" : " ") + std::string(toString(cause.cause)) + ":" +
             std::string(checked.files.get(cause.span).text(cause.span));
    }
    return all;
  };
  EXPECT_EQ(causes("n + 1"), "overflow:n + 1");
  EXPECT_EQ(causes("x / single"), "divide_by_zero:x / single");
  EXPECT_EQ(causes("x / 2.0"), "");
  EXPECT_EQ(causes("n div 2"), "");
  EXPECT_EQ(causes("n div -1"), "overflow:n div -1");
  EXPECT_EQ(causes("n div small"), "divide_by_zero:n div small overflow:n div small");
  EXPECT_EQ(causes("i8(n)"), "cast:i8(n)");
  EXPECT_EQ(causes("i64(n)"), "");
  EXPECT_EQ(causes("i64(name)"), "cast:i64(name)");
  EXPECT_EQ(causes("tags[0]"), "missing:tags[0]");
  EXPECT_EQ(causes("price!"), "null:price!");
  EXPECT_EQ(causes("(n + 1) * small catch 0"), "");
  EXPECT_EQ(causes("x + 1.0"), "");
}

TEST(Demand, IsWhatStepsAndSinksDependOn) {
  CheckedText checked(
      onRow(R"(stream t = s | where flag | extend { twice: n * 2, y: x / single } | select { id, twice, y, where_: pos }
t | select { id, twice, lat: where_.lat } | to stdout
)"));
  EXPECT_EQ(checked.codes(), "");
  // `y` is read by nobody, so neither it nor what it needs is demanded; of `pos` only one leaf; event time always.
  EXPECT_EQ(toString(checked.programs[0].nodes[2].causes.at(0).cause), std::string("overflow"));
  EXPECT_EQ(checked.programs[0].nodes[2].causes.size(), 1u);
  std::string source = checked.lines("demand id");
  EXPECT_EQ(source.substr(0, source.find('\n')), "demand id n flag at pos.lat");
  EXPECT_EQ(checked.lines("y = ("), "y = (x / convert<f64>(single)) (not demanded)");
}

TEST(Demand, LateKeepsAndDoesNotDemand) {
  CheckedText checked(onRow(R"(stream counts = s | window tumble 1m | aggregate { n: count(), most: max(x) } by name
counts | select { name, n } | to stdout
counts.late | select { label, id, late_by } | to stderr
)"));
  EXPECT_EQ(checked.codes(), "");
  const Source& source = checked.programs[0].sources.at(0);
  EXPECT_EQ(source.demand, (std::vector<FieldPath>{{"name"}, {"at"}}));
  EXPECT_EQ(source.kept, (std::vector<FieldPath>{{"id"}, {"label"}}));
  EXPECT_EQ(checked.lines("most ="), "most = max(x) (not demanded)");
}

TEST(Aggregates, HaveTypesAndWindows) {
  CheckedText checked(
      onRow("s | window tumble 6h offset 1h | aggregate { n: count(), all: sum(n), mean: avg(n), most: max(price ?? 0) "
            "where flag, share: sum(n) / count() } by "
            "name, hour: at.hour | select { start: window.start, ...this } | to stdout\n"));
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(toString(checked.programs[0].nodes[2].row),
            "{ name: string, hour: i64, n: i64, all: i64, mean: f64, most: f64?, share: f64 }");
  EXPECT_EQ(checked.lines("window tumble"), "window tumble 6h offset 1h");
  EXPECT_EQ(checked.lines("share ="), "share = (convert<f64>($4) / convert<f64>($5))\nshare = share");
}

TEST(Streams, OfOneNameAreOneNode) {
  CheckedText checked(onRow("stream t = s | where flag\nt | to stdout\nt | where n > 1 | to stderr\n"));
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.lines("where #0"), "#1 t/where: where #0");
  EXPECT_EQ(checked.lines(": sink"), "#2 flow1/to: sink 0 #1\n#4 flow2/to: sink 1 #3");
}

TEST(Errors, ScopesAreStreamsThatAreRead) {
  CheckedText checked(onRow(R"(sink rejects to file("r.jsonl", format: json)
stream t = s | select { v: n + 1 }
t | to stdout
t.errors | select { cause, place } | to rejects
s.errors | to rejects
)"));
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.lines("stdout()"), "sink 1 flow1/to: stdout() format json errors 0");
  EXPECT_EQ(checked.lines(" of "), "errors 1 of s: stream #6\nerrors 2 of t: stream #3");
}

TEST(Functions, AreInlinedWithTheirParameters) {
  CheckedText checked(
      onRow("fn half(v: f64) -> f64 = v / 2.0\nfn quarter(v: f64) -> f64 { let h = half(v) return half(h) }\ns | "
            "select { v: quarter(x) } | to stdout\n"));
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.lines("v ="),
            "v = let quarter.v = x in let quarter.h = let half.v = quarter.v in (half.v / 2:f64) in let half.v = "
            "quarter.h in (half.v / 2:f64)");
  EXPECT_EQ(CheckedText("fn f(a: i64) -> i64 = f(a) + 1\n").codes(), "E0223");
}

TEST(Params, KeepTypeDefaultAndEnvironment) {
  CheckedText checked("param limit: i32 = 5\nparam host: string = env(\"HOST\", default: \"local\")\n" +
                      onRow("s | where n > limit | to file(f\"{host}.jsonl\", format: json)\n"));
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.lines("param limit:"), "param limit: i32 = 5");
  EXPECT_EQ(checked.lines("param host:"), "param host: string env \"HOST\" = \"local\"");
  EXPECT_EQ(checked.lines("if ("), "if (n > param limit)");
}

// Thirty levels that each call the one below twice would be a billion nodes.
TEST(Functions, ThatDoubleAtEachLevelAreRefused) {
  std::string text = "fn f0(x: i64) -> i64 = x + 1\n";
  for (int i = 1; i < 30; ++i) {
    std::string below = "f" + std::to_string(i - 1) + "(x)";
    text += "fn f" + std::to_string(i) + "(x: i64) -> i64 = " + below + " + " + below + "\n";
  }
  EXPECT_EQ(CheckedText(text).codes(), "E0263");
}

// Records that hold the one below twice have a million values after twenty levels, and so have rows made of rows.
TEST(Types, ThatDoubleAtEachLevelAreRefused) {
  std::string text = "type T0 = { v: i64 }\n";
  for (int i = 1; i < 40; ++i) {
    std::string below = "T" + std::to_string(i - 1);
    text += "type T" + std::to_string(i) + " = { x: " + below + ", y: " + below + " }\n";
  }
  EXPECT_EQ(CheckedText(text + "source s: T39 from stdin(format: json)\ns | to stdout\n").codes(), "E0273");
  EXPECT_EQ(
      CheckedText(text + "source s: { a: T14, b: T14, c: T14 } from stdin(format: json)\ns | to stdout\n").codes(),
      "E0273 E0273");
  EXPECT_EQ(
      CheckedText(text.substr(0, text.find("type T13")) + "source s: T12 from stdin(format: json)\ns | to stdout\n")
          .codes(),
      "");
  std::string rows = "source s: { a: i64 } from stdin(format: json)\ns | select { r: { x: a, y: a } }";
  for (int i = 0; i < 40; ++i) rows += " | select { r: { x: r, y: r } }";
  EXPECT_EQ(CheckedText(rows + " | to stdout\n").codes(), "E0273");
}

// Streams that the parser could not read are no streams.
TEST(Graph, AUnionOfNothing) {
  const std::string source = "source s: { a: i64 } from stdin(format: json)\n";
  for (const char* text : {"stream x = union union(s, s)\n", "stream x = union\n", "stream x = union()\n"})
    EXPECT_TRUE(CheckedText(source + text + "x | to stdout\n").codes().starts_with("E01")) << text;
}

// Each level of a chain is frames of the stack; a chain in the order of the text is none.
TEST(Declarations, ThatRestOnLaterOnesWithoutEndAreRefused) {
  std::string types, functions, streams, in_order = "stream s0 = s\n";
  const std::string source = "source s: { a: i64 } from stdin(format: json)\n";
  for (int i = 0; i < 5000; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    types += "type T" + n + " = T" + next + "\n";
    functions += "fn f" + n + "(x: i64) -> i64 = f" + next + "(x)\n";
    streams += "stream s" + n + " = s" + next + "\n";
    if (i < 1000) in_order += "stream s" + next + " = s" + n + "\n";
  }
  EXPECT_TRUE(CheckedText("type T5000 = i64\n" + types).codes().starts_with("E0272"));
  EXPECT_TRUE(CheckedText("fn f5000(x: i64) -> i64 = x\n" + functions).codes().starts_with("E0272"));
  EXPECT_TRUE(CheckedText(source + "stream s5000 = s\n" + streams + "s0 | to stdout\n").codes().starts_with("E0272"));
  EXPECT_EQ(CheckedText(source + in_order + "s1000 | to stdout\n").codes(), "");
}

struct Mistake {
  const char* step;
  const char* codes;
};
class Mistakes : public testing::TestWithParam<Mistake> {};
TEST_P(Mistakes, HaveTheirCodeOnce) { EXPECT_EQ(codesOf(GetParam().step), GetParam().codes); }

INSTANTIATE_TEST_SUITE_P(
    Steps, Mistakes,
    testing::Values(
        Mistake{"where nme == \"a\"", "E0202"}, Mistake{"where n", "E0204"},
        Mistake{"where lower(n) == \"a\"", "E0225"}, Mistake{"where lowr(name) == \"a\"", "E0212"},
        Mistake{"select { v: name + \"x\" }", "E0206"}, Mistake{"select { v: 300, v: 2 }", "E0236"},
        Mistake{"select { v: [] }", "E0218"}, Mistake{"select { v: null }", "E0251"},
        Mistake{"extend { name: 1 }", "E0221"}, Mistake{"set { nme: \"a\" }", "E0202"}, Mistake{"drop nme", "E0202"},
        Mistake{"rename n as id", "E0221"}, Mistake{"select { v: tags.frist() }", "E0238"},
        Mistake{"select { v: pos.latt }", "E0202"}, Mistake{"select { v: n.x }", "E0202"},
        Mistake{"select { v: n[0] }", "E0230"}, Mistake{"select { v: f\"{tags}\" }", "E0234"},
        Mistake{"select { v: env(\"X\") }", "E0226"}, Mistake{"select { v: small + 1000 }", ""},
        Mistake{"aggregate { c: count(n) } by name", "E0239"},
        Mistake{"window tumble 1m | aggregate { c: sum(name) } by n", "E0239"},
        Mistake{"window tumble 1m | aggregate { c: count() } by x", "E0312"},
        Mistake{"window tumble 1m | aggregate { c: n } by name", "E0202"},
        Mistake{"window tumble 0s | aggregate { c: count() } by name", "E0309"}, Mistake{"window tumble 1m", "E0410"},
        Mistake{"window hop 1m every 2m | aggregate { c: count() }", "E0313"},
        Mistake{"aggregate { name: count() } by name", "E0253"}, Mistake{"changes", "E0432"},
        Mistake{"extend { late_by: 1 } | window tumble 1m | aggregate { c: count() }", "E0269"},
        Mistake{"emit every 5s", "E0434"}, Mistake{"only bid", "E0256"}, Mistake{"flatten n as m", "E0257"},
        Mistake{"sample 1.5", "E0422"}, Mistake{"limit 0", "E0309"}, Mistake{"throttle 5", "E0422"},
        Mistake{"throttle 0/s", "E0422"}, Mistake{"route { when n => to stdout }", "E0204"},
        Mistake{"route { else => to stdout when n > 1 => to stdout }", "W0440"},
        // What an arm above has taken is known below.
        Mistake{"route { when price == null => to null else => select { y: price + 1.0 } | to stdout }", ""},
        Mistake{"route all { when price == null => to null else => select { y: price + 1.0 } | to stdout }", "E0203"},
        Mistake{"agregate({ n: 1 })", "E0104"}, Mistake{"join t as t on id == t.id", "E0208"},
        Mistake{"where price > 5 and n > \"x\"", "E0203 E0205"}, Mistake{"select { v: x catch 1.0 }", "W0403"},
        Mistake{"select { v: x ?? 1.0 }", "W0404"}, Mistake{"where x != null", "W0405"},
        Mistake{"select { v: x! }", "W0406"}, Mistake{"window tumble 1d | aggregate { c: count() }", "W0305"}));

struct File {
  const char* text;
  const char* codes;
};
class Files : public testing::TestWithParam<File> {};
TEST_P(Files, HaveTheirCodes) {
  CheckedText checked(GetParam().text);
  EXPECT_EQ(checked.codes(), GetParam().codes) << checked.messages();
}

INSTANTIATE_TEST_SUITE_P(
    Declarations, Files,
    testing::Values(
        File{"stream a = b | where true\nstream b = a | where true\n", "E0211"}, File{"type A = { a: A }\n", "E0216"},
        File{"type A = { a: i65 }\n", "E0201"}, File{"type A = decimal(40, 2)\n", "E0219"},
        File{"type A = { x: i64, x: i64 }\n", "E0220"}, File{"param p: i64 = 1\nparam p: i64 = 2\n", "E0210"},
        File{"param p: i64 = \"x\"\n", "E0205"}, File{"use \"nowhere.stream\" as n\n", "E0124"},
        File{"source s: { n: i64 } from fil(\"x\")\ns | to stdout\n", "E0804"},
        File{"source s: { n: i64 } from file(\"x\", formt: json)\ns | to stdout\n", "E0803"},
        File{"source s: { n: i64 } from file(format: json)\ns | to stdout\n", "E0802"},
        File{"source s: { n: i64 } from file(\"x\", format: yaml)\ns | to stdout\n", "E0806"},
        File{"source s: { n: i64 } from file(\"x\") time n wait 1s\ns | to stdout\n", "E0302"},
        File{"source s: { m: i64 } from generate(rate: 10/s, count: 5)\ns | to stdout\n", "E0248"},
        File{"source s: { price: string } from nexmark(events: 5)\ns | to stdout\n", "E0248"},
        File{"type E = oneof { bid: { price: i64 }, visit: { at: timestamp } }\n"
             "source s: E from nexmark(events: 5)\ns | to stdout\n",
             "E0248"},
        File{"type E = oneof { bid: { price: i64 } }\nsource s: E from nexmark(events: 5)\ns | to stdout\n", ""},
        File{"source s: { n: i64 } from kafka(topic: \"t\", brokers: \"b\")\nfrom nexmark(events: 5) | to null\n", ""},
        File{"from nexmark(events: 5) | where 1 < 2\nfrom generate(rate: 10/s, count: 5) | to stdout\n", "W0441"},
        File{"source s: { n: i64 } from file(\"x.jsonl\")\nstream a = s | where n > 1\nstream b = a | select { n }\n"
             "s | to stdout\n",
             "W0441"},
        File{"source s: { n: i64 } from file(\"x.jsonl\")\nstream a = s | assert n > 1 else \"\"\na.errors | to "
             "stdout\n",
             ""},
        File{"source s: { n: i64 } from file(\"x.jsonl\")\ns | where meta.lin > 1 | to stdout\n", "E0202"},
        File{"source s: { n: i64 } from file(\"x.jsonl\") time meta.time wait 1s\n"
             "s | window tumble 1m | aggregate { c: count() } by day: meta.received_at.floor(1d) | to stdout\n",
             "W0702"},
        File{"source s: { n: i64 } from nexmark(events: 9) time meta.time wait 1s\ns | to stdout\n", "E0248"},
        File{"job j with { errors: e }\nsink e to files(\"d\", format: json, partition: [cause])\n"
             "from nexmark(events: 5) | to null\n",
             "E0818"},
        File{"from nexmark(events: 5) | only person | select { name } | to stdout\n", ""},
        File{"from file(\"x.jsonl\") | to stdout\n", "E0247"},
        File{"from generate(rate: 10/s, count: 5) | to stdut\n", "E0808"},
        File{"job j with { delivry: exactly_once }\n", "E0810"}, File{"job j with { mode: fast }\n", "E0811"},
        File{"job j with { delivery: exactly_once }\nfrom generate(rate: 10/s, count: 5) | to stdout\n", "E0801"},
        File{"job j with { errors: none }\nfrom generate(rate: 10/s, count: 5) | select { v: n + 1 } | to stdout\n",
             "E0401"},
        File{"from generate(rate: 10/s, count: 5) | select { t: now() } | to null\n", ""},
        File{"source g: { n: i64, at: timestamp } from generate(rate: 10/s, count: 5)\ng.late | to stdout\n", "E0413"},
        File{"source g: { n: i64, at: timestamp } from generate(rate: 10/s, count: 5)\ng.lat | to stdout\n", "E0415"},
        File{"type K = enum { a, b }\nfn f(k: K) -> i64 = match k { a => 1 }\n", "E0242"},
        File{"type K = enum { a, b }\nfn f(k: K) -> bool = k == c\n", "E0202"},
        File{"pipe p(in: stream<{ n: i64, m: i64 }>) = in | where n > m\nfrom generate(rate: 1/s, count: 1) | p() | to "
             "null\n",
             "E0232"},
        File{"for x in [1, 2] { from generate(rate: 1/s, count: 1) | where n > x | to null }\n", ""}));

// Sizes that a person would not write and a generator would: checking stays linear.
TEST(Check, WideRowsAndLongChains) {
  std::string fields;
  for (int i = 0; i < 10000; ++i) fields += "f" + std::to_string(i) + ": i64, ";
  std::string text = "source s: { " + fields + "} from file(\"x\", format: json)\n";
  std::string name = "s";
  for (int i = 0; i < 20; ++i) {
    std::string next = "t" + std::to_string(i);
    text += "stream " + next + " = " + name + " | where f" + std::to_string(i) + " > 1 | set { f0: f1 + 1 }\n";
    name = next;
  }
  CheckedText checked(text + name + " | to stdout\n");
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.programs.at(0).sources.at(0).demand.size(), 10000u);
}

}  // namespace
}  // namespace streamc::sema
