#include "runtime-lib/time/zone.h"

#include <gtest/gtest.h>

#include <string>

namespace streamrt {
namespace {

std::string number(int64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i)));
  return text;
}

// A file with one change of the clocks, from +1:00 to +2:00 at `change_s`, and a rule for the years behind it.
std::string file(const std::string& rule, int64_t change_s = 1'000'000) {
  auto header = [](int64_t transitions, int64_t types, int64_t name_bytes) {
    return "TZif2" + std::string(15, '\0') + number(0, 4) + number(0, 4) + number(0, 4) + number(transitions, 4) +
           number(types, 4) + number(name_bytes, 4);
  };
  std::string first = header(0, 1, 4) + number(0, 6) + std::string("UTC\0", 4);
  return first + header(1, 2, 8) + number(change_s, 8) + number(1, 1) + number(3600, 4) + number(0, 1) + number(0, 1) +
         number(7200, 4) + number(1, 1) + number(4, 1) + std::string("AAA\0BBB\0", 8) + "\n" + rule + "\n";
}

TEST(Zone, ChangesOfTheClocksAndTheirNames) {
  auto zone = Zone::parse(file(""));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->at(999'999).offset_s, 3600);
  EXPECT_EQ(zone->at(999'999).name, "AAA");
  EXPECT_EQ(zone->at(1'000'000).offset_s, 7200);
  EXPECT_EQ(zone->at(INT64_C(1) << 40).name, "BBB");
}

TEST(Zone, ATimeIsShownOnceTwiceOrNever) {
  auto forward = Zone::parse(file(""));
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->whenShown(1'000'000 + 3600 - 1).count, 1);
  EXPECT_EQ(forward->whenShown(1'000'000 + 3600).count, 0);  // skipped
  EXPECT_EQ(forward->whenShown(1'000'000 + 7200 - 1).count, 0);
  EXPECT_EQ(forward->whenShown(1'000'000 + 7200).count, 1);

  // Behind the table the rule: clocks go back on the last Sunday of October at 3:00.
  auto zone = Zone::parse(file("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(zone);
  const int64_t local = 1'729'994'400 + 1800;  // 2024-10-27T02:30
  const Zone::Instants twice = zone->whenShown(local);
  ASSERT_EQ(twice.count, 2);
  EXPECT_EQ(twice.utc_s[0], local - 7200);
  EXPECT_EQ(twice.utc_s[1], local - 3600);
  EXPECT_EQ(zone->at(twice.utc_s[0]).name, "CEST");
  EXPECT_EQ(zone->at(twice.utc_s[1]).name, "CET");
}

TEST(Zone, RulesOfEveryForm) {
  for (const char* rule :
       {"<+0530>-5:30", "EST5EDT,M3.2.0,M11.1.0", "STD3DST,J60/0,J300/-1:30", "AAA-10:30BBB-11,59,300/26"}) {
    EXPECT_TRUE(Zone::parse(file(rule))) << rule;
  }
  // In a leap year J60 is the 1st of March, day 59 the 29th of February.
  auto julian = Zone::parse(file("STD0DST,J60/0,J300/0")), day = Zone::parse(file("STD0DST,59/0,J300/0"));
  constexpr int64_t kFeb29 = 1'709'164'800, kDay = 86'400;  // 2024
  EXPECT_EQ(julian->at(kFeb29).name, "STD");
  EXPECT_EQ(julian->at(kFeb29 + kDay).name, "DST");
  EXPECT_EQ(day->at(kFeb29).name, "DST");
}

TEST(Zone, WhatIsNoZoneIsRefused) {
  const std::string good = file("EST5EDT,M3.2.0,M11.1.0");
  ASSERT_TRUE(Zone::parse(good));
  for (size_t size = 0; size + 30 < good.size(); ++size) {
    auto cut = Zone::parse(std::string_view(good).substr(0, size));
    EXPECT_FALSE(cut) << size;
  }
  for (const char* rule : {"EST", "5", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.2.0", "EST5 ", "<+05-5"}) {
    EXPECT_FALSE(Zone::parse(file(rule))) << rule;
  }
  std::string wrong_type = good;
  wrong_type[44 + 6 + 4 + 44 + 8] = 7;  // a change to a type that is not there
  EXPECT_FALSE(Zone::parse(wrong_type));
}

TEST(Zone, AreKnownByName) {
  ASSERT_NE(zoneNamed("UTC"), nullptr);
  EXPECT_EQ(zoneNamed("UTC")->at(0).offset_s, 0);
  EXPECT_EQ(zoneNamed("Nowhere/At_All"), nullptr);
  addZone("Nowhere/At_All", *Zone::parse(file("")));
  ASSERT_NE(zoneNamed("Nowhere/At_All"), nullptr);
  EXPECT_EQ(zoneNamed("Nowhere/At_All")->at(0).offset_s, 3600);
}

}  // namespace
}  // namespace streamrt
