#include "runtime-lib/main/params.h"

#include <gtest/gtest.h>

#include "runtime-lib/main/report_text.h"

namespace streamrt {
namespace {

ParamPlan param(const char* name, ColumnType type) {
  ParamPlan plan;
  plan.name = name;
  plan.type = type;
  return plan;
}

JobPlan planOf(std::vector<ParamPlan> params) {
  JobPlan plan;
  plan.params = std::move(params);
  return plan;
}

std::optional<std::string> nothing(const std::string&) { return std::nullopt; }

TEST(Params, TextsBecomeValuesOfTheirTypes) {
  EXPECT_EQ(parseLiteral(ColumnType::kBool, "true"), Literal(true));
  EXPECT_EQ(parseLiteral(ColumnType::kI8, "-128"), Literal(int64_t{-128}));
  EXPECT_EQ(parseLiteral(ColumnType::kU64, "18446744073709551615"), Literal(int64_t{-1}));
  EXPECT_EQ(parseLiteral(ColumnType::kF64, "2.5"), Literal(2.5));
  EXPECT_EQ(parseLiteral(ColumnType::kDuration, "1h30m"), Literal(int64_t{5'400'000'000}));
  EXPECT_EQ(parseLiteral(ColumnType::kTimestamp, "1970-01-01T00:00:01Z"), Literal(int64_t{1'000'000}));
  EXPECT_EQ(parseLiteral(ColumnType::kString, ""), Literal(std::string()));
}

TEST(Params, WhatIsNoValueIsRefused) {
  EXPECT_FALSE(parseLiteral(ColumnType::kBool, "yes"));
  EXPECT_FALSE(parseLiteral(ColumnType::kI8, "128"));
  EXPECT_FALSE(parseLiteral(ColumnType::kU8, "-1"));
  EXPECT_FALSE(parseLiteral(ColumnType::kI64, "1.5"));
  EXPECT_FALSE(parseLiteral(ColumnType::kF64, "fast"));
  EXPECT_FALSE(parseLiteral(ColumnType::kDuration, "5"));
  EXPECT_FALSE(parseLiteral(ColumnType::kTimestamp, "yesterday"));
}

TEST(Params, ValuesAreWrittenAsTheyAreRead) {
  for (auto [type, text] : {std::pair(ColumnType::kDuration, "1h30m"),
                            {ColumnType::kTimestamp, "2024-01-01T00:00:00Z"},
                            {ColumnType::kU64, "18446744073709551615"},
                            {ColumnType::kBool, "true"},
                            {ColumnType::kI8, "-3"},
                            {ColumnType::kString, "x y"}}) {
    EXPECT_EQ(literalAsArgument(type, *parseLiteral(type, text)), text);
  }
}

TEST(Params, CommandLineBeforeEnvironmentBeforeDefault) {
  ParamPlan plan = param("n", ColumnType::kI64);
  plan.env = "N";
  plan.default_value = int64_t{1};
  auto two = [](const std::string& name) { return name == "N" ? std::optional<std::string>("2") : std::nullopt; };
  EXPECT_EQ(paramValues(planOf({plan}), {"n=3", "n=4"}, two)->at(0), Literal(int64_t{4}));
  EXPECT_EQ(paramValues(planOf({plan}), {}, two)->at(0), Literal(int64_t{2}));
  EXPECT_EQ(paramValues(planOf({plan}), {}, nothing)->at(0), Literal(int64_t{1}));
}

TEST(Params, AnOptionalOneMayBeAbsentARequiredOneMayNot) {
  ParamPlan optional = param("x", ColumnType::kString);
  optional.optional = true;
  EXPECT_EQ(paramValues(planOf({optional}), {}, nothing)->at(0), Literal(std::monostate{}));
  auto missing = paramValues(planOf({param("x", ColumnType::kString)}), {}, nothing);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kMissingParameter);
  EXPECT_EQ(exitCodeOf(missing.error().code), 78);
}

TEST(Params, AWholeNumberIsAFloatWhereOneIsMeant) {
  ParamPlan plan = param("rate", ColumnType::kF64);
  plan.default_value = int64_t{4};
  EXPECT_EQ(paramValues(planOf({plan}), {}, nothing)->at(0), Literal(4.0));
}

TEST(Params, MistakesOfTheCommandLineAreNamed) {
  JobPlan plan = planOf({param("limit", ColumnType::kI64)});
  auto unknown = paramValues(plan, {"limt=3"}, nothing);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().text, "this job has no parameter limt; it has limit");
  EXPECT_EQ(exitCodeOf(unknown.error().code), 2);
  auto malformed = paramValues(plan, {"limit"}, nothing);
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().code, ErrorCode::kUsage);
  auto bad = paramValues(plan, {"limit=many"}, nothing);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().text, "parameter limit: \"many\" is not a i64 (a whole number in its range)");
}

TEST(ReportText, SaysWhatWasLost) {
  RunReport report;
  report.sources = {{"a", 1'234'567}};
  report.sinks = {{"b", 10}, {"c", 5}};
  report.rejected = {{"decode", 1000}, {"cast", 1}};
  report.late = 298;
  report.seconds = 1.5;
  EXPECT_EQ(summaryLine("job", report),
            "job: 1,234,567 in, 15 out, 298 late, 1,001 rejected (1,000 decode, 1 cast) in 1.50 s");
  EXPECT_TRUE(hasLosses(report));
}

}  // namespace
}  // namespace streamrt
