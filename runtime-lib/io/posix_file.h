// Files, pipes and terminals for PosixEnv: EINTR and short transfers end here, errors carry the path and the system's
// text.
#ifndef RUNTIME_LIB_IO_POSIX_FILE_H
#define RUNTIME_LIB_IO_POSIX_FILE_H

#include "runtime-lib/io/env.h"

namespace streamrt {

// A read that waits for a pipe or terminal also ends when stop_fd becomes readable.
Result<std::unique_ptr<InputFile>> openPosixInput(const std::string& path, int stop_fd);
Result<std::unique_ptr<InputFile>> openPosixInputAt(const std::string& path, int64_t offset, int stop_fd);
Result<std::string> readPosixFile(const std::string& path, size_t max);
Result<std::string> readPosixFileAt(const std::string& path, uint64_t offset, size_t max);
Result<std::unique_ptr<OutputFile>> createPosixOutput(const std::string& path);
Result<std::unique_ptr<OutputFile>> openPosixOutputAt(const std::string& path, int64_t size);
std::unique_ptr<OutputFile> posixStandardError();

}  // namespace streamrt

#endif
