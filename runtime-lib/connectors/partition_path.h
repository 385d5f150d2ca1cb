// Which directory a row belongs to below a sink `files(…, partition: […])`: "country=DE/day=2024-10-08", one part for
// each column, as Hive, Spark and DuckDB name them.
//
// Values are written as CSV cells are. Bytes that are not letters, digits, one of _ . + - , or above 127 are written
// %hh, so no value makes a path of its own; null is __HIVE_DEFAULT_PARTITION__. Columns that exist only for this have a
// name that begins with `$by_`: they stand behind all others, the directory's name lacks that, and they are not
// written.
#ifndef RUNTIME_LIB_CONNECTORS_PARTITION_PATH_H
#define RUNTIME_LIB_CONNECTORS_PARTITION_PATH_H

#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/options.h"
#include "runtime-lib/formats/byte_buffer.h"

namespace streamrt {

class PartitionPath {
 public:
  static constexpr size_t kPartBytesMax = 255;  // of a name in a directory

  // Of the sink's option `partition`, a line of CSV with column names. Without it all rows have the path "".
  static Result<PartitionPath> make(const Schema& columns, const Options& options);

  bool empty() const { return parts_.empty(); }
  // Writes the row's path at `path`. False: a value is too long or has no text; `detail` says which.
  bool pathOf(const Batch& batch, uint32_t row, std::string& path, std::string& detail);

  // The columns that are written: all but those at the end that exist only to name directories.
  static Schema writtenColumns(const Schema& columns, const Options& options);

 private:
  struct Part {
    std::string shown;  // as the program calls it
    std::string name;   // "country="
    uint32_t column = 0;
    Column type;
  };
  std::vector<Part> parts_;
  ByteBuffer text_;
};

}  // namespace streamrt

#endif
