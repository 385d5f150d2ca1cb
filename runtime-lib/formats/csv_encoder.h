// Columns → CSV (RFC 4180, lines ended by LF; docs/formats/csv.md says exactly). Numbers, times and durations are
// written as in formats/value_text.h. A cell is quoted when it must be: when it has a delimiter, quote, CR or LF, when
// it would read as null, and an empty text that is not null. One thread.
#ifndef RUNTIME_LIB_FORMATS_CSV_ENCODER_H
#define RUNTIME_LIB_FORMATS_CSV_ENCODER_H

#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/column.h"
#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/formats/csv_options.h"
#include "runtime-lib/formats/row_target.h"

namespace streamrt {

class CsvEncoder {
 public:
  CsvEncoder(const std::vector<Column>& columns, CsvOptions options);

  // What every file begins with: the names of the columns, or nothing.
  std::string prologue() const;

  // Appends row `row.row` as one record. False: `out` is as before and `detail` says why (NaN, infinity, an instant
  // that RFC 3339 has no year for, a row that would be a blank line).
  bool encode(const RowSource& row, ByteBuffer& out, std::string& detail);

 private:
  struct Field {
    std::string name;
    Column column;
    bool optional = false;
    uint32_t value_bytes = 1;
  };
  void writeText(std::string_view text, ByteBuffer& out) const;
  bool writeValue(const Field& field, const void* value, ByteBuffer& out, std::string& detail);

  std::vector<Field> fields_;
  CsvOptions options_;
  bool rare_dialect_ = false;  // the delimiter or quote is a character that numbers have
};

}  // namespace streamrt

#endif
