#include "runtime-lib/connectors/sink_writer.h"

#include <algorithm>

#include "runtime-lib/core/check.h"
#include "runtime-lib/core/mistake.h"

namespace streamrt {

SinkWriter::SinkWriter(Env& env, RunState& state, std::string name, Target target)
    : Actor(env, std::move(name)),
      env_(env),
      state_(state),
      target_(std::move(target)),
      bytes_written_(target_.bytes) {}

uint32_t SinkWriter::addProducer() {
  epochs_.push_back(0);
  return static_cast<uint32_t>(epochs_.size() - 1);
}

// Whoever is behind the barrier waits for room among what is held; he cannot hold up those who are before it.
bool SinkWriter::roomFor(uint32_t producer) const {
  return (isBehind(producer) ? held_bytes_ : queued_bytes_) < kSinkBytesMax;
}

bool SinkWriter::hasRoom(uint32_t producer, Waker& worker) {
  if (!full_.load(std::memory_order_acquire)) return true;
  std::lock_guard lock(mutex_);
  if (roomFor(producer)) return true;
  if (std::find(waiting_.begin(), waiting_.end(), &worker) == waiting_.end()) waiting_.push_back(&worker);
  return false;
}

void SinkWriter::push(uint32_t producer, ByteBuffer&& bytes) {
  if (bytes.size() == 0) return;
  {
    std::lock_guard lock(mutex_);
    const bool behind = isBehind(producer);
    size_t& queued = behind ? held_bytes_ : queued_bytes_;
    queued += bytes.size();
    if (queued >= kSinkBytesMax) full_.store(true, std::memory_order_release);
    std::deque<Item>& queue = behind ? held_ : queue_;
    auto place = queue.end();
    if (planted(Mistake::kOvertaken)) {
      place = std::find_if(queue.begin(), queue.end(), [](const Item& item) { return item.epoch.has_value(); });
    }
    queue.insert(place, {std::move(bytes)});
  }
  waker().wake();
}

bool SinkWriter::passed(uint64_t epoch) const {
  return std::all_of(epochs_.begin(), epochs_.end(), [&](uint64_t reached) { return reached >= epoch; });
}

// Called with the lock when a producer has moved on.
void SinkWriter::letBarrierPass() {
  if (!barrier_ || !passed(*barrier_)) return;
  queue_.push_back({ByteBuffer(), std::exchange(barrier_, std::nullopt)});
  for (Item& item : held_) queue_.push_back(std::move(item));
  held_.clear();
  queued_bytes_ += std::exchange(held_bytes_, 0);
}

void SinkWriter::barrier(uint32_t producer, uint64_t epoch) {
  {
    std::lock_guard lock(mutex_);
    STREAM_CHECK(!barrier_ || *barrier_ == epoch, "barriers come in the same order from every producer");
    barrier_ = epoch;
    epochs_[producer] = epoch;
    letBarrierPass();
  }
  waker().wake();
}

void SinkWriter::finish(uint32_t producer) {
  {
    std::lock_guard lock(mutex_);
    STREAM_CHECK(epochs_[producer] != kEnded, "a producer finishes once");
    epochs_[producer] = kEnded;
    letBarrierPass();
  }
  waker().wake();
}

void SinkWriter::setPrologue(std::string prologue) {
  if (target_.divided != nullptr) {
    target_.divided->setPrologue(std::move(prologue));
  } else if (target_.bytes == 0) {  // a file that goes on has it already
    prologue_ = std::move(prologue);
  }
}

std::string SinkWriter::unfinished() const {
  if (target_.divided != nullptr) return target_.divided->unfinished();
  return target_.final_path.empty() ? "" : target_.path;
}

// Nothing to write now: files may be old enough to be finished.
Step SinkWriter::rest() {
  if (target_.divided == nullptr) return Step::idle();
  if (published_) {
    if (Result<void> released = target_.divided->release(published_()); !released) {
      state_.fail(released.error());
      return Step::done();
    }
  }
  Result<int64_t> next = target_.divided->tick();
  if (next) return Step::idle(*next);
  state_.fail(next.error());
  return Step::done();
}

Result<void> SinkWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    Result<size_t> written = target_.file->write(bytes);
    if (!written) return std::unexpected(written.error());
    bytes.remove_prefix(*written);
    bytes_written_.fetch_add(*written, std::memory_order_relaxed);
  }
  return {};
}

