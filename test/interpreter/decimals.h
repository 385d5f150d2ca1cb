// Decimals for the referee: exact numbers of any length (APInt of 1024 bits, sign and digits), so that nothing has to
// be thought about. A decimal's value is its number without the point, like in the columns of the IR.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ir/stream/ops.h"
#include "test/interpreter/value.h"

namespace streamc::referee {

std::string decimalText(Int units, unsigned scale);

// The number that a text says; nothing when it is none or does not fit exactly.
std::optional<Int> parseDecimal(std::string_view text, ir::stream::DecimalType type);

// The number whose value of type `from` (an integer or decimal) is `units`; nothing when it does not fit exactly.
std::optional<Int> decimalOf(Int units, mlir::Type from, ir::stream::DecimalType to);
// A float, rounded half away from zero.
std::optional<Int> decimalOf(double value, ir::stream::DecimalType to);

// a / b with the digits of `to`, rounded; nothing when it does not fit. REQUIRES: b != 0.
std::optional<Int> decimalQuotient(Int a, unsigned a_scale, Int b, unsigned b_scale, ir::stream::DecimalType to,
                                   ir::stream::Rounding rounding);

// The sum of the numbers, or their mean half away from zero; nothing when it does not fit.
std::optional<Int> decimalTotal(const std::vector<Int>& numbers, unsigned scale, bool is_mean,
                                ir::stream::DecimalType to);

}  // namespace streamc::referee
