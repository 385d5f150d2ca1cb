// The actor that reads files one after another, or one pipe or terminal, and hands whole records to the worker in
// chunks. On the real system it is the one that may wait inside a read; the worker never does.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_READER_H
#define RUNTIME_LIB_CONNECTORS_RECORD_READER_H

#include <functional>

#include "runtime-lib/connectors/record_assembler.h"
#include "runtime-lib/core/counter.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

class RecordReader : public Actor {
 public:
  struct Input {
    std::string path;
    std::unique_ptr<InputFile> file;  // null: opened when its turn comes
    int64_t offset = 0;               // where it goes on when it is opened
    int64_t line = 0;                 // line ends before that
  };
  // How a reader behaves that is one of very many, or has to count.
  struct Thrift {
    Waker* waker = nullptr;  // of the actor that steps this one; null: it runs by itself
    bool reopens = false;    // keeps no file open between two reads
    size_t chunk_bytes = kChunkBytes;
    uint32_t chunks = kReaderChunks;
    bool counts_lines = false;
  };
  using MakeCutter = std::function<std::unique_ptr<RecordCutter>()>;

  // `owner` begins messages: "source quakes". REQUIRES: at least one input.
  RecordReader(Env& env, RunState& state, std::string name, std::string owner, std::vector<Input> inputs,
               MakeCutter make_cutter, size_t max_record, Waker& worker, Thrift thrift);

  Step step() override;
  ChunkQueue& queue() { return queue_; }
  uint64_t bytesRead() const { return bytes_read_.value(); }

 private:
  bool deliver();
  // Ends this input, or all, with a chunk that says so.
  Step close(Chunk::Kind kind);
  Step closed();
  Step fail(const Error& error);

  Env& env_;
  RunState& state_;
  std::string owner_;
  std::vector<Input> inputs_;
  size_t current_ = 0;  // in inputs_
  MakeCutter make_cutter_;
  const Thrift thrift_;
  RecordAssembler assembler_;
  ChunkQueue queue_;
  Counter bytes_read_;
  ChunkPtr waiting_;  // did not fit into the queue
  std::optional<Chunk::Kind> closing_;
};

}  // namespace streamrt

#endif
