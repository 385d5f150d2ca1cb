// Source partitions that are sequences of records, read one after the other: takes chunks from a reader and has them
// decoded into rows.
//
// A position is the offset behind the last record, what the decoder must know of the beginning of the file, and a
// fingerprint of its first bytes, by which another file under its name is noticed.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H
#define RUNTIME_LIB_CONNECTORS_RECORD_PARTITION_H

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/connectors/meta_columns.h"
#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/connectors/source.h"

namespace streamrt {

// Where reading goes on in an input. Empty: at its beginning.
struct RecordPosition {
  static constexpr size_t kHeadBytesMax = 4096;

  int64_t offset = 0;
  int64_t line = 0;       // line ends before it, where they are counted
  std::string header;     // RecordDecoder::header
  size_t head_bytes = 0;  // the first bytes of the input, at most kHeadBytesMax …
  std::string head_hash;  // … and their contentHash

  std::string text() const;
  // kForeignCheckpoint: the text is not one of text().
  static Result<RecordPosition> parse(std::string_view text, const std::string& owner);
};

class RecordPartition : public SourcePartition {
 public:
  // What chunks come from, in order.
  struct Input {
    std::string name;      // in messages
    std::string path;      // meta.path
    RecordPosition start;  // where the reader begins
  };
  // `owner` begins messages: "source quakes".
  RecordPartition(ChunkQueue& queue, std::unique_ptr<RecordDecoder> decoder, size_t max_record, Env& env,
                  RunState& state, std::string owner, std::vector<Input> inputs, MetaColumns meta)
      : queue_(queue),
        decoder_(std::move(decoder)),
        max_record_(max_record),
        env_(env),
        state_(state),
        owner_(std::move(owner)),
        inputs_(std::move(inputs)),
        meta_(meta) {
    beginInput();
  }

  PollOutcome poll(Batch& batch, DecodeFailures& failures) override;
  void abandon() override { queue_.abandon(); }
  std::string position() const override;

 private:
  void beginInput();
  void moveTo(int64_t offset);
  // Takes the next chunk in hand. False: there is none, or it is the last word of an input; `outcome` says which.
  bool takeChunk(DecodeFailures& failures, uint32_t& records, PollOutcome::Kind& outcome);
  // Of the rows from `from` on, which are of the chunk in hand.
  void fillMeta(Batch& batch, uint32_t from);

  ChunkQueue& queue_;
  std::unique_ptr<RecordDecoder> decoder_;
  const size_t max_record_;
  Env& env_;
  RunState& state_;
  const std::string owner_;
  const std::vector<Input> inputs_;
  const MetaColumns meta_;
  const char* counted_ = nullptr;  // line ends of the chunk in hand are counted up to here …
  int64_t line_ = 0;               // … and these are all before it
  size_t current_input_ = 0;
  RecordPosition position_;
  RecordPosition position_before_;  // kept for Mistake::kPositionEarly alone
  bool input_ended_ = false;        // the next poll is of the next input
  ChunkPtr current_;
  std::vector<ChunkPtr> used_;  // a batch may still point into them
  PollOutcome::Kind closed_ = PollOutcome::Kind::kMore;
};

}  // namespace streamrt

#endif
