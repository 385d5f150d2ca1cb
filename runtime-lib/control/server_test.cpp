// The control server against clients that behave, and clients that do not, without sockets and by a clock of its own.
#include "runtime-lib/control/server.h"

#include <gtest/gtest.h>

#include <deque>

#include "runtime-lib/control/http.h"
#include "runtime-lib/control/metrics.h"
#include "runtime-lib/control/status.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

// The two ends of a connection, seen from the client.
struct Wire {
  std::string to_server, to_client;
  size_t room = SIZE_MAX;  // how much the client takes before it stops reading
  bool client_closed = false, server_finished = false, server_closed = false;
};

class FakeConnection : public Connection {
 public:
  explicit FakeConnection(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~FakeConnection() override { wire_->server_closed = true; }
  Transfer read(std::span<char> to) override {
    size_t size = std::min(to.size(), wire_->to_server.size());
    if (size == 0) return {wire_->client_closed ? Transfer::Kind::kClosed : Transfer::Kind::kLater, 0};
    wire_->to_server.copy(to.data(), size);
    wire_->to_server.erase(0, size);
    return {Transfer::Kind::kBytes, size};
  }
  Transfer write(std::string_view bytes) override {
    size_t size = std::min({bytes.size(), wire_->room, size_t{100}});
    if (size == 0) return {wire_->client_closed ? Transfer::Kind::kClosed : Transfer::Kind::kLater, 0};
    wire_->to_client += bytes.substr(0, size);
    wire_->room -= size;
    return {Transfer::Kind::kBytes, size};
  }
  void finish() override { wire_->server_finished = true; }

 private:
  std::shared_ptr<Wire> wire_;
};

struct Lobby {
  std::deque<std::shared_ptr<Wire>> waiting;
  int64_t deadline_us = 0;
  size_t awaited = 0;
};

class FakeListener : public Listener {
 public:
  explicit FakeListener(Lobby& lobby) : lobby_(lobby) {}
  const std::string& address() const override { return address_; }
  std::unique_ptr<Connection> accept() override {
    if (lobby_.waiting.empty()) return nullptr;
    auto wire = lobby_.waiting.front();
    lobby_.waiting.pop_front();
    return std::make_unique<FakeConnection>(wire);
  }
  void wait(std::span<const Awaited> connections, int64_t deadline_us) override {
    lobby_.awaited = connections.size();
    lobby_.deadline_us = deadline_us;
  }
  void interrupt() override {}

