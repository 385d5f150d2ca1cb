// Any bytes as CSV: whatever scans them (AVX-512, AVX2, portable) and however many records are taken at a time, the
// same rows come out and the same records are refused; and they are those of a naive reader below, which goes byte by
// byte as docs/formats/csv.md says and shares only the parsers of single values.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime-lib/formats/csv_decoder.h"
#include "runtime-lib/formats/test_rows.h"
#include "runtime-lib/formats/value_text.h"
#include "test/fuzz/require.h"

using namespace streamrt;
using streamc_fuzz::require;

namespace {

// What became of a text: rows and refused records, each in order; the cells of rows as texts.
struct Outcome {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row_texts, refused;
  bool fatal = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

const std::vector<Column>& schema() {
  static const std::vector<Column> columns = test::columns(
      {{"a", "i64"}, {"b", "string?"}, {"c", "f64?"}, {"d", "timestamp?"}, {"e", "u8? lenient"}, {"f", "string?"}});
  return columns;
}

std::string floatText(double value) {
  char text[kScalarTextBytes];
  return {text, static_cast<size_t>(writeF64(text, value) - text)};
}

// ---------------------------------------------------------------- the decoder

std::vector<std::string> cellsOf(test::Rows& rows, uint32_t row) {
  auto shown = [&](size_t column, const std::string& text) { return rows.present(column, row) ? text : "null"; };
  return {std::to_string(rows.at<int64_t>(0, row)),
          shown(1, rows.present(1, row) ? "'" + std::string(rows.text(1, row)) : ""),
          shown(2, floatText(rows.at<double>(2, row))),
          shown(3, std::to_string(rows.at<int64_t>(3, row))),
          shown(4, std::to_string(rows.at<uint8_t>(4, row))),
          shown(5, rows.present(5, row) ? "'" + std::string(rows.text(5, row)) : "")};
}

Outcome decoded(const CsvOptions& options, std::string_view text, uint32_t step) {
  constexpr uint32_t kRows = 64;
  CsvDecoder decoder(schema(), options, 1 << 20);
  decoder.begin(text, true);
  Outcome outcome;
  CsvDecoder::Decoded part;
  test::Rows memory(schema(), kRows);
  for (;;) {
    uint32_t records = decoder.decode(memory.target(), std::min(step, kRows), part);
    require(part.rows.size() + part.refused.size() == records, "every record is a row or refused");
    for (uint32_t row = 0; row < part.rows.size(); ++row) {
      outcome.rows.push_back(cellsOf(memory, row));
      outcome.row_texts.emplace_back(part.rows[row]);
    }
    for (const auto& one : part.refused) {
      require(!one.detail.empty(), "a refused record has a reason");
      outcome.refused.emplace_back(one.text);
    }
    outcome.fatal = !part.fatal.empty();
    if (records == 0) return outcome;
  }
}

// ---------------------------------------------------------------- the naive reader

struct Cell {
  std::string text;
  bool quoted = false;
};
struct Record {
  std::string text;
  std::vector<Cell> cells;
  bool malformed = false;
};

class Naive {
 public:
  Naive(std::string_view text, CsvDialect dialect) : text_(text), dialect_(dialect) {}

  // The record at `at`, which goes behind it. Nothing when a quote does not close.
  std::optional<Record> next(size_t& at) {
    Record record;
    const size_t begin = at;
    for (;;) {
      Cell cell;
      if (at < text_.size() && text_[at] == dialect_.quote) {
        cell.quoted = true;
        for (++at;; ++at) {
          if (at == text_.size()) return std::nullopt;
          if (text_[at] != dialect_.quote) {
            cell.text += text_[at];
          } else if (at + 1 < text_.size() && text_[at + 1] == dialect_.quote) {
            cell.text += text_[at++];
          } else {
            break;
          }
        }
        ++at;
        if (!endsCell(at)) record.malformed = true;
      }
      while (!endsCell(at)) {
        if (text_[at] == dialect_.quote) record.malformed = true;
        cell.text += text_[at++];
      }
      record.cells.push_back(std::move(cell));
      if (at < text_.size() && text_[at] == dialect_.delimiter) {
        ++at;
        continue;
      }
      break;
    }
    record.text = text_.substr(begin, at - begin);
    if (at < text_.size() && text_[at] == '\r') ++at;
    if (at < text_.size()) ++at;
    return record;
  }

 private:
  // A delimiter, a line end or the end of the text.
  bool endsCell(size_t at) const {
    if (at == text_.size() || text_[at] == dialect_.delimiter || text_[at] == '\n') return true;
    return text_[at] == '\r' && (at + 1 == text_.size() || text_[at + 1] == '\n');
  }

