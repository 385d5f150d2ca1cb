// A job under the simulator that is killed again and again: by death of the process, by a power cut, by SIGTERM, with
// another number of workers each time, until it comes to its end; then its outputs must be those of an undisturbed run.
#ifndef TEST_SIM_STORM_H
#define TEST_SIM_STORM_H

#include "test/sim/simulated_job.h"

namespace streamc::sim {

// What undisturbed runs of a job are.
struct Reference {
  enum class Kind : uint8_t {
    kComparable,
    kFails,    // ends with an error, by design
    kVaries,   // what it writes depends on who is faster
    kRefuses,  // cannot take checkpoints, and says so
  };
  Kind kind = Kind::kComparable;
  Outputs outputs;
  std::string why;
  Life longest;          // of a run with checkpoints
  bool repeats = false;  // its files are written directly, at least once: the job has no end of its own
};
Reference referenceOf(const SimulatedJob& job);

struct StormCounts {
  uint64_t storms = 0, lives = 0, deaths = 0, power_cuts = 0, stops = 0;
  void add(const StormCounts& other);
};

// One storm, all of which comes from the seed. "" or what was wrong.
std::string storm(const SimulatedJob& job, const Reference& reference, uint64_t seed, StormCounts& counts);

}  // namespace streamc::sim

#endif
