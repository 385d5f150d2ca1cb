// Takes the checkpoints of a running job (runtime-lib/checkpoint): asks the sources for a barrier, waits until every
// share of every stage and every sink has handed in what it is at the barrier, writes that, publishes the manifest.
//
//   worker threads: a source stage sees `wanted`, hands in its share, sends the barrier; a stage behind it hands in its
//                   share when the barrier has arrived on all its inputs; a stage that ends hands in its last share
//   writers:        a sink says how many bytes belong to the epoch, after it has made them durable
//   this actor:     the rest, in one step for each file, so that the job runs on meanwhile; of tables only what changed
//                   since the checkpoint before (state/change_log.h)
//
// A stage that has ended counts for every later epoch as it was at its end. When all have, the last checkpoint is
// taken: it says whether the inputs were read out. Only then is this actor done, and sinks may give their files their
// names. One epoch is under way at a time. A failure to write or sync ends the job: the last published checkpoint
// stands.
#ifndef RUNTIME_LIB_CONTROL_CHECKPOINTER_H
#define RUNTIME_LIB_CONTROL_CHECKPOINTER_H

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime-lib/checkpoint/change_chain.h"
#include "runtime-lib/checkpoint/store.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

// What one worker's share of a stage is at a barrier.
struct StageShare {
  struct Table {
    std::string operator_id;
    uint64_t keys = 0;
    std::shared_ptr<SealedChanges> changes;  // null when they were written
  };
  std::string process;
  std::vector<std::string> inside;  // other roots, which run inside of this one
  uint32_t worker = 0;
  int64_t watermark_us = INT64_MIN;
  int64_t rows_passed = 0;  // by the limit before the stage
  std::vector<CheckpointManifest::Partition> partitions;
  std::vector<Table> tables;
};

class Checkpointer : public Actor {
 public:
  struct Options {
    int64_t interval_us = 10'000'000;
    uint32_t keep = 10;
    std::string job, plan_hash, compiler;
    uint64_t hash_seed = 0;
    uint32_t workers = 0;
    uint64_t parent = 0;  // the epoch that this run began from
  };
  Checkpointer(Env& env, RunState& state, CheckpointStore& store, Options options);

  // How many shares and sinks there are. REQUIRES: before anything runs.
  void expect(size_t shares, size_t sinks) { shares_expected_ = shares, sinks_expected_ = sinks; }
  // The files that a table was restored from. REQUIRES: before anything runs.
  void goOnFrom(const std::string& operator_id, uint32_t worker, ChangeChain chain) {
    chains_[{operator_id, worker}] = std::move(chain);
  }
  // Who is woken when a barrier is wanted.
  void addWorker(Waker& worker) { workers_.push_back(&worker); }
  // Who is woken when a checkpoint was published.
  void addSink(Waker& sink) { published_to_.push_back(&sink); }

  // Worker threads. The epoch whose barrier source stages are to send, once each.
  uint64_t wanted() const { return wanted_.load(std::memory_order_acquire); }
  void handIn(uint64_t epoch, StageShare share);
  // Pages that a share is to hand in as wholes (ChangeChain::wantWhole).
  std::vector<uint32_t> takeWhole(const std::string& operator_id, uint32_t worker);
  // The stage has ended; its share is the same for ever.
  void handInLast(StageShare share);

  // Writers. Sinks are numbered; the last word of a sink, when it has ended, is for ever.
  void handInSink(uint64_t epoch, uint32_t number, CheckpointManifest::Sink sink, bool last);

  Step step() override;

  uint64_t published() const { return published_.load(std::memory_order_relaxed); }

 private:
  enum class Phase : uint8_t { kResting, kCollecting, kWriting };
  // One table of one share, on its way into a file.
  struct Work {
    CheckpointManifest::Table table;
    std::shared_ptr<SealedChanges> changes;  // none since the last checkpoint: null
  };

  Step rest();
  Step collect();
  Step write();
  Result<void> writeChanges(const Work& work, ChangeChain& chain);
  Result<void> publish();
  Step fail(const Error& error);
  void begin();
  bool complete() const;
  template <class Map, class Use>
  static void forEachNewest(Map& now, Map& last, Use use);

  Env& env_;
  RunState& state_;
  CheckpointStore& store_;
  const Options options_;
  size_t shares_expected_ = 0;
  size_t sinks_expected_ = 0;
  std::vector<Waker*> workers_;
  std::vector<Waker*> published_to_;
  std::atomic<uint64_t> wanted_{0};
  std::atomic<uint64_t> published_{0};

  Phase phase_ = Phase::kResting;
  int64_t next_us_ = 0;
  int64_t began_us_ = 0;
  CheckpointManifest manifest_;  // of the epoch that is being written
  std::vector<Work> files_;
  size_t next_file_ = 0;
  bool last_ = false;

  using ShareName = std::pair<std::string, uint32_t>;  // root process and worker
  using TableName = std::pair<std::string, uint32_t>;  // operator and worker
  std::map<TableName, ChangeChain> chains_;
  std::mutex mutex_;                        // of what follows
  std::map<ShareName, StageShare> shares_;  // of the epoch under way
  std::map<ShareName, StageShare> last_shares_;
  std::map<uint32_t, CheckpointManifest::Sink> sinks_;
  std::map<uint32_t, CheckpointManifest::Sink> last_sinks_;
  std::map<TableName, std::vector<uint32_t>> whole_;
};

}  // namespace streamrt

#endif
