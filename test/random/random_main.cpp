// Random programs before the referee:
//
//   random_programs [--seed 1] [--count 200] [--out DIR] [--show SEED] [--minimise-max 5] [--progress] [--mutants]
//
// For each seed: a program, compiled in a way and run in ways that the seed decides; the outputs must be those of the
// interpreter of the IR. What differs is made small and written to DIR as a job of test/run, with both outputs. The
// last line counts; exit code 1 when something differs.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include "CLI/CLI.hpp"
#include "fmt/core.h"
#include "llvm/Support/InitLLVM.h"
#include "runtime-lib/io/posix_env.h"
#include "test/random/judge.h"
#include "test/random/verdict.h"

namespace {

using namespace streamc::random_programs;
namespace fs = std::filesystem;

struct Options {
  uint64_t seed = 1, count = 200, show = 0;
  std::string out;
  unsigned minimise_max = 5;
  bool progress = false, mutants = false;
};

volatile sig_atomic_t running_seed = 0;

// A check of the runtime or of MLIR ends the process: say which program it was.
extern "C" void sayWhich(int signal_number) {
  char text[64] = "the program of seed ";
  size_t at = std::char_traits<char>::length(text);
  char digits[24];
  size_t count = 0;
  for (auto rest = static_cast<uint64_t>(running_seed); rest > 0 || count == 0; rest /= 10)
    digits[count++] = static_cast<char>('0' + rest % 10);
  while (count > 0) text[at++] = digits[--count];
  text[at++] = '\n';
  if (::write(2, text, at) < 0) std::signal(signal_number, SIG_IGN);
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

struct Counts {
  std::map<Verdict, uint64_t> verdicts;
  uint64_t with_rejections = 0, with_late = 0, numbers = 0, boundaries = 0;
  std::map<std::string, uint64_t> not_judged, no_program;
};

void writeText(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

// The difference as a job of test/run.
void report(const Program& program, const Judgement& judgement, const Options& options, bool minimise) {
  Program small = minimise ? minimised(program, judgement.trial) : program;
  Judgement again = judge(small, {judgement.trial});
  const std::string& text = again.verdict == Verdict::kDiffer ? again.text : judgement.text;
  std::string params;
  for (const auto& [name, value] : small.params) params += "# run: --param " + name + "=" + value + "\n";
  std::string where = fmt::format("{}; {}", judgement.trial.compile.text(), judgement.trial.runs[0].text());
  fmt::print("\nDIFFERS {}: {}\n{}{}", program.name, where, params, small.text());
  for (const auto& [path, lines] : small.inputs) fmt::print("--- {}\n{}", path, small.inputText(path));
  fmt::print("--- what differs\n{}\n", text);
  if (options.out.empty()) return;
  fs::path directory = fs::path(options.out) / program.name;
  fs::create_directories(directory);
  fs::path base = directory / program.name;
  writeText(base.string() + ".stream", params + small.text());
  for (const auto& [path, lines] : small.inputs) writeText(directory / path, small.inputText(path));
  writeText(base.string() + ".difference", where + "\n" + text);
}

// The first error; warnings may stand before it.
std::string firstMessage(const std::string& text) {
  size_t at = std::min(text.find("error["), text.size());
  return text.substr(at, text.find("\n", at) - at);
}

// What programs must have to be worth their time, in percent of those judged (of numbers, the last). A change of the
// generator that loses it is noticed here, once there are enough programs to tell.
constexpr uint64_t kEnough = 50;
constexpr double kRejectionsMin = 30, kLateMin = 20, kBoundariesMin = 33;

// Says what was seen; whether the shares are those that they must be.
bool summarise(const Options& options, const Counts& counts, double seconds) {
  auto of = [&](Verdict verdict) { return counts.verdicts.contains(verdict) ? counts.verdicts.at(verdict) : 0; };
  auto percent = [](uint64_t part, uint64_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(std::max<uint64_t>(whole, 1));
  };
  for (const auto& [why, count] : counts.no_program) fmt::print("no program ({}): {}\n", count, why);
  for (const auto& [why, count] : counts.not_judged) fmt::print("not judged ({}): {}\n", count, why);
  const uint64_t judged = of(Verdict::kAgree) + of(Verdict::kDiffer);
  const double rejections = percent(counts.with_rejections, judged), late = percent(counts.with_late, judged),
               boundaries = percent(counts.boundaries, counts.numbers);
  fmt::print(
      "seeds {} to {}: {} agree, {} differ, {} not judged, {} no program; {:.0f} % with rejected rows, {:.0f} % with "
      "late ones, {:.0f} % of the numbers limits of their type; {:.1f} programs/s\n",
      options.seed, options.seed + options.count - 1, of(Verdict::kAgree), of(Verdict::kDiffer),
      of(Verdict::kNotJudged), of(Verdict::kNoProgram), rejections, late, boundaries,
      static_cast<double>(options.count) / seconds);
  if (judged < kEnough || (rejections >= kRejectionsMin && late >= kLateMin && boundaries >= kBoundariesMin))
    return true;
  fmt::print(
      "the programs are too tame: {:.0f} % with rejected rows, {:.0f} % with late ones, {:.0f} % limits are asked "
      "for\n",
      kRejectionsMin, kLateMin, kBoundariesMin);
  return false;
}

int run(const Options& options) {
  streamrt::PosixEnv system;  // for its clock
  int64_t started_us = system.monotonicUs();
  Counts counts;
  unsigned minimised_so_far = 0;
  for (uint64_t seed = options.seed; seed < options.seed + options.count; ++seed) {
    running_seed = static_cast<sig_atomic_t>(seed);
    Program program = makeProgram(seed);
    Judgement judgement = judge(program, trialsOf(seed));
    ++counts.verdicts[judgement.verdict];
    counts.with_rejections += judgement.has_rejections;
    counts.with_late += judgement.has_late;
    counts.numbers += program.numbers;
    counts.boundaries += program.boundaries;
    if (judgement.verdict == Verdict::kNoProgram) ++counts.no_program[firstMessage(judgement.text)];
    if (judgement.verdict == Verdict::kNotJudged) ++counts.not_judged[judgement.text];
    if (judgement.verdict == Verdict::kDiffer) {
      report(program, judgement, options, minimised_so_far < options.minimise_max);
      ++minimised_so_far;
    }
    if (options.progress && (seed - options.seed + 1) % 500 == 0) {
      double seconds = static_cast<double>(system.monotonicUs() - started_us) / 1e6;
      fmt::print("{} programs, {} differ, {:.0f} s\n", seed - options.seed + 1, counts.verdicts[Verdict::kDiffer],
                 seconds);
      std::fflush(stdout);
    }
  }
  const bool is_hard = summarise(options, counts, static_cast<double>(system.monotonicUs() - started_us) / 1e6);
  return counts.verdicts[Verdict::kDiffer] == 0 && is_hard ? 0 : 1;
}

// Each planted mistake must show within the programs.
int findMutants(const Options& options) {
  int missed = 0;
  for (const Mutant& mutant : mutants()) {
    std::optional<uint64_t> found;
    for (uint64_t seed = options.seed; seed < options.seed + options.count && !found; ++seed) {
      running_seed = static_cast<sig_atomic_t>(seed);
      Trial trial{.compile = {}, .runs = {{.workers = 2, .batch = 16, .seed = seed}}, .mutant = &mutant};
      if (judge(makeProgram(seed), {trial}).verdict == Verdict::kDiffer) found = seed;
    }
    fmt::print("{}: {}\n", mutant.name, found ? fmt::format("found by seed {}", *found) : "NOT FOUND");
    missed += found ? 0 : 1;
  }
  return missed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  llvm::InitLLVM init(argc, argv);
  Options options;
  CLI::App app("Random programs, compiled and interpreted");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // ./dev prove has its own in front
  app.add_option("--seed", options.seed, "The first seed");
  app.add_option("--count", options.count, "How many");
  app.add_option("--out", options.out, "Directory for what differs");
  app.add_option("--show", options.show, "Print the program of this seed and its input");
  app.add_option("--minimise-max", options.minimise_max, "How many differences to make small");
  app.add_flag("--progress", options.progress, "A line for every 500 programs");
  app.add_flag("--mutants", options.mutants, "Plant mistakes, and expect to find them");
  CLI11_PARSE(app, argc, argv);
  if (options.show != 0) {
    Program program = makeProgram(options.show);
    fmt::print("{}", program.text());
    for (const auto& [path, lines] : program.inputs) fmt::print("--- {}\n{}", path, program.inputText(path));
    for (const auto& [name, value] : program.params) fmt::print("--- --param {}={}\n", name, value);
    return 0;
  }
  for (int signal_number : {SIGABRT, SIGSEGV, SIGILL, SIGFPE, SIGALRM}) std::signal(signal_number, sayWhich);
  return options.mutants ? findMutants(options) : run(options);
}
