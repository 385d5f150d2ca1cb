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
};

// What a connector gets to make a source.
struct SourceSpec {
  const SourcePlan& plan;
  Options options;
  Options format_options;
  std::string base;  // paths are relative to it
  Env& env;
  RunState& state;
};

class Source {
 public:
  virtual ~Source() = default;
  virtual uint32_t partitions() const = 0;
  // Has an end that does not depend on somebody outside: the job finishes by itself.
  virtual bool isBounded() const = 0;
  // `worker` is woken when the partition has something after a pause. Called once for each partition, before anything
  // runs.
  virtual std::unique_ptr<SourcePartition> open(uint32_t partition, Waker& worker) = 0;
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
  // All partitions of a worker, called once for each worker that has some. By default they are read side by side.
  virtual std::vector<Sequence> openAll(const std::vector<uint32_t>& partitions, Waker& worker) {
    std::vector<Sequence> sequences;
    for (uint32_t partition : partitions) sequences.push_back({{partition}, open(partition, worker)});
    return sequences;
  }
  // What runs besides the workers; complete after every partition was opened, owned by the source.
  virtual std::vector<Actor*> actors() { return {}; }
};

// `path` as the job's author meant it: relative to the directory of the .stream file; "-" stays.
std::string resolvePath(const std::string& base, const std::string& path);

}  // namespace streamrt

#endif
