// Object → executable, with lld in this process: no gcc, no ld, no files but our own. Called by the driver for `build`.
//
// The result is a dynamic position-independent executable that needs glibc alone (libc and libm); the C++ library and
// the runtime are inside. Start files, archives and the symbols of glibc come from the bundle, a directory beside the
// compiler (lib/streamc); codegen/link/CMakeLists.txt is the list of its files. lld keeps global state: one link at a
// time in a process (a lock sees to it).
#ifndef CODEGEN_LINK_LINK_H
#define CODEGEN_LINK_LINK_H

#include <string>
#include <string_view>
#include <vector>

#include "codegen/error.h"

namespace streamc::codegen {

struct LinkRequest {
  std::string_view object;                 // bytes of the job's object file
  std::string output;                      // path of the executable, replaced atomically
  std::string bundle;                      // path of lib/streamc
  std::vector<std::string> more_archives;  // linked after the job, before the C++ library
  std::string runtime = "libstream_runtime.a";
};

// kIncompleteInstallation: a file of the bundle is missing. kLinkFailed: the message has lld's words. kNoMemoryFile.
Result<void> link(const LinkRequest& request);

}  // namespace streamc::codegen

#endif
