// Formats by name: how bytes of a record become a row, and a row becomes bytes. One row a format in record_format.cpp.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_FORMAT_H
#define RUNTIME_LIB_CONNECTORS_RECORD_FORMAT_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/options.h"
#include "runtime-lib/formats/byte_buffer.h"

namespace streamrt {

class RecordDecoder {
 public:
  virtual ~RecordDecoder() = default;
  // Stores the record into row `row` of the batch. On false the row's bytes are unspecified and `detail` says why.
  virtual bool decode(std::string_view record, Batch& batch, uint32_t row, std::string& detail) = 0;

  // For formats that decode the lines of a chunk faster together. open(): a chunk's bytes, which live and do not change
  // until the next open(), with Chunk::kPadding readable bytes behind them. decodeLines(): the lines from `position`
  // on become rows (and records) of the batch, up to row_end and as long as the format likes; returns the position
  // behind them. `offset` is that of the text's first byte.
  virtual void open(std::string_view text) {}
  virtual size_t decodeLines(size_t position, int64_t offset, size_t max_record, Batch& batch, uint32_t row_end) {
    return position;
  }
};

class RecordEncoder {
 public:
  virtual ~RecordEncoder() = default;
  // Appends the row as one record with its end. On false `out` is as before and `detail` says why.
  virtual bool encode(const Batch& batch, uint32_t row, ByteBuffer& out, std::string& detail) = 0;
};

// `columns` may hold `check` columns; the batch that is decoded into has only the others.
Result<std::unique_ptr<RecordDecoder>> makeDecoder(std::string_view format, const std::vector<Column>& columns,
                                                   const Options& options);
Result<std::unique_ptr<RecordEncoder>> makeEncoder(std::string_view format, const Schema& columns,
                                                   const Options& options);

}  // namespace streamrt

#endif
