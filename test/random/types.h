// Types and names that the generator of programs works with. Internal to test/random.
#pragma once

#include <string>
#include <vector>

#include "dsl/type.h"
#include "test/random/random.h"

namespace streamc::random_programs {

struct Type {
  TypeKind kind = TypeKind::kI64;
  bool is_list = false;
  bool is_optional = false;

  friend bool operator==(const Type&, const Type&) = default;
  Type required() const { return {kind, is_list, false}; }
  Type optional() const { return {kind, is_list, true}; }
};

// Scalars that programs are made of.
const std::vector<TypeKind>& scalarKinds();
const std::vector<TypeKind>& integerKinds();
bool isInteger(TypeKind kind);
bool isSigned(TypeKind kind);
bool isFloat(TypeKind kind);
unsigned bitsOf(TypeKind kind);
std::string nameOf(TypeKind kind);
std::string nameOf(const Type& type);

// The enum and the oneof of programs that have them.
inline constexpr const char* kOpType = "enum { added, removed, `very odd` }";
inline constexpr const char* kShapeType = "oneof { circle: { r: f64, k: i64 }, side: i64, label: string, nothing }";

// Something that an expression may name.
struct Variable {
  std::string text;
  Type type;
};

// A list of records: its elements have these fields.
struct RecordList {
  std::string text;
  std::vector<Variable> fields;
};

// What an expression may use where it stands.
struct Scope {
  std::vector<Variable> variables;
  std::vector<RecordList> lists;
  std::vector<Variable> enums;   // of type Op (kOpSymbols), perhaps optional
  std::vector<Variable> oneofs;  // of type Shape (kShapeType), perhaps optional
  bool has_time = false;         // event_time
  bool has_window = false;       // window.start, window.end

  std::vector<std::string> named(const Type& type) const;
};

struct Function {
  std::string name;
  std::vector<Type> params;
  Type result;
};

// Expressions of a wanted type. Each has a type of its own (no bare literals), and parentheses around it.
class Expressions {
 public:
  Expressions(Random& random, const std::vector<Function>& functions) : random_(random), functions_(functions) {}

  std::string make(const Type& type, const Scope& scope, int depth);
  std::string condition(const Scope& scope, int depth) { return make({TypeKind::kBool}, scope, depth); }
  // A literal with a type of its own: i8(5).
  std::string literal(TypeKind kind);
  // A literal that takes the type of its context.
  std::string bareLiteral(TypeKind kind);
  Type anyType() { return {random_.pick(scalarKinds())}; }

 private:
  std::string leaf(const Type& type, const Scope& scope);
  std::string optional(const Type& type, const Scope& scope, int depth);
  std::string list(const Type& type, const Scope& scope, int depth);
  std::string shared(const Type& type, const Scope& scope, int depth);
  std::string own(const Type& type, const Scope& scope, int depth);
  // By symbol or variant; empty when there is nothing to choose by.
  std::string matched(const Type& type, const Scope& scope, int depth);
  std::string matchedOneof(const Type& type, const Variable& oneof, const Scope& scope, int depth);
  std::string boolean(const Scope& scope, int depth);
  std::string integer(TypeKind kind, const Scope& scope, int depth);
  std::string real(TypeKind kind, const Scope& scope, int depth);
  std::string text(const Scope& scope, int depth);
  std::string instant(const Scope& scope, int depth);
  std::string length(const Scope& scope, int depth);
  std::string day(const Scope& scope, int depth);
  std::string decimal(const Scope& scope, int depth);
  // A call of a function of dsl/builtins.def; empty when none gives that type.
  std::string call(const Type& type, const Scope& scope, int depth);
  std::string ownCall(const Type& type, const Scope& scope, int depth);
  TypeKind narrower(TypeKind kind);

  Random& random_;
  const std::vector<Function>& functions_;
};

}  // namespace streamc::random_programs
