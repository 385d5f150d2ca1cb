// The reference of the builtin functions, made from their table: docs/reference/functions.md is its output, kept equal
// by a test. Pure.
#pragma once

#include <string>

namespace streamc {

std::string builtinReference();

}  // namespace streamc
