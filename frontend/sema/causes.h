// How an expression can reject its record: the set of causes with their places (language reference, "Failures").
#pragma once

#include <vector>

#include "frontend/sema/program.h"

namespace streamc::sema {

// Appends the causes of `expr` in the order of evaluation, each (cause, place) once. What the compiler can prove does
// not count: a divisor that is a literal other than zero, a cast of a number that always fits.
void collectCauses(const Expr& expr, std::vector<PlacedCause>& causes);
bool mayFail(const Expr& expr);

}  // namespace streamc::sema
