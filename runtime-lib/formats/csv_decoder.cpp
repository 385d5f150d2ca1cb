#include "runtime-lib/formats/csv_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/formats/csv_value.h"
#include "runtime-lib/formats/excerpt.h"
#include "runtime-lib/formats/scalar_text.h"
#include "runtime-lib/formats/utf8.h"

namespace streamrt {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string plainName(const Column& column) {
  std::string name;
  for (const std::string& part : column.path) name += (name.empty() ? "" : ".") + part;
  return name;
}

// The text inside the quotes, with doubled quotes made single, at `out`.
char* unquote(std::string_view inside, char quote, char* out) {
  for (size_t at = 0; at < inside.size(); ++at) {
    *out++ = inside[at];
    if (inside[at] == quote) ++at;
  }
  return out;
}

}  // namespace

std::vector<std::string> csvCells(std::string_view text, const CsvDialect& dialect) {
  CsvIndex index;
  scanCsv(dialect, text.data(), 0, text.size(), text.size(), CsvPlace::kCellStart, index);
  std::vector<std::string> cells;
  size_t begin = 0;
  for (size_t i = 0; i <= index.cells; ++i) {
    const size_t end = i < index.cells ? index.separators[i] : text.size();
    std::string_view cell = text.substr(begin, end - begin);
    begin = end + 1;
    if (cell.size() < 2 || cell[0] != dialect.quote) {
      cells.emplace_back(cell);
      continue;
    }
    std::string inside(cell.size(), '\0');
    inside.resize(
        static_cast<size_t>(unquote(cell.substr(1, cell.size() - 2), dialect.quote, inside.data()) - inside.data()));
    cells.push_back(std::move(inside));
  }
  return cells;
}

void CsvDecoder::Decoded::clear() {
  rows.clear();
  refused.clear();
  fatal.clear();
}

CsvDecoder::CsvDecoder(const std::vector<Column>& columns, CsvOptions options, size_t record_max)
    : options_(std::move(options)), record_max_(record_max) {
  uint32_t slot = 0;
  for (const Column& column : columns) {
    STREAM_CHECK(column.type != ColumnType::kList, "the compiler lets only scalars into CSV");
    Wanted& wanted = wanted_.emplace_back();
    wanted.name = plainName(column);
    wanted.column = column;
    wanted.type = column.type;
    wanted.optional = column.optional;
    wanted.lenient = column.lenient;
    wanted.presence = column.role == ColumnRole::kPresent;
    wanted.stored = !column.check;
    wanted.value_bytes = columnValueBytes(column.type);
    if (wanted.stored) wanted.slot = slot++;
  }
}

void CsvDecoder::restart(std::string_view header) {
  has_header_ = false;
  header_.clear();
  if (header.empty()) return;
  std::string fatal;
  const bool fits = readHeader(header, fatal);
  STREAM_CHECK(fits, "a header that was taken before");
}

void CsvDecoder::begin(std::string_view text, bool first) {
  data_ = text.data();
  size_ = text.size();
  scanned_ = first && text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  record_begin_ = scanned_;
  place_ = CsvPlace::kCellStart;
  index_.clear();
  next_record_ = next_malformed_ = 0;
  taken_cells_ = 0;
}

// Scans the next piece. What was found of a record whose end was not is kept. False: the text is read out.
bool CsvDecoder::scanMore() {
  if (scanned_ == size_) {
    if (record_begin_ >= size_) return false;
    // The last record needs no line end.
    index_.separators.resize(std::max(index_.separators.size(), index_.cells + 1));
    index_.separators[index_.cells++] = static_cast<uint32_t>(size_);
    index_.records.push_back(static_cast<uint32_t>(index_.cells));
    return true;
  }
  const size_t kept = index_.cells - taken_cells_;
  if (kept > 0) std::memmove(index_.separators.data(), &index_.separators[taken_cells_], kept * sizeof(uint32_t));
  index_.cells = kept;
  index_.records.clear();
  index_.malformed.erase(index_.malformed.begin(), index_.malformed.begin() + static_cast<ptrdiff_t>(next_malformed_));
  if (record_begin_ >= scanned_) index_.ascii = true;
  next_record_ = next_malformed_ = 0;
  taken_cells_ = 0;
  const size_t to = std::min(size_, scanned_ + kPieceBytes);
  place_ = scanCsv(options_.dialect, data_, scanned_, to, size_, place_, index_);
  scanned_ = to;
  return true;
}

