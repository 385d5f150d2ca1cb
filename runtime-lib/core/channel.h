// Bounded queues with one producer and one consumer.
//
// SpscRing: a ring of 2^k slots; head and tail on their own cache lines, each side keeps a copy of the other's index.
// Channel: a ring of events from one producer process of one worker to one stage of another (or the same), with a
// second ring that carries used batches back, so that a batch's memory stays with the worker that counts it.
//
// Nobody blocks. A producer that finds no room says so (`hasRoom` registers it), and is woken by the consumer's next
// pop; a consumer is woken by every push. Both hand-overs are sequentially consistent: a wake-up cannot be lost.
#ifndef RUNTIME_LIB_CORE_CHANNEL_H
#define RUNTIME_LIB_CORE_CHANNEL_H

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "runtime-lib/core/check.h"
#include "runtime-lib/core/event.h"
#include "runtime-lib/core/waker.h"

namespace streamrt {

constexpr uint32_t kChannelEvents = 4;  // events that may wait in one channel
constexpr uint32_t kChannelSpares = 8;  // used batches that wait to be filled again

template <class T>
class SpscRing {
 public:
  // REQUIRES: capacity is a power of two.
  explicit SpscRing(uint32_t capacity) : mask_(capacity - 1), slots_(std::make_unique<T[]>(capacity)) {
    STREAM_CHECK(capacity > 0 && (capacity & mask_) == 0, "capacity of a ring is a power of two");
  }

  uint32_t capacity() const { return mask_ + 1; }

  // Producer. On false the value is untouched.
  bool push(T& value) {
    uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ > mask_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail - head_seen_ > mask_) return false;
    }
    slots_[tail & mask_] = std::move(value);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }
  bool full() {
    uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ <= mask_) return false;
    head_seen_ = head_.load(std::memory_order_acquire);
    return tail - head_seen_ > mask_;
  }

  // Consumer.
  T* front() {
    uint32_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_seen_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head == tail_seen_) return nullptr;
    }
    return &slots_[head & mask_];
  }
  // REQUIRES: not empty.
  T pop() {
    STREAM_CHECK(front() != nullptr, "there is something to take");
    uint32_t head = head_.load(std::memory_order_relaxed);
    T value = std::move(slots_[head & mask_]);
    head_.store(head + 1, std::memory_order_release);
    return value;
  }

  // Anyone; exact only while both sides rest.
  uint32_t size() const { return tail_.load(std::memory_order_acquire) - head_.load(std::memory_order_acquire); }

 private:
  const uint32_t mask_;
  std::unique_ptr<T[]> slots_;
  alignas(64) std::atomic<uint32_t> head_{0};
  uint32_t tail_seen_ = 0;  // consumer's
  alignas(64) std::atomic<uint32_t> tail_{0};
  uint32_t head_seen_ = 0;  // producer's
};

class Channel {
 public:
  Channel(Waker& producer, Waker& consumer)
      : events_(kChannelEvents), spares_(kChannelSpares), producer_(producer), consumer_(consumer) {}

  // Producer. `hasRoom` = false also means: you will be woken when there is room.
  bool hasRoom() {
    if (!events_.full()) return true;
    producer_waits_.store(true, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return !events_.full();
  }
  bool push(Event& event) {
    if (!events_.push(event)) return false;
    consumer_.wake();
    return true;
  }
  // A batch that came back, emptied; null when there is none.
  BatchPtr spare() {
    if (spares_.front() == nullptr) return nullptr;
    return spares_.pop();
  }

  // The consumer throws away all that still comes. Whoever would have to read for it alone may stop.
  bool unwanted() const { return unwanted_.load(std::memory_order_acquire); }

  // Consumer.
  void refuse() {
    if (unwanted_.exchange(true, std::memory_order_acq_rel)) return;
    producer_.wake();
  }
  Event* front() { return events_.front(); }
  Event pop() {
    Event event = events_.pop();
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (producer_waits_.load(std::memory_order_relaxed) && producer_waits_.exchange(false)) producer_.wake();
    return event;
  }
  void giveBack(BatchPtr batch) {
    batch->clear();
    spares_.push(batch);  // no room: the batch is freed
  }

  uint32_t size() const { return events_.size(); }

 private:
  SpscRing<Event> events_;
  SpscRing<BatchPtr> spares_;
  Waker& producer_;
  Waker& consumer_;
  std::atomic<bool> producer_waits_{false};
  std::atomic<bool> unwanted_{false};
};

}  // namespace streamrt

#endif
