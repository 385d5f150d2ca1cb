// What a source connector is to the rest of the runtime: partitions that fill batches, and actors that read for them.
//
// A partition is used by the one worker it is assigned to. It hands out rows in the order of its records; the memory
// that their strings point into lives until it is polled again. One object may stand for several partitions that are
// read one after the other. Connectors are rows of connectors/registry.cpp.
#ifndef RUNTIME_LIB_CONNECTORS_SOURCE_H
#define RUNTIME_LIB_CONNECTORS_SOURCE_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/core/options.h"
#include "runtime-lib/core/run_state.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

// Takes records that are no rows.
class DecodeFailures {
 public:
  virtual ~DecodeFailures() = default;
  virtual void undecodable(const RecordView& record, std::string_view detail) = 0;
};

struct PollOutcome {
  enum class Kind : uint8_t {
    kMore,     // there may be more at once
    kPaused,   // nothing more now: the worker is woken, or polls again at the deadline
    kNext,     // this partition is read out; the reader goes on with the next one of those it was made for
    kEnd,      // read out: nothing more, ever
    kStopped,  // the job drains: nothing more in this run
  };
  Kind kind = Kind::kPaused;
  int64_t deadline_us = kNever;
};

class SourcePartition {
 public:
  virtual ~SourcePartition() = default;
  // Adds rows to `batch`, which is empty, with their records. Every outcome may come with rows.
  virtual PollOutcome poll(Batch& batch, DecodeFailures& failures) = 0;
  // Nobody wants more rows: there is no further poll, and what reads for the partition may end.
  virtual void abandon() {}
  // Where the partition that was polled last goes on, as JSON that only its connector understands: what a checkpoint
  // keeps. REQUIRES: the source is replayable.
  virtual std::string position() const { return ""; }
};

// What a connector gets to make a source.
struct SourceSpec {
  const SourcePlan& plan;
  Options options;
  Options format_options;
  std::string base;  // paths are relative to it
  Env& env;
  RunState& state;
  // The partitions that the checkpoint knows which the job goes on from, by number. They keep their numbers.
  struct Former {
    std::string name;
    std::string position;
    bool ended = false;
  };
  std::vector<Former> former = {};
};

class Source {
 public:
  virtual ~Source() = default;
  virtual uint32_t partitions() const = 0;
  // Has an end that does not depend on somebody outside: the job finishes by itself.
  virtual bool isBounded() const = 0;
  // Can be read again from a position, in this run or another.
  virtual bool isReplayable() const { return false; }
  // What a partition is called where numbers may change from run to run: a file's path.
  virtual std::string partitionName(uint32_t partition) const { return (void)partition, ""; }
  // `worker` is woken when the partition has something after a pause. `position`: where a checkpoint left it; empty: at
  // its beginning. Called once for each partition but those that were read out, before anything runs.
  virtual Result<std::unique_ptr<SourcePartition>> open(uint32_t partition, Waker& worker,
                                                        std::string_view position) = 0;
  // Of files: how many bytes were read, and how many there are more. Any thread, any time after `open`.
  struct Progress {
    uint64_t bytes_read = 0;
    std::optional<uint64_t> bytes_left;
  };
  virtual std::optional<Progress> progress() const { return std::nullopt; }

  // Several partitions that one worker reads in this order, each to its end (PollOutcome::kNext) before the next.
  struct Sequence {
    std::vector<uint32_t> partitions;
    std::unique_ptr<SourcePartition> reader;
  };
  struct Start {
    uint32_t partition;
    std::string position;
  };
  // All partitions of a worker, called once for each worker that has some. By default they are read side by side.
  virtual Result<std::vector<Sequence>> openAll(const std::vector<Start>& starts, Waker& worker) {
    std::vector<Sequence> sequences;
    for (const Start& start : starts) {
      auto opened = open(start.partition, worker, start.position);
      if (!opened) return std::unexpected(opened.error());
      sequences.push_back({{start.partition}, std::move(*opened)});
    }
    return sequences;
  }
  // What runs besides the workers; complete after every partition was opened, owned by the source.
  virtual std::vector<Actor*> actors() { return {}; }
};

// Positions made of numbers: {"offset":n,…}. kForeignCheckpoint: the text has no such number. Of an empty text: 0.
std::string positionText(std::initializer_list<std::pair<std::string_view, int64_t>> numbers);
Result<int64_t> positionNumber(std::string_view position, std::string_view name, const std::string& source);

// `path` as the job's author meant it: relative to the directory of the .stream file; "-" stays.
std::string resolvePath(const std::string& base, const std::string& path);

}  // namespace streamrt

#endif
