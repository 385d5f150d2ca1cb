// File names by pattern. In each part of a path `*` stands for any characters, `?` for one, `[a-c]` and `[!a-c]` for
// one of (not of) a set, a backslash for the character behind it; a name that begins with a dot is only found by a
// pattern that does. Parts never cross a slash; the part `**` stands for any number of directories, none included.
#ifndef RUNTIME_LIB_CONNECTORS_GLOB_H
#define RUNTIME_LIB_CONNECTORS_GLOB_H

#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/io/env.h"

namespace streamrt {

// Whether one name fits one part of a pattern. Time is at most the product of their lengths.
bool matchesGlob(std::string_view pattern, std::string_view name);

// The files that a pattern stands for, sorted by their bytes, directories left out. A directory that cannot be listed
// is an error; that nothing fits is not.
Result<std::vector<std::string>> expandGlob(Env& env, const std::string& pattern);

}  // namespace streamrt

#endif
