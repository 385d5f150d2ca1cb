// A stage that reads an exchange: one channel from every worker for every process that sends there.
//
// A gate (control/gate.h) may stand before it: then rows that have to wait are held, and nothing is taken until they
// are gone. Watermarks are combined over the channels (time/watermark_combiner.h). A barrier that has arrived on some
// channels stops these until it has arrived on all that have not ended; then it is forwarded. The stage ends when all
// channels have.
#ifndef RUNTIME_LIB_CONTROL_EXCHANGE_STAGE_H
#define RUNTIME_LIB_CONTROL_EXCHANGE_STAGE_H

#include <optional>
#include <vector>

#include "runtime-lib/control/gate.h"
#include "runtime-lib/control/stage.h"
#include "runtime-lib/core/channel.h"
#include "runtime-lib/time/watermark_combiner.h"

namespace streamrt {

class ExchangeStage : public Stage {
 public:
  struct Input {
    Channel* channel;
    // It is known before anything was read that nothing comes from there: it does not hold the watermark back.
    bool empty = false;
  };
  // With `one_partition` all rows come from one partition of one source, so that lateness is exact: what other channels
  // have said of time does not count.
  ExchangeStage(WorkerContext& context, const StageTopology& topology, std::vector<Input> inputs, bool one_partition,
                std::optional<Gate> gate);

 protected:
  Step work() override;
  StageShare share() override;

 private:
  struct State {
    Channel* channel;
    bool ended = false;
    bool stopped = false;  // has had the barrier that others are still waiting for
  };

  void giveBack(size_t index, BatchPtr batch);
  void take(size_t index);
  void onBatch(size_t index, BatchPtr batch);
  Step passHeld();
  void shut();
  void onBarrier(size_t index, Barrier barrier);
  void align();

  std::vector<State> inputs_;
  WatermarkCombiner combiner_;
  std::optional<Barrier> barrier_;
  size_t next_ = 0;
  int watermark_column_;
  const bool one_partition_;
  std::optional<Gate> gate_;
  BatchPtr held_;  // rows that the gate has not let through yet
  size_t held_from_ = 0;
  BatchPtr read_out_;  // goes back when none of its rows is being flattened any more
  size_t read_out_from_ = 0;
  bool is_shut_ = false;  // the gate is, and everybody has been told
  bool refused_ = false;  // nobody needs the inputs, and they have been told
};

}  // namespace streamrt

#endif
