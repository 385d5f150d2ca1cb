#include "dsl/builtins_reference.h"

#include "test/support/golden.h"

namespace streamc {
namespace {

TEST(BuiltinsReference, IsThePageInDocs) { test::expectGolden("docs/reference/functions.md", builtinReference()); }

}  // namespace
}  // namespace streamc
