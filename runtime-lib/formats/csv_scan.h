// Where cells and records of CSV text end (RFC 4180): the structural scan that the CSV decoder and the reader of CSV
// files share. Pure.
//
// 64 bytes at a time: bit masks of quotes, delimiters and line ends; where quotes occur, a prefix xor of their mask
// tells which bytes are quoted (Langdale and Lemire 2019, "Parsing gigabytes of JSON per second"). That counts quotes
// and so is right only for well-formed text; a block with a quote where none may stand is done again byte by byte, by
// the rules below. So the result is that of the automaton for every input, and one bad record costs one record:
//
//     place          quote              delimiter, LF     other
//     cell start     → quoted           → cell start      → in cell
//     in cell        malformed, stays   → cell start      stays
//     quoted         → behind quote     stays             stays
//     behind quote   → quoted           → cell start      malformed, → in cell   (CR before LF: → in cell)
//
// Three variants of the block code (AVX-512, AVX2, portable) are chosen by what the CPU can; all give the same.
#ifndef RUNTIME_LIB_FORMATS_CSV_SCAN_H
#define RUNTIME_LIB_FORMATS_CSV_SCAN_H

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace streamrt {

// Both are ASCII, neither is CR or LF, and they differ.
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
};

enum class CsvPlace : uint8_t { kCellStart, kInCell, kQuoted, kBehindQuote };

// What a scan found, in order. Positions are relative to the `data` of the scan.
struct CsvIndex {
  std::vector<uint32_t>
      separators;  // the byte behind each cell: a delimiter or LF; [0, cells) counts, the rest is room
  size_t cells = 0;
  std::vector<uint32_t> records;    // for each record, how many cells end before its end: cells of this and all before
  std::vector<uint32_t> malformed;  // quotes where none may stand, and what stands behind a closing quote
  bool ascii = true;                // no byte above 127 was met

  void clear();
};

// Scans data[from, to) on from `place`; returns the place behind it. `end` is how far bytes may be looked at (at most
// one more than `to`). Appends to `index`. REQUIRES: to < 2^32.
CsvPlace scanCsv(const CsvDialect& dialect, const char* data, size_t from, size_t to, size_t end, CsvPlace place,
                 CsvIndex& index);

// Only records: the position behind the last LF that ends a record in data[from, to), or 0. Moves `place` on.
size_t lastCsvRecordEnd(const CsvDialect& dialect, const char* data, size_t from, size_t to, CsvPlace& place);
// The position behind the first one, or 0; then `place` is a cell's start, else what holds at `to`.
size_t firstCsvRecordEnd(const CsvDialect& dialect, const char* data, size_t from, size_t to, CsvPlace& place);

// For tests: all variants that this CPU can run, and choosing one ("avx512", "avx2", "portable"; "" = the best).
std::vector<std::string_view> csvScanVariants();
void useCsvScanVariant(std::string_view name);

}  // namespace streamrt

#endif
