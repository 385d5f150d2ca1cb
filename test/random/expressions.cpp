#include <algorithm>
#include <optional>

#include "dsl/builtins.h"
#include "test/interpreter/row_code.h"
#include "test/random/types.h"

namespace streamc::random_programs {

using enum TypeKind;

const std::vector<TypeKind>& integerKinds() {
  static const std::vector<TypeKind> kKinds = {kI8, kI16, kI32, kI64, kU8, kU16, kU32, kU64};
  return kKinds;
}
const std::vector<TypeKind>& scalarKinds() {
  static const std::vector<TypeKind> kKinds = {kI64,  kI64,       kI32,      kI16,  kI8,    kU8,     kU16,
                                               kU32,  kU64,       kF64,      kF64,  kF32,   kString, kString,
                                               kBool, kTimestamp, kDuration, kDate, kBytes, kDecimal};
  return kKinds;
}
bool isInteger(TypeKind kind) { return std::ranges::find(integerKinds(), kind) != integerKinds().end(); }
bool isSigned(TypeKind kind) { return kind == kI8 || kind == kI16 || kind == kI32 || kind == kI64; }
bool isFloat(TypeKind kind) { return kind == kF32 || kind == kF64; }
unsigned bitsOf(TypeKind kind) {
  switch (kind) {
    case kI8:
    case kU8:
      return 8;
    case kI16:
    case kU16:
      return 16;
    case kI32:
    case kU32:
      return 32;
    default:
      return 64;
  }
}
std::string nameOf(TypeKind kind) {
  if (isInteger(kind)) return (isSigned(kind) ? "i" : "u") + std::to_string(bitsOf(kind));
  return kind == kF32         ? "f32"
         : kind == kF64       ? "f64"
         : kind == kString    ? "string"
         : kind == kBool      ? "bool"
         : kind == kTimestamp ? "timestamp"
         : kind == kDate      ? "date"
         : kind == kBytes     ? "bytes"
         : kind == kDecimal   ? "decimal(12, 2)"
                              : "duration";
}
std::string nameOf(const Type& type) {
  std::string name = type.is_list ? "list<" + nameOf(type.kind) + ">" : nameOf(type.kind);
  return type.is_optional ? name + "?" : name;
}

std::vector<std::string> Scope::named(const Type& type) const {
  std::vector<std::string> found;
  for (const Variable& variable : variables)
    if (variable.type == type) found.push_back(variable.text);
  return found;
}

// ---------------------------------------------------------------- leaves

std::string Expressions::bareLiteral(TypeKind kind) {
  if (isInteger(kind)) return random_.pick({"0", "1", "2", "3", "7", "10", "100", "127"});
  switch (kind) {
    case kF64:
      return random_.pick({"0.0", "0.5", "1.0", "3.0", "1000.25", "100000000000000000000.0", "0.1"});
    case kF32:
      return random_.pick({"0.5", "2.0", "8.25", "0.1"});
    case kString:
      return random_.pick({"\"\"", "\"a\"", "\",\"", "\"ü\"", "\"12\"", "\"abc,d\"", "\"a\\\"b\""});
    case kBool:
      return random_.pick({"true", "false"});
    case kDate:
      return random_.pick({"@2024-02-29", "@1970-01-01", "@0001-01-01", "@9999-12-31"});
    case kBytes:
      return random_.pick({"bytes(\"\")", "bytes(\"a\")", "bytes(\"\u00fc\")"});
    case kDecimal:
      return random_.pick({"decimal(\"0\", 12, 2)", "decimal(\"-1.50\", 12, 2)", "decimal(\"9999999999.99\", 12, 2)",
                           "decimal(\"0.01\", 12, 2)", "decimal(\"3\", 12, 2)"});
    case kTimestamp:
      return random_.pick({"@2024-02-29T00:00:00Z", "@1970-01-01T00:00:00Z", "@1969-12-31T23:59:59Z"});
    default:
      return random_.pick({"1s", "1h", "250ms", "1d12h", "0s", "1us"});
  }
}

std::string Expressions::literal(TypeKind kind) {
  std::string text = bareLiteral(kind);
  return isInteger(kind) || isFloat(kind) || kind == kDate ? nameOf(kind) + "(" + text + ")" : text;
}

std::string Expressions::leaf(const Type& type, const Scope& scope) {
  std::vector<std::string> names = scope.named(type);
  if (type == Type{kTimestamp}) {
    if (scope.has_time) names.push_back("event_time");
    if (scope.has_window) names.push_back("window.start");
  }
  if (!names.empty() && !random_.chance(10)) return random_.pick(names);
  if (type.is_optional) return "(if false then null else " + leaf(type.required(), scope) + ")";
  if (type.is_list) return "[" + literal(type.kind) + ", " + literal(type.kind) + "]";
  return literal(type.kind);
}

// ---------------------------------------------------------------- any type

std::string Expressions::make(const Type& type, const Scope& scope, int depth) {
  if (depth <= 0) return leaf(type, scope);
  if (type.is_optional) return optional(type, scope, depth);
  if (type.is_list) return list(type, scope, depth);
  if (random_.chance(25)) return shared(type, scope, depth);
  return own(type, scope, depth);
}

std::string Expressions::optional(const Type& type, const Scope& scope, int depth) {
  switch (random_.below(4)) {
    case 0:
      return "(if " + condition(scope, depth - 1) + " then " + make(type.required(), scope, depth - 1) + " else null)";
    case 1:
      if (std::string made = call(type, scope, depth); !made.empty()) return made;
      return leaf(type, scope);
    default:
      return leaf(type, scope);
  }
}

std::string Expressions::list(const Type& type, const Scope& scope, int depth) {
  if (random_.chance(40))
    if (std::string made = call(type, scope, depth); !made.empty()) return made;
  if (random_.chance(30)) {
    Type element{type.kind};
    return "[" + make(element, scope, depth - 1) + ", " + make(element, scope, depth - 1) + "]";
  }
  return leaf(type, scope);
}

// What every type has: conditions, catch, null handling, elements of lists.
std::string Expressions::shared(const Type& type, const Scope& scope, int depth) {
  auto below = [&](const Type& of) { return make(of, scope, depth - 1); };
  if (random_.chance(40))
    if (std::string made = matched(type, scope, depth); !made.empty()) return made;
  switch (random_.below(6)) {
    case 0:
      return "(if " + condition(scope, depth - 1) + " then " + below(type) + " else " + below(type) + ")";
    case 1:
      return "(" + below(type) + " catch " + below(type) + ")";
    case 2:
      return "(" + below(type.optional()) + " ?? " + below(type) + ")";
    case 3: {
      std::vector<std::string> names = scope.named(type.optional());
      if (names.empty()) break;
      std::string name = random_.pick(names);
      if (random_.chance(40)) return name + "!";
      Scope narrowed = scope;
      for (Variable& variable : narrowed.variables)
        if (variable.text == name) variable.type = type;
      return "(if " + name + " is not null then " + make(type, narrowed, depth - 1) + " else " + below(type) + ")";
    }
    case 4: {
      std::vector<std::string> names = scope.named({type.kind, true});
      std::string tail;
      if (names.empty() || random_.chance(30)) {
        for (const RecordList& list : scope.lists)
          for (const Variable& field : list.fields)
            if (field.type == type) names = {list.text}, tail = "." + field.text;
      }
      if (names.empty()) break;
      return random_.pick(names) + "[" + below({kI64}) + "]" + tail;
    }
    default:
      if (std::string made = ownCall(type, scope, depth); !made.empty()) return made;
      break;
  }
  return own(type, scope, depth);
}

std::string Expressions::matched(const Type& type, const Scope& scope, int depth) {
  bool by_enum = !scope.enums.empty() && (scope.oneofs.empty() || random_.chance(50));
  if (!by_enum) return scope.oneofs.empty() ? "" : matchedOneof(type, random_.pick(scope.oneofs), scope, depth);
  const Variable& op = random_.pick(scope.enums);
  auto arm = [&](const std::string& name) { return name + " => " + make(type, scope, depth - 1); };
  std::string null = op.type.is_optional ? ", " + arm("null") : "";
  if (random_.chance(40)) return "(match " + op.text + " { " + arm("removed") + null + ", " + arm("_") + " })";
  return "(match " + op.text + " { " + arm("added") + ", " + arm("removed") + ", " + arm("`very odd`") + null + " })";
}

std::string Expressions::matchedOneof(const Type& type, const Variable& oneof, const Scope& scope, int depth) {
  auto with = [&](std::vector<Variable> more) {
    Scope inner = scope;
    inner.variables.insert(inner.variables.end(), more.begin(), more.end());
    // Where it is known which variant it is, it is the payload.
    std::erase_if(inner.oneofs, [&](const Variable& other) { return other.text == oneof.text; });
    return make(type, inner, depth - 1);
  };
  if (random_.chance(30) && oneof.text.find('.') == std::string::npos) {
    return "(if " + oneof.text + " is circle then " + with({{oneof.text + ".r", {kF64}}, {oneof.text + ".k", {kI64}}}) +
           " else " + with({}) + ")";
  }
  std::string arms = "circle c => " + with({{"c.r", {kF64}}, {"c.k", {kI64}}}) + ", ";
  if (oneof.type.is_optional) arms += "null => " + with({}) + ", ";
  if (random_.chance(50)) return "(match " + oneof.text + " { " + arms + "_ => " + with({}) + " })";
  arms += "side s => " + with({{"s", {kI64}}}) + ", label l => " + with({{"l", {kString}}}) + ", ";
  return "(match " + oneof.text + " { " + arms + "nothing => " + with({}) + " })";
}

std::string Expressions::own(const Type& type, const Scope& scope, int depth) {
  if (random_.chance(35))
    if (std::string made = call(type, scope, depth); !made.empty()) return made;
  if (isInteger(type.kind)) return integer(type.kind, scope, depth);
  if (isFloat(type.kind)) return real(type.kind, scope, depth);
  if (type.kind == kBool) return boolean(scope, depth);
  if (type.kind == kString) return text(scope, depth);
  if (type.kind == kDate) return day(scope, depth);
  if (type.kind == kBytes) return "bytes(" + make({kString}, scope, depth - 1) + ")";
  if (type.kind == kDecimal) return decimal(scope, depth);
  return type.kind == kTimestamp ? instant(scope, depth) : length(scope, depth);
}

// ---------------------------------------------------------------- operators of each type

// A type that widens to this one exactly, or itself.
TypeKind Expressions::narrower(TypeKind kind) {
  std::vector<TypeKind> kinds = {kind, kind};
  for (TypeKind other : integerKinds()) {
    bool fits = isSigned(other) == isSigned(kind) ? bitsOf(other) <= bitsOf(kind)
                                                  : isSigned(kind) && bitsOf(other) < bitsOf(kind);
    if (fits) kinds.push_back(other);
  }
  return random_.pick(kinds);
}

std::string Expressions::boolean(const Scope& scope, int depth) {
  auto below = [&](TypeKind kind) { return make({kind}, scope, depth - 1); };
  if (!scope.enums.empty() && random_.chance(12)) {
    const Variable& op = random_.pick(scope.enums);
    if (op.type.is_optional) return "(" + op.text + random_.pick({" == added)", " != removed)", " is null)"});
    return "(" + op.text + random_.pick({" == added)", " != `very odd`)", " is removed)", " in [added, removed])"});
  }
  if (!scope.oneofs.empty() && random_.chance(12))
    return "(" + random_.pick(scope.oneofs).text + random_.pick({" is circle)", " is not label)", " is nothing)"});
  switch (random_.below(9)) {
    case 0:
    case 1:
    case 2: {
      TypeKind kind = random_.chance(15) ? kU64 : random_.pick(scalarKinds());
      if (kind == kBool) kind = kI64;
      std::string op = random_.pick({"==", "!=", "<", "<=", ">", ">="});
      std::string right = random_.chance(30) ? bareLiteral(kind)
                          : isInteger(kind)  ? below(narrower(kind))
                                             : below(kind);
      return "(" + below(kind) + " " + op + " " + right + ")";
    }
    case 3:
    case 4:
      return "(" + below(kBool) + " " + random_.pick({"and", "or", "==", "!="}) + " " + below(kBool) + ")";
    case 5:
      return "(not " + below(kBool) + ")";
    case 6: {
      Type type = Type{random_.pick(scalarKinds())}.optional();
      std::vector<std::string> names = scope.named(type);
      if (names.empty()) return "(not " + below(kBool) + ")";
      return "(" + random_.pick(names) + random_.pick({" is null)", " is not null)"});
    }
    case 7: {
      TypeKind kind = random_.pick(scalarKinds());
      Type type{kind};
      std::vector<std::string> names = scope.named(type.optional());
      if (names.empty() || kind == kBool) return "(not " + below(kBool) + ")";
      return "(" + random_.pick(names) + random_.pick({" == ", " != "}) + below(kind) + ")";
    }
    default: {
      TypeKind kind = random_.pick({kI64, kString, kI32, kF64, kTimestamp, kU64});
      return "(" + below(kind) + " in [" + below(kind) + ", " + bareLiteral(kind) + "])";
    }
  }
}

std::string Expressions::integer(TypeKind kind, const Scope& scope, int depth) {
  auto below = [&](TypeKind of) { return make({of}, scope, depth - 1); };
  switch (random_.below(7)) {
    case 0:
    case 1:
      return "(" + below(kind) + " " + random_.pick({"+", "-", "*", "div", "mod"}) + " " + below(narrower(kind)) + ")";
    case 2:
      return "(" + below(kind) + " " + random_.pick({"+", "-", "*", "div", "mod"}) + " " + bareLiteral(kind) + ")";
    case 3:
      return nameOf(kind) + "(" + below(random_.pick(integerKinds())) + ")";
    case 4:
      return nameOf(kind) + "(" + below(random_.chance(70) ? kF64 : kF32) + ")";
    case 5:
      return "(" + nameOf(kind) + "(" + below(kString) + ") catch " + below(kind) + ")";
    default:
      return isSigned(kind) ? "(-" + below(kind) + ")" : below(kind);
  }
}

std::string Expressions::real(TypeKind kind, const Scope& scope, int depth) {
  auto below = [&](TypeKind of) { return make({of}, scope, depth - 1); };
  std::string op = random_.pick({"+", "-", "*", "/"});
  switch (random_.below(6)) {
    case 0:
    case 1:
      return "(" + below(kind) + " " + op + " " + below(kind) + ")";
    case 2:
      return "(" + below(kind) + " " + op + " " + bareLiteral(kind) + ")";
    case 3:
      return nameOf(kind) + "(" + below(random_.pick(integerKinds())) + ")";
    case 4:
      return "(-" + below(kind) + ")";
    default:
      if (kind == kF32) return "f32(" + below(kF64) + ")";
      if (random_.chance(30)) return "(" + below(kDuration) + " / " + below(kDuration) + ")";
      if (random_.chance(40)) return "(" + below(kI32) + " / " + below(random_.pick(integerKinds())) + ")";
      return "(" + below(kF64) + " " + op + " " + below(random_.chance(50) ? kF32 : kI32) + ")";
  }
}

std::string Expressions::text(const Scope& scope, int depth) {
  if (!scope.enums.empty() && random_.chance(15)) {
    const Variable& op = random_.pick(scope.enums);
    if (!op.type.is_optional) return "string(" + op.text + ")";
  }
  if (random_.chance(40)) return "string(" + make(anyType(), scope, depth - 1) + ")";
  std::string made = "f\"<";
  for (int i = 0, parts = static_cast<int>(random_.between(1, 3)); i < parts; ++i) {
    std::vector<std::string> names;
    for (const Variable& variable : scope.variables)
      if (!variable.type.is_list && !variable.type.is_optional && variable.type.kind != kBytes)
        names.push_back(variable.text);
    if (names.empty()) break;
    made += "{" + random_.pick(names) + "}" + random_.pick({"|", " ", "ü", "{{}}"});
  }
  return made + ">\"";
}

std::string Expressions::instant(const Scope& scope, int depth) {
  auto below = [&](TypeKind of) { return make({of}, scope, depth - 1); };
  return "(" + below(kTimestamp) + random_.pick({" + ", " - "}) + below(kDuration) + ")";
}

std::string Expressions::day(const Scope& scope, int depth) {
  if (random_.chance(70)) return "date(" + make({kTimestamp}, scope, depth - 1) + ")";
  return "(date(" + make({kString}, scope, depth - 1) + ") catch " + make({kDate}, scope, depth - 1) + ")";
}

// What sums, products and quotients are is wider: each is brought back to the one type, or rejected.
std::string Expressions::decimal(const Scope& scope, int depth) {
  auto below = [&](TypeKind of) { return make({of}, scope, depth - 1); };
  auto back = [](const std::string& value) { return "decimal(" + value + ", 12, 2)"; };
  switch (random_.below(7)) {
    case 0:
    case 1:
      return back("(" + below(kDecimal) + random_.pick({" + ", " - ", " * "}) + below(kDecimal) + ")");
    case 2:
      return back("divide(" + below(kDecimal) + ", " + below(random_.pick({kDecimal, kI32})) +
                  ", scale: " + random_.pick({"0", "2", "5"}) +
                  random_.pick({"", ", rounding: half_even", ", rounding: floor"}) + ")");
    case 3:
      if (random_.chance(30)) return back(random_.pick({"floor(", "ceil(", "trunc("}) + below(kDecimal) + ")");
      return back("round(" + below(kDecimal) + ", " + random_.pick({"0", "1", "2"}) +
                  random_.pick({"", ", rounding: ceil", ", rounding: trunc"}) + ")");
    case 4:
      return back(below(random_.pick({kI32, kI64, kU8, kF64})));
    case 5:
      return "(decimal(" + below(kString) + ", 12, 2) catch " + below(kDecimal) + ")";
    default:
      return random_.chance(50) ? "(-" + below(kDecimal) + ")" : "abs(" + below(kDecimal) + ")";
  }
}

std::string Expressions::length(const Scope& scope, int depth) {
  auto below = [&](TypeKind of) { return make({of}, scope, depth - 1); };
  switch (random_.below(3)) {
    case 0:
      return "(" + below(kTimestamp) + " - " + below(kTimestamp) + ")";
    case 1:
      return "(" + below(kDuration) + " * " + below(random_.pick({kI64, kI32, kI8})) + ")";
    default:
      return "(" + below(kDuration) + random_.pick({" + ", " - "}) + below(kDuration) + ")";
  }
}

// ---------------------------------------------------------------- functions

namespace {

bool admits(char variable, TypeKind kind) {
  switch (variable) {
    case 'T':
      return true;
    case 'N':
      return isInteger(kind) || isFloat(kind);
    case 'I':
      return isInteger(kind);
    case 'S':
      return isSigned(kind);
    case 'F':
      return isFloat(kind);
    case 'D':  // no decimals yet
      return false;
    default:
      return isInteger(kind) || isFloat(kind) || kind == kTimestamp || kind == kDuration;
  }
}

bool isKnown(TypeKind kind) { return std::ranges::find(scalarKinds(), kind) != scalarKinds().end(); }

// Functions that the generator calls: built, deterministic, of types that it knows, judged by the referee.
const std::vector<const Builtin*>& callable() {
  static const std::vector<const Builtin*> kRows = [] {
    std::vector<const Builtin*> rows;
    for (const Builtin& row : builtins()) {
      bool is_usable = row.how != BuiltinHow::Later && row.isDeterministic() && row.param_count > 0;
      for (const BuiltinParam& param : row.params()) {
        is_usable &= param.type.variable != 0 ? param.type.variable != 'D' : isKnown(param.type.kind);
        // These must be texts of a certain form; the ends of a random text are not the subject here.
        is_usable &= param.name != "pattern" && param.name != "zone";
      }
      is_usable &= row.result.variable != 0 || isKnown(row.result.kind);
      bool is_operation =
          row.group == BuiltinGroup::Casts || row.target.starts_with("list_") || row.name == "div" || row.name == "mod";
      is_usable &= row.result.kind != kDecimal;  // digits are constants; Expressions::decimal makes them
      if (is_usable && (is_operation || referee::hasBuiltin(row.name))) rows.push_back(&row);
    }
    return rows;
  }();
  return kRows;
}

}  // namespace

std::string Expressions::call(const Type& type, const Scope& scope, int depth) {
  std::vector<const Builtin*> rows;
  for (const Builtin* row : callable()) {
    const BuiltinType& result = row->result;
    bool fits = result.list == type.is_list && result.optional == type.is_optional &&
                (result.variable != 0 ? admits(result.variable, type.kind) : result.kind == type.kind);
    if (fits) rows.push_back(row);
  }
  if (rows.empty()) return "";
  const Builtin& row = *random_.pick(rows);
  std::optional<TypeKind> bound;
  if (row.result.variable != 0) bound = type.kind;
  std::vector<std::string> args;
  for (const BuiltinParam& param : row.params()) {
    if (!param.default_text.empty() && random_.chance(50)) break;
    TypeKind kind = param.type.kind;
    if (param.type.variable != 0) {
      while (!bound || !admits(param.type.variable, *bound)) bound = random_.pick(scalarKinds());
      kind = *bound;
    }
    Type of{kind, param.type.list};
    bool is_literal = !args.empty() && !of.is_list && random_.chance(35);
    args.push_back(is_literal ? bareLiteral(kind) : make(of, scope, depth - 1));
  }
  std::string name(row.name);
  if (row.isProperty()) return "(" + args[0] + ")." + name;
  std::string rest;
  bool is_method = row.group != BuiltinGroup::Casts && random_.chance(40);
  for (size_t i = is_method ? 1 : 0; i < args.size(); ++i) rest += (rest.empty() ? "" : ", ") + args[i];
  return is_method ? "(" + args[0] + ")." + name + "(" + rest + ")" : name + "(" + rest + ")";
}

std::string Expressions::ownCall(const Type& type, const Scope& scope, int depth) {
  std::vector<const Function*> fitting;
  for (const Function& function : functions_)
    if (function.result == type) fitting.push_back(&function);
  if (fitting.empty()) return "";
  const Function& function = *random_.pick(fitting);
  std::string args;
  for (const Type& param : function.params) args += (args.empty() ? "" : ", ") + make(param, scope, depth - 1);
  return function.name + "(" + args + ")";
}

}  // namespace streamc::random_programs
