// The connectors `file` and `stdin`: one partition, read in order by an actor of its own; and `files`: a partition for
// each file that fits a pattern.
#ifndef RUNTIME_LIB_CONNECTORS_FILE_SOURCE_H
#define RUNTIME_LIB_CONNECTORS_FILE_SOURCE_H

#include "runtime-lib/connectors/source.h"

namespace streamrt {

Result<std::unique_ptr<Source>> makeFileSource(SourceSpec spec);
Result<std::unique_ptr<Source>> makeStdinSource(SourceSpec spec);
Result<std::unique_ptr<Source>> makeFilesSource(SourceSpec spec);

}  // namespace streamrt

#endif