// ---- the header ----

std::string CsvDecoder::headerProblem(const Wanted& wanted, const std::vector<std::string>& names) const {
  const auto count = std::count(names.begin(), names.end(), wanted.name);
  if (count == 1 || (count == 0 && wanted.optional) || wanted.lenient) return "";
  std::string all;
  for (const std::string& name : names) {
    if (all.size() > 400) {
      all += ", …";
      break;
    }
    all += (all.empty() ? "" : ", ") + excerpt(name);
  }
  if (count > 1) return fmt::format("the header has the column \"{}\" {} times: {}", wanted.name, count, all);
  std::string text = fmt::format("the header has no column \"{}\"; it has {}", wanted.name, all);
  if (names.size() == 1) {
    for (const char* other : {",", ";", "\t", "|"}) {
      if (names[0].find(other) == std::string::npos) continue;
      return text + fmt::format(" (is the delimiter \"{}\"?)", *other == '\t' ? "\\t" : other);
    }
  }
  return text;
}

bool CsvDecoder::readHeader(std::string_view text, std::string& fatal) {
  const std::vector<std::string> names =
      options_.header ? csvCells(text, options_.dialect) : csvCells(options_.columns, CsvDialect());
  cells_expected_ = static_cast<uint32_t>(names.size());
  for (Wanted& wanted : wanted_) {
    if (wanted.presence) continue;
    if (fatal = headerProblem(wanted, names); !fatal.empty()) return false;
    auto found = std::find(names.begin(), names.end(), wanted.name);
    if (wanted.lenient && std::count(names.begin(), names.end(), wanted.name) > 1) found = names.end();
    wanted.cell = found == names.end() ? kAbsent : static_cast<int32_t>(found - names.begin());
  }
  has_header_ = true;
  if (options_.header) header_ = text;
  return true;
}

// ---- records ----

bool CsvDecoder::isMalformed(uint32_t begin, uint32_t end) {
  while (next_malformed_ < index_.malformed.size() && index_.malformed[next_malformed_] < begin) ++next_malformed_;
  return next_malformed_ < index_.malformed.size() && index_.malformed[next_malformed_] < end;
}

std::string CsvDecoder::malformedDetail(uint32_t first_cell) const {
  const uint32_t at = index_.malformed[next_malformed_];
  uint32_t cell = 1;
  for (uint32_t i = first_cell; i < index_.cells && index_.separators[i] < at; ++i) ++cell;
  if (data_[at] == options_.dialect.quote)
    return fmt::format("cell {} has a quote inside but does not begin with one", cell);
  return fmt::format("something stands behind the closing quote of cell {}", cell);
}

void CsvDecoder::takeLines(uint32_t records_max, uint32_t& records, Decoded& decoded) {
  for (; next_record_ < index_.records.size() && records < records_max; ++next_record_) {
    const uint32_t first = taken_cells_;
    const uint32_t behind = index_.records[next_record_];
    const auto begin = static_cast<uint32_t>(record_begin_);
    uint32_t& last = index_.separators[behind - 1];
    const uint32_t end = last;
    if (end > begin && data_[end - 1] == '\r') --last;
    taken_cells_ = behind;
    record_begin_ = size_t{end} + 1;
    if (last == begin) continue;  // a blank line
    const std::string_view text(data_ + begin, last - begin);
    ++records;
    if (!has_header_) [[unlikely]] {
      // A header that cannot be taken apart is one that lacks what is wanted.
      if (!readHeader(text, decoded.fatal)) return;
      if (options_.header) {
        --records;
        continue;
      }
    }
    if (!index_.malformed.empty() && isMalformed(begin, end)) [[unlikely]] {
      decoded.refused.push_back({text, malformedDetail(first)});
    } else if (behind - first != cells_expected_) [[unlikely]] {
      decoded.refused.push_back({text, fmt::format("expected {} cells, found {}", cells_expected_, behind - first)});
    } else if (text.size() > record_max_) [[unlikely]] {
      decoded.refused.push_back({text, fmt::format("the record is longer than max_record ({} bytes)", record_max_)});
    } else {
      lines_.push_back({first, begin});
    }
  }
}

