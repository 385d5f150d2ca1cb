// Types as written. Part of the AST; see ast.h.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "frontend/ast/expr.h"

namespace streamc::ast {

struct Type;
using TypePtr = std::unique_ptr<Type>;

// i64   string(36)   decimal(12, 2)   list<i64?>   map<string, T>   sale.Order
struct NamedType {
  Path path;
  std::vector<TypePtr> args;   // between < and >
  std::vector<ExprPtr> sizes;  // between ( and ), each an IntLiteral
};

// A field of a record type.
//   kField   price: f64? = 0.0
//   kRest    ...R   or   ...      the fields that are not named here, as a row variable or anonymous
struct TypeField {
  enum class Kind : std::uint8_t { kField, kRest };
  Kind kind = Kind::kField;
  Span span;
  std::optional<Name> name;  // always for kField
  TypePtr type;              // kField only
  ExprPtr default_value;     // kField only, may be null
};
// { id: i64, price: f64?, ...R }
struct RecordType {
  std::vector<TypeField> fields;
};

// Could not be read; reported.
struct ErrorType {};

struct Type {
  using Node = std::variant<ErrorType, NamedType, RecordType>;
  Span span;                          // with its `?`
  std::optional<Span> optional_span;  // of the `?`
  Node node;

  bool isOptional() const { return optional_span.has_value(); }
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

// by k   by (a, b)   key k   time
struct Facet {
  enum class Kind : std::uint8_t { kBy, kKey, kTime };
  Kind kind = Kind::kTime;
  Span span;
  std::vector<Name> names;
};
// stream<T> by k time   table<T> key (a, b)
struct StreamType {
  Span span;
  bool is_table = false;
  TypePtr row;
  std::vector<Facet> facets;
};

// in: stream<{ a: i64, ...R }> by a      n: i64 = 3
struct Param {
  Span span;
  Name name;
  std::variant<TypePtr, StreamType> type;
  ExprPtr default_value;  // may be null
};

}  // namespace streamc::ast
