// Formats by name: where records end, how bytes become rows, and rows become bytes. One row a format in
// record_format.cpp.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_FORMAT_H
#define RUNTIME_LIB_CONNECTORS_RECORD_FORMAT_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/connectors/record_cutter.h"
#include "runtime-lib/connectors/source.h"
#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/options.h"
#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/formats/json_options.h"

namespace streamrt {

// Takes texts of whole records apart into rows. One is used for one partition, from its beginning.
class RecordDecoder {
 public:
  virtual ~RecordDecoder() = default;

  // The text that follows. `offset`: of its first byte in the file. Rows may point into it.
  virtual void begin(std::string_view text, int64_t offset) = 0;
  // Adds rows, with their records, for up to `records_max` records, and tells about those that are no rows. Returns how
  // many records that were; 0: the text is read out.
  virtual uint32_t decode(Batch& batch, uint32_t records_max, DecodeFailures& failures) = 0;
  // The offset behind the last record that decode counted.
  virtual int64_t consumed() const = 0;
  // What must be known of the beginning of a file to go on in its middle; "" where nothing is, or it was not read yet.
  virtual std::string_view header() const { return {}; }
  // Another file begins; or, with the header that was taken from it before, goes on in its middle.
  virtual void restart(std::string_view header) { (void)header; }
  // Why decode gives up for good.
  virtual const std::string& fatal() const { return none_; }

 private:
  inline static const std::string none_;
};

class RecordEncoder {
 public:
  virtual ~RecordEncoder() = default;
  // Appends the row as one record with its end. On false `out` is as before and `detail` says why.
  virtual bool encode(const Batch& batch, uint32_t row, ByteBuffer& out, std::string& detail) = 0;
  // Appends what was kept back, if anything.
  virtual void drain(ByteBuffer& out) { (void)out; }
  // What every file begins with.
  virtual std::string prologue() const { return {}; }
};

// What a source does with the bytes of each of its partitions.
struct RecordReading {
  std::string_view format;
  const std::vector<Column>& columns;  // with the `check` ones; the batch that is decoded into has only the others
  const Options& options;
  size_t max_record;
};
Result<std::unique_ptr<RecordDecoder>> makeDecoder(const RecordReading& reading);
Result<std::unique_ptr<RecordCutter>> makeCutter(const RecordReading& reading);
// What names of files of this format end with: "jsonl", "csv".
std::string_view fileExtension(std::string_view format);
Result<std::unique_ptr<RecordEncoder>> makeEncoder(std::string_view format, const Schema& columns,
                                                   const Options& options);
Result<JsonOptions> jsonOptions(const Options& options);

}  // namespace streamrt

#endif
