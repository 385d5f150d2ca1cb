#include "runtime-lib/formats/csv_encoder.h"

#include <fmt/format.h>

#include <cstring>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/formats/scalar_text.h"

namespace streamrt {
CsvEncoder::CsvEncoder(const std::vector<Column>& columns, CsvOptions options) : options_(std::move(options)) {
  for (const Column& column : columns) {
    STREAM_CHECK(column.role == ColumnRole::kField && column.type != ColumnType::kList,
                 "the compiler lets only scalars into CSV");
    Field& field = fields_.emplace_back();
    for (const std::string& part : column.path) field.name += (field.name.empty() ? "" : ".") + part;
    field.column = column;
    field.optional = column.optional;
    field.value_bytes = columnValueBytes(column.type);
  }
  // Characters that a number, a time or a duration may have.
  const std::string_view plain = "0123456789+-.:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/=";
  rare_dialect_ = plain.find(options_.dialect.delimiter) != std::string_view::npos ||
                  plain.find(options_.dialect.quote) != std::string_view::npos;
}

std::string CsvEncoder::prologue() const {
  if (!options_.header || fields_.empty()) return "";
  ByteBuffer line;
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (i > 0) line.append(options_.dialect.delimiter);
    writeText(fields_[i].name, line);
  }
  line.append('\n');
  return std::string(line.view());
}

void CsvEncoder::writeText(std::string_view text, ByteBuffer& out) const {
  const char special[] = {options_.dialect.delimiter, options_.dialect.quote, '\n', '\r'};
  const bool quoted = text.empty() || text.find_first_of(std::string_view(special, 4)) != std::string_view::npos ||
                      (options_.null_text && text == *options_.null_text);
  if (!quoted) return out.append(text);
  const char quote = options_.dialect.quote;
  char* at = out.room(2 * text.size() + 2);
  *at++ = quote;
  for (char c : text) {
    *at++ = c;
    if (c == quote) *at++ = quote;
  }
  *at++ = quote;
  out.advanceTo(at);
}

bool CsvEncoder::writeValue(const Field& field, const void* value, ByteBuffer& out, std::string& detail) {
  if (field.column.type == ColumnType::kString) {
    StreamString text;
    std::memcpy(&text, value, sizeof text);
    writeText({text.data, text.size}, out);
    return true;
  }
  const size_t before = out.size();
  std::string why;
  if (!writeScalar(field.column, value, out, why)) {
    detail = fmt::format("column \"{}\" {}: it cannot be written as CSV", field.name, why);
    return false;
  }
  // A delimiter may be any character, and null any text: also ones of a number.
  const std::string_view written = out.view().substr(before);
  if (!rare_dialect_ && !options_.null_text && !written.empty()) return true;  // an empty cell would be null
  const std::string copy(written);
  out.truncate(before);
  writeText(copy, out);
  return true;
}

bool CsvEncoder::encode(const RowSource& row, ByteBuffer& out, std::string& detail) {
  const size_t before = out.size();
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    if (i > 0) out.append(options_.dialect.delimiter);
    if (field.optional && row.validity[i][row.row] == 0) {
      if (options_.null_text) out.append(*options_.null_text);
      continue;
    }
    const auto* value = static_cast<const char*>(row.columns[i]) + size_t{row.row} * field.value_bytes;
    if (!writeValue(field, value, out, detail)) {
      out.truncate(before);
      return false;
    }
  }
  if (out.size() == before) {
    detail = "a null alone in its row would be a blank line, which is no record: give csv(null: …)";
    return false;
  }
  out.append('\n');
  return true;
}

}  // namespace streamrt
