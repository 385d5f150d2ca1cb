// The control server of a job: an actor that answers GET and HEAD of /healthz, /readyz, /metrics and /status on the
// address of --listen. It reads counters that the workers keep anyway; no worker ever waits for it.
//
// Limits: kConnectionsMax at once, of which the one that has waited longest goes when another comes; kConnectionUs for
// a connection from its beginning to its end, so that who sends or reads a byte a second takes nothing from others; a
// request's head has at most kRequestBytesMax. It ends when the job does, with what it was sending sent or not.
#ifndef RUNTIME_LIB_CONTROL_SERVER_H
#define RUNTIME_LIB_CONTROL_SERVER_H

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime-lib/control/job_facts.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

constexpr size_t kConnectionsMax = 32;
constexpr int64_t kConnectionUs = 5'000'000;

class ControlServer : public Actor {
 public:
  // Says its address on standard error when it runs, in the name of `job`.
  ControlServer(Env& env, std::string job, std::unique_ptr<Listener> listener, std::function<JobFacts()> read,
                std::function<bool()> job_is_over);

  // The job is over, or may be: look again. Any thread.
  void look() { listener_->interrupt(); }

  Step step() override;

 private:
  struct Client {
    std::unique_ptr<Connection> connection;
    int64_t deadline_us = 0;
    std::string received;
    std::string response;  // once it is known
    size_t sent = 0;
    bool saidAll() const { return !response.empty() && sent == response.size(); }
  };

  void acceptAll(int64_t now_us);
  // False: the connection is over.
  bool serve(Client& client);
  bool receive(Client& client);
  bool send(Client& client);
  bool linger(Client& client);
  std::string answer(std::string_view method, std::string_view path);

  Env& env_;
  const std::string job_;
  bool announced_ = false;
  std::unique_ptr<Listener> listener_;
  std::function<JobFacts()> read_;
  std::function<bool()> job_is_over_;
  std::vector<Client> clients_;  // the one that came first at the front
};

}  // namespace streamrt

#endif
