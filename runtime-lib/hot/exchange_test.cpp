#include "runtime-lib/core/exchange.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "runtime-lib/abi/stream_abi.h"

namespace streamrt {
namespace {

struct NoWaker : Waker {
  void wake() override {}
};

Schema twoColumns() {
  Schema schema(2);
  schema[0].name = "n";
  schema[0].type = ColumnType::kI64;
  schema[1].name = "s";
  schema[1].type = ColumnType::kString;
  return schema;
}

class ExchangeTest : public ::testing::Test {
 protected:
  void open(uint32_t workers, uint32_t capacity, GroupMap owners) {
    std::vector<Channel*> channels;
    for (uint32_t i = 0; i < workers; ++i) {
      channels_.push_back(std::make_unique<Channel>(waker_, waker_));
      channels.push_back(channels_.back().get());
    }
    outbox_ = std::make_unique<ExchangeOutbox>(schema_, capacity, owners, channels);
    output_ = outbox_->output();
    task_.outputs = &output_;
  }
  void write(int64_t n, uint64_t hash, std::string_view text = "") {
    void* batch = stream_core_route(&task_, 0, static_cast<int64_t>(hash));
    uint32_t row = stream_core_claim(batch);
    static_cast<int64_t*>(stream_core_column(batch, 0))[row] = n;
    stream_core_keep_string(batch, &static_cast<StreamString*>(stream_core_column(batch, 1))[row],
                            const_cast<char*>(text.data()), static_cast<uint32_t>(text.size()));
  }
  // Takes everything that a worker has received.
  std::vector<Event> receive(uint32_t worker) {
    std::vector<Event> events;
    while (channels_[worker]->front() != nullptr) events.push_back(channels_[worker]->pop());
    return events;
  }

  NoWaker waker_;
  Schema schema_ = twoColumns();
  std::vector<std::unique_ptr<Channel>> channels_;
  std::unique_ptr<ExchangeOutbox> outbox_;
  Output output_;
  StreamTask task_;
};

TEST(KeyGroups, EveryWorkerOwnsAnUnbrokenRange) {
  for (uint32_t workers : {1u, 2u, 3u, 7u, 100u, 256u}) {
    GroupMap owners = keyGroupOwners(workers);
    EXPECT_EQ(owners.front(), 0);
    EXPECT_EQ(owners.back(), workers - 1);
    std::set<uint8_t> seen;
    for (uint32_t group = 1; group < kKeyGroups; ++group) {
      EXPECT_GE(owners[group], owners[group - 1]);
      EXPECT_EQ(owners[group], group * workers >> 8);
      seen.insert(owners[group]);
    }
    EXPECT_GE(seen.size(), workers == 1 ? 1 : workers - 1);
  }
}

TEST_F(ExchangeTest, ARowGoesToTheOwnerOfItsKeyGroup) {
  open(3, 16, keyGroupOwners(3));
  for (uint64_t group = 0; group < 256; group += 17) write(static_cast<int64_t>(group), group << 56 | 0x1234);
  EXPECT_TRUE(outbox_->flush());
  size_t rows = 0;
  for (uint32_t worker = 0; worker < 3; ++worker) {
    for (Event& event : receive(worker)) {
      Batch& batch = *std::get<BatchPtr>(event);
      for (uint32_t row = 0; row < batch.rows; ++row, ++rows) {
        EXPECT_EQ(static_cast<uint64_t>(batch.column<int64_t>(0)[row]) * 3 >> 8, worker);
      }
    }
  }
  EXPECT_EQ(rows, 16u);
}

TEST_F(ExchangeTest, AGatherGoesToWorkerZero) {
  open(3, 16, gatherOwners());
  write(1, ~uint64_t{0});
  outbox_->flush();
  EXPECT_EQ(receive(0).size(), 1u);
  EXPECT_TRUE(receive(1).empty() && receive(2).empty());
}

TEST_F(ExchangeTest, StringsAreCopied) {
  open(1, 4, keyGroupOwners(1));
  std::string text = "before";
  write(1, 0, text);
  text.assign("AFTER!");
  outbox_->flush();
  auto events = receive(0);
  StreamString kept = std::get<BatchPtr>(events[0])->column<StreamString>(1)[0];
  EXPECT_EQ(std::string_view(kept.data, kept.size), "before");
}

TEST_F(ExchangeTest, AFullBatchLeavesAndAPartialOneGoesBeforeTheWatermark) {
  open(1, 4, keyGroupOwners(1));
  for (int64_t i = 0; i < 6; ++i) write(i, 0);
  outbox_->watermark({77, false});
  auto events = receive(0);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(std::get<BatchPtr>(events[0])->rows, 4u);
  EXPECT_EQ(std::get<BatchPtr>(events[1])->rows, 2u);
  EXPECT_EQ(std::get<Watermark>(events[2]).time, 77);
}

TEST_F(ExchangeTest, WithoutRoomNothingIsLostAndNothingOvertakes) {
  open(1, 2, keyGroupOwners(1));
  int64_t next = 0;
  while (outbox_->hasRoom()) {
    write(next++, 0);
    write(next++, 0);
  }
  outbox_->watermark({1, false});
  outbox_->watermark({2, false});
  outbox_->barrier({5});
  outbox_->end();
  EXPECT_FALSE(outbox_->flush());
  int64_t seen = 0;
  std::vector<int64_t> watermarks;
  bool barrier = false, end = false;
  while (!end) {
    auto events = receive(0);
    ASSERT_FALSE(events.empty());
    for (Event& event : events) {
      if (auto* batch = std::get_if<BatchPtr>(&event)) {
        EXPECT_FALSE(barrier);
        for (uint32_t row = 0; row < (*batch)->rows; ++row) EXPECT_EQ((*batch)->column<int64_t>(0)[row], seen++);
      } else if (auto* watermark = std::get_if<Watermark>(&event)) {
        watermarks.push_back(watermark->time);
      } else if (std::holds_alternative<Barrier>(event)) {
        EXPECT_EQ(watermarks.back(), 2);
        barrier = true;
      } else {
        EXPECT_TRUE(barrier);
        end = true;
      }
    }
    outbox_->hasRoom();  // what waits moves on
  }
  EXPECT_EQ(seen, next);
  EXPECT_TRUE(outbox_->flush());
}

}  // namespace
}  // namespace streamrt