std::string_view CsvDecoder::lineText(const Line& line) const {
  return {data_ + line.begin, index_.separators[line.first + cells_expected_ - 1] - line.begin};
}

uint32_t CsvDecoder::decode(const RowTarget& target, uint32_t records_max, Decoded& decoded) {
  decoded.clear();
  lines_.clear();
  uint32_t records = 0;
  while (records == 0) {
    if (next_record_ == index_.records.size() && !scanMore()) return 0;
    takeLines(records_max, records, decoded);
    if (!decoded.fatal.empty()) return 0;
  }
  failed_.assign(lines_.size(), 0);
  failures_.clear();
  for (const Wanted& wanted : wanted_) decodeColumn(wanted, target);
  settle(target, decoded);
  return records;
}

// ---- values ----

[[gnu::always_inline]] inline CsvDecoder::Cell CsvDecoder::cellOf(const Line& line, int32_t cell, Arena& arena) const {
  const uint32_t* ends = index_.separators.data() + line.first;
  const uint32_t begin = cell == 0 ? line.begin : ends[cell - 1] + 1;
  std::string_view text(data_ + begin, ends[cell] - begin);
  if (text.empty() || text[0] != options_.dialect.quote) [[likely]]
    return {text, false};
  return quotedCell(text, arena);
}

CsvDecoder::Cell CsvDecoder::quotedCell(std::string_view text, Arena& arena) const {
  text = text.substr(1, text.size() - 2);
  if (std::memchr(text.data(), options_.dialect.quote, text.size()) == nullptr) return {text, true};
  // Readers of numbers look at bytes before a cell, in the text's memory and here.
  auto* copy = static_cast<char*>(arena.allocate(2 * csv::kBytesBefore + text.size())) + 2 * csv::kBytesBefore;
  return {{copy, static_cast<size_t>(unquote(text, options_.dialect.quote, copy) - copy)}, true};
}

bool CsvDecoder::isNull(const Cell& cell) const {
  return !cell.quoted && (cell.text.empty() || (options_.null_text && cell.text == *options_.null_text));
}

[[gnu::noinline]] void CsvDecoder::fail(uint32_t line, const Wanted& wanted, const Cell& cell) {
  if (failed_[line] != 0) return;
  failed_[line] = 1;
  const bool invalid = wanted.type == ColumnType::kString;
  failures_.push_back(
      {line, invalid ? fmt::format("column \"{}\" is not valid UTF-8: \"{}\"", wanted.name, excerpt(cell.text))
             : cell.text.empty() ? fmt::format("column \"{}\": expected {}, found an empty cell", wanted.name,
                                               typeText(wanted.type, wanted.column.precision, wanted.column.scale))
                                 : fmt::format("column \"{}\": expected {}, found \"{}\"", wanted.name,
                                               typeText(wanted.type, wanted.column.precision, wanted.column.scale),
                                               excerpt(cell.text))});
}

template <class Value, class Parse>
void CsvDecoder::decodeValues(const Wanted& wanted, const RowTarget& target, Parse parse) {
  const auto count = static_cast<uint32_t>(lines_.size());
  auto* values = reinterpret_cast<Value*>(unstored_.data());
  uint8_t* validity = unstored_validity_.data();
  if (wanted.stored) {
    values = static_cast<Value*>(target.columns[wanted.slot]) + target.row;
    if (wanted.optional) validity = target.validity[wanted.slot] + target.row;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const Cell cell = cellOf(lines_[i], wanted.cell, *target.arena);
    if (wanted.optional) {
      const bool null = isNull(cell);
      validity[i] = null ? 0 : 1;
      if (null) {
        values[i] = Value();
        continue;
      }
    }
    if (parse(cell.text, values[i])) [[likely]]
      continue;
    if (!wanted.lenient) {
      fail(i, wanted, cell);
      continue;
    }
    values[i] = Value();
    if (wanted.optional) validity[i] = 0;
  }
}

