// A source partition that is a sequence of lines: takes chunks from a reader, cuts them into records, decodes them into
// rows. CR LF counts as LF, a byte order mark at the beginning and blank lines are skipped, the last line needs no end.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H
#define RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/connectors/source.h"

namespace streamrt {

class RecordPartition : public SourcePartition {
 public:
  RecordPartition(ChunkQueue& queue, std::unique_ptr<RecordDecoder> decoder, size_t max_record)
      : queue_(queue), decoder_(std::move(decoder)), max_record_(max_record) {}

  PollOutcome poll(Batch& batch, DecodeFailures& failures) override;

 private:
  // The next record of current_, or nothing at its end.
  bool nextLine(RecordView& line);
  void decode(const RecordView& line, Batch& batch, DecodeFailures& failures);

  ChunkQueue& queue_;
  std::unique_ptr<RecordDecoder> decoder_;
  const size_t max_record_;
  ChunkPtr current_;
  size_t position_ = 0;         // in current_
  std::vector<ChunkPtr> used_;  // a batch may still point into them
  PollOutcome::Kind closed_ = PollOutcome::Kind::kMore;
  std::string detail_;
};

}  // namespace streamrt

#endif
