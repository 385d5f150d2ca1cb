#include "runtime-lib/connectors/sink_writer.h"

#include <algorithm>

#include "runtime-lib/core/check.h"

namespace streamrt {

SinkWriter::SinkWriter(Env& env, RunState& state, std::string name, Target target)
    : Actor(env, std::move(name)), env_(env), state_(state), target_(std::move(target)) {}

bool SinkWriter::hasRoom(Waker& worker) {
  if (queued_bytes_.load(std::memory_order_acquire) < kSinkBytesMax) return true;
  std::lock_guard lock(mutex_);
  if (queued_bytes_.load(std::memory_order_acquire) < kSinkBytesMax) return true;
  if (std::find(waiting_.begin(), waiting_.end(), &worker) == waiting_.end()) waiting_.push_back(&worker);
  return false;
}

void SinkWriter::push(ByteBuffer&& bytes) {
  if (bytes.size() == 0) return;
  {
    std::lock_guard lock(mutex_);
    queued_bytes_.fetch_add(bytes.size(), std::memory_order_release);
    queue_.push_back(std::move(bytes));
  }
  waker().wake();
}

void SinkWriter::setPrologue(std::string prologue) {
  if (target_.divided != nullptr) {
    target_.divided->setPrologue(std::move(prologue));
  } else {
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
  Result<int64_t> next = target_.divided->tick();
  if (next) return Step::idle(*next);
  state_.fail(next.error());
  return Step::done();
}

void SinkWriter::finish() {
  {
    std::lock_guard lock(mutex_);
    STREAM_CHECK(producers_ > 0, "a producer finishes once");
    --producers_;
  }
  waker().wake();
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

Step SinkWriter::step() {
  if (state_.failed()) return Step::done();
  ByteBuffer bytes;
  std::vector<Waker*> wake;
  bool rests = false;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty()) {
      rests = producers_ > 0;
    } else {
      bytes = std::move(queue_.front());
      queue_.pop_front();
      size_t left = queued_bytes_.fetch_sub(bytes.size(), std::memory_order_acq_rel) - bytes.size();
      if (left < kSinkBytesMax / 2) wake.swap(waiting_);
    }
  }
  if (rests) return rest();
  for (Waker* worker : wake) worker->wake();
  bool last = bytes.size() == 0;
  if (target_.file == nullptr || reader_gone_) return last ? Step::done() : Step::ran();
  Result<void> result = write(std::exchange(prologue_, {}));
  if (result) result = last ? closeFile() : write({bytes.data(), bytes.size()});
  if (!result && result.error().code == ErrorCode::kBrokenPipe) {
    // `./job | head`: nobody wants more. The job ends, quietly.
    reader_gone_ = true;
    state_.drain();
    env_.interruptReads();
  } else if (!result) {
    state_.fail(result.error());
    return Step::done();
  }
  return last ? Step::done() : Step::ran();
}

Result<void> SinkWriter::closeFile() {
  if (!target_.final_path.empty()) {
    if (Result<void> synced = target_.file->sync(); !synced) return synced;
  }
  return target_.file->close();
}

Result<void> SinkWriter::commit() {
  if (target_.divided != nullptr) return target_.divided->commit();
  if (target_.final_path.empty()) return {};
  if (Result<void> renamed = env_.rename(target_.path, target_.final_path); !renamed) return renamed;
  return env_.syncDirectoryOf(target_.final_path);
}

}  // namespace streamrt
