#include "runtime-lib/control/facts_reader.h"

#include <algorithm>

namespace streamrt {
namespace {

// One counter of each worker.
template <class Get>
std::vector<uint64_t> perWorker(size_t workers, Get get) {
  std::vector<uint64_t> values;
  for (size_t worker = 0; worker < workers; ++worker) values.push_back(get(worker));
  return values;
}

}  // namespace

JobFacts FactsReader::read() const {
  JobFacts facts;
  facts.job = plan_.job;
  facts.compiler = plan_.compiler;
  facts.plan = plan_.plan_hash;
  facts.start_us = start_us_;
  facts.now_us = env_.wallUs();
  facts.workers = static_cast<uint32_t>(workers_.size());
  if (state_.failed()) {
    facts.phase = JobFacts::Phase::kFailed;
    if (auto error = state_.error()) facts.failure = error->text;
  } else if (state_.draining()) {
    facts.phase = JobFacts::Phase::kDraining;
  }
  readOperators(facts);
  readSources(facts);
  readSinks(facts);
  readRejected(facts);
  readWorkers(facts);
  readState(facts);
  return facts;
}

// Processes of one name are one operator: what reads the rows and what a window of it fires. Fired rows are the
// operator's own; they are not counted as input.
void FactsReader::readOperators(JobFacts& facts) const {
  for (uint32_t worker = 0; worker < workers_.size(); ++worker) {
    const WorkerCounters& counters = *workers_[worker].counters;
    size_t first = facts.operators.size();
    for (size_t process = 0; process < plan_.processes.size(); ++process) {
      const ProcessPlan& plan = plan_.processes[process];
      auto found = std::find_if(facts.operators.begin() + static_cast<ptrdiff_t>(first), facts.operators.end(),
                                [&](const auto& op) { return op.name == plan.name; });
      if (found == facts.operators.end()) {
        facts.operators.push_back({plan.name, worker});
        found = facts.operators.end() - 1;
      }
      if (plan.input.kind != ProcessInput::Kind::kFired) found->in += counters.rows_in[process].value();
      found->out += counters.rows_out[process].value();
      found->late += counters.late[process].value();
    }
  }
}

void FactsReader::readSources(JobFacts& facts) const {
  for (size_t i = 0; i < plan_.sources.size(); ++i) {
    JobFacts::Source source{plan_.sources[i].name, plan_.sources[i].operator_id, {}, {}, {}, {}};
    source.records = perWorker(workers_.size(), [&](size_t w) { return workers_[w].counters->records_in[i].value(); });
    source.undecodable =
        perWorker(workers_.size(), [&](size_t w) { return workers_[w].counters->undecodable[i].value(); });
    if (auto progress = sources_[i]->progress()) {
      source.bytes_read = progress->bytes_read;
      source.bytes_left = progress->bytes_left;
    }
    facts.sources.push_back(std::move(source));
  }
  for (uint32_t worker = 0; worker < workers_.size(); ++worker)
    for (const PartitionCounters& partition : workers_[worker].counters->partitions)
      facts.partitions.push_back({partition.source, partition.number, worker,
                                  static_cast<JobFacts::Partition::State>(partition.state.load()),
                                  partition.watermark_us.load()});
}

void FactsReader::readSinks(JobFacts& facts) const {
  for (size_t i = 0; i < plan_.sinks.size(); ++i)
    facts.sinks.push_back(
        {plan_.sinks[i].name, plan_.sinks[i].operator_id,
         perWorker(workers_.size(), [&](size_t w) { return workers_[w].counters->records_out[i].value(); }),
         sinks_[i]->bytesWritten()});
}

// Late rows are counted by operators, whether they were rejected, dropped or read.
void FactsReader::readRejected(JobFacts& facts) const {
  for (size_t site = 0; site < plan_.sites.size(); ++site) {
    const SitePlan& plan = plan_.sites[site];
    if (plan.cause == "late") continue;
    auto found = std::find_if(facts.rejected.begin(), facts.rejected.end(),
                              [&](const auto& r) { return r.step == plan.step && r.cause == plan.cause; });
    if (found == facts.rejected.end()) {
      facts.rejected.push_back({plan.step, plan.cause, std::vector<uint64_t>(workers_.size())});
      found = facts.rejected.end() - 1;
    }
    for (size_t w = 0; w < workers_.size(); ++w) found->rows[w] += workers_[w].counters->rejected[site].value();
  }
}

void FactsReader::readWorkers(JobFacts& facts) const {
  int64_t now_us = env_.monotonicUs();
  for (const WorkerParts& worker : workers_) {
    SleepTimes::Totals times = worker.actor->sleeps().at(now_us);
    facts.by_worker.push_back({static_cast<double>(times.busy_us) / 1e6, static_cast<double>(times.idle_us) / 1e6,
                               static_cast<double>(times.blocked_us) / 1e6, worker.counters->errors_lost.value(),
                               worker.counters->windows_fired.value()});
  }
}

void FactsReader::readState(JobFacts& facts) const {
  for (const auto& [key, channels] : channels_) {
    uint32_t events = 0;
    for (const Channel* channel : channels) events += std::min(channel->size(), kChannelEvents);
    auto reader = std::find_if(plan_.processes.begin(), plan_.processes.end(), [&](const ProcessPlan& process) {
      return process.input.kind == ProcessInput::Kind::kExchange && process.input.id == key.first;
    });
    if (reader == plan_.processes.end()) continue;
    double room = static_cast<double>(channels.size()) * kChannelEvents;
    facts.queues.push_back({reader->name, key.second, static_cast<double>(events) / room});
  }
  for (uint32_t worker = 0; worker < workers_.size(); ++worker)
    for (uint32_t i = 0; i < plan_.tables.size(); ++i) {
      const TableCounters& table = workers_[worker].counters->tables[i];
      facts.tables.push_back({i, plan_.tables[i].operator_id, worker, table.bytes.load(), table.bytes_most.load(),
                              table.bytes_held.load(), table.keys.load(), table.windows.load()});
    }
}

}  // namespace streamrt
