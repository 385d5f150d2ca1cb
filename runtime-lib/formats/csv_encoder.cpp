#include "runtime-lib/formats/csv_encoder.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

template <class Value>
Value read(const void* from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

int64_t readSigned(ColumnType type, const void* value) {
  switch (type) {
    case ColumnType::kI8:
      return read<int8_t>(value);
    case ColumnType::kI16:
      return read<int16_t>(value);
    case ColumnType::kI32:
      return read<int32_t>(value);
    case ColumnType::kU8:
      return read<uint8_t>(value);
    case ColumnType::kU16:
      return read<uint16_t>(value);
    case ColumnType::kU32:
      return read<uint32_t>(value);
    default:
      return read<int64_t>(value);
  }
}

}  // namespace

CsvEncoder::CsvEncoder(const std::vector<Column>& columns, CsvOptions options) : options_(std::move(options)) {
  for (const Column& column : columns) {
    STREAM_CHECK(column.role == ColumnRole::kField && column.type != ColumnType::kList,
                 "the compiler lets only scalars into CSV");
    Field& field = fields_.emplace_back();
    for (const std::string& part : column.path) field.name += (field.name.empty() ? "" : ".") + part;
    field.type = column.type;
    field.optional = column.optional;
    field.value_bytes = columnValueBytes(column.type);
  }
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

bool CsvEncoder::writeValue(const Field& field, const void* value, ByteBuffer& out, std::string& detail) const {
  char text[kScalarTextBytes];
  char* end = text;
  switch (field.type) {
    case ColumnType::kBool: {
      const bool truth = read<uint8_t>(value) != 0;
      end = static_cast<char*>(std::memcpy(text, truth ? "true" : "false", 5)) + (truth ? 4 : 5);
      break;
    }
    case ColumnType::kString: {
      const auto string = read<StreamString>(value);
      writeText({string.data, string.size}, out);
      return true;
    }
    case ColumnType::kU64:
      end = writeU64(text, read<uint64_t>(value));
      break;
    case ColumnType::kF32:
    case ColumnType::kF64: {
      const bool narrow = field.type == ColumnType::kF32;
      const double number = narrow ? read<float>(value) : read<double>(value);
      if (!std::isfinite(number)) {
        detail = fmt::format("column \"{}\": {} cannot be written as CSV", field.name,
                             std::isnan(number) ? "NaN" : "infinity");
        return false;
      }
      end = narrow ? writeF32(text, read<float>(value)) : writeF64(text, number);
      break;
    }
    case ColumnType::kTimestamp: {
      const auto micros = read<int64_t>(value);
      if (!timestampHasPlainYear(micros)) {
        detail = fmt::format("column \"{}\": the instant has no year between 0000 and 9999", field.name);
        return false;
      }
      end = writeTimestamp(text, micros);
      break;
    }
    case ColumnType::kDuration:
      end = writeDuration(text, read<int64_t>(value));
      break;
    default:
      end = writeI64(text, readSigned(field.type, value));
      break;
  }
  // A delimiter may be any character, and null any text: also ones of a number.
  const std::string_view written(text, static_cast<size_t>(end - text));
  if (written.find(options_.dialect.delimiter) == std::string_view::npos && !options_.null_text) {
    out.append(written);
  } else {
    writeText(written, out);
  }
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