// One thing a step: some bytes; or, when all before it is written, the barrier; or the end.
Step SinkWriter::step() {
  if (state_.failed()) return Step::done();
  Item item;
  std::vector<Waker*> wake;
  bool rests = false;
  {
    std::lock_guard lock(mutex_);
    if (!queue_.empty()) {
      item = std::move(queue_.front());
      queue_.pop_front();
      queued_bytes_ -= item.bytes.size();
    } else {
      rests = !passed(kEnded);
    }
    const bool half_empty = queued_bytes_ < kSinkBytesMax / 2 && held_bytes_ < kSinkBytesMax / 2;
    if (half_empty) full_.store(false, std::memory_order_release);
    if (half_empty || item.epoch) wake.swap(waiting_);
  }
  if (rests) return rest();
  for (Waker* worker : wake) worker->wake();
  return act(item, /*last=*/item.bytes.size() == 0 && !item.epoch);
}

Step SinkWriter::act(const Item& item, bool last) {
  Result<void> result;
  if (target_.file != nullptr && !reader_gone_) {
    if (!item.epoch) result = write(std::exchange(prologue_, {}));
    if (result) result = last ? closeFile() : item.epoch ? makeDurable(*item.epoch) : write(item.bytes.view());
  }
  if (!result && result.error().code == ErrorCode::kBrokenPipe) {
    // `./job | head`: nobody wants more. The job ends, quietly.
    reader_gone_ = true;
    state_.drain();
    env_.interruptReads();
  } else if (!result) {
    state_.fail(result.error());
    return Step::done();
  }
  if (on_epoch_ && (item.epoch || last)) on_epoch_(item.epoch.value_or(0), bytesWritten(), last);
  return last ? Step::done() : Step::ran();
}

// The bytes, and once the name of the file that has them.
Result<void> SinkWriter::makeDurable(uint64_t epoch) {
  if (target_.divided != nullptr) return target_.divided->seal(epoch);
  if (!target_.file->isRegular() || planted(Mistake::kSinkUnsynced)) return {};
  if (Result<void> synced = target_.file->sync(); !synced || name_durable_) return synced;
  name_durable_ = true;
  if (planted(Mistake::kSinkNameUnsynced)) return {};
  return env_.syncDirectoryOf(target_.path);
}

Result<void> SinkWriter::closeFile() {
  if (target_.divided != nullptr && on_epoch_) {
    // Files of a job that will go on grow on, when they wait for its end anyway.
    const bool goes_on = target_.divided->isNamedAtEnd() && state_.draining();
    if (Result<void> closed = goes_on ? Result<void>{} : target_.divided->close(); !closed) return closed;
    return target_.divided->seal(kEnded);
  }
  if (!target_.final_path.empty() || on_epoch_) {
    if (Result<void> durable = makeDurable(kEnded); !durable) return durable;
  }
  if (planted(Mistake::kCommitEarly)) {
    if (Result<void> committed = commit(); !committed) return committed;
  }
  return target_.file->close();
}

Result<void> SinkWriter::commit() {
  if (planted(Mistake::kCommitEarly) && !target_.final_path.empty() && !env_.exists(target_.path)) return {};
  if (target_.divided != nullptr) return target_.divided->commit();
  if (target_.final_path.empty()) return {};
  if (Result<void> renamed = env_.rename(target_.path, target_.final_path); !renamed) return renamed;
  return env_.syncDirectoryOf(target_.final_path);
}

}  // namespace streamrt
