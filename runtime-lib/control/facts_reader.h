// Collects a running job's facts (control/job_facts.h) from the counters of its parts. Set up before the job runs;
// `read` may then be called from any one thread. Everything that was added outlives this.
#ifndef RUNTIME_LIB_CONTROL_FACTS_READER_H
#define RUNTIME_LIB_CONTROL_FACTS_READER_H

#include <map>
#include <utility>
#include <vector>

#include "runtime-lib/connectors/sink_writer.h"
#include "runtime-lib/connectors/source.h"
#include "runtime-lib/control/counters.h"
#include "runtime-lib/control/job_facts.h"
#include "runtime-lib/core/channel.h"
#include "runtime-lib/core/job_plan.h"

namespace streamrt {

class FactsReader {
 public:
  FactsReader(const JobPlan& plan, const RunState& state, Env& env)
      : plan_(plan), state_(state), env_(env), start_us_(env.wallUs()) {}

  // In the order of the plan.
  void addWorker(const Actor& actor, const WorkerCounters& counters) { workers_.push_back({&actor, &counters}); }
  void addSource(const Source& source) { sources_.push_back(&source); }
  void addSink(const SinkWriter& writer) { sinks_.push_back(&writer); }
  // A channel of the exchange that leads to a worker.
  void addChannel(uint32_t exchange, uint32_t to, const Channel& channel) {
    channels_[{exchange, to}].push_back(&channel);
  }

  JobFacts read() const;

 private:
  struct WorkerParts {
    const Actor* actor;
    const WorkerCounters* counters;
  };

  void readOperators(JobFacts& facts) const;
  void readSources(JobFacts& facts) const;
  void readSinks(JobFacts& facts) const;
  void readRejected(JobFacts& facts) const;
  void readWorkers(JobFacts& facts) const;
  void readState(JobFacts& facts) const;

  const JobPlan& plan_;
  const RunState& state_;
  Env& env_;
  const int64_t start_us_;
  std::vector<WorkerParts> workers_;
  std::vector<const Source*> sources_;
  std::vector<const SinkWriter*> sinks_;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<const Channel*>> channels_;
};

}  // namespace streamrt

#endif
