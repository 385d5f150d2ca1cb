// The fast path of the JSON decoder: takes the records that are walks through the learned shapes (json_shapes.h) and
// leaves all others to the general decoder (json_decoder.cpp), which is the meaning of both. It accepts only what the
// general decoder accepts, with the same values, and refuses nothing: a record it cannot prove right it does not take.
//
// A record that was left and then accepted teaches its shape. Records that have no shape in common would make all this
// a waste of time, so the path rests, longer each time, when it misses more than it takes.
//
// One thread. Without AVX2 there is no fast path.
#ifndef RUNTIME_LIB_FORMATS_JSON_FAST_H
#define RUNTIME_LIB_FORMATS_JSON_FAST_H

#include <string_view>
#include <vector>

#include "runtime-lib/formats/json_walk.h"

namespace streamrt::json {

class FastPath {
 public:
  // REQUIRES: `plan` and `reader` outlive it and are not moved.
  FastPath(const Plan& plan, JsonOptions options, FieldReader& reader);

  // The text whose lines takeLines() takes, until the next call. It lives and does not change as long as it is used.
  // REQUIRES: JsonDecoder::kTextPadding bytes behind `text` may be read; text.size() < 2^32.
  void open(std::string_view text);

  // Takes records from the lines at `position` on, as long as it can, into rows target.row up to `row_end`. Returns the
  // position behind them; target.row has become the row behind the last one. `lines` has a place for every row up to
  // row_end.
  size_t takeLines(size_t position, RowTarget& target, uint32_t row_end, size_t line_bytes_max, JsonLine* lines);

  // Takes one record, unless it is part of the opened text, of which takeLines() has left it. Nothing is read behind
  // it.
  bool takeRecord(std::string_view record, const RowTarget& target);

  // The general decoder accepted, or refused, a record that was left.
  void learn(std::string_view record);
  void refused();

  void usePath(JsonDecoder::Path path, bool patient);

 private:
  static constexpr uint32_t kWindowBytes = 16 << 10;
  static constexpr uint32_t kWindowBytesMax = 1 << 20;  // a longer record is the general decoder's
  static constexpr int32_t kCreditMax = 64;
  static constexpr int32_t kMissCost = 4;
  static constexpr uint32_t kRestMin = 32;
  static constexpr uint32_t kRestMax = 4096;

  bool isReady();
  bool openWindow(size_t position);
  const char* readable(std::string_view record);
  void hit(uint32_t records);
  void miss();

  const WalkKernel* kernel_;  // null: nothing is fast
  Shapes shapes_;
  Walk walk_;
  std::vector<uint32_t> index_;
  std::vector<char> padded_;  // a copy of a single record
  std::string_view text_;
  bool in_window_ = false;  // walk_ has a window of text_
  bool patient_ = false;
  int32_t credit_ = kCreditMax;
  uint32_t rest_ = 0;  // records that are left without a look
  uint32_t rest_next_ = kRestMin;
};

}  // namespace streamrt::json

#endif
