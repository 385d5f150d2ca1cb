// Columns → JSON lines. Keys, commas and braces are put together once; a row is a walk over a flat list of steps, each
// a ready piece of text and a value. The encoding is that of the language's fixed points, "JSON lines"; floats are laid
// out as in formats/value_text.h. Integer timestamps round down to their unit. One thread.
#ifndef RUNTIME_LIB_FORMATS_JSON_ENCODER_H
#define RUNTIME_LIB_FORMATS_JSON_ENCODER_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/column.h"
#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/formats/json_options.h"
#include "runtime-lib/formats/row_target.h"

namespace streamrt {

// Why a row cannot be written: NaN, infinity, or an instant that RFC 3339 has no year for.
struct EncodeError {
  std::string detail;  // appended to the site's message: `field "mean": NaN cannot be written as JSON`
};

namespace json {
class EncodePlan;
}

class JsonEncoder {
 public:
  // Columns with `check` are not written. Columns whose names have a common first part nest, at the place of the first.
  JsonEncoder(const std::vector<Column>& columns, JsonOptions options);
  ~JsonEncoder();
  JsonEncoder(JsonEncoder&&) noexcept;
  JsonEncoder& operator=(JsonEncoder&&) noexcept;

  // Appends row `row.row` as one line with '\n'. False: `out` is as before and `error` says why.
  bool encode(const RowSource& row, ByteBuffer& out, EncodeError& error);

  // The same without the line end: the row inside another text.
  bool encodeObject(const RowSource& row, ByteBuffer& out, EncodeError& error);

 private:
  std::unique_ptr<json::EncodePlan> plan_;
};

}  // namespace streamrt

#endif
