// What `./job checkpoints` prints: the checkpoints of a state directory, oldest first, as a table for people or as
// JSON. Only looks: nothing is made, locked or changed, so it may be asked while a job works there.
#ifndef RUNTIME_LIB_MAIN_CHECKPOINTS_TEXT_H
#define RUNTIME_LIB_MAIN_CHECKPOINTS_TEXT_H

#include <string>

#include "runtime-lib/io/env.h"

namespace streamrt {

// kStateUnreadable: there is no such directory, or it is none of a job. A damaged checkpoint is listed as that.
Result<std::string> checkpointsText(Env& env, const std::string& directory, bool json);

}  // namespace streamrt

#endif
