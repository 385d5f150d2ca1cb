#include "runtime-lib/connectors/line_decoder.h"

#include <fmt/format.h>

#include <cstring>

namespace streamrt {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void LineDecoder::begin(std::string_view text, int64_t offset) {
  text_ = text;
  offset_ = offset;
  position_ = 0;
  open(text);
}

bool LineDecoder::nextLine(RecordView& line) {
  const char* data = text_.data();
  while (position_ < text_.size()) {
    size_t begin = position_;
    const char* newline = static_cast<const char*>(std::memchr(data + begin, '\n', text_.size() - begin));
    size_t end = newline == nullptr ? text_.size() : static_cast<size_t>(newline - data);
    position_ = newline == nullptr ? text_.size() : end + 1;
    std::string_view bytes(data + begin, end - begin);
    int64_t offset = offset_ + static_cast<int64_t>(begin);
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

uint32_t LineDecoder::decode(Batch& batch, uint32_t records_max, DecodeFailures& failures) {
  uint32_t records = 0;
  RecordView line;
  for (;; ++records) {
    const uint32_t before = batch.rows;
    position_ = decodeLines(position_, offset_, max_record_, batch, batch.rows + (records_max - records));
    records += batch.rows - before;
    if (records == records_max || !nextLine(line)) return records;
    if (line.bytes.size() > max_record_) {
      failures.undecodable(line, fmt::format("the record is longer than max_record ({} bytes)", max_record_));
      continue;
    }
    detail_.clear();
    if (!decodeLine(line.bytes, batch, batch.rows, detail_)) {
      failures.undecodable(line, detail_);
      continue;
    }
    batch.source->records.push_back(line);
    ++batch.rows;
  }
}

}  // namespace streamrt
