// What takes the place of connectors when something in this process wants to feed a job and look at its rows:
// benchmarks read events that lie in memory and fold the columns that come out. Given to a Runtime, used while it is
// built (openSource, openSink) and by its workers (take).
#ifndef RUNTIME_LIB_CONTROL_STAND_INS_H
#define RUNTIME_LIB_CONTROL_STAND_INS_H

#include <memory>

#include "runtime-lib/connectors/source.h"

namespace streamrt {

// Takes the rows that one worker writes to a sink, as columns, instead of an encoder. On the worker's thread.
class RowTaker {
 public:
  virtual ~RowTaker() = default;
  virtual void take(const Batch& batch) = 0;
};

class StandIns {
 public:
  virtual ~StandIns() = default;
  virtual Result<std::unique_ptr<Source>> openSource(SourceSpec spec) = 0;
  // Called for each sink and worker that writes to it. Null: the rows are dropped.
  virtual std::unique_ptr<RowTaker> openSink(const SinkPlan& plan, uint32_t worker) = 0;
};

}  // namespace streamrt

#endif
