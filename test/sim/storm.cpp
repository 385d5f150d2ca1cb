#include "test/sim/storm.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace streamc::sim {
namespace {

constexpr const char* kMoments[] = {"sync directory of /state/manifests/",
                                    "rename /state/manifests/",
                                    "sync /state/manifests/",
                                    "rename /job/",
                                    "sync directory of /job/",
                                    "remove /state/"};
constexpr const char* kLastMoments[] = {"sync directory of /state/manifests/", "rename /job/",
                                        "sync directory of /job/"};
constexpr int64_t kNeverUs = 1'000'000'000;
constexpr uint64_t kDisturbedLives = 10;  // then the job is left in peace

// Of what a process wrote to the standard outputs, the line that it died in is no line.
void dropTornLines(streamrt::SimDisk& disk) {
  for (const char* stream : {"<stdout>", "<stderr>"}) {
    if (auto bytes = disk.read(stream)) disk.put(stream, bytes->substr(0, bytes->find_last_of('\n') + 1));
  }
}

// What stands on standard output is not on the machine's disk: somebody has read it.
void powerCut(streamrt::SimDisk& disk, const std::function<uint64_t(uint64_t)>& below) {
  std::map<std::string, std::string> read;
  for (const char* stream : {"<stdout>", "<stderr>"}) {
    if (auto bytes = disk.read(stream)) read[stream] = *bytes;
  }
  disk.powerCut(below);
  for (auto& [stream, bytes] : read) disk.put(stream, bytes);
}

std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void StormCounts::add(const StormCounts& other) {
  storms += other.storms;
  lives += other.lives;
  deaths += other.deaths;
  power_cuts += other.power_cuts;
  stops += other.stops;
}

Reference referenceOf(const SimulatedJob& job) {
  Reference reference;
  for (uint32_t run = 0; run < 4; ++run) {
    auto disk = job.world();
    const Life life = job.live(disk, {{.seed = run + 1, .read_max = 300u << 3 * run}, 1 + run % 3, 7u << 3 * run});
    if (life.exit_code != 0) {
      reference.why = fmt::format("exit code {}: {}", life.exit_code, firstLine(disk->read("<stderr>").value_or("")));
      reference.kind = Reference::Kind::kFails;
      return reference;
    }
    Outputs outputs = job.outputs(*disk);
    if (run == 0) reference.outputs = outputs;
    if (reference.why = difference(reference.outputs, outputs); !reference.why.empty()) {
      reference.kind = Reference::Kind::kVaries;
      return reference;
    }
  }
  auto disk = job.world();
  reference.longest = job.live(disk, {{.seed = 9}, 2, 64, 20});
  const std::string said = disk->read("<stderr>").value_or("");
  if (reference.longest.exit_code == 78 && said.find("R0206") != std::string::npos) {
    reference.kind = Reference::Kind::kRefuses;
    reference.why = firstLine(said);
    return reference;
  }
  // Whoever dies half-way leaves finished files only where nothing is finished by a rename.
  disk = job.world();
  job.live(disk, {{.seed = 9, .die_at_change = reference.longest.changes / 2}, 2, 64, 20});
  for (const auto& [path, lines] : job.outputs(*disk)) reference.repeats |= path.starts_with("/") && !lines.empty();
  return reference;
}

std::string storm(const SimulatedJob& job, const Reference& reference, uint64_t seed, StormCounts& counts) {
  std::mt19937_64 random(seed);
  auto below = [&](uint64_t bound) { return random() % std::max<uint64_t>(bound, 1); };
  auto disk = job.world();
  ++counts.storms;
  const Life& typical = reference.longest;
  const bool at_the_end = below(8) == 0;  // all that happens between the last checkpoint and the end
  for (uint64_t number = 1;; ++number) {
    LifeChoice choice;
    choice.options.seed = random();
    choice.options.read_max = 1 + below(below(2) == 0 ? 200 : 60'000);
    choice.workers = static_cast<uint32_t>(1 + below(4));
    choice.batch = static_cast<uint32_t>(1 + below(below(2) == 0 ? 8 : 300));
    choice.checkpoint_us = static_cast<int64_t>(1 + below(static_cast<uint64_t>(typical.clock_us) / 2 + 2));
    if (at_the_end && number <= kDisturbedLives) {
      choice.checkpoint_us = kNeverUs;
      choice.options.die_at_text = kLastMoments[below(std::size(kLastMoments))];
      choice.options.die_at_match = 1 + below(4);
    } else if (number <= kDisturbedLives) {
      switch (below(8)) {
        case 0:
          choice.options.stop_at_step = 1 + below(typical.steps);
          break;
        case 1:
          // Where the order of things counts, however rare they are.
          choice.options.die_at_text = kMoments[below(std::size(kMoments))];
          choice.options.die_at_match = 1 + below(1 + below(6));
          break;
        case 2:
          choice.options.die_at_step = 1 + below(typical.steps >> below(7));
          break;
        default:
          choice.options.die_at_change = 1 + below(typical.changes >> below(7));
      }
    }
    const Life life = job.live(disk, choice);
    ++counts.lives;
    if (life.died) {
      ++counts.deaths;
      dropTornLines(*disk);
      if (below(2) == 0) {
        ++counts.power_cuts;
        powerCut(*disk, below);
      }
      continue;
    }
    if (life.exit_code != 0) {
      const std::string said = disk->read("<stderr>").value_or("");
      return fmt::format("life {} ended with exit code {}: {}", number, life.exit_code,
                         said.substr(said.size() - std::min<size_t>(said.size(), 300)));
    }
    if (choice.options.stop_at_step != 0) {  // it may not have come to its end
      ++counts.stops;
      continue;
    }
    return difference(reference.outputs, job.outputs(*disk), reference.repeats);
  }
}

}  // namespace streamc::sim
