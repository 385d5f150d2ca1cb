// A checkpoint being taken up again: what of it belongs to which source partition, stage, table and sink of this run.
//
// With as many workers as before, the pages of a table are used as they are, and the files that they came from are the
// beginning of what later checkpoints consist of. With another number, the keys of all
// former shares go to the workers that own their groups now. Used while the job is built, by one thread, then dropped.
#ifndef RUNTIME_LIB_CONTROL_RESTORE_H
#define RUNTIME_LIB_CONTROL_RESTORE_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime-lib/checkpoint/change_chain.h"
#include "runtime-lib/checkpoint/store.h"
#include "runtime-lib/connectors/source.h"
#include "runtime-lib/core/exchange.h"
#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/state/table.h"

namespace streamrt {

class Restore {
 public:
  // kForeignCheckpoint: it is of another job or plan.
  static Result<std::unique_ptr<Restore>> of(CheckpointStore& store, CheckpointManifest manifest, const JobPlan& plan);

  const CheckpointManifest& manifest() const { return manifest_; }
  // Null when the checkpoint does not know it: then it begins at the beginning.
  const CheckpointManifest::Partition* partition(const std::string& source, int32_t partition) const;
  const CheckpointManifest::Sink* sink(const std::string& operator_id) const;
  // What the stage had closed on any worker stays closed.
  int64_t watermark(const std::string& process) const;
  // What the limit before the stage had let through.
  int64_t rowsPassed(const std::string& process) const;
  // The partitions of a source, by number.
  std::vector<SourceSpec::Former> partitions(const std::string& source) const;
  struct Opened {
    std::unique_ptr<Table> table;
    bool in_files = false;  // the chain holds exactly this table
    ChangeChain chain;
  };
  // This worker's share of a table. `owners`: who owns each key group now.
  Result<Opened> table(const TableLayout& layout, const std::string& operator_id, uint32_t worker, uint32_t workers,
                       const GroupMap& owners, PageAllocator& pages);

 private:
  // The former shares of one table, for as long as keys are taken out of them.
  struct Shares {
    PageAllocator pages;
    std::vector<std::unique_ptr<Table>> tables;
  };

  Restore(CheckpointStore& store, CheckpointManifest manifest) : store_(store), manifest_(std::move(manifest)) {}
  Result<Opened> open(const CheckpointManifest::Table& share, const TableLayout& layout, PageAllocator& pages);

  CheckpointStore& store_;
  const CheckpointManifest manifest_;
  std::map<std::string, Shares> former_;
};

}  // namespace streamrt

#endif
