// A source partition that is a sequence of records: takes chunks from a reader and has them decoded into rows.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H
#define RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/connectors/source.h"

namespace streamrt {

class RecordPartition : public SourcePartition {
 public:
  // `input` is what a message about all of it names: `source quakes: quakes.csv`.
  RecordPartition(ChunkQueue& queue, std::unique_ptr<RecordDecoder> decoder, size_t max_record, RunState& state,
                  std::string input)
      : queue_(queue), decoder_(std::move(decoder)), max_record_(max_record), state_(state), input_(std::move(input)) {}

  PollOutcome poll(Batch& batch, DecodeFailures& failures) override;

 private:
  // Takes the next chunk in hand. False: there is none, or it is the last word; `closed_` says which.
  bool takeChunk(DecodeFailures& failures, uint32_t& records);

  ChunkQueue& queue_;
  std::unique_ptr<RecordDecoder> decoder_;
  const size_t max_record_;
  RunState& state_;
  const std::string input_;
  ChunkPtr current_;
  std::vector<ChunkPtr> used_;  // a batch may still point into them
  PollOutcome::Kind closed_ = PollOutcome::Kind::kMore;
};

}  // namespace streamrt

#endif
