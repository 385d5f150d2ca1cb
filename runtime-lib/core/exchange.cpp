#include "runtime-lib/core/exchange.h"

namespace streamrt {

GroupMap keyGroupOwners(uint32_t workers) {
  STREAM_CHECK(workers >= 1 && workers <= kMaxWorkers, "1 to 256 workers");
  GroupMap owners;
  for (uint32_t group = 0; group < kKeyGroups; ++group) {
    owners[group] = static_cast<uint8_t>(group * workers / kKeyGroups);
  }
  return owners;
}

GroupMap gatherOwners() { return GroupMap{}; }

ExchangeOutbox::ExchangeOutbox(const Schema& schema, uint32_t capacity, GroupMap owners, std::vector<Channel*> channels,
                               Counter* rows_sent)
    : schema_(schema), capacity_(capacity), owners_(owners), rows_sent_(rows_sent) {
  for (Channel* channel : channels) {
    queues_.push_back({channel, std::make_unique<Batch>(schema_, capacity_, true), {}});
    targets_.push_back(queues_.back().filling.get());
  }
  for (uint8_t owner : owners_) STREAM_CHECK(owner < queues_.size(), "a key group belongs to a worker that exists");
}

bool ExchangeOutbox::drain(Target& target) {
  while (!target.pending.empty()) {
    if (!target.channel->push(target.pending.front())) {
      if (!target.channel->hasRoom()) return false;  // registered: the consumer's next pop wakes us
      continue;
    }
    target.pending.pop_front();
  }
  return true;
}

bool ExchangeOutbox::hasRoom() {
  bool room = true;
  for (Target& target : queues_) room &= drain(target) && target.channel->hasRoom();
  return room;
}

void ExchangeOutbox::send(Target& target, Event event) {
  if (drain(target) && target.channel->push(event)) return;
  target.pending.push_back(std::move(event));
}

void ExchangeOutbox::sendFilling(uint32_t index) {
  Target& target = queues_[index];
  if (rows_sent_ != nullptr) rows_sent_->add(target.filling->rows);
  BatchPtr next = target.channel->spare();
  if (next == nullptr) next = std::make_unique<Batch>(schema_, capacity_, true);
  std::swap(target.filling, next);
  targets_[index] = target.filling.get();
  send(target, std::move(next));
}

Batch* ExchangeOutbox::roll(uint32_t target) {
  sendFilling(target);
  return targets_[target];
}

bool ExchangeOutbox::flush() {
  bool all = true;
  for (uint32_t index = 0; index < queues_.size(); ++index) {
    Target& target = queues_[index];
    if (!drain(target)) {
      all = false;
      continue;
    }
    if (target.filling->rows == 0) continue;
    if (target.channel->hasRoom()) {
      sendFilling(index);
    } else {
      all = false;
    }
  }
  return all;
}

bool ExchangeOutbox::unwanted() const {
  for (uint8_t owner : owners_) {
    if (!queues_[owner].channel->unwanted()) return false;
  }
  return true;
}

void ExchangeOutbox::watermark(Watermark watermark) {
  for (uint32_t index = 0; index < queues_.size(); ++index) {
    if (queues_[index].filling->rows > 0) sendFilling(index);
    // A watermark that still waits is overtaken by this one: nothing lies between them.
    Target& target = queues_[index];
    if (!target.pending.empty() && std::holds_alternative<Watermark>(target.pending.back())) {
      target.pending.back() = watermark;
      continue;
    }
    send(target, watermark);
  }
}

void ExchangeOutbox::barrier(Barrier barrier) {
  for (uint32_t index = 0; index < queues_.size(); ++index) {
    if (queues_[index].filling->rows > 0) sendFilling(index);
    send(queues_[index], barrier);
  }
}

void ExchangeOutbox::end() {
  for (uint32_t index = 0; index < queues_.size(); ++index) {
    if (queues_[index].filling->rows > 0) sendFilling(index);
    send(queues_[index], End{});
  }
}

}  // namespace streamrt
