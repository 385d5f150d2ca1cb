// The actor that writes one sink's bytes to its file or stream, and the bounded queue that workers fill.
//
// A bounded job writes a regular file `p` as `p.part`; `commit` gives it its name after the whole job has succeeded, so
// that a reader of `p` never meets half a result. An unbounded job, a pipe or a device is written directly.
#ifndef RUNTIME_LIB_CONNECTORS_SINK_WRITER_H
#define RUNTIME_LIB_CONNECTORS_SINK_WRITER_H

#include <atomic>
#include <deque>
#include <mutex>

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
  };
  SinkWriter(Env& env, RunState& state, std::string name, Target target);

  // What the output begins with, before the first bytes and also if there are none. REQUIRES: before it runs.
  void setPrologue(std::string prologue);

  // Workers. Each producer says `finish` once. `hasRoom` = false: this worker is woken when there is room again.
  void addProducer() { ++producers_; }
  bool hasRoom(Waker& worker);
  void push(ByteBuffer&& bytes);
  void finish();

  Step step() override;

  // After all actors are done and nothing has failed: the file gets its name, durably.
  Result<void> commit();
  const Target& target() const { return target_; }
  // What lies under a name that is not the final one; "" when nothing does.
  std::string unfinished() const;
  uint64_t bytesWritten() const { return bytes_written_.load(std::memory_order_relaxed); }

 private:
  Result<void> write(std::string_view bytes);
  Result<void> closeFile();
  Step rest();

  Env& env_;
  RunState& state_;
  Target target_;
  std::mutex mutex_;
  std::deque<ByteBuffer> queue_;
  std::vector<Waker*> waiting_;
  int producers_ = 0;
  std::atomic<size_t> queued_bytes_{0};
  std::atomic<uint64_t> bytes_written_{0};
  std::string prologue_;
  bool reader_gone_ = false;  // broken pipe: what still comes is dropped
};

}  // namespace streamrt

#endif
