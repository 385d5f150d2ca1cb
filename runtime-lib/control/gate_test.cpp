#include "runtime-lib/control/gate.h"

#include <vector>

#include "gtest/gtest.h"

namespace streamrt {
namespace {

Gate gateOf(const char* kind, Literal amount) {
  OptionMap map;
  map[kind].literal = std::move(amount);
  auto none = [](const std::string&) { return std::optional<std::string>(); };
  Result<std::optional<Gate>> gate = Gate::make(*Options::resolve(map, {}, none, "a step"));
  EXPECT_TRUE(gate.has_value() && gate->has_value());
  return **gate;
}

Error refused(const char* kind, Literal amount) {
  OptionMap map;
  map[kind].literal = std::move(amount);
  auto none = [](const std::string&) { return std::optional<std::string>(); };
  Result<std::optional<Gate>> gate = Gate::make(*Options::resolve(map, {}, none, "a step"));
  EXPECT_FALSE(gate.has_value());
  return gate.has_value() ? Error{} : gate.error();
}

TEST(Gate, ThereIsNoneWithoutOptions) {
  auto none = [](const std::string&) { return std::optional<std::string>(); };
  Result<std::optional<Gate>> gate = Gate::make(*Options::resolve({}, {}, none, "a step"));
  ASSERT_TRUE(gate.has_value());
  EXPECT_FALSE(gate->has_value());
}

TEST(Gate, LimitLetsTheFirstRowsThroughAndShuts) {
  Gate gate = gateOf("limit", int64_t{10});
  EXPECT_EQ(gate.admit(4, 0, false), 4u);
  EXPECT_FALSE(gate.isShut());
  EXPECT_EQ(gate.admit(100, 0, false), 6u);
  EXPECT_TRUE(gate.isShut());
  EXPECT_EQ(gate.admit(100, 0, false), 0u);
  EXPECT_TRUE(gateOf("limit", int64_t{0}).isShut());
}

// Lets rows through whenever the gate asks to be woken, `batch` at a time; returns when each left.
std::vector<int64_t> leave(Gate& gate, int64_t now_us, uint32_t rows, uint32_t batch, int64_t delay_us = 0) {
  std::vector<int64_t> times;
  while (times.size() < rows) {
    gate.arrive(now_us);
    for (uint32_t waiting = batch; waiting > 0;) {
      uint32_t gone = gate.admit(waiting, now_us, false);
      EXPECT_LE(gone, waiting);
      waiting -= gone;
      times.insert(times.end(), gone, now_us);
      if (waiting > 0 && gone == 0) {
        EXPECT_GT(gate.wakeAt(now_us), now_us);
        now_us = gate.wakeAt(now_us) + delay_us;
      }
    }
  }
  return times;
}

TEST(Gate, ThrottleKeepsTheRateForEveryBatchSize) {
  for (uint32_t batch : {1u, 7u, 4096u}) {
    SCOPED_TRACE(batch);
    Gate gate = gateOf("throttle", 100.0);
    std::vector<int64_t> times = leave(gate, 5'000'000, 50, batch);
    for (int64_t i = 0; i < 50; ++i) EXPECT_EQ(times[static_cast<size_t>(i)], 5'000'000 + i * 10'000) << i;
  }
}

TEST(Gate, ThrottleIsNoFasterThanItsRateAndMakesUpForLateWakeUps) {
  Gate gate = gateOf("throttle", 10'000.0);  // one in 100 µs, woken at most once in a millisecond, 60 µs too late
  std::vector<int64_t> times = leave(gate, 0, 20'000, 4096, 60);
  for (size_t i = 0; i < times.size(); ++i) ASSERT_GE(times[i], static_cast<int64_t>(i) * 100) << i;
  EXPECT_LT(times[19'999], 2'000'000 + 2'000);
}

TEST(Gate, ThrottleHasNoBurstAfterAPause) {
  Gate gate = gateOf("throttle", 100.0);
  leave(gate, 0, 10, 1);
  gate.arrive(60'000'000);
  EXPECT_EQ(gate.admit(100, 60'000'000, false), 1u);
  EXPECT_EQ(gate.admit(100, 60'000'000, false), 0u);
  EXPECT_EQ(gate.wakeAt(60'000'000), 60'010'000);
}

TEST(Gate, ThrottleOfLessThanARowASecond) {
  Gate gate = gateOf("throttle", 1.0 / 3600);
  EXPECT_EQ(leave(gate, 1, 3, 3), (std::vector<int64_t>{1, 3'600'000'001, 7'200'000'001}));
  Gate slowest = gateOf("throttle", 1e-6);
  EXPECT_EQ(slowest.admit(1, 0, false), 1u);
  EXPECT_EQ(slowest.wakeAt(0), 1'000'000'000'000);
}

TEST(Gate, ADrainingJobDoesNotWait) {
  Gate gate = gateOf("throttle", 1.0);
  gate.arrive(0);
  EXPECT_EQ(gate.admit(1000, 0, false), 1u);
  EXPECT_EQ(gate.admit(999, 0, true), 999u);
}

TEST(Gate, AmountsThatMakeNoSense) {
  EXPECT_EQ(refused("limit", int64_t{-1}).code, ErrorCode::kBadOption);
  EXPECT_EQ(refused("throttle", 0.0).code, ErrorCode::kBadOption);
  EXPECT_EQ(refused("throttle", -5.0).code, ErrorCode::kBadOption);
  EXPECT_NE(refused("throttle", 1e13).text.find("a step"), std::string::npos);
}

}  // namespace
}  // namespace streamrt
