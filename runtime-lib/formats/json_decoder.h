// JSON lines → columns. One pass over a record; the demanded fields go straight into their columns, everything else is
// checked as syntax and skipped. The encoding is that of the language's fixed points, "JSON lines".
//
//  1. The columns' paths are made into a tree of objects once. Object keys are recognised by prediction: the key that
//     followed the last one when an object of this kind was read before, compared by one or two SSE2 instructions.
//     A wrong guess costs a hash look-up. Keys that nobody demanded are learned too.
//  2. A text without escapes becomes a view of the record; its bytes are checked as UTF-8 only if one is not ASCII.
//  3. Integers are exact: digits are never taken through a float. Floats are correctly rounded: by one exact operation
//     where that is possible (Clinger 1990), else by std::from_chars.
//  4. A value of the wrong type is remembered, not raised, because a later value of the same key may replace it.
//
// A record may be null or miss a field only where the column is optional; an optional record is one that has a
// `present` column. Nothing that was written for a record that fails counts, and nothing needs to be undone.
//
// One decoder is used by one thread (predictions and the last error are its state).
#ifndef RUNTIME_LIB_FORMATS_JSON_DECODER_H
#define RUNTIME_LIB_FORMATS_JSON_DECODER_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/column.h"
#include "runtime-lib/formats/json_options.h"
#include "runtime-lib/formats/row_target.h"

namespace streamrt {

// Why a record was refused: which field, what was expected, what stood there.
struct DecodeError {
  std::string detail;  // appended to the site's message: `field "mag": expected f64, found "abc"`
};

namespace json {
class DecodePlan;
}

class JsonDecoder {
 public:
  static constexpr uint32_t kDepthMax = 512;  // of nested arrays and objects

  JsonDecoder(const std::vector<Column>& columns, JsonOptions options);
  ~JsonDecoder();
  JsonDecoder(JsonDecoder&&) noexcept;
  JsonDecoder& operator=(JsonDecoder&&) noexcept;

  // Decodes one object into row `target.row`. Texts may be views of `record`. `error` is written when false is
  // returned. REQUIRES: record.size() < 2^32.
  bool decode(std::string_view record, const RowTarget& target, DecodeError& error);

 private:
  std::unique_ptr<json::DecodePlan> plan_;
};

}  // namespace streamrt

#endif
