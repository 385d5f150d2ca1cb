// The sending side of a sink on one worker: rows are encoded when the process call returns, while the memory they point
// into still lives; the bytes go to the sink's writer in pieces of some 64 KiB, or when the stage has nothing more to
// do.
#ifndef RUNTIME_LIB_CONTROL_SINK_OUTBOX_H
#define RUNTIME_LIB_CONTROL_SINK_OUTBOX_H

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/connectors/sink_writer.h"
#include "runtime-lib/control/counters.h"
#include "runtime-lib/control/stand_ins.h"
#include "runtime-lib/core/outbox.h"
#include "runtime-lib/core/task.h"

namespace streamrt {

// Takes rows that a format cannot express.
class EncodeFailures {
 public:
  virtual ~EncodeFailures() = default;
  // `row` is of the input of the process that runs.
  virtual void unencodable(uint32_t row, uint32_t site, std::string_view detail) = 0;
};

class SinkOutbox : public Outbox {
 public:
  // `encoder` is null for the connector `null`, and where a `taker` takes its place. One of the writer's producers.
  SinkOutbox(const SinkPlan& plan, uint32_t capacity, std::unique_ptr<RecordEncoder> encoder,
             std::unique_ptr<RowTaker> taker, SinkWriter& writer, Waker& worker, EncodeFailures& failures,
             Counter& records_out, Counter& rows_out);

  Output output() { return {&target_, kOnlyTarget.data(), this}; }

  bool hasRoom() override { return writer_.hasRoom(producer_, worker_); }
  Batch* roll(uint32_t target) override;
  void endCall() override;
  bool flush() override;
  void watermark(Watermark) override {}  // time ends at a sink
  void barrier(Barrier barrier) override;
  void end() override;

 private:
  void push();

  static constexpr size_t kPieceBytes = 64 << 10;
  static constexpr std::array<uint8_t, kKeyGroups> kOnlyTarget{};

  const SinkPlan& plan_;
  std::unique_ptr<RecordEncoder> encoder_;
  std::unique_ptr<RowTaker> taker_;
  SinkWriter& writer_;
  const uint32_t producer_;
  Waker& worker_;
  EncodeFailures& failures_;
  Counter& records_out_;  // by sink
  Counter& rows_out_;     // by process
  Batch batch_;
  std::vector<uint32_t> origins_;  // of the rows of batch_
  Batch* target_ = &batch_;
  ByteBuffer bytes_;
  std::string detail_;
};

}  // namespace streamrt

#endif
