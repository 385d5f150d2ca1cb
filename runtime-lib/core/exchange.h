// The sending side of an exchange: for each worker a channel and the batch that is being filled for it.
//
// Routing: key group = top 8 bits of the key's hash, 256 groups for ever; worker t of N owns the groups g with
// g * N >> 8 == t. A gather exchange sends everything to worker 0. The receiving side is control/exchange_stage.h.
//
// Room: a call of the process writes at most `capacity` rows, so at most one batch a target fills up while it runs.
// Rows that are finished when a channel is full wait in `pending_`, and the stage does not run until that is empty
// again: it holds at most a rolled batch, a flushed one and the events of one watermark step.
#ifndef RUNTIME_LIB_CORE_EXCHANGE_H
#define RUNTIME_LIB_CORE_EXCHANGE_H

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "runtime-lib/core/channel.h"
#include "runtime-lib/core/counter.h"
#include "runtime-lib/core/outbox.h"
#include "runtime-lib/core/task.h"

namespace streamrt {

using GroupMap = std::array<uint8_t, kKeyGroups>;

constexpr uint32_t kMaxWorkers = 256;  // a worker owns at least one key group

// Which worker owns each key group.
GroupMap keyGroupOwners(uint32_t workers);
// Everything to worker 0.
GroupMap gatherOwners();

class ExchangeOutbox : public Outbox {
 public:
  // `channels[t]` leads to worker t and outlives this. `schema` is the exchange's. Rows that leave are counted when
  // somebody wants to know.
  ExchangeOutbox(const Schema& schema, uint32_t capacity, GroupMap owners, std::vector<Channel*> channels,
                 Counter* rows_sent = nullptr);

  // The entry of StreamTask::outputs; valid as long as this.
  Output output() { return {targets_.data(), owners_.data(), this}; }

  bool hasRoom() override;
  Batch* roll(uint32_t target) override;
  void endCall() override {}
  bool flush() override;
  bool unwanted() const override;
  void watermark(Watermark watermark) override;
  void barrier(Barrier barrier) override;
  void end() override;

 private:
  struct Target {
    Channel* channel;
    BatchPtr filling;
    std::deque<Event> pending;
  };

  void send(Target& target, Event event);
  void sendFilling(uint32_t target);
  bool drain(Target& target);

  const Schema& schema_;
  const uint32_t capacity_;
  const GroupMap owners_;
  std::vector<Target> queues_;
  std::vector<Batch*> targets_;  // targets_[t] == queues_[t].filling
  Counter* rows_sent_;
};

}  // namespace streamrt

#endif
