// Expressions of the language as written: names, literals, operators, calls.
//
// Part of the AST; ast.h says how the tree is owned and which invariants hold. The comment beside each node is the
// source text it stands for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dsl/source_file.h"

namespace streamc::ast {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

// Dense number of an expression in its module: 0 … Module::expr_count − 1. Facts about expressions are kept beside the
// tree, in vectors with this index.
using ExprId = std::uint32_t;

// A word that names something. `text` is without back-quotes; `span` is with them. Empty text: the word was missing and
// that has been reported.
struct Name {
  std::string text;
  Span span;
  bool is_quoted = false;  // written `like this`

  bool missing() const { return text.empty(); }
};

// a   a.b.c        (never empty, except where its absence has been reported)
struct Path {
  Span span;
  std::vector<Name> names;

  bool isSingle() const { return names.size() == 1; }
  const Name& first() const { return names.front(); }
  const Name& last() const { return names.back(); }
  std::string str() const;  // joined by "."
};

// ---------- literals ----------

// 42   1_000   50k   30M   2G: the value with its suffix (k 10³, M 10⁶, G 10⁹) worked out. No sign; that is kNegate.
struct IntLiteral {
  unsigned __int128 value = 0;  // the greatest value when it overflows, which has been reported
  std::string text;             // as written
};
// 1.5   2.50   1.5e-3: exact decimal text without underscores; the context decides on f64, f32 or decimal.
struct FloatLiteral {
  std::string text;
};
// 500ms   10s   1h30m   7d (24 h each)
struct DurationLiteral {
  std::int64_t us = 0;
  std::uint32_t ns_rest = 0;  // 0 … 999 on top; only in `cost 20ns`, elsewhere it is reported and 0
  std::string text;
};
// 64KB (64,000)   4GiB   10B
struct SizeLiteral {
  std::uint64_t bytes = 0;
  std::string text;
};
// 2000/s   50k/m   1.5k/h: exactly `count` in `per_us` microseconds, in lowest terms.
struct RateLiteral {
  std::uint64_t count = 0;
  std::uint64_t per_us = 1;
  std::string text;

  double perSecond() const { return static_cast<double>(count) * 1e6 / static_cast<double>(per_us); }
};
// @2024-10-08   @2024-10-08T00:00:01Z   @2024-01-01T00:00:00.5+05:30: microseconds since 1970 UTC; no zone means UTC.
struct TimestampLiteral {
  std::int64_t us = 0;
  std::string text;
};
// "text"   r"raw"   """several lines""": the value, escapes decoded.
struct StringLiteral {
  enum class Form : std::uint8_t { kPlain, kRaw, kBlock };
  std::string value;
  Form form = Form::kPlain;
};
// true   false
struct BoolLiteral {
  bool value = false;
};
// null
struct NullLiteral {};

// A piece of an f-string: either text (escapes and {{ }} decoded) or the expression between { and }.
struct FStringPart {
  Span span;  // of the text, or of the expression without its braces
  std::string text;
  ExprPtr expr;  // null for text
};
// f"total:{currency}"
struct FString {
  std::vector<FStringPart> parts;
};

// ---------- references and structure ----------

// price   `order by`
struct NameRef {
  Name name;
};
// this
struct ThisRef {};

// [1, 2, 3]
struct ListExpr {
  std::vector<ExprPtr> items;
};

// One item of a record.
//   kField      n: count()     `path` is the one name, `value` is set
//   kShorthand  order.id       the field `id` with this value; `path` is set, `value` is null
//   kSpread     ...rest        `value` is set, `path` is empty
struct RecordItem {
  enum class Kind : std::uint8_t { kField, kShorthand, kSpread };
  Kind kind = Kind::kField;
  Span span;
  Path path;
  ExprPtr value;

