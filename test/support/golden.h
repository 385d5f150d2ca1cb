// Goldens of unit tests: a test produces text (a token list, a tree, a pass list) and compares it with a file beside
// its sources. On a difference the failure shows both and the command that accepts the new text. Called from test
// bodies only; each golden file belongs to one test, so tests may run in parallel.
//
//   expectGolden("frontend/parse/testdata/hello.ast", print(module));
//
// Paths are relative to the repository root, which is the working directory of every unit test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace streamc::test {

// True when `./dev goldens` runs the tests: they write what they would have compared.
inline bool updatingGoldens() { return std::getenv("STREAMC_UPDATE_GOLDENS") != nullptr; }

inline void expectGolden(const std::string& path, std::string_view actual) {
  if (updatingGoldens()) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path << " cannot be read; write it with: ./dev goldens --filter unit";
  std::ostringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(expected.view(), actual) << "differs from " << path
                                     << "; if the new text is right: ./dev goldens --filter unit";
}

}  // namespace streamc::test
