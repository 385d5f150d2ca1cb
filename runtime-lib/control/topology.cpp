#include "runtime-lib/control/topology.h"

#include <fmt/format.h>

#include <algorithm>

namespace streamrt {
namespace {

bool contains(const std::vector<uint32_t>& list, uint32_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

class Topology {
 public:
  explicit Topology(const JobPlan& plan) : plan_(plan) {}

  Result<std::vector<StageTopology>> stages() {
    for (uint32_t process = 0; process < plan_.processes.size(); ++process) {
      ProcessInput::Kind kind = plan_.processes[process].input.kind;
      if (kind != ProcessInput::Kind::kSource && kind != ProcessInput::Kind::kExchange) continue;
      if (plan_.processes[process].inside) continue;
      StageTopology stage;
      stage.root = process;
      addFired(stage, process);
      stages_.push_back(std::move(stage));
    }
    for (StageTopology& stage : stages_) {
      addErrors(stage);
      std::vector<uint32_t> sorted;
      for (uint32_t flatten : stage.flattens) sortFlatten(flatten, sorted);
      stage.flattens = std::move(sorted);
    }
    return sorted();
  }

 private:
  void addFired(StageTopology& stage, uint32_t process) {
    stage.processes.push_back(process);
    for (const FusedPlan& fused : plan_.one_worker) {
      if (fused.process != process) continue;
      for (uint32_t inside : fused.inside)
        if (plan_.processes[inside].inside) stage.inside.push_back(inside);
    }
    for (const ProcessOutput& output : plan_.processes[process].outputs) {
      if (output.kind != ProcessOutput::Kind::kFlatten || contains(stage.flattens, output.id)) continue;
      stage.flattens.push_back(output.id);
      addFired(stage, plan_.flattens[output.id].process);
    }
    for (uint32_t table : plan_.processes[process].tables) {
      stage.tables.push_back(table);
      if (plan_.tables[table].fired_process) addFired(stage, *plan_.tables[table].fired_process);
    }
  }

  // What a flatten's process writes to stands behind it.
  void sortFlatten(uint32_t flatten, std::vector<uint32_t>& sorted) const {
    if (contains(sorted, flatten)) return;
    for (const ProcessOutput& output : plan_.processes[plan_.flattens[flatten].process].outputs) {
      if (output.kind == ProcessOutput::Kind::kFlatten) sortFlatten(output.id, sorted);
    }
    sorted.insert(sorted.begin(), flatten);
  }

  // Every errors whose site may be met by a process of the stage, until nothing is added any more.
  void addErrors(StageTopology& stage) {
    for (size_t done = 0; done < stage.processes.size(); ++done) {
      uint32_t process = stage.processes[done];
      const ProcessPlan& plan = plan_.processes[process];
      if (plan.input.kind == ProcessInput::Kind::kSource) addSite(stage, plan_.sources[plan.input.id].decode_site);
      for (const ProcessOutput& output : plan.outputs) {
        if (output.kind != ProcessOutput::Kind::kSink) continue;
        if (auto site = plan_.sinks[output.id].encode_site) addSite(stage, *site);
      }
      for (uint32_t site = 0; site < plan_.sites.size(); ++site) {
        const SitePlan& entry = plan_.sites[site];
        if (entry.process ? *entry.process == process : done == 0 && mayReject(stage, site)) addSite(stage, site);
      }
    }
  }

  // A site that names no process and is neither of a decoder nor of an encoder: any stage, but those behind its own
  // errors.
  bool mayReject(const StageTopology& stage, uint32_t site) const {
    for (const SourcePlan& source : plan_.sources) {
      if (source.decode_site == site) return false;
    }
    for (const SinkPlan& sink : plan_.sinks) {
      if (sink.encode_site == site) return false;
    }
    const ErrorsPlan& errors = plan_.errors[plan_.sites[site].errors];
    if (errors.policy != ErrorPolicy::kStream) return false;
    std::vector<uint32_t> behind;
    reach(errors.process, behind);
    return !contains(behind, stage.root);
  }

  // All processes that get rows from `process`, directly or not.
  void reach(uint32_t process, std::vector<uint32_t>& reached) const {
    for (const ProcessOutput& output : plan_.processes[process].outputs) {
      if (output.kind == ProcessOutput::Kind::kFlatten) reach(plan_.flattens[output.id].process, reached);
      if (output.kind != ProcessOutput::Kind::kExchange) continue;
      for (uint32_t next = 0; next < plan_.processes.size(); ++next) {
        const ProcessInput& input = plan_.processes[next].input;
        if (input.kind != ProcessInput::Kind::kExchange || input.id != output.id || contains(reached, next)) continue;
        reached.push_back(next);
        reach(next, reached);
      }
    }
    for (uint32_t table : plan_.processes[process].tables) {
      if (plan_.tables[table].fired_process) reach(*plan_.tables[table].fired_process, reached);
    }
  }

  void addSite(StageTopology& stage, uint32_t site) {
    uint32_t errors = plan_.sites[site].errors;
    if (plan_.errors[errors].policy != ErrorPolicy::kStream || contains(stage.errors, errors)) return;
    stage.errors.push_back(errors);
    addFired(stage, plan_.errors[errors].process);
  }

  bool feeds(const StageTopology& from, const StageTopology& to) const {
    const ProcessInput& input = plan_.processes[to.root].input;
    if (input.kind != ProcessInput::Kind::kExchange) return false;
    for (uint32_t process : from.processes) {
      for (const ProcessOutput& output : plan_.processes[process].outputs) {
        if (output.kind == ProcessOutput::Kind::kExchange && output.id == input.id) return true;
      }
    }
    return false;
  }

  Result<std::vector<StageTopology>> sorted() {
    std::vector<StageTopology> order;
    std::vector<bool> taken(stages_.size(), false);
    while (order.size() < stages_.size()) {
      bool found = false;
      for (size_t i = 0; i < stages_.size() && !found; ++i) {
        if (taken[i]) continue;
        bool ready = true;
        for (size_t j = 0; j < stages_.size(); ++j) {
          if (!taken[j] && feeds(stages_[j], stages_[i])) ready = false;
        }
        if (!ready) continue;
        taken[i] = found = true;
        order.push_back(stages_[i]);
      }
      if (!found) {
        return failure(ErrorCode::kBadManifest,
                       "the job's manifest is damaged: rejected rows come back to their own step");
      }
    }
    return order;
  }

  const JobPlan& plan_;
  std::vector<StageTopology> stages_;
};

}  // namespace

Result<std::vector<StageTopology>> stagesOf(const JobPlan& plan) { return Topology(plan).stages(); }

}  // namespace streamrt
