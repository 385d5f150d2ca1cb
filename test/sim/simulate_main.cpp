// simulate: storms over jobs (test/sim/storm.h), and the mistakes that storms must find (runtime-lib/core/mistake.h).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "runtime-lib/core/mistake.h"
#include "test/sim/storm.h"

namespace streamc::sim {
namespace {

struct CommandLine {
  std::string root = ".";
  std::string filter;
  uint64_t seed = 1;
  uint64_t count = 4;
  bool mistakes = false;
  std::string mistake;
};

std::vector<std::string> jobFiles(const CommandLine& line) {
  std::vector<std::string> files;
  auto add = [&](const std::filesystem::path& directory) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      if (entry.path().extension() == ".stream") files.push_back(entry.path());
    }
  };
  if (line.mistakes) {
    add(line.root + "/test/sim/jobs");
  } else {
    add(line.root + "/test/run");
    add(line.root + "/test/sim/jobs");
    for (const auto& entry : std::filesystem::directory_iterator(line.root + "/examples")) {
      if (entry.is_directory()) add(entry.path());
    }
  }
  std::erase_if(files, [&](const std::string& path) { return path.find(line.filter) == std::string::npos; });
  std::sort(files.begin(), files.end());
  return files;
}

struct Loaded {
  std::unique_ptr<SimulatedJob> job;
  Reference reference;
};

std::string repeat(const SimulatedJob& job, uint64_t seed) {
  return fmt::format("repeat: simulate --filter /{}.stream --seed {} --count 1", job.name(), seed);
}

// Every job straight, and through storms that change the number of workers: the same outputs.
int runJobs(const CommandLine& line) {
  std::map<Reference::Kind, std::vector<std::string>> by_kind;
  StormCounts counts;
  bool failed = false;
  for (const std::string& path : jobFiles(line)) {
    auto job = SimulatedJob::load(path);
    if (job == nullptr) {
      by_kind[Reference::Kind::kFails].push_back(path + ": does not compile");
      continue;
    }
    const Reference reference = referenceOf(*job);
    by_kind[reference.kind].push_back(fmt::format("{}: {}", job->name(), reference.why));
    if (reference.kind != Reference::Kind::kComparable) continue;
    for (uint64_t seed = line.seed; seed < line.seed + line.count; ++seed) {
      const std::string wrong = storm(*job, reference, seed, counts);
      if (wrong.empty()) continue;
      fmt::print("FAILED {}, seed {}: {}\n  {}\n", job->name(), seed, wrong, repeat(*job, seed));
      failed = true;
      break;
    }
  }
  for (auto [kind, title] : {std::pair(Reference::Kind::kVaries, "depends on who is faster"),
                             {Reference::Kind::kRefuses, "refuses checkpoints"},
                             {Reference::Kind::kFails, "fails by design"}}) {
    for (const std::string& text : by_kind[kind]) fmt::print("not compared, {}: {}\n", title, text);
  }
  const size_t compared = by_kind[Reference::Kind::kComparable].size();
  fmt::print("simulation: {} jobs, {} storms of {} lives: {} deaths, {} power cuts, {} stops; {}\n", compared,
             counts.storms, counts.lives, counts.deaths, counts.power_cuts, counts.stops,
             failed ? "FAILED" : "0 wrong");
  return failed || compared == 0 ? 1 : 0;
}

// Each planted mistake must make some storm come out wrong, within `count` seeds.
int runMistakes(const CommandLine& line) {
  std::vector<Loaded> jobs;
  for (const std::string& path : jobFiles(line)) {
    Loaded loaded{SimulatedJob::load(path), {}};
    if (loaded.job == nullptr) return 1;
    loaded.reference = referenceOf(*loaded.job);
    if (loaded.reference.kind != Reference::Kind::kComparable) {
      fmt::print("{} is no job for this: {}\n", path, loaded.reference.why);
      return 1;
    }
    jobs.push_back(std::move(loaded));
  }
  size_t found = 0, missed = 0;
  StormCounts counts;
  for (size_t number = 1; number < streamrt::kMistakeTexts.size(); ++number) {
    const char* text = streamrt::kMistakeTexts[number];
    if (!line.mistake.empty() && std::string_view(text).find(line.mistake) == std::string_view::npos) continue;
    streamrt::planted_mistake = static_cast<streamrt::Mistake>(number);
    std::string wrong;
    uint64_t seed = line.seed;
    for (; seed < line.seed + line.count && wrong.empty(); ++seed) {
      const Loaded& loaded = jobs[seed % jobs.size()];
      wrong = storm(*loaded.job, loaded.reference, seed, counts);
      if (!wrong.empty()) wrong = loaded.job->name() + ": " + wrong;
    }
    streamrt::planted_mistake = streamrt::Mistake::kNone;
    ++(wrong.empty() ? missed : found);
    std::replace(wrong.begin(), wrong.end(), '\n', ' ');
    fmt::print("{:5} {}: {}\n", wrong.empty() ? "-" : std::to_string(seed - line.seed), text,
               wrong.empty() ? "MISSED" : wrong.substr(0, 140));
  }
  fmt::print("mistakes: {} found, {} missed, within {} seeds each ({} storms)\n", found, missed, line.count,
             counts.storms);
  return missed == 0 && found > 0 ? 0 : 1;
}

int simulate(int argc, char** argv) {
  CommandLine line;
  CLI::App app("Jobs under a simulator, killed again and again");
  app.add_option("--root", line.root, "The repository")->capture_default_str();
  app.add_option("--filter", line.filter, "Only jobs whose path contains this");
  app.add_option("--seed", line.seed, "The first seed")->capture_default_str();
  app.add_option("--count", line.count, "How many seeds")->capture_default_str();
  app.add_flag("--mistakes", line.mistakes, "Plant mistakes: each must be found");
  app.add_option("--mistake", line.mistake, "Only the mistakes whose text contains this");
  CLI11_PARSE(app, argc, argv);
  return line.mistakes ? runMistakes(line) : runJobs(line);
}

}  // namespace
}  // namespace streamc::sim

int main(int argc, char** argv) { return streamc::sim::simulate(argc, argv); }
