// One program before the referee: compiled in one way or several, run in a few, and compared; and what differs, made
// small.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "test/random/compiled.h"
#include "test/random/mutants.h"
#include "test/random/program.h"

namespace streamc::random_programs {

enum class Verdict : uint8_t {
  kAgree,
  kDiffer,
  kNoProgram,  // does not compile: a weakness of the generator
  kNotJudged,  // the referee does not know something in it
};

struct Trial {
  CompileChoice compile;
  std::vector<RunChoice> runs;
  const Mutant* mutant = nullptr;  // a planted mistake
};

// How the program of that seed is tried; most seeds as users do it.
std::vector<Trial> trialsOf(uint64_t seed);

struct Judgement {
  Verdict verdict = Verdict::kAgree;
  std::string text;  // what differs, or why there is no verdict
  Trial trial;       // of a difference: the one compilation and run that show it
  bool has_rejections = false, has_late = false;
};

Judgement judge(const Program& program, const std::vector<Trial>& trials);

// The smallest program found that still differs in that trial, by taking away lines, records, fields and parts of
// expressions.
Program minimised(Program program, const Trial& trial);

}  // namespace streamc::random_programs