 private:
  Lobby& lobby_;
  std::string address_ = "127.0.0.1:1";
};

class Clock : public SimEnv {
 public:
  Clock() : SimEnv(SimOptions{}) {}
  int64_t monotonicUs() override { return now_us; }
  int64_t now_us = 1000;
};

class Server : public testing::Test {
 protected:
  Server()
      : server_(
            clock_, "j", std::make_unique<FakeListener>(lobby_), [this] { return facts_; }, [this] { return over_; }) {
    facts_.job = "j";
  }
  std::shared_ptr<Wire> connect(std::string bytes = "") {
    auto wire = std::make_shared<Wire>();
    wire->to_server = std::move(bytes);
    lobby_.waiting.push_back(wire);
    return wire;
  }
  std::string get(const std::string& path, const std::string& method = "GET") {
    auto wire = connect(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    server_.step();
    EXPECT_TRUE(wire->server_finished);
    return wire->to_client;
  }

  Lobby lobby_;
  Clock clock_;
  JobFacts facts_;
  bool over_ = false;
  ControlServer server_;
};

TEST_F(Server, AnswersItsFourPages) {
  EXPECT_NE(get("/metrics").find("\r\n\r\n# HELP streamc_job_info "), std::string::npos);
  EXPECT_NE(get("/status").find("\"job\": \"j\""), std::string::npos);
  EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 200 OK"));
  EXPECT_TRUE(get("/readyz").ends_with("\r\n\r\nok\n"));
  EXPECT_TRUE(get("/readyz", "HEAD").ends_with("\r\n\r\n"));
  EXPECT_TRUE(get("/").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(get("/metrics", "DELETE").starts_with("HTTP/1.1 405 "));
}

TEST_F(Server, HealthFollowsTheJob) {
  facts_.phase = JobFacts::Phase::kDraining;
  EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(get("/readyz").starts_with("HTTP/1.1 503 "));
  facts_.phase = JobFacts::Phase::kFailed;
  EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(get("/readyz").starts_with("HTTP/1.1 503 "));
}

TEST_F(Server, ARequestMayComeByteByByte) {
  auto wire = connect();
  for (char c : std::string("GET /healthz HTTP/1.1\r\n\r\n")) {
    EXPECT_EQ(wire->to_client, "");
    wire->to_server += c;
    server_.step();
  }
  EXPECT_TRUE(wire->to_client.starts_with("HTTP/1.1 200 "));
}

TEST_F(Server, WhoSaysNothingIsSentAwayAtTheDeadline) {
  auto wire = connect("GET / HT");
  server_.step();
  EXPECT_FALSE(wire->server_closed);
  EXPECT_EQ(lobby_.deadline_us, 1000 + kConnectionUs);
  clock_.now_us += kConnectionUs - 1;
  server_.step();
  EXPECT_FALSE(wire->server_closed);
  clock_.now_us += 1;
  server_.step();
  EXPECT_TRUE(wire->server_closed);
  EXPECT_EQ(lobby_.awaited, 0u);
}

// Bytes do not buy time: the deadline is that of the whole connection.
TEST_F(Server, WhoDribblesIsSentAwayToo) {
  auto wire = connect("GET /");
  for (int i = 0; i < 10 && !wire->server_closed; ++i) {
    server_.step();
    wire->to_server += "x";
    clock_.now_us += kConnectionUs / 8;
  }
  EXPECT_TRUE(wire->server_closed);
}

TEST_F(Server, WhoDoesNotReadIsSentAway) {
  auto wire = connect("GET /status HTTP/1.1\r\n\r\n");
  wire->room = 10;
  server_.step();
  EXPECT_EQ(wire->to_client.size(), 10u);
  wire->room = 5;
  server_.step();
  EXPECT_EQ(wire->to_client.size(), 15u);
  clock_.now_us += kConnectionUs;
  server_.step();
  EXPECT_TRUE(wire->server_closed);
}

TEST_F(Server, AResponseIsReadBeforeTheConnectionCloses) {
  auto wire = connect(std::string(kRequestBytesMax + 5000, 'A'));
  server_.step();
  EXPECT_TRUE(wire->to_client.starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(wire->server_finished);
  EXPECT_FALSE(wire->server_closed);
  server_.step();
  EXPECT_EQ(wire->to_server, "");
  wire->client_closed = true;
  server_.step();
  EXPECT_TRUE(wire->server_closed);
}

TEST_F(Server, AFloodOfClientsDoesNotKeepOneFromItsAnswer) {
  std::vector<std::shared_ptr<Wire>> silent;
  for (size_t i = 0; i < kConnectionsMax * 3; ++i) {
    silent.push_back(connect());
    server_.step();
    EXPECT_LE(lobby_.awaited, kConnectionsMax);
  }
  EXPECT_TRUE(silent.front()->server_closed);
  EXPECT_FALSE(silent.back()->server_closed);
  EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 200 "));
}

TEST_F(Server, EndsWithTheJob) {
  auto wire = connect("GET");
  EXPECT_EQ(server_.step().kind, Step::Kind::kRan);
  over_ = true;
  EXPECT_EQ(server_.step().kind, Step::Kind::kDone);
  EXPECT_TRUE(wire->server_closed);
}

TEST(Metrics, LabelsAreEscaped) {
  JobFacts facts;
  facts.job = "a\"b\\c\nd";
  EXPECT_NE(metricsText(facts).find("streamc_job_start_time_seconds{job=\"a\\\"b\\\\c\\nd\"} "), std::string::npos);
}

TEST(Status, NamesThePartitionThatHoldsTheWatermarkBack) {
  JobFacts facts;
  facts.now_us = 10'000'000;
  facts.sources = {{"left", "left/source", {}, {}, {}, {}}, {"right", "right/source", {}, {}, {}, {}}};
  using State = JobFacts::Partition::State;
  facts.partitions = {{0, 0, 0, State::kActive, 5'000'000},
                      {1, 0, 0, State::kIdle, 1'000'000},
                      {1, 1, 1, State::kActive, 4'000'000},
                      {1, 2, 1, State::kEnded, INT64_MAX}};
  ASSERT_NE(facts.holdingBack(), nullptr);
  EXPECT_EQ(facts.holdingBack()->number, 1);
  std::string text = statusJson(facts);
  EXPECT_NE(text.find("\"lag_seconds\": 6.0"), text.npos) << text;
  EXPECT_NE(text.find("\"held_back_by\": {\n      \"partition\": 1,\n      \"source\": \"right\""), text.npos) << text;
  facts.partitions.clear();
  EXPECT_NE(statusJson(facts).find("\"watermark\": null"), text.npos);
}

TEST(SleepTimes, TheSleepThatLastsCounts) {
  SleepTimes times;
  EXPECT_EQ(times.at(5).busy_us, 0);
  times.start(100);
  times.begin(false, 110);
  EXPECT_EQ(times.at(150).idle_us, 40);
  EXPECT_EQ(times.at(150).busy_us, 10);
  times.end(160);
  times.begin(true, 200);
  SleepTimes::Totals at = times.at(230);
  EXPECT_EQ(at.idle_us, 50);
  EXPECT_EQ(at.blocked_us, 30);
  EXPECT_EQ(at.busy_us, 50);
}

}  // namespace
}  // namespace streamrt
