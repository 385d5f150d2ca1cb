#include "runtime-lib/control/server.h"

#include <algorithm>

#include "runtime-lib/control/http.h"
#include "runtime-lib/control/metrics.h"
#include "runtime-lib/control/status.h"

namespace streamrt {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";

}  // namespace

ControlServer::ControlServer(Env& env, std::string job, std::unique_ptr<Listener> listener,
                             std::function<JobFacts()> read, std::function<bool()> job_is_over)
    : Actor(env, "control"),
      env_(env),
      job_(std::move(job)),
      listener_(std::move(listener)),
      read_(std::move(read)),
      job_is_over_(std::move(job_is_over)) {}

Step ControlServer::step() {
  if (job_is_over_()) {
    clients_.clear();
    return Step::done();
  }
  if (!announced_) {  // now, and not when the port was taken: who reads it may ask, and may stop the job, at once
    announced_ = true;
    env_.tell(job_ + ": listening on http://" + listener_->address() + "\n");
  }
  int64_t now_us = env_.monotonicUs();
  acceptAll(now_us);
  std::erase_if(clients_, [&](Client& client) { return client.deadline_us <= now_us || !serve(client); });
  int64_t deadline_us = kNever;
  std::vector<Listener::Awaited> awaited;
  for (Client& client : clients_) {
    deadline_us = std::min(deadline_us, client.deadline_us);
    awaited.push_back({client.connection.get(), !client.response.empty() && !client.saidAll()});
  }
  listener_->wait(awaited, deadline_us);
  return Step::ran();
}

void ControlServer::acceptAll(int64_t now_us) {
  // Not more in a step than there can be, so that a flood of clients cannot keep the others from being served.
  for (size_t i = 0; i < kConnectionsMax; ++i) {
    std::unique_ptr<Connection> connection = listener_->accept();
    if (connection == nullptr) return;
    if (clients_.size() == kConnectionsMax) clients_.erase(clients_.begin());
    clients_.push_back({std::move(connection), now_us + kConnectionUs, {}, {}});
  }
}

bool ControlServer::serve(Client& client) {
  if (client.response.empty() && !receive(client)) return false;
  if (!client.response.empty() && !client.saidAll() && !send(client)) return false;
  return !client.saidAll() || linger(client);
}

bool ControlServer::receive(Client& client) {
  char bytes[1024];
  for (;;) {
    Transfer transfer = client.connection->read(bytes);
    if (transfer.kind == Transfer::Kind::kLater) return true;
    if (transfer.kind == Transfer::Kind::kClosed) return false;
    client.received.append(bytes, transfer.bytes);
    HttpRequest request;
    switch (parseHead(client.received, request)) {
      case HttpParse::kMore:
        continue;
      case HttpParse::kRequest:
        client.response = answer(request.method, request.path);
        return true;
      case HttpParse::kBad:
        client.response = httpResponse(400, kText, "this is not an HTTP request\n");
        return true;
      case HttpParse::kTooLong:
        client.response = httpResponse(431, kText, "the request is too long\n");
        return true;
    }
  }
}

bool ControlServer::send(Client& client) {
  while (client.sent < client.response.size()) {
    Transfer transfer = client.connection->write(std::string_view(client.response).substr(client.sent));
    if (transfer.kind == Transfer::Kind::kLater) return true;
    if (transfer.kind == Transfer::Kind::kClosed) return false;
    client.sent += transfer.bytes;
  }
  client.connection->finish();
  return true;
}

// To close while there are bytes to read would take the response away from a client that has not read it yet.
bool ControlServer::linger(Client& client) {
  char bytes[4096];
  for (int i = 0; i < 16; ++i) {
    Transfer transfer = client.connection->read(bytes);
    if (transfer.kind != Transfer::Kind::kBytes) return transfer.kind == Transfer::Kind::kLater;
  }
  return true;
}

std::string ControlServer::answer(std::string_view method, std::string_view path) {
  bool body = method != "HEAD";
  if (method != "GET" && method != "HEAD") return httpResponse(405, kText, "only GET and HEAD\n");
  if (path == "/metrics") return httpResponse(200, kMetricsContentType, metricsText(read_()), body);
  if (path == "/status") return httpResponse(200, "application/json", statusJson(read_()), body);
  if (path == "/healthz" || path == "/readyz") {
    JobFacts::Phase phase = read_().phase;
    // Alive as long as it did not fail; ready for more only while it is not about to end.
    bool good = path == "/healthz" ? phase != JobFacts::Phase::kFailed : phase == JobFacts::Phase::kRunning;
    const char* text = good ? "ok\n" : phase == JobFacts::Phase::kFailed ? "failed\n" : "draining\n";
    return httpResponse(good ? 200 : 503, kText, text, body);
  }
  return httpResponse(404, kText, "there are /healthz, /readyz, /metrics and /status\n", body);
}

}  // namespace streamrt
