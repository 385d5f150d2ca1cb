#include "runtime-lib/connectors/record_partition.h"

#include <fmt/format.h>

#include <algorithm>

namespace streamrt {

bool RecordPartition::takeChunk(DecodeFailures& failures, uint32_t& records, PollOutcome::Kind& outcome) {
  if (current_ != nullptr) used_.push_back(std::move(current_));
  current_ = queue_.pop();
  if (current_ == nullptr) {
    outcome = PollOutcome::Kind::kPaused;
    return false;
  }
  const std::string_view text(current_->data.get(), current_->size);
  switch (current_->kind) {
    case Chunk::Kind::kRecords:
      decoder_->begin(text, current_->offset);
      counted_ = text.data();
      line_ = current_->line;
      return true;
    case Chunk::Kind::kOversize:
      failures.undecodable({text, current_->offset},
                           fmt::format("the record is longer than max_record ({} bytes)", max_record_));
      break;
    case Chunk::Kind::kUnclosed:
      failures.undecodable(
          {text, current_->offset},
          fmt::format("a quote opens and does not close within max_record ({} bytes) or before the end", max_record_));
      break;
    case Chunk::Kind::kNextInput:
      current_.reset();
      decoder_->restart();
      ++current_input_;
      outcome = PollOutcome::Kind::kNext;
      return false;
    case Chunk::Kind::kEnd:
      outcome = closed_ = PollOutcome::Kind::kEnd;
      return false;
    case Chunk::Kind::kStopped:
      outcome = closed_ = PollOutcome::Kind::kStopped;
      return false;
  }
  ++records;
  used_.push_back(std::move(current_));
  return true;
}

void RecordPartition::fillMeta(Batch& batch, uint32_t from) {
  const uint32_t rows = batch.rows - from;
  if (meta_.path) {
    const std::string& path = inputs_[current_input_].path;
    MetaColumns::fill(meta_.path, batch, from, rows, StreamString{path.data(), static_cast<uint32_t>(path.size()), 0});
  }
  if (meta_.wantsClock()) {
    const int64_t now_us = env_.wallUs();
    MetaColumns::fill(meta_.received_at, batch, from, rows, now_us);
    MetaColumns::fill(meta_.time, batch, from, rows, now_us);
  }
  for (uint32_t row = from; meta_.line && row < batch.rows; ++row) {
    const char* begin = batch.source->records[row].bytes.data();
    line_ += std::count(counted_, begin, '\n');
    counted_ = begin;
    MetaColumns::fill(meta_.line, batch, row, 1, line_ + 1);
  }
}

PollOutcome RecordPartition::poll(Batch& batch, DecodeFailures& failures) {
  // The rows of the last poll are gone: nothing points into these chunks any more.
  for (ChunkPtr& chunk : used_) queue_.giveBack(std::move(chunk));
  used_.clear();
  if (closed_ != PollOutcome::Kind::kMore) return {closed_};
  // Records, not rows, are counted: a poll over nothing but bad records ends too.
  for (uint32_t records = 0; records < batch.capacity;) {
    const uint32_t before = batch.rows;
    const uint32_t decoded = current_ == nullptr ? 0 : decoder_->decode(batch, batch.capacity - records, failures);
    fillMeta(batch, before);
    records += decoded;
    if (decoded > 0) continue;
    if (!decoder_->fatal().empty()) {
      state_.fail(
          {ErrorCode::kBadHeader, fmt::format("{}: {}: {}", owner_, inputs_[current_input_].name, decoder_->fatal())});
      return {closed_ = PollOutcome::Kind::kStopped};
    }
    PollOutcome::Kind outcome{};
    if (!takeChunk(failures, records, outcome)) return {outcome};
  }
  return {PollOutcome::Kind::kMore};
}

}  // namespace streamrt
