#include "runtime-lib/connectors/csv_cutter.h"

#include <cstring>
#include <string_view>

namespace streamrt {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

size_t CsvCutter::skipMark(const char* data, size_t from, size_t to) {
  for (; mark_seen_ < kByteOrderMark.size() && from < to; ++from) {
    if (data[from] != kByteOrderMark[mark_seen_]) {
      // The bytes before, if any, are the beginning of a cell.
      if (mark_seen_ > 0) place_ = CsvPlace::kInCell;
      mark_seen_ = kByteOrderMark.size();
      break;
    }
    ++mark_seen_;
  }
  return from;
}

size_t CsvCutter::lastEnd(const char* data, size_t from, size_t to) {
  if (plain_) {
    const size_t first = firstEnd(data, from, to);
    if (first == 0) return 0;
    const size_t last = lastEnd(data, first, to);
    return last == 0 ? first : last;
  }
  return lastCsvRecordEnd(dialect_, data, skipMark(data, from, to), to, place_);
}

size_t CsvCutter::firstEnd(const char* data, size_t from, size_t to) {
  if (plain_) {
    const auto* newline = static_cast<const char*>(std::memchr(data + from, '\n', to - from));
    if (newline == nullptr) return 0;
    plain_ = false;
    return static_cast<size_t>(newline + 1 - data);
  }
  return firstCsvRecordEnd(dialect_, data, skipMark(data, from, to), to, place_);
}

void CsvCutter::restart(bool plain) {
  place_ = CsvPlace::kCellStart;
  mark_seen_ = kByteOrderMark.size();
  plain_ = plain;
}

}  // namespace streamrt
