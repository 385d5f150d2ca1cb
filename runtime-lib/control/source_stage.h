// A stage that reads the partitions of a source which belong to this worker, one batch of one partition at a time.
#ifndef RUNTIME_LIB_CONTROL_SOURCE_STAGE_H
#define RUNTIME_LIB_CONTROL_SOURCE_STAGE_H

#include <memory>
#include <vector>

#include "runtime-lib/connectors/source.h"
#include "runtime-lib/control/stage.h"
#include "runtime-lib/time/source_watermarks.h"

namespace streamrt {

class SourceStage : public Stage, public DecodeFailures {
 public:
  // What of the source belongs to this worker.
  struct Owned {
    std::vector<CheckpointManifest::Partition> partitions;  // where each begins; those that were read out before too
    std::vector<Source::Sequence> sequences;                // of the others
  };
  // A source that is not `bounded` ends when nobody wants its rows any more. One that is bounded is read out, so that
  // what it rejects does not depend on who was faster.
  SourceStage(WorkerContext& context, const StageTopology& topology, Owned owned, bool bounded);

  void undecodable(const RecordView& record, std::string_view detail) override;

 protected:
  Step work() override;
  void publish() override;

 private:
  // Partitions that are read one after the other.
  struct Slot {
    Source::Sequence sequence;
    size_t first = 0;    // of its partitions in watermarks_
    size_t current = 0;  // the one that is read
    bool closed = false;
    bool polled = false;   // the one that is read was
    size_t published = 0;  // the partitions before it are published as they stay

    size_t index() const { return first + current; }
  };

  const SourcePlan& plan() const { return context_.plan.sources[rootPlan().input.id]; }
  // True when the partition gave something.
  bool take(size_t slot_index, int64_t& deadline_us);
  int64_t takeWatermark();
  StageShare share() override;
  void close(Slot& slot);
  std::optional<uint64_t> barrierWanted() const;

  void publish(size_t partition);

  std::vector<Slot> slots_;
  std::vector<PartitionCounters*> counters_;             // of the partitions, as in watermarks_
  std::vector<CheckpointManifest::Partition> marks_;     // the same: where they began, or ended
  std::vector<CheckpointManifest::Partition> finished_;  // those that were read out before this run
  const bool bounded_;
  Batch batch_;
  SourceWatermarks watermarks_;
  size_t next_ = 0;
  uint64_t sealed_ = 0;            // the epoch of the last barrier
  uint32_t undecodable_ = 0;       // in the poll that runs
  uint32_t batches_unmarked_ = 0;  // since the last watermark
};

}  // namespace streamrt

#endif
