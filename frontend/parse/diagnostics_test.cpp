// Every message of the lexer and the parser as a person sees it: testdata/diagnostics/*.stream and the .txt beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/parse/parse_fixture.h"
#include "test/support/golden.h"

namespace streamc::parse {
namespace {

const std::string kFolder = "frontend/parse/testdata/diagnostics/";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".stream") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

class Messages : public testing::TestWithParam<std::string> {};

TEST_P(Messages, AreTheGolden) {
  Parsed parsed(readFile(kFolder + GetParam() + ".stream"), GetParam() + ".stream");
  parsed.sink.sortByPlace();
  EXPECT_TRUE(parsed.sink.hasErrors());
  test::expectGolden(kFolder + GetParam() + ".txt", parsed.messages());
}

INSTANTIATE_TEST_SUITE_P(Golden, Messages, testing::ValuesIn(cases()),
                         [](const testing::TestParamInfo<std::string>& param) { return param.param; });

// A fix that calls itself machine-applicable must leave a text with fewer errors.
TEST_P(Messages, MachineApplicableFixesHelp) {
  const std::string text = readFile(kFolder + GetParam() + ".stream");
  const Parsed parsed(text);
  for (const Diagnostic& diagnostic : parsed.sink.diagnostics()) {
    for (const Fix& fix : diagnostic.fixes) {
      if (fix.applicability != Applicability::kMachineApplicable) continue;
      ASSERT_EQ(fix.edits.size(), 1u);
      std::string fixed = text;
      fixed.replace(fix.edits[0].span.begin, fix.edits[0].span.size(), fix.edits[0].replacement);
      const Parsed again(fixed);
      const auto still = std::count_if(again.sink.diagnostics().begin(), again.sink.diagnostics().end(),
                                       [&](const Diagnostic& other) { return other.code() == diagnostic.code(); });
      const auto before = std::count_if(parsed.sink.diagnostics().begin(), parsed.sink.diagnostics().end(),
                                        [&](const Diagnostic& other) { return other.code() == diagnostic.code(); });
      EXPECT_LT(still, before) << diagnostic.message << "\nfixed by: " << fix.help << "\n" << fixed;
    }
  }
}

// One registered kind, at least one golden.
TEST(MessageKinds, EveryKindHasAGolden) {
  std::set<std::string> seen;
  for (const std::string& name : cases()) {
    const Parsed parsed(readFile(kFolder + name + ".stream"));
    for (const Diagnostic& diagnostic : parsed.sink.diagnostics()) seen.emplace(diagnostic.code());
  }
  std::set<std::string> codes;
  for (const DiagnosticKind* kind : registeredDiagnostics()) {
    EXPECT_TRUE(codes.emplace(kind->code()).second) << kind->code() << " is declared twice";
    EXPECT_TRUE(seen.contains(std::string(kind->code()))) << kind->code() << " " << kind->name() << " has no golden";
  }
}

}  // namespace
}  // namespace streamc::parse
