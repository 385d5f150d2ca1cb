// The examples of the language reference are accepted; each of its bad files is refused with its code, the spans that
// caused it and fixes that work.
#include <gtest/gtest.h>

#include <string>

#include "test/support/checked_text.h"
#include "test/support/golden.h"

namespace streamc::sema {
namespace {

struct BadFile {
  const char* name;
  const char* codes;
};

class BadFiles : public testing::TestWithParam<BadFile> {};

TEST_P(BadFiles, AreRefusedWithTheirCode) {
  std::string path = std::string("test/oracle/bad/") + GetParam().name + ".stream";
  CheckedText checked = CheckedText::ofFile(path);
  EXPECT_EQ(checked.codes(), GetParam().codes);
  EXPECT_TRUE(checked.programs.empty());
  test::expectGolden(std::string("frontend/sema/testdata/") + GetParam().name + ".diag", checked.messages());
}

// A fix without placeholders leads to a text in which the message is gone.
TEST_P(BadFiles, HaveFixesThatWork) {
  std::string path = std::string("test/oracle/bad/") + GetParam().name + ".stream";
  CheckedText checked = CheckedText::ofFile(path);
  for (const Diagnostic& diagnostic : checked.sink.diagnostics()) {
    EXPECT_FALSE(diagnostic.fixes.empty()) << diagnostic.message;
    for (const Fix& fix : diagnostic.fixes) {
      if (fix.edits.empty() || fix.applicability == Applicability::kHasPlaceholders) continue;
      CheckedText after(checked.fixed(fix), path);
      EXPECT_EQ(after.codes().find(diagnostic.code()), std::string::npos) << fix.help << "\n"
                                                                          << checked.fixed(fix) << after.messages();
      EXPECT_LE(after.sink.errorCount(), checked.sink.errorCount()) << fix.help << "\n"
                                                                    << checked.fixed(fix) << after.messages();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Reference, BadFiles,
                         testing::Values(BadFile{"01_unbounded", "E0501"}, BadFile{"02_append_sink", "E0402"},
                                         BadFile{"03_join_no_end", "E0411"}, BadFile{"04_null", "E0203"},
                                         BadFile{"05_no_time", "E0301"}, BadFile{"06_session_collect", "E0507"},
                                         BadFile{"07_table_key", "E0343"}, BadFile{"08_decimal_div", "E0214"},
                                         BadFile{"09_unused_window", "E0410"}, BadFile{"10_typo", "E0202 E0104"},
                                         BadFile{"11_agg_null", "E0207"}, BadFile{"12_drop_key", "E0431"},
                                         BadFile{"13_ttl_no_time", "E0307"}, BadFile{"14_stream_decl_table", "E0436"},
                                         BadFile{"15_table_forever", "E0502"}),
                         [](const auto& info) { return std::string("F") + info.param.name; });

class Examples : public testing::TestWithParam<const char*> {};

TEST_P(Examples, AreAccepted) {
  CheckedText checked = CheckedText::ofFile(std::string("test/oracle/examples/") + GetParam() + ".stream");
  EXPECT_EQ(checked.sink.errorCount(), 0u) << checked.messages();
  EXPECT_FALSE(checked.programs.empty());
}

INSTANTIATE_TEST_SUITE_P(Reference, Examples,
                         testing::Values("a_hello", "b_flash_sale", "c1_router", "c2_co_router", "d_script_udf",
                                         "e_enricher", "f1_interval_join", "f2_process_join", "g_materialised_view",
                                         "h_sessions", "i_payments", "j_batch", "k_cpp_udf", "l_tests", "m_pattern",
                                         "n_nexmark", "o_modules", "p_rates_sql", "lib/hygiene"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

// What this version executes has no W0109.
TEST(Reference, HelloWorldIsExecuted) {
  CheckedText checked = CheckedText::ofFile("test/oracle/examples/a_hello.stream");
  ASSERT_EQ(checked.programs.size(), 1u);
  EXPECT_FALSE(reportNotBuilt(checked.programs[0], Severity::kWarning, checked.sink));
}

TEST(Reference, JobsOfAFileAreProgramsOfTheirOwn) {
  CheckedText checked = CheckedText::ofFile("test/oracle/examples/i_payments.stream");
  ASSERT_EQ(checked.programs.size(), 3u);
  EXPECT_EQ(checked.programs[0].name, "validate");
  EXPECT_EQ(checked.programs[2].name, "publish");
  EXPECT_TRUE(reportNotBuilt(checked.programs[0], Severity::kError, checked.sink));
  EXPECT_NE(checked.codes().find("E0109"), std::string::npos);
}

}  // namespace
}  // namespace streamc::sema
