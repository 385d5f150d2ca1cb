// Turns a rejected row into a row of `.errors`: cause, message, step, place, input, event time, source, partition,
// offset.
//
// `input` is the record as it came, while the row is still in the batch of its source (the first 64 KiB; base64 when it
// is not UTF-8); behind an exchange it is the row's fields as JSON. Cold path: everything is copied into the errors
// batch.
#ifndef RUNTIME_LIB_CONTROL_ERROR_ROWS_H
#define RUNTIME_LIB_CONTROL_ERROR_ROWS_H

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/formats/json_encoder.h"

namespace streamrt {

constexpr size_t kErrorInputBytes = 64 << 10;

// What is known about a rejected row besides its site.
struct RejectedRow {
  std::string_view detail;  // appended to the site's message
  std::string_view input;
  std::optional<int64_t> event_time_us;
  std::optional<std::string_view> source;
  std::optional<int32_t> partition;
  std::optional<int64_t> offset;
};

class ErrorRows {
 public:
  // The text of `input` for raw bytes. The view lives until the next call.
  std::string_view rawInput(std::string_view record);
  // The same for a row of a batch that has no raw record: its field columns as one JSON object.
  std::string_view rowInput(const Batch& batch, uint32_t row, uint32_t valid_columns);

  // REQUIRES: `errors` has the schema errorsSchema() and room for a row.
  static void append(Batch& errors, const SitePlan& site, const RejectedRow& row);

  // One sentence for `errors: fail`.
  static std::string sentence(const SitePlan& site, const RejectedRow& row);

 private:
  std::string text_;
  ByteBuffer buffer_;
  std::map<std::pair<const Schema*, uint32_t>, std::unique_ptr<JsonEncoder>> encoders_;
};

// Whole characters of at most `max` bytes.
std::string_view utf8Prefix(std::string_view text, size_t max);
std::string base64(std::string_view bytes);

}  // namespace streamrt

#endif
