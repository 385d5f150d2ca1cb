// A random program of the language, typed so that it compiles, with an input that is full of limits. A seed always
// makes the same one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace streamc::random_programs {

struct Program {
  std::string name;
  std::vector<std::string> lines;                          // of the text; a step is a line of its own
  std::map<std::string, std::vector<std::string>> inputs;  // by path: records without their line ends
  std::map<std::string, std::string> params;               // --param name=text
  uint64_t numbers = 0, boundaries = 0;                    // in the inputs: of which so many are limits of their type

  std::string text() const;
  std::string inputText(const std::string& path) const;
};

Program makeProgram(uint64_t seed);

}  // namespace streamc::random_programs
