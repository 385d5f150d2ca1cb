// Directories for PosixEnv: names, their durability, and the lock that keeps two processes out of one directory.
#ifndef RUNTIME_LIB_IO_POSIX_DIRECTORY_H
#define RUNTIME_LIB_IO_POSIX_DIRECTORY_H

#include "runtime-lib/io/env.h"

namespace streamrt {

Result<void> renamePosixFile(const std::string& from, const std::string& to);
Result<void> removePosixFile(const std::string& path);
Result<void> syncPosixDirectoryOf(const std::string& path);
Result<void> makePosixDirectories(const std::string& path);
Result<std::vector<std::string>> listPosixDirectory(const std::string& path);
Result<std::unique_ptr<DirectoryLock>> lockPosixDirectory(const std::string& path);

}  // namespace streamrt

#endif
