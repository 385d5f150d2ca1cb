// A job of test/run or examples/ as native code under the simulator (runtime-lib/io/sim_env.h): its inputs on a
// simulated disk, lives that end by themselves, by a stop, by death or by a power cut, and what stands on the disk
// then.
#ifndef TEST_SIM_SIMULATED_JOB_H
#define TEST_SIM_SIMULATED_JOB_H

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codegen/jit/jit.h"
#include "runtime-lib/io/sim_env.h"
#include "tools/driver/compile.h"

namespace streamc::sim {

// Sorted lines by file. Files of a sink `files` have no names of their own: there it is by directory.
using Outputs = std::map<std::string, std::vector<std::string>>;

struct LifeChoice {
  streamrt::SimOptions options;
  uint32_t workers = 1;
  uint32_t batch = 2048;
  int64_t checkpoint_us = 0;  // 0: without a state directory
};

struct Life {
  bool died = false;
  int exit_code = 0;
  uint64_t steps = 0, changes = 0;
  int64_t clock_us = 0;
};

class SimulatedJob {
 public:
  // The comments of the file say how it is run (test/run/README.md). Null when it does not compile.
  static std::unique_ptr<SimulatedJob> load(const std::string& path);

  const std::string& name() const { return name_; }
  // A disk with the inputs.
  std::shared_ptr<streamrt::SimDisk> world() const;
  Life live(const std::shared_ptr<streamrt::SimDisk>& disk, const LifeChoice& choice) const;
  // What the job has written: finished files alone, and the standard outputs.
  Outputs outputs(const streamrt::SimDisk& disk) const;

 private:
  SimulatedJob() = default;
  void readComments(const std::string& text, const std::string& directory);
  void addInput(const std::string& path, const std::string& directory);

  std::string name_;
  std::vector<std::string> options_;
  std::map<std::string, std::string> variables_;
  std::map<std::string, std::string> inputs_;  // by path on the simulated disk
  std::unique_ptr<driver::Compilation> compilation_;
  std::optional<codegen::JitJob> code_;
};

// The first differences as text; "" when there are none. Standard outputs may have lines more than once: what was
// written there cannot be taken back. `repeats`: so may files.
std::string difference(const Outputs& wanted, const Outputs& got, bool repeats = false);

}  // namespace streamc::sim

#endif
