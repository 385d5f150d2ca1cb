// Expressions: from text to typed trees in which names, conversions, narrowing and calls are resolved.
//
// Types flow in both directions: a literal, `null`, `[]`, a symbol of an enum take the type that their context wants
// (`expected` below, a hint), everything else has a type of its own and is converted where that is exact. What cannot
// be typed is reported once and becomes an expression of the error type, which nobody complains about again.
//
// One ExprChecker serves one place of the text (a step, a default, an option): it knows the row, the declarations in
// scope and the facts that hold there. Implemented in expressions.cpp (dispatch, structure), literals.cpp, names.cpp,
// operators.cpp, calls.cpp, methods.cpp, aggregates.cpp, nulls.cpp.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/builtins.h"
#include "frontend/sema/conversions.h"
#include "frontend/sema/job.h"
#include "frontend/sema/narrowing.h"

namespace streamc::sema {

// The record that an expression is about.
struct RowScope {
  TypeRef row = nullptr;    // a record; null: there is no row (a default, a setting)
  TypeRef oneof = nullptr;  // a row of several kinds, which is `this` and has no fields; null: it is a record
  TypeRef meta = nullptr;   // what the connector knows; null: nothing here
  bool has_time = false;
  bool windowed = false;
  bool allows_env = false;     // env() and config(): read when the job starts
  std::string place = "here";  // for messages: "in this stream"
  Span step;                   // the step, for fixes that put another one in front; empty: none
};

// What an aggregate computes; collected while its expression is checked.
struct AggregateUse {
  std::vector<AggregateField> fields;  // named "$0", "$1", … in the order of the text
  RowScope inner;                      // the row that is aggregated
  ExprRef where;                       // of the item that is being checked; null when it has none that is right
  bool has_where = false;              // it has one, right or wrong
  Span item;                           // the item's expression, for fixes
  bool endless_session = false;        // the window is a session without `max`
  Span window;                         // the `window` step
};

// What the type variables of a row of the builtin table stand for in one call.
struct BuiltinBinding {
  std::array<TypeRef, 26> types{};
  TypeRef& operator[](char variable) { return types[static_cast<std::size_t>(variable - 'A')]; }
  TypeRef operator[](char variable) const { return types[static_cast<std::size_t>(variable - 'A')]; }
};

struct NamedValue {
  std::string name;
  Span name_span;
  ExprRef value;
};

// Symbols of an enum, variants of a oneof; empty for other types.
std::vector<std::string> variantNames(TypeRef type);
// Whether the type has it, or a report.
bool hasVariant(Context& context, TypeRef type, const ast::Name& name);

class ExprChecker {
 public:
  ExprChecker(Job& job, const Scope& names, RowScope row)
      : job_(job), context_(job.context), names_(names), row_(std::move(row)) {}

  // `expected` is a hint for literals; the result may have any type.
  ExprRef infer(const ast::Expr& expr, TypeRef expected = nullptr);
  // As a `type`, or a report that `role` ("the argument `s`") needs one.
  ExprRef checkAs(const ast::Expr& expr, TypeRef type, std::string_view role);
  // A condition of `where`, `assert`, `when`, … .
  ExprRef condition(const ast::Expr& expr, std::string_view step);
  // The fields that a record literal makes, doubled names reported.
  std::vector<NamedValue> fields(const ast::RecordExpr& record, TypeRef expected = nullptr);
  // a.b.c as a value.
  ExprRef path(const ast::Path& path);
  // Converts what was inferred, or reports that `role` needs a `type`.
  ExprRef require(ExprRef value, TypeRef type, std::string_view role);

  void assume(const Facts& facts) { facts_.add(facts); }
  // `unique` is the name of the kLocal, where it differs.
  void bind(std::string name, TypeRef type, std::string unique = "") {
    locals_.push_back({std::move(name), type, std::move(unique)});
  }
  // Lists that have at least one element: their first() and last() are there.
  void neverEmpty(std::set<std::string> names) { never_empty_ = std::move(names); }
  // Blocks: names bound since `bound()` are gone after `unbind`, facts come back by `restore`.
  std::size_t bound() const { return locals_.size(); }
  void unbind(std::size_t count) { locals_.resize(count); }
  const Facts& facts() const { return facts_; }
  void restore(Facts facts) { facts_ = std::move(facts); }
  // A name was assigned: what was known about it is not known any more.
  void forget(const std::string& local);
  // Aggregate functions are calls of their own while `use` is set.
  void aggregateInto(AggregateUse* use) { aggregates_ = use; }
  // The declared span and the constant of a name that is expected, for window sizes and the like.
  const Scope& names() const { return names_; }

