// CSV → columns (RFC 4180; docs/formats/csv.md says exactly). The demanded columns of many records are filled one
// column after the other:
//
//  1. The structural scan (csv_scan.h) of a piece of the text gives the ends of all cells and records.
//  2. Records that have as many cells as the header become lines; the others are refused.
//  3. For each demanded column a loop of its type runs over the lines. A cell costs nothing if nobody demanded it.
//  4. Lines of which a cell failed are taken out; the rest moves together.
//
// The first record of a text is its header, or the options give one. A required column that the header lacks, or that
// it has twice, ends everything; an optional one that it lacks is null. Lenient columns are null where nothing fits.
// One thread.
#ifndef RUNTIME_LIB_FORMATS_CSV_DECODER_H
#define RUNTIME_LIB_FORMATS_CSV_DECODER_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/column.h"
#include "runtime-lib/formats/csv_options.h"
#include "runtime-lib/formats/row_target.h"

namespace streamrt {

// The cells of one record, without its end.
std::vector<std::string> csvCells(std::string_view record, const CsvDialect& dialect);

class CsvDecoder {
 public:
  // Bytes of the text scanned at once: cell positions of a piece stay in the nearest cache.
  static constexpr size_t kPieceBytes = 32 << 10;

  CsvDecoder(const std::vector<Column>& columns, CsvOptions options, size_t record_max);

  // What became of records, in the order of the text.
  struct Decoded {
    std::vector<std::string_view> rows;  // the texts of those that became rows
    struct Refused {
      std::string_view text;
      std::string detail;
    };
    std::vector<Refused> refused;
    std::string fatal;  // why nothing can be decoded: the header
    void clear();
  };

  // Another file begins, with a header of its own; or goes on in its middle, below the header that it began with.
  void restart(std::string_view header = {});
  // The record that names the columns, once it was read; "" where the options do.
  std::string_view header() const { return header_; }
  // The position behind the last record that was decoded, in the text.
  size_t consumed() const { return std::min(record_begin_, size_); }
  // A text of whole records; `first`: it begins a file, so a byte order mark may stand here. The text must live as long
  // as rows decoded from it.
  void begin(std::string_view text, bool first);
  // Decodes up to `records_max` records into rows target.row … Returns how many records that were, refused ones
  // included; 0: the text is read out, or decoded.fatal says why not.
  uint32_t decode(const RowTarget& target, uint32_t records_max, Decoded& decoded);

 private:
  static constexpr int32_t kAbsent = -1;
  struct Wanted {
    std::string name;
    Column column;
    ColumnType type = ColumnType::kBool;
    bool optional = false;
    bool lenient = false;
    bool presence = false;  // of a record that a reader of `.late` wants whole: always there
    bool stored = true;
    uint32_t slot = 0;
    uint32_t value_bytes = 1;
    int32_t cell = kAbsent;
  };
  struct Line {
    uint32_t first;  // index in separators of the end of its first cell
    uint32_t begin;
  };
  struct Cell {
    std::string_view text;
    bool quoted;
  };

  bool scanMore();
  bool readHeader(std::string_view text, std::string& fatal);
  std::string headerProblem(const Wanted& wanted, const std::vector<std::string>& names) const;
  void takeLines(uint32_t records_max, uint32_t& records, Decoded& decoded);
  bool isMalformed(uint32_t begin, uint32_t end);
  std::string malformedDetail(uint32_t first_cell) const;

  Cell cellOf(const Line& line, int32_t cell, Arena& arena) const;
  Cell quotedCell(std::string_view text, Arena& arena) const;
  bool isNull(const Cell& cell) const;
  void decodeColumn(const Wanted& wanted, const RowTarget& target);
  template <class Value, class Parse>
  void decodeValues(const Wanted& wanted, const RowTarget& target, Parse parse);
  void fail(uint32_t line, const Wanted& wanted, const Cell& cell);
  void settle(const RowTarget& target, Decoded& decoded);
  std::string_view lineText(const Line& line) const;

  std::vector<Wanted> wanted_;
  CsvOptions options_;
  size_t record_max_;
  uint32_t cells_expected_ = 0;
  bool has_header_ = false;
  std::string header_;

  const char* data_ = nullptr;
  size_t size_ = 0;
  size_t scanned_ = 0;
  CsvPlace place_ = CsvPlace::kCellStart;
  CsvIndex index_;
  size_t next_record_ = 0;     // in index_.records
  size_t next_malformed_ = 0;  // in index_.malformed
  uint32_t taken_cells_ = 0;   // of index_.separators
  size_t record_begin_ = 0;

  std::vector<Line> lines_;
  std::vector<uint8_t> failed_;  // by line
  struct Failure {
    uint32_t line;
    std::string detail;
  };
  std::vector<Failure> failures_;
  std::vector<char> unstored_;  // where values go that are only checked
  std::vector<uint8_t> unstored_validity_;
};

}  // namespace streamrt

#endif
