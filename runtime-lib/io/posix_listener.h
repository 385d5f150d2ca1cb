// Listener over TCP sockets. Addresses are numbers, never names: a job's start must not depend on a name service.
#ifndef RUNTIME_LIB_IO_POSIX_LISTENER_H
#define RUNTIME_LIB_IO_POSIX_LISTENER_H

#include "runtime-lib/core/error.h"
#include "runtime-lib/io/listener.h"

namespace streamrt {

// "127.0.0.1:9090", "[::1]:9090", "0.0.0.0:0"; "localhost:9090", ":9090" and "9090" are loopback. kCannotListen.
Result<std::unique_ptr<Listener>> listenPosix(const std::string& address);

}  // namespace streamrt

#endif
