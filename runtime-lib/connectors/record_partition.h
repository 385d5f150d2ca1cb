// A source partition that is a sequence of records: takes chunks from a reader and has them decoded into rows.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H
#define RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/connectors/source.h"

namespace streamrt {

class RecordPartition : public SourcePartition {
 public:
  // `owner` begins messages: "source quakes"; `inputs` are what the chunks come from, in order.
  RecordPartition(ChunkQueue& queue, std::unique_ptr<RecordDecoder> decoder, size_t max_record, RunState& state,
                  std::string owner, std::vector<std::string> inputs)
      : queue_(queue),
        decoder_(std::move(decoder)),
        max_record_(max_record),
        state_(state),
        owner_(std::move(owner)),
        inputs_(std::move(inputs)) {}

  PollOutcome poll(Batch& batch, DecodeFailures& failures) override;

 private:
  // Takes the next chunk in hand. False: there is none, or it is the last word of an input; `outcome` says which.
  bool takeChunk(DecodeFailures& failures, uint32_t& records, PollOutcome::Kind& outcome);

  ChunkQueue& queue_;
  std::unique_ptr<RecordDecoder> decoder_;
  const size_t max_record_;
  RunState& state_;
  const std::string owner_;
  const std::vector<std::string> inputs_;
  size_t current_input_ = 0;
  ChunkPtr current_;
  std::vector<ChunkPtr> used_;  // a batch may still point into them
  PollOutcome::Kind closed_ = PollOutcome::Kind::kMore;
};

}  // namespace streamrt

#endif
