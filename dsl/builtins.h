// The builtin functions of the language as a table that every room reads: sema types calls from it, codegen derives
// calls from it, the reference is generated from it, a test runs each example. The rows are in builtins.def; signatures
// are parsed by the compiler of this file, so a row that is malformed does not build. Immutable, thread safe, no
// dependencies.
//
// Finding the row of a call: take builtinsNamed(name), keep the rows whose required parameters are given, and choose
// the first that fits the argument types without widening, else the first that fits with it. A type variable is one
// type for the whole row, bound by the arguments (widened to a common type when several arguments bind it).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dsl/type.h"

namespace streamc {

enum class BuiltinGroup : uint8_t { Text, Numbers, Casts, Time, Lists };

// How a call is executed.
enum class BuiltinHow : uint8_t {
  Call,    // the symbol `target` of runtime-lib/abi/stream_builtins.def
  Inline,  // codegen emits the operation `target`
  Later,   // typed only; running it is E0109
};

// Causes of failure of a call, a bit set; the names are those of the language's closed list.
namespace builtin_cause {
inline constexpr uint8_t None = 0, Cast = 1, Overflow = 2, DivideByZero = 4, Missing = 8;
}
namespace builtin_trait {
inline constexpr uint8_t Plain = 0, Property = 1, Nondeterministic = 2;
}

// A type in a signature: `kind` or the variable, possibly as element of a list, possibly optional.
struct BuiltinType {
  TypeKind kind = TypeKind::kError;  // kError when `variable` stands for the type
  // 'T' any · 'N' number · 'I' integer · 'S' signed integer · 'F' float · 'D' decimal · 'O' ordered
  char variable = 0;
  bool list = false;      // list of that
  bool optional = false;  // null is possible (of the list, when it is one)
};

struct BuiltinParam {
  std::string_view name;
  BuiltinType type;
  std::string_view default_text;  // a literal of the language; empty = must be given
};

struct Builtin {
  static constexpr size_t kParamsMax = 4;
  BuiltinGroup group;
  std::string_view name;
  std::string_view signature;  // as the reference prints it behind the name
  std::array<BuiltinParam, kParamsMax> param_list;
  uint8_t param_count;
  BuiltinType result;
  uint8_t causes;  // builtin_cause
  uint8_t traits;  // builtin_trait
  BuiltinHow how;
  std::string_view target;  // symbol (Call) or operation (Inline)
  std::string_view doc;
  std::string_view example;
  std::string_view value;

  constexpr std::span<const BuiltinParam> params() const { return {param_list.data(), param_count}; }
  // Whether the digits of a result follow from constants among the arguments, or an argument is a word of a list (kinds
  // kDecimal and kEnum in the signature): sema knows the rule of such a row by its name.
  constexpr bool isSpecial() const {
    auto special = [](const BuiltinType& type) {
      return type.kind == TypeKind::kDecimal || type.kind == TypeKind::kEnum;
    };
    for (const BuiltinParam& param : params()) {
      if (special(param.type)) return true;
    }
    return special(result);
  }
  constexpr bool mayFail() const { return causes != builtin_cause::None; }
  constexpr bool isProperty() const { return (traits & builtin_trait::Property) != 0; }
  constexpr bool isDeterministic() const { return (traits & builtin_trait::Nondeterministic) == 0; }
};

// All rows, in the order of builtins.def.
std::span<const Builtin> builtins();

// The rows of one name, contiguous or not: calls `visit(const Builtin&)` for each, in order; false when there is none.
template <typename Visit>
bool builtinsNamed(std::string_view name, Visit visit) {
  bool found = false;
  for (const Builtin& row : builtins()) {
    if (row.name != name) continue;
    found = true;
    visit(row);
  }
  return found;
}
bool isBuiltin(std::string_view name);

// Whether a type may stand for a variable of a signature.
bool builtinVariableAdmits(char variable, TypeRef type);

// "None" is empty; otherwise the language's names, joined by ", " ("cast, overflow").
std::string builtinCauseNames(uint8_t causes);

}  // namespace streamc
