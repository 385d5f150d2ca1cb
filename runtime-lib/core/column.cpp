#include "runtime-lib/core/column.h"

#include <algorithm>
#include <array>

namespace streamrt {
namespace {

constexpr std::array<std::string_view, 21> kTypeNames = {
    "bool",   "i8",        "i16",      "i32",  "i64",  "u8",      "u16",  "u32",   "u64",       "f32",       "f64",
    "string", "timestamp", "duration", "list", "enum", "variant", "date", "bytes", "decimal64", "decimal128"};
constexpr std::array<std::string_view, 9> kRoleNames = {
    "field", "event_time", "watermark", "window_start", "window_end", "present", "partition", "position", "meta"};

}  // namespace

std::string_view columnTypeName(ColumnType type) { return kTypeNames[static_cast<size_t>(type)]; }

std::string typeText(ColumnType type, uint8_t precision, uint8_t scale) {
  if (!isDecimal(type)) return std::string(columnTypeName(type));
  return "decimal(" + std::to_string(precision) + ", " + std::to_string(scale) + ")";
}

std::optional<ColumnType> columnTypeNamed(std::string_view name) {
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<ColumnType>(i);
  }
  return std::nullopt;
}

std::optional<ColumnRole> columnRoleNamed(std::string_view name) {
  for (size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<ColumnRole>(i);
  }
  return std::nullopt;
}

std::vector<std::string> splitColumnName(std::string_view name) {
  std::vector<std::string> path;
  if (name.empty()) return path;
  path.emplace_back();
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\' && i + 1 < name.size() && name[i + 1] == '.') {
      path.back() += '.';
      ++i;
    } else if (name[i] == '.') {
      path.emplace_back();
    } else {
      path.back() += name[i];
    }
  }
  return path;
}

ElementLayout elementLayout(const std::vector<Column>& element) {
  ElementLayout layout;
  uint32_t offset = 0;
  for (const Column& column : element) {
    const uint32_t bytes = columnValueBytes(column.type);
    const uint32_t align = std::min(bytes, 8u);
    offset = (offset + align - 1) & ~(align - 1);
    const uint32_t validity = column.optional ? offset + bytes : ElementLayout::kNoValidity;
    layout.leaves.push_back({offset, validity});
    offset += bytes + (column.optional ? 1 : 0);
  }
  layout.element_bytes = (offset + 7) & ~7u;
  return layout;
}

}  // namespace streamrt
