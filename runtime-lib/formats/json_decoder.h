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
// `present` column. A lenient column rejects nothing: where there is no value that fits, it is null. Nothing that was
// written for a record that fails counts, and nothing needs to be undone.
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

// A line that became a row: where it stands in the text, without its end.
struct JsonLine {
  uint32_t begin;
  uint32_t size;
};

class JsonDecoder {
 public:
  static constexpr uint32_t kDepthMax = 512;  // of nested arrays and objects
  static constexpr size_t kTextPadding = 64;  // bytes behind a text of lines that must be readable

  // What decodes: the best that this machine can, or only some of it (tests, benchmarks).
  enum class Path : uint8_t { kBest, kAvx2, kGeneral };

  JsonDecoder(const std::vector<Column>& columns, JsonOptions options);
  ~JsonDecoder();
  JsonDecoder(JsonDecoder&&) noexcept;
  JsonDecoder& operator=(JsonDecoder&&) noexcept;

  // Decodes one object into row `target.row`. Texts may be views of `record`. `error` is written when false is
  // returned. REQUIRES: record.size() < 2^32.
  bool decode(std::string_view record, const RowTarget& target, DecodeError& error);

  // `patient`: the fast path is tried however often it was in vain.
  void usePath(Path path, bool patient = false);

  // The lines of a text, many at a call: the fast path alone (json_fast.h), for what it can take. open() names the text
  // that decodeLines() works on; until the next open() it lives and does not change.
  // REQUIRES: kTextPadding bytes behind it may be read; text.size() < 2^32.
  void open(std::string_view text);
  // Decodes the lines from `position` on into rows target.row … row_end - 1 and says where they stand (lines[row]), as
  // long as it can: it stops before a line that it leaves to decode(), which may be the first, and at row_end. Returns
  // the position behind the last line; target.row has become the next row.
  size_t decodeLines(size_t position, RowTarget& target, uint32_t row_end, size_t line_bytes_max, JsonLine* lines);

 private:
  std::unique_ptr<json::DecodePlan> plan_;
};

}  // namespace streamrt

#endif
