// Records that are lines, decoded one by one: CR LF counts as LF, a byte order mark at the beginning of a file and
// blank lines are skipped, the last line needs no end.
#ifndef RUNTIME_LIB_CONNECTORS_LINE_DECODER_H
#define RUNTIME_LIB_CONNECTORS_LINE_DECODER_H

#include "runtime-lib/connectors/record_format.h"

namespace streamrt {

class LineDecoder : public RecordDecoder {
 public:
  explicit LineDecoder(size_t max_record) : max_record_(max_record) {}

  void begin(std::string_view text, int64_t offset) final;
  uint32_t decode(Batch& batch, uint32_t records_max, DecodeFailures& failures) final;
  int64_t consumed() const final { return offset_ + static_cast<int64_t>(position_); }

 protected:
  // Stores the record into row `row` of the batch. On false the row's bytes are unspecified and `detail` says why.
  virtual bool decodeLine(std::string_view line, Batch& batch, uint32_t row, std::string& detail) = 0;

  // For formats that decode the lines of a text faster together. open(): the text, which lives and does not change
  // until the next open(), with Chunk::kPadding readable bytes behind it. decodeLines(): the lines from `position` on
  // become rows (and records) of the batch, up to row_end and as long as the format likes; returns the position behind
  // them. `offset` is that of the text's first byte.
  virtual void open(std::string_view) {}
  virtual size_t decodeLines(size_t position, int64_t, size_t, Batch&, uint32_t) { return position; }

 private:
  bool nextLine(RecordView& line);

  const size_t max_record_;
  std::string_view text_;
  int64_t offset_ = 0;
  size_t position_ = 0;  // in text_
  std::string detail_;
};

}  // namespace streamrt

#endif
