// The referee knows the whole dialect and the whole table of functions, and says what the table says.
#include <gtest/gtest.h>

#include <map>

#include "dsl/builtins.h"
#include "test/interpreter/interpreter.h"
#include "test/interpreter/json.h"
#include "test/interpreter/program_text.h"
#include "test/interpreter/row_code.h"

namespace streamc::referee {
namespace {

// What the referee has no meaning for, and why. Everything else must have one: a new operation goes into steps.cpp or
// row_code.cpp, a new function into builtins.cpp, in the words of its description and without a look at codegen.
const std::map<std::string, std::string> kNotJudged = {
    {"exp", "wants correctly rounded results: the evaluator has them from its decimals"},
    {"ln", "as exp"},
    {"log10", "as exp"},
    {"pow", "as exp"},
    {"crc32", "a digest: the evaluator has Python's"},
    {"md5", "as crc32"},
    {"sha256", "as crc32"},
    {"xxh64", "as crc32"},
    {"parse_timestamp", "wants a time zone database: the evaluator has Python's"},
    {"format_timestamp", "as parse_timestamp"},
};

TEST(Referee, KnowsEveryOperationOfTheDialect) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ir::stream::StreamDialect>();
  size_t known = 0;
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations()) {
    if (name.getDialectNamespace() != "stream") continue;
    std::string operation = name.getStringRef().str();
    if (kNotJudged.contains(operation)) continue;
    EXPECT_TRUE(knowsOperation(operation)) << operation << " has no meaning in test/interpreter";
    ++known;
  }
  EXPECT_GT(known, 30u);
}

TEST(Referee, KnowsEveryFunctionThatIsBuilt) {
  for (const Builtin& row : builtins()) {
    std::string name(row.name);
    // These are conversions and list operations of the IR, no calls.
    bool is_operation = row.group == BuiltinGroup::Casts || row.target.starts_with("list_") ||
                        row.target.ends_with("_decimal") || name == "div" || name == "mod";
    if (row.how == BuiltinHow::Later || is_operation || kNotJudged.contains(name)) continue;
    EXPECT_TRUE(hasBuiltin(name)) << name << " has no meaning in test/interpreter/builtins.cpp";
  }
}

TEST(Referee, ExamplesOfTheTableHaveTheirValues) {
  size_t judged = 0;
  for (const Builtin& row : builtins()) {
    if (row.how == BuiltinHow::Later || kNotJudged.contains(std::string(row.name))) continue;
    if (row.signature.find("zone") != std::string_view::npos) continue;  // the referee has no time zones
    // The referee sees the program before any pass: nothing is folded yet.
    std::string text =
        "source one: { n: i64, at: timestamp } from generate(rate: 1/s, count: 1)\n"
        "one | select { value: " +
        std::string(row.example) + " } | to stdout\n";
    auto compilation = compileText("example.stream", text);
    ASSERT_EQ(compilation->outcome, driver::Outcome::kReached) << text << compilation->messages;
    Outcome outcome = evaluate(*compilation->ir, {});
    EXPECT_EQ(outcome.lines[kStandardOutput], std::vector<std::string>{"{\"value\":" + std::string(row.value) + "}"})
        << row.name << ": " << row.example;
    ++judged;
  }
  EXPECT_GT(judged, 90u);
}

std::vector<std::string> linesOf(const std::string& text, const std::string& input) {
  auto compilation = compileText("job.stream", text);
  EXPECT_EQ(compilation->outcome, driver::Outcome::kReached) << compilation->messages;
  World world{.read = [&](const std::string&) { return input; }};
  return evaluate(*compilation->ir, world).lines[kStandardOutput];
}

TEST(Referee, ALateRowIsLateByTheWatermarkJustBeforeIt) {
  const char* text =
      "source s: { t: i64 } from stdin(format: json) time timestamp_s(t) wait 5s\n"
      "stream w = s | window tumble 10s | aggregate { n: count() }\n"
      "w.late | select { t, late_by } | to stdout\n"
      "w | to null\n";
  // 15 s: the watermark is 9 s, the window [0, 10) is open. Behind it the watermark is 10 s: closed.
  EXPECT_EQ(linesOf(text, "{\"t\":14}\n{\"t\":9}\n{\"t\":15}\n{\"t\":8}\n"),
            std::vector<std::string>{R"({"t":8,"late_by":"0s"})"});
}

TEST(Referee, AnUnspecifiedValueDecidesNothing) {
  auto compilation = compileText("job.stream",
                                 "source s: { a: i64 } from stdin(format: json)\n"
                                 "stream x = s | select { b: 1 div a }\n"
                                 "x.errors | where message == \"\" | to stdout\n"
                                 "x | to null\n");
  ASSERT_EQ(compilation->outcome, driver::Outcome::kReached) << compilation->messages;
  World world{.read = [&](const std::string&) { return "{\"a\":0}"; }};
  EXPECT_THROW(evaluate(*compilation->ir, world), Stuck);
}

TEST(Referee, NumbersAreExact) {
  auto number = [](const char* text) { return floatText(*parseFloat(text, false), false); };
  EXPECT_EQ(number("1e23"), "1e+23");
  EXPECT_EQ(number("9007199254740993"), "9007199254740992.0");
  EXPECT_EQ(number("123456789012345.6"), "123456789012345.6");
  EXPECT_EQ(number("-0.00001"), "-1e-05");
  EXPECT_EQ(parseFloat("1e400", false), std::nullopt);
  EXPECT_EQ(parseFloat("1e-400", false), 0.0);
  EXPECT_EQ(parseDuration("0.0000000003125d"), Int{27});
  EXPECT_EQ(parseDuration("0.5us"), std::nullopt);
  EXPECT_EQ(timestampText(Int{INT64_MIN}), "-290308-12-21T19:59:05.224192Z");
  EXPECT_EQ(parseTimestamp("2024-02-29T23:59:60Z"), std::nullopt);
  EXPECT_EQ(timestampText(*parseTimestamp("2024-02-29t23:59:59.5+01:00")), "2024-02-29T22:59:59.500Z");
}

}  // namespace
}  // namespace streamc::referee
