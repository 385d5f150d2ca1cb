// Builds a job from its plan and runs it to its end: opens sources and sinks, makes workers, channels and stages, hands
// them to the environment, and gives finished files their names. One Runtime runs once.
#ifndef RUNTIME_LIB_CONTROL_RUNTIME_H
#define RUNTIME_LIB_CONTROL_RUNTIME_H

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime-lib/abi/job_image.h"
#include "runtime-lib/control/stand_ins.h"
#include "runtime-lib/core/error.h"
#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

constexpr uint32_t kBatchRowsDefault = 2048;
constexpr uint32_t kBatchRowsMax = 1 << 16;

struct RunOptions {
  uint32_t workers = 0;  // 0: as many as the input has partitions, at most one a core
  uint32_t batch_rows = kBatchRowsDefault;
  std::string base;               // where relative paths start
  std::vector<Literal> params;    // by slot; checked against their types
  bool live_line = false;         // show progress while it runs
  std::string listen;             // address of the control server; empty: none
  StandIns* stand_ins = nullptr;  // instead of all connectors; outlives the run
  // Checkpoints. No directory: nothing is kept.
  std::string state_directory;
  int64_t checkpoint_us = 10'000'000;
  uint32_t keep = 10;
  enum class RestoreFrom : uint8_t { kNewest, kNone, kEpoch };
  RestoreFrom restore_from = RestoreFrom::kNewest;
  uint64_t restore_epoch = 0;
  std::function<void(uint64_t epoch)> on_restored;  // called before anything runs
};

// What a run did. Complete whether it failed or not.
struct RunReport {
  struct Count {
    std::string name;
    uint64_t records = 0;
  };
  std::vector<Count> sources;   // records read, whatever became of them
  std::vector<Count> sinks;     // records written
  std::vector<Count> rejected;  // by cause, but late ones; greatest first
  uint64_t late = 0;
  uint64_t errors_lost = 0;   // rejected rows of errors that had nowhere to go
  uint64_t windows_open = 0;  // left open because the job was asked to stop
  bool stopped = false;       // asked to stop before the end of its input
  uint32_t workers = 0;
  double seconds = 0;
  uint64_t restored_epoch = 0;          // the checkpoint that it went on from; 0: none
  uint64_t checkpoint_epoch = 0;        // the newest checkpoint now; 0: none
  bool finished_before = false;         // an earlier run has read the inputs out: nothing was done
  std::vector<std::string> unfinished;  // outputs that keep the name p.part because the job did not reach its end
  std::optional<Error> error;
};

class Runtime {
 public:
  Runtime(const JobPlan& plan, const StreamJobImage& image, RunOptions options, Env& env);
  ~Runtime();

  RunReport run();

 private:
  class Build;
  std::unique_ptr<Build> build_;
};

}  // namespace streamrt

#endif
