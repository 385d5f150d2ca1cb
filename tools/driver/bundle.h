// Where the compiler finds what it links into jobs: lib/streamc beside its own bin directory, in the build tree as in
// an installation. STREAMC_BUNDLE overrides it.
#pragma once

#include <string>

namespace streamc::driver {

std::string bundleDirectory();

}  // namespace streamc::driver
