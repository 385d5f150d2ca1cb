// Constants: what an expression is before any record is read.
#pragma once

#include <cstdint>
#include <optional>

#include "frontend/sema/program.h"

namespace streamc::sema {

// The value of an expression without columns, parameters and environment; none when it has them or would fail.
std::optional<Literal> constantOf(const Expr& expr);
std::optional<int64_t> constantInteger(const Expr& expr);  // also of durations and timestamps: µs

// Whether the value is known when the job starts: a constant over parameters and the environment.
bool isStartConstant(const Expr& expr);

// "1h30m", "24h", "500ms": as a user writes it, largest units first.
std::string durationText(int64_t us);

// A decimal as the language writes it: 15000 of scale 2 is "150.00".
std::string decimalText(__int128 units, uint32_t scale);

}  // namespace streamc::sema
