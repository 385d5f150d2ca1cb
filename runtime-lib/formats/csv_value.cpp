#include "runtime-lib/formats/csv_value.h"

namespace streamrt::csv {

bool InstantReader::readSlow(std::string_view text, int64_t& micros) {
  if (parseTimestamp(text, micros) != ParseOutcome::kOk) return false;
  if (text.back() == 'Z' && text[10] == 'T') {
    constexpr int64_t kDayUs = 86'400'000'000;
    std::memcpy(date_, text.data(), sizeof date_);
    day_us_ = micros - ((micros % kDayUs) + kDayUs) % kDayUs;
  }
  return true;
}

}  // namespace streamrt::csv
