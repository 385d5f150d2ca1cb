// Whether two outcomes of a program are the same: exit code, and of every output the same lines in any order. Where the
// referee says that a value is left open, any value will do.
#pragma once

#include <string>

#include "test/interpreter/interpreter.h"

namespace streamc::random_programs {

// What differs, in lines; empty when the outcomes agree.
std::string difference(const referee::Outcome& wanted, const referee::Outcome& got);

}  // namespace streamc::random_programs
