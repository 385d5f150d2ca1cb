#include "dsl/builtins.h"

#include <set>
#include <string>

namespace streamc {
namespace {

std::string describe(const Builtin& row) { return std::string(row.name) + std::string(row.signature); }

TEST(Builtins, RowsAreWhole) {
  ASSERT_GT(builtins().size(), 80u);
  std::set<std::string> seen;
  for (const Builtin& row : builtins()) {
    SCOPED_TRACE(describe(row));
    EXPECT_TRUE(seen.insert(describe(row)).second) << "the same row twice";
    EXPECT_FALSE(row.doc.empty());
    EXPECT_TRUE(row.doc.ends_with('.')) << "documentation is a sentence";
    EXPECT_NE(row.example.find(row.name), std::string_view::npos) << "the example does not call the function";
    EXPECT_FALSE(row.value.empty());
    EXPECT_EQ(row.target.empty(), row.how == BuiltinHow::Later);
    EXPECT_EQ(row.target.starts_with("stream_"), row.how == BuiltinHow::Call);
    if (row.isProperty()) EXPECT_EQ(row.params().size(), 1u);
    bool optional_part = false;
    for (const BuiltinParam& param : row.params()) {
      EXPECT_FALSE(param.name.empty());
      EXPECT_FALSE(optional_part && param.default_text.empty()) << "a required parameter behind an optional one";
      optional_part = optional_part || !param.default_text.empty();
    }
  }
}

TEST(Builtins, VariablesOfResultsAreBoundByParameters) {
  for (const Builtin& row : builtins()) {
    if (row.result.variable == 0) continue;
    bool bound = false;
    for (const BuiltinParam& param : row.params()) bound = bound || param.type.variable == row.result.variable;
    EXPECT_TRUE(bound) << describe(row);
  }
}

TEST(Builtins, SignaturesAreParsed) {
  const Builtin* split = nullptr;
  const Builtin* pad = nullptr;
  const Builtin* first = nullptr;
  builtinsNamed("split", [&](const Builtin& row) { split = &row; });
  builtinsNamed("pad_left", [&](const Builtin& row) { pad = &row; });
  builtinsNamed("first", [&](const Builtin& row) { first = &row; });
  ASSERT_TRUE(split != nullptr && pad != nullptr && first != nullptr);
  EXPECT_TRUE(split->result.list);
  EXPECT_EQ(split->result.kind, TypeKind::kString);
  ASSERT_EQ(split->params().size(), 2u);
  EXPECT_EQ(split->params()[1].name, "separator");
  EXPECT_FALSE(split->mayFail());
  ASSERT_EQ(pad->params().size(), 3u);
  EXPECT_EQ(pad->params()[2].default_text, "\" \"");
  EXPECT_EQ(builtinCauseNames(pad->causes), "overflow");
  EXPECT_EQ(first->params()[0].type.variable, 'T');
  EXPECT_TRUE(first->params()[0].type.list);
  EXPECT_TRUE(first->result.optional);
  EXPECT_FALSE(first->result.list);
}

TEST(Builtins, NamesAreFoundExactly) {
  EXPECT_TRUE(isBuiltin("lower"));
  EXPECT_FALSE(isBuiltin("Lower"));
  EXPECT_FALSE(isBuiltin("low"));
  EXPECT_FALSE(isBuiltin(""));
}

}  // namespace
}  // namespace streamc