void CsvDecoder::decodeColumn(const Wanted& wanted, const RowTarget& target) {
  const size_t count = lines_.size();
  if (!wanted.stored) {
    unstored_.resize(std::max(unstored_.size(), count * wanted.value_bytes));
    unstored_validity_.resize(std::max(unstored_validity_.size(), count));
  }
  if (wanted.cell == kAbsent) {
    if (!wanted.stored) return;
    std::memset(static_cast<char*>(target.columns[wanted.slot]) + size_t{target.row} * wanted.value_bytes,
                wanted.presence ? 1 : 0, count * wanted.value_bytes);
    if (wanted.optional) std::memset(target.validity[wanted.slot] + target.row, 0, count);
    return;
  }
  const char* const first = data_;
  auto integer = [first](std::string_view text, auto& value) { return csv::parseInteger(text, first, value); };
  switch (wanted.type) {
    case ColumnType::kI8:
      return decodeValues<int8_t>(wanted, target, integer);
    case ColumnType::kI16:
      return decodeValues<int16_t>(wanted, target, integer);
    case ColumnType::kI32:
      return decodeValues<int32_t>(wanted, target, integer);
    case ColumnType::kI64:
      return decodeValues<int64_t>(wanted, target, integer);
    case ColumnType::kU8:
      return decodeValues<uint8_t>(wanted, target, integer);
    case ColumnType::kU16:
      return decodeValues<uint16_t>(wanted, target, integer);
    case ColumnType::kU32:
      return decodeValues<uint32_t>(wanted, target, integer);
    case ColumnType::kU64:
      return decodeValues<uint64_t>(wanted, target, integer);
    case ColumnType::kF64:
      return decodeValues<double>(wanted, target, [first](std::string_view text, double& value) {
        return csv::parseFloat(text, first, value);
      });
    case ColumnType::kTimestamp:
      return decodeValues<int64_t>(wanted, target,
                                   [reader = csv::InstantReader()](std::string_view text, int64_t& value) mutable {
                                     return reader.read(text, value);
                                   });
    case ColumnType::kString:
      if (index_.ascii) {
        return decodeValues<StreamString>(wanted, target, [](std::string_view text, StreamString& value) {
          value = {text.data(), static_cast<uint32_t>(text.size()), 0};
          return true;
        });
      }
      return decodeValues<StreamString>(wanted, target, [](std::string_view text, StreamString& value) {
        value = {text.data(), static_cast<uint32_t>(text.size()), 0};
        return isUtf8(text);
      });
    default:
      break;
  }
  struct Bytes {
    char bytes[16];
  };
  Arena& arena = *target.arena;
  const Column& column = wanted.column;
  auto scalar = [&arena, &column](std::string_view text, auto& value) {
    return parseScalar(column, text, &value, arena);
  };
  switch (wanted.value_bytes) {
    case 1:
      return decodeValues<uint8_t>(wanted, target, scalar);
    case 2:
      return decodeValues<uint16_t>(wanted, target, scalar);
    case 4:
      return decodeValues<uint32_t>(wanted, target, scalar);
    case 8:
      return decodeValues<uint64_t>(wanted, target, scalar);
    default:
      return decodeValues<Bytes>(wanted, target, scalar);
  }
}

// Lines that failed leave; those behind them move up.
void CsvDecoder::settle(const RowTarget& target, Decoded& decoded) {
  const auto count = static_cast<uint32_t>(lines_.size());
  if (failures_.empty()) [[likely]] {
    for (const Line& line : lines_) decoded.rows.push_back(lineText(line));
    return;
  }
  for (const Wanted& wanted : wanted_) {
    if (!wanted.stored) continue;
    auto* values = static_cast<char*>(target.columns[wanted.slot]) + size_t{target.row} * wanted.value_bytes;
    uint8_t* validity = wanted.optional ? target.validity[wanted.slot] + target.row : nullptr;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; ++i) {
      if (failed_[i] != 0) continue;
      std::memmove(values + size_t{kept} * wanted.value_bytes, values + size_t{i} * wanted.value_bytes,
                   wanted.value_bytes);
      if (validity != nullptr) validity[kept] = validity[i];
      ++kept;
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (failed_[i] == 0) decoded.rows.push_back(lineText(lines_[i]));
  }
  for (Failure& failure : failures_) {
    decoded.refused.push_back({lineText(lines_[failure.line]), std::move(failure.detail)});
  }
  std::sort(decoded.refused.begin(), decoded.refused.end(),
            [](const auto& a, const auto& b) { return a.text.data() < b.text.data(); });
}

}  // namespace streamrt
