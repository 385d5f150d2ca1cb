// What a program will do, keep and cost, in words: the text behind `streamc explain`.
//
// Written from the checked program and the planned job, so it says what the compiler decided, not what the text hopes.
#pragma once

#include <string>

#include "tools/driver/compile.h"

namespace streamc::driver {

// REQUIRES: the compilation stands at Border::kLlvm.
std::string explain(Compilation& compilation);
// The same as one JSON object (docs/how-to/read-explain.md).
std::string explainJson(Compilation& compilation);

}  // namespace streamc::driver
