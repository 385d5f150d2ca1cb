// What `format_options` of a CSV source or sink may say.
#ifndef RUNTIME_LIB_FORMATS_CSV_OPTIONS_H
#define RUNTIME_LIB_FORMATS_CSV_OPTIONS_H

#include <optional>
#include <string>

#include "runtime-lib/formats/csv_scan.h"

namespace streamrt {

struct CsvOptions {
  CsvDialect dialect;
  bool header = true;
  std::optional<std::string> null_text;  // stands for null, unquoted, besides the empty cell
  // Decoder, without header: the line that the file lacks, as CSV with comma and double quote: the fields of the type.
  std::string columns;
};

}  // namespace streamrt

#endif
