// The actor that reads one file, pipe or terminal and hands whole records to the worker in chunks. On the real system
// it is the one that may wait inside a read; the worker never does.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_READER_H
#define RUNTIME_LIB_CONNECTORS_RECORD_READER_H

#include "runtime-lib/connectors/record_assembler.h"
#include "runtime-lib/core/counter.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

class RecordReader : public Actor {
 public:
  RecordReader(Env& env, RunState& state, std::string name, std::unique_ptr<InputFile> file,
               std::unique_ptr<RecordCutter> cutter, size_t max_record, Waker& worker);

  Step step() override;
  ChunkQueue& queue() { return queue_; }
  uint64_t bytesRead() const { return bytes_read_.value(); }

 private:
  bool deliver();
  Step close(Chunk::Kind kind);

  RunState& state_;
  std::unique_ptr<InputFile> file_;
  RecordAssembler assembler_;
  ChunkQueue queue_;
  Counter bytes_read_;
  ChunkPtr waiting_;  // did not fit into the queue
  std::optional<Chunk::Kind> closing_;
};

}  // namespace streamrt

#endif
