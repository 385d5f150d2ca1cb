#include "test/random/judge.h"

#include "test/interpreter/value.h"
#include "test/random/random.h"
#include "test/random/verdict.h"

namespace streamc::random_programs {

std::vector<Trial> trialsOf(uint64_t seed) {
  Random random(seed ^ 0xD1B54A32D192ED03);
  std::vector<Trial> trials;
  Trial trial;
  uint64_t choice = random.below(100);
  if (choice < 30) trial.compile.level = 0;
  if (choice >= 80) trial.compile.level = 3;
  if (random.chance(15)) trial.compile.fold = false;
  if (random.chance(15)) trial.compile.prune_columns = false;
  for (int i = 0; i < 2; ++i)
    trial.runs.push_back({.workers = static_cast<unsigned>(1 + random.below(4)),
                          .batch = random.pick({1u, 2u, 7u, 16u, 4096u}),
                          .seed = 1 + random.below(1'000'000)});
  trials.push_back(std::move(trial));
  return trials;
}

Judgement judge(const Program& program, const std::vector<Trial>& trials) {
  Judgement judgement;
  std::optional<referee::Outcome> wanted;
  for (const Trial& trial : trials) {
    auto compilation = referee::compileText(program.name + ".stream", program.text());
    if (compilation->outcome != driver::Outcome::kReached)
      return {.verdict = Verdict::kNoProgram, .text = compilation->messages};
    if (!wanted) {
      referee::World world{.read = [&](const std::string& path) { return program.inputText(path); },
                           .params = program.params};
      try {
        wanted = referee::evaluate(*compilation->ir, world);
      } catch (const referee::Stuck& stuck) {
        return {.verdict = Verdict::kNotJudged, .text = stuck.what()};
      }
      judgement.has_rejections = wanted->has_rejections;
      judgement.has_late = wanted->has_late;
    }
    if (trial.mutant != nullptr) trial.mutant->apply(*compilation->ir);
    CompiledProgram compiled(std::move(compilation), trial.compile);
    for (const RunChoice& run : trial.runs) {
      std::string text = difference(*wanted, compiled.run(program, run));
      if (text.empty()) continue;
      judgement.verdict = Verdict::kDiffer;
      judgement.text = std::move(text);
      judgement.trial = {trial.compile, {run}, trial.mutant};
      return judgement;
    }
  }
  return judgement;
}

// ---------------------------------------------------------------- making it small

namespace {

class Minimiser {
 public:
  Minimiser(Program program, const Trial& trial) : program_(std::move(program)), trial_(trial) {}

  Program run() {
    size_t before;
    do {
      before = sizeOf(program_);
      for (auto& [path, lines] : program_.inputs) removeFrom(lines);
      removeFrom(program_.lines);
      shortenLines();
    } while (sizeOf(program_) < before && tries_ < kTriesMax);
    return program_;
  }

 private:
  static constexpr int kTriesMax = 4000;

  static size_t sizeOf(const Program& program) {
    size_t size = program.text().size();
    for (const auto& [path, lines] : program.inputs)
      for (const std::string& line : lines) size += line.size() + 1;
    return size;
  }

  bool stillDiffers() { return ++tries_ < kTriesMax && judge(program_, {trial_}).verdict == Verdict::kDiffer; }

  // Takes away runs of lines, long ones first.
  void removeFrom(std::vector<std::string>& lines) {
    for (size_t length = std::max<size_t>(lines.size() / 2, 1); length > 0; length /= 2) {
      for (size_t at = 0; at + length <= lines.size();) {
        std::vector<std::string> kept = lines;
        auto first = lines.begin() + static_cast<ptrdiff_t>(at);
        lines.erase(first, first + static_cast<ptrdiff_t>(length));
        if (stillDiffers()) continue;
        lines = std::move(kept);
        at += length;
      }
    }
  }

  // Replaces something in parentheses or braces by a part of it.
  void shortenLines() {
    for (std::string& line : program_.lines) {
      for (size_t at = 0; at < line.size(); ++at) {
        bool shortened = true;
        while (shortened && at < line.size()) {
          shortened = false;
          for (auto& [from, to, by] : shorter(line, at)) {
            std::string kept = line;
            line.replace(from, to - from, by);
            if (stillDiffers()) {
              shortened = true;
              break;
            }
            line = std::move(kept);
          }
        }
      }
    }
  }

  struct Edit {
    size_t from, to;
    std::string by;
  };

  // What might stand instead of the group or item that begins at `at`.
  static std::vector<Edit> shorter(const std::string& line, size_t at) {
    std::vector<Edit> edits;
    if (line[at] == '(') {
      size_t end = closing(line, at);
      if (end == std::string::npos) return edits;
      size_t name = at;  // of the function in front
      while (name > 0 && (std::isalnum(static_cast<unsigned char>(line[name - 1])) || line[name - 1] == '_')) --name;
      // Groups and names inside.
      for (size_t i = at + 1; i < end; ++i) {
        if (line[i] == '(') {
          size_t inner = closing(line, i);
          if (inner == std::string::npos || inner > end) break;
          size_t begin = i;
          while (begin > at + 1 &&
                 (std::isalnum(static_cast<unsigned char>(line[begin - 1])) || line[begin - 1] == '_'))
            --begin;
          edits.push_back({name, end + 1, line.substr(begin, inner + 1 - begin)});
        } else if (std::isalpha(static_cast<unsigned char>(line[i])) &&
                   !std::isalnum(static_cast<unsigned char>(line[i - 1])) && line[i - 1] != '_') {
          size_t word = i;
          while (word < end &&
                 (std::isalnum(static_cast<unsigned char>(line[word])) || line[word] == '_' || line[word] == '.'))
            ++word;
          edits.push_back({name, end + 1, line.substr(i, word - i)});
        }
      }
    }
    // One of several items.
    if (line[at] == '{' || line[at] == ',') {
      size_t end = at + 1;
      for (int depth = 0; end < line.size(); ++end) {
        char c = line[end];
        if (depth == 0 && (c == ',' || c == '}')) break;
        if (c == '(' || c == '[' || c == '{') ++depth;
        if (c == ')' || c == ']' || c == '}') --depth;
      }
      if (end < line.size()) {
        if (line[at] == ',') edits.push_back({at, end, ""});
        if (line[at] == '{' && line[end] == ',') edits.push_back({at + 1, end + 1, ""});
      }
    }
    return edits;
  }

  static size_t closing(const std::string& line, size_t at) {
    int depth = 0;
    for (size_t i = at; i < line.size(); ++i) {
      if (line[i] == '(') ++depth;
      if (line[i] == ')' && --depth == 0) return i;
    }
    return std::string::npos;
  }

  Program program_;
  Trial trial_;
  int tries_ = 0;
};

}  // namespace

Program minimised(Program program, const Trial& trial) { return Minimiser(std::move(program), trial).run(); }

}  // namespace streamc::random_programs
