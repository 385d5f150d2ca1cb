#include "runtime-lib/core/channel.h"

#include <gtest/gtest.h>

#include <thread>

namespace streamrt {
namespace {

struct CountingWaker : Waker {
  void wake() override { ++count; }
  std::atomic<int> count{0};
};

Event watermark(int64_t time) { return Watermark{time, false}; }

TEST(Channel, KeepsOrderAndRefusesWhenFull) {
  CountingWaker producer, consumer;
  Channel channel(producer, consumer);
  for (int64_t i = 0; i < kChannelEvents; ++i) {
    Event event = watermark(i);
    ASSERT_TRUE(channel.hasRoom());
    ASSERT_TRUE(channel.push(event));
  }
  Event surplus = watermark(99);
  EXPECT_FALSE(channel.push(surplus));
  EXPECT_EQ(std::get<Watermark>(surplus).time, 99) << "what was refused is untouched";
  for (int64_t i = 0; i < kChannelEvents; ++i) EXPECT_EQ(std::get<Watermark>(channel.pop()).time, i);
  EXPECT_EQ(channel.front(), nullptr);
  EXPECT_EQ(consumer.count, kChannelEvents) << "every push wakes the consumer";
}

TEST(Channel, WakesTheProducerOnlyAfterItFoundNoRoom) {
  CountingWaker producer, consumer;
  Channel channel(producer, consumer);
  for (uint32_t i = 0; i < kChannelEvents; ++i) {
    Event event = watermark(i);
    channel.push(event);
  }
  channel.pop();
  EXPECT_EQ(producer.count, 0);
  Event event = watermark(0);
  channel.push(event);
  EXPECT_FALSE(channel.hasRoom());
  channel.pop();
  channel.pop();
  EXPECT_EQ(producer.count, 1);
}

TEST(Channel, BatchesComeBackEmptied) {
  CountingWaker waker;
  Channel channel(waker, waker);
  Column column;
  column.name = "n";
  column.type = ColumnType::kI64;
  Schema schema{column};
  EXPECT_EQ(channel.spare(), nullptr);
  auto batch = std::make_unique<Batch>(schema, 4, true);
  Batch* address = batch.get();
  batch->rows = 3;
  Event event = std::move(batch);
  channel.push(event);
  Event received = channel.pop();
  channel.giveBack(std::move(std::get<BatchPtr>(received)));
  BatchPtr again = channel.spare();
  ASSERT_EQ(again.get(), address);
  EXPECT_EQ(again->rows, 0u);
}

// Two threads that only sleep on their wakers: a lost wake-up is a hang.
TEST(Channel, NoWakeUpIsLost) {
  struct SleepingWaker : Waker {
    void wake() override {
      word.store(1);
      word.notify_one();
    }
    void park() {
      word.wait(0);
      word.store(0);
    }
    std::atomic<int> word{0};
  };
  SleepingWaker producer, consumer;
  Channel channel(producer, consumer);
  constexpr int64_t kEvents = 200'000;
  std::thread reader([&] {
    for (int64_t next = 0; next < kEvents;) {
      if (channel.front() == nullptr) {
        consumer.park();
        continue;
      }
      Event event = channel.pop();
      ASSERT_EQ(std::get<Watermark>(event).time, next++);
    }
  });
  for (int64_t i = 0; i < kEvents;) {
    if (!channel.hasRoom()) {
      producer.park();
      continue;
    }
    Event event = watermark(i);
    if (channel.push(event)) ++i;
  }
  reader.join();
}

}  // namespace
}  // namespace streamrt
