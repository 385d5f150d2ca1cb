#include "runtime-lib/control/error_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime-lib/core/check.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/utf8.h"

namespace streamrt {
namespace {

StreamString copyInto(Batch& batch, std::string_view text) {
  StreamString kept{text.data(), static_cast<uint32_t>(text.size()), 0};
  if (text.empty()) return kept;
  auto* bytes = static_cast<char*>(batch.arena.allocate(text.size()));
  std::memcpy(bytes, text.data(), text.size());
  kept.data = bytes;
  return kept;
}

std::string messageOf(const SitePlan& site, std::string_view detail) {
  return detail.empty() ? site.message : fmt::format("{}: {}", site.message, detail);
}

}  // namespace

std::string_view utf8Prefix(std::string_view text, size_t max) {
  if (text.size() <= max) return text;
  size_t end = max;
  while (end > 0 && end + 3 > max && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t left = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < left ? static_cast<uint8_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += k <= left ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string_view ErrorRows::rawInput(std::string_view record) {
  std::string_view prefix = utf8Prefix(record, kErrorInputBytes);
  if (isUtf8(prefix)) return prefix;
  text_ = base64(record.substr(0, kErrorInputBytes));
  return text_;
}

std::string_view ErrorRows::rowInput(const Batch& batch, uint32_t row, uint32_t valid_columns) {
  uint32_t columns = std::min(valid_columns, batch.column_count);
  auto& encoder = encoders_[{batch.schema, columns}];
  if (encoder == nullptr) {
    // Only fields: what the runtime adds to a row is no part of it.
    Schema schema;
    for (uint32_t i = 0; i < columns; ++i) {
      const Column& column = (*batch.schema)[i];
      if (column.role == ColumnRole::kField || column.role == ColumnRole::kPresent) schema.push_back(column);
    }
    JsonOptions lenient;
    lenient.lenient = true;
    encoder = std::make_unique<JsonEncoder>(schema, lenient);
  }
  std::vector<const void*> values;
  std::vector<const uint8_t*> validity;
  for (uint32_t i = 0; i < columns; ++i) {
    ColumnRole role = (*batch.schema)[i].role;
    if (role != ColumnRole::kField && role != ColumnRole::kPresent) continue;
    values.push_back(batch.columns[i]);
    validity.push_back(batch.validity[i]);
  }
  buffer_.clear();
  EncodeError error;
  bool encoded = encoder->encodeObject({values.data(), validity.data(), row}, buffer_, error);
  STREAM_CHECK(encoded, "a lenient encoder writes every row");
  return utf8Prefix(buffer_.view(), kErrorInputBytes);
}

void ErrorRows::append(Batch& errors, const SitePlan& site, const RejectedRow& rejected) {
  STREAM_CHECK(errors.rows < errors.capacity, "room for an error row");
  uint32_t row = errors.rows++;
  auto text = [&](ErrorsColumn column, std::string_view value) {
    errors.column<StreamString>(column)[row] = copyInto(errors, value);
  };
  text(kErrorsCause, site.cause);
  text(kErrorsMessage, messageOf(site, rejected.detail));
  text(kErrorsStep, site.step);
  text(kErrorsPlace, site.place);
  text(kErrorsInput, rejected.input);
  auto optional = [&](ErrorsColumn column, bool present) {
    const_cast<uint8_t*>(errors.validity[column])[row] = present ? 1 : 0;
    return present;
  };
  if (optional(kErrorsEventTime, rejected.event_time_us.has_value())) {
    errors.column<int64_t>(kErrorsEventTime)[row] = *rejected.event_time_us;
  }
  if (optional(kErrorsSource, rejected.source.has_value())) text(kErrorsSource, *rejected.source);
  if (optional(kErrorsPartition, rejected.partition.has_value())) {
    errors.column<int32_t>(kErrorsPartition)[row] = *rejected.partition;
  }
  if (optional(kErrorsOffset, rejected.offset.has_value()))
    errors.column<int64_t>(kErrorsOffset)[row] = *rejected.offset;
}

std::string ErrorRows::sentence(const SitePlan& site, const RejectedRow& row) {
  constexpr size_t kShownBytes = 200;
  std::string_view shown = utf8Prefix(row.input, kShownBytes);
  std::string text = fmt::format("{}: {}: {} ({})", site.place, site.step, messageOf(site, row.detail), site.cause);
  if (row.source && row.offset) text += fmt::format("\n  at byte {} of source {}", *row.offset, *row.source);
  text += fmt::format("\n  input: {}{}", shown, shown.size() < row.input.size() ? "…" : "");
  return text;
}

}  // namespace streamrt
