// E0203: a value that may be null where an operation has no answer for null, with the ways out as edits.
#include "frontend/sema/expressions.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kMayBeNull, "E0203", Severity::kError, "an operation on a value that may be null");

namespace {

const char* zeroOf(TypeRef type) {
  if (type->isFloat()) return "0.0";
  if (type->isNumber()) return "0";
  if (type->is(TypeKind::kString)) return "\"\"";
  if (type->is(TypeKind::kBool)) return "false";
  if (type->is(TypeKind::kDuration)) return "0s";
  return nullptr;
}

const std::string* rootColumn(const Expr& expr) {
  const Expr* at = &expr;
  while (at->kind == ExprKind::kField || at->kind == ExprKind::kOptField || at->kind == ExprKind::kNarrow) {
    at = at->args[0].get();
  }
  return at->kind == ExprKind::kColumn ? &at->name : nullptr;
}

bool isWord(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

ExprRef ExprChecker::mayBeNull(const Expr& value, const std::string& message, bool offers_default) {
  Diagnostic diagnostic(kMayBeNull, value.span, message);
  diagnostic.label(toString(value.type));
  if (placeOf(value)) {
    const std::string& name = value.name;
    if (auto declared = job_.declarations.fieldSpan(name, value.type)) {
      diagnostic.because(*declared, "declared optional here");
    }
  }
  std::string text = context_.text(value.span);
  bool is_path = placeOf(value).has_value();
  if (is_path && rootColumn(value) != nullptr && where_ != nullptr) {
    // In a `where` the narrowing belongs in front of the condition.
    bool needs_parentheses = where_->is<ast::BinaryExpr>() && !where_->is_parenthesized &&
                             where_->as<ast::BinaryExpr>()->op == ast::BinaryOp::kOr;
    Fix fix = Fix::insertBefore(
        where_->span, text + " != null and " + (needs_parentheses ? "(" : ""),
        "leave rows without it out, and it is " + describe(TypeContext::unwrap(value.type)) + " from here on");
    if (needs_parentheses) fix.edits.push_back({where_->span.atEnd(), ")"});
    diagnostic.note("SQL would drop these records without a word");
    diagnostic.fix(std::move(fix));
  } else if (is_path && rootColumn(value) != nullptr && !row_.step.empty()) {
    diagnostic.fix(Fix::insertBefore(
        row_.step, "where " + text + " != null | ",
        "leave rows without it out, and it is " + describe(TypeContext::unwrap(value.type)) + " from here on"));
  }
  const char* zero = zeroOf(TypeContext::unwrap(value.type));
  if (offers_default && zero != nullptr) {
    bool simple = !text.empty();
    for (char c : text) simple &= isWord(c) || c == '.' || c == '?';
    std::string operand = simple ? text : "(" + text + ")";
    diagnostic.fix(Fix::replace(value.span, "(" + operand + " ?? " + zero + ")", "or give them a value"));
  }
  context_.sink.report(std::move(diagnostic));
  return error(value.span);
}

}  // namespace streamc::sema
