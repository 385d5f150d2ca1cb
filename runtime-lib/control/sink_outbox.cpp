#include "runtime-lib/control/sink_outbox.h"

#include "runtime-lib/core/check.h"

namespace streamrt {

SinkOutbox::SinkOutbox(const SinkPlan& plan, uint32_t capacity, std::unique_ptr<RecordEncoder> encoder,
                       std::unique_ptr<RowTaker> taker, SinkWriter& writer, Waker& worker, EncodeFailures& failures,
                       Counter& records_out, Counter& rows_out)
    : plan_(plan),
      encoder_(std::move(encoder)),
      taker_(std::move(taker)),
      writer_(writer),
      producer_(writer.addProducer()),
      worker_(worker),
      failures_(failures),
      records_out_(records_out),
      rows_out_(rows_out),
      batch_(plan.columns, capacity, false),
      origins_(capacity) {
  batch_.origins = origins_.data();
}

Batch* SinkOutbox::roll(uint32_t) {
  endCall();
  return &batch_;
}

void SinkOutbox::endCall() {
  if (batch_.rows == 0) return;
  if (encoder_ == nullptr) {
    if (taker_ != nullptr) taker_->take(batch_);
    records_out_.add(batch_.rows);
    rows_out_.add(batch_.rows);
    batch_.clear();
    return;
  }
  uint64_t written = 0;
  for (uint32_t row = 0; row < batch_.rows; ++row) {
    if (encoder_->encode(batch_, batch_.at(row), bytes_, detail_)) {
      ++written;
      continue;
    }
    STREAM_CHECK(plan_.encode_site.has_value(), "a sink whose rows may not be encodable has a site for them");
    failures_.unencodable(batch_.positional != 0 ? batch_.at(row) : origins_[row], *plan_.encode_site, detail_);
  }
  records_out_.add(written);
  rows_out_.add(written);
  batch_.clear();
  if (bytes_.size() >= kPieceBytes) push();
}

bool SinkOutbox::flush() {
  if (encoder_ != nullptr) encoder_->drain(bytes_);
  push();
  return true;
}

void SinkOutbox::push() {
  if (bytes_.size() > 0) writer_.push(producer_, std::exchange(bytes_, ByteBuffer()));
}

void SinkOutbox::barrier(Barrier barrier) {
  flush();
  writer_.barrier(producer_, barrier.epoch);
}

void SinkOutbox::end() {
  endCall();
  flush();
  writer_.finish(producer_);
}

}  // namespace streamrt