  // The name of the field that the item makes. REQUIRES: not kSpread.
  const Name& name() const { return path.last(); }
};
// { a: 1, b, c.d, ...e }
struct RecordExpr {
  std::vector<RecordItem> items;
};

// base.name   base?.name. A chain `a.b.c` of names is nested FieldExprs over a NameRef; sema decides what each dot
// means.
struct FieldExpr {
  ExprPtr base;
  Name name;
  bool is_optional = false;  // ?.
};
// base[index]
struct IndexExpr {
  ExprPtr base;
  ExprPtr index;
};

// x => e   fn(a, b) => e: only as an argument.
struct LambdaExpr {
  std::vector<Name> params;
  ExprPtr body;
};
// One argument: `e`, `label: e`, or a lambda as `value`.
struct Arg {
  Span span;
  std::optional<Name> label;
  ExprPtr value;
};
// f(a, k: b)   s.lower()   geo.country_of(ip): a method call is a call whose callee is a FieldExpr.
struct CallExpr {
  ExprPtr callee;
  std::vector<Arg> args;
  Span args_span;  // from "(" to ")"
};
// x!  asserts that x is not null.
struct NonNullExpr {
  ExprPtr operand;
};

// ---------- operators ----------

enum class UnaryOp : std::uint8_t { kNegate, kNot };
// -x   not x
struct UnaryExpr {
  UnaryOp op = UnaryOp::kNegate;
  Span op_span;
  ExprPtr operand;
};

enum class BinaryOp : std::uint8_t {
  kOr,
  kAnd,  // or  and
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,
  kIn,
  kNotIn,     // ==  !=  <  <=  >  >=  in  not in
  kCoalesce,  // ??
  kAdd,
  kSub,
  kMul,
  kDivide,
  kRemainder,
  kDiv,
  kMod,  // +  -  *  /  %  div  mod
};
// The operator as written: "or", "==", "not in", …
std::string_view spelling(BinaryOp op);

// lhs op rhs
struct BinaryExpr {
  BinaryOp op = BinaryOp::kAdd;
  Span op_span;
  ExprPtr lhs;
  ExprPtr rhs;
};
// x is created   x is not created   x is null   x is not null
struct IsExpr {
  ExprPtr operand;
  bool is_negated = false;
  std::optional<Name> variant;  // absent: `null`
  Span variant_span;            // of the variant's name or of `null`
};
// value catch fallback
struct CatchExpr {
  ExprPtr value;
  ExprPtr fallback;
};
// if c then a else b
struct IfExpr {
  ExprPtr condition;
  ExprPtr then_value;
  ExprPtr else_value;
};

// What an arm of `match` fits.
//   kVariant   created   created c   other(text) is not written here
//   kLiteral   "x"  3  true  null
//   kWildcard  _
struct Case {
  enum class Kind : std::uint8_t { kVariant, kLiteral, kWildcard };
  Kind kind = Kind::kWildcard;
  Span span;
  Name name;                    // of the variant or enum symbol
  std::optional<Name> binding;  // its payload in the arm
  ExprPtr literal;
};
struct MatchArm {
  Span span;
  Case pattern;
  ExprPtr value;
};
// match e { a x => …, _ => … }
struct MatchExpr {
  ExprPtr subject;
  std::vector<MatchArm> arms;
};

// Something that could not be read; it has been reported. Whoever meets it stays silent.
struct ErrorExpr {};

struct Expr {
  using Node = std::variant<ErrorExpr, IntLiteral, FloatLiteral, DurationLiteral, SizeLiteral, RateLiteral,
                            TimestampLiteral, StringLiteral, BoolLiteral, NullLiteral, FString, NameRef, ThisRef,
                            ListExpr, RecordExpr, FieldExpr, IndexExpr, LambdaExpr, CallExpr, NonNullExpr, UnaryExpr,
                            BinaryExpr, IsExpr, CatchExpr, IfExpr, MatchExpr>;
  Span span;  // the whole expression, with its parentheses if it has any
  ExprId id = 0;
  std::uint32_t depth = 1;        // of this tree; at most kMaxExprDepth, so recursion over a tree is safe
  bool is_parenthesized = false;  // written ( … )
  Node node;

  // The node as a T, or null if it is another kind.
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(node);
  }
};

// The parser reports E0110 beyond it.
inline constexpr std::uint32_t kMaxExprDepth = 1000;

}  // namespace streamc::ast
