// Files, pipes and terminals for PosixEnv: EINTR and short transfers end here, errors carry the path and the system's
// text.
#ifndef RUNTIME_LIB_IO_POSIX_FILE_H
#define RUNTIME_LIB_IO_POSIX_FILE_H

#include "runtime-lib/io/env.h"

namespace streamrt {

// A read that waits for a pipe or terminal also ends when stop_fd becomes readable.
Result<std::unique_ptr<InputFile>> openPosixInput(const std::string& path, int stop_fd);
Result<std::unique_ptr<OutputFile>> createPosixOutput(const std::string& path);
std::unique_ptr<OutputFile> posixStandardError();
Result<void> renamePosixFile(const std::string& from, const std::string& to);
Result<void> syncPosixDirectoryOf(const std::string& path);

}  // namespace streamrt

#endif
