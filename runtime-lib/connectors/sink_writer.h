// The actor that writes one sink's bytes to its file or stream, and the bounded queue that workers fill.
//
// A bounded job writes a regular file `p` as `p.part`; `commit` gives it its name after the whole job has succeeded, so
// that a reader of `p` never meets half a result. An unbounded job, a pipe or a device is written directly.
//
// Barriers: bytes that a producer pushes behind the barrier of an epoch wait until every producer has sent that
// barrier; then all bytes before it are made durable and counted, and `on_epoch` is told. So the file is, at every
// epoch, a prefix that belongs to it.
#ifndef RUNTIME_LIB_CONNECTORS_SINK_WRITER_H
#define RUNTIME_LIB_CONNECTORS_SINK_WRITER_H

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime-lib/connectors/divided_output.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

constexpr size_t kSinkBytesMax = 8 << 20;  // waiting for the writer; a worker that finds more does not run its stage

class SinkWriter : public Actor {
 public:
  struct Target {
    std::unique_ptr<OutputFile> file;  // null: bytes are dropped (the connector `null`)
    std::string path;                  // what is written
    std::string final_path;            // what it is renamed to; empty: nothing to rename
    DividedOutput* divided = nullptr;  // `file`, when it is one: its bytes are frames
    uint64_t bytes = 0;                // in the file already, from an earlier run
  };
  // Of an epoch: how many bytes of the file belong to it, durably. `last`: nothing follows.
  using OnEpoch = std::function<void(uint64_t epoch, uint64_t bytes, bool last)>;
  SinkWriter(Env& env, RunState& state, std::string name, Target target);

  // What the output begins with, before the first bytes and also if there are none. REQUIRES: before it runs.
  void setPrologue(std::string prologue);

  // Makes it keep epochs. REQUIRES: before it runs.
  void onEpoch(OnEpoch call) { on_epoch_ = std::move(call); }
  // The newest epoch whose checkpoint is published; the writer is woken when it changes. REQUIRES: as onEpoch.
  void setPublished(std::function<uint64_t()> published) { published_ = std::move(published); }

  // Workers. Each producer has a number and says `finish` once. `hasRoom` = false: this worker is woken when there is
  // room again.
  uint32_t addProducer();
  bool hasRoom(uint32_t producer, Waker& worker);
  void push(uint32_t producer, ByteBuffer&& bytes);
  void barrier(uint32_t producer, uint64_t epoch);
  void finish(uint32_t producer);

  Step step() override;

  // After all actors are done and nothing has failed: the file gets its name, durably.
  Result<void> commit();
  const Target& target() const { return target_; }
  // What lies under a name that is not the final one; "" when nothing does.
  std::string unfinished() const;
  uint64_t bytesWritten() const { return bytes_written_.load(std::memory_order_relaxed); }

 private:
  struct Item {
    ByteBuffer bytes;
    std::optional<uint64_t> epoch = {};  // no bytes: a barrier that everybody has sent
  };
  static constexpr uint64_t kEnded = UINT64_MAX;

  bool isBehind(uint32_t producer) const { return barrier_ && epochs_[producer] >= *barrier_; }
  bool passed(uint64_t epoch) const;
  void letBarrierPass();
  bool roomFor(uint32_t producer) const;
  Step act(const Item& item, bool last);
  Result<void> write(std::string_view bytes);
  Result<void> makeDurable(uint64_t epoch);
  Result<void> closeFile();
  Step rest();

  Env& env_;
  RunState& state_;
  Target target_;
  OnEpoch on_epoch_;
  std::function<uint64_t()> published_;
  std::mutex mutex_;
  std::deque<Item> queue_;           // up to the barrier that not everybody has sent
  std::deque<Item> held_;            // behind it
  std::vector<uint64_t> epochs_;     // by producer: of the last barrier, or kEnded
  std::optional<uint64_t> barrier_;  // some have sent it
  std::vector<Waker*> waiting_;
  size_t queued_bytes_ = 0;
  size_t held_bytes_ = 0;
  std::atomic<bool> full_{false};  // somebody may have to wait: take the lock and look
  std::atomic<uint64_t> bytes_written_;
  std::string prologue_;
  bool name_durable_ = false;
  bool reader_gone_ = false;  // broken pipe: what still comes is dropped
};

}  // namespace streamrt

#endif