 private:
  struct Local {
    std::string name;  // in the text
    TypeRef type;
    std::string unique;  // name of the kLocal; "" = the same
  };

  // expressions.cpp
  ExprRef inferNode(const ast::Expr& expr, TypeRef expected);
  ExprRef inferIf(const ast::Expr& expr, const ast::IfExpr& node, TypeRef expected);
  ExprRef inferCatch(const ast::Expr& expr, const ast::CatchExpr& node, TypeRef expected);
  ExprRef inferList(const ast::Expr& expr, const ast::ListExpr& node, TypeRef expected);
  ExprRef inferRecord(const ast::Expr& expr, const ast::RecordExpr& node, TypeRef expected);
  ExprRef inferFString(const ast::Expr& expr, const ast::FString& node);
  ExprRef inferIndex(const ast::Expr& expr, const ast::IndexExpr& node);
  ExprRef inferNonNull(const ast::Expr& expr, const ast::NonNullExpr& node);
  ExprRef inferIs(const ast::Expr& expr, const ast::IsExpr& node);
  ExprRef inferMatch(const ast::Expr& expr, const ast::MatchExpr& node, TypeRef expected);
  ExprRef printable(ExprRef value);

  // literals.cpp
  ExprRef inferInt(Span span, __int128 value, TypeRef expected);
  ExprRef inferFraction(Span span, const std::string& text, bool negative, TypeRef expected);
  // Whether the expression has no type of its own: a number, null, [], a symbol, and arithmetic of numbers.
  bool isOpen(const ast::Expr& expr) const;

  // names.cpp
  ExprRef inferName(const ast::Name& name, TypeRef expected);
  ExprRef lookUp(const ast::Name& name, TypeRef expected);
  ExprRef column(const std::string& name, TypeRef type, Span span);
  ExprRef inferField(const ast::Expr& expr, const ast::FieldExpr& node);
  ExprRef fieldOf(ExprRef base, const ast::Name& name, bool is_optional, Span span);
  ExprRef moduleValue(const std::vector<const ast::Name*>& names, Span span);
  ExprRef narrowed(ExprRef value);
  ExprRef symbolOf(const ast::Name& name, TypeRef expected);
  bool isValueName(std::string_view name) const;
  void unknownName(const ast::Name& name);

  // operators.cpp
  ExprRef inferBinary(const ast::Expr& expr, const ast::BinaryExpr& node, TypeRef expected);
  ExprRef inferUnary(const ast::Expr& expr, const ast::UnaryExpr& node, TypeRef expected);
  ExprRef inferLogic(const ast::Expr& expr, const ast::BinaryExpr& node);
  ExprRef inferCoalesce(const ast::Expr& expr, const ast::BinaryExpr& node, TypeRef expected);
  ExprRef inferCompare(const ast::Expr& expr, const ast::BinaryExpr& node);
  ExprRef inferIn(const ast::Expr& expr, const ast::BinaryExpr& node);
  ExprRef inferArithmetic(const ast::Expr& expr, const ast::BinaryExpr& node, TypeRef expected);
  ExprRef timeArithmetic(const ast::Expr& expr, const ast::BinaryExpr& node, ExprRef lhs, ExprRef rhs);
  ExprRef decimalArithmetic(const ast::Expr& expr, const ast::BinaryExpr& node, ExprRef lhs, ExprRef rhs);
  ExprRef division(const ast::Expr& expr, const ast::BinaryExpr& node, ExprRef lhs, ExprRef rhs);
  std::pair<ExprRef, ExprRef> operands(const ast::BinaryExpr& node, TypeRef expected);
  // Both as their common type, or a report.
  TypeRef unify(const ast::BinaryExpr& node, ExprRef& lhs, ExprRef& rhs);
  ExprRef asBool(const ast::Expr& expr, std::string_view where);

