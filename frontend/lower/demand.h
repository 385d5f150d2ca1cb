// Which parts of its operands an expression needs when part of its value is wanted. Internal to frontend/lower.
//
// The one place that knows it: collecting the columns of a region and lowering its expressions follow the same rules,
// so what is lowered finds its columns and what is not wanted is never evaluated.
#pragma once

#include "frontend/lower/expression.h"

namespace streamc::lower {

// Demand on args[index] of an expression of which `want` is wanted. Of kLet only for the body (index 1).
Want argWant(const sema::Expr& expr, size_t index, const Want& want);

// Demand on the value that a kLet binds.
Want letWant(const sema::Expr& let, const Want& want);

// Anything wanted of a value that is no record is all of it.
Want normalized(TypeRef type, Want want);

}  // namespace streamc::lower
