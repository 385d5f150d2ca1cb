#include "runtime-lib/core/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace streamrt {
namespace {

struct Row {
  unsigned number;
  int exit_code;
  const char* summary;
};
constexpr Row kRows[] = {
#define STREAM_ERROR(name, number, exit_code, summary) {number, exit_code, summary},
#include "runtime-lib/core/error_codes.def"
#undef STREAM_ERROR
};

TEST(ErrorCodes, NumbersAndExitCodes) {
  std::set<unsigned> numbers;
  for (const Row& row : kRows) {
    EXPECT_TRUE(numbers.insert(row.number).second) << row.number << " is used twice";
    EXPECT_EQ(exitCodeOf(static_cast<ErrorCode>(row.number)), row.exit_code);
  }
  EXPECT_EQ(codeName(ErrorCode::kCannotOpenInput), "R0301");
}

// Runs in the root of the tree, as all unit tests do.
TEST(ErrorCodes, ThePageForUsersHasThemAll) {
  std::ifstream file("docs/how-to/exit-codes.md");
  std::string page{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(page.empty());
  for (const Row& row : kRows) {
    std::string line = fmt::format("| R{:04} | {} | {} |\n", row.number, row.exit_code, row.summary);
    EXPECT_NE(page.find(line), std::string::npos) << "docs/how-to/exit-codes.md lacks: " << line;
  }
}

}  // namespace
}  // namespace streamrt
