// Which columns of a source's batch hold what the connector knows of a record: `meta.path` is the column "$meta.path".
// They stand behind all columns of the row. Formats do not know them; the connector fills them when a row was decoded.
#ifndef RUNTIME_LIB_CONNECTORS_META_COLUMNS_H
#define RUNTIME_LIB_CONNECTORS_META_COLUMNS_H

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/error.h"

namespace streamrt {

struct MetaColumns {
  std::optional<uint32_t> path;         // text: the file, as the program wrote it
  std::optional<uint32_t> line;         // i64: of the file, from 1, in which the record begins
  std::optional<uint32_t> received_at;  // timestamp: when the rows were handed out
  std::optional<uint32_t> time;         // timestamp: of the record where the connector makes it, else as received_at

  // Fails with kBadManifest when no connector knows such a thing.
  static Result<MetaColumns> of(const std::vector<Column>& columns);

  bool wantsClock() const { return received_at || time; }
  // The same value in `rows` rows from `from` on, of a column that somebody wants.
  static void fill(std::optional<uint32_t> column, Batch& batch, uint32_t from, uint32_t rows, int64_t value);
  static void fill(std::optional<uint32_t> column, Batch& batch, uint32_t from, uint32_t rows,
                   const StreamString& value);
};

// The columns that a format reads.
std::vector<Column> withoutMeta(const std::vector<Column>& columns);

}  // namespace streamrt

#endif
