#include "runtime-lib/connectors/meta_columns.h"

#include <fmt/format.h>

#include <algorithm>

namespace streamrt {
namespace {

struct Fact {
  std::string_view name;
  std::optional<uint32_t> MetaColumns::* column;
  ColumnType type;
};
constexpr Fact kFacts[] = {
    {"$meta.path", &MetaColumns::path, ColumnType::kString},
    {"$meta.line", &MetaColumns::line, ColumnType::kI64},
    {"$meta.received_at", &MetaColumns::received_at, ColumnType::kTimestamp},
    {"$meta.time", &MetaColumns::time, ColumnType::kTimestamp},
};

template <class Value>
void fillWith(std::optional<uint32_t> column, Batch& batch, uint32_t from, uint32_t rows, const Value& value) {
  if (!column) return;
  Value* values = batch.column<Value>(*column) + from;
  std::fill(values, values + rows, value);
  // A column may be optional (of `.late`), though this is always known.
  if (uint8_t* there = batch.validity[*column]) std::fill(there + from, there + from + rows, uint8_t{1});
}

}  // namespace

Result<MetaColumns> MetaColumns::of(const std::vector<Column>& columns) {
  MetaColumns meta;
  uint32_t stored = 0;
  for (const Column& column : columns) {
    if (column.check) continue;
    const uint32_t index = stored++;
    if (column.role != ColumnRole::kMeta) continue;
    auto fact = std::find_if(std::begin(kFacts), std::end(kFacts),
                             [&](const Fact& known) { return known.name == column.name && known.type == column.type; });
    if (fact == std::end(kFacts))
      return failure(ErrorCode::kBadManifest, fmt::format("no source knows \"{}\" of a record", column.name));
    meta.*fact->column = index;
  }
  return meta;
}

void MetaColumns::fill(std::optional<uint32_t> column, Batch& batch, uint32_t from, uint32_t rows, int64_t value) {
  fillWith(column, batch, from, rows, value);
}

void MetaColumns::fill(std::optional<uint32_t> column, Batch& batch, uint32_t from, uint32_t rows,
                       const StreamString& value) {
  fillWith(column, batch, from, rows, value);
}

std::vector<Column> withoutMeta(const std::vector<Column>& columns) {
  std::vector<Column> others;
  std::ranges::copy_if(columns, std::back_inserter(others),
                       [](const Column& column) { return column.role != ColumnRole::kMeta; });
  return others;
}

}  // namespace streamrt