  std::string_view text_;
  CsvDialect dialect_;
};

bool isNaiveUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t count = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (count == 0 || i + count > text.size()) return false;
    uint32_t point = count == 1 ? first : first & (0x7fu >> count);
    for (size_t k = 1; k < count; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next / 64 != 2) return false;
      point = point * 64 + next % 64;
    }
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[count] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    i += count;
  }
  return true;
}

// The text of the value of a cell; nothing when it is none.
std::optional<std::string> valueOf(const Cell& cell, size_t column) {
  int64_t integer = 0;
  uint64_t natural = 0;
  double real = 0;
  switch (column) {
    case 0:
      if (parseI64(cell.text, integer) == ParseOutcome::kOk) return std::to_string(integer);
      return std::nullopt;
    case 2:
      if (parseF64(cell.text, real) == ParseOutcome::kOk) return floatText(real);
      return std::nullopt;
    case 3:
      if (parseTimestamp(cell.text, integer) == ParseOutcome::kOk) return std::to_string(integer);
      return std::nullopt;
    case 4:
      if (parseU64(cell.text, natural) == ParseOutcome::kOk && natural < 256) return std::to_string(natural);
      return "null";
    default:
      if (isNaiveUtf8(cell.text)) return "'" + cell.text;
      return std::nullopt;
  }
}

// Where column `name` stands in the header: -1 = nowhere, -2 = there is no telling.
int placeOf(const std::vector<Cell>& header, const Column& column) {
  const auto is_it = [&](const Cell& cell) { return cell.text == column.name; };
  const auto count = std::count_if(header.begin(), header.end(), is_it);
  if (count == 1) return static_cast<int>(std::find_if(header.begin(), header.end(), is_it) - header.begin());
  if (column.lenient) return -1;
  return count == 0 && column.optional ? -1 : -2;
}

// Nothing when the header is malformed: what is said then is not laid down.
std::optional<Outcome> naive(const CsvOptions& options, std::string_view text) {
  Outcome outcome;
  Naive reader(text, options.dialect);
  std::vector<Cell> header;
  bool has_header = !options.header;
  if (has_header)
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) header.push_back({name});
  std::vector<int> places;
  for (size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < text.size();) {
    const Record record = reader.next(at).value();
    if (record.text.empty()) continue;
    if (!has_header) {
      if (record.malformed) return std::nullopt;
      header = record.cells;
    }
    if (places.empty()) {
      for (const Column& column : schema()) places.push_back(placeOf(header, column));
      if (std::ranges::count(places, -2) > 0) {
        outcome.fatal = true;
        return outcome;
      }
      if (!std::exchange(has_header, true)) continue;
    }
    bool ok = !record.malformed && record.cells.size() == header.size();
    std::vector<std::string> row;
    for (size_t column = 0; ok && column < places.size(); ++column) {
      if (places[column] < 0) {
        row.emplace_back("null");
        continue;
      }
      const Cell& cell = record.cells[static_cast<size_t>(places[column])];
      const bool null = !cell.quoted && (cell.text.empty() || (options.null_text && cell.text == *options.null_text));
      std::optional<std::string> value = null && column != 0 ? "null" : valueOf(cell, column);
      ok = value.has_value();
      row.push_back(value.value_or(""));
    }
    if (ok) {
      outcome.rows.push_back(std::move(row));
      outcome.row_texts.push_back(record.text);
    } else {
      outcome.refused.push_back(record.text);
    }
  }
  return outcome;
}

// The reader of files gives the decoder whole records: what follows a quote that does not close is not its business.
std::string_view wholeRecords(std::string_view text, CsvDialect dialect) {
  Naive reader(text, dialect);
  for (size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < text.size();) {
    const size_t begin = at;
    if (!reader.next(at)) return text.substr(0, begin);
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  CsvOptions options;
  if (data[0] % 2 == 1) {
    options.header = false;
    options.columns = "a,b,c,d,e,f";
  }
  if (data[0] % 3 == 1) options.dialect = {';', '\''};
  if (data[0] % 5 == 1) options.null_text = "NA";
  const std::string_view text = wholeRecords({reinterpret_cast<const char*>(data) + 1, size - 1}, options.dialect);
  useCsvScanVariant("portable");
  const Outcome expected = decoded(options, text, 1);
  if (std::optional<Outcome> wanted = naive(options, text))
    require(expected == *wanted, "it is what a naive reader reads");
  for (std::string_view variant : csvScanVariants()) {
    useCsvScanVariant(variant);
    for (uint32_t step : {1u, 3u, 64u})
      require(decoded(options, text, step) == expected, "variants and sizes of calls make no difference");
  }
  useCsvScanVariant("");
  return 0;
}
