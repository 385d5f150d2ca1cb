// Which processes run together, and what a stage does with watermarks, barriers and ends of several channels.
#include <gtest/gtest.h>

#include <limits>

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/control/error_rows.h"
#include "runtime-lib/control/exchange_stage.h"
#include "runtime-lib/control/testing_job.h"
#include "runtime-lib/control/topology.h"
#include "runtime-lib/control/worker.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

using testing::TestJob;
using testing::TestJobOptions;

TEST(Topology, FiredAndErrorsProcessesRunWithTheirRoot) {
  JobPlan plan = TestJob().plan();
  Result<std::vector<StageTopology>> stages = stagesOf(plan);
  ASSERT_TRUE(stages);
  ASSERT_EQ(stages->size(), 2u);
  EXPECT_EQ((*stages)[0].processes, (std::vector<uint32_t>{0, 3}));
  EXPECT_EQ((*stages)[0].errors, (std::vector<uint32_t>{0}));
  EXPECT_EQ((*stages)[1].processes, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ((*stages)[1].tables, (std::vector<uint32_t>{0}));
  EXPECT_TRUE((*stages)[1].errors.empty()) << "nothing rejects there";
}

TEST(Topology, ASiteWithoutProcessMayBelongToAnyStageButThoseBehindItsErrors) {
  JobPlan plan = TestJob().plan();
  plan.sites[1].process.reset();
  EXPECT_EQ((*stagesOf(plan))[1].errors, (std::vector<uint32_t>{0}));
  plan.processes[3].outputs = {{ProcessOutput::Kind::kExchange, 0}};
  EXPECT_TRUE((*stagesOf(plan))[1].errors.empty());
}

TEST(Topology, RejectsThatComeBackToTheirStepAreRefused) {
  JobPlan plan = TestJob().plan();
  plan.sites[1].process = 1;
  plan.processes[3].outputs = {{ProcessOutput::Kind::kExchange, 0}};
  EXPECT_FALSE(stagesOf(plan));
}

// A stage with two channels whose process hands rows on to a third, which the test reads.
class AlignmentTest : public ::testing::Test {
 protected:
  struct NoWaker : Waker {
    void wake() override {}
  };

  static void pass(StreamTask* task, StreamBatch* in) {
    for (uint32_t row = 0; row < in->rows; ++row) {
      Batch* out = task->outputs[0].targets[0];
      if (out->rows == out->capacity) out = task->outputs[0].outbox->roll(0);
      out->column<int64_t>(0)[out->rows++] = in->column<int64_t>(0)[row];
      seen_watermarks_.push_back(in->column<int64_t>(1)[row]);
    }
  }

  void SetUp() override {
    seen_watermarks_.clear();
    Schema schema(2);
    schema[0].name = "n";
    schema[0].type = ColumnType::kI64;
    schema[1].name = "w";
    schema[1].type = ColumnType::kTimestamp;
    schema[1].role = ColumnRole::kWatermark;
    plan_.exchanges = {{ExchangePlan::Kind::kHash, schema}, {ExchangePlan::Kind::kHash, schema}};
    ProcessPlan process;
    process.input = {ProcessInput::Kind::kExchange, 0};
    process.columns = schema;
    process.outputs = {{ProcessOutput::Kind::kExchange, 1}};
    plan_.processes = {process};
    context_ = std::make_unique<WorkerContext>(WorkerContext{plan_, image_, env_, state_, waker_});
    context_->batch_rows = 4;
    context_->counters = &counters_.emplace(plan_);
    context_->pages = &pages_;
    StageTopology topology;
    topology.processes = {0};
    stage_ = std::make_unique<ExchangeStage>(
        *context_, topology, std::vector<ExchangeStage::Input>{{&a_, false}, {&b_, b_empty_}}, one_partition_, gate());
    stage_->connect(0, 0,
                    std::make_unique<ExchangeOutbox>(plan_.exchanges[1].columns, 4, keyGroupOwners(1),
                                                     std::vector<Channel*>{&out_}));
  }

  std::optional<Gate> gate() const {
    if (!limit_) return std::nullopt;
    OptionMap map;
    map["limit"].literal = *limit_;
    auto none = [](const std::string&) { return std::optional<std::string>(); };
    return *Gate::make(*Options::resolve(map, {}, none, "a limit"));
  }

  void send(Channel& channel, Event event) { ASSERT_TRUE(channel.push(event)); }
  void sendRow(Channel& channel, int64_t n, int64_t watermark = kMinTime) {
    auto batch = std::make_unique<Batch>(plan_.exchanges[0].columns, 4, true);
    batch->column<int64_t>(0)[0] = n;
    batch->column<int64_t>(1)[0] = watermark;
    batch->rows = 1;
    send(channel, std::move(batch));
  }
  // Runs the stage until it has nothing to do; what came out, as text.
  std::string run() {
    for (int i = 0; i < 1000; ++i) {
      Step step = stage_->step();
      if (step.kind != Step::Kind::kRan) break;
    }
    std::string text;
    while (out_.front() != nullptr) {
      Event event = out_.pop();
      if (auto* batch = std::get_if<BatchPtr>(&event)) {
        for (uint32_t row = 0; row < (*batch)->rows; ++row)
          text += std::to_string((*batch)->column<int64_t>(0)[row]) + " ";
      } else if (auto* watermark = std::get_if<Watermark>(&event)) {
        text += "w" + (watermark->time == kMaxTime ? "∞" : std::to_string(watermark->time)) +
                (watermark->idle ? "idle " : " ");
      } else if (auto* barrier = std::get_if<Barrier>(&event)) {
        text += "b" + std::to_string(barrier->epoch) + " ";
      } else {
        text += "end ";
      }
    }
    return text;
  }

  static inline std::vector<int64_t> seen_watermarks_;
  static inline void* const kFunctions[] = {reinterpret_cast<void*>(&pass)};
  bool b_empty_ = false;
  bool one_partition_ = false;
  std::optional<int64_t> limit_;
  NoWaker waker_;
  SimEnv env_{SimOptions{}};
  RunState state_;
  PageAllocator pages_;
  JobPlan plan_;
  std::optional<WorkerCounters> counters_;  // once there is a plan
  StreamJobImage image_{STREAM_JOB_MAGIC, STREAM_ABI, "", 0, kFunctions, 1};
  Channel a_{waker_, waker_}, b_{waker_, waker_}, out_{waker_, waker_};
  std::unique_ptr<WorkerContext> context_;
  std::unique_ptr<ExchangeStage> stage_;
};

TEST_F(AlignmentTest, ABarrierStopsItsChannelUntilAllHaveIt) {
  sendRow(a_, 1);
  send(a_, Barrier{7});
  sendRow(a_, 2);
  EXPECT_EQ(run(), "1 ");
  sendRow(b_, 3);
  EXPECT_EQ(run(), "3 ") << "the other channel goes on, the stopped one waits";
  send(b_, Barrier{7});
  EXPECT_EQ(run(), "b7 2 ");
}

TEST_F(AlignmentTest, AnEndedChannelHoldsNoBarrierBack) {
  send(a_, Barrier{1});
  EXPECT_EQ(run(), "");
  send(b_, End{});
  EXPECT_EQ(run(), "b1 ");
}

TEST_F(AlignmentTest, WatermarksOfAChannelStopWithIt) {
  send(a_, Barrier{1});
  send(a_, Watermark{50});
  send(b_, Watermark{10});
  EXPECT_EQ(run(), "");
  send(b_, Barrier{1});
  EXPECT_EQ(run(), "b1 w10 ");
}

TEST_F(AlignmentTest, TheLeastWatermarkIsForwarded) {
  send(a_, Watermark{50});
  EXPECT_EQ(run(), "");
  send(b_, Watermark{30});
  EXPECT_EQ(run(), "w30 ");
  send(b_, Watermark{40, true});
  EXPECT_EQ(run(), "w50 ");
}

TEST_F(AlignmentTest, AnInputThatWasStoppedHoldsWindowsOpen) {
  send(a_, Watermark{kMaxTime});
  send(a_, End{});
  send(b_, Watermark{30});
  send(b_, End{});
  EXPECT_EQ(run(), "w30 end ") << "no end of time: b was stopped, not read out";
}

TEST_F(AlignmentTest, InputsThatWereReadOutEndTime) {
  for (Channel* channel : {&a_, &b_}) {
    send(*channel, Watermark{kMaxTime});
    send(*channel, End{});
  }
  EXPECT_EQ(run(), "w∞ end ");
  EXPECT_EQ(stage_->step().kind, Step::Kind::kDone);
}

TEST_F(AlignmentTest, ARowIsAsLateAsTheLeastChannelHasBeenSeen) {
  send(b_, Watermark{20});
  run();
  sendRow(a_, 1, 90);
  run();
  EXPECT_EQ(seen_watermarks_, (std::vector<int64_t>{20}));
}

class OnePartitionTest : public AlignmentTest {
 public:
  OnePartitionTest() { one_partition_ = true; }
};

// Two roads from one partition: what the other road has said yet does not make a row less late.
TEST_F(OnePartitionTest, ARowIsAsLateAsItsPartitionSays) {
  send(b_, Watermark{20});
  run();
  sendRow(a_, 1, 90);
  run();
  EXPECT_EQ(seen_watermarks_, (std::vector<int64_t>{90}));
}

class LimitTest : public AlignmentTest {
 public:
  LimitTest() { limit_ = 3; }
};

TEST_F(LimitTest, TimeEndsWhenItIsFullAndTheRestIsThrownAway) {
  for (int64_t n : {1, 2}) sendRow(a_, n);
  send(a_, Watermark{50});
  EXPECT_EQ(run(), "1 2 ");
  EXPECT_FALSE(a_.unwanted());
  sendRow(b_, 3);
  EXPECT_EQ(run(), "3 w∞ ");
  EXPECT_TRUE(a_.unwanted() && b_.unwanted()) << "whoever has no end may stop";
  sendRow(b_, 4);
  send(b_, Watermark{60});
  send(a_, Barrier{1});
  send(b_, Barrier{1});
  EXPECT_EQ(run(), "b1 ");
  send(a_, End{});
  send(b_, End{});
  EXPECT_EQ(run(), "end ");
}

class OneSourceTest : public AlignmentTest {
 public:
  OneSourceTest() { b_empty_ = true; }
};

TEST_F(OneSourceTest, AWorkerWithoutPartitionsDoesNotCountFromTheFirstRowOn) {
  sendRow(a_, 1, 90);
  run();
  EXPECT_EQ(seen_watermarks_, (std::vector<int64_t>{90})) << "exact, although b has said nothing yet";
}

TEST_F(AlignmentTest, WithoutRoomBehindItTheStageTakesNothing) {
  for (uint32_t i = 0; i < kChannelEvents; ++i) send(out_, Watermark{i});
  sendRow(a_, 1);
  EXPECT_EQ(stage_->step().kind, Step::Kind::kBlocked);
  EXPECT_NE(a_.front(), nullptr);
  out_.pop();
  EXPECT_EQ(stage_->step().kind, Step::Kind::kRan);
}

// Stages that always have something to do.
struct BusyStage : Stage {
  BusyStage(WorkerContext& context, int& steps) : Stage(context, StageTopology{}), steps_(steps) {}
  Step work() override { return ++steps_, Step::ran(); }
  int& steps_;
};

TEST(Worker, NoStageKeepsAnotherWaiting) {
  struct NoWaker : Waker {
    void wake() override {}
  } waker;
  JobPlan plan;
  StreamJobImage image{STREAM_JOB_MAGIC, STREAM_ABI, "", 0, nullptr, 0};
  SimEnv env{SimOptions{}};
  RunState state;
  WorkerCounters counters(plan);
  WorkerContext context{plan, image, env, state, waker};
  context.counters = &counters;
  int first = 0, second = 0, between = 0, last = 0;
  Worker sources(env, state, "sources");
  sources.add(std::make_unique<BusyStage>(context, first), true);
  sources.add(std::make_unique<BusyStage>(context, second), true);
  for (int i = 0; i < 1000; ++i) sources.step();
  EXPECT_EQ(first, 500);
  EXPECT_EQ(second, 500);

  first = second = 0;
  Worker all(env, state, "all");
  all.add(std::make_unique<BusyStage>(context, first), true);
  all.add(std::make_unique<BusyStage>(context, second), true);
  all.add(std::make_unique<BusyStage>(context, between), false);
  all.add(std::make_unique<BusyStage>(context, last), false);
  for (int i = 0; i < 6500; ++i) all.step();
  EXPECT_EQ(first, 25);
  EXPECT_EQ(second, 25);
  EXPECT_EQ(between, 25);
  EXPECT_EQ(last, 6425) << "downstream first";
}

TEST(SinkOutbox, ARowThatCannotBeWrittenIsNamedByItsOrigin) {
  struct NoWaker : Waker {
    void wake() override {}
  } waker;
  struct Failures : EncodeFailures {
    void unencodable(uint32_t row, uint32_t site, std::string_view detail) override {
      rows.push_back(row);
      EXPECT_EQ(site, 9u);
      EXPECT_NE(detail.find("\"x\""), std::string_view::npos) << detail;
    }
    std::vector<uint32_t> rows;
  } failures;
  SimEnv env{SimOptions{}};
  RunState state;
  SinkPlan plan;
  plan.columns.resize(1);
  plan.columns[0].name = "x";
  plan.columns[0].path = {"x"};
  plan.columns[0].type = ColumnType::kF64;
  plan.encode_site = 9;
  SinkWriter writer(env, state, "write", {std::move(*env.createOutput("out")), "out", ""});
  Counter written, rows;
  SinkOutbox outbox(plan, 2, *makeEncoder("json", plan.columns, {}), nullptr, writer, waker, failures, written, rows);
  StreamTask task;
  Output output = outbox.output();
  task.outputs = &output;
  double nan = std::numeric_limits<double>::quiet_NaN();
  for (auto [row, x] : {std::pair(3u, 1.5), {4u, nan}, {4u, 2.0}, {7u, nan}, {8u, 3.0}}) {
    void* batch = stream_core_route(&task, 0, 0);
    static_cast<double*>(stream_core_column(batch, 0))[stream_core_claim_from(batch, row)] = x;
  }
  outbox.endCall();
  EXPECT_EQ(failures.rows, (std::vector<uint32_t>{4, 7}));
  EXPECT_EQ(written.value(), 3u);
  EXPECT_EQ(rows.value(), 3u);
  outbox.end();
  while (writer.step().kind != Step::Kind::kDone) continue;
  EXPECT_EQ(env.file("out"), "{\"x\":1.5}\n{\"x\":2.0}\n{\"x\":3.0}\n");
}

// What a producer writes behind a barrier that all have sent belongs to the next epoch, also when the writer was slow.
TEST(SinkWriter, NothingOvertakesABarrier) {
  SimEnv env({.seed = 1});
  RunState state;
  SinkWriter writer(env, state, "write", {std::move(*env.createOutput("out")), "out", ""});
  std::vector<std::pair<uint64_t, uint64_t>> epochs;
  writer.onEpoch([&](uint64_t epoch, uint64_t bytes, bool) { epochs.push_back({epoch, bytes}); });
  auto text = [](std::string_view bytes) {
    ByteBuffer buffer;
    buffer.append(bytes);
    return buffer;
  };
  uint32_t first = writer.addProducer(), second = writer.addProducer();
  writer.push(first, text("a"));
  writer.barrier(first, 1);
  writer.push(first, text("B"));
  writer.push(second, text("c"));
  writer.barrier(second, 1);
  writer.push(second, text("D"));
  writer.barrier(second, 2);
  writer.finish(first);
  writer.finish(second);
  while (writer.step().kind != Step::Kind::kDone) continue;
  EXPECT_EQ(env.file("out"), "acBD");
  EXPECT_EQ(epochs, (std::vector<std::pair<uint64_t, uint64_t>>{{1, 2}, {2, 4}, {0, 4}}));
}

TEST(ErrorRows, InputIsTextOrBase64AndBounded) {
  ErrorRows rows;
  EXPECT_EQ(rows.rawInput("plain"), "plain");
  EXPECT_EQ(rows.rawInput("\xff\xfe"), "//4=");
  EXPECT_EQ(rows.rawInput("\xff"), "/w==");
  EXPECT_EQ(rows.rawInput(std::string("\xff\0\x01", 3)), "/wAB");
  std::string euros;
  for (int i = 0; i < 30'000; ++i) euros += "€";
  std::string_view cut = rows.rawInput(euros);
  EXPECT_LE(cut.size(), kErrorInputBytes);
  EXPECT_GT(cut.size(), kErrorInputBytes - 4);
  EXPECT_EQ(cut.size() % 3, 0u) << "whole characters";
}

}  // namespace
}  // namespace streamrt
