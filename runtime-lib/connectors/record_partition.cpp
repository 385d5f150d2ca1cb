#include "runtime-lib/connectors/record_partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime-lib/checkpoint/manifest.h"
#include "runtime-lib/core/mistake.h"
#include "runtime-lib/formats/base64.h"

namespace streamrt {

std::string RecordPosition::text() const {
  if (offset == 0) return "";
  nlohmann::json json = {{"offset", offset}};
  if (line > 0) json["line"] = line;
  if (!header.empty()) {
    std::string coded(base64Bytes(header.size()), '\0');
    writeBase64(coded.data(), header);
    json["header"] = std::move(coded);
  }
  if (head_bytes > 0) json["head"] = {head_bytes, head_hash};
  return json.dump();
}

Result<RecordPosition> RecordPosition::parse(std::string_view text, const std::string& owner) {
  RecordPosition position;
  if (text.empty()) return position;
  try {
    const auto json = nlohmann::json::parse(text);
    json.at("offset").get_to(position.offset);
    position.line = json.value("line", int64_t{0});
    if (json.contains("header")) {
      const std::string coded = json["header"];
      position.header.resize(coded.size());
      const char* end = readBase64(position.header.data(), coded);
      position.header.resize(end == nullptr ? 0 : static_cast<size_t>(end - position.header.data()));
    }
    if (json.contains("head")) {
      json["head"].at(0).get_to(position.head_bytes);
      json["head"].at(1).get_to(position.head_hash);
    }
    if (position.offset > 0 && position.head_bytes <= kHeadBytesMax) return position;
  } catch (const nlohmann::json::exception&) {
  }
  return failure(ErrorCode::kForeignCheckpoint,
                 fmt::format("{}: the checkpoint's position {} is not one of this connector", owner, text));
}

std::string RecordPartition::position() const {
  RecordPosition position = planted(Mistake::kPositionEarly) ? position_before_ : position_;
  if (planted(Mistake::kPositionLate) && current_ != nullptr) {
    position.offset = current_->offset + static_cast<int64_t>(current_->size);
  }
  position.header = decoder_->header();
  return position.text();
}

void RecordPartition::beginInput() {
  position_ = inputs_[current_input_].start;
  decoder_->restart(planted(Mistake::kHeaderLost) ? "" : position_.header);
}

// Everything before `offset`, which lies in the chunk in hand, was decoded.
void RecordPartition::moveTo(int64_t offset) {
  position_.offset = offset;
  if (!meta_.line) return;
  const char* to = current_->data.get() + (offset - current_->offset);
  line_ += std::count(counted_, to, '\n');
  counted_ = to;
  position_.line = line_;
}

bool RecordPartition::takeChunk(DecodeFailures& failures, uint32_t& records, PollOutcome::Kind& outcome) {
  if (current_ != nullptr) used_.push_back(std::move(current_));
  current_ = queue_.pop();
  if (current_ == nullptr) {
    outcome = PollOutcome::Kind::kPaused;
    return false;
  }
  const std::string_view text(current_->data.get(), current_->size);
  if (current_->offset == 0 && !text.empty()) {
    position_.head_bytes = std::min(text.size(), RecordPosition::kHeadBytesMax);
    position_.head_hash = contentHash(text.substr(0, position_.head_bytes));
  }
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
      input_ended_ = true;
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
  position_.offset = current_->end;
  position_.line = current_->end_line;
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
  if (planted(Mistake::kPositionEarly)) position_before_ = position_;
  // The rows of the last poll are gone: nothing points into these chunks any more.
  for (ChunkPtr& chunk : used_) queue_.giveBack(std::move(chunk));
  used_.clear();
  if (closed_ != PollOutcome::Kind::kMore) return {closed_};
  if (std::exchange(input_ended_, false)) {
    ++current_input_;
    beginInput();
  }
  // Records, not rows, are counted: a poll over nothing but bad records ends too.
  for (uint32_t records = 0; records < batch.capacity;) {
    const uint32_t before = batch.rows;
    const uint32_t decoded = current_ == nullptr ? 0 : decoder_->decode(batch, batch.capacity - records, failures);
    fillMeta(batch, before);
    records += decoded;
    if (current_ != nullptr) moveTo(decoder_->consumed());
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
