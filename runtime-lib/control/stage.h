// A stage on one worker: the processes that run together by direct call, their tables and outputs, and what is the same
// for stages that read a source (control/source_stage.h) and an exchange (control/exchange_stage.h):
//
//  1. Nothing runs unless every output has room for what one call may write.
//  2. After a call of a process: its sinks are encoded, its scratch memory is emptied, its rejects run through their
//     errors processes, in the same step.
//  3. An advanced watermark fires the due windows of each table in order of time, one batch a step, so that firing a
//     million of them does not keep anything else waiting; while it lasts the stage takes no input. Only then is the
//     watermark forwarded.
//  4. Rows with lists that a process wrote to a flatten are taken apart in the steps behind, a batch each; while it
//     lasts the stage takes no input, fires no window and forwards no watermark, so all memory that those rows point
//     into stays.
//  5. At a barrier, between two batches, the stage hands in its share of the checkpoint and sends the barrier on; when
//     it ends it hands in its last one.
//  6. What is kept back to fill batches leaves when there is no more input.
#ifndef RUNTIME_LIB_CONTROL_STAGE_H
#define RUNTIME_LIB_CONTROL_STAGE_H

#include <memory>
#include <optional>
#include <vector>

#include "runtime-lib/control/checkpointer.h"
#include "runtime-lib/control/counters.h"
#include "runtime-lib/control/error_rows.h"
#include "runtime-lib/control/flattener.h"
#include "runtime-lib/control/restore.h"
#include "runtime-lib/control/sink_outbox.h"
#include "runtime-lib/control/topology.h"
#include "runtime-lib/core/exchange.h"
#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/core/task.h"
#include "runtime-lib/io/env.h"
#include "runtime-lib/state/table.h"
#include "runtime-lib/time/timer_queue.h"

namespace streamrt {

// What the stages of one worker share. Lives as long as they.
struct WorkerContext {
  const JobPlan& plan;
  const StreamJobImage& image;
  Env& env;
  RunState& state;
  Waker& waker;
  uint32_t worker = 0;
  uint32_t workers = 1;
  uint32_t batch_rows = 1;
  uint64_t hash_seed = 0;
  ParamSlot* params = nullptr;
  PageAllocator* pages = nullptr;
  WorkerCounters* counters = nullptr;
  bool watched = false;                  // somebody may ask how the job stands while it runs
  Checkpointer* checkpointer = nullptr;  // null: nothing of this run is kept
  Restore* restore = nullptr;            // while the job is built; null: it begins at the beginning
};

class Stage : public Rejecter, public EncodeFailures {
 public:
  Stage(WorkerContext& context, const StageTopology& topology);
  ~Stage() override;

  // Makes the tables, of the checkpoint's pages where there is one. Once, before anything is connected.
  Result<void> openTables();

  // Outputs are connected before the first step. The process is one of the stage's, `output` its index there.
  void connect(uint32_t process, uint32_t output, std::unique_ptr<ExchangeOutbox> outbox);
  void connect(uint32_t process, uint32_t output, std::unique_ptr<SinkOutbox> outbox);
  void connectFlatten(uint32_t process, uint32_t output, uint32_t flatten);
  // The decoder that the process calls by that number.
  void addDecoder(uint32_t process, uint32_t number, std::unique_ptr<TextDecoder> decoder);

  Step step();

  void reject(StreamTask& task, Batch& batch, uint32_t row, uint32_t site, std::string_view detail) override;
  void unencodable(uint32_t row, uint32_t site, std::string_view detail) override;

  uint64_t openWindows() const;
  uint64_t stateKeys() const;

 protected:
  // Takes some input. Ran: it did something. Done: the input is at its end. Else: there is none.
  virtual Step work() = 0;
  // For a watched job, after each step: what others may see of this stage.
  virtual void publish();

  const ProcessPlan& rootPlan() const { return context_.plan.processes[topology_.root]; }
  // Runs the root over a batch, and what its rejects lead to.
  void runRoot(Batch& batch);
  void runErrors();
  // Everything that the stage makes goes where nobody looks at it; rows of errors do not count.
  bool unwanted() const;
  // The stage's watermark is this now: windows fire and it is forwarded before anything else is read.
  void advance(Watermark watermark) { pending_ = watermark; }
  // Everything before the barrier is in the stage's state now: hands in its share of the checkpoint, sends it on.
  void seal(Barrier barrier);
  int64_t watermark() const { return watermark_us_; }
  // Rows of the batch that the root had last are still being flattened.
  bool flattening();
  void rejectRecord(uint32_t site, const RejectedRow& row);
  // What a checkpoint keeps of this stage on this worker.
  virtual StageShare share();

  WorkerContext& context_;
  const StageTopology topology_;
  ErrorRows error_rows_;

 private:
  struct Process;
  struct WindowTable;
  struct Errors;

  Result<void> openTable(uint32_t table);
  GroupMap owners() const;
  void addErrors(uint32_t errors);
  Process& process(uint32_t id);
  void connect(uint32_t process, uint32_t output, Output entry, std::unique_ptr<Outbox> outbox);
  Step stepUnwatched();
  bool outputsHaveRoom();
  bool flush();
  void run(Process& process, Batch& batch);
  bool flattenSome();
  bool fireSome();
  void fireBatch(WindowTable& table, int64_t start, uint32_t cells);
  void forwardPending();
  void finish();

  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<std::unique_ptr<WindowTable>> tables_;
  std::vector<std::unique_ptr<Errors>> errors_;
  std::vector<std::unique_ptr<Flattener>> flatteners_;  // as topology_.flattens
  std::vector<std::unique_ptr<Outbox>> outboxes_;
  std::vector<Outbox*> results_;  // of these the ones that are not of errors
  std::optional<Watermark> pending_;
  int64_t watermark_us_ = kMinTime;
  Process* running_ = nullptr;                  // the process whose function runs, or whose sinks are being encoded
  Batch* input_ = nullptr;                      // its input
  std::optional<int64_t> fired_event_time_us_;  // of the rows of the window that a fire function finishes
  uint32_t generation_ = 0;                     // 0: rows of the job; n: rows of errors of rows of generation n − 1
  bool ended_ = false;
};

}  // namespace streamrt

#endif
