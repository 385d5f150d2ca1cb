// Connections that others make to this process: what the control server (control/server.h) listens on. Nothing here
// waits but Listener::wait, which an actor of its own calls; workers never do. Used by that one actor, but `interrupt`,
// which anyone may call.
#ifndef RUNTIME_LIB_IO_LISTENER_H
#define RUNTIME_LIB_IO_LISTENER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace streamrt {

// What became of an attempt to read or write that does not wait.
struct Transfer {
  enum class Kind : uint8_t {
    kBytes,   // `bytes` > 0 were moved
    kLater,   // nothing now
    kClosed,  // the other side is gone, or has said all it will
  };
  Kind kind = Kind::kLater;
  size_t bytes = 0;
};

// Closed when it is destroyed.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Transfer read(std::span<char> to) = 0;
  virtual Transfer write(std::string_view bytes) = 0;
  // Nothing more will be written. What was, arrives, provided that the other side's bytes are read until it closes too.
  virtual void finish() = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  // Where it listens, with the port that the system chose for port 0: "127.0.0.1:40123", "[::1]:9090".
  virtual const std::string& address() const = 0;
  // The next client; null when nobody is waiting.
  virtual std::unique_ptr<Connection> accept() = 0;

  struct Awaited {
    Connection* connection;
    bool to_write;  // else to read
  };
  // Until somebody can be accepted, a connection can go on, `interrupt` was called, or the deadline (monotonic).
  virtual void wait(std::span<const Awaited> connections, int64_t deadline_us) = 0;
  // The wait that runs, or the next one, returns.
  virtual void interrupt() = 0;
};

}  // namespace streamrt

#endif