  // calls.cpp
  ExprRef inferCall(const ast::Expr& expr, const ast::CallExpr& node, TypeRef expected);
  ExprRef callNamed(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name, TypeRef expected);
  ExprRef callFunction(Entity& entity, const ast::Expr& expr, const ast::CallExpr& node, ExprRef self);
  ExprRef callService(const Entity& entity, const ast::Name& function, const ast::Expr& expr,
                      const ast::CallExpr& node);
  ExprRef callEnv(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name, TypeRef expected);
  ExprRef callSpecial(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name, ExprRef self);
  ExprRef laterCall(const std::string& name, std::vector<ExprRef> args, Span span);
  // The values of declared parameters, by position or label, defaults filled in; null after a report.
  std::optional<std::vector<ExprRef>> arguments(const std::vector<ast::Param>& params,
                                                const std::vector<TypeRef>& types, const ast::CallExpr& node,
                                                const std::string& function, ExprRef self, const Scope& home);

  // builtin_calls.cpp
  ExprRef callBuiltin(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name, ExprRef self);
  ExprRef property(ExprRef base, const ast::Name& name, Span span);
  TypeRef builtinType(const BuiltinType& type, const BuiltinBinding& binding) const;
  ExprRef callRow(const Builtin& row, const BuiltinBinding& binding, std::vector<ExprRef> args, Span span);
  bool isZone(const Expr& value);
  ExprRef defaultOf(const BuiltinParam& param, TypeRef type, Span span);
  ExprRef reportNoRow(const ast::Expr& expr, const ast::Name& name, std::size_t count,
                      const std::function<ExprRef(std::size_t)>& arg);

  // decimal_calls.cpp
  struct DecimalArgument {
    const ast::Expr* text;
    ExprRef value;           // null: typed by its parameter
    const ast::Name* label;  // null: by position
  };
  static bool isDecimalCall(std::string_view name, const ExprRef& first);
  ExprRef callDecimal(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name,
                      const std::vector<DecimalArgument>& given);

  // methods.cpp
  ExprRef callMethod(const ast::Expr& expr, const ast::CallExpr& node, const ast::FieldExpr& callee, TypeRef expected);
  ExprRef callQualified(const ast::Expr& expr, const ast::CallExpr& node, const ast::FieldExpr& callee);
  ExprRef callOn(ExprRef self, const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name);
  bool isNullFunction(std::string_view name) const;
  ExprRef listMethod(ExprRef self, const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name);

  // aggregate_calls.cpp
  ExprRef callAggregate(const ast::Expr& expr, const ast::CallExpr& node, const ast::Name& name);
  ExprRef addAggregate(AggregateFunction function, ExprRef arg, TypeRef type, Span span);
  ExprRef aggregateOverNull(const ast::Name& name, const Expr& value);

  // nulls.cpp: `value` may be null and `op` has no answer for that
  ExprRef mayBeNull(const Expr& value, const std::string& message, bool offers_default = true);

  ExprRef error(Span span) const { return makeError(context_, span); }
  ExprRef make(ExprKind kind, TypeRef type, Span span, std::vector<ExprRef> args = {}, std::string name = "",
               uint32_t index = 0) const {
    return makeExpr(kind, type, span, std::move(args), std::move(name), index);
  }
  // Checked and typed, not executed.
  ExprRef notBuilt(const std::string& what, TypeRef type, Span span, std::vector<ExprRef> args = {},
                   std::optional<Cause> cause = std::nullopt);
  bool isError(const ExprRef& expr) const { return expr->type->isError(); }

  Job& job_;
  Context& context_;
  const Scope& names_;
  RowScope row_;
  Facts facts_;
  std::vector<Local> locals_;
  AggregateUse* aggregates_ = nullptr;
  std::set<std::string> never_empty_;
  const ast::Expr* where_ = nullptr;  // the whole condition of the `where` that is being checked
};

}  // namespace streamc::sema
