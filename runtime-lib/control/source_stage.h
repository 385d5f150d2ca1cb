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
  struct OwnedPartition {
    int32_t number;
    std::unique_ptr<SourcePartition> partition;
  };
  SourceStage(WorkerContext& context, const StageTopology& topology, std::vector<OwnedPartition> partitions);

  void undecodable(const RecordView& record, std::string_view detail) override;

 protected:
  Step work() override;
  void publish() override;

 private:
  struct Slot {
    int32_t number;
    std::unique_ptr<SourcePartition> partition;
    bool closed = false;
    PartitionCounters* counters = nullptr;
  };

  const SourcePlan& plan() const { return context_.plan.sources[rootPlan().input.id]; }
  // True when the partition gave something.
  bool take(size_t index, int64_t& deadline_us);
  int64_t takeWatermark();

  std::vector<Slot> slots_;
  Batch batch_;
  SourceWatermarks watermarks_;
  size_t next_ = 0;
  uint32_t undecodable_ = 0;       // in the poll that runs
  uint32_t batches_unmarked_ = 0;  // since the last watermark
};

}  // namespace streamrt

#endif
