#include "runtime-lib/builtins/unicode_case.h"

#include <algorithm>
#include <span>

namespace streamrt {
namespace {

struct CaseRow {
  uint32_t first;
  uint32_t last;
  uint32_t step;
  int32_t delta;
};

#include "runtime-lib/builtins/unicode_case_table.inc"

uint32_t mapped(std::span<const CaseRow> rows, uint32_t code_point) {
  const auto row = std::ranges::lower_bound(rows, code_point, {}, &CaseRow::last);
  if (row == rows.end() || code_point < row->first || (code_point - row->first) % row->step != 0) return code_point;
  return code_point + static_cast<uint32_t>(row->delta);
}

}  // namespace

uint32_t lowerOf(uint32_t code_point) { return mapped(kLower, code_point); }
uint32_t upperOf(uint32_t code_point) { return mapped(kUpper, code_point); }

}  // namespace streamrt
