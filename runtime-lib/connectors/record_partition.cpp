#include "runtime-lib/connectors/record_partition.h"

#include <fmt/format.h>

#include <cstring>

namespace streamrt {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

bool RecordPartition::nextLine(RecordView& line) {
  const Chunk& chunk = *current_;
  const char* data = chunk.data.get();
  while (position_ < chunk.size) {
    size_t begin = position_;
    const char* newline = static_cast<const char*>(std::memchr(data + begin, '\n', chunk.size - begin));
    size_t end = newline == nullptr ? chunk.size : static_cast<size_t>(newline - data);
    position_ = newline == nullptr ? chunk.size : end + 1;
    std::string_view bytes(data + begin, end - begin);
    int64_t offset = chunk.offset + static_cast<int64_t>(begin);
    if (offset == 0 && bytes.starts_with(kByteOrderMark)) {
      bytes.remove_prefix(kByteOrderMark.size());
      offset += static_cast<int64_t>(kByteOrderMark.size());
    }
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    if (bytes.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    line = {bytes, offset};
    return true;
  }
  return false;
}

void RecordPartition::decode(const RecordView& line, Batch& batch, DecodeFailures& failures) {
  if (line.bytes.size() > max_record_) {
    failures.undecodable(line, fmt::format("the record is longer than max_record ({} bytes)", max_record_));
    return;
  }
  detail_.clear();
  if (!decoder_->decode(line.bytes, batch, batch.rows, detail_)) {
    failures.undecodable(line, detail_);
    return;
  }
  batch.source->records.push_back(line);
  ++batch.rows;
}

PollOutcome RecordPartition::poll(Batch& batch, DecodeFailures& failures) {
  // The rows of the last poll are gone: nothing points into these chunks any more.
  for (ChunkPtr& chunk : used_) queue_.giveBack(std::move(chunk));
  used_.clear();
  if (closed_ != PollOutcome::Kind::kMore) return {closed_};
  // Records, not rows, are counted: a poll over nothing but bad records ends too.
  for (uint32_t records = 0; records < batch.capacity;) {
    if (current_ != nullptr && current_->kind == Chunk::Kind::kRecords) {
      const uint32_t before = batch.rows;
      position_ = decoder_->decodeLines(position_, current_->offset, max_record_, batch,
                                        batch.rows + (batch.capacity - records));
      records += batch.rows - before;
      if (records == batch.capacity) break;
    }
    RecordView line;
    if (current_ != nullptr && nextLine(line)) {
      decode(line, batch, failures);
      ++records;
      continue;
    }
    if (current_ != nullptr) used_.push_back(std::move(current_));
    current_ = queue_.pop();
    position_ = 0;
    if (current_ == nullptr) return {PollOutcome::Kind::kPaused};
    switch (current_->kind) {
      case Chunk::Kind::kRecords:
        decoder_->open({current_->data.get(), current_->size});
        break;
      case Chunk::Kind::kOversize:
        failures.undecodable({{current_->data.get(), current_->size}, current_->offset},
                             fmt::format("the record is longer than max_record ({} bytes)", max_record_));
        position_ = current_->size;
        ++records;
        break;
      case Chunk::Kind::kEnd:
        return {closed_ = PollOutcome::Kind::kEnd};
      case Chunk::Kind::kStopped:
        return {closed_ = PollOutcome::Kind::kStopped};
    }
  }
  return {PollOutcome::Kind::kMore};
}

}  // namespace streamrt
