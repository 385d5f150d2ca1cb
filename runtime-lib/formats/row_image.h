// Fixed-size rows in memory → columns of a batch: only the columns that a job demands are filled.
//
//     rows of 128 bytes:  │kind│at│auction│bidder│price│channel│url│…│      columns:  auction │ │ │ │ …
//                         │kind│at│…                                                price   │ │ │ │ …
//
// A value in a row has the bytes of a column's element (abi/values.h), so a field is moved, never converted. Rows are
// taken in tiles that stay in the nearest cache, column by column within a tile: the first column of a tile waits for
// memory, the others do not.
//
// Rows may be variants: a number in each says which one it is, and what lies behind it belongs to that variant. A field
// of a variant is zero in the rows of others, as in every decoder, never what happens to lie there.
//
// Used by connectors whose records are such rows. Pure; one thread.
#ifndef RUNTIME_LIB_FORMATS_ROW_IMAGE_H
#define RUNTIME_LIB_FORMATS_ROW_IMAGE_H

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime-lib/core/batch.h"

namespace streamrt {

struct RowImageField {
  uint32_t column;                 // of the batch
  uint32_t bytes;                  // 1, 2, 4, 8 or 16
  uint32_t offset;                 // in a row
  std::optional<int32_t> variant;  // that it belongs to
};

// Which variant a row is.
struct RowImageVariants {
  uint32_t offset = 0;             // of an i32 in a row, the variant's number
  std::optional<uint32_t> column;  // of the batch, for the numbers that the job has for the variants
  std::vector<int16_t> numbers;    // of the job, by number in the row
};

class RowImageReader {
 public:
  static constexpr uint32_t kTileRows = 32;
  static constexpr uint32_t kRowsAhead = 56;

  RowImageReader(std::vector<RowImageField> fields, uint32_t row_bytes, RowImageVariants variants = {});

  // Asks memory for the row that will be read some time after this one. Rows are moved faster than memory answers, and
  // hardware that follows a stream stops at every page.
  void ask(const char* row) const {
    const char* later = row + uint64_t{kRowsAhead} * row_bytes_;
    for (uint32_t byte : lines_) __builtin_prefetch(later + byte);
  }
  // Says that the rows of the next batch lie here, so that memory is asked for them while this one is computed.
  void expect(const char* next, Batch& batch) const;
  // Appends `count` rows that lie one behind another to the batch. REQUIRES: it has room for them.
  void append(const char* rows, uint32_t count, Batch& batch) const;
  // Appends the rows at `places` (numbers of rows behind `rows`).
  void append(const char* rows, const uint32_t* places, uint32_t count, Batch& batch) const;

 private:
  template <class Place>
  void appendTile(const char* rows, Place place, uint32_t count, Batch& batch) const;

  std::vector<RowImageField> fields_;
  RowImageVariants variants_;
  uint32_t row_bytes_;
  std::vector<uint32_t> lines_;  // of the cache, as far as they are read: a byte of each
};

}  // namespace streamrt

#endif
