// Columns and rows for the tests of this room: columns from a short text, memory for a few rows.
//
//     columns({{"a.b", "f64?"}, {"a", "present"}, {"c", "i64 check"}, {"n", "i64? lenient"}, {"l", "list<string?>"},
//     {"m", "list"}})
#ifndef RUNTIME_LIB_FORMATS_TEST_ROWS_H
#define RUNTIME_LIB_FORMATS_TEST_ROWS_H

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/column.h"
#include "runtime-lib/formats/row_target.h"

namespace streamrt::test {

struct ColumnText {
  std::string name;
  std::string type;
  std::vector<ColumnText> element = {};  // of a list of records, whose type is "list"
};

inline Column column(const ColumnText& text) {
  Column result;
  result.name = text.name;
  result.path = splitColumnName(text.name);
  std::string_view type = text.type;
  if (type.ends_with(" check")) {
    result.check = true;
    type.remove_suffix(6);
  }
  if (type.ends_with(" lenient")) {
    result.lenient = true;
    type.remove_suffix(8);
  }
  if (type == "present") {
    result.role = ColumnRole::kPresent;
    return result;
  }
  if (type.ends_with("?")) {
    result.optional = true;
    type.remove_suffix(1);
  }
  if (type.starts_with("list<")) {
    result.type = ColumnType::kList;
    result.element.push_back(column({"", std::string(type.substr(5, type.size() - 6))}));
    return result;
  }
  // enum<added,deleted>, variant<bid,tick()>: one with () has no payload
  if (const size_t open = type.find('<'); open != std::string_view::npos) {
    std::string_view symbols = type.substr(open + 1, type.size() - open - 2);
    type = type.substr(0, open);
    while (!symbols.empty()) {
      std::string_view symbol = symbols.substr(0, symbols.find(','));
      symbols.remove_prefix(std::min(symbols.size(), symbol.size() + 1));
      const bool is_bare = symbol.ends_with("()");
      if (is_bare) symbol.remove_suffix(2);
      result.symbols.emplace_back(symbol);
      if (type == "variant") result.has_payload.push_back(!is_bare);
    }
  }
  result.type = columnTypeNamed(type).value();
  for (const ColumnText& leaf : text.element) result.element.push_back(column(leaf));
  return result;
}

inline std::vector<Column> columns(const std::vector<ColumnText>& texts) {
  std::vector<Column> result;
  for (const ColumnText& text : texts) result.push_back(column(text));
  return result;
}

// Memory for the rows of some columns, filled with a pattern so that what was not written is noticed.
class Rows {
 public:
  explicit Rows(std::vector<Column> all, uint32_t capacity = 4) : all_(std::move(all)) {
    for (const Column& column : all_) {
      if (column.check) continue;
      values_.push_back(std::vector<char>(size_t{columnValueBytes(column.type)} * capacity, '\xee'));
      valid_.push_back(std::vector<uint8_t>(column.optional ? capacity : 0, 0xee));
    }
    for (auto& value : values_) columns_.push_back(value.data());
    for (auto& valid : valid_) validity_.push_back(valid.empty() ? nullptr : valid.data());
  }

  const std::vector<Column>& schema() const { return all_; }
  RowTarget target(uint32_t row = 0) { return {columns_.data(), validity_.data(), row, &arena_}; }
  RowSource source(uint32_t row = 0) const { return {columns_.data(), validity_.data(), row}; }
  Arena& arena() { return arena_; }

  template <class T>
  T& at(size_t column, uint32_t row = 0) {
    return reinterpret_cast<T*>(values_[column].data())[row];
  }
  std::string_view text(size_t column, uint32_t row = 0) {
    const auto& value = at<StreamString>(column, row);
    return {value.data, value.size};
  }
  // 0 or 1; a column that is not optional is present.
  int present(size_t column, uint32_t row = 0) { return valid_[column].empty() ? 1 : valid_[column][row]; }
  void setText(size_t column, std::string_view text, uint32_t row = 0) {
    at<StreamString>(column, row) = {text.data(), static_cast<uint32_t>(text.size()), 0};
  }
  void setPresent(size_t column, bool present, uint32_t row = 0) { valid_[column][row] = present ? 1 : 0; }

 private:
  std::vector<Column> all_;
  std::vector<std::vector<char>> values_;
  std::vector<std::vector<uint8_t>> valid_;
  std::vector<void*> columns_;
  std::vector<uint8_t*> validity_;
  Arena arena_;
};

}  // namespace streamrt::test

#endif
