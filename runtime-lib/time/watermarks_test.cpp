#include <gtest/gtest.h>

#include <algorithm>

#include "runtime-lib/time/source_watermarks.h"
#include "runtime-lib/time/timer_queue.h"
#include "runtime-lib/time/watermark_combiner.h"

namespace streamrt {
namespace {

TEST(PartitionTime, TheWatermarkJustBeforeARecord) {
  SourceWatermarks source(1, {.wait_us = 10, .has_time = true}, 8);
  StreamPartitionTime* time = source.begin(0, 0);
  EXPECT_EQ(time->observe(100), kMinTime) << "nothing was seen before the first";
  EXPECT_EQ(time->observe(50), 90);
  EXPECT_EQ(time->observe(120), 90);
  EXPECT_EQ(time->observe(0), 110);
  source.finish(0);
  EXPECT_EQ(source.takeAdvance()->time, 110);
  EXPECT_FALSE(source.takeAdvance()) << "told once";
}

TEST(PartitionTime, DoesNotDependOnHowRecordsAreCutIntoBatches) {
  std::vector<int64_t> times = {5, 3, 9, 1, 30, 29, 40, 2, 41, 41};
  auto observed = [&](size_t batch, bool report) {
    SourceWatermarks source(1, {.wait_us = 7, .has_time = true}, 8);
    std::vector<int64_t> result;
    for (size_t i = 0; i < times.size();) {
      StreamPartitionTime* time = source.begin(0, 0);
      for (size_t k = 0; k < batch && i < times.size(); ++k, ++i) result.push_back(time->observe(times[i]));
      source.finish(0);
      if (report) source.takeAdvance();
    }
    return result;
  };
  for (size_t batch : {1u, 2u, 3u, 100u}) {
    EXPECT_EQ(observed(batch, true), observed(100, false));
  }
}

TEST(PartitionTime, TheEndsOfTimeDoNotWrap) {
  SourceWatermarks source(1, {.wait_us = 1000, .has_time = true}, 8);
  StreamPartitionTime* time = source.begin(0, 0);
  time->observe(INT64_MIN + 5);
  EXPECT_EQ(time->observe(INT64_MAX), INT64_MIN);
  EXPECT_EQ(time->observe(0), INT64_MAX - 1000);
}

TEST(SourceWatermarks, OverSeveralPartitionsTheLeastCounts) {
  SourceWatermarks source(2, {.wait_us = 0, .has_time = true}, 8);
  source.begin(0, 0)->observe(100);
  source.finish(0);
  EXPECT_FALSE(source.takeAdvance()) << "the other partition has said nothing yet";
  StreamPartitionTime* second = source.begin(1, 0);
  EXPECT_EQ(second->observe(40), kMinTime);
  EXPECT_EQ(second->observe(41), 40);
  source.finish(1);
  EXPECT_EQ(source.takeAdvance()->time, 41);
  EXPECT_EQ(source.begin(0, 0)->observe(101), 41) << "its own would be 100";
  source.finish(0);
  source.end(1);
  EXPECT_EQ(source.takeAdvance()->time, 101);
  source.end(0);
  EXPECT_EQ(source.takeAdvance()->time, kMaxTime);
}

TEST(SourceWatermarks, AnIdlePartitionDoesNotHoldBackAndComesBackNoLower) {
  SourceWatermarks source(2, {.wait_us = 0, .idle_us = 50, .has_time = true}, 8);
  source.begin(0, 0)->observe(1000);
  source.finish(0);
  source.begin(1, 0)->observe(500);
  source.finish(1);
  EXPECT_EQ(source.takeAdvance()->time, 500);
  source.quiet(1, 10);
  source.quiet(1, 30);
  source.begin(0, 0)->observe(2000);
  source.finish(0);
  EXPECT_EQ(source.checkIdle(59), 60) << "quiet since 10";
  EXPECT_FALSE(source.takeAdvance());
  EXPECT_EQ(source.checkIdle(60), kMaxTime);
  EXPECT_EQ(source.takeAdvance()->time, 2000);
  StreamPartitionTime* back = source.begin(1, 0);
  EXPECT_EQ(back->observe(501), 2000) << "what was told does not come back";
  source.finish(1);
  source.takeAdvance();
  EXPECT_EQ(source.current(), 2000);
}

TEST(SourceWatermarks, APartitionThatNobodyAskedIsNotIdle) {
  SourceWatermarks source(2, {.wait_us = 0, .idle_us = 50, .has_time = true}, 8);
  EXPECT_EQ(source.checkIdle(1'000'000), kMaxTime);
  source.quiet(0, 1'000'000);
  EXPECT_EQ(source.checkIdle(1'000'001), 1'000'050);
}

TEST(SourceWatermarks, AllIdleIsSaid) {
  SourceWatermarks source(1, {.wait_us = 0, .idle_us = 50, .has_time = true}, 8);
  source.begin(0, 0)->observe(1000);
  source.finish(0);
  source.quiet(0, 0);
  source.takeAdvance();
  source.checkIdle(100);
  auto idle = source.takeAdvance();
  ASSERT_TRUE(idle);
  EXPECT_TRUE(idle->idle);
  EXPECT_EQ(idle->time, 1000);
  source.begin(0, 0);
  source.finish(0);
  EXPECT_FALSE(source.takeAdvance()->idle);
}

TEST(SourceWatermarks, WithoutWaitNothingIsLateBeforeTheEnd) {
  SourceWatermarks source(1, {.has_time = true}, 8);
  StreamPartitionTime* time = source.begin(0, 0);
  EXPECT_EQ(time->observe(1000), kMinTime);
  EXPECT_EQ(time->observe(1), kMinTime);
  source.finish(0);
  EXPECT_FALSE(source.takeAdvance());
  EXPECT_EQ(source.begin(0, 0)->observe(5), kMinTime);
  source.finish(0);
  source.end(0);
  EXPECT_EQ(source.takeAdvance()->time, kMaxTime);
}

TEST(SourceWatermarks, WithoutPartitionsItIsAtTheEndAtOnce) {
  SourceWatermarks source(0, {}, 8);
  EXPECT_EQ(source.takeAdvance()->time, kMaxTime);
}

TEST(SourceWatermarks, MaxAheadFollowsTheClock) {
  SourceWatermarks source(1, {.wait_us = 0, .max_ahead_us = 100, .has_time = true}, 8);
  EXPECT_EQ(source.begin(0, 1000)->limit_us, 1100);
  EXPECT_EQ(source.begin(0, 2000)->limit_us, 2100);
}

TEST(EventTimeOfRejected, OnlyWhenItsRowWasObserved) {
  SourceWatermarks source(1, {.wait_us = 0, .has_time = true}, 8);
  StreamPartitionTime* time = source.begin(0, 0);
  time->observe(10);
  EXPECT_EQ(time->eventTimeOf(0), 10);
  EXPECT_EQ(time->eventTimeOf(1), std::nullopt) << "row 1 failed before it was observed";
  EXPECT_EQ(time->eventTimeOf(1), std::nullopt) << "asked again by another flow";
  time->observe(30);
  EXPECT_EQ(time->eventTimeOf(2), 30);
  time->observe(40);
  time->observe(50);
  EXPECT_EQ(time->eventTimeOf(4), 50);
  EXPECT_EQ(time->eventTimeOf(3), 40) << "afterwards, when a sink cannot express it";
  EXPECT_EQ(time->eventTimeOf(0), 10);
  source.begin(0, 0);
  EXPECT_EQ(time->eventTimeOf(0), std::nullopt);
}

TEST(WatermarkCombiner, LeastOfTheActiveGreatestOfTheIdle) {
  WatermarkCombiner combiner(3);
  EXPECT_FALSE(combiner.advance());
  combiner.set(0, {10, false});
  combiner.set(1, {20, false});
  EXPECT_FALSE(combiner.advance());
  combiner.set(2, {5, true});
  EXPECT_TRUE(combiner.advance());
  EXPECT_EQ(combiner.combined().time, 10);
  combiner.set(0, {kMaxTime, false});
  EXPECT_TRUE(combiner.advance());
  EXPECT_EQ(combiner.combined().time, 20);
  combiner.set(1, {25, true});
  EXPECT_TRUE(combiner.advance());
  EXPECT_EQ(combiner.combined().time, 25);
  EXPECT_TRUE(combiner.combined().idle) << "an ended input and idle ones are not the end";
  combiner.set(1, {kMaxTime, false});
  combiner.set(2, {kMaxTime, false});
  EXPECT_TRUE(combiner.advance());
  EXPECT_EQ(combiner.combined().time, kMaxTime);
}

TEST(WatermarkCombiner, NeverGoesBack) {
  WatermarkCombiner combiner(2);
  combiner.set(0, {100, false});
  combiner.set(1, {0, true});
  combiner.advance();
  combiner.set(1, {50, false});
  EXPECT_FALSE(combiner.advance());
  EXPECT_EQ(combiner.combined().time, 100);
  combiner.set(0, {90, false});
  EXPECT_EQ(combiner.input(0).time, 100);
  EXPECT_EQ(combiner.leastOfOthers(0), 50);
}

TEST(TimerQueue, FiresByTimeNameAndKeyAndOnce) {
  TimerQueue queue;
  EXPECT_TRUE(queue.add({20, "b", "x"}));
  EXPECT_TRUE(queue.add({20, "a", "y"}));
  EXPECT_TRUE(queue.add({20, "a", "x"}));
  EXPECT_TRUE(queue.add({10, "z", "z"}));
  EXPECT_FALSE(queue.add({20, "a", "x"}));
  EXPECT_EQ(queue.due(9), nullptr);
  std::vector<std::string> order;
  while (const Timer* timer = queue.due(20)) {
    order.push_back(timer->name + timer->key);
    queue.popFirst();
  }
  EXPECT_EQ(order, (std::vector<std::string>{"zz", "ax", "ay", "bx"}));
}

TEST(TimerQueue, KeysOfWindowsSortLikeTheirStarts) {
  std::vector<int64_t> starts = {INT64_MIN, -10, -1, 0, 1, 255, 256, INT64_MAX};
  for (size_t i = 0; i + 1 < starts.size(); ++i) EXPECT_LT(windowKey(starts[i]), windowKey(starts[i + 1]));
  for (int64_t start : starts) EXPECT_EQ(windowStartOf({0, "", windowKey(start)}), start);
}

}  // namespace
}  // namespace streamrt
