// Widening: which values of one type are exactly values of another, and the expressions that make them so.
//
// Implicit conversions are exact or do not exist: i32 → i64, i32 → f64, f32 → f64, u8 → i32, iN → decimal with enough
// digits, decimal to more digits, string(n) → string(m ≥ n) → string, T → T?, null → T?, and the same field by field in
// records. Everything else is a cast that the user writes.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "frontend/sema/context.h"
#include "frontend/sema/program.h"

namespace streamc::sema {

// ---- construction of expressions ----

ExprRef makeExpr(ExprKind kind, TypeRef type, Span span, std::vector<ExprRef> args = {}, std::string name = "",
                 uint32_t index = 0);
ExprRef makeLiteral(TypeRef type, Span span, Literal literal);
ExprRef makeNull(TypeRef optional_type, Span span);
// Stands for what was reported already.
ExprRef makeError(const Context& context, Span span);
// base.name of a record that is there; of a record that is made on the spot, the value that made the field.
ExprRef makeField(ExprRef base, const std::string& name, TypeRef type, Span span);
// `value` bound to a fresh name, for a body that needs it more than once. REQUIRES: body(kLocal) uses it.
template <typename Body>
ExprRef makeLet(Context& context, ExprRef value, Body body) {
  // Paths are as cheap as names and have no causes of failure: no binding needed.
  if (value->kind == ExprKind::kColumn || value->kind == ExprKind::kLocal || value->kind == ExprKind::kLiteral) {
    return body(value);
  }
  std::string name = "$" + std::to_string(++context.locals_made);
  ExprRef local = makeExpr(ExprKind::kLocal, value->type, value->span, {}, name);
  ExprRef rest = body(local);
  return makeExpr(ExprKind::kLet, rest->type, value->span, {value, rest}, name);
}

// ---- rules ----

// Decimal digits that hold every value of an integer type.
unsigned digitsOf(TypeRef integer);
// Whether an integer value is a value of an integer type.
bool fitsInteger(__int128 value, TypeRef integer);

bool widens(TypeRef from, TypeRef to);
// The same, if no text were longer than `to` allows: such a conversion may fail with cause `cast`.
bool widensButForSizes(TypeRef from, TypeRef to);
// The least type that both widen to; null when there is none.
TypeRef commonType(TypeContext& types, TypeRef a, TypeRef b);

// `expr` as a `to`. REQUIRES: widens(expr->type, to).
ExprRef convert(Context& context, ExprRef expr, TypeRef to);

}  // namespace streamc::sema
